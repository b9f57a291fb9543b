from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reportgen.evidence import group_rates
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.intervals import mean_interval, rate_difference_interval, rate_interval
from reportgen.evidence.multiplicity import holm
from reportgen.records.fairness import GroupRate

RATES = ("base", "selection", "true_positive", "false_positive", "precision", "error_rate")


def _subject(subject, protected, y, predictions, **columns):
    """A subject whose test rows hold these columns, classes and answers."""
    frame = pd.DataFrame({name: np.array(values, dtype=object) for name, values in columns.items()})
    return replace(
        subject,
        train=replace(subject.train, frame=frame),
        test=replace(subject.test, x=subject.test.x[:1].repeat(len(y), axis=0), y=np.asarray(y), frame=frame),
        predict=lambda x: np.asarray(predictions, float),
        protected=protected,
    )


def _binary(subject, *cells, stated=0.75, **more):
    """Rows of one column: (group, actual, given, how many); the stated probability of what is given is `stated`."""
    rows = [(group, actual, given) for group, actual, given, times in cells for _ in range(times)]
    groups, actual, given = (list(column) for column in zip(*rows, strict=True))
    yes = np.where(np.array(given) == 1, stated, 1 - stated)
    return _subject(subject, ("sex", *more), actual, np.column_stack([1 - yes, yes]), sex=groups, **more)


CELLS = (
    ("f", 1, 1, 30), ("f", 1, 0, 10), ("f", 0, 1, 12), ("f", 0, 0, 48),
    ("m", 1, 1, 45), ("m", 1, 0, 5), ("m", 0, 1, 25), ("m", 0, 0, 25),
)  # fmt: skip


def _rate(name, hits, n):
    low, high = rate_interval(hits, n)
    return GroupRate(name=name, value=hits / n, low=low, high=high, n=n)


def test_rates_are_those_of_the_confusion_table(binary_subject):
    found = group_rates.measure(_binary(binary_subject, *CELLS))
    women, men = found.groups
    assert (women.columns, women.values, women.n) == (("sex",), ("f",), 100)
    tallies = ((40, 100), (42, 100), (30, 40), (12, 60), (30, 42), (22, 100))
    assert women.rates[:6] == tuple(_rate(name, *tally) for name, tally in zip(RATES, tallies, strict=True))
    tallies = ((50, 100), (70, 100), (45, 50), (25, 50), (45, 70), (30, 100))
    assert men.rates[:6] == tuple(_rate(name, *tally) for name, tally in zip(RATES, tallies, strict=True))
    assert (found.positive, found.n, found.networks, found.small) == ("yes", 200, 1, 0)


def test_gaps_are_differences_of_rates_with_tests(binary_subject):
    found = group_rates.measure(_binary(binary_subject, *CELLS))
    assert [gap.name for gap in found.gaps] == ["base_rate", "demographic_parity", "equalised_odds"]
    parity = found.gap("demographic_parity", ("sex",))
    assert (parity.gap, parity.highest, parity.lowest) == (pytest.approx(0.28), ("m",), ("f",))
    assert (parity.low, parity.high) == rate_difference_interval((70, 100), (42, 100))
    raw = [
        stats.chi2_contingency([[40, 50], [60, 50]], correction=False).pvalue,
        stats.chi2_contingency([[42, 70], [58, 30]], correction=False).pvalue,
        2 * stats.chi2_contingency([[12, 25], [48, 25]], correction=False).pvalue,
    ]
    assert [gap.p_value for gap in found.gaps] == pytest.approx(list(holm(raw)))
    odds = found.gap("equalised_odds", ("sex",))
    assert (odds.of, odds.gap) == ("false_positive", pytest.approx(0.3))
    assert (odds.low, odds.high) == rate_difference_interval((25, 50), (12, 60), 0.975)


def test_calibration_is_the_mean_stated_less_what_came_true(binary_subject):
    women = group_rates.measure(_binary(binary_subject, *CELLS)).groups[0]
    stated = 0.42 * 0.75 + 0.58 * 0.25
    low, high = rate_interval(40, 100)
    found = women.rate("stated_minus_observed")
    assert (found.value, found.low, found.high) == pytest.approx((stated - 0.4, stated - high, stated - low))
    assert found.n == 100
    assert not women.off
    sure = group_rates.measure(_binary(binary_subject, ("f", 0, 1, 50), ("f", 1, 1, 50), ("m", 1, 1, 40), stated=0.99))
    assert [group.off for group in sure.groups] == [True, False]


def test_groups_that_were_never_right_or_never_given_have_no_such_rate(binary_subject):
    found = group_rates.measure(_binary(binary_subject, ("f", 0, 0, 20), ("m", 1, 1, 15), ("m", 0, 0, 15)))
    women = found.groups[0]
    assert women.rate("true_positive") == GroupRate(name="true_positive", n=0)
    assert women.rate("precision") == GroupRate(name="precision", n=0)
    assert found.gap("equalised_odds", ("sex",)).of == "false_positive"


