"""What goes out in a format comes back as it was, and what comes in is a draft with marks where something lacks."""

import csv
import html
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.bank.exchange import anki, gift, moodle, whole
from bot.bank.exchange.drafts import bring
from bot.bank.exchange.item import CHOICE, ESSAY, NUMBER, SEVERAL, WORDS, Exchanged, Reply, exchanged, slug
from bot.bank.exchange.out import send
from bot.bank.lint import lint
from bot.bank.load import load_bank
from bot.bank.reading import read_document
from bot.bank.schema import MultipleChoice, Numeric, Question, parse_question
from bot.bank.shelf import read_shelf
from bot.cli import app
from bot.core.errors import ContentError
from bot.resources import folder
from tests.bank import items
from tests.bank.items import TODAY, Content

OURS = [
    items.question(text)
    for text in (
        items.MULTIPLE_CHOICE,
        items.MULTI_SELECT,
        items.NUMERIC,
        items.SHORT,
        items.CODE,
        items.OPEN,
        items.DESIGN_DRILL,
        items.BEHAVIOURAL,
    )
]
REAL = list(load_bank([folder("content")], today=TODAY).questions.values())

# A line that ends in white space, or holds nothing else, is trimmed by every one of these formats.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=30
)
PARAGRAPHS = st.lists(TEXTS, min_size=1, max_size=3).map("\n".join)
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: f"{value:.12g}")


@st.composite
def anything(draw: st.DrawFn) -> Exchanged:
    """A question of any sort, full of signs that mean something to a format."""
    sort = draw(st.sampled_from([CHOICE, SEVERAL, NUMBER, WORDS, ESSAY]))
    text = NUMBERS if sort == NUMBER else TEXTS
    within = st.sampled_from([0.0, 0.5, 1e-6]) if sort == NUMBER else st.just(0.0)
    made = st.builds(Reply, text, st.booleans(), TEXTS | st.just(""), within)
    replies = [] if sort == ESSAY else draw(st.lists(made, min_size=2, max_size=5))
    rights = {CHOICE: 1, SEVERAL: 2, NUMBER: 1, WORDS: 1, ESSAY: 0}[sort]
    replies = [replace(reply, right=number < rights) for number, reply in enumerate(replies)]
    return Exchanged(sort, slug(draw(TEXTS)), draw(PARAGRAPHS), tuple(replies), draw(PARAGRAPHS), category="llm")


@given(st.lists(anything(), min_size=1, max_size=4))
@settings(max_examples=150)
def test_gift_brings_back_what_it_was_given(questions: list[Exchanged]) -> None:
    assert gift.read(gift.write(questions)) == questions


def test_an_arrow_in_what_is_said_makes_no_matching_question() -> None:
    found = gift.read("::arrows:: Which dependency holds? {=a -> b#right ~b -> a#a -> b holds}")
    assert [(reply.text, reply.feedback) for reply in found[0].replies] == [
        ("a -> b", "right"),
        ("b -> a", "a -> b holds"),
    ]
    assert gift.read(gift.write(found)) == found


@given(st.lists(anything(), min_size=1, max_size=4))
@settings(max_examples=150)
def test_moodle_brings_back_what_it_was_given(questions: list[Exchanged]) -> None:
    assert moodle.read(moodle.write(questions)) == questions


@pytest.mark.parametrize("form", [gift, moodle], ids=["gift", "moodle"])
def test_every_question_of_the_bank_goes_out_and_comes_back(form: object) -> None:
    reads, writes = form.read, form.write  # type: ignore[attr-defined]
    wanted = list(map(exchanged, [*OURS, *REAL]))
    for question, found in zip(wanted, reads(writes(wanted)), strict=True):
        said = question.explanation if form is moodle or not question.notes else found.explanation
        assert replace(found, tags=question.tags, notes=question.notes) == replace(question, explanation=said)


def test_json_brings_back_every_field() -> None:
    # As text, since a test may be about NaN, which differs from itself.
    assert list(map(repr, whole.read(whole.write([*OURS, *REAL])))) == list(map(repr, [*OURS, *REAL]))


