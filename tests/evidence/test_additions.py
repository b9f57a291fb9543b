from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence import additions
from reportgen.evidence.base import NotApplicable, Part, Refit, Refitting
from reportgen.evidence.conditional import Sampler
from reportgen.records.table import Encoded


def linear(subject, x, y, weights, names=None):
    """A subject whose network answers weights times the columns, on test rows alone."""
    names = names or tuple(f"x{i}" for i in range(x.shape[1]))
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in names)
    part = Part("test", x.astype(np.float32), y, np.arange(len(y)), pd.DataFrame(x, columns=list(names)))
    return replace(subject, inputs=inputs, test=part, predict=lambda rows: rows @ np.asarray(weights))


def test_a_column_of_its_own_costs_twice_its_variance_times_its_weight(regression_subject):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2_000, 3))
    y = 2 * x[:, 0] + x[:, 1] + rng.normal(size=2_000)
    found = additions.measure(linear(regression_subject, x, y, (2.0, 1.0, 0.0)))
    values = {one.feature: one for one in found.features}
    assert found.unit == "r2_drop"
    assert values["x0"].low < 2 * 4 / 6 < values["x0"].high  # E (w (x - x'))^2 = 2 w^2, of a variance of 6
    assert values["x1"].low < 2 * 1 / 6 < values["x1"].high
    assert [one.adds for one in found.features] == [True, True, False]
    assert (values["x2"].value, values["x2"].p_value) == (0.0, 1.0)


def test_an_echo_adds_nothing_though_the_network_leans_on_it(regression_subject):
    rng = np.random.default_rng(1)
    false = 0
    for seed in range(20):
        real = rng.normal(size=400)
        echo = real + 0.75 * rng.normal(size=400)
        x, y = np.column_stack([real, echo, rng.normal(size=400)]), real + 0.5 * rng.normal(size=400)
        subject = replace(linear(regression_subject, x, y, (0.7, 0.3, 0.1)), seed=seed)
        adds = {one.feature for one in additions.measure(subject).features if one.adds}
        assert "x0" in adds
        false += bool(adds - {"x0"})
    assert false <= 4  # 1 expected at most; five or more happen in 3 of 1,000


def test_a_copy_takes_away_what_is_its_own(regression_subject):
    rng = np.random.default_rng(2)
    real = rng.normal(size=600)
    x, y = np.column_stack([real, 3 * real + 1]), real + 0.1 * rng.normal(size=600)
    found = additions.measure(linear(regression_subject, x, y, (0.5, 1 / 6)))
    assert max(one.value for one in found.features) < 0.01


def test_a_drawn_column_keeps_its_values_and_its_link_to_the_others():
    rng = np.random.default_rng(3)
    first = rng.normal(size=1_500)
    second = first**2 + 0.3 * rng.normal(size=1_500)
    level = np.array(["low", "high"], dtype=object)[(rng.random(1_500) < 1 / (1 + np.exp(-3 * first))).astype(int)]
    second[:100] = np.nan
    frame = pd.DataFrame({"first": first, "second": second, "level": level})
    strata = np.arange(1_500) % 3
    sampler = Sampler(frame, tuple(frame), strata)
    (givers,) = sampler.draw(1, 1, rng)
    drawn = second[givers]
    assert (strata[givers] == strata).all()
    assert (givers[:100] == np.arange(100)).all()
    assert np.corrcoef(first[100:] ** 2, drawn[100:])[0, 1] == pytest.approx(
        np.corrcoef(first[100:] ** 2, second[100:])[0, 1], abs=0.05
    )
    assert np.corrcoef(second[100:] - first[100:] ** 2, drawn[100:] - first[100:] ** 2)[0, 1] < 0.1
    (levels,) = sampler.draw(2, 1, rng)
    for side in (first > 0.7, first < -0.7):
        assert (level[levels][side] == "high").mean() == pytest.approx((level[side] == "high").mean(), abs=0.06)


