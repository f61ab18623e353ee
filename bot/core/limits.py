"""The limits of every platform at once: what fits here fits everywhere.

D is Discord (its developer documentation, message components and interactions), S is Slack (its block kit reference,
measured against slack-sdk 3.47). Where both have a limit, the smaller one stands here.
"""

BUTTON_LABEL = 75  # S 75, D 80
ACTION_AND_ARGS = 100  # D custom_id 100 characters; counted in bytes so that any alphabet fits
BUTTONS = 25  # D five rows of five
OPTIONS = 25  # D select 25, S 100
OPTION_LABEL = 75  # S 75, D 100
MESSAGE = (
    3_800  # D components v2 4,000 characters of text in all, S about 13,200 of blocks; some room is left for labels
)
FORM_TITLE = 24  # S view title 24, D 45
FORM_FIELDS = 5  # D modal 5
FIELD_LABEL = 45  # D text input label 45
LINE = 200  # ours: what fits in a line
PARAGRAPH = 3000  # S plain text input 3,000, D 4,000
POSTED = 4000  # D a message of a member with Nitro; S truncates at 40,000
COMMAND_TEXT = 3000  # ours: a command typed as text, all of it
THREAD_NAME = 100  # D 100


def check_length(what: str, value: str, most: int) -> None:
    """Raise ValueError when our own text is too long: a bug of ours, found when the message is built."""
    if len(value) > most:
        raise ValueError(f"{what} has {len(value)} characters, at most {most} fit: {value[:40]!r}")


def check_count(what: str, count: int, most: int) -> None:
    """Raise ValueError when there are too many, or none."""
    if not 0 < count <= most:
        raise ValueError(f"{count} {what}, wanted 1 to {most}")


def check_action(action: str, args: tuple[str, ...]) -> None:
    """Raise ValueError when an action and its arguments do not fit into what a button can carry."""
    size = len(":".join((action, *args)).encode())
    if size > ACTION_AND_ARGS:
        raise ValueError(f"action {action!r} with its arguments has {size} bytes, at most {ACTION_AND_ARGS} fit")
    if any(":" in part for part in (action, *args)):
        raise ValueError(f"action {action!r} or an argument contains ':', which parts them")
