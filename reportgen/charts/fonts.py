"""Our own fonts: where they are, and which characters they have."""

from functools import cache
from pathlib import Path

from matplotlib.font_manager import fontManager

FAMILIES = ("Reportgen Sans", "Reportgen Extra")
FILES = (
    "ReportgenSans-Regular.otf",
    "ReportgenSans-Bold.otf",
    "ReportgenExtra-Regular.ttf",
    "ReportgenExtra-Bold.ttf",
)


@cache
def folder() -> Path:
    """The folder templates/fonts, inside the installed package or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates" / "fonts"
    return inside if inside.is_dir() else package.parent / "templates" / "fonts"


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
