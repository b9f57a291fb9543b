from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from reportgen.evidence import drift
from reportgen.evidence.base import NotApplicable
from reportgen.records.table import Encoded


def parted(subject, train, test, strategy="given"):
    """The subject with these original values in training and test, one column a feature."""
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in train)
    frames = {"train": pd.DataFrame(train), "test": pd.DataFrame(test, index=range(5000, 5000 + len(test["a"])))}
    parts = {
        name: replace(getattr(subject, name), frame=frame, rows=frame.index.to_numpy(np.int64))
        for name, frame in frames.items()
    }
    split = subject.split.model_copy(update={"strategy": strategy})
    return replace(subject, inputs=inputs, split=split, **parts)


def text(values):
    return np.asarray(values, dtype=object)


def test_the_distance_of_two_normal_distributions_is_that_of_the_textbook(binary_subject):
    rng = np.random.default_rng(1)
    train = {"a": rng.normal(size=8000), "b": rng.normal(size=8000)}
    test = {"a": rng.normal(0.6, 1, size=8000), "b": rng.normal(size=8000)}
    moved, still = drift.measure(parted(binary_subject, train, test)).features
    assert moved.feature == "a"
    assert moved.distance == pytest.approx(2 * norm.cdf(0.3) - 1, abs=0.02)  # 0.236
    assert moved.low < 2 * norm.cdf(0.3) - 1 < moved.high
    assert (moved.before, moved.after) == (pytest.approx(0, abs=0.05), pytest.approx(0.6, abs=0.05))
    assert moved.p_value < 1e-50
    assert still.distance < 0.02
    assert still.p_value > 0.01


def test_the_bound_is_a_quarter_of_a_standard_deviation():
    assert 2 * norm.cdf(0.125) - 1 == pytest.approx(drift.BOUND, abs=0.001)


def test_the_distance_of_categories_is_the_total_variation(binary_subject):
    rng = np.random.default_rng(2)
    train = {"a": text(rng.choice(["x", "y", "z"], 6000, p=[0.5, 0.3, 0.2]))}
    test = {"a": text(rng.choice(["x", "y", "z"], 6000, p=[0.2, 0.3, 0.5]))}
    (moved,) = drift.measure(parted(binary_subject, train, test)).features
    assert (moved.kind, moved.distance) == ("levels", pytest.approx(0.3, abs=0.03))
    assert moved.label in ("x", "z")


def test_equal_distributions_seldom_have_a_small_p_value_or_a_distance(binary_subject):
    """A plain greatest difference would never be 0; of 150 categories nearly half would seem to move."""
    rng = np.random.default_rng(3)
    alarms, distances = 0, []
    for _ in range(40):
        names = [f"n{k}" for k in range(150)]
        train = {"a": rng.normal(size=300), "b": text(rng.choice(names, 300)), "c": rng.poisson(1, 300).astype(float)}
        test = {"a": rng.normal(size=150), "b": text(rng.choice(names, 150)), "c": rng.poisson(1, 150).astype(float)}
        found = drift.measure(parted(binary_subject, train, test)).features
        alarms += any(one.p_value < 0.05 for one in found)
        distances += [one.distance for one in found]
    assert alarms <= 5  # 5 % of 40 are 2
    assert np.mean(distances) < 0.03


def test_the_low_end_seldom_lies_above_the_distance(binary_subject):
    """What is measured falls a little short: the place that one half finds is not quite the best."""
    rng = np.random.default_rng(4)
    true = 2 * norm.cdf(0.25) - 1
    held, values = 0, []
    for _ in range(100):
        train, test = {"a": rng.normal(size=600)}, {"a": rng.normal(0.5, 1, size=300)}
        (one,) = drift.measure(parted(binary_subject, train, test)).features
        held += one.low <= true
        values.append(one.distance)
    assert held >= 95
    assert true - 0.02 < np.mean(values) < true + 0.005


def test_gaps_are_compared_too(binary_subject):
    rng = np.random.default_rng(5)
    train, test = rng.normal(size=1000), rng.normal(size=500)
    test[rng.random(500) < 0.3] = np.nan
    (one,) = drift.measure(parted(binary_subject, {"a": train}, {"a": test})).features
    assert one.missing_before == 0
    assert one.missing_low > 0.2
    assert one.p_value < 1e-10
    assert one.low == 0


