"""The colours of a report by name, and whether one can be read on another."""

from dataclasses import dataclass, fields
from typing import Self

READABLE = 4.5
"""The least contrast of text and its background that WCAG 2.2 asks for (success criterion 1.4.3, level AA)."""


@dataclass(frozen=True)
class Palette:
    """Text (ink, quiet), what it stands on (paper, panel), lines, the one accent, and how grave something is."""

    ink: str
    quiet: str
    paper: str
    panel: str
    line: str
    accent: str
    critical: str
    warning: str
    info: str
    sound: str

    def with_colours(self, given: dict[str, str]) -> Self:
        """The palette with some colours of another's choice."""
        return type(self)(**{name: given.get(name, getattr(self, name)) for name in NAMES})


NAMES = tuple(field.name for field in fields(Palette))
GROUNDS = ("paper", "panel")
WORDS = tuple(name for name in NAMES if name not in (*GROUNDS, "line"))

LIGHT = Palette(
    ink="#1f2933",
    quiet="#52606d",
    paper="#ffffff",
    panel="#f4f6f8",
    line="#d5dbe1",
    accent="#005a91",
    critical="#a11d12",
    warning="#8a4b00",
    info="#005a91",
    sound="#14672f",
)
DARK = Palette(
    ink="#e4e9ee",
    quiet="#a3b0bc",
    paper="#14191e",
    panel="#1e252c",
    line="#39444e",
    accent="#7cc4f0",
    critical="#ff9a8f",
    warning="#f0b266",
    info="#7cc4f0",
    sound="#7fd49a",
)
PRINT = LIGHT.with_colours({"quiet": "#5b6672"})


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) stand apart, from 1 to 21 (WCAG's ratio of relative luminances)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour: str, palette: Palette) -> tuple[float, str]:
    """The contrast of a colour with that ground of the palette on which it is hardest to read, and the ground."""
    return min((contrast(colour, ground), ground) for ground in (getattr(palette, name) for name in GROUNDS))


def made_readable(colour: str, palette: Palette) -> str:
    """The nearest colour towards black, or on dark grounds towards white, that can be read on both grounds."""
    end = 255 if _luminance(palette.paper) < 0.18 else 0
    channels = _channels(colour)
    for step in range(101):
        mixed = "#" + "".join(f"{round(part + (end - part) * step / 100):02x}" for part in channels)
        if least_contrast(mixed, palette)[0] >= READABLE:
            return mixed
    return palette.ink


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in _channels(colour)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
