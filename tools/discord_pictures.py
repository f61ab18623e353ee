"""Draws messages as Discord would show them: `python -m tools.discord_pictures docs`, from a checkout.

The bot plays two mornings on the test Discord; what it sent is taken from there as native components, set as a page in
Discord's look, and photographed by Chromium. Writes discord-question.png, discord-reveal.png and discord-board.png.
"""

import argparse
import asyncio
import base64
import html
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageChops

from bot.bank.load import load_bank
from bot.pictures.draw import draw
from bot.resources import folder
from tests.ground import OnSqlite
from tests.platforms.discord.stage import DiscordStage
from tests.servers.discord.contract import Contract
from tests.servers.discord.state import Message

Json = dict[str, Any]
QUESTION = "reading-a-p-value"
BACKGROUND = "#313338"
TEXT, ROW, BUTTON, SELECT, GALLERY, FILE, SEPARATOR, CONTAINER = 10, 1, 2, 3, 12, 13, 14, 17
STYLES = {1: "#5865f2", 2: "#4e5058", 3: "#248046", 4: "#da373c"}
SHEET = """
* { box-sizing: border-box } body { margin: 0; padding: 18px 20px; width: 640px; background: #313338; color: #dbdee1;
font: 16px/1.375 "Noto Sans", "DejaVu Sans", sans-serif } .m { display: flex; gap: 14px } .a { flex: none; width:
40px; height: 40px; border-radius: 50%; background: #5865f2; color: #fff; display: grid; place-items: center;
font-weight: 700 } .b { flex: 1; min-width: 0 } .w { color: #f2f3f5; font-weight: 600 } .w i { font: 600 10px/15px
"DejaVu Sans"; background: #5865f2; color: #fff; border-radius: 3px; padding: 1px 5px; margin: 0 7px } .w small {
color: #949ba4; font-weight: 400; font-size: 12px } p { margin: 4px 0 } h1, h2, h3 { margin: 10px 0 4px; color:
#f2f3f5; line-height: 1.3 } h1 { font-size: 24px } h2 { font-size: 20px } h3 { font-size: 16px } ul { margin: 2px 0;
padding-left: 22px } code { background: #2b2d31; border-radius: 3px; padding: 1px 4px; font: 14px "DejaVu Sans Mono",
monospace } pre { margin: 6px 0; background: #2b2d31; border: 1px solid #1e1f22; border-radius: 4px; padding: 8px;
white-space: pre-wrap } pre code { padding: 0 } blockquote { margin: 4px 0; border-left: 4px solid #4e5058;
padding-left: 12px } .r { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 0 } .r span { color: #fff;
border-radius: 4px; padding: 6px 16px; font: 500 14px/20px "Noto Sans", "DejaVu Sans", sans-serif } .s { background:
#1e1f22; border-radius: 4px; padding: 8px 12px; color: #949ba4; margin-top: 8px } img { display: block; max-width:
100%; border-radius: 8px; margin-top: 8px } .t { background: #3f4248; border-radius: 3px; padding: 0 3px } .n { color:
#c9cdfb; background: #3c4270; border-radius: 3px; padding: 0 2px } .e { color: #949ba4; font-size: 13px; margin-top:
8px } hr { border: 0; border-top: 1px solid #4e5058 }
"""


def page(stage: DiscordStage, message: Message) -> str:
    """A message as a page of its own."""
    at = message.at.astimezone(stage.zone)
    head = f"<div class=w>Batchmates<i>APP</i><small>Today at {at:%H:%M}</small></div>"
    body = "".join(component(stage, item) for item in message.components)
    private = "<div class=e>Only you can see this · Dismiss message</div>" if message.only_for else ""
    inside = f"<div class=m><div class=a>B</div><div class=b>{head}{body}{private}</div></div>"
    return f"<!doctype html><meta charset=utf-8><style>{SHEET}</style>{inside}"


def component(stage: DiscordStage, item: Json) -> str:
    """A component, with what is in it."""
    match item["type"]:
        case t if t == TEXT:
            return markdown(stage, item["content"])
        case t if t in (ROW, CONTAINER):
            inside = "".join(component(stage, one) for one in item["components"])
            return f"<div class=r>{inside}</div>" if t == ROW and '"s"' not in inside else inside
        case t if t == BUTTON:
            return f'<span style="background:{STYLES[item["style"]]}">{html.escape(item["label"])}</span>'
        case t if t == SELECT:
            return f'<div class="s">{html.escape(item.get("placeholder") or "")} ▾</div>'
        case t if t == GALLERY:
            return "".join(picture(stage, one["media"]["id"]) for one in item["items"])
        case t if t == FILE:
            return f"<div class=s>📄 {html.escape(item['name'])}</div>"
        case t if t == SEPARATOR:
            return "<hr>"
    raise ValueError(f"component {item['type']} is not drawn yet")


