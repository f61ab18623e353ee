"""Answers matched too strictly or too loosely: for each question of the bank, what is accepted and what is not."""

import pytest

from bot.bank.grade import grade, read_response
from bot.bank.load import Bank
from bot.bank.schema import Numeric, Short
from bot.core.errors import UserError


def verdict(asked: Short | Numeric, typed: str) -> bool | None:
    """Whether a typed answer is right."""
    return grade(asked, read_response(asked, typed)).right


def test_every_alias_is_right_however_it_is_dressed(bank: Bank) -> None:
    shorts = [asked for asked in bank.questions.values() if isinstance(asked, Short)]
    dressed = ("{}", "  {} ", "{}!", "“{}”", "**{}**")
    wrong = [
        (asked.id, alias, dress)
        for asked in shorts for alias in asked.answer.aliases for dress in dressed
        if not verdict(asked, dress.format(alias.upper()))
    ]  # fmt: skip
    assert len(shorts) >= 3
    assert wrong == []


def test_no_rejected_text_and_no_word_that_only_holds_an_alias_is_right(bank: Bank) -> None:
    shorts = [asked for asked in bank.questions.values() if isinstance(asked, Short)]
    rejected = [(asked, entry.text) for asked in shorts for entry in asked.answer.reject]
    longer = [(asked, f"un{asked.answer.aliases[0]}able") for asked in shorts]
    others = [(one, other.answer.aliases[0]) for one in shorts for other in shorts if one is not other]
    assert [(asked.id, text) for asked, text in (*rejected, *longer, *others) if verdict(asked, text)] == []


def test_values_are_right_and_decoys_are_wrong(bank: Bank) -> None:
    numbers = [asked for asked in bank.questions.values() if isinstance(asked, Numeric)]
    assert len(numbers) >= 3
    for asked in numbers:
        value, reach = asked.answer.value, asked.answer.tolerance.around(asked.answer.value)
        assert verdict(asked, repr(value))
        assert verdict(asked, f"{value + 0.9 * reach}")
        assert not verdict(asked, f"{value + 1.2 * reach}")
        assert not any(verdict(asked, repr(decoy.value)) for decoy in asked.answer.decoys)


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "a" * 301])
def test_nothing_and_far_too_much_are_refused(bank: Bank, typed: str) -> None:
    for asked in bank.questions.values():
        if isinstance(asked, Short | Numeric):
            with pytest.raises(UserError, match="Wanted"):
                read_response(asked, typed)
