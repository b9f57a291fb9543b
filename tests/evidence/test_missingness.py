from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr

from reportgen.evidence import missingness
from reportgen.records.table import Encoded


def made(subject, frame, y, strategy="stratified"):
    """The subject with these columns, gaps filled by 0 and marked, in three parts of equal size."""
    columns, inputs = [], []
    for name in frame:
        columns += [frame[name].fillna(0).to_numpy(), frame[name].isna().to_numpy()]
        inputs += [Encoded(name=f"{name}{k}", feature=name, kind=k) for k in ("number", "missing")]
    x, thirds = np.stack(columns, axis=1).astype(np.float32), np.array_split(np.arange(len(y)), 3)
    parts = {
        name: replace(getattr(subject, name), x=x[rows], y=y[rows], rows=rows, frame=frame.iloc[rows])
        for name, rows in zip(("train", "validation", "test"), thirds, strict=True)
    }
    split = subject.split.model_copy(update={"strategy": strategy})
    return replace(subject, inputs=tuple(inputs), split=split, **parts)


def emptied(values, p, rng):
    return np.where(rng.random(len(values)) < p, np.nan, values)


def test_gaps_that_follow_the_target_are_told(binary_subject):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 1500)
    frame = pd.DataFrame(
        {"v": emptied(rng.normal(size=1500), np.where(y == 1, 0.235, 0.05), rng), "w": rng.normal(size=1500)}
    )
    (one,) = missingness.measure(made(binary_subject, frame, y))
    gaps = frame["v"].isna().to_numpy()
    assert (one.feature, one.missing, one.n) == ("v", int(gaps.sum()), 1500)
    assert one.value == pytest.approx(pearsonr(gaps, y).statistic)
    assert one.low > 0.1
    assert one.p_value < 1e-10
    assert one.inside == pytest.approx(y[gaps].mean())
    assert one.outside == pytest.approx(y[~gaps].mean())
    assert one.gap_low > 0.2
    assert one.partial_p_value < 1e-6


def test_gaps_by_chance_are_quiet(binary_subject):
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(60):
        y = rng.integers(0, 2, 600)
        frame = pd.DataFrame({f"v{k}": emptied(rng.normal(size=600), 0.03, rng) for k in range(5)})
        alarms += any(one.p_value < 0.05 for one in missingness.measure(made(binary_subject, frame, y)))
    assert alarms <= 7


def test_gaps_that_follow_another_column_add_nothing_to_it(binary_subject):
    """The old are seldom asked, and the old are ill: the gap tells illness only because age does."""
    rng = np.random.default_rng(3)
    age = rng.normal(size=1500)
    y = (rng.random(1500) < 1 / (1 + np.exp(-3 * age))).astype(int)
    frame = pd.DataFrame({"age": age, "income": emptied(rng.normal(size=1500), np.where(age > 0.5, 0.6, 0.03), rng)})
    (one,) = missingness.measure(made(binary_subject, frame, y))
    assert one.value > 0.2
    assert one.p_value < 1e-6
    assert one.partial_p_value > 0.01


def test_columns_with_the_same_gaps_are_named_together(binary_subject):
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, 900)
    gaps = rng.random(900) < np.where(y == 1, 0.4, 0.1)
    frame = pd.DataFrame({name: np.where(gaps, np.nan, rng.normal(size=900)) for name in "ab"})
    frame["c"] = emptied(rng.normal(size=900), 0.2, rng)
    first, second, apart = missingness.measure(made(binary_subject, frame, y))
    assert (first.same_as, second.same_as, apart.same_as) == (None, "a", None)
    assert first.partial_p_value < 0.01  # its twin does not excuse it
    assert second.partial is None


def test_a_class_that_is_never_measured_is_found_among_many(multiclass_subject):
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 900)
    frame = pd.DataFrame(
        {"v": emptied(rng.normal(size=900), np.where(y == 2, 0.8, 0.05), rng), "w": rng.normal(size=900)}
    )
    (one,) = missingness.measure(made(multiclass_subject, frame, y))
    assert one.label == multiclass_subject.task.classes[2]
    assert one.value > 0.6
    assert one.partial_low > 0.5


def test_one_outlier_of_a_number_is_no_proof(regression_subject):
    rng = np.random.default_rng(6)
    y = rng.normal(size=600)
    values = rng.normal(size=600)
    values[:12] = np.nan
    y[0] = 1e6
    (one,) = missingness.measure(made(regression_subject, pd.DataFrame({"v": values, "w": rng.normal(size=600)}), y))
    assert one.p_value > 0.05
    assert one.label is None


def test_few_gaps_are_not_looked_at(binary_subject):
    rng = np.random.default_rng(7)
    values = rng.normal(size=300)
    values[:9] = np.nan
    y = np.r_[np.ones(9, int), rng.integers(0, 2, 291)]
    assert missingness.measure(made(binary_subject, pd.DataFrame({"v": values}), y)) == ()


def test_rows_of_a_test_file_are_left_aside(binary_subject):
    rng = np.random.default_rng(8)
    y = rng.integers(0, 2, 300)
    frame = pd.DataFrame({"v": emptied(rng.normal(size=300), 0.2, rng)})
    (one,) = missingness.measure(made(binary_subject, frame, y, "given"))
    assert one.n == 200
