"""What a program in the sandbox may ask of the kernel: what an interpreter needs to compute, and nothing else.

May touch: the standard library and pyseccomp (libseccomp), which is imported where it is used.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from bot.judge.runner import Unavailable

# Names that an architecture does not have are left out by libseccomp.
ALLOWED = """read readv pread64 write writev lseek close fstat newfstatat stat lstat statx access faccessat faccessat2
readlink readlinkat open openat getdents64 getcwd fcntl dup dup2 dup3 poll ppoll select pselect6 mmap
munmap mremap mprotect madvise brk rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack tgkill
clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times futex set_robust_list
get_robust_list set_tid_address rseq sched_yield sched_getaffinity membarrier getpid gettid getuid
geteuid getgid getegid getrlimit setrlimit prlimit64 getrusage sysinfo uname getrandom arch_prctl execve
exit exit_group restart_syscall
"""
THREAD = 0x00010000  # CLONE_THREAD: a thread of this process, and no process of its own
NAMESPACES = 0x7E020000  # CLONE_NEW*: none of them goes with a thread, and none is wanted
TCGETS, FIOCLEX = 0x5401, 0x5451  # what an interpreter asks of a file when it opens one


@cache
def program() -> bytes:
    """The filter as the kernel takes it; whatever it does not allow fails with EPERM."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:  # a RuntimeError of its own where libseccomp is not installed
        raise Unavailable(f"seccomp: {error} (install pyseccomp and the library libseccomp2)") from error
    filtered = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in ALLOWED.split():
        filtered.add_rule(pyseccomp.ALLOW, name)
    for asked in (TCGETS, FIOCLEX):
        filtered.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, asked))
    only_a_thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, THREAD | NAMESPACES, THREAD)
    filtered.add_rule(pyseccomp.ALLOW, "clone", only_a_thread)
    # Its flags lie in memory, where a filter cannot look; the C library falls back to clone.
    filtered.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    with open(os.memfd_create("filter"), "w+b") as kept:
        filtered.export_bpf(kept)
        kept.seek(0)
        return kept.read()


@contextmanager
def handed_over(filtered: bytes) -> Iterator[int]:
    """The descriptor of a file in memory from which a child may read the filter."""
    with open(os.memfd_create("filter"), "w+b") as kept:
        kept.write(filtered)
        kept.seek(0)
        yield kept.fileno()
