"""Every rule of the linter finds the fault planted for it, at its line, and says how to mend it."""

import re
import tempfile
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank import lint as lint_module
from bot.bank.lint import lint
from bot.bank.load import load_bank
from bot.bank.problem import Severity
from tests.bank.items import FILES, GUIDE, KIT, MULTIPLE_CHOICE, NAMES, TODAY, Content

LONG = "x" * 100_000

# name of the clean item, what is replaced, by what, the rule that finds it, a text in the line it points to
PLANTED = [
    ("choice", "minutes: 3", "minutes: 3\nminuets: 3", "1", "minuets"),
    ("choice", "minutes: 3", "minutes: 3\nminutes: 4", "1", "minutes: 4"),
    ("choice", "minutes: 3", "minutes: 3\n(minutes: 3", "1", "schema"),
    ("choice", "minutes: 3", 'minutes: "3"', "1", "minutes"),
    ("choice", "minutes: 3", "minutes: true", "1", "minutes"),
    ("choice", "title: A title", "title: no\n\tx: 1", "1", "x: 1"),
    ("choice", "title: A title", "title: 12:30", "1", "12:30"),
    ("choice", "title: A title", "title: 17", "1", "title"),
    ("choice", "title: A title", "title: [A", "1", "category"),
    ("choice", "title: A title", "title: &a A title\nlevel: *a", "1", "*a"),
    ("choice", "explanation: ", "explanation: Short. #", "1", "explanation"),
    ("choice", "A sum of d", LONG, "1", "explanation"),
    ("choice", "covers: []\n", "", "1", "schema"),
    ("choice", "id: attention-score-scaling", "id: another-id", "2", "another-id"),
    ("choice", "category: llm", "category: theory", "2", "category"),
    ("choice", "covers: []", "covers: []\nrelated: [attention-score-scaling]", "2", "related"),
    ("choice", "covers: []", "covers: []\nexcludes: [no-such-item]", "2", "excludes"),
    ("choice", "topics: [attention]", "topics: [spinning]", "3", "topics"),
    ("choice", "rounds: [ml-knowledge]", "rounds: [pub-quiz]", "3", "rounds"),
    ("choice", "category: llm", "category: poetry", "3", "category"),
    ("choice", "level: mid", "level: expert", "1", "level"),
    ("choice", "misconception: mean-vs-variance", "misconception: made-up", "3", "made-up"),
    ("plan", "monday: [theory]", "monday: [poetry]", "3", "poetry"),
    ("plan", "monday: [theory]", "mondy: [theory]", "1", "mondy"),
    ("plan", "repeat: true", "weeks: [{title: One, weekdays: {friday: [poetry]}}]", "3", "poetry"),
    ("plan", "repeat: true", "weeks: [{title: One, weekdays: {}}]", "1", "weeks"),
    ("choice", "Entries of", "See https://example.org of", "5", "https"),
    ("choice", "Entries of", "Ask @everyone of", "5", "@everyone"),
    ("choice", "Entries of", "Write to a.b@example.org of", "5", "example.org"),
    ("choice", "Entries of", "<b>Entries</b> of", "5", "<b>"),
    ("choice", "Entries of", "Read /home/ada/notes of", "5", "/home"),
    ("choice", "Entries of", "With $$d$$ entries of", "5", "$$"),
    ("choice", "Entries of", "Asked in an interview at Google: entries of", "5", "Google"),
    ("choice", "reviewers: [second-reading]", "reviewers: []", "6", "reviewers"),
    ("choice", "reviewers: [second-reading]", "reviewers: [ada]", "6", "reviewers"),
    ("choice", "sources: [{", "sources: [] #", "6", "sources"),
    ("choice", "mistakes: [{", "mistakes: [] #", "6", "mistakes"),
    ("choice", "follow_ups: [{", "follow_ups: [] #", "6", "follow_ups"),
    ("choice", "hints: [Think of the variance of a sum.]", "hints: []", "6", "hints"),
    ("choice", "reviewed_on: 2026-11-01", "expires_on: 2026-11-22", "6", "expires_on"),
    ("kit", 'red_flags: ["splits', "red_flags: [] # splits", "6", "red_flags"),
    ("choice", "correct: true, ", "", "7", "answer:"),
    ("choice", "{id: b, ", "{id: b, correct: true, ", "7", "answer:"),
    ("choice", "{id: b, ", "{id: a, ", "1", "answer:"),
    ("select", "correct: true, ", "", "7", "answer:"),
    ("select", " Select all that apply.", "", "7", "prompt"),
    (
        "choice",
        "Building the score matrix would otherwise take longer",
        "the score mean grows which moves softmax off its centre!",
        "7",
        "id: d",
    ),
    ("choice", "Building the score matrix would otherwise take longer", "None of the above", "8", "id: d"),
    ("choice", "It adds work.", "Option A is better.", "8", "Option A"),
    ("choice", "Scores spread out as width grows and softmax saturates", "S" * 90, "9", "id: a"),
    ("choice", "Scores spread out as width", "Scores usually spread out as width", "9", "usually"),
    ("choice", "Scores spread out as width", "64 scores spread out as width", "9", "64"),
    ("choice", "Scores spread out as width", "64 % of scores spread out as width", "9", "64 %"),
    ("choice", "Scores spread out as width", "Entries spread out as width", "9", "spread out"),
    ("choice", ',\n       feedback: "It stays 0."', "", "10", "id: b"),
    ("choice", "misconception: mean-vs-variance, ", "", "10", "id: b"),
    ("choice", "Weights of one token would", "Weights of every token would", "11", "every"),
    ("choice", "address?", "address.", "12", "prompt"),
    ("choice", "What problem does dividing", "What problem is not met when dividing", "12", "prompt"),
    (
        "choice",
        "What problem does dividing their product by sqrt(d) address?",
        "Which statement is true about dividing by sqrt(d)?",
        "12",
        "prompt",
    ),
    ("choice", "would otherwise take longer", "would otherwise take longer.", "13", "id: d"),
    ("numeric", "tolerance: {abs: 0.1}", "tolerance: {}", "16", "tolerance"),
    ("numeric", "tolerance: {abs: 0.1}", "tolerance: {abs: 0.05}", "16", "tolerance"),
    ("numeric", "value: 8.3", "value: 9.3", "16", "check"),
    ("numeric", '  check: "100*0.005*0.9/(0.005*0.9+0.995*0.05)"\n', "", "16", "answer"),
    ("numeric", "100*0.005*0.9", "__import__('os').getpid()", "16", "check"),
    ("numeric", "value: 94.7", "value: 8.35", "16", "8.35"),
    ("numeric", "Think of the variance of a sum.", "It comes to 8.3 of them.", "2.2", "hints"),
    ("short", "title: A title", "title: Out of bag error", "2.2", "title"),
    ("code", "Input untouched; NaN raises ValueError", "Raises ValueError", "19", "contract"),
    ("numeric", "value: 8.3", "value: 1e1", "1", "1e1"),
    ("short", '"OOB", ', '"OOB", "in bag error", ', "1", "reject"),
    ("short", "oob (error|score|estimate)", "(a+)+b", "1", "regex"),
    ("short", "oob (error|score|estimate)", "(?=a)b", "1", "regex"),
    ("short", "reject: [", 'reject: [{text: "the oob", feedback: "No."}, ', "1", "reject"),
    ("code", "  mutants:\n    - {", "  mutants: []\n  # {", "17", "answer:"),
    ("code", "      - {why: three, args: [[1, 2, 6]], expected: 3.0}\n", "", "18", "public"),
    ("code", "      - {why: nothing at all, args: [[]], expected: null}\n", "", "18", "hidden"),
    (
        "code",
        "why: nothing at all, args: [[]], expected: null",
        "why: pair, args: [[7, 8]], expected: 7.5",
        "18",
        "hidden",
    ),
    (
        "code",
        "{why: NaN is refused, args: [[.nan]], error: ValueError}",
        "{why: pair, args: [[7, 8]], expected: 7.5}",
        "18",
        "hidden",
    ),
    ("code", "{why: plain, args: [[1, 2]], expected: 1.5}", "{why: plain, args: [[1, 2]]}", "1", "why: plain"),
    ("code", "{why: plain, ", "{", "1", "args: [[1, 2]]"),
    ("code", '{"$range": [0, 200001, 1]}', '{"$rage": [0, 200001, 1]}', "1", "$rage"),
    ("code", "mode: approx, rel: 1.0e-9, abs: 1.0e-12", "mode: exact", "19", "compare"),
    ("code", "return sum(values) / len", "return random.choice(values) or sum(values) / len", "19", "solution"),
    ("code", "  limits: {seconds: 2, memory_mb: 128}\n", "", "1", "answer:"),
    ("code", "def mean(values):\n        if any", "def average(values):\n        if any", "20", "solution"),
    ("code", "NaN raises ValueError", "no NaN occurs", "21", "contract"),
    ("code", "Input untouched; NaN", "NaN", "21", "contract"),
    ("open", "weight: 20, anchors", "weight: 30, anchors", "22", "rubric"),
    ("open", '{1: "retrains", ', "{", "22", "anchors"),
    ("open", '1: "retrains"', '1: "very poor"', "22", "very poor"),
    ("open", '1: "retrains"', '1: "names leakage"', "22", "names leakage"),
    ("open", "text: split by time, weight: 30", "text: split by time, weight: 20", "22", "key_points"),
    ("open", "text: split by time, weight: 30", "text: split by time, weight: 30, required: true", "22", "key_points"),
    ("behavioural", '"Who relied on it?", ', "", "23", "probes"),
    ("behavioural", 'reverse_probe: "What would your critic say?"', "", "1", "answer:"),
    ("behavioural", "Who relied on it?", "Are you married?", "23", "married"),
    ("drill", "{name: sketch, minutes: 5}", "{name: sketch, minutes: 6}", "24", "phases"),
    ("drill", "120 requests a second at peak", "Many requests at peak", "24", "facts"),
    ("drill", ", contradicts: true", "", "24", "facts"),
    ("drill", '  failure_injection: "A logo is stamped on each photo."\n', "", "1", "answer:"),
    ("kit", '  failure_injection: "A feature is null for one city."\n', "", "24", "brief_interviewer"),
    ("kit", "{name: goal, minutes: 15}", "{name: goal, minutes: 16}", "24", "phases"),
    (
        "kit",
        "Ask what you need.",
        "Quantile loss instead of squared error, as late and early do not cost the same.",
        "25",
        "expect",
    ),
    (
        "kit",
        "Ask what you need.",
        "The baseline splits the orders at random, though couriers learn from week to week.",
        "25",
        "red_flags",
    ),
    ("kit", ", contradicts: true", "", "24", "facts_on_request"),
    ("talk", ", contradicts: true", "", "24", "facts_on_request"),
    ("talk", '"What did it cost?", ', "", "23", "probes"),
    ("talk", "What would your sharpest critic say?", "What did you do then?", "23", "probes"),
    ("talk", "  do_not_ask: [", "  ask_freely: [", "23", "brief_interviewer"),
    ("talk", "What did it cost?", "Were you married then?", "23", "married"),
    ("choice", "minutes: 3", "minutes: 30", "28", "minutes"),
    ("choice", "A sum of d", "After normalization a sum of d", "28", "explanation"),
    ("deck", "It lowers variance", "It is labeled and lowers varience", "28", "back"),
    ("kit", "Ask what you need.", "Recieve what you need.", "28", "brief_candidate"),
    ("choice", "Entries of", "QKVO entries of", "28", "QKVO"),
    ("choice", "topics: [attention]", "topics: [pay-and-offers]", "29", "topics"),
    ("choice", "reviewed_on: 2026-11-01", "expires_on: 2028-01-01", "29", "expires_on"),
    ("framework", "minutes: 10", "minuets: 10", "1", "schema"),
    ("framework", "covers: []\n", "", "1", "schema"),
    ("framework", "id: goal", f"id: {'goal-' * 8}x", "1", "goal-"),
    ("guide", "title: Reading", f"title: {'Reading ' * 8}", "1", "Reading"),
    ("guide", "A referee reads the test first", LONG, "1", "text"),
    ("guide", "id: what-a-referee-does", "id: another-id", "2", "another-id"),
    ("guide", "id: speaking", "id: reading", "2", "id: reading"),
    ("guide", "title: Speaking", "title: The reading", "2", "The reading"),
    ("guide", "Which three things does a remark name?", "What is read first; and why?", "2", "recall"),
    ("deck", "A larger model overfits.", "More data always helps!", "2", "front"),
    ("deck", "a biased sample", "as [told](https://example.org) a sample", "5", "back"),
    ("deck", "It lowers variance", "Asked by Meta in interviews at Meta: it lowers variance", "5", "back"),
    ("guide", "sources: [{", "sources: [] #", "6", "sources"),
    ("guide", "authors: [ada]", "authors: []", "6", "authors"),
    ("guide", "reviewers: [second-reading]", "reviewers: []", "6", "reviewers"),
    ("guide", "reviewers: [second-reading]", "reviewers: [ada]", "6", "reviewers"),
    ("guide", "covers: []", "covers: []\nexpires_on: 2026-11-22", "6", "expires_on"),
    ("guide", "What is read first, and why?", "Tell me what is read first.", "12", "recall"),
    ("guide", "Which three things does a remark name?", "Line, harm and mend: what is that?", "12", "recall"),
    ("deck", "Does it hold?", "Say whether it holds.", "12", "ask"),
    ("framework", "share: 50", "share: 40", "24", "cards"),
    ("deck", "however large it gets", "and earns 150,000 USD", "29", "back"),
    ("deck", "however large it gets", "and pays €5", "29", "back"),
    ("deck", "however large it gets", "as 70% of all recruiters know", "29", "back"),
    ("guide", "covers: []", "covers: []\nexpires_on: 2028-01-01", "29", "expires_on"),
    ("guide", "A remark names", "A QKVO remark names", "28", "QKVO"),
]


