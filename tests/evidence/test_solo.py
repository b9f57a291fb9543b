from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from reportgen.evidence import solo
from reportgen.records.table import Encoded


def made(subject, train, validation):
    """Encoded columns given as (x, y) for both parts; one feature a column."""
    inputs = tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number") for i in range(train[0].shape[1]))
    parts = {
        name: replace(getattr(subject, name), x=x.astype(np.float32), y=y)
        for name, (x, y) in {"train": train, "validation": validation}.items()
    }
    return replace(subject, inputs=inputs, **parts)


def test_a_leak_scores_one_and_noise_a_half(binary_subject):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    x = np.stack([y + 0.2 * rng.random(600), rng.normal(size=600)], axis=1)
    leak, noise = solo.measure(made(binary_subject, (x[:400], y[:400]), (x[400:], y[400:])))
    assert (leak.feature, leak.value, leak.high, leak.n) == ("c0", 1.0, 1.0, 600)
    assert 0.97 < leak.low < 1
    assert noise.low < 0.5 < noise.high


def test_a_number_that_is_the_target_explains_nearly_all_of_it(regression_subject):
    rng = np.random.default_rng(0)
    y = rng.uniform(size=900)
    x = np.stack([3 * y, rng.normal(size=900)], axis=1)
    leak, noise = solo.measure(made(regression_subject, (x[:600], y[:600]), (x[600:], y[600:])))
    # sixteen equal steps leave 1 / 256 of a uniform's variance
    assert leak.value == pytest.approx(1 - 1 / 256, abs=0.005)
    assert leak.low <= leak.value <= leak.high <= 1
    assert noise.low < 0
    assert (leak.measure, leak.floor) == ("r2", 0.0)


def test_all_encoded_columns_of_a_category_count_together(multiclass_subject):
    colour = next(score for score in solo.measure(multiclass_subject) if score.feature == "colour")
    assert colour.value > 0.5
    assert len(solo.measure(multiclass_subject)) == 3


def test_area_is_that_of_the_textbook():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 3, 200)
    chances = rng.dirichlet(np.ones(3), 200)
    chances[np.arange(200), y] += 0.3
    chances /= chances.sum(axis=1, keepdims=True)
    value, spread, worth = solo.area(chances, y)
    assert value == pytest.approx(roc_auc_score(y, chances, multi_class="ovr"))
    assert worth == pytest.approx(3 * 2 / (1 / np.bincount(y)).sum())
    assert 0.01 < spread < 0.05


def test_standard_error_of_the_area_is_that_of_repeated_samples():
    rng = np.random.default_rng(3)
    y = np.repeat([0, 1], [60, 40])
    values, spreads = [], []
    for _ in range(400):
        score = y + rng.normal(size=100)
        value, spread, _ = solo.area(np.stack([-score, score], axis=1), y)
        values.append(value)
        spreads.append(spread)
    assert np.mean(spreads) == pytest.approx(np.std(values), rel=0.1)


def test_intervals_widen_with_the_number_of_columns(binary_subject):
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 300)
    x = y[:, None] + rng.normal(size=(300, 1))
    noise = rng.normal(size=(300, 30))
    few = solo.measure(made(binary_subject, (x[:200], y[:200]), (x[200:], y[200:])))
    wide = np.hstack([x, noise])
    many = solo.measure(made(binary_subject, (wide[:200], y[:200]), (wide[200:], y[200:])))
    assert many[0].value == few[0].value
    assert many[0].low < few[0].low < few[0].high < many[0].high


def test_a_class_of_one_row_and_a_constant_column_are_survived(multiclass_subject):
    y = np.array([0] * 30 + [1] * 29 + [2])
    x = np.ones((60, 1))
    (score,) = solo.measure(made(multiclass_subject, (x[:40], y[:40]), (x[40:], y[40:])))
    assert score.low <= 0.5 <= score.high