def picture(stage: DiscordStage, file: str) -> str:
    """A picture that came with a message."""
    return f'<img src="data:image/png;base64,{base64.b64encode(stage.server.files[file]).decode()}">'


def markdown(stage: DiscordStage, text: str) -> str:
    """Discord's Markdown, as far as the bot writes it."""
    parts = re.split(r"```\w*\n(.*?)```", text, flags=re.DOTALL)
    return "".join(
        f"<pre><code>{html.escape(part)}</code></pre>" if number % 2 else blocks(stage, part)
        for number, part in enumerate(parts)
    )


def blocks(stage: DiscordStage, text: str) -> str:
    """Lines: headings, lists, quotes, and the rest as paragraphs."""
    made = []
    for line in text.split("\n"):
        heading = re.match(r"(#{1,3}) (.*)", line)
        if heading:
            size = len(heading[1])
            made.append(f"<h{size}>{spans(stage, heading[2])}</h{size}>")
        elif line.startswith("- "):
            made.append(f"<ul><li>{spans(stage, line[2:])}</ul>")
        elif line.startswith("> "):
            made.append(f"<blockquote>{spans(stage, line[2:])}</blockquote>")
        elif line.startswith("-# "):
            made.append(f"<div class=e>{spans(stage, line[3:])}</div>")
        elif line.strip():
            made.append(f"<p>{spans(stage, line)}</p>")
    return "".join(made)


def spans(stage: DiscordStage, line: str) -> str:
    """What stands in a line."""
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\0{len(kept) - 1}\0"

    line = re.sub(r"`([^`]+)`", lambda found: keep(f"<code>{html.escape(found[1])}</code>"), line)
    line = re.sub(r"\\([^\w\s])", lambda found: keep(html.escape(found[1])), line)
    line = re.sub(
        r"<t:(\d+)(?::\w)?>", lambda found: keep(f"<span class=t>{moment(found[1], stage.zone)}</span>"), line
    )
    line = re.sub(
        r"<@(\d+)>", lambda found: keep(f"<span class=n>@{html.escape(stage.server.users[found[1]].name)}</span>"), line
    )
    line = html.escape(line, quote=False)
    line = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", line)
    line = re.sub(r"\*(.+?)\*", r"<em>\1</em>", line)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], line)


def moment(seconds: str, zone: ZoneInfo) -> str:
    """A moment as a reader in the group's zone sees it."""
    return f"{datetime.fromtimestamp(int(seconds), UTC).astimezone(zone):%A %d %B %Y %H:%M}"


async def play(at: Path) -> dict[str, str]:
    """Let a group have two mornings; give the pages by name."""
    bank = load_bank([folder("content")], today=datetime(2026, 11, 23, tzinfo=UTC).date())
    ground = OnSqlite(at)
    stage = await DiscordStage.open(at, bank, ground, Contract.load())
    stage.draw = draw
    await stage.restarts()
    try:
        await stage.sets_up()
        await stage.plans(QUESTION)
        await stage.at("Mon 09:00")
        for name, letter in (("Jonas", "C"), ("Aiko", "C"), ("Tom", "A"), ("Mira", "B")):
            await stage.person(name).presses(letter)
        await stage.at("Mon 09:10")  # the post shows how many have answered a few seconds later
        pages = {"question": page(stage, stage.questions[-1])}
        await stage.at("Tue 08:05")
        revealed = [m for m in stage.server.messages.values() if m.channel == stage.thread.id and m.author != m.channel]
        pages["reveal"] = page(stage, next(m for m in revealed if "Answer: " in str(m.components)))
        await stage.person("Jonas").types("/board")
        boards = [m for m in stage.server.messages.values() if m.only_for and "media" in str(m.components)]
        pages["board"] = page(stage, boards[-1])
    finally:
        await stage.closes()
    return pages


def photograph(content: str, into: Path, at: Path) -> None:
    """Write a page as a picture, cut to what is on it."""
    source, raw = at / f"{into.stem}.html", at / f"{into.stem}-raw.png"
    source.write_text(content, encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-background-networking", "--hide-scrollbars"]
    command += [f"--user-data-dir={at / 'profile'}", "--window-size=640,2400", f"--screenshot={raw}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=90)
    with Image.open(raw) as shot:
        whole = shot.convert("RGB")
    drawn = ImageChops.difference(whole, Image.new("RGB", whole.size, BACKGROUND)).getbbox()
    bottom = min(whole.height, drawn[3] + 18) if drawn else whole.height
    whole.crop((0, 0, whole.width, bottom)).quantize(128).save(into, optimize=True)


def main() -> None:
    """Draw all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("into", type=Path, help="the folder for the pictures")
    into: Path = parser.parse_args().into
    with tempfile.TemporaryDirectory() as place:
        at = Path(place)
        for name, content in asyncio.run(play(at)).items():
            photograph(content, into / f"discord-{name}.png", at)


if __name__ == "__main__":
    main()