def test_the_clean_items_have_no_findings(content: Content) -> None:
    assert content.findings() == []


@pytest.mark.parametrize(("name", "old", "new", "rule", "at"), PLANTED)
def test_a_planted_fault_is_found_at_its_line_with_a_way_to_mend_it(
    content: Content, name: str, old: str, new: str, rule: str, at: str
) -> None:
    file = content.plant(name, old, new)
    lines = (content.folder / file).read_text(encoding="utf-8").splitlines()
    found = [finding for finding in content.findings() if finding.rule == rule and finding.file.endswith(file)]
    assert [finding for finding in found if at in lines[finding.line - 1] and finding.mend], found


def test_a_finding_prints_as_file_line_fault_and_mend(content: Content) -> None:
    file = content.plant("choice", "reviewers: [second-reading]", "reviewers: []")
    (finding,) = content.findings()
    assert str(finding) == f"{file}:30: nobody has reviewed it (mend: have it read, or write `status: draft`)"


def test_a_misspelt_key_is_told_its_neighbour(content: Content) -> None:
    content.plant("choice", "minutes: 3", "minuets: 3")
    assert "did you mean `minutes`?" in [finding.mend for finding in content.findings()]


def test_a_text_that_is_too_long_says_how_long_it_may_be(content: Content) -> None:
    content.plant("choice", "A sum of d", LONG)
    (finding,) = content.findings()
    assert (finding.what, finding.mend) == ("`explanation`: has 100,080 characters", "write at most 1,200")