def test_the_same_seed_gives_the_same_scores(binary_subject):
    assert solo.measure(binary_subject) == solo.measure(binary_subject)


def test_nineteen_classes_and_two_values_need_no_more_rows_than_patterns(multiclass_subject):
    y = np.tile(np.arange(19), 20)
    x = (y % 2).astype(float)[:, None]
    (score,) = solo.measure(made(multiclass_subject, (x[:300], y[:300]), (x[300:], y[300:])))
    assert score.value == pytest.approx(0.75, abs=0.02)  # half the others tie, half are told apart


def test_one_class_has_no_area(multiclass_subject):
    x, y = np.arange(60.0)[:, None], np.zeros(60, dtype=int)
    (score,) = solo.measure(made(multiclass_subject, (x[:40], y[:40]), (x[40:], y[40:])))
    assert score.value == 0.5
    assert score.low <= 0.1
    assert score.high >= 0.9


def test_a_read_out_of_one_class_is_told_from_a_class_that_lies_apart_in_several_columns(multiclass_subject):
    rng = np.random.default_rng(3)
    y = rng.choice(3, 3000, p=[0.7, 0.2, 0.1])
    readout = np.where(y == 1, rng.uniform(10, 40, 3000), 45.0)
    weak = (y == 1) * 0.8 + rng.normal(size=3000)
    apart = [(y == 2) * 6 + rng.normal(size=3000) for _ in range(2)]
    x = np.stack([readout, weak, *apart], axis=1)
    found = {
        one.feature: one for one in solo.measure(made(multiclass_subject, (x[:2000], y[:2000]), (x[2000:], y[2000:])))
    }
    told, petal = found["c0"].one_class, found["c2"].one_class
    assert (told.output, petal.output) == (1, 2)
    assert told.low > 0.95
    assert told.others_high < 0.85
    assert petal.others_high > petal.low > 0.95
    assert found["c1"].one_class.others is None


def test_of_very_many_columns_numbers_are_told_in_parts_and_say_so(binary_subject, monkeypatch):
    whole = solo.scores(binary_subject.train, binary_subject.validation, binary_subject.groups, True, 0)
    monkeypatch.setattr(solo, "MANY_COLUMNS", 1)
    parts = solo.scores(binary_subject.train, binary_subject.validation, binary_subject.groups, True, 0)
    found = {one.feature: one for one in parts}
    for one in whole:
        assert found[one.feature].value == pytest.approx(one.value, abs=0.02)
        assert "255 parts" in found[one.feature].method
        assert "255 parts" not in one.method


def test_parts_hold_about_equal_rows_and_part_no_equal_values():
    rng = np.random.default_rng(0)
    x = np.where(rng.random(5_000) < 0.2, 0.5, rng.normal(size=5_000))[:, None]
    patterns, which = solo._patterns(x)
    few, place = solo._in_parts(patterns, which, 100)
    counts = np.bincount(place)
    assert len(few) == len(counts) <= 100
    assert np.sort(counts)[-2] <= 100
    assert counts.max() >= (x == 0.5).sum()
    assert np.all(np.diff(few[:, 0]) > 0)
    assert all(len(np.unique(place[x[:, 0] == value])) == 1 for value in (0.5, x[0, 0]))
    order = np.argsort(x[:, 0], kind="stable")
    assert np.all(np.diff(place[order]) >= 0)


def test_a_spike_that_gives_the_target_away_is_seen_in_parts():
    rng = np.random.default_rng(1)
    y = (rng.random(4_000) < 0.5).astype(np.intp)
    x = np.where((y == 1) & (rng.random(4_000) < 0.1), 0.123, rng.normal(size=4_000))[:, None]
    folds = solo._folds(y, True, rng)
    whole, parts = (solo.area(solo._answers(x, y, folds, True, most), y)[0] for most in (None, solo.PARTS))
    assert parts == pytest.approx(whole, abs=0.01)
    assert parts > 0.53
