"""How long the public bank takes to be loaded and to be linted, beside the bare parsing of its files."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import yaml

from bot import proof
from bot.bank.load import load_bank
from bot.bench.paired import Measured, Pair, measured
from bot.bench.progress import say
from bot.resources import folder

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def bank_vs_bare_yaml(repetitions: int) -> tuple[Measured, Measured]:
    """Loading beside parsing the same files and keeping nothing of them; linting, code apart, beside loading."""
    content, today = folder("content"), datetime.now(UTC).date()
    files = sorted(content.rglob("*.yaml"))
    loads: list[Pair] = []
    lints: list[Pair] = []
    for number in range(1, repetitions + 1):
        say(f"bank: {number} of {repetitions}")
        load = _took(lambda: load_bank([content], today=today))
        loads.append(Pair(load, _took(lambda: _parse(files))))
        lints.append(Pair(_took(lambda: proof.findings([content], today=today)), load))
    return measured(loads, repetitions), measured(lints, repetitions)


def _parse(files: list[Path]) -> None:
    for file in files:
        for _ in yaml.parse(file.read_text(encoding="utf-8"), Loader=_PARSER):
            pass


def _took(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
