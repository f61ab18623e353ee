"""One clean item of every kind as YAML, and a content folder to plant faults in."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.bank.lint import Finding, lint
from bot.bank.reading import read_document
from bot.bank.schema import Question, parse_question

TODAY = date(2026, 11, 23)

TAXONOMY = """\
schema: 1
categories: [theory, statistics, llm, algorithm, ml-coding, sql, design, case, behavioural]
levels: [junior, mid, senior, staff]
rounds: [ml-knowledge, ml-coding, ml-system-design, behavioural, ml-debugging]
kinds: [multiple-choice, multi-select, numeric, short, code, open, design-drill, behavioural, kit]
qualifiers: [usually, about]
absolutes: [always, never, only, every]
topics:
  attention: {title: "Attention"}
  bayes: {title: "Bayes rule"}
  pay-and-offers: {title: "Pay and offers", perishable: true}
misconceptions:
  mean-vs-variance: "The mean of a sum grows where only its variance does."
  softmax-normalises: "Softmax needs scaled scores to sum to one."
  scaling-is-cheaper: "Scaling saves work."
"""

TAIL = """\
explanation: "A sum of d independent products with mean 0 and variance 1 has variance d, hence the root."
mistakes: [{belief: "It grows with d itself", why_wrong: "Its variance does, its size grows like the root."}]
follow_ups: [{ask: "Which assumption breaks after training?", expect: "Independence of query and key."}]
sources: [{what: "attention paper", kind: paper, ref: "arXiv 1706.03762"}]
covers: []
authors: [ada]
reviewers: [second-reading]
reviewed_on: 2026-11-01
"""

RUBRIC = """\
  - {dim: order, weight: 40, anchors: {1: "lists at random", 2: "some order", 3: "cheap first", 4: "gives stop rules"}}
  - {dim: depth, weight: 40, anchors: {1: "retrains", 2: "names leakage", 3: "detects each", 4: "separates two causes"}}
  - {dim: clarity, weight: 20, anchors: {1: "hard to read", 2: "partly clear", 3: "led by hand", 4: "short and clear"}}
"""


def head(key: str, kind: str, category: str, *, minutes: int) -> str:
    """What every question begins with."""
    return (
        f"schema: 1\nid: {key}\nrevision: 1\nstatus: live\nkind: {kind}\ntitle: A title\ncategory: {category}\n"
        f"topics: [attention]\nlevel: mid\ndifficulty: 2\nminutes: {minutes}\nrounds: [ml-knowledge]\n"
        "hints: [Think of the variance of a sum.]\n"
    )


MULTIPLE_CHOICE = (
    head("attention-score-scaling", "multiple-choice", "llm", minutes=3)
    + """\
prompt: "Entries of query and key are independent. What problem does dividing their product by sqrt(d) address?"
answer:
  options:
    - {id: a, correct: true, text: "Scores spread out as width grows and softmax saturates", feedback: "Variance is d."}
    - {id: b, misconception: mean-vs-variance, text: "The score mean grows, which moves softmax off its centre",
       feedback: "It stays 0."}
    - {id: c, misconception: softmax-normalises, text: "Weights of one token would otherwise fail to sum to one",
       feedback: "They do."}
    - {id: d, misconception: scaling-is-cheaper, text: "Building the score matrix would otherwise take longer",
       feedback: "It adds work."}
"""
    + TAIL
)

MULTI_SELECT = (
    head("what-grows-with-width", "multi-select", "llm", minutes=4)
    + """\
prompt: "A layer becomes wider while depth stays. Which quantities rise? Select all that apply."
answer:
  options:
    - {id: a, correct: true, text: "Memory of the weights", feedback: "More numbers."}
    - {id: b, correct: true, text: "Work of one pass", feedback: "More products."}
    - {id: c, text: "Number of tokens", misconception: mean-vs-variance, feedback: "The text is the same."}
    - {id: d, text: "Size of the vocabulary", misconception: scaling-is-cheaper, feedback: "It is fixed beforehand."}
