"""Charts can be read by light and in the dark, where screen.css turns their lightness; axe cannot see into them."""

import re

import pytest
from matplotlib.colors import to_rgb

from reportgen.charts import style
from reportgen.charts.pie import SHADES
from reportgen.charts.shades import LEGIBLE, LEVELS, colour, contrast, readable, turned
from reportgen.render.words import locate

LINES = 3.0  # WCAG 2.2, 1.4.11: lines, bars and marks that carry a meaning
PAPER = to_rgb(style.PAPER)


def least(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return min(contrast(one, other), contrast(turned(one), turned(other)))


@pytest.mark.parametrize("words", [style.INK, style.MUTED])
def test_words_stand_out_from_paper(words: str) -> None:
    assert least(to_rgb(words), PAPER) >= LEGIBLE


@pytest.mark.parametrize("line", [style.ACCENT, style.QUIET, *style.SERIES])
def test_lines_and_bars_stand_out_from_paper(line: str) -> None:
    assert least(to_rgb(line), PAPER) >= LINES


@pytest.mark.parametrize("level", range(LEVELS + 1))
def test_a_number_can_be_read_on_every_shade(level: int) -> None:
    assert least(colour(level), to_rgb(readable(level))) >= LEGIBLE


def test_shades_only_grow_darker_and_are_many() -> None:
    lightness = [contrast(colour(level), to_rgb("#000000")) for level in range(LEVELS + 1)]
    assert lightness == sorted(lightness, reverse=True)
    assert len(set(lightness)) > LEVELS * 0.8


def test_wedges_have_an_edge_since_their_shades_alone_do_not_stand_out() -> None:
    assert min(least(to_rgb(shade), PAPER) for shade in SHADES) < LINES <= least(to_rgb(style.INK), PAPER)


def test_every_series_has_dashes_of_its_own() -> None:
    assert len(style.DASHES) >= len(style.SERIES)


def test_the_dark_page_turns_charts_as_reckoned_here() -> None:
    sheet = (locate() / "style/screen.css").read_text(encoding="utf-8")
    assert "--turned: invert(1) hue-rotate(180deg);" in sheet
    assert re.search(r"\.chart, \.spark, \.drawn \{ filter: var\(--turned\); \}", sheet)
    assert turned(PAPER) == (0.0, 0.0, 0.0)