def test_a_file_that_is_not_utf8_is_a_finding(content: Content) -> None:
    (content.folder / NAMES["choice"]).write_bytes(b"schema: 1\ntitle: caf\xe9\n")
    (finding,) = content.findings()
    assert (finding.line, finding.what) == (2, "not UTF-8")


def test_two_files_with_one_id_are_a_finding(content: Content) -> None:
    content.write("questions/theory/attention-score-scaling.yaml", MULTIPLE_CHOICE.replace("llm", "theory"))
    assert "2" in {finding.rule for finding in content.findings()}


def test_a_retired_id_is_never_used_again(content: Content) -> None:
    content.write("retired.yaml", "attention-score-scaling: {reason: ambiguous, replacement: what-grows-with-width}\n")
    (finding,) = content.findings()
    assert finding.what == "the id `attention-score-scaling` is retired: ambiguous"


def test_a_replacement_that_does_not_exist_is_a_finding(content: Content) -> None:
    content.write("retired.yaml", "old-one: {reason: ambiguous, replacement: no-such-item}\n")
    (finding,) = content.findings()
    assert (finding.file, finding.line, finding.rule) == ("retired.yaml", 1, "2")


def test_a_covered_id_is_not_left_out_as_well(content: Content) -> None:
    content.write("coverage.yaml", "ml-roc-auc: no room\n")
    content.plant("choice", "covers: []", "covers: [ml-roc-auc]")
    (finding,) = content.findings()
    assert (finding.file, finding.rule) == ("coverage.yaml", "27")