"""
    + TAIL
)

NUMERIC = (
    head("screening-positive-value", "numeric", "statistics", minutes=4)
    + """\
prompt: "0.5% of sellers cheat. A check flags 90% of them and 5% of the others. How many flags are right? One decimal."
answer:
  value: 8.3
  unit: percent
  tolerance: {abs: 0.1}
  check: "100*0.005*0.9/(0.005*0.9+0.995*0.05)"
  decoys:
    - {value: 90.0, feedback: "That is the share of fraud that is flagged."}
    - {value: 94.7, feedback: "This ignores how rare fraud is."}
"""
    + TAIL
)

SHORT = (
    head("rows-a-tree-never-saw", "short", "theory", minutes=2)
    + """\
prompt: "What is the error called that a forest measures on the rows a tree never saw?"
answer:
  accept: ["out-of-bag error", "OOB", {regex: "oob (error|score|estimate)"}]
  reject: [{text: "in-bag error", feedback: "Those rows were seen."}]
"""
    + TAIL
)

CODE = (
    head("one-pass-mean", "code", "ml-coding", minutes=15)
    + """\
prompt: "Write mean(values): the mean of the values, None if there are none."
answer:
  entry_point: mean
  signature: "mean(values: list[float]) -> float | None"
  contract: "Input untouched; NaN raises ValueError."
  starter: |
    def mean(values):
        ...
  solution: |
    def mean(values):
        if any(value != value for value in values):
            raise ValueError("NaN")
        return sum(values) / len(values) if values else None
  compare: {mode: approx, rel: 1.0e-9, abs: 1.0e-12}
  tests:
    public:
      - {why: plain, args: [[1, 2]], expected: 1.5}
      - {why: negative, args: [[-1, 1]], expected: 0.0}
      - {why: three, args: [[1, 2, 6]], expected: 3.0}
    hidden:
      - {why: nothing at all, args: [[]], expected: null}
      - {why: one value, args: [[3]], expected: 3.0}
      - {why: duplicates, args: [[2, 2]], expected: 2.0}
      - {why: NaN is refused, args: [[.nan]], error: ValueError}
      - {why: huge offset, args: [[1000000001, 1000000003]], expected: 1000000002.0}
      - {why: large, args: [{"$range": [0, 200001, 1]}], expected: 100000.0}
  limits: {seconds: 2, memory_mb: 128}
  mutants:
    - {why: "integer division", solution: "def mean(values):\\n    return sum(values) // len(values)\\n"}
"""
    + TAIL
)

OPEN = (
    head("good-offline-poor-live", "open", "case", minutes=9)
    + """\
prompt: "A model scored well offline and poorly live. What do you check, and in which order?"
answer:
  model_answer: "First make both numbers comparable, then split by time, then compare features."
  key_points:
    - {id: comparable, text: same metric and population, weight: 40, required: true}
    - {id: leak, text: split by time, weight: 30}
    - {id: skew, text: compare features, weight: 30}
  rubric:
"""
    + RUBRIC.replace("  - ", "    - ")
    + TAIL
)

DESIGN_DRILL = (
    head("copied-photos", "design-drill", "design", minutes=8)
    + """\
prompt: "Design the check for copied photos when somebody submits a listing. Ask for what you need."
answer:
  phases:
    - {name: clarify, minutes: 3}
    - {name: sketch, minutes: 5}
  facts:
    - {asked_about: load, fact: "120 requests a second at peak."}
    - {asked_about: latency, fact: "An answer within 2 seconds."}
    - {asked_about: data, fact: "900 million photos; 88% of the matches are harmless.", contradicts: true}
  failure_injection: "A logo is stamped on each photo."
  model_answer: "A match is a signal, the decision is about the listing."
  key_points:
    - {id: goal, text: separates match from decision, weight: 50, required: true}
    - {id: size, text: estimates memory, weight: 50}
  rubric:
"""
    + RUBRIC.replace("  - ", "    - ")
    + TAIL
)

BEHAVIOURAL = (
    head("result-withdrawn", "behavioural", "behavioural", minutes=8)
    + """\
