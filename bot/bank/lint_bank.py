"""Rules on the bank as a whole: 2 (ids and references), 14 (place of the key), 26 (near-duplicates), coverage.

May touch: the standard library and the models of this room.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from bot.bank.lint_text import CODE
from bot.bank.problem import Problem, Severity
from bot.bank.schema import Code, Item, Kit, MultipleChoice, Question
from bot.bank.shelf import Shelf
from bot.bank.wording import runs

SHARED_WORDS = 8  # brief, rule 26
GRAM = 5  # brief, rule 26: token 5-grams
OVERLAP = 0.5  # brief, rule 26
ENOUGH_KEYS = 20  # fewer keys of a category say nothing about a habit
MOST_UNCOVERED = 40  # brief, section 2.1

# The value of chi-square that chance exceeds once in a hundred, by degrees of freedom
_CHANCE = {1: 6.63, 2: 9.21, 3: 11.34, 4: 13.28, 5: 15.09, 6: 16.81, 7: 18.48, 8: 20.09, 9: 21.67}


def ids_are_unique(shelf: Shelf) -> Iterator[Problem]:
    """Rule 2: no two files share an id, and none uses a retired one."""
    seen: dict[str, str] = {}
    for entry in shelf.entries:
        key = entry.item.id
        if key in seen:
            yield entry.problem("2", ("id",), f"the id `{key}` is taken by {seen[key]}", "give it its own id")
        if key in shelf.retired:
            what = f"the id `{key}` is retired: {shelf.retired[key].reason}"
            yield entry.problem("2", ("id",), what, "give it a new id; retired ones are never used again")
        seen.setdefault(key, entry.file)


def references_resolve(shelf: Shelf) -> Iterator[Problem]:
    """Rule 2: `related`, `excludes` and replacements name items that exist, and never the item itself."""
    known = {entry.item.id for entry in shelf.entries}
    for entry in shelf.entries:
        for name in ("related", "excludes"):
            for number, other in enumerate(getattr(entry.item, name, ())):
                if other == entry.item.id:
                    yield entry.problem("2", (name, number), f"`{name}` names the item itself", "remove it")
                elif other not in known:
                    yield entry.problem("2", (name, number), f"there is no `{other}`", "mend the id, or remove it")
    for key, retired in shelf.retired.items():
        if retired.replacement and retired.replacement not in known:
            what = f"`{key}` is replaced by `{retired.replacement}`, which does not exist"
            line = shelf.documents["retired.yaml"].line(key, "replacement")
            yield Problem("retired.yaml", line, what, "mend the id, or remove it", "2")


def coverage_is_true(shelf: Shelf) -> Iterator[Problem]:
    """Section 2.1: at most 40 inventory ids are left out, and none of them is served after all."""
    document = shelf.documents.get("coverage.yaml")
    if document is None:
        return
    if len(shelf.coverage) > MOST_UNCOVERED:
        what = f"{len(shelf.coverage)} ids are left out"
        yield Problem("coverage.yaml", 1, what, f"serve some; at most {MOST_UNCOVERED} may be left out", "27")
    covered = {key: entry.file for entry in shelf.entries for key in entry.item.covers}
    for key in sorted(shelf.coverage.keys() & covered.keys()):
        what = f"`{key}` is left out here, but {covered[key]} covers it"
        yield Problem("coverage.yaml", document.line(key), what, "remove one of the two", "27")


def covers_are_in_the_inventory(shelf: Shelf, inventory: Collection[str]) -> Iterator[Problem]:
    """Section 2.1: what is covered, or left out, is an id of the inventory."""
    for entry in shelf.entries:
        for number, key in enumerate(entry.item.covers):
            if key not in inventory:
                yield entry.problem("2", ("covers", number), f"the inventory has no `{key}`", "mend the id")
    for key in sorted(shelf.coverage.keys() - set(inventory)):
        line = shelf.documents["coverage.yaml"].line(key)
        yield Problem("coverage.yaml", line, f"the inventory has no `{key}`", "mend the id", "2")


def keys_have_no_favourite_place(shelf: Shelf) -> Iterator[Problem]:
    """Rule 14: across a category the key stands at each place about equally often."""
    by_category: dict[str, list[MultipleChoice]] = defaultdict(list)
    for _, question in shelf.questions():
        if isinstance(question, MultipleChoice) and question.shuffled:
            by_category[question.category].append(question)
    for category, found in by_category.items():
        if len(found) >= ENOUGH_KEYS and (counts := _telling_counts(found)):
            shown = ", ".join(f"{place + 1}: {count}" for place, count in sorted(counts.items()))
            what, mend = f"the keys of `{category}` favour a place ({shown})", "move the key in some of its items"
            yield Problem(f"questions/{category}", 1, what, mend, "14", Severity.warning)


def _telling_counts(questions: list[MultipleChoice]) -> Counter[int] | None:
    """How often the key stands at each place, if chance would hardly do so."""
    counts: Counter[int] = Counter()
    expected: defaultdict[int, float] = defaultdict(float)
    for question in questions:
        counts[[option.correct for option in question.options].index(True)] += 1
        for place in range(len(question.options)):
            expected[place] += 1 / len(question.options)
    chi_square = sum((counts[place] - wanted) ** 2 / wanted for place, wanted in expected.items())
    return counts if chi_square > _CHANCE[len(expected) - 1] else None


def nothing_is_said_twice(shelf: Shelf) -> Iterator[Problem]:
    """Rule 26: no two items share half of the shorter one's 5-grams."""
    grams = {entry.file: runs(_shown(entry.item), GRAM) for entry in shelf.entries if isinstance(entry.item, Item)}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    entries = {entry.file: entry for entry in shelf.entries}
    for file, own in grams.items():
        shared = Counter(other for gram in own for other in holders[gram])
        for other, count in sorted(shared.items()):
            share = count / max(1, min(len(own), len(grams[other])))
            if share >= OVERLAP:
                what = f"shares {share:.0%} of its word groups with {other}"
                yield entries[file].problem("26", ("prompt",), what, "retire one of them, or write another prompt")
        for gram in own:
            holders[gram].append(file)


def no_sentence_is_used_twice(shelf: Shelf) -> Iterator[Problem]:
    """Rule 26: what two items ask has no eight words in a row in common.

    Contracts of code questions are left out: what is to hold in the same way is best said in the same words.
    """
    first: dict[tuple[str, ...], str] = {}
    for entry in shelf.entries:
        if not isinstance(entry.item, Question | Kit) or isinstance(entry.item, Code):
            continue
        own = runs(CODE.sub(" ", _shown(entry.item)), SHARED_WORDS)
        copied: dict[str, list[str]] = defaultdict(list)
        for run in sorted(own):
            other = first.setdefault(run, entry.file)
            if other != entry.file:
                copied[other].append(" ".join(run))
        for other, shared in copied.items():
            place = "brief_candidate" if isinstance(entry.item, Kit) else "prompt"
            yield entry.problem(
                "26", (place,), f"“{shared[0]}” stands in {other} too", "say it otherwise in one of them"
            )


def _shown(item: Item) -> str:
    if isinstance(item, Kit):
        return item.brief_candidate
    if isinstance(item, Question):
        return " ".join([item.prompt, *(option.text for option in getattr(item, "options", ()))])
    return item.title
