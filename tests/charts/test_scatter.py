"""Labels beside dots."""

import sys
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


@pytest.mark.parametrize(("x", "y"), CASES)
def test_labels_lie_neither_on_each_other_nor_on_another_dot_nor_outside(x, y, monkeypatch) -> None:
    placed, draw = [], chart._label

    def seen(axes, label, spot, side, rise) -> None:
        across, up = axes.transData.transform(spot) * 72 / axes.get_figure().dpi
        ends = sorted((across + side * 9, across + side * (9 + width(label, 7.5))))
        placed.append((ends[0], ends[1], up + rise, (across, up)))
        draw(axes, label, spot, side, rise)

    monkeypatch.setattr(chart, "_label", seen)
    scatter(x, y, name="n", x_label="x", y_label="y", labels=IRIS, half=True)
    assert len(placed) == 4
    for one, other in combinations(placed, 2):
        assert one[1] < other[0] or other[1] < one[0] or abs(one[2] - other[2]) >= LABEL_GAP - 1e-6
    for left, right, level, own in placed:
        assert left >= 0
        assert right <= 228
        hit = [dot for *_, dot in placed if dot != own and left - 3 < dot[0] < right + 3 and abs(dot[1] - level) < 6]
        assert hit == []
