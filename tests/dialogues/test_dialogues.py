"""Every conversation in this folder is played, line by line."""

from pathlib import Path

import pytest

from tests.dialogues.runner import Dialogue, Player, Step, Unplayed, read
from tests.stage import Stage

FOLDER = Path(__file__).parent
ALL = [dialogue for file in sorted(FOLDER.glob("*.md")) for dialogue in read(file)]


@pytest.fixture
async def player(stage: Stage, request: pytest.FixtureRequest) -> Player:
    """A player of the dialogue, on a stage with a group unless the dialogue begins in an empty channel."""
    dialogue: Dialogue = request.param
    for _ in range(not dialogue.begins_empty):
        await stage.sets_up()
    return Player(stage, dialogue)


@pytest.mark.parametrize("player", ALL, indirect=True, ids=[f"{d.file.stem}: {d.name}" for d in ALL])
async def test_the_conversation_goes_like_this(player: Player) -> None:
    await player.play()


def told(*lines: str) -> Dialogue:
    steps = tuple(Step(number, line) for number, line in enumerate(lines, start=1))
    return Dialogue(Path("a.md"), "a dialogue", steps)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (
            ["Jonas: /join", "bot (to Jonas): Welcome, Jonas."],
            r"a\.md:2: bot \(to Jonas\)(.|\n)*\+ bot \(to Jonas\): You",
        ),
        (["Jonas: /join", "nothing happens"], r"a\.md:2: nothing happens\n  but something happened"),
        (["Jonas presses Nothing"], r"a\.md:1: (.|\n)*sees no button \[Nothing\]"),
        (["Jonas dances"], r"a\.md:1: Jonas dances\n  this cannot be done: no such step"),
        (["Jonas: /join", "Tom sees: You are in"], r"a\.md:2: (.|\n)*Tom sees no such thing"),
        (["Jonas: /join", "Jonas does not see: You are in"], r"a\.md:2: (.|\n)*Jonas sees it"),
    ],
)
async def test_what_goes_otherwise_is_told_with_its_line(group: Stage, lines: list[str], wanted: str) -> None:
    with pytest.raises(Unplayed, match=wanted):
        await Player(group, told(*lines)).play()
