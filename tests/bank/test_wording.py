"""Short answers match as people mean them: neither too strictly nor too loosely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.wording import distance, near, normalised, states, threshold

WORDS = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Overfitting", "overfitting"),
            ("  over  fitting ", "over fitting"),
            ("The curse", "curse"),
            ("k-means", "k means"),
        ),
        *(("naïve Bayes", "naive bayes"), ("Ｂａｙｅｓ", "bayes"), ("Straße", "strasse"), ("ﬁtting", "fitting")),
        *(("over\u200bfitting", "overfitting"), ("\u202bBayes\u202c", "bayes"), ("Bayes'", "bayes"), ("don't", "dont")),
        *(("“overfitting”.", "overfitting"), ("O(n log n)", "o n log n"), ("n²", "n^2"), ("١٢", "12"), ("−1", "-1")),
        *(("e\u0301tat", "état"), ("İstanbul", "istanbul"), ("Łukasiewicz", "lukasiewicz"), ("**bold**", "bold")),
    ],
)
def test_two_spellings_are_the_same(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("-1", "1"), ("1.5", "15"), ("C++", "C"), ("n^2", "n2"), ("< 5", "> 5"), ("l1", "l 1"), ("chair", "air")],
)
def test_two_meanings_stay_apart(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_an_article_alone_is_kept() -> None:
    assert normalised("A") == "a"


@pytest.mark.parametrize(("word", "slips"), [("air", 0), ("bias", 0), ("bayes", 1), ("boosting", 1), ("dropouts!", 2)])
def test_longer_words_forgive_more_slips(word: str, slips: int) -> None:
    assert threshold(word) == slips


@pytest.mark.parametrize(
    ("answer", "alias"),
    [
        *(
            ("bayse", "bayes"),
            ("overfiting", "overfitting"),
            ("overftiting", "overfitting"),
            ("ovrefittign", "overfitting"),
        ),
        *(("kmeans", "k means"), ("cross entrpoy", "cross entropy"), ("over fitting", "overfitting")),
        *(("stohastic gradient descent", "stochastic gradient descent"), ("random forrest", "random forest")),
    ],
)
def test_a_slip_is_forgiven(answer: str, alias: str) -> None:
    assert near(answer, alias) is not None


@pytest.mark.parametrize(
    ("answer", "alias"),
    [
        *(
            ("hair", "air"),
            ("bios", "bias"),
            ("underfitting", "overfitting"),
            ("unsupervised learning", "supervised learning"),
        ),
        *(("l2 regularization", "l1 regularization"), ("type ii error", "type i error"), ("sgd", "sgm")),
        *(("top 5 accuracy", "top 1 accuracy"), ("generative model", "discriminative model"), ("reward", "forward")),
        *(("bagging", "boosting"), ("resnet50", "resnet18"), ("covariance", "variance"), ("x" * 300, "overfitting")),
    ],
)
def test_another_word_is_no_slip(answer: str, alias: str) -> None:
    assert near(answer, alias) is None


@pytest.mark.parametrize(
    ("answer", "alias"),
    [
        ("i think it is air", "air"),
        ("because of data leakage in test set", "data leakage"),
        ("overfitting of course", "overfitting"),
    ],
)
def test_a_short_sentence_states_its_answer(answer: str, alias: str) -> None:
    assert states(answer, alias, [])


@pytest.mark.parametrize(
    ("answer", "alias"),
    [
        *(
            ("chair", "air"),
            ("it is not air", "air"),
            ("never overfitting", "overfitting"),
            ("no overfitting here", "overfitting"),
        ),
        *(
            ("isnt overfitting", "overfitting"),
            ("leakage of data", "data leakage"),
            ("overfitting or underfitting", "overfitting"),
        ),
        *(
            (" ".join(["word"] * 12) + " air", "air"),
            ("", "air"),
            ("data", "data leakage"),
            ("it is air or gas", "air"),
        ),
    ],
)
def test_what_only_contains_an_answer_does_not_state_it(answer: str, alias: str) -> None:
    assert not states(answer, alias, [])


def test_a_rejected_text_in_the_sentence_spoils_it() -> None:
    assert not states("it is bagging and boosting", "bagging", ["boosting"])


def test_a_rejected_text_within_the_answer_itself_does_not_spoil_it() -> None:
    assert states("it is gradient boosting", "gradient boosting", ["boosting"])


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "", 3),
        ("ca", "abc", 3),
        ("ab", "ba", 1),
    ],
)
def test_the_distance_counts_slips(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == slips


@given(WORDS, WORDS)
def test_the_distance_is_symmetric_and_zero_for_equals_alone(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
