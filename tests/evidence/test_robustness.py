"""Changed inputs: what a known model must lose, and whether limits hold what they should."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from reportgen.evidence import robustness, solo
from reportgen.evidence.base import NotApplicable, Part, Refit, Refitting, Shrinking, Smaller
from reportgen.records.table import Encoded
from tests.evidence.parts import some

NO_COLUMNS = pd.DataFrame(index=[0])


def named(found, kind, feature):
    return [trial for trial in found.trials if (trial.kind, trial.feature) == (kind, feature)]


def line(subject, slopes, rows, rng, noise=0.0):
    """A regression subject of independent standard normal columns whose model knows the slopes."""
    inputs = tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number") for i in range(len(slopes)))

    def part(name, rows):
        x = rng.normal(size=(rows, len(slopes))).astype(np.float32)
        y = x @ slopes + noise * rng.normal(size=rows)
        return Part(name, x, y, np.arange(rows), pd.DataFrame(index=np.arange(rows)))

    parts = {"train": part("train", 4_000), "test": part("test", rows)}
    return replace(subject, inputs=inputs, predict=lambda x: x @ slopes, **parts)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_a_column_that_the_model_ignores_costs_nothing(build_subject, kind):
    found = robustness.measure(build_subject(kind))
    for trial in (*named(found, "missing", "weight"), *named(found, "shift", "weight")):
        assert (trial.change, trial.flips, trial.p_value) == (0.0, 0.0, 1.0)
        assert trial.low <= 0.0 <= trial.high
    (size,) = named(found, "missing", "size")
    assert size.high < 0
    assert size.p_value < 0.01


def test_what_a_line_loses_is_known(regression_subject):
    """R2 falls by a column's share of the variance without it, and by a^2 of it after noise or a shift of a."""
    subject = line(regression_subject, np.array([3.0, 4.0]), 2_000, np.random.default_rng(0))
    found = robustness.measure(subject)
    assert found.value == pytest.approx(1.0)
    for feature, share in (("c0", 9 / 25), ("c1", 16 / 25)):
        (gone,) = named(found, "missing", feature)
        assert gone.change == pytest.approx(-share, abs=0.05)
        assert gone.low <= -share <= gone.high
        for moved in named(found, "shift", feature):
            assert moved.change == pytest.approx(-0.25 * share, abs=0.02)
    assert [trial.change for trial in found.of_kind("noise")] == pytest.approx([-0.0025, -0.01, -0.04], rel=0.15)


def test_answers_flip_as_often_as_noise_crosses_the_border(binary_subject):
    """One standard normal column, the class by its sign: noise of size a turns arctan(a) / pi of the answers."""
    rng = np.random.default_rng(0)

    def part(name, rows):
        x = rng.normal(size=(rows, 1)).astype(np.float32)
        return Part(name, x, (x[:, 0] > 0).astype(np.int64), np.arange(rows), pd.DataFrame(index=np.arange(rows)))

    subject = replace(
        binary_subject,
        inputs=(Encoded(name="a", feature="a", kind="number"),),
        train=part("train", 5_000),
        test=part("test", 2_000),
        predict=lambda x: np.column_stack([x[:, 0] <= 0, x[:, 0] > 0]).astype(float),
    )
    found = robustness.measure(subject)
    for trial in found.of_kind("noise"):
        assert trial.flips == pytest.approx(np.arctan(trial.amount) / np.pi, rel=0.25)
        assert trial.flips_low <= np.arctan(trial.amount) / np.pi <= trial.flips_high
        assert trial.change == pytest.approx(-trial.flips)
    for trial in found.of_kind("shift"):
        assert trial.flips == pytest.approx(norm.cdf(0.5) - 0.5, abs=0.03)


def test_intervals_of_flips_hold_the_truth_about_nineteen_times_in_twenty(binary_subject):
    rng, truth, held = np.random.default_rng(1), np.arctan(0.2) / np.pi, 0
    train = Part(
        "train", rng.normal(size=(5_000, 1)).astype(np.float32), np.zeros(5_000, int), np.arange(5_000), NO_COLUMNS
    )
    inputs = (Encoded(name="a", feature="a", kind="number"),)
    for seed in range(100):
        x = rng.normal(size=(60, 1)).astype(np.float32)
        test = Part("test", x, (x[:, 0] > 0).astype(np.int64), np.arange(60), pd.DataFrame(index=np.arange(60)))
        subject = replace(binary_subject, inputs=inputs, train=train, test=test, seed=seed)
        subject = replace(subject, predict=lambda x: np.column_stack([x[:, 0] <= 0, x[:, 0] > 0]).astype(float))
        trial = robustness.measure(subject).of_kind("noise")[-1]
        held += trial.flips_low <= truth <= trial.flips_high
    assert held >= 92  # they take a row for all or nothing, and so hold more often than 95 times


