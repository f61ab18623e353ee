"""What a member does, in the words of the transcript."""

from typing import assert_never

from bot.demo import seen
from bot.demo.steps import (
    Arrive,
    Choose,
    Depart,
    Fill,
    Flag,
    Hints,
    Keep,
    MyResult,
    Pick,
    Remind,
    Reply,
    Return,
    Rewrite,
    Run,
    Step,
    Withdraw,
)
from bot.platforms.local.standing import Entry


def tell(step: Step, who: str, post: Entry | None) -> str:
    """Who does what, as somebody who looks over their shoulder would say it."""
    match step:
        case Pick():
            return f"{who} presses {_label(step.option, post)}{', twice' if step.twice else ''}"
        case Choose():
            return f"{who} chooses {' and '.join(sorted(_label(option, post) for option in step.options))}"
        case Fill():
            return f"{who} presses Answer and types: {step.text}"
        case Reply():
            return f"{who} writes in the thread: {step.text}"
        case Rewrite():
            return f"{who} edits the reply: {step.text}"
        case Withdraw():
            return f"{who} deletes the reply"
        case Hints():
            return f"{who} looks at {step.wanted} hint{'s' if step.wanted > 1 else ''}"
        case Flag():
            return f"{who} presses Something wrong?: {step.what} {step.why}"
        case MyResult():
            return f"{who} presses My result"
        case Run():
            return f"{who} runs: {step.command}"
        case Remind():
            return f"{who} turns both reminders on"
        case Keep():
            return f"{who} keeps the question that was flagged"
        case Arrive():
            return f"{who} comes into the workspace"
        case Depart():
            return f"{who} leaves the workspace"
        case Return():
            return f"{who} comes back into the workspace"
        case _:
            assert_never(step)


def _label(option: str, post: Entry | None) -> str:
    """The letter that stands for an option on this post."""
    for item in seen.pressables(post.to_json()) if post else ():
        if item.get("label") and item["id"].split(":")[-1] == option:
            return str(item["label"])
        for choice in item.get("options", ()):
            if choice["value"] == option:
                return str(choice["label"]).split()[0]
    return "an option"
