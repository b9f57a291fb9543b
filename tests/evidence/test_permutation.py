from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import permutation
from reportgen.records.table import Encoded


def linear(subject, slopes, rows, rng, noise=1.0):
    """A regression subject of independent standard normal columns whose model knows the slopes."""
    x = rng.normal(size=(rows, len(slopes))).astype(np.float32)
    y = x @ slopes + noise * rng.normal(size=rows)
    inputs = tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number") for i in range(len(slopes)))
    test = replace(subject.test, x=x, y=y, rows=np.arange(rows))
    return replace(subject, inputs=inputs, test=test, predict=lambda x: x @ slopes)


def test_a_linear_column_costs_twice_its_squared_slope_times_its_variance(regression_subject):
    subject = linear(regression_subject, np.array([2.0, -1.0, 0.0]), 4_000, np.random.default_rng(0))
    features, rows, shuffles = permutation.permuted(subject, subject.predict)
    assert [one.feature for one in features] == ["c0", "c1", "c2"]
    assert (rows, shuffles) == (4_000, 5)
    assert [one.value for one in features] == pytest.approx([8.0, 2.0, 0.0], abs=0.5)
    for one, truth in zip(features, (8.0, 2.0, 0.0), strict=True):
        assert one.low <= truth <= one.high


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty(regression_subject):
    rng = np.random.default_rng(1)
    held = np.zeros(2)
    for _ in range(100):
        subject = linear(regression_subject, np.array([1.0, 0.3]), 80, rng)
        features = {one.feature: one for one in permutation.permuted(subject, subject.predict)[0]}
        for i, truth in enumerate((2.0, 0.18)):
            held[i] += features[f"c{i}"].low <= truth <= features[f"c{i}"].high
    assert np.all(held >= 88)  # 95 expected; 87 or fewer happen in 1 of 500


def test_a_column_that_the_model_wrongly_uses_reaches_no_loss(regression_subject):
    """The slope on c1 is the model's error; the column is noise, and using it costs as much before as after."""
    rng, truth = np.random.default_rng(2), np.array([1.0, 0.0])
    reached = 0
    for _ in range(100):
        subject = linear(regression_subject, truth, 80, rng)
        features = permutation.permuted(subject, lambda x: x @ np.array([1.0, 0.3]))[0]
        reached += next(one.low for one in features if one.feature == "c1") <= 0
    assert reached >= 92  # 97.5 expected; 91 or fewer happen in 1 of 500


def test_the_columns_of_a_category_move_together(multiclass_subject):
    seen = []

    def predict(x):
        seen.append(x[:, 2:].sum(axis=1))
        return multiclass_subject.predict(x)

    features, _, _ = permutation.permuted(multiclass_subject, predict)
    assert [one.feature for one in features] == ["size", "colour", "weight"]
    assert all(np.all(sums == 1) for sums in seen)
    assert features[2].model_dump() == {"feature": "weight", "value": 0, "low": 0, "high": 0, "direction": None}


def test_no_row_keeps_its_own_value_and_every_row_gives_once():
    for rows in (2, 3, 30, 500):
        givers = permutation._givers(rows, min(rows - 1, 30), np.random.default_rng(0))
        assert not (givers == np.arange(rows)).any()
        assert all(sorted(giver) == list(range(rows)) for giver in givers)


def test_calls_of_the_model_stay_small_and_blocks_change_nothing(binary_subject, monkeypatch):
    whole = permutation.permuted(binary_subject, binary_subject.predict)
    sizes = []

    def predict(x):
        sizes.append(x.size)
        return binary_subject.predict(x)

    monkeypatch.setattr(permutation, "MOST_NUMBERS", 5_000)
    assert permutation.permuted(binary_subject, predict) == whole
    assert max(sizes) <= 5_000


def test_many_test_rows_are_drawn_from(binary_subject):
    effort = permutation.Effort(rows=50, losses=100, answers=10_000)
    assert permutation.permuted(binary_subject, binary_subject.predict, effort)[1:] == (50, 2)


def test_answers_are_shared_between_features_and_classes(binary_subject, multiclass_subject):
    effort = permutation.Effort(rows=4_000, losses=4_000, answers=1_350)
    assert effort.plan(binary_subject) == (200, 2)  # 450 losses a feature
    assert effort.plan(multiclass_subject) == (150, 1)


def test_rows_that_keep_their_value_are_not_asked_about_again(binary_subject):
    asked = []

    def predict(x):
        asked.append(len(x))
        return binary_subject.predict(x)

    same = binary_subject.test.x.copy()
    same[:, :] = same[0]
    constant = replace(binary_subject, test=replace(binary_subject.test, x=same))
    features, _, _ = permutation.permuted(constant, predict)
    assert asked == [len(same)]
    assert [one.high for one in features] == [0.0] * 3


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_handful_of_test_rows_is_survived(binary_subject, rows):
    test = binary_subject.test
    few = replace(test, x=test.x[:rows], y=test.y[:rows], rows=test.rows[:rows])
    features, n, _ = permutation.permuted(replace(binary_subject, test=few), binary_subject.predict)
    assert n == rows
    assert all(one.low <= one.value <= one.high for one in features)
