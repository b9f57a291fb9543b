from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reportgen.evidence import pairs, redundancy
from reportgen.evidence.association import correlation_ratio, cramers_v
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.pairs import compare, side_by_side
from reportgen.evidence.redundancy import clusters
from reportgen.records.table import Encoded


def made(subject, columns):
    frame = pd.DataFrame(columns)
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in frame)
    return replace(subject, inputs=inputs, train=replace(subject.train, frame=frame, y=np.zeros(len(frame), dtype=int)))


def words(codes):
    return np.array([f"w{code}" for code in codes], dtype=object)


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(4)


def test_each_pair_is_measured_by_what_suits_its_kinds(rng):
    x, group = rng.normal(size=400), rng.integers(0, 3, 400)
    frame = pd.DataFrame({"x": x, "cube": x**3, "line": 2 * x - 1, "group": words(group), "of": words(group % 2)})
    frame.loc[:9, "line"] = np.nan
    pairs = compare(side_by_side(frame, tuple(frame)))
    assert pairs.value[0, 2] == pytest.approx(1.0)
    assert pairs.value[0, 1] == pytest.approx(1.0)  # Spearman's: the cube keeps the order
    assert (pairs.method[0, 1], pairs.method[0, 3], pairs.method[3, 4]) == (1, 2, 3)
    assert pairs.value[3, 4] == pytest.approx(1.0, abs=0.01)
    present = frame["line"].notna()
    assert pairs.value[1, 2] == pytest.approx(
        max(
            frame.loc[present, ["cube", "line"]].corr().iloc[0, 1],
            frame.loc[present, ["cube", "line"]].corr("spearman").iloc[0, 1],
        ),
        abs=1e-3,  # ranks are taken once, among a column's own rows
    )
    assert pairs.chance[0, 3] > 0.001


def test_any_two_of_a_group_reach_the_cut():
    close = np.array([[1, 0.8, 0.6], [0.8, 1, 0.75], [0.6, 0.75, 1]])
    assert clusters(close) == ((0, 1),)
    assert clusters(np.where(close == 0.6, 0.7, close)) == ((0, 1, 2),)
    assert clusters(np.eye(3)) == ()


def test_a_twin_is_grouped_with_an_interval_that_holds_the_truth(binary_subject, rng):
    truth = 1 / np.sqrt(1 + 0.6**2)
    held = 0
    for _ in range(40):
        x = rng.normal(size=300)
        columns = {"x": x, "twin": x + 0.6 * rng.normal(size=300), "noise": rng.normal(size=300)}
        (group,) = redundancy.measure(made(binary_subject, columns)).groups
        assert (group.columns, group.first, group.second, group.n) == (("x", "twin"), "x", "twin", 300)
        assert group.low <= group.value <= group.high
        held += group.low <= truth <= group.high
    assert held >= 34  # 38 expected; the larger of two coefficients lies a little high


def test_chance_makes_no_group(binary_subject, rng):
    false = 0
    for _ in range(20):
        columns = {f"c{i}": rng.normal(size=12) for i in range(12)} | {"w": words(rng.integers(0, 2, 12))}
        false += bool(redundancy.measure(made(binary_subject, columns)).groups)
    assert false <= 4  # 1 expected; without Holm's correction every table has a pair above 0.7