def test_a_column_that_hurts_by_chance_is_rarely_called_one_that_hurts(binary_subject):
    """A model that answers by ten columns of noise: without one of them some rows turn right, others wrong."""
    rng, alarms = np.random.default_rng(2), 0
    inputs = tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number") for i in range(10))

    def predict(x):
        total = x.sum(axis=1)
        return np.column_stack([total <= 0, total > 0]).astype(float)

    for seed in range(60):
        x, y = rng.normal(size=(120, 10)).astype(np.float32), rng.integers(0, 2, 120)
        test = Part("test", x, y, np.arange(120), pd.DataFrame(index=np.arange(120)))
        subject = replace(binary_subject, inputs=inputs, train=test, test=test, predict=predict, seed=seed)
        alarms += any(trial.p_value < 0.05 for trial in robustness.measure(subject).of_kind("missing"))
    assert alarms <= 8  # 3 expected at the most; 9 or more happen in 1 of 200


def test_missing_is_told_as_the_network_knows_it(binary_subject):
    """The middle for a number, nothing for a category, and the flag where there is one."""
    asked = []
    inputs = (
        Encoded(name="a", feature="a", kind="number"),
        Encoded(name="a is missing", feature="a", kind="missing"),
        Encoded(name="b = x", feature="b", kind="level", level="x"),
        Encoded(name="b = y", feature="b", kind="level", level="y"),
    )
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(3, 1, 50), np.zeros(50), *np.eye(2)[rng.integers(0, 2, 50)].T]).astype(np.float32)
    x[0] = [9.0, 1.0, 0.0, 1.0]
    frame = pd.DataFrame({"a": np.where(np.arange(50) == 0, np.nan, x[:, 0]), "b": "x"})
    part = Part("test", x, np.zeros(50, int), np.arange(50), frame)

    def predict(x):
        asked.append(x)
        return np.full((len(x), 2), 0.5)

    robustness.measure(replace(binary_subject, inputs=inputs, train=part, test=part, predict=predict))
    noisy, without_a, without_b = asked[1:4], asked[4], asked[5]
    assert (without_a[:, 0] == np.median(x[:, 0])).all()
    assert (without_a[:, 1] == 1).all()
    assert (without_b[:, 2:] == 0).all()
    for table in noisy:
        assert (table[table[:, 0] > 7, 0] == 9.0).all()  # what is missing is not moved
        assert (table[table[:, 0] < 7, 1] == 0).all()


def test_a_number_that_half_the_rows_share_is_a_state_and_stays(binary_subject):
    asked = []
    inputs = (Encoded(name="gain", feature="gain", kind="number"),)
    x = np.where(np.arange(100) < 60, 0.0, np.arange(100) / 10).astype(np.float32)[:, None]
    part = Part("test", x, np.zeros(100, int), np.arange(100), pd.DataFrame({"gain": x[:, 0]}))

    def predict(x):
        asked.append(x)
        return np.full((len(x), 2), 0.5)

    robustness.measure(replace(binary_subject, inputs=inputs, train=part, test=part, predict=predict))
    noisy, missing, down, up = asked[1:4], asked[4], asked[5], asked[6]
    assert all(len(table) == 40 * 30 for table in noisy)
    assert [len(down), len(up)] == [40, 40]
    assert np.allclose(up - down, x.std(), rtol=1e-5)
    assert len(missing) == 40  # the middle is 0 here


def test_a_category_becomes_one_that_training_rows_have(multiclass_subject):
    asked = []

    def predict(x):
        asked.append(x)
        return multiclass_subject.predict(x)

    robustness.measure(replace(multiclass_subject, predict=predict))
    for table in asked[1:4]:
        assert (table[:, 2:].sum(axis=1) == 1).all()


