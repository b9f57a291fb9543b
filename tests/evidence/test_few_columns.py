from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence import few_columns
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.few_columns import enough, steps_for
from reportgen.records.columns import CurvePoint
from reportgen.records.table import Encoded


def made(subject, columns, y):
    frame, y = pd.DataFrame(columns), np.asarray(y)
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in frame)
    cut = len(y) * 3 // 4
    train = replace(subject.train, frame=frame.iloc[:cut], y=y[:cut])
    return replace(subject, inputs=inputs, train=train, validation=replace(train, frame=frame.iloc[cut:], y=y[cut:]))


def point(k, low):
    return CurvePoint(k=k, score=0.5, low=0.4, high=0.6, loss=1.0, worse=low + 0.1, worse_low=low, worse_high=low + 0.2)


@pytest.mark.parametrize(
    ("columns", "steps"),
    [(2, (0, 1, 2)), (4, (0, 1, 2, 3, 4)), (14, (0, 1, 2, 3, 5, 8, 14)), (80, (0, 1, 3, 8, 21, 55, 80))],
)
def test_steps_widen(columns, steps):
    assert steps_for(columns) == steps


def test_enough_is_where_the_curve_stays_level():
    all_of = point(8, -0.1)
    assert enough((point(0, 0.3), point(1, 0.1), point(2, -0.1), point(3, -0.1), all_of)) == 2
    assert enough((point(0, 0.3), point(1, -0.1), point(2, 0.1), point(3, -0.1), all_of)) == 3
    assert enough((point(0, 0.3), point(1, 0.2), all_of)) == 8
    assert enough((point(0, -0.1), point(1, -0.1), all_of)) is None


def test_two_of_eight_do_where_two_tell_all(binary_subject):
    rng = np.random.default_rng(0)
    columns = {f"c{i}": rng.normal(size=900) for i in range(6)}
    columns |= {"a": rng.normal(size=900), "b": np.array(["u", "v", "w"], dtype=object)[rng.integers(0, 3, 900)]}
    p = 1 / (1 + np.exp(-3 * columns["a"] - 3 * (columns["b"] == "u") + 1))
    found = few_columns.measure(made(binary_subject, columns, (rng.random(900) < p).astype(int)))
    assert (found.enough, set(found.order[:2]), found.columns, found.n) == (2, {"a", "b"}, 8, 900)
    assert [one.k for one in found.points] == [0, 1, 2, 3, 5, 8]
    assert found.points[0].loss == pytest.approx(np.log(2), abs=0.02)
    assert (found.points[-1].worse, found.points[-1].worse_low, found.points[-1].worse_high) == (0, 0, 0)
    assert all(one.low <= one.score <= one.high for one in found.points)


def test_a_number_is_told_in_r2(regression_subject):
    found = few_columns.measure(regression_subject)
    assert (found.measure, found.order[0], found.enough) == ("r2", "size", 2)
    assert found.points[0].score == pytest.approx(0, abs=0.02)
    assert found.points[-1].score > 0.8


def test_guessing_is_not_beaten_by_noise_picked_from_many_columns(binary_subject):
    """Ranks found on judged rows would make the best of 60 noise columns look useful."""
    rng = np.random.default_rng(1)
    columns = {f"c{i:02d}": rng.normal(size=240) for i in range(60)}
    found = few_columns.measure(made(binary_subject, columns, rng.integers(0, 2, 240)))
    assert found.enough is None
    assert found.points[1].low < 0.5
    assert found.points[1].score < 0.58


def test_what_cannot_be_asked_is_said(binary_subject):
    with pytest.raises(NotApplicable, match="not_in_budget"):
        few_columns.measure(replace(binary_subject, budget="quick"))
    with pytest.raises(NotApplicable, match="one_column"):
        few_columns.measure(made(binary_subject, {"x": np.arange(90.0)}, np.arange(90) % 2))
    with pytest.raises(NotApplicable, match="too_few_rows"):
        few_columns.measure(made(binary_subject, {"x": np.arange(8.0), "z": np.ones(8)}, np.arange(8) % 2))


def test_the_same_seed_gives_the_same_curve(multiclass_subject):
    assert few_columns.measure(multiclass_subject) == few_columns.measure(multiclass_subject)


def test_more_classes_than_rows_can_tell_are_not_asked_about(multiclass_subject):
    task = multiclass_subject.task.model_copy(update={"classes": tuple(map(str, range(few_columns.MOST_CLASSES + 1)))})
    with pytest.raises(NotApplicable, match="too_many_classes"):
        few_columns.measure(replace(multiclass_subject, task=task))