def test_dates_are_told_by_their_middle_day(binary_subject):
    days = pd.date_range("2020-01-01", periods=200)
    train, test = {"a": days[:100]}, {"a": days[100:]}
    (one,) = drift.measure(parted(binary_subject, train, test, "time")).features
    assert (one.kind, one.before, one.after) == ("dates", "2020-02-19", "2020-05-29")
    assert one.distance == pytest.approx(1.0, abs=0.05)


def test_too_few_values_have_no_distance(binary_subject):
    train, test = {"a": np.arange(300.0)}, {"a": np.r_[np.arange(10.0), [np.nan] * 90]}
    (one,) = drift.measure(parted(binary_subject, train, test)).features
    assert one.distance is None
    assert one.missing_after == 0.9


def test_parts_drawn_at_random_are_not_compared(binary_subject):
    with pytest.raises(NotApplicable, match="parts_drawn_at_random"):
        drift.measure(parted(binary_subject, {"a": np.arange(50.0)}, {"a": np.arange(50.0)}, "stratified"))


def test_unseen_categories_are_counted_with_all_their_rows(binary_subject):
    rng = np.random.default_rng(6)
    train = {"a": text(rng.choice(["x", "y"], 400))}
    values = rng.choice(["x", "y"], 200).astype(object)
    values[[3, 50, 199]] = ["new", "newer", "new"]
    (one,) = drift.measure(parted(binary_subject, train, {"a": text(values)})).unseen
    assert (one.count, one.n, one.levels, one.rows) == (3, 200, ("new", "newer"), (5003, 5050, 5199))
    assert one.share == 0.015


def test_a_category_of_many_rows_is_no_chance(binary_subject):
    rng = np.random.default_rng(7)
    train, values = {"a": text(rng.choice(["x", "y"], 700))}, rng.choice(["x", "y"], 300).astype(object)
    values[:18] = "new"
    (one,) = drift.measure(parted(binary_subject, train, {"a": text(values)})).unseen
    assert one.p_value == pytest.approx(0.3**18, rel=2)
    assert one.expected < 1e-6


@pytest.mark.parametrize("count", [27, 54, 200])
def test_a_new_category_beside_large_ones_is_no_chance(binary_subject, count):
    rng = np.random.default_rng(9)
    cities = ["Aachen", "Bergen", "Cádiz", "Delft", "Évora", "Faro"]
    values = rng.choice(cities, 450).astype(object)
    values[:count] = "Gdańsk"
    (one,) = drift.measure(parted(binary_subject, {"a": text(rng.choice(cities, 800))}, {"a": text(values)})).unseen
    assert one.count == count
    assert one.p_value < 1e-9


def test_rare_categories_are_expected_to_be_unseen(binary_subject):
    """Names with a row or two each: a random split leaves a third of the test rows with a name of its own."""
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(60):
        names = np.array([f"n{k}" for k in rng.integers(0, 800, 1000)], dtype=object)
        train, test = {"a": text(names[:700])}, {"a": text(names[700:])}
        (one,) = drift.measure(parted(binary_subject, train, test)).unseen
        assert one.share > 0.25
        assert one.expected == pytest.approx(one.share, abs=0.09)
        alarms += one.p_value < 0.05
    assert alarms <= 3


def test_columns_of_a_split_in_time_are_asked_whether_they_moved_before(binary_subject):
    """A trend moved before the test rows came, a sensor that was exchanged on the last day did not."""
    rng = np.random.default_rng(9)
    day = np.arange(3000) / 3000
    columns = {
        "a": day + rng.normal(0, 0.2, 3000),
        "b": rng.normal(size=3000) + 2 * (day > 0.8),
        "c": rng.normal(size=3000),
    }
    train, test = slice(0, 1800), slice(2400, 3000)
    subject = parted(
        binary_subject, {n: v[train] for n, v in columns.items()}, {n: v[test] for n, v in columns.items()}, "time"
    )
    frame = pd.DataFrame({name: values[1800:2400] for name, values in columns.items()})
    subject = replace(
        subject,
        train=replace(subject.train, moments=np.arange(1800)),
        validation=replace(subject.validation, frame=frame, moments=np.arange(1800, 2400)),
        test=replace(subject.test, y=np.zeros(600, dtype=int), moments=np.arange(2400, 3000)),
    )
    found = {one.feature: one for one in drift.measure(subject).features}
    assert found["a"].earlier > 0.5 * found["a"].distance > 0.1
    assert found["b"].distance > 0.5
    assert found["b"].earlier < 0.1
    assert found["c"].earlier is None
    given = drift.measure(replace(subject, split=subject.split.model_copy(update={"strategy": "given"})))
    assert all(one.earlier is None for one in given.features)