def test_covers_are_held_against_an_inventory(content: Content) -> None:
    content.write("coverage.yaml", "ml-rock: no room\n")
    file = content.plant("guide", "covers: []", "covers: [ml-roc-auc, ml-rock-auc]")
    found = lint([content.folder], today=TODAY, inventory={"ml-roc-auc"})
    assert [(finding.file, finding.what) for finding in found] == [
        ("coverage.yaml", "the inventory has no `ml-rock`"),
        (file, "the inventory has no `ml-rock-auc`"),
    ]


def test_a_card_that_says_what_another_says_is_found_over_pages(content: Content) -> None:
    content.write("guides/again.yaml", GUIDE.replace("id: what-a-referee-does", "id: again"))
    assert {(finding.rule, finding.file) for finding in content.findings()} == {("26", NAMES["guide"])}


def test_what_the_renderers_of_pages_complain_about_is_rule_4(content: Content) -> None:
    found = lint([content.folder], today=TODAY, page_renderers=(lambda page: [f"{page.id} is too long"],))
    assert [(finding.rule, finding.file) for finding in found] == [
        ("4", NAMES["deck"]),
        ("4", NAMES["framework"]),
        ("4", NAMES["guide"]),
    ]


def test_a_prompt_that_says_what_another_says_is_a_near_duplicate(content: Content) -> None:
    again = MULTIPLE_CHOICE.replace("attention-score-scaling", "attention-scores-again").replace("independent", "apart")
    content.write("questions/llm/attention-scores-again.yaml", again)
    assert {(finding.rule, finding.severity) for finding in content.findings()} == {("26", Severity.error)}