def test_few_test_rows_are_joined_by_those_of_other_folds(binary_subject):
    test = binary_subject.test
    first, second = some(test, np.arange(40)), some(test, np.arange(40, 100))
    # made anew on other training rows: the same columns in other units
    other = tuple(
        column.model_copy(update={"centre": 6.0, "scale": 4.0}) if column.feature == "size" else column
        for column in binary_subject.inputs
    )
    x = second.x.copy()
    x[:, 0] = (second.x[:, 0] * 2 + 10 - 6) / 4

    def predict(x):
        back = x.copy()
        back[:, 0] = (x[:, 0] * 4 + 6 - 10) / 2
        return binary_subject.predict(back)

    anew = Refit(replace(second, x=x), other, predict, 400)
    alone = replace(binary_subject, test=some(test, np.arange(100)))
    both = replace(binary_subject, test=first, refits=Refitting((anew,), ("split", "seed")))
    one, two = robustness.measure(alone), robustness.measure(both)
    assert (one.n, one.networks, two.n, two.networks) == (100, 1, 100, 2)
    for kind in ("missing", "shift"):
        for trial, same in zip(one.of_kind(kind), two.of_kind(kind), strict=True):
            assert (trial.change, trial.flips) == (same.change, same.flips)
    seen_before = replace(both, refits=Refitting((replace(anew, test=first),), ("split", "seed")))
    assert robustness.measure(seen_before).networks == 1
    seeds_only = replace(both, refits=Refitting((anew,), ("seed",)))
    assert robustness.measure(seeds_only).n == 40


def test_many_rows_and_columns_are_drawn_from(build_subject, monkeypatch):
    monkeypatch.setattr(robustness, "MOST_ROWS", 80)
    assert robustness.measure(build_subject("binary")).n == 80
    monkeypatch.setattr(robustness, "MOST_ANSWERS", 0)
    monkeypatch.setattr(robustness, "FEWEST_ROWS", 50)
    assert robustness.measure(build_subject("binary")).n == 50


def test_churn_counts_what_a_twin_answers_otherwise(binary_subject, regression_subject):
    answers = binary_subject.predict(binary_subject.test.x).copy()
    answers[:20] = answers[:20, ::-1]
    all_rows = len(binary_subject.train.y)
    made = (Smaller(all_rows, 1, answers), Smaller(all_rows // 2, 0, answers[:, ::-1]))
    found = robustness.churn(replace(binary_subject, smaller=Shrinking(made)))
    assert (found.share, found.n, found.networks, found.covers) == (20 / 200, 200, 1, "seed")
    assert found.low < 0.1 < found.high
    answers = regression_subject.predict(regression_subject.test.x)
    far = np.abs(answers - regression_subject.test.y).mean()
    moved = answers + np.where(np.arange(len(answers)) < 50, 1.01 * far, 0.99 * far)
    twin = (Smaller(len(regression_subject.train.y), 1, moved),)
    assert robustness.churn(replace(regression_subject, smaller=Shrinking(twin))).share == 50 / 200


def test_churn_is_told_only_by_networks_that_learnt_no_test_row(binary_subject):
    anew = Refit(binary_subject.test, binary_subject.inputs, binary_subject.predict, 400)
    assert robustness.churn(binary_subject) is None
    others = replace(anew, test=some(binary_subject.test, np.arange(100)))
    assert robustness.churn(replace(binary_subject, refits=Refitting((others,), ("split", "seed")))) is None
    for covers in (("seed",), ("training_rows", "seed")):
        found = robustness.churn(replace(binary_subject, refits=Refitting((anew,), covers)))
        assert (found.share, found.covers) == (0.0, covers[0])
        assert found.high > 0


def test_an_audit_repeats_itself(binary_subject):
    assert robustness.measure(binary_subject) == robustness.measure(binary_subject)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_handful_of_rows_is_survived(binary_subject, regression_subject, rows):
    few = replace(binary_subject, test=some(binary_subject.test, np.arange(rows)))
    assert robustness.measure(few).n == rows
    few = replace(regression_subject, test=some(regression_subject.test, np.arange(rows)))
    with pytest.raises(NotApplicable, match="no_spread_on_test_rows"):
        robustness.measure(few)


def test_of_very_many_columns_those_that_tell_most_are_taken_away_and_only_test_rows_judge(binary_subject, monkeypatch):
    whole = robustness.measure(binary_subject)
    assert whole.of == len(binary_subject.features)
    monkeypatch.setattr(robustness, "MOST_COLUMNS", 1)
    asked = robustness.measure(binary_subject)
    best = max(solo.measure(binary_subject), key=lambda one: one.value).feature
    assert {trial.feature for trial in asked.trials if trial.kind == "missing"} == {best}
    assert {trial.feature for trial in asked.trials if trial.kind == "shift"} <= {best}
    assert (asked.networks, asked.of) == (1, whole.of)