def test_anki_gets_our_id_as_the_guid_and_one_line_a_note() -> None:
    lines = anki.write(map(exchanged, OURS)).splitlines()
    head = [line for line in lines if line.startswith("#")]
    notes = list(csv.reader(lines[len(head) :], delimiter="\t", quoting=csv.QUOTE_NONE))
    assert {"#guid column:1", "#tags column:4", "#separator:tab", "#html:true"} <= set(head)
    assert [note[0] for note in notes] == [question.id for question in OURS]
    assert {len(note) for note in notes} == {4}
    (numeric,) = [note for note in notes if note[0] == "screening-positive-value"]
    assert html.unescape(numeric[2]).startswith("8.3 ± 0.1<br><br>A sum of d")
    assert numeric[3] == "statistics mid attention"


def test_anki_notes_of_the_whole_bank_have_four_fields() -> None:
    lines = send(REAL, "anki").splitlines()[len(anki.HEAD.splitlines()) :]
    assert len(lines) == len(REAL)
    assert {line.count("\t") for line in lines} == {3}


def test_anki_notes_come_back_with_both_sides() -> None:
    wanted = list(map(exchanged, [*OURS, *REAL]))
    found = anki.read(anki.write(wanted))
    assert [(note.name, note.tags) for note in found] == [(question.name, question.tags) for question in wanted]
    for note, question in zip(found, wanted, strict=True):
        assert " ".join(note.prompt.split()).startswith(" ".join(question.prompt.split())[:60])
        assert " ".join(note.notes.split()).endswith(" ".join(question.explanation.split())[-60:])


# --- coming in ----------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path: Path) -> Content:
    """A folder with closed lists and nothing else."""
    content = Content(tmp_path / "fresh")
    content.write("taxonomy.yaml", items.TAXONOMY)
    return content


def brought(content: Content, name: str, text: str, form: str | None = None) -> list[Path]:
    path = content.folder.parent / name
    path.write_text(text, encoding="utf-8")
    shelf = read_shelf([content.folder])
    return bring(path, form=form, category="theory", folder=content.folder, shelf=shelf)


def drafts(files: list[Path]) -> list[Question]:
    return [parse_question(read_document(file.read_bytes()).value) for file in files]


THEIRS = """\
// a file of somebody else
::Capital of overfitting::What grows when a tree gets deeper? {
  =Variance#Yes.
  ~Bias#It falls.
  ~Irreducible noise
}

$CATEGORY: course/llm

Which of these are regularisers? {~%50%Dropout ~%50%Weight decay ~%-100%More layers}

How many bits has a byte? {#8:0}

[html]Half a second is how many milliseconds? {#=499..501#Right. =%0%50#A factor of ten.}

The area under the curve is called {=AUC =area under the curve} for short.

A tree is a linear model. {FALSE}

Explain early stopping. {}
"""


def test_gift_of_others_becomes_drafts(fresh: Content) -> None:
    made = drafts(brought(fresh, "theirs.gift", THEIRS))
    assert [question.kind for question in made] == [
        "multiple-choice",
        "multi-select",
        "numeric",
        "numeric",
        "short",
        "multiple-choice",
        "open",
    ]
    first, _, _, fourth, fifth, *_ = made
    assert isinstance(first, MultipleChoice)
    assert isinstance(fourth, Numeric)
    assert (first.id, first.category, set(first.answer.correct)) == ("capital-of-overfitting", "theory", {"a"})
    assert (fourth.answer.value, fourth.answer.tolerance.abs, fourth.category) == (500.0, 1.0, "llm")
    assert fifth.prompt == "The area under the curve is called _____ for short."
    assert {(question.status, question.authors, question.reviewers) for question in made} == {
        ("draft", ("import",), ())
    }


def test_what_was_brought_in_is_not_asked_and_says_what_is_missing(fresh: Content) -> None:
    brought(fresh, "theirs.gift", THEIRS)
    assert load_bank([fresh.folder], today=TODAY).questions == {}
    found = lint([fresh.folder], today=TODAY)
    assert "this is still to be written" in {finding.what for finding in found}
    assert {finding.rule for finding in found} & {"1", "2"} == set()