def test_a_kit_that_says_what_another_says_is_a_near_duplicate(content: Content) -> None:
    again = KIT.replace("kit-delivery-time", "kit-delivery-again").replace("Ask what you need.", "Begin.")
    content.write("kits/ml-system-design/kit-delivery-again.yaml", again)
    assert {(finding.rule, finding.file) for finding in content.findings()} == {("26", NAMES["kit"])}


def test_a_kit_that_is_not_read_within_its_first_phase_is_a_warning(content: Content) -> None:
    content.plant("kit", "minutes: 15}", "minutes: 3}")
    content.plant("kit", "minutes: 30}", "minutes: 42}")
    assert content.findings() == []
    content.plant("kit", "Ask what you need.", "a b " * 340)
    (finding,) = content.findings()
    assert (finding.rule, finding.severity) == ("28", Severity.warning)
    assert finding.what == "it takes 3.5 minutes to read, the first phase has 3"


@pytest.mark.parametrize("name", ["kit", "open"])
def test_eight_words_in_a_row_of_two_items_are_a_copy(content: Content, name: str) -> None:
    said = "while everybody here watched the numbers of the wrong week"
    content.plant("choice", "Entries of", f"Asked {said}: entries of")
    content.plant(name, "Ask what you need." if name == "kit" else "What do you check", f"Begin {said}.")
    assert {finding.rule for finding in content.findings()} >= {"26"}


