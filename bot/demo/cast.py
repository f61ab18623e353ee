"""Who plays: names and the zones they live in, and the parts that some of them have."""

from dataclasses import dataclass

_NAMES = """
Mira Jonas Aiko Tomás Priya Kwame Ingrid Mateo Leila Piotr
Nadia Hiro Zoë Omar Elif Sipho Clara Minh Yusuf Anouk
Diego Freya Rahul Salma Viktor Noa Bjørn Thandi Luca Meera
"""
_ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Africa/Accra",
    "Europe/Oslo",
    "America/Mexico_City",
    "Asia/Tehran",
    "Europe/Warsaw",
)
ORGANISER, REMINDED, HIDDEN, TRAVELLER = range(4)


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody who plays."""

    number: int
    name: str
    zone: str

    @property
    def manager(self) -> bool:
        """Whether they may set up."""
        return self.number == ORGANISER


def cast(members: int) -> list[Part]:
    """So many people; the first one sets the group up."""
    return [Part(number, _name(number), _ZONES[number % len(_ZONES)]) for number in range(members)]


def _name(number: int) -> str:
    names = _NAMES.split()
    again, which = divmod(number, len(names))
    return f"{names[which]} {again + 1}" if again else names[which]


def latecomer(members: int) -> int | None:
    """Who comes into the workspace only on the third day; nobody in a small group."""
    return members - 1 if members > TRAVELLER else None
