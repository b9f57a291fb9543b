"""What the places of a chart say to who points at them, and where they are."""

import itertools
import re
from xml.etree import ElementTree

import pytest

from reportgen.charts import Box, bars, effects, grid, heatmap, lines, pie, ranges, reliability, scatter, strips, tree
from reportgen.charts.style import Told
from reportgen.render.drawings import drawings, spots
from reportgen.render.inline import inline

LABELS, VALUES, LOWS, HIGHS = ("a", "b", "c"), (0.5, None, 0.9), (0.2, None, None), (0.7, None, 1.0)
BOX = re.compile(r"M(-?[\d.]+) (-?[\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


def _written(value: float, low: float | None, high: float | None) -> str:
    return f"{value:g}" if low is None or high is None else f"{value:g} ({low:g} to {high:g})"


def _titles(drawn: object) -> list[str]:
    """What a page says for each area, read as a browser reads it."""
    found = ElementTree.fromstring(str(spots(drawn, _written, str)))
    return [title.text or "" for title in found.iter("title")]


def _drawn(kind: str, *args: object, **words: object) -> object:
    return drawings()[kind](*args, name="n", **words)


def test_a_spot_lies_on_its_dot_and_its_area_on_the_whole_row() -> None:
    drawn = ranges(LABELS, VALUES, LOWS, HIGHS, name="n", axis="x")
    width = float(re.search(r'viewBox="0 0 ([\d.]+) ', drawn)[1])
    dots = [
        (float(x), float(y))
        for x, y in re.findall(
            r'<use xlink:href="#\w+" x="([\d.]+)" y="([\d.]+)" style="fill: #5b6672[^"]*stroke: #fff', drawn
        )
    ]
    assert [spot.told for spot in drawn.spots] == [(Told("a", 0.5, 0.2, 0.7),), (Told("c", 0.9, None, 1.0),)]
    assert len(dots) == 2
    for spot, dot in zip(drawn.spots, dots, strict=True):
        assert (spot.across, spot.down) == pytest.approx(dot, abs=0.1)
        left, top, wide, high = (float(part) for part in BOX.fullmatch(spot.path).groups())
        assert (left, wide) == (0.0, width)
        assert top < spot.down < top + high


def test_bars_have_spots_from_the_top() -> None:
    drawn = bars(("x", "y"), (2.0, -1.0), name="n", axis="x")
    assert [spot.told[0].value for spot in drawn.spots] == [2.0, -1.0]
    assert 0 < drawn.spots[0].down < drawn.spots[1].down
    assert drawn.spots[0].across > drawn.spots[1].across


LINE = ("one", (0.1, 0.3), (0.0, 0.2), (0.2, 0.4))
SAYING = {
    "bars": ((("x",), (2.0,)), {"axis": "v", "lows": (1.0,), "highs": (3.0,)}, ["x: 2 (1 to 3)"]),
    "strips": ((("x",), ((0.2, 0.1),), (0.3,)), {"axis": "v"}, ["x: 0.3; ○: 0.1; ○: 0.2"]),
    "pie": ((("x", "none", "y"), (3, 0, 1)), {}, ["x (75.0%): 3", "y (25.0%): 1"]),
    "lines": (
        ({"a": (1.0, 0.5), "b": (2.0,)},),
        {"x_label": "pass", "y_label": "l"},
        ["pass: 1; a: 1; b: 2", "pass: 2; a: 0.5"],
    ),
    "reliability": (
        ((0.2,), (0.3,), (0.1,), (0.5,), (9,)),
        {"x_label": "s", "y_label": "o"},
        ["s: 0.2; o: 0.3 (0.1 to 0.5)"],
    ),
    "heatmap": (
        (((1, 0), (2, 3)), ("p", "q")),
        {"x_label": "said", "y_label": "is"},
        ["is: p; said: p; 1", "is: p; said: q; 0", "is: q; said: p; 2", "is: q; said: q; 3"],
    ),
    "share_heatmap": ((((0.25,),), ("p",)), {"x_label": "said", "y_label": "is"}, ["is: p; said: p; 25%"]),
    "grid": (
        (((1.0, None),), ("r",), ("c", "d"), (("1 ± 2", ""),), (("n = 9", "n = 1"),)),
        {"x_label": "x", "y_label": "y"},
        ["y: r; x: c; 1 ± 2; n = 9", "y: r; x: d; n = 1"],
    ),
    "scatter": (
        ((1.0, 2.0), (3.0, 4.0)),
        {"x_label": "x", "y_label": "y", "labels": ("p", "q")},
        ["p; x: 1; y: 3", "q; x: 2; y: 4"],
    ),
    "effects": (
        ([("f", (1.0, 2.0), [LINE]), ("w", ("u", "v"), [LINE])],),
        {"y_label": "y"},
        [
            "f: 1; one: 0.1 (0 to 0.2)",
            "f: 2; one: 0.3 (0.2 to 0.4)",
            "w: u; one: 0.1 (0 to 0.2)",
            "w: v; one: 0.3 (0.2 to 0.4)",
        ],
    ),
    "tree": (
        (
            [
                Box(0, "q?", 1, 2, 1.0, leaf=False),
                Box(1, "a", None, None, 0.4, leaf=True),
                Box(2, "b", None, None, 0.6, leaf=True),
            ],
        ),
        {"yes": "y", "no": "n"},
        ["q?: 100%", "a: 40%", "b: 60%"],
    ),
}


@pytest.mark.parametrize("kind", SAYING)
def test_every_chart_tells_its_numbers_where_it_is_pointed_at(kind: str) -> None:
    args, words, said = SAYING[kind]
    drawn = _drawn(kind, *args, **words)
    assert _titles(drawn) == said
    wide, high = (float(part) for part in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())
    for area in drawn.spots:
        assert 0 <= area.across <= wide
        assert 0 <= area.down <= high
        numbers = [float(part) for part in re.findall(r"-?\d+\.\d", area.path)]
        assert all(-high <= number <= wide + 0.1 or number < 0 for number in numbers)


def test_dots_too_many_to_be_told_apart_are_counted() -> None:
    numbers = [place / 700 for place in range(700)]
    said = _titles(_drawn("scatter", numbers, numbers, x_label="x", y_label="y"))
    assert len(said) < 60
    assert sum(int(one.rpartition("n: ")[2]) for one in said) == 700


def test_many_steps_are_told_as_finely_as_a_pointer_can_point() -> None:
    assert len(_titles(_drawn("lines", {"a": [1.0] * 1000}, x_label="x", y_label="y"))) <= 60


def test_areas_of_neighbouring_cells_do_not_lie_on_each_other() -> None:
    drawn = heatmap([[1, 2], [3, 4]], ("a", "b"), name="n", x_label="x", y_label="y")
    boxes = [[float(part) for part in BOX.fullmatch(spot.path).groups()] for spot in drawn.spots]
    for (left, top, wide, high), (other, above, broad, tall) in itertools.combinations(boxes, 2):
        assert (
            left + wide <= other + 0.2
            or other + broad <= left + 0.2
            or top + high <= above + 0.2
            or above + tall <= top + 0.2
        )


def test_no_name_becomes_markup_and_paper_is_told_nothing() -> None:
    drawn = _drawn("ranges", ('"><b>\u202e',), (0.125,), axis="x")
    over = str(spots(drawn, _written, str))
    assert "<b>" not in over
    assert "[U+202E]" in over
    assert "0.125" in over
    assert inline(str(drawn), "said", "chart", 1, over).count("<title>") == 1
    assert "<title>" not in inline(str(drawn), "said", "chart", 1)
    assert str(spots("<svg/>", _written, str)) == ""


def test_a_chart_without_anything_tells_nothing() -> None:
    empty = [
        effects([], name="n", y_label="y"),
        pie((), (), name="n"),
        strips(("a",), ((),), (None,), name="n", axis="x"),
        lines({}, name="n", x_label="x", y_label="y"),
        grid((), (), (), (), (), name="n", x_label="x", y_label="y"),
        reliability((), (), (), (), (), name="n", x_label="x", y_label="y"),
        scatter((), (), name="n", x_label="x", y_label="y"),
    ]
    assert all(drawn.spots == () for drawn in empty)
    assert tree([Box(0, "a", None, None, 1.0, leaf=True)], name="n", yes="y", no="n").spots
