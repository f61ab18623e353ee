"""What was lost and what was doubled, judged from what everybody could see, against what should have been.

It knows the world's log, the calendar and what members did; it never asks the bot.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.bank.load import Bank
from bot.bank.schema import Code, Question
from bot.demo import seen
from bot.demo.calendar import Posting, posting_at
from bot.demo.cast import ORGANISER, REMINDED
from bot.demo.seen import Count
from bot.demo.standing import Standing, standings
from bot.demo.steps import Choose, Deed, Fill, Flag, Pick, Remind, Reply, Run
from bot.platforms.local.formats import BOT, Json

_WORD = re.compile(r"[a-z]{4,}")
_ENOUGH = 0.7  # of a section's words; the rest may be formulas that are shown in another way


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: how many were lost, or how many there were too many."""

    what: str
    lost: int = 0
    doubled: int = 0


@dataclass(slots=True)
class Evidence:
    """What the oracle judges by: the world's log, who is who, what was done, and every member's own points at the end.

    `sure` is False in a world that can tell nobody what arrived: what is not vital may be given up there. `punctual` is
    False where the bot may be away when something is due.
    """

    log: Sequence[Json]
    channel: str
    users: Mapping[int, str]
    deeds: Sequence[Deed]
    postings: Sequence[Posting]
    bank: Bank
    points: Mapping[int, int]
    sure: bool = True
    punctual: bool = True
    standings: dict[date, Standing] = field(init=False)
    posted: list[Json] = field(init=False)
    latest: dict[str, Json] = field(init=False)

    def __post_init__(self) -> None:
        self.standings = standings(self.deeds, self.postings)
        said = [change for change in self.log if "message" in change]
        self.posted = [
            {"moment": change["moment"], **change["message"]} for change in said if change["type"] == "posted"
        ]
        self.latest = {change["message"]["id"]: change["message"] for change in said}

    def questions(self, on: date) -> list[Json]:
        """The posts of a date's question; one that has a thread comes first."""
        posts = [post for post in self.posted if seen.is_question(post, self.channel) and self.date_of(post) == on]
        return sorted((self.latest[post["id"]] for post in posts), key=lambda post: post["thread_id"] is None)

    def date_of(self, post: Json) -> date | None:
        """The posting date to which a message of this moment belongs."""
        posting = posting_at(post["moment"], self.postings)
        return posting.on if posting else None

    def in_thread(self, thread: str | None) -> list[Json]:
        """What the bot said in a thread."""
        return [post for post in self.posted if thread and post["thread"] == thread and _public(post)]

    def private(self, member: int) -> list[Json]:
        """What the bot sent to somebody by itself."""
        return [post for post in self.posted if post["channel"] == f"dm-{self.users[member]}" and _public(post)]


def _public(post: Json) -> bool:
    return post["author"] == BOT and post["only_for"] is None


def judge(evidence: Evidence) -> list[Finding]:
    """Everything that is not as it should be."""
    return [
        *(finding for posting in evidence.postings for finding in _posting(evidence, posting)),
        *_outside(evidence),
        *_once(evidence),
        *_reminders(evidence),
        *_notes(evidence),
        *_untaken(evidence),
        *_board(evidence),
    ]


def _outside(evidence: Evidence) -> Iterator[Finding]:
    dates = {posting.on for posting in evidence.postings}
    stray = [post for post in evidence.posted if seen.is_question(post, evidence.channel)]
    stray = [post for post in stray if evidence.date_of(post) not in dates]
    if stray:
        yield Finding("questions without a date", doubled=len(stray))


# --- a posting date -----------------------------------------------------------------------------------------------


def _posting(evidence: Evidence, posting: Posting) -> Iterator[Finding]:
    posts = evidence.questions(posting.on)
    yield from _number(f"question of {posting.on}", len(posts))
    if not posts:
        return
    yield from _number(f"thread of {posting.on}", sum(post["thread_id"] is not None for post in posts))
    due = evidence.log[-1]["moment"] >= posting.reveals
    standing = evidence.standings.get(posting.on, Standing())
    wanted = Count(len(standing.answers), standing.right if due and standing.keyed else None)
    yield from _counted(f"status of {posting.on}", wanted, seen.status(seen.words(posts[0])))
    yield from _marks(evidence, posting, standing)
    said = evidence.in_thread(posts[0]["thread_id"])
    yield from _reveal(posting, said, wanted, seen.question_of(posts[0], evidence.bank), due=due)
    asked = min(post["moment"] for post in evidence.posted if post["id"] in [post["id"] for post in posts])
    yield from _timely(evidence, f"question of {posting.on}", asked, posting.opens)
    for part in said:
        yield from _timely(evidence, f"reveal of {posting.on}", part["moment"], posting.reveals)


def _timely(evidence: Evidence, what: str, came: datetime, due: datetime) -> Iterator[Finding]:
    if came < due:
        yield Finding(f"time of the {what}, which came early", lost=1)
    elif evidence.punctual and came > due:
        yield Finding(f"time of the {what}, which came late", lost=1)


def _reveal(
    posting: Posting, said: Sequence[Json], wanted: Count, question: Question, *, due: bool
) -> Iterator[Finding]:
    begun = [part for part in said if seen.is_reveal(part)]
    further = [part for part in said if not seen.is_reveal(part)]
    yield from _number(f"reveal of {posting.on}", len(begun), wanted=int(due))
    if begun and not any(map(seen.ends_reveal, begun)):
        yield from _number(f"end of the reveal of {posting.on}", sum(map(seen.ends_reveal, further)))
    again = Counter(seen.words(part) for part in further if not seen.ends_reveal(part))
    if (twice := again.total() - len(again)) > 0:
        yield Finding(f"parts of the reveal of {posting.on}", doubled=twice)
    if due and begun:
        text = "\n".join(map(seen.words, said))
        yield from _counted(f"reveal of {posting.on}", wanted, seen.revealed(text))
        missing = [section for section in sections(question) if not _told(section, text)]
        if missing:
            yield Finding(f"sections of the reveal of {posting.on}", lost=len(missing))