def test_cards_of_others_become_open_drafts(fresh: Content) -> None:
    text = '#separator:Semicolon\n#html:false\nWhat is <b>?;A less sign\n\n"What; then?";Nothing\n'
    made = drafts(brought(fresh, "cards", text, "anki"))
    assert [(question.kind, question.prompt) for question in made] == [
        ("open", "What is <b>?"),
        ("open", "What; then?"),
    ]


@pytest.mark.parametrize("form", ["gift", "moodle", "json"])
def test_our_own_export_comes_in_again_as_drafts(fresh: Content, form: str) -> None:
    made = drafts(brought(fresh, "ours", send(OURS, form), form))
    by_id = {question.id: question for question in made}
    assert by_id.keys() == {question.id for question in OURS}
    for question in OURS:
        assert (by_id[question.id].prompt, by_id[question.id].title) == (question.prompt, question.title)
        assert by_id[question.id].status == "draft"


def test_an_id_that_is_taken_gets_a_number(content: Content) -> None:
    (file,) = brought(content, "ours.gift", send([OURS[0]], "gift"))
    assert file.name == "attention-score-scaling-2.yaml"


HTML = """<?xml version="1.0"?><quiz><question type="multichoice"><name><text>Dropout</text></name>
<questiontext format="html"><text><![CDATA[<p>What does <b>dropout</b> do<br>at &lt;test&gt; time?</p>]]></text>
</questiontext><single>true</single>
<answer fraction="100" format="html"><text>&lt;p&gt;Nothing&lt;/p&gt;</text></answer>
<answer fraction="0" format="html"><text>&lt;p&gt;It drops&lt;/p&gt;</text></answer></question></quiz>"""


def test_html_of_moodle_becomes_our_markdown(fresh: Content) -> None:
    (question,) = drafts(brought(fresh, "theirs.xml", HTML))
    assert question.prompt == "What does **dropout** do\nat <test> time?"
    assert isinstance(question, MultipleChoice)
    assert [option.text for option in question.options] == ["Nothing", "It drops"]


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.gift", "Match. {=a -> b =c -> d}", "line 1: matching"),
        ("a.gift", "\n\nOpen {=a", "line 3: the brace"),
        ("a.gift", "No answers at all", "line 1: wanted a question"),
        ("a.gift", "How many? {#many}", "line 1: “many” is no number"),
        ("a.gift", "How many? {=a ~}", "line 1: an answer is empty"),
        ("a.xml", "<quiz><question type='cloze'/></quiz>", "question 1: the type “cloze”"),
        ("a.xml", "<quiz>", "This is not XML"),
        ("a.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><quiz/>", "document type"),
        ("a.json", "{", "This is not JSON"),
        ("a.json", "[1]", "a list of `questions`"),
        ("a.json", '{"questions": [{"kind": "open"}]}', "question 1: "),
        ("a.pdf", "", "one of the formats gift, moodle, anki, json"),
    ],
)
def test_what_cannot_be_read_is_told_and_writes_nothing(fresh: Content, name: str, text: str, wanted: str) -> None:
    with pytest.raises(ContentError, match=wanted):
        brought(fresh, name, text)
    assert not (fresh.folder / "questions").exists()


@pytest.mark.parametrize(
    ("text", "wanted"), [("#separator:nothing\na\tb\n", "no separator"), ("alone\n", "note 1: wanted a front")]
)
def test_what_is_no_file_of_cards_is_told(text: str, wanted: str) -> None:
    with pytest.raises(ContentError, match=wanted):
        anki.read(text)


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_no_text_breaks_a_reader_otherwise_than_in_words(text: str) -> None:
    for read in (gift.read, moodle.read, anki.read, whole.read):
        with suppress(ContentError):
            assert read(text) is not None


def test_the_commands_go_out_and_in_again(content: Content, fresh: Content, tmp_path: Path) -> None:
    out = tmp_path / "bank.xml"
    run = CliRunner()
    assert run.invoke(app, ["content", "export", "moodle", str(content.folder), "--out", str(out)]).exit_code == 0
    found = run.invoke(app, ["content", "import", str(out), "--into", str(fresh.folder)])
    assert len(found.stdout.splitlines()) == 8
    assert run.invoke(app, ["content", "export", "json", str(content.folder)]).stdout.startswith("{")
    with pytest.raises(ContentError, match="one of the formats gift, moodle, anki, json"):
        send([], "qti")
