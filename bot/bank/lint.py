"""Holds every file of the content folders against the numbered rules of the authors' brief.

May touch: the standard library and the models of this room. Renderers and the runner are handed in.

Which rule is checked where; what no program can tell is left to the second reader, and said so:

 1  reading.read_document, schema.question_model, lint_item.scalars_mean_the_same_everywhere, lint_item.covers_is_given,
    lint_key.rejects_are_wrong, lint_key.accepted_texts_are_distinct
 2  lint_item.file_is_named_after_the_id, lint_bank.ids_are_unique, lint_bank.references_resolve,
    lint_page.cards_are_apart
 3  lint_item.words_are_in_the_taxonomy, lint_item.plan_categories_are_in_the_taxonomy,
    lint_choice.distractors_have_feedback_and_a_misconception
 4  the renderers handed in; tests render the whole bank with those of every platform
 5  lint_text.nothing_unsafe_is_shown; names of people: the reader
 6  lint_item.served_items_are_complete, lint_item.nothing_is_left_to_write, lint_page.page_is_complete
 7  lint_choice.several_keys_are_announced, lint_choice.options_are_three_to_five, lint_choice.options_are_distinct,
    schema.MultipleChoice, schema.MultiSelect
 8  lint_choice.order_does_not_matter
 9  lint_choice.key_is_not_the_longest, lint_choice.key_has_no_mark_of_its_own,
    lint_choice.stem_does_not_echo_in_the_key
10  lint_choice.distractors_have_feedback_and_a_misconception; whether an expert can say why: the reader
11  lint_choice.absolute_words_are_not_telling
12  lint_choice.stem_is_a_positive_question, lint_page.cards_are_asked
13  lint_choice.options_are_parallel; grammar: the reader
14  lint_bank.keys_have_no_favourite_place
15  needs answers of members
16  lint_key.tolerance_is_wider_than_the_rounding, lint_key.check_gives_the_value, lint_key.decoys_are_wrong
17  lint_code.mutants_are_listed; the runner handed in (`content lint --run`); tests run every program
18  answers.Case, lint_code.there_are_enough_cases, lint_code.hidden_cases_cover_the_edges
19  lint_code.floats_are_compared_with_tolerance, lint_code.nan_is_spoken_of,
    lint_code.random_numbers_come_from_the_caller
20  answers.Limits, lint_code.programs_define_the_entry_point; tests give the solution a quarter of its time
21  lint_code.contract_names_the_errors, lint_code.contract_speaks_of_the_input
22  lint_rubric.rubric_is_balanced, lint_rubric.key_points_are_balanced
23  lint_rubric.behavioural_prompts_are_probed, lint_rubric.nothing_private_is_asked, lint_kit.people_are_probed
24  lint_rubric.phases_fill_the_time, lint_rubric.design_has_numbers, lint_rubric.a_fact_contradicts,
    lint_kit.kits_hold_a_surprise, lint_kit.design_kits_are_complete, lint_page.shares_fill_the_time
25  lint_kit.candidate_text_gives_nothing_away
26  lint_bank.nothing_is_said_twice, lint_bank.no_sentence_is_used_twice, lint_page.no_card_is_written_twice; other
    banks: the reader
27  lint_bank.coverage_is_true, lint_bank.covers_are_in_the_inventory; tests hold the quotas and the dry run of a year
28  lint_text.acronyms_are_expanded, lint_text.words_are_spelt_alike, lint_text.minutes_fit_the_text,
    lint_kit.candidate_can_read_it
29  lint_item.perishable_items_expire, lint_page.pages_expire
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from bot.bank import lint_bank, lint_choice, lint_code, lint_item, lint_key, lint_kit, lint_page, lint_rubric, lint_text
from bot.bank.lint_code import Runner
from bot.bank.pages import Deck, Framework, Guide, Page
from bot.bank.problem import Problem
from bot.bank.schema import Behavioural, Choice, Code, DesignDrill, Item, Kit, Numeric, Open, Question, Short
from bot.bank.shelf import Entry, Shelf, read_shelf
from bot.bank.taxonomy import Plan, Taxonomy

Finding = Problem
Q = TypeVar("Q")
Renderer = Callable[[Question], list[str]]
PageRenderer = Callable[[Page], list[str]]

CHOICE_RULES: tuple[Callable[[Entry, Choice], Iterable[Finding]], ...] = (
    lint_choice.several_keys_are_announced,
    lint_choice.options_are_three_to_five,
    lint_choice.options_are_distinct,
    lint_choice.order_does_not_matter,
    lint_choice.key_is_not_the_longest,
    lint_choice.stem_does_not_echo_in_the_key,
    lint_choice.stem_is_a_positive_question,
    lint_choice.options_are_parallel,
)
NUMERIC_RULES: tuple[Callable[[Entry, Numeric], Iterable[Finding]], ...] = (
    lint_key.tolerance_is_wider_than_the_rounding,
    lint_key.check_gives_the_value,
    lint_key.decoys_are_wrong,
    lint_key.hints_keep_the_number,
)
SHORT_RULES: tuple[Callable[[Entry, Short], Iterable[Finding]], ...] = (
    lint_key.rejects_are_wrong,
    lint_key.accepted_texts_are_distinct,
    lint_key.hints_keep_the_word,
)
CODE_RULES: tuple[Callable[[Entry, Code], Iterable[Finding]], ...] = (
    lint_code.mutants_are_listed,
    lint_code.there_are_enough_cases,
    lint_code.hidden_cases_cover_the_edges,
    lint_code.floats_are_compared_with_tolerance,
    lint_code.nan_is_spoken_of,
    lint_code.random_numbers_come_from_the_caller,
    lint_code.programs_define_the_entry_point,
    lint_code.contract_names_the_errors,
    lint_code.contract_speaks_of_the_input,
)
KIT_RULES: tuple[Callable[[Entry, Kit], Iterable[Finding]], ...] = (
    lint_kit.kits_hold_a_surprise,
    lint_kit.design_kits_are_complete,
    lint_kit.people_are_probed,
    lint_kit.candidate_text_gives_nothing_away,
    lint_kit.candidate_can_read_it,
)
PAGE_RULES: tuple[Callable[[Entry, Page], Iterable[Finding]], ...] = (
    lint_page.page_is_complete,
    lint_page.cards_are_apart,
    lint_page.cards_are_asked,
    lint_page.shares_fill_the_time,
)
BANK_RULES: tuple[Callable[[Shelf], Iterable[Finding]], ...] = (
    lint_bank.ids_are_unique,
    lint_bank.references_resolve,
    lint_bank.coverage_is_true,
    lint_bank.keys_have_no_favourite_place,
    lint_bank.nothing_is_said_twice,
    lint_bank.no_sentence_is_used_twice,
    lint_page.no_card_is_written_twice,
)


def lint(
    folders: Sequence[Path],
    *,
    today: date,
    renderers: Sequence[Renderer] = (),
    page_renderers: Sequence[PageRenderer] = (),
    runner: Runner | None = None,
    inventory: Collection[str] | None = None,
    taxonomy: Taxonomy | None = None,
) -> list[Finding]:
    """Every finding of every rule, by file and line; errors and warnings alike.

    With an inventory, `covers` is held against its ids too; words of the taxonomy count beside those of the folders.
    """
    shelf = read_shelf(folders)
    if taxonomy is not None:
        shelf.taxonomy = taxonomy.joined(shelf.taxonomy)
    found = list(shelf.problems)
    for entry in shelf.entries:
        found.extend(_entry(entry, shelf.taxonomy, today))
    for entry, question in shelf.questions():
        found.extend(_question(entry, question, shelf.taxonomy))
        found.extend(_rendered(entry, question, renderers))
        found.extend(_run(entry, question, runner))
    for entry, kit in shelf.kits():
        found.extend(_kit(entry, kit))
    for entry, page in shelf.pages():
        found.extend(_all(PAGE_RULES, entry, page))
        found.extend(lint_page.pages_expire(entry, page, today))
        found.extend(_rendered_page(entry, page, page_renderers))
    for rule in BANK_RULES:
        found.extend(rule(shelf))
    if inventory is not None:
        found.extend(lint_bank.covers_are_in_the_inventory(shelf, inventory))
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.rule, finding.what))


def _entry(entry: Entry, taxonomy: Taxonomy, today: date) -> Iterator[Finding]:
    yield from lint_item.scalars_mean_the_same_everywhere(entry)
    yield from lint_item.covers_is_given(entry)
    yield from lint_item.file_is_named_after_the_id(entry)
    yield from lint_item.nothing_is_left_to_write(entry)
    yield from lint_text.nothing_unsafe_is_shown(entry)
    yield from lint_text.words_are_spelt_alike(entry)
    match entry.item:
        case Plan() as plan:
            yield from lint_item.plan_categories_are_in_the_taxonomy(entry, plan, taxonomy)
        case Framework() | Deck() | Guide():
            yield from lint_text.acronyms_are_expanded(entry, taxonomy)
        case Item() as item:
            yield from lint_item.words_are_in_the_taxonomy(entry, item, taxonomy)
            yield from lint_item.served_items_are_complete(entry, item)
            yield from lint_item.perishable_items_expire(entry, item, taxonomy, today)
            yield from lint_text.acronyms_are_expanded(entry, taxonomy)


def _question(entry: Entry, question: Question, taxonomy: Taxonomy) -> Iterator[Finding]:
    yield from lint_text.minutes_fit_the_text(entry, question)
    match question:
        case Numeric():
            yield from _all(NUMERIC_RULES, entry, question)
        case Short():
            yield from _all(SHORT_RULES, entry, question)
        case Code():
            yield from _all(CODE_RULES, entry, question)
        case Open() | DesignDrill() | Behavioural():
            yield from _reviewed(entry, question)
        case _:
            yield from _all(CHOICE_RULES, entry, question)
            yield from lint_choice.key_has_no_mark_of_its_own(entry, question, taxonomy)
            yield from lint_choice.absolute_words_are_not_telling(entry, question, taxonomy)
            yield from lint_choice.distractors_have_feedback_and_a_misconception(entry, question, taxonomy)


def _reviewed(entry: Entry, question: Open | DesignDrill | Behavioural) -> Iterator[Finding]:
    yield from lint_rubric.rubric_is_balanced(entry, question.answer.rubric, "answer", "rubric")
    yield from lint_rubric.key_points_are_balanced(entry, question.answer.key_points)
    if isinstance(question, DesignDrill):
        answer = question.answer
        yield from lint_rubric.phases_fill_the_time(entry, answer.phases, question.minutes, "answer", "phases")
        yield from lint_rubric.design_has_numbers(entry, question.prompt, answer.facts, "answer", "facts")
        yield from lint_rubric.a_fact_contradicts(entry, answer.facts, "answer", "facts")
    if isinstance(question, Behavioural):
        yield from lint_rubric.behavioural_prompts_are_probed(entry, question)
        yield from lint_rubric.nothing_private_is_asked(entry)


def _kit(entry: Entry, kit: Kit) -> Iterator[Finding]:
    yield from lint_rubric.rubric_is_balanced(entry, kit.rubric, "rubric")
    yield from lint_rubric.phases_fill_the_time(entry, kit.phases, kit.minutes, "phases")
    yield from _all(KIT_RULES, entry, kit)


def _rendered(entry: Entry, question: Question, renderers: Sequence[Renderer]) -> Iterator[Finding]:
    """Rule 4: the bot's own renderers say what does not fit into a chat."""
    for renderer in renderers:
        for complaint in renderer(question):
            yield entry.problem("4", ("prompt",), complaint, "shorten the text")


def _rendered_page(entry: Entry, page: Page, renderers: Sequence[PageRenderer]) -> Iterator[Finding]:
    """Rule 4: the bot's own words say which card does not fit into a chat."""
    for renderer in renderers:
        for complaint in renderer(page):
            yield entry.problem("4", ("cards",), complaint, "shorten the card")


def _run(entry: Entry, question: Question, runner: Runner | None) -> Iterator[Finding]:
    """Rules 17 and 20: the runner says which program does not do in the sandbox what it should."""
    if runner is not None and isinstance(question, Code):
        for complaint in runner(question):
            yield entry.problem("17", ("answer", "solution"), complaint, "mend the program or the case")


def _all(rules: Sequence[Callable[[Entry, Q], Iterable[Finding]]], entry: Entry, question: Q) -> Iterator[Finding]:
    for rule in rules:
        yield from rule(entry, question)