def test_networks_made_anew_answer_for_their_own_rows(regression_subject):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(120, 2))
    y = x[:, 0] + 0.1 * rng.normal(size=120)
    subject = linear(regression_subject, x, y, (1.0, 0.0))
    halves = [
        Part("test", part.x, part.y, part.rows, part.frame)
        for part in (
            Part("test", subject.test.x[at], y[at], np.arange(120)[at], subject.test.frame.iloc[at])
            for at in (slice(0, 60), slice(60, 120))
        )
    ]
    anew = Refit(halves[1], subject.inputs, subject.predict, 60)
    again = Refit(halves[0], subject.inputs, subject.predict, 60)
    both = replace(subject, test=halves[0], refits=Refitting((anew, again), ("split", "seed")))
    found = additions.measure(both)
    assert (found.n, found.networks) == (120, 2)
    assert [one.adds for one in found.features] == [True, False]


def test_classes_are_judged_by_their_log_loss(binary_subject):
    found = additions.measure(binary_subject)
    assert (found.unit, found.features[0].feature, found.features[0].adds) == ("log_loss", "size", True)
    assert not next(one for one in found.features if one.feature == "weight").adds


def test_what_cannot_be_asked_is_said(regression_subject):
    x = np.random.default_rng(0).normal(size=(60, 2))
    with pytest.raises(NotApplicable, match="one_column"):
        additions.measure(linear(regression_subject, x[:, :1], x[:, 0], (1.0,)))
    with pytest.raises(NotApplicable, match="too_few_rows"):
        additions.measure(linear(regression_subject, x[:20], x[:20, 0], (1.0, 0.0)))


def test_the_same_seed_gives_the_same_answer(multiclass_subject):
    assert additions.measure(multiclass_subject) == additions.measure(multiclass_subject)


def test_of_very_many_columns_those_that_tell_most_are_tested_and_counted(regression_subject, monkeypatch):
    monkeypatch.setattr(additions, "MOST_TESTED", 2)
    rng = np.random.default_rng(4)
    x = rng.normal(size=(400, 6))
    y = x[:, 4] + 0.5 * x[:, 2] + 0.5 * rng.normal(size=400)
    subject = linear(regression_subject, x, y, (0, 0, 0.5, 0, 1.0, 0))
    train = replace(subject.test, name="train")
    subject = replace(subject, train=train, validation=replace(train, name="validation"))
    refit = Refit(test=train, inputs=subject.inputs, predict=subject.predict, train_rows=400, notes=(), encode=None)
    subject = replace(subject, refits=Refitting((refit,), ("split", "seed"), 0, ""))
    found = additions.measure(subject)
    assert [one.feature for one in found.features] == ["x4", "x2"]
    assert (found.of, found.networks) == (6, 1)  # no row chooses a column and judges it


def test_of_more_terms_than_rows_allow_the_closest_tell_a_column():
    """With all of 300 terms 400 rows would tell every value again, and nothing could be shown to be added."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 300))
    x[:, 7] = 0.8 * x[:, 3] + 0.6 * x[:, 7]
    frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(300)])
    sampler = Sampler(frame, tuple(frame), np.zeros(400, dtype=np.intp))
    givers = sampler.draw(7, 5, rng)
    drawn = x[givers, 7]
    assert np.mean(givers == np.arange(400)) < 0.1
    links = [np.corrcoef(one, x[:, 3])[0, 1] for one in drawn]
    assert np.mean(links) == pytest.approx(0.8, abs=0.1)


def test_a_network_of_many_inputs_answers_the_short_way_with_the_same_result(regression_subject, monkeypatch):
    rng = np.random.default_rng(9)
    x = rng.normal(size=(400, 6))
    subject = linear(regression_subject, x, x @ [3, 2, 1, 0, 0, 0], (3, 2, 1, 0, 0, 0))
    train = replace(subject.test, name="train")
    subject = replace(subject, train=train, validation=replace(train, name="validation"))
    monkeypatch.setattr(additions, "MOST_TESTED", 2)
    asked = []

    def exchanged(rows, swaps):
        asked.extend(swaps)
        tables = [np.where(np.isin(np.arange(6), columns), rows[givers], rows[own]) for columns, own, givers in swaps]
        return subject.predict(np.concatenate(tables))

    short = replace(subject, exchanged=exchanged)
    long = additions.measure(short)
    assert not asked
    monkeypatch.setattr(additions, "MANY_INPUTS", 6)
    assert additions.measure(short) == long
    assert asked