prompt: "Tell us about a result that you had to withdraw."
answer:
  probes: ["Who relied on it?", "What could you have checked?", "How do you know that the change works?"]
  reverse_probe: "What would your critic say?"
  model_answer: "What was claimed, how the error was found, what was said in the first hours."
  key_points:
    - {id: own, text: names the own error, weight: 40, required: true}
    - {id: told, text: told those affected, weight: 60}
  rubric:
"""
    + RUBRIC.replace("  - ", "    - ")
    + TAIL
)

KIT = (
    """\
schema: 1
id: kit-delivery-time
revision: 1
status: live
kind: kit
type: ml-system-design
title: Delivery time
level: senior
difficulty: 3
minutes: 45
rounds: [ml-system-design]
brief_candidate: "Design the system that shows a delivery time at checkout. Ask what you need."
facts_on_request:
  - {asked_about: scale, fact: "2 million orders a day."}
  - {asked_about: latency, fact: "150 ms for the screen."}
  - {asked_about: labels, fact: "6% of couriers tap early.", contradicts: true}
phases:
  - {name: goal, minutes: 15}
  - {name: design, minutes: 30}
brief_interviewer:
  expect: ["quantile loss instead of squared error, as late and early do not cost the same"]
  failure_injection: "A feature is null for one city."
rubric:
"""
    + RUBRIC
    + """\
red_flags: ["splits the orders at random, though couriers learn from week to week"]
debrief: ["name one thing to repeat"]
sources: [{what: "own scenario", kind: own, ref: "invented"}]
covers: []
authors: [ada]
reviewers: [second-reading]
"""
)

TALK = (
    """\
schema: 1
id: kit-result-you-doubted
revision: 1
status: live
kind: kit
type: behavioural
title: A result that you doubted
level: mid
difficulty: 2
minutes: 20
rounds: [behavioural]
brief_candidate: "Tell me about a result that everybody liked and that you doubted."
facts_on_request:
  - {asked_about: whose result, fact: "It may be your own.", contradicts: true}
phases:
  - {name: story, minutes: 5}
  - {name: questions, minutes: 15}
brief_interviewer:
  listen_for: ["the check that was cheapest"]
  probes: ["Which figure made you doubt?", "What did it cost?", "What would your sharpest critic say?"]
  do_not_ask: ["age, family, health or belief"]
rubric:
"""
    + RUBRIC
    + """\
red_flags: ["no check was made"]
debrief: ["name one thing to repeat"]
sources: [{what: "own scenario", kind: own, ref: "invented"}]
covers: []
authors: [ada]
reviewers: [second-reading]
"""
)

PLAN = """\
schema: 1
id: year
title: A year of weekdays
description: One question each weekday.
covers: []
weekdays:
  monday: [theory]
  tuesday: [algorithm, ml-coding]
repeat: true
"""

FRAMEWORK = """\
schema: 1
id: three-steps
revision: 1
status: live
title: Three steps
summary: How to answer a question about a model in ten minutes.
keywords: [outline]
minutes: 10
cards:
  - id: goal
    title: Goal
    share: 30
    text: "Ask what the answer is for, and what a wrong one costs whom."
    points: ["who reads it", "by when"]
    recall: {ask: "What do you ask before you answer?", answer: "What it is for, and what an error costs."}
  - id: answer
    title: Answer
    share: 50
    text: "Say the simplest thing that could work, then what it lacks."
    recall: {ask: "With which proposal do you begin?", answer: "With the simplest one that could work."}
  - id: doubt
    title: Doubt
    share: 20
    text: "Name the measurement that would change your mind about it."
    recall: {ask: "How do you end?", answer: "With the measurement that would change my mind."}
sources: [{what: "own outline", kind: own, ref: "invented"}]
covers: []
authors: [ada]
reviewers: [second-reading]
"""

DECK = """\
schema: 1
id: half-truths
revision: 1
status: live
title: Half-truths
summary: Sentences that are often said, and what holds of them.
ask: "Does it hold?"
cards:
  - id: more-data
    title: More data
    front: "More data always helps."
    back: "It lowers variance; a biased sample stays biased however large it gets."
  - id: bigger-model
    title: Bigger model
    front: "A larger model overfits."
    back: "It can, and it need not: regularisation and early stopping decide."
    points: ["look at a validation curve"]
