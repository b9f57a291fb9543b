"""Rows that come in groups: intervals that know it, tests by group, and partings that keep groups whole."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence import clusters, conformal, labels, neighbours, slices, solo
from reportgen.evidence.base import joined
from reportgen.evidence.baselines import by_rows_right, by_squared_errors
from reportgen.evidence.class_scores import SCORES, class_metrics
from reportgen.evidence.conditions import conditions
from reportgen.evidence.error_tree import grow
from reportgen.evidence.intervals import bootstrap, normal_quantile, rate_interval, student_quantile
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers
from reportgen.evidence.thresholds import at_threshold
from reportgen.model.curve import by_units


def _answers(rng, groups=20, rows=15, shared=0.6, units=True):
    number = np.repeat(np.arange(groups), rows)
    luck = np.sqrt(shared) * rng.normal(size=groups)[number] + np.sqrt(1 - shared) * rng.normal(size=len(number))
    actual = rng.integers(0, 2, len(number))
    score = np.where(actual == 1, 0.8, -0.8) + luck
    stated = 1 / (1 + np.exp(-score))
    return ClassAnswers("test", actual, np.column_stack([1 - stated, stated]), 1, number if units else None)


def _grouped_table(rng, groups=50, rows=20, shared=0.4):
    number = np.repeat(np.arange(groups), rows)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, groups)[number],
            "weight": rng.normal(70, 9, groups)[number],
            "sex": np.array(["f", "m"], dtype=object)[rng.integers(0, 2, groups)][number],
            "visit": rng.normal(size=len(number)),
        }
    )
    luck = np.sqrt(shared) * rng.normal(size=groups)[number] + np.sqrt(1 - shared) * rng.normal(size=len(number))
    return frame, (luck > 1.0).astype(float), number


def test_the_design_effect_is_that_of_rows_said_twice():
    """Ten rows of each of 40 groups that are all alike are worth 40 rows."""
    each = np.random.default_rng(0).normal(size=40)
    effect = clusters.design_effect(np.repeat(each - each.mean(), 10), np.repeat(np.arange(40), 10))
    assert effect / (student_quantile(40) / normal_quantile()) ** 2 == pytest.approx(10, rel=0.03)


def test_it_never_narrows():
    rng = np.random.default_rng(1)
    effects = [clusters.rate_effect(rng.random(200) < 0.3, np.repeat(np.arange(20), 10)) for _ in range(50)]
    assert min(effects) >= 1
    turns = np.tile([1.0, -1.0], 50)  # each group holds one of either: group sums know no spread at all
    assert clusters.design_effect(turns, np.repeat(np.arange(50), 2)) >= 1


def test_no_groups_change_nothing_and_one_group_says_next_to_nothing():
    assert clusters.rate_effect(np.array([1.0, 0.0]), None) == 1.0
    assert clusters.told("Wilson score", None, 1.0) == "Wilson score"
    assert clusters.rate_effect(np.array([1.0, 0.0, 1.0]), np.zeros(3, dtype=int)) == 3


def test_few_groups_are_said_to_be_few():
    units = np.repeat(np.arange(4), 5)
    assert clusters.told("Wilson score", units, 2.0) == (
        "Wilson score, by groups: 20 rows, 4 groups, design effect 2.00, few groups"
    )
    assert "few groups" not in clusters.told("Wilson score", np.arange(10))


def test_signs_of_group_sums_are_all_tried():
    """Three groups, all for one side: one way of eight is as large; two sides: two of eight."""
    parts, units = np.array([1.0, 1.0, 2.0, 3.0]), np.array([0, 0, 1, 2])
    assert clusters.flipped_p(parts, units) == 1 / 8
    assert clusters.flipped_p(parts, units, one_sided=False) == 1 / 4
    assert clusters.flipped_p(np.zeros(4), units) == 1.0


def test_many_groups_keep_the_level():
    rng = np.random.default_rng(2)
    units = np.repeat(np.arange(60), 5)
    chances = [clusters.flipped_p(rng.normal(size=60)[units] + rng.normal(size=300), units) for _ in range(400)]
    assert 0.02 <= np.mean(np.array(chances) <= 0.05) <= 0.08


def test_every_score_is_wider_by_groups_and_says_so():
    answers = _answers(np.random.default_rng(3))
    for score in SCORES:
        by, alone = (score(one, np.random.default_rng(0)) for one in (answers, replace(answers, units=None)))
        assert by.value == alone.value or by.name == "ece"  # which is cleared of what groups add to chance
        assert by.high - by.low >= alone.high - alone.low
        assert "by groups: 300 rows, 20 groups" in by.method
        assert "groups" not in alone.method
    for one in class_metrics(answers, ("no", "yes")):
        assert "by groups" in one.method
    assert all("by groups" in one.method for one in at_threshold(answers, 0.4, (1.0, 5.0)).metrics)


def test_accuracy_is_wilsons_on_rows_over_the_design_effect():
    answers = _answers(np.random.default_rng(4))
    found = SCORES[0](answers, np.random.default_rng(0))
    effect = clusters.rate_effect(answers.correct, answers.units)
    assert (found.low, found.high) == rate_interval(answers.correct.sum() / effect, 300 / effect)
    assert effect > 1.5


def test_numbers_are_wider_by_groups():
    rng = np.random.default_rng(5)
    units = np.repeat(np.arange(25), 12)
    error = rng.normal(size=25)[units] + rng.normal(size=300)
    actual = rng.normal(size=300) * 2
    by, alone = (
        number_metrics(NumberAnswers("test", actual, actual + error, which), np.random.default_rng(0))
        for which in (units, None)
    )
    for one, other in zip(by, alone, strict=True):
        assert (one.low <= other.low, one.high >= other.high) == (True, True)
        assert "by groups: 300 rows, 25 groups" in one.method


def test_intervals_of_means_hold_the_truth_where_rows_alone_do_not():
    held = np.zeros(2)
    for draw in range(60):
        rng = np.random.default_rng(draw)
        units = np.repeat(np.arange(20), 15)
        values = (np.sqrt(0.3) * rng.normal(size=20)[units] + np.sqrt(0.7) * rng.normal(size=300))[:, None]
        for place, which in enumerate((None, units)):
            low, high, _ = bootstrap(values, _mean, rng, which)
            held[place] += low <= 0 <= high
    assert held[1] / 60 >= 0.88
    assert held[0] / 60 < 0.75


def _mean(means):
    return means[:, 0]


def test_models_are_compared_by_groups():
    rng = np.random.default_rng(6)
    network = _answers(rng)
    worse = np.repeat(np.arange(20) < 3, 15)  # another model is wrong throughout, on the rows of three groups alone
    flipped = np.where(worse[:, None], np.eye(2)[1 - network.actual], np.eye(2)[network.actual])
    right = replace(network, probabilities=np.eye(2)[network.actual])
    by, alone = (
        by_rows_right(replace(right, units=u), replace(right, probabilities=flipped)) for u in (network.units, None)
    )
    assert alone.p_value < 1e-6
    assert by.p_value == pytest.approx(2 / 8)
    assert by.low < alone.low
    numbers = NumberAnswers("test", rng.normal(size=300), rng.normal(size=300), network.units)
    other = replace(numbers, predicted=numbers.predicted + np.where(worse, 5.0, 0.0))
    assert by_squared_errors(numbers, other, rng).p_value > 0.1


def test_halves_and_folds_keep_groups_whole():
    rng = np.random.default_rng(7)
    units = rng.integers(0, 30, 500)
    first, second = clusters.halves((rng.random(500) < 0.2).astype(float), units, rng)
    assert sorted((*first, *second)) == list(range(500))
    assert not set(units[first]) & set(units[second])
    assert abs(len(first) - 250) < 50
    folds = clusters.deal(units, 5, rng)
    assert all(len(set(folds[units == unit])) == 1 for unit in set(units))
    assert np.bincount(folds).min() > 70
    order = by_units(units, rng)
    assert np.count_nonzero(np.diff(units[order])) == len(set(units)) - 1


def test_rows_in_time_are_parted_into_stretches():
    moments = np.repeat(np.arange(100), 6)
    number = clusters.stretches(moments)
    assert len(set(number)) == 40
    assert (np.diff(number) >= 0).all()
    assert all(len(set(number[moments == moment])) == 1 for moment in range(100))


def test_slices_of_persons_who_err_for_reasons_of_their_own_are_not_confirmed():
    raised = np.zeros(2)
    for draw in range(5):
        frame, errors, units = _grouped_table(np.random.default_rng([8, draw]))
        known = conditions(frame, tuple(frame.columns), 15)
        for place, which in enumerate((None, units)):
            held = slices.Held(errors, np.full(len(errors), 0.9), known, which)
            found, _ = slices.find(held, np.random.default_rng(draw), 2_000, 1e7)
            raised[place] += any(one.confirmed for one in found)
    assert raised[0] >= 3
    assert raised[1] == 0


def test_a_slice_that_errs_in_every_group_is_found():
    rng = np.random.default_rng(9)
    frame, errors, units = _grouped_table(rng, shared=0.05)
    weak = (frame["visit"] > 1).to_numpy()
    errors = np.where(weak, rng.random(len(errors)) < 0.6, errors).astype(float)
    held = slices.Held(errors, np.full(len(errors), 0.9), conditions(frame, tuple(frame.columns), 15), units)
    found, search = slices.find(held, rng, 2_000, 1e7)
    assert found[0].confirmed
    assert found[0].columns == ("visit",)
    assert "by groups" in found[0].method
    assert "50 groups" in search.method
    assert grow(held, rng).separates


def test_labels_promises_neighbours_and_single_columns_know_groups(binary_subject):
    """The analyses run with groups, and part no group where they part rows."""
    train, validation, test = (
        replace(part, units=np.arange(len(part.y)) // 4 + 1_000 * at)
        for at, part in enumerate((binary_subject.train, binary_subject.validation, binary_subject.test))
    )
    grouped = replace(binary_subject, train=train, validation=validation, test=test)
    assert grouped.held.units is not None
    assert labels.measure(grouped).n == len(test.y)
    assert "by groups" in conformal.measure(grouped).method
    own, apart = (neighbours._References(one).own for one in (binary_subject, grouped))
    assert (apart >= own - 1e-6).all()
    assert solo.scores(train, validation, grouped.groups, True, 0)


def test_units_of_parts_are_joined_or_there_are_none():
    assert joined([None, None]) is None
    assert joined([np.array([1]), None]) is None
    assert joined([np.array([1]), np.array([2])]).tolist() == [1, 2]
