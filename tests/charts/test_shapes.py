"""Every shape of chart, with ordinary and with hostile words."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from reportgen.charts import (
    Box,
    bars,
    effects,
    grid,
    heatmap,
    histogram,
    lines,
    pie,
    ranges,
    reliability,
    scatter,
    share_heatmap,
    strips,
    tree,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "a & b",
    "$x$",
    r"$\frac{1}{$",
    "new\nline\ttab",
    "",
    "long " * 60,
    "无" * 300,
    "😀 emoji",
    "مرحبا بالعالم",
    "abc\u202edef\x00\x1b",
    "한국어",
    "'\"-->",
    "\ud800",
)


def _tree(words: tuple[str, ...], **named: str) -> str:
    """A chain of questions, a leaf on each side."""
    nodes = []
    for level, word in enumerate(words[:7]):
        nodes.append(Box(2 * level, word, 2 * level + 1, 2 * level + 2, 0.8**level, leaf=False))
        nodes.append(Box(2 * level + 1, word, None, None, 0.2 * 0.8**level, leaf=True))
    nodes.append(Box(2 * len(words[:7]), "end", None, None, 0.8**7, leaf=True))
    return tree(nodes, **named)


def _numbers(words: tuple[str, ...]) -> list[float]:
    return [float(len(words) - row) for row in range(len(words))]


def _cells(words: tuple[str, ...]) -> list[list[int]]:
    return [[5 if row == column else 1 for column in range(len(words))] for row in range(len(words))]


def _shares(words: tuple[str, ...]) -> list[list[float]]:
    return [[cell / (len(words) + 4) for cell in row] for row in _cells(words)]


def _words(words: tuple[str, ...]) -> list[list[str]]:
    return [[word] * len(words) for word in words]


def _panels(words: tuple[str, ...]) -> list[tuple[object, ...]]:
    """A curve with everything, one of dates, one of words."""
    ups, downs = [0.0, 0.5, 0.2], [0.1, -0.3, -0.4]
    lines = [
        (word, heights, [y - 0.1 for y in heights], [y + 0.1 for y in heights], own)
        for word, heights, own in ((words[0], ups, downs), (words[-1], downs, ()))
    ]
    heights = _numbers(words)
    dots = [(word, heights, [y - 1 for y in heights], [y + 1 for y in heights]) for word in (words[0], words[-1])]
    return [
        (words[0], [1.0, 2.0, 4.0], lines, [5, 1, 0, 3], [[0.0, 0.9, 0.1]], [(words[-1], -0.1, 0.0, 0.2)]),
        (words[-1], [1.0, 2.0, 4.0], lines, [5, 1], (), (), [(1.0, words[0]), (4.0, words[-1])]),
        (words[0], words, dots, [len(words)] * len(words)),
    ]


SHAPES: dict[str, Callable[[tuple[str, ...], str], str]] = {
    "bars": lambda w, n: bars(w, _numbers(w), name=n, axis=w[0], lows=[x - 0.5 for x in _numbers(w)]),
    "pie": lambda w, n: pie(w, _numbers(w), name=n),
    "scatter": lambda w, n: scatter(
        _numbers(w), _numbers(w), name=n, labels=w, diagonal=True, x_label=w[0], y_label=w[-1]
    ),
    "heatmap": lambda w, n: heatmap(_cells(w), w, name=n, x_label=w[0], y_label=w[-1]),
    "share_heatmap": lambda w, n: share_heatmap(_shares(w), w, name=n, x_label=w[0], y_label=w[-1]),
    "lines": lambda w, n: lines(
        dict.fromkeys(w, _numbers(w)), name=n, mark=3, mark_label=w[0], x_label=w[0], y_label=w[-1]
    ),
    "reliability": lambda w, n: reliability([0.2], [0.3], [0.1], [None], [5], name=n, x_label=w[0], y_label=w[-1]),
    "ranges": lambda w, n: ranges(w, _numbers(w), _numbers(w), None, name=n, axis=w[0], reference=2.0, highlight=0),
    "strips": lambda w, n: strips(
        w, [[x, x, x + 1] for x in _numbers(w)], [None, *_numbers(w)[1:]], None, _numbers(w), name=n, axis=w[0]
    ),
    "effects": lambda w, n: effects(_panels(w), name=n, y_label=w[-1]),
    "grid": lambda w, n: grid(
        _shares(w), w, w, _words(w), [[""] * len(w)] * len(w), name=n, x_label=w[0], y_label=w[-1]
    ),
    "tree": lambda w, n: _tree(w, name=n, yes=w[0], no=w[-1]),
    "histogram": lambda w, n: histogram(w, [int(x) for x in _numbers(w)], name=n),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_hostile_words_are_drawn_and_never_become_markup(shape: str) -> None:
    svg = SHAPES[shape](HOSTILE, HOSTILE[0])
    root = ElementTree.fromstring(svg)  # it is well-formed
    tags = {child.tag.rpartition("}")[2] for child in root.iter()}
    assert tags <= {"svg", "title", "g", "path", "use", "defs", "clipPath", "rect"}
    assert not {key for child in root.iter() for key in child.attrib if key.startswith("on")}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_is_the_accessible_title(name: str) -> None:
    root = ElementTree.fromstring(pie(["a"], [1], name=name))
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert root.get("role") == "img"
    assert (title.text or "") == root.get("aria-label")
    assert "\u202e" not in svg_text(root)


def svg_text(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")


def test_a_dollar_sign_is_a_letter_and_not_a_formula() -> None:
    assert bars(["$x$"], [1], name="n", axis="a") != bars(["x"], [1], name="n", axis="a")


def test_no_picture_speaks_of_the_page_it_stands_on() -> None:
    for draw in SHAPES.values():
        svg = draw(("a", "b"), "n")
        assert "<style" not in svg
        assert "<metadata" not in svg
        assert svg.startswith("<svg ")


@pytest.mark.parametrize("shape", SHAPES)
def test_two_drawings_are_the_same_bytes(shape: str) -> None:
    words = ("setosa", "花", "$x$")
    assert SHAPES[shape](words, "n") == SHAPES[shape](words, "n")


@pytest.mark.slow
def test_another_process_draws_the_same_bytes() -> None:
    code = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8', newline='\\n')\n"
        "from tests.charts.test_shapes import SHAPES\n"
        "print(*(draw(('setosa', '花', '$x$'), 'n') for draw in SHAPES.values()))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=_environment(seed))
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.decode() == " ".join(draw(("setosa", "花", "$x$"), "n") for draw in SHAPES.values()) + "\n"


def _environment(seed: str) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root}


@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"reliability", "share_heatmap"}))
def test_golden(shape: str, golden: Callable[[str, str], None]) -> None:
    golden(f"charts/{shape}.svg", SHAPES[shape](("setosa", "维吉尼亚"), "a chart"))


def test_what_the_users_matplotlib_is_set_to_changes_nothing() -> None:
    plain = bars(["a"], [1], name="n", axis="x")
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "text.parse_math": True, "svg.fonttype": "none"}):
        assert bars(["a"], [1], name="n", axis="x") == plain
        assert mpl.rcParams["font.size"] == 20


@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_bars_stand_in_the_order_given(count: int) -> None:
    svg = bars([f"f{n}" for n in range(count)], [1.0] * count, name="n", axis="x")
    assert svg.count('style="fill: #0072b2"') == count


def test_bars_take_negative_values_and_nothing_but_zeros() -> None:
    for values in ([-1.0, -2.0], [0.0, 0.0], [3.0, -1e-9], [1e12, 1.0], [1e-12, 0.0]):
        ElementTree.fromstring(bars(["a", "b"], values, name="n", axis="x", lows=[None, -3], highs=[None, None]))


@pytest.mark.parametrize(("classes", "numbers"), [(2, True), (20, True), (26, False), (60, False)])
def test_a_matrix_of_many_classes_leaves_its_numbers_out(classes: int, numbers: bool) -> None:
    counts = [[7 if row == column else 0 for column in range(classes)] for row in range(classes)]
    with_sevens = heatmap(counts, ["a"] * classes, name="n", x_label="x", y_label="y")
    with_ones = heatmap([[c // 7 for c in r] for r in counts], ["a"] * classes, name="n", x_label="x", y_label="y")
    assert (with_sevens != with_ones) is numbers


def test_a_class_without_rows_has_no_shares() -> None:
    svg = share_heatmap([[1.0, 0.0], [None, None]], ["a", "b"], name="n", x_label="x", y_label="y")
    assert svg != share_heatmap([[1.0, 0.0], [0.0, 0.0]], ["a", "b"], name="n", x_label="x", y_label="y")


def test_many_points_become_a_grid_of_a_small_size() -> None:
    numbers = [float(n % 977) for n in range(20_000)]
    assert len(scatter(numbers, numbers[::-1], name="n", x_label="x", y_label="y")) < 90_000


def test_a_strip_draws_every_value_and_the_marked_one() -> None:
    drawn = strips(["a", "b"], [[1.0, 1.0, 1.0, 2.0], []], [1.5, None], [0.5, None], [2.5, None], name="n", axis="x")
    assert drawn.count('style="fill: #ffffff; stroke: #1f2933') == 4  # one each, equal ones too
    assert drawn.count("fill: #0072b2") == 1


def test_empty_input_is_an_empty_frame() -> None:
    for svg in (
        bars([], [], name="n", axis="x"),
        pie([], [], name="n"),
        strips([], [], [], name="n", axis="x"),
        lines({}, name="n", x_label="x", y_label="y"),
        heatmap([], [], name="n", x_label="x", y_label="y"),
        scatter([], [], name="n", x_label="x", y_label="y"),
        histogram([], [], name="n"),
        pie(["a"], [0], name="n"),
    ):
        ElementTree.fromstring(svg)
