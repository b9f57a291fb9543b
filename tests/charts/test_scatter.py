"""Labels beside dots."""

import sys
from collections.abc import Iterable
from itertools import combinations

import pytest

from reportgen.charts.scatter import LABEL_GAP, scatter
from reportgen.charts.words import width

chart = sys.modules["reportgen.charts.scatter"]  # the package shows the function by that name
IRIS = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
CASES = (
    ((0.66, 0.37, 1.08, 1.14), (0.0, 0.01, -0.22, 0.33)),
    ((0.66, 0.37, 1.08, 1.14), (0.02, 0.01, 0.3, 0.33)),
    ((0.5, 0.5, 0.5, 0.5), (0.1, 0.1, 0.1, 0.4)),
)


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[float, float, float, tuple[float, float]]]:
    """Each label that was drawn: its left and right end, its height, and its dot, in points."""
    found, draw = {}, chart._label

    def seen(axes, label, spot, side, rise) -> None:
        across, up = axes.transData.transform(spot) * 72 / axes.get_figure().dpi
        ends = sorted((across + side * 9, across + side * (9 + width(label, 7.5))))
        found[label] = (ends[0], ends[1], up + rise, (across, up))
        draw(axes, label, spot, side, rise)

    monkeypatch.setattr(chart, "_label", seen)
    return found


def clear(labels: Iterable[tuple[float, float, float, tuple[float, float]]]) -> bool:
    """Whether no label lies on another."""
    return all(
        one[1] < other[0] or other[1] < one[0] or abs(one[2] - other[2]) >= LABEL_GAP - 1e-6
        for one, other in combinations(labels, 2)
    )


@pytest.mark.parametrize(("x", "y"), CASES)
def test_labels_lie_neither_on_each_other_nor_on_another_dot_nor_outside(x, y, placed) -> None:
    scatter(x, y, name="n", x_label="x", y_label="y", labels=IRIS, half=True)
    assert len(placed) == 4
    assert clear(placed.values())
    for left, right, level, own in placed.values():
        assert left >= 0
        assert right <= 228
        hit = [
            dot
            for *_, dot in placed.values()
            if dot != own and left - 3 < dot[0] < right + 3 and abs(dot[1] - level) < 6
        ]
        assert hit == []


def test_of_a_crowd_only_those_that_stand_out_are_named(placed) -> None:
    crowd = [step / 1e5 for step in range(2_000)]
    scatter(
        [0.9, 0.3, *crowd],
        [1.0, 0.5, *crowd],
        name="n",
        x_label="x",
        y_label="y",
        labels=[f"v{i}" for i in range(2_002)],
    )
    assert set(placed) == {"v0", "v1"}


def test_of_many_dots_a_label_without_room_is_left_out(placed) -> None:
    x = [0.9, *(step / 1e4 for step in range(200))]
    scatter(x, x, name="n", x_label="x", y_label="y", labels=[f"column_{i:03d}" for i in range(201)])
    assert "column_000" in placed
    assert len(placed) < 12
    assert clear(placed.values())