def sections(question: Question) -> list[str]:
    """What a reveal must say."""
    key = [question.answer.solution if isinstance(question, Code) else getattr(question.answer, "model_answer", "")]
    mistakes = [mistake.why_wrong for mistake in question.mistakes]
    return [question.explanation, *filter(None, key), *mistakes, *(more.ask for more in question.follow_ups)]


def _told(section: str, text: str) -> bool:
    wanted, told = set(_WORD.findall(section.lower())), set(_WORD.findall(text.lower()))
    return len(wanted & told) >= _ENOUGH * len(wanted)


def _marks(evidence: Evidence, posting: Posting, standing: Standing) -> Iterator[Finding]:
    """Every reply that counts bears a mark that says so."""
    replies = [answer.message for answer in standing.answers.values() if answer.message]
    unmarked = [reply for reply in replies if BOT not in evidence.latest[reply]["reactions"].get("✅", ())]
    if unmarked:
        yield Finding(f"marks on replies of {posting.on}", lost=len(unmarked))


def _number(what: str, found: int, *, wanted: int = 1) -> Iterator[Finding]:
    if found != wanted:
        yield Finding(what, lost=max(0, wanted - found), doubled=max(0, found - wanted))


def _counted(what: str, wanted: Count, found: Count | None) -> Iterator[Finding]:
    if found is None:
        yield Finding(f"count in the {what}", lost=1)
        return
    yield from _number(f"answers in the {what}", found.answered, wanted=wanted.answered)
    if wanted.right is not None:
        yield from _number(f"right answers in the {what}", found.right or 0, wanted=wanted.right)


# --- people -------------------------------------------------------------------------------------------------------


def _once(evidence: Evidence) -> Iterator[Finding]:
    tours = [post for post in evidence.posted if post["channel"] == evidence.channel and _public(post) and _tour(post)]
    yield from _number("tour", len(tours))
    joined = {ORGANISER, *(deed.member for deed in evidence.deeds if deed.taken and _joins(deed))}
    for member in sorted(evidence.users):
        welcomes = [post for post in evidence.private(member) if seen.words(post).startswith("Welcome to")]
        yield from _number(f"welcome of member {member}", len(welcomes), wanted=int(member in joined))


def _tour(post: Json) -> bool:
    return post["thread"] is None and "study group" in seen.words(post) and seen.pressable(post, "join") is not None


def _joins(deed: Deed) -> bool:
    match deed.step:
        case Pick() | Choose() | Fill() | Reply(answer=True):
            return True
        case Run(joins=True):
            return True
    return False


def _reminders(evidence: Evidence) -> Iterator[Finding]:
    since = next((deed.at for deed in evidence.deeds if isinstance(deed.step, Remind)), None)
    if since is None:
        return
    until = evidence.log[-1]["moment"]
    told = [seen.words(post) for post in evidence.private(REMINDED)]
    posted = [posting for posting in evidence.postings if posting.opens > since]
    silent = [
        posting
        for posting in evidence.postings
        if posting.reveals > since and posting.reveals <= until and REMINDED not in _answerers(evidence, posting)
    ]
    yield from _sent(evidence, "notes that a question was posted", told, "Today's question is there", len(posted))
    yield from _sent(evidence, "reminders of a reveal", told, "Still open", len(silent))


def _answerers(evidence: Evidence, posting: Posting) -> set[int]:
    return set(evidence.standings.get(posting.on, Standing()).answers)


def _sent(evidence: Evidence, what: str, told: Sequence[str], begins: str, wanted: int) -> Iterator[Finding]:
    found = sum(text.startswith(begins) for text in told)
    if found > wanted or evidence.sure:
        yield from _number(what, found, wanted=wanted)


def _notes(evidence: Evidence) -> Iterator[Finding]:
    """Organisers hear of every flag; somebody who got no answer and flags again is heard again."""
    flags = [deed for deed in evidence.deeds if isinstance(deed.step, Flag) and deed.taken]
    heard = sum("was flagged" in seen.words(post) for post in evidence.private(ORGANISER))
    least, most = (len(flags) if evidence.sure else 0), sum(deed.attempts for deed in flags)
    if not least <= heard <= most:
        yield Finding("notes of flags", lost=max(0, least - heard), doubled=max(0, heard - most))


def _untaken(evidence: Evidence) -> Iterator[Finding]:
    for deed in evidence.deeds:
        match deed.step:
            case Fill(readable=False):
                if deed.taken:
                    yield Finding(f"unreadable answer of member {deed.member} was taken", doubled=1)
            case Pick() | Choose() | Fill() | Flag() if not deed.taken:
                yield Finding(f"{type(deed.step).__name__} of member {deed.member} on {deed.on}", lost=1)


def _board(evidence: Evidence) -> Iterator[Finding]:
    earned: Counter[int] = Counter()
    until = evidence.log[-1]["moment"]
    for posting in evidence.postings:
        if posting.reveals <= until:
            earned.update(evidence.standings.get(posting.on, Standing()).points())
    for member, points in sorted(evidence.points.items()):
        if points != earned[member]:
            less = points < earned[member]
            what = f"points of member {member}: {points}, earned {earned[member]}"
            yield Finding(what, lost=int(less), doubled=int(not less))