def test_seven_words_in_a_row_and_the_contracts_of_code_are_no_copy(content: Content) -> None:
    content.plant("drill", "Ask for what you need.", "Somebody here watched the numbers of the wrong week; ask for it.")
    content.plant("kit", "Ask what you need.", "Nobody here watched the numbers of the wrong week at all.")
    content.plant(
        "code", "None if there are none.", "None if none. Ask for what you need when somebody submits a listing."
    )
    assert content.findings() == []


@pytest.mark.parametrize("word", ["size", "resized", "prizes", "seize", "horizon", "citizen", "puzzle", "tokenisers"])
def test_a_word_that_has_its_z_in_any_english_is_no_finding(content: Content, word: str) -> None:
    content.plant("guide", "then the names", f"then the {word}")
    assert content.findings() == []


def test_accepted_answers_may_be_spelt_in_either_way(content: Content) -> None:
    content.plant("short", '"OOB"', '"OOB", "optimizer labeled"')
    assert content.findings() == []


def test_keys_that_favour_a_place_are_a_warning(content: Content) -> None:
    (content.folder / NAMES["choice"]).unlink()
    for number in range(20):
        text = MULTIPLE_CHOICE.replace("attention-score-scaling", f"item-{number}x")
        content.write(f"questions/llm/item-{number}x.yaml", text)
    found = {(finding.rule, finding.severity) for finding in content.findings()}
    assert found == {("14", Severity.warning), ("26", Severity.error)}


def test_what_the_renderers_complain_about_is_rule_4(content: Content) -> None:
    found = lint([content.folder], today=TODAY, renderers=(lambda question: [f"{question.id} is too long"],))
    assert {finding.rule for finding in found} == {"4"}


def test_what_the_runner_complains_about_is_rule_17(content: Content) -> None:
    found = lint([content.folder], today=TODAY, runner=lambda question: [f"{question.id} fails"])
    assert [(finding.rule, finding.file) for finding in found] == [("17", NAMES["code"])]


def test_broken_files_do_not_hide_the_findings_of_others(content: Content) -> None:
    content.write(NAMES["open"], ": : :")
    content.plant("choice", "reviewers: [second-reading]", "reviewers: []")
    assert {finding.file for finding in content.findings()} == {NAMES["open"], NAMES["choice"]}


@settings(max_examples=150)
@given(st.sampled_from(sorted(FILES)), st.integers(0, 3_000), st.integers(0, 60), st.text(max_size=12))
def test_no_mutilated_file_breaks_the_linter_or_the_bank(file: str, start: int, length: int, instead: str) -> None:
    text = FILES[file]
    with tempfile.TemporaryDirectory() as folder:
        mutilated = Content(Path(folder))
        mutilated.write("taxonomy.yaml", FILES["taxonomy.yaml"])
        mutilated.write_bytes(file, (text[:start] + instead + text[start + length :]).encode("utf-8", "surrogatepass"))
        assert all(finding.mend for finding in mutilated.findings())
        assert len(load_bank([mutilated.folder], today=TODAY).questions) <= 1


def test_the_table_names_every_rule_and_only_checks_that_exist() -> None:
    table = str(lint_module.__doc__)
    assert [int(number) for number in re.findall(r"^ ?(\d+)  ", table, re.M)] == list(range(1, 30))
    named = re.findall(r"\b([a-z_]+)\.(\w+)", table)
    assert len(named) > 50
    missing = [(room, name) for room, name in named if not hasattr(import_module(f"bot.bank.{room}"), name)]
    assert missing == []


def test_every_check_stands_in_the_table() -> None:
    rooms = ("bank", "choice", "code", "item", "key", "kit", "page", "rubric", "text")
    checks = [
        f"lint_{room}.{name}"
        for room in rooms
        for name, value in vars(import_module(f"bot.bank.lint_{room}")).items()
        if isfunction(value) and value.__module__ == f"bot.bank.lint_{room}" and str(value.__doc__).startswith("Rule")
    ]
    assert [name for name in checks if name not in str(lint_module.__doc__)] == []


def test_a_missing_folder_is_a_finding(tmp_path: Path) -> None:
    (finding,) = lint([tmp_path / "nowhere"], today=TODAY)
    assert finding.what == "the folder does not exist"
