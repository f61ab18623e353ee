"""What a message of components says, on one line, as a reader would tell it: the same line as on any other platform."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
_MOMENT = re.compile(r"<t:(\d+):f>")
_FENCE = re.compile(r"```\w*\n(.*?)\n```", re.DOTALL)


def words(components: Sequence[Json], zone: ZoneInfo) -> str:
    """The texts, then the buttons as [Answer] and the options as <A  text>."""
    said: list[str] = []
    labels: list[str] = []
    options: list[str] = []
    for item in components:
        match item["type"]:
            case 10:
                said.append(plain(item["content"], zone))
            case 12:
                said += [f"[picture: {one['description']}]" for one in item["items"]]
            case 13:
                said.append(f"[file: {re.sub(r'^[0-9]+-', '', item['name'])}]")
            case 1:
                for one in item["components"]:
                    labels += [f"[{one['label']}]"] if one["type"] == 2 else []
                    options += [f"<{option['label']}>" for option in one.get("options", ())]
    return " ".join(" ".join([*said, *labels, *options]).split())


def plain(content: str, zone: ZoneInfo) -> str:
    """A text without its markup: what is escaped is itself, what is code is as it is."""
    return "".join(_pieces(_MOMENT.sub(lambda hit: _moment(int(hit[1]), zone), content)))


def _pieces(content: str) -> Iterator[str]:
    at = 0
    for fence in _FENCE.finditer(content):
        yield _unmarked(content[at : fence.start()])
        yield fence[1]
        at = fence.end()
    yield _unmarked(content[at:])


def _unmarked(text: str) -> str:
    kept = re.sub(r"\\(.)", lambda hit: chr(0xE000 + ord(hit[1])) if ord(hit[1]) < 128 else hit[0], text)
    kept = re.sub(r"(?m)^(## |> )", "", kept)
    kept = re.sub(r"\*\*|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", kept)
    # A command is written as Discord's; elsewhere it stands by its name.
    kept = re.sub(r"/study-admin (?=setup)|/study ", "", kept).replace("/study-admin ", "admin ")
    back = re.sub("[\ue000-\ue07f]", lambda hit: chr(ord(hit[0]) - 0xE000), kept)
    return back.replace("\u200b", "")


def _moment(seconds: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%a %d %b %H:%M}"