sources: [{what: "own cards", kind: own, ref: "invented"}]
covers: []
authors: [ada]
reviewers: [second-reading]
"""

GUIDE = """\
schema: 1
id: what-a-referee-does
revision: 1
status: live
title: What a referee does
summary: The work of somebody who reads the code of others.
sort: role
cards:
  - id: reading
    title: Reading
    text: "A referee reads the test first, since it tells what was promised."
    points: ["then the names"]
    recall: {ask: "What is read first, and why?", answer: "The test: it tells what was promised."}
  - id: speaking
    title: Speaking
    text: "A remark names the line, the harm, and one way to mend it."
    recall: {ask: "Which three things does a remark name?", answer: "Line, harm and mend."}
sources: [{what: "own guide", kind: own, ref: "invented"}]
covers: []
authors: [ada]
reviewers: [second-reading]
"""

FILES = {
    "taxonomy.yaml": TAXONOMY,
    "questions/llm/attention-score-scaling.yaml": MULTIPLE_CHOICE,
    "questions/llm/what-grows-with-width.yaml": MULTI_SELECT,
    "questions/statistics/screening-positive-value.yaml": NUMERIC,
    "questions/theory/rows-a-tree-never-saw.yaml": SHORT,
    "questions/ml-coding/one-pass-mean.yaml": CODE,
    "questions/case/good-offline-poor-live.yaml": OPEN,
    "questions/design/copied-photos.yaml": DESIGN_DRILL,
    "questions/behavioural/result-withdrawn.yaml": BEHAVIOURAL,
    "kits/ml-system-design/kit-delivery-time.yaml": KIT,
    "kits/behavioural/kit-result-you-doubted.yaml": TALK,
    "plans/year.yaml": PLAN,
    "frameworks/three-steps.yaml": FRAMEWORK,
    "decks/half-truths.yaml": DECK,
    "guides/what-a-referee-does.yaml": GUIDE,
}
NAMES = {
    "choice": "questions/llm/attention-score-scaling.yaml",
    "select": "questions/llm/what-grows-with-width.yaml",
    "numeric": "questions/statistics/screening-positive-value.yaml",
    "short": "questions/theory/rows-a-tree-never-saw.yaml",
    "code": "questions/ml-coding/one-pass-mean.yaml",
    "open": "questions/case/good-offline-poor-live.yaml",
    "drill": "questions/design/copied-photos.yaml",
    "behavioural": "questions/behavioural/result-withdrawn.yaml",
    "kit": "kits/ml-system-design/kit-delivery-time.yaml",
    "talk": "kits/behavioural/kit-result-you-doubted.yaml",
    "plan": "plans/year.yaml",
    "framework": "frameworks/three-steps.yaml",
    "deck": "decks/half-truths.yaml",
    "guide": "guides/what-a-referee-does.yaml",
}


@dataclass(frozen=True, slots=True)
class Content:
    """A content folder on disk."""

    folder: Path

    def write(self, file: str, text: str) -> None:
        """Writes one file of the folder."""
        self.write_bytes(file, text.encode())

    def write_bytes(self, file: str, raw: bytes) -> None:
        """Writes one file of the folder, whatever its bytes are."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    def plant(self, name: str, old: str, new: str) -> str:
        """Replaces a text that must occur in a clean file by a faulty one; gives the file."""
        file = NAMES[name]
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text
        self.write(file, text.replace(old, new, 1))
        return file

    def findings(self) -> list[Finding]:
        """What the linter says about the folder."""
        return lint([self.folder], today=TODAY)


def filled(folder: Path) -> Content:
    """A folder with every clean item."""
    content = Content(folder)
    for file, text in FILES.items():
        content.write(file, text)
    return content


def question(text: str) -> Question:
    """The question that a YAML text holds."""
    return parse_question(read_document(text.encode()).value)
