"""Our own fonts: where they are, and which characters they have."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font, LoadFlags

from reportgen.languages import locate

if TYPE_CHECKING:
    from matplotlib.ft2font import GlyphIndexType

FAMILIES = ("Reportgen Sans", "Reportgen Extra")
FILES = (
    "ReportgenSans-Regular.otf",
    "ReportgenSans-Bold.otf",
    "ReportgenExtra-Regular.ttf",
    "ReportgenExtra-Bold.ttf",
)

EM = 72  # at as many dots an inch a point is a dot
FIXED = 65536  # FreeType's numbers of 16.16 bits


@cache
def folder() -> Path:
    """The folder templates/fonts."""
    return locate() / "fonts"


@cache
def covered() -> frozenset[int]:
    """Every code point that both weights of our fonts can show; anything else would be an empty box."""
    lines = (folder() / "coverage.txt").read_text(encoding="ascii").split()
    ends = (tuple(int(end, 16) for end in line.split("-")) for line in lines)
    return frozenset(point for first, last in ends for point in range(first, last + 1))


@cache
def register() -> None:
    """Make our fonts known to matplotlib by name, for this process alone."""
    for file in FILES:
        fontManager.addfont(folder() / file)


@cache
def letters(face: str) -> Mapping[int, str]:
    """The letter that each glyph of a face of ours stands for, by the glyph's number; empty for a face of others.

    Left out are letters whose glyph hangs on their neighbours: those written from right to left, and marks.
    """
    file = next((file for file in FILES if file.partition(".")[0] == face), None)
    codes = {} if file is None else FT2Font(folder() / file).get_charmap()
    alone = ((glyph, chr(code)) for code, glyph in sorted(codes.items(), reverse=True) if code in covered())
    return {int(glyph): letter for glyph, letter in alone if _stands_alone(letter)}


@cache
def advance(face: str, glyph: int) -> float:
    """How far a glyph of a face of ours moves the next one, in shares of the letter size."""
    return (
        float(_opened(face).load_glyph(cast("GlyphIndexType", glyph), flags=LoadFlags.NO_HINTING).linearHoriAdvance)
        / FIXED
        / EM
    )


@cache
def _opened(face: str) -> FT2Font:
    font = FT2Font(folder() / next(file for file in FILES if file.partition(".")[0] == face))
    font.set_size(EM, EM)
    return font


def _stands_alone(letter: str) -> bool:
    return not unicodedata.combining(letter) and unicodedata.bidirectional(letter) not in ("R", "AL")
