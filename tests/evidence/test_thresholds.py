from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.evidence import thresholds
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.predictions import ClassAnswers
from reportgen.evidence.thresholds import Counts, at_threshold, choose, count, gain, mean_cost
from tests.evidence.parts import some


def answers(stated, happened):
    stated = np.asarray(stated, dtype=float)
    return ClassAnswers("test", np.asarray(happened, dtype=int), np.column_stack([1 - stated, stated]), 1)


SIX = answers([0.1, 0.3, 0.4, 0.6, 0.7, 0.9], [0, 1, 0, 0, 1, 1])


def test_counts_by_hand():
    assert count(SIX, 0.5) == Counts(hits=2, alarms=1, misses=1, rests=2)
    assert count(SIX, 0.7) == Counts(hits=2, alarms=0, misses=1, rests=3)


def test_rates_by_hand_have_wilsons_limits():
    found = at_threshold(SIX, 0.5, (1.0, 5.0))
    values = {one.name: (one.value, one.n) for one in found.metrics}
    assert values == {
        "flagged": (0.5, 6),
        "precision": (pytest.approx(2 / 3), 3),
        "recall": (pytest.approx(2 / 3), 3),
        "specificity": (pytest.approx(2 / 3), 3),
        "f1": (pytest.approx(2 / 3), 4),
        "cost": (pytest.approx(1.0), 6),
    }
    assert (found.metric("recall").low, found.metric("recall").high) == rate_interval(2, 3)
    assert all(one.low <= one.value <= one.high for one in found.metrics)


def test_where_nothing_is_flagged_there_is_no_precision():
    found = at_threshold(SIX, 0.95, None)
    assert (found.metric("precision").value, found.metric("precision").note) == (None, "never_predicted")
    assert found.metric("f1").value == 0.0


def test_the_best_line_is_found_between_two_probabilities():
    assert choose(SIX, None) == pytest.approx(0.65)  # f1 0.8; from 0.3 on it is 0.75
    assert choose(SIX, (5.0, 1.0)) == pytest.approx(0.65)
    assert choose(SIX, (1.0, 5.0)) == pytest.approx(0.2)
    assert choose(SIX, (1.0, 1000.0)) == pytest.approx(0.2)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10), st.floats(0.1, 10))
def test_no_other_line_is_better_on_the_rows_that_it_was_chosen_on(seed, alarm, miss):
    rng = np.random.default_rng(seed)
    stated = rng.random(40).round(1)
    rows = answers(stated, np.r_[0, 1, rng.random(38) < stated[2:]])
    for costs in (None, (alarm, miss)):
        name, sign = ("f1", 1) if costs is None else ("cost", -1)
        best = sign * at_threshold(rows, choose(rows, costs), costs).metric(name).value
        others = [sign * at_threshold(rows, one / 20, costs).metric(name).value for one in range(21)]
        assert best >= max(others) - 1e-9


def test_one_kind_of_mistake_alone_costs_as_its_rate():
    value, (low, high, _) = mean_cost(Counts(hits=50, alarms=10, misses=0, rests=40), (2.0, 1e-9))
    assert value == pytest.approx(0.2)
    assert (low, high) == (pytest.approx(2 * rate_interval(10, 100)[0]), pytest.approx(2 * rate_interval(10, 100)[1]))


def test_the_interval_of_a_cost_holds_the_truth():
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(150, [0.3, 0.1, 0.05, 0.55], size=600)
    held = [
        low <= 0.35 <= high for row in drawn for _, (low, high, _) in (mean_cost(Counts(*row.tolist()), (1.0, 5.0)),)
    ]
    assert 0.93 <= np.mean(held) <= 0.98


def test_a_gain_is_the_difference_of_two_rows_of_the_table():
    rng = np.random.default_rng(0)
    stated = rng.random(300)
    rows = answers(stated, rng.random(300) < stated)
    for costs, name, sign in ((None, "f1", 1), ((1.0, 5.0), "cost", -1)):
        found = gain(rows, 0.2, costs, np.random.default_rng(1))
        one, half = (at_threshold(rows, at, costs).metric(name).value for at in (0.2, 0.5))
        assert found.value == pytest.approx(sign * (one - half))
        assert found.low < found.value < found.high


def test_too_few_other_answers_tell_nothing():
    rows = answers(np.linspace(0.01, 0.99, 50), np.arange(50) % 2)
    near, same = (gain(rows, at, None, np.random.default_rng(0)) for at in (0.45, 0.5))
    assert (near.low, near.note) == (None, "too_few_rows")
    assert (same.value, same.low, same.note) == (0.0, None, "same_answers")


