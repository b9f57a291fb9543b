"""Where the numbers of a chart stand, for those who ask it by pointer or by key."""

import re

import pytest

from reportgen.charts import bars, ranges
from reportgen.render.drawings import drawings, spots

LABELS, VALUES, LOWS, HIGHS = ("a", "b", "c"), (0.5, None, 0.9), (0.2, None, None), (0.7, None, 1.0)


def test_a_spot_lies_on_its_dot() -> None:
    drawn = ranges(LABELS, VALUES, LOWS, HIGHS, name="n", axis="x")
    width, height = (float(part) for part in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())
    dots = [
        (float(x), float(y))
        for x, y in re.findall(
            r'<use xlink:href="#\w+" x="([\d.]+)" y="([\d.]+)" style="fill: #5b6672[^"]*stroke: #fff', drawn
        )
    ]
    found = [(spot.across * width, spot.down * height) for spot in drawn.spots]
    assert [(spot.label, spot.value, spot.low, spot.high) for spot in drawn.spots] == [
        ("a", 0.5, 0.2, 0.7),
        ("c", 0.9, None, 1.0),
    ]
    assert len(dots) == 2
    for spot, dot in zip(found, dots, strict=True):
        assert spot == pytest.approx(dot, abs=0.1)


def test_bars_have_spots_from_the_top() -> None:
    drawn = bars(("x", "y"), (2.0, -1.0), name="n", axis="x")
    assert [spot.value for spot in drawn.spots] == [2.0, -1.0]
    assert 0 < drawn.spots[0].down < drawn.spots[1].down < 1
    assert drawn.spots[0].across > drawn.spots[1].across


def test_a_page_gets_them_as_one_attribute_that_no_name_can_break() -> None:
    drawn = drawings()["ranges"](('"><b>\u202e',), (0.123456789,), name="n", axis="x")
    attribute = str(spots(drawn))
    assert attribute.startswith(' data-spots="[[')
    assert attribute.count('"') == 2
    assert "<" not in attribute
    assert "[U+202E]" in attribute
    assert "0.123457" in attribute
    assert str(spots("<svg/>")) == ""
