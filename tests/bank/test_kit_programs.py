"""What the kits promise of their programs and queries comes out when they are run."""

import ast
from importlib.util import find_spec

import pytest

from bot.bank.schema import Kit
from bot.bank.shelf import read_shelf
from bot.resources import folder
from tests.bank import kit_programs as programs

KITS = [kit for _, kit in read_shelf([folder("content")]).kits()]
FAULTY = [kit for kit in KITS if "repairs" in kit.brief_interviewer]
QUERIED = [kit for kit in KITS if kit.type == "sql-data"]
ARRAYS = pytest.mark.skipif(find_spec("numpy") is None, reason="the bot itself does without NumPy")


def _solution(kit: Kit) -> str:
    return programs.fenced(programs.briefs(kit, "reference_solution"), "python")


SOLVED = [kit for kit in KITS if _solution(kit)]


def _marked(kit: Kit) -> object:
    return pytest.param(kit, id=kit.id, marks=[ARRAYS] if "import numpy" in _solution(kit) else [])


def _promises_hold(program: str, cases: list[programs.Call]) -> None:
    for case in cases:
        value, error = programs.outcome(program, case.text)
        if case.raises:
            assert error == case.wanted, f"{case.text} gave {value!r} and {error}, the kit promises {case.wanted}"
        else:
            assert error is None, f"{case.text} raised {error}"
            assert programs.alike(value, ast.literal_eval(case.wanted)), f"{case.text} gave {value!r}"


def _faulty_program(kit: Kit) -> str:
    return programs.fenced(programs.briefs(kit, "handout"), "python") or programs.fenced(kit.brief_candidate, "python")


@pytest.mark.parametrize("kit", [_marked(kit) for kit in SOLVED])
def test_the_reference_solution_passes_the_cases_of_its_kit(kit: Kit) -> None:
    cases = programs.calls(kit, "test_cases")
    assert len(cases) >= 5
    _promises_hold(_solution(kit), cases)


@pytest.mark.parametrize("kit", FAULTY, ids=lambda kit: kit.id)
def test_a_faulty_program_shows_its_symptoms_and_loses_them_with_the_repairs(kit: Kit) -> None:
    symptoms, cases = programs.calls(kit, "symptoms"), programs.calls(kit, "test_cases")
    assert symptoms
    assert cases
    _promises_hold(_faulty_program(kit), symptoms)
    _promises_hold(programs.repaired(kit, _faulty_program(kit)), cases)


@pytest.mark.parametrize("kit", QUERIED, ids=lambda kit: kit.id)
def test_a_query_returns_the_rows_that_its_kit_promises(kit: Kit) -> None:
    listed = list(programs.queries(kit))
    assert len(listed) >= 3
    for query, rows in listed:
        got = programs.rows_of(kit, query)
        assert programs.alike(got, rows), f"{query}\nreturned {got!r}"


def test_every_coding_kit_has_a_program_to_run() -> None:
    run = {kit.id for kit in [*SOLVED, *FAULTY, *QUERIED]}
    coding = {kit.id for kit in KITS if kit.type in ("algorithm-coding", "ml-coding", "sql-data")}
    assert coding <= run