def test_a_function_is_found_whatever_its_shape_and_only_in_its_direction(binary_subject, rng):
    x, year = rng.normal(size=900), rng.integers(0, 6, 900)
    columns = {
        "x": x,
        "wave": np.sin(1.5 * x) + rng.normal(0, 1e-4, 900),
        "band": words(np.digitize(x, [-1, 0, 1])),
        "year": words(year),
        "number": year * 10.0,
        "decade": words(year // 3),
        "noise": rng.normal(size=900),
    }
    found = {(one.given, one.column) for one in redundancy.measure(made(binary_subject, columns)).dependences}
    assert found == {
        ("x", "wave"),
        ("x", "band"),
        ("year", "number"),
        ("number", "year"),
        ("year", "decade"),
        ("number", "decade"),
    }


def test_keys_and_rare_values_are_no_function(binary_subject, rng):
    rare = np.zeros(600)
    rare[:12] = 1.0
    y = rng.integers(0, 3, 600)
    columns = {"key": words(np.arange(600) // 2), "y": words(y), "rare": rare, "same": np.where(rare > 0, 7.0, 2.0)}
    assert redundancy.measure(made(binary_subject, columns)).dependences == ()


def test_nearly_a_function_is_none(binary_subject, rng):
    x = rng.normal(size=800)
    codes = rng.integers(0, 4, 800)
    off = np.where(rng.random(800) < 0.03, rng.integers(0, 4, 800), codes)
    columns = {"x": x, "near": x + 0.05 * rng.normal(size=800), "code": words(codes), "off": words(off)}
    assert redundancy.measure(made(binary_subject, columns)).dependences == ()


def test_constant_and_missing_columns_go_with_nothing(binary_subject, rng):
    columns = {"one": np.ones(100), "none": np.full(100, np.nan), "x": rng.normal(size=100), "w": words(np.ones(100))}
    found = redundancy.measure(made(binary_subject, columns))
    assert (found.groups, found.dependences, found.pairs) == ((), (), 6)


def test_one_column_has_no_other(binary_subject):
    with pytest.raises(NotApplicable, match="one_column"):
        redundancy.measure(made(binary_subject, {"x": np.arange(50.0)}))


def test_the_same_seed_gives_the_same_groups(binary_subject):
    assert redundancy.measure(binary_subject) == redundancy.measure(binary_subject)


def told_by(subject, columns, y):
    known = made(subject, columns)
    return redundancy.measure(replace(known, train=replace(known.train, y=y))).dependences


@pytest.mark.parametrize("classes", [False, True])
def test_two_moments_are_not_one_where_the_time_between_them_tells_the_target(
    binary_subject, regression_subject, rng, classes
):
    start, length = np.sort(rng.uniform(0, 50_000, 1500)), rng.gamma(4, 4, 1500)
    columns = {"from": start, "to": start + length}
    fare = 3 + length + rng.normal(size=1500)
    subject, y = (binary_subject, (fare > 18).astype(int)) if classes else (regression_subject, fare)
    assert told_by(subject, columns, y) == ()
    assert len(told_by(subject, columns, rng.permutation(y))) == 2


def test_the_same_in_another_unit_is_one_whatever_the_target_hangs_on(regression_subject, rng):
    height = rng.normal(170, 10, 1500)
    columns = {"metres": (height / 100).round(2), "inches": (height / 2.54).round(1), "cube": (height / 100) ** 3}
    for y in (height, np.exp(height / 10), (height > 175) + rng.normal(0, 0.3, 1500), rng.normal(size=1500)):
        found = {
            (one.given, one.column) for one in told_by(regression_subject, columns, y + rng.normal(0, y.std(), 1500))
        }
        assert ("metres", "inches") in found or ("inches", "metres") in found
        assert ("inches", "cube") in found


def test_blocks_of_columns_change_nothing(rng, monkeypatch):
    number, group = rng.normal(size=300), rng.integers(0, 4, 300)
    frame = pd.DataFrame(
        {
            **{f"n{k}": number + k * rng.normal(size=300) for k in range(5)},
            **{f"g{k}": words((group + rng.integers(0, 1 + k, 300)) % 4) for k in range(5)},
            "still": 1.0,
        }
    )
    frame.loc[::7, "n2"] = np.nan
    frame.loc[::5, "g3"] = None
    whole = compare(side_by_side(frame, tuple(frame)))
    monkeypatch.setattr(pairs, "MOST_FLAGS", 3)
    parts = compare(side_by_side(frame, tuple(frame)))
    assert parts.value == pytest.approx(whole.value)
    assert parts.chance == pytest.approx(whole.chance)
    assert (parts.method == whole.method).all()


def test_blocks_are_what_single_pairs_are(rng):
    """Products of matrices give what is defined pair by pair: eta, Cramer's V, and the tests of each."""
    n, levels = 500, words(rng.integers(0, 5, 500))
    frame = pd.DataFrame({"x": rng.normal(size=n), "a": levels, "b": words(rng.integers(0, 3, n))})
    frame["x"] += (frame["a"] == "w1") * 1.0
    frame.loc[::9, "x"] = np.nan
    found, present = compare(side_by_side(frame, tuple(frame))), frame["x"].notna()
    assert found.value[0, 1] == pytest.approx(correlation_ratio(frame["x"][present].to_numpy(), levels[present]))
    groups = [part["x"].to_numpy() for _, part in frame[present].groupby("a")]
    assert found.chance[0, 1] == pytest.approx(stats.f_oneway(*groups).pvalue)
    assert found.value[1, 2] == pytest.approx(cramers_v(frame["a"].to_numpy(), frame["b"].to_numpy()))
    table = pd.crosstab(frame["a"], frame["b"])
    assert found.chance[1, 2] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