def test_pairs_of_columns_show_what_neither_shows_alone(binary_subject):
    """Each sex and each town is given the class alike, their crossings are not."""
    sex = ["f"] * 200 + ["m"] * 200
    town = (["x"] * 100 + ["y"] * 100) * 2
    given = np.repeat([1, 0, 0, 1], 100)
    flips = np.tile(np.arange(100) < 10, 4)
    given = np.where(flips, 1 - given, given)
    subject = _subject(
        binary_subject,
        ("sex", "town"),
        np.tile([0, 1], 200),
        np.column_stack([1 - given, given]) * 0.8 + 0.1,
        sex=sex,
        town=town,
    )
    found = group_rates.measure(subject)
    assert [group.values for group in found.groups[4:]] == [("f", "x"), ("f", "y"), ("m", "x"), ("m", "y")]
    assert [group.n for group in found.groups] == [200] * 4 + [100] * 4
    for column in ("sex", "town"):
        assert found.gap("demographic_parity", (column,)).p_value == 1.0
    crossed = found.gap("demographic_parity", ("sex", "town"))
    assert crossed.gap == pytest.approx(0.8)
    assert crossed.p_value < 1e-9
    assert found.gap("error_rate", ("sex", "town")) is not None
    assert found.gap("error_rate", ("sex",)) is None  # it stands among the gaps of errors


def test_equal_names_in_two_columns_are_kept_apart(binary_subject):
    words = ["a"] * 30 + ["b"] * 30
    crossed = [("a", "b"), ("b", "a")]
    subject = _subject(binary_subject, ("p", "q"), [0] * 60, np.tile([0.9, 0.1], (60, 1)), p=words, q=words[::-1])
    assert [group.values for group in group_rates.measure(subject).groups[4:]] == crossed


def test_groups_of_few_rows_are_counted_and_left_out(binary_subject):
    found = group_rates.measure(_binary(binary_subject, ("f", 0, 0, 20), ("m", 1, 1, 15), ("x", 0, 0, 9)))
    assert [group.values for group in found.groups] == [("f",), ("m",)]
    assert found.small == 1
    alone = group_rates.measure(_binary(binary_subject, ("f", 0, 0, 20), ("m", 1, 1, 5)))
    assert (len(alone.groups), alone.gaps) == (1, ())


def test_several_classes_are_compared_by_errors_and_stated_probabilities(multiclass_subject):
    y = np.tile([0, 1, 2], 20)
    stated = np.tile([0.6, 0.3, 0.1], (60, 1))
    found = group_rates.measure(_subject(multiclass_subject, ("sex",), y, stated, sex=["f"] * 30 + ["m"] * 30))
    assert found.positive is None
    assert found.groups[0].rates[0] == _rate("error_rate", 20, 30)
    assert found.groups[0].rate("stated_minus_observed").value == pytest.approx(0.6 - 1 / 3)
    assert found.gaps == ()


def test_numbers_are_compared_by_their_mean_errors(regression_subject):
    rng = np.random.default_rng(0)
    low, high = rng.normal(-1, 1, 40), rng.normal(1, 2, 60)
    error = np.r_[low, high]
    found = group_rates.measure(
        _subject(regression_subject, ("sex",), np.zeros(100), error, sex=["f"] * 40 + ["m"] * 60)
    )
    bias, off = found.groups[0].rates
    assert (bias.name, bias.value, (bias.low, bias.high)) == ("bias", pytest.approx(low.mean()), mean_interval(low))
    assert (off.name, off.value) == ("mean_absolute_error", pytest.approx(np.abs(low).mean()))
    (gap,) = found.gaps
    assert (gap.name, gap.highest, gap.lowest) == ("bias", ("m",), ("f",))
    assert gap.gap == pytest.approx(high.mean() - low.mean())
    assert gap.p_value == pytest.approx(stats.alexandergovern(low, high).pvalue)


def test_without_a_protected_column_there_is_nothing_to_compare(binary_subject):
    with pytest.raises(NotApplicable, match="no_protected_column"):
        group_rates.measure(binary_subject)


def test_fair_answers_are_called_unfair_about_5_times_in_100(binary_subject):
    """Both rates and both columns are looked at, and their crossings; chance makes no more alarms for it."""
    alarms = 0
    for draw in range(120):
        rng = np.random.default_rng([7, draw])
        sex, town = rng.choice(["f", "m"], 300), rng.choice(["x", "y", "z"], 300)
        yes = rng.random(300)
        actual = (rng.random(300) < 0.4).astype(int)
        subject = _subject(binary_subject, ("sex", "town"), actual, np.column_stack([1 - yes, yes]), sex=sex, town=town)
        alarms += min(gap.p_value for gap in group_rates.measure(subject).gaps) < 0.05
    assert alarms / 120 <= 0.1