def test_the_line_is_chosen_on_validation_and_judged_on_test_rows(binary_subject):
    found = thresholds.measure(replace(binary_subject, costs=(1.0, 5.0)))
    assert [row.threshold for row in found.rows] == [pytest.approx(k / 10) for k in range(1, 10)]
    assert (found.aim, found.validation_rows, found.positive) == ("cost", 100, "yes")
    assert (found.false_positive, found.false_negative) == (1.0, 5.0)
    assert found.chosen.threshold < 0.5  # a miss costs five times as much
    assert found.chosen.metric("cost").n == 200
    assert thresholds.measure(binary_subject).aim == "f1"


def test_it_takes_two_classes_and_both_of_them(multiclass_subject, binary_subject):
    with pytest.raises(NotApplicable, match="needs_two_classes"):
        thresholds.measure(multiclass_subject)
    test = binary_subject.test
    with pytest.raises(NotApplicable, match="one_class_only"):
        thresholds.measure(replace(binary_subject, test=some(test, np.flatnonzero(test.y == 1))))


def _tried(found, line):
    """Hits, alarms, misses and rests from the cut at a line on."""
    at = found.cuts.index(line)
    hits, alarms = sum(found.positives[at:]), sum(found.negatives[at:])
    return Counts(hits, alarms, sum(found.positives) - hits, sum(found.negatives) - alarms)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 7]))
def test_every_line_of_the_scores_counts_what_the_rows_show(seed, digits):
    rng = np.random.default_rng(seed)
    stated = rng.random(60).round(digits)
    rows = answers(stated, np.r_[0, 1, rng.random(58) < stated[2:]])
    found = thresholds.scores(rows, (*thresholds.TENTHS, 0.237), None)
    assert found.exact
    assert set(stated.tolist()) <= set(found.cuts)
    assert sum(found.positives) + sum(found.negatives) == found.n == 60
    for line in found.cuts:
        assert _tried(found, line) == count(rows, line)


def test_above_two_thousand_scores_the_counts_at_each_cut_are_exact_all_the_same():
    rng = np.random.default_rng(3)
    stated = rng.random(9000)
    rows = answers(stated, rng.random(9000) < stated * 0.02)
    found = thresholds.scores(rows, thresholds.TENTHS, None)
    assert not found.exact
    assert 1000 < len(found.cuts) <= thresholds.MOST_CUTS + 12
    assert all(_tried(found, line) == count(rows, line) for line in found.cuts[:: len(found.cuts) // 40])
    assert set(thresholds.TENTHS) <= set(found.cuts)
    assert set(np.sort(stated[rows.happened]).tolist()) <= set(found.cuts)  # all of the few that are looked for


def test_the_reports_own_line_gives_the_reports_own_answers():
    for positive in (0, 1):
        first = np.array([0.2, 0.5, 0.5, 0.7, 0.9])
        rows = ClassAnswers("test", np.array([1, 0, 1, 0, 0]), np.column_stack([first, 1 - first]), positive)
        found = thresholds.scores(rows, thresholds.TENTHS, None)
        hits = int(np.count_nonzero(rows.happened & (rows.predicted == positive)))
        alarms = int(np.count_nonzero(~rows.happened & (rows.predicted == positive)))
        own = _tried(found, found.own)
        assert (own.hits, own.alarms) == (hits, alarms)  # a tie goes to the first class, whichever is looked for


def test_where_no_row_is_answered_so_the_own_line_lies_above_all():
    rows = answers([0.5, 0.5, 0.1], [1, 0, 0])
    found = thresholds.scores(rows, thresholds.TENTHS, None)
    assert _tried(found, found.own) == Counts(hits=0, alarms=0, misses=1, rests=2)


def test_rows_in_groups_hand_over_what_their_likeness_costs():
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(20), 10)
    stated = np.clip(rng.random(20)[group] + 0.05 * rng.standard_normal(200), 0, 1)
    rows = replace(answers(stated, rng.random(200) < stated), units=group)
    effects = dict(thresholds.scores(rows, thresholds.TENTHS, None).effects)
    assert set(effects) == {"accuracy", "flagged", "precision", "recall", "specificity", "f1", "cost"}
    assert effects["flagged"] > 3
    assert thresholds.scores(replace(rows, units=None), thresholds.TENTHS, None).effects == ()
