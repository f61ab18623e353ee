"""Rules on what every item has: 1 and 2 (file and id), 3 (closed lists), 6 (what a served item needs), 29 (expiry).

May touch: the standard library and the models of this room.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from bot.bank.problem import Problem
from bot.bank.schema import Item, Kit, Question
from bot.bank.shelf import Entry, Steps
from bot.bank.taxonomy import Plan, Taxonomy, Weekday
from bot.bank.terms import Status

_DAYS = ("reviewed_on", "expires_on", "retired_on")
MARK = "WRITE:"  # what the blanks of `content new` have where an author must write
LONGEST_LIFE = timedelta(days=366)  # brief, rule 29: at most twelve months ahead


def scalars_mean_the_same_everywhere(entry: Entry) -> Iterator[Problem]:
    """Rule 1: no bare scalar, but for days, that PyYAML's safe_load reads differently from us."""
    for path, text in entry.document.doubtful.items():
        if path[-1] in _DAYS:
            continue
        yield entry.problem("1", path, f"`{text}` means something else to other YAML readers", f'write "{text}"')


def covers_is_given(entry: Entry) -> Iterator[Problem]:
    """Rule 1: every file says which inventory ids it serves, be it none."""
    if "covers" not in entry.document.value:
        yield entry.problem("1", (), "`covers` is missing", "write `covers: []`")


def nothing_is_left_to_write(entry: Entry) -> Iterator[Problem]:
    """Rule 6: no text is still the mark that `content new` left there."""
    for path, text in _texts(entry.document.value, ()):
        if MARK in text:
            yield entry.problem("6", path, "this is still to be written", "write it")


def _texts(value: object, path: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, (*path, number))


def file_is_named_after_the_id(entry: Entry) -> Iterator[Problem]:
    """Rule 2: the file name equals the id, the folder equals the category or the type."""
    path = PurePosixPath(entry.file)
    if path.stem != entry.item.id:
        yield entry.problem("2", ("id",), f"the id is `{entry.item.id}`, the file `{path.name}`", "give both one name")
    folder = {Question: "category", Kit: "type"}.get(_sort(entry.item))
    if folder and path.parent.name != str(getattr(entry.item, folder)):
        mend = f"move the file to `{path.parts[0]}/{getattr(entry.item, folder)}/`"
        yield entry.problem("2", (folder,), f"the {folder} is not the folder `{path.parent.name}`", mend)


def _sort(item: object) -> object:
    return Kit if isinstance(item, Kit) else Question if isinstance(item, Item) else Plan


def words_are_in_the_taxonomy(entry: Entry, item: Item, taxonomy: Taxonomy) -> Iterator[Problem]:
    """Rule 3: category, topics, rounds, level and kind are in the closed lists."""
    named: list[tuple[Steps, str, object]] = [(("level",), item.level, taxonomy.levels)]
    named += [(("rounds", number), name, taxonomy.rounds) for number, name in enumerate(item.rounds)]
    if isinstance(item, Question | Kit):
        named += [(("topics", number), name, taxonomy.topics) for number, name in enumerate(item.topics)]
        named += [(("kind",), item.kind, taxonomy.kinds)]
        named += [(("category",), item.category, taxonomy.categories)] if item.category else []
    yield from _unknown(entry, named)


def plan_categories_are_in_the_taxonomy(entry: Entry, plan: Plan, taxonomy: Taxonomy) -> Iterator[Problem]:
    """Rule 3: a plan names categories of the closed list."""
    places: list[tuple[Steps, Mapping[Weekday, Sequence[str]]]] = [(("weekdays",), plan.weekdays)]
    places += [(("weeks", number, "weekdays"), week.weekdays) for number, week in enumerate(plan.weeks)]
    named: list[tuple[Steps, str, object]] = [
        ((*path, day, number), name, taxonomy.categories)
        for path, weekdays in places
        for day, names in weekdays.items()
        for number, name in enumerate(names)
    ]
    yield from _unknown(entry, named)


def _unknown(entry: Entry, named: list[tuple[Steps, str, object]]) -> Iterator[Problem]:
    for path, name, known in named:
        if isinstance(known, tuple | dict) and name not in known:
            yield entry.problem(
                "3", path, f"`{name}` is not in taxonomy.yaml", "use a word of the list, or add it there"
            )


def served_items_are_complete(entry: Entry, item: Item) -> Iterator[Problem]:
    """Rule 6: what is served has a reviewer who is not an author, sources, and what its kind needs."""
    if not item.sources:
        yield entry.problem("6", ("sources",), "there are no sources", "add at least one `{what, kind, ref}`")
    if not item.authors:
        yield entry.problem("6", ("authors",), "there are no authors", "write `authors: [handle]`")
    if not item.status.served:
        return
    if not item.reviewers:
        yield entry.problem("6", ("reviewers",), "nobody has reviewed it", "have it read, or write `status: draft`")
    for name in set(item.reviewers) & set(item.authors):
        yield entry.problem("6", ("reviewers",), f"{name} reviews an own item", "have another person read it")
    yield from _missing_parts(entry, item)


def _missing_parts(entry: Entry, item: Item) -> Iterator[Problem]:
    wanted = {"debrief": 1, "red_flags": 1} if isinstance(item, Kit) else {"hints": 1, "mistakes": 1, "follow_ups": 1}
    for name, least in wanted.items():
        if len(getattr(item, name)) < least:
            yield entry.problem("6", (name,), f"`{name}` is empty", f"write at least {least}")


def perishable_items_expire(entry: Entry, item: Item, taxonomy: Taxonomy, today: date) -> Iterator[Problem]:
    """Rules 6 and 29: perishable topics need a day of expiry within twelve months; what has expired is reported."""
    topics = getattr(item, "topics", ())
    perishable = [name for name in topics if name in taxonomy.topics and taxonomy.topics[name].perishable]
    if perishable and item.expires_on is None:
        what = f"the topic `{perishable[0]}` is perishable, but `expires_on` is missing"
        yield entry.problem("29", ("topics",), what, f"write `expires_on: {today + timedelta(days=365)}`")
    if item.expires_on is None or item.status is Status.retired:
        return
    if item.expires_on > today + LONGEST_LIFE:
        yield entry.problem("29", ("expires_on",), "it expires in more than twelve months", "choose an earlier day")
    if item.expires_on < today:
        yield entry.warning("6", ("expires_on",), "it has expired and is not served", "check the facts, or retire it")
