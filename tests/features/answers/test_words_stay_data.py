"""What members write, and how they are called, stays data in every message that quotes it."""

from collections.abc import Iterator

import pytest

from bot.features.members.store import shown_name
from bot.platforms.local.formats import Json, run_text
from tests.stage import Stage

NASTY = (
    "Zora @everyone **b** `c` <!channel>",
    "Zora ```py <@U1> *i* _u_ ~s~ @here",
    "Zora [x](https://a.example) <#C1> > q",
    "- Zora <@&5> # h | t | \\* \\",
)


def texts(blocks: list[Json]) -> Iterator[str]:
    """Every text that stands in blocks by itself: a run, a quote, a fact, a description, a label."""
    for block in blocks:
        for run in (*block.get("runs", ()), *(run for item in block.get("items", ()) for run in item)):
            assert not run.keys() & {"mention", "role"}, "a member's words became a mention"
            yield run_text(run)
        yield from (block[key] for key in ("text", "alt", "placeholder") if key in block)
        yield from (cell for row in block.get("rows", ()) for cell in row)
        yield from (item["label"] for item in (*block.get("buttons", ()), *block.get("options", ())))


async def quoting_everywhere(group: Stage, nasty: str) -> None:
    """Let somebody of this name write the same words wherever words can be written."""
    zora = group.comes(nasty)
    await group.plans("result-you-had-to-withdraw", "phase-before-the-first-token", "reading-a-p-value")
    await group.at("Mon 09:00")
    await zora.says(nasty, in_thread=True)
    await zora.presses("My result")
    await zora.says(f"{nasty} again", in_thread=True)
    await zora.counts()
    await zora.types("/settings")
    await zora.presses("About me")
    await zora.fills(role=nasty, language=nasty)
    await zora.presses("Something wrong?")
    await zora.fills(what="typo", why=nasty)
    await group.at("Tue 09:00")
    await zora.answers(nasty)
    await zora.types(f'/board week "{nasty}"')
    await zora.types(f'/"{nasty}"')
    await zora.types(f'/admin swap "{nasty}"')
    await group.at("Wed 09:00")
    await zora.presses("C", under="Reading")
    await group.at("Thu 09:00")
    await zora.types("/board all")
    await zora.presses("Share here")
    await group.mira.types("/admin log")
    await group.mira.types(f'/admin swap 2026-11-30 "{nasty}"')


@pytest.mark.parametrize("nasty", NASTY)
async def test_a_name_and_an_answer_are_quoted_as_they_are(group: Stage, nasty: str) -> None:
    await quoting_everywhere(group, nasty)
    said = [text for entry in group.world.messages.values() if entry.blocks for text in texts(entry.blocks)]
    quoted = [text for text in said if "Zora" in text]
    assert len(quoted) >= 12
    # What is cut short, as in an error, still begins as it was written; an address in a name is parted.
    whole = (nasty, shown_name(nasty))
    torn = [text for text in quoted if not any(one in " ".join(text.split()) for one in whole) and "…" not in text]
    assert torn == []
    assert nasty in quoted
    assert all("@everyone" not in text or "Zora" in text for text in said)


async def test_members_words_never_become_ids_of_buttons(group: Stage) -> None:
    await quoting_everywhere(group, NASTY[0])
    assert not any("Zora" in form for _, form in group.world.open_forms)
