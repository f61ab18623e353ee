"""Rules on mock-interview kits: 23 (people), 24 (design), 25 (two parts kept apart), 28 (time to read).

May touch: the standard library and the models of this room.
"""

import re
from collections.abc import Iterator

from bot.bank.lint_rubric import a_fact_contradicts, design_has_numbers, nothing_private_is_asked
from bot.bank.lint_text import CODE, WORDS_A_MINUTE
from bot.bank.problem import Problem
from bot.bank.schema import Kit
from bot.bank.shelf import Entry, Steps
from bot.bank.wording import runs

SHARED_WORDS = 8  # ours, as in rule 26: so many equal words in a row are a copy, not an accident
PROBES = 3  # brief, rule 23
DESIGN_KITS = ("ml-system-design", "genai-system-design", "system-design")
PEOPLE_KITS = ("behavioural", "past-project", "negotiation")

_REVERSE = re.compile(
    r"\b(?:who|whom|they|critics?|colleagues?|manager|team|persons?|people|somebody|side)\b[^.?!]*"
    r"\b(?:say|said|think|thinks|thought|describe|tell|complain|disagree)\b",
    re.I,
)


def kits_hold_a_surprise(entry: Entry, kit: Kit) -> Iterator[Problem]:
    """Rule 24, for kits of every type: at least one fact overturns the obvious assumption."""
    yield from a_fact_contradicts(entry, kit.facts_on_request, "facts_on_request")


def design_kits_are_complete(entry: Entry, kit: Kit) -> Iterator[Problem]:
    """Rule 24: a design kit injects a failure, and its facts have numbers."""
    if kit.type not in DESIGN_KITS:
        return
    if "failure_injection" not in kit.brief_interviewer:
        mend = "add `failure_injection: …`"
        yield entry.problem("24", ("brief_interviewer",), "there is no failure injection", mend)
    yield from design_has_numbers(entry, kit.brief_candidate, kit.facts_on_request, "facts_on_request")


def people_are_probed(entry: Entry, kit: Kit) -> Iterator[Problem]:
    """Rule 23: a kit about people has three probes and says what not to ask; a behavioural one asks from the other
    side too."""
    if kit.type not in PEOPLE_KITS:
        return
    yield from nothing_private_is_asked(entry)
    listed = kit.brief_interviewer.get("probes", ())
    probes = [*kit.probes, *([listed] if isinstance(listed, str) else listed)]
    if len(probes) < PROBES:
        yield entry.problem("23", ("brief_interviewer", "probes"), f"{len(probes)} probes", "write three")
    if "do_not_ask" not in kit.brief_interviewer:
        mend = "list protected personal matters under `do_not_ask`"
        yield entry.problem("23", ("brief_interviewer",), "it does not say what not to ask", mend)
    if kit.type == "behavioural" and not any(_REVERSE.search(probe) for probe in probes):
        mend = "ask what somebody else would say, such as `What would your critic say?`"
        yield entry.problem("23", ("brief_interviewer", "probes"), "no probe asks from the other side", mend)


def candidate_text_gives_nothing_away(entry: Entry, kit: Kit) -> Iterator[Problem]:
    """Rule 25: the candidate's text shares no eight words in a row with what only the interviewer may see."""
    shown = runs(kit.brief_candidate, SHARED_WORDS)
    secret: dict[Steps, str] = {("facts_on_request", n, "fact"): f.fact for n, f in enumerate(kit.facts_on_request)}
    secret |= {("probes", n): probe for n, probe in enumerate(kit.probes)}
    secret |= {("red_flags", n): flag for n, flag in enumerate(kit.red_flags)}
    for number, row in enumerate(kit.rubric):
        secret |= {("rubric", number, "anchors", n): anchor for n, anchor in enumerate(row.anchors)}
    for name, brief in kit.brief_interviewer.items():
        secret |= {
            ("brief_interviewer", name, n): text for n, text in enumerate([brief] if isinstance(brief, str) else brief)
        }
    for path, text in secret.items():
        if shared := shown & runs(text, SHARED_WORDS):
            what = f"the candidate reads it too: “{' '.join(sorted(shared)[0])}”"
            yield entry.problem("25", path, what, "take it out of `brief_candidate`")


def candidate_can_read_it(entry: Entry, kit: Kit) -> Iterator[Problem]:
    """Rule 28: at 200 words a minute the candidate's text, code aside, is read within the first phase."""
    reading = len(CODE.sub(" ", kit.brief_candidate).split()) / WORDS_A_MINUTE
    if reading > kit.phases[0].minutes:
        what = f"it takes {reading:.1f} minutes to read, the first phase has {kit.phases[0].minutes}"
        yield entry.warning("28", ("brief_candidate",), what, "shorten it, or lengthen the first phase")
