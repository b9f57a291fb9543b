from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reportgen.evidence import fairness
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.fairness import CHI_SQUARE, GOVERN, PERMUTED
from reportgen.evidence.groups import MISSING, MOST_GROUPS, OTHERS
from reportgen.evidence.intervals import mean_interval, rate_difference_interval, rate_interval
from reportgen.records.mistakes import GroupError, GroupGap


def _with(subject, protected, losses, **columns):
    """A subject whose test rows hold these columns, and err by these losses."""
    n = len(losses)
    frame = pd.DataFrame({name: test for name, (_, test) in columns.items()})
    train = replace(subject.train, frame=pd.DataFrame({name: known for name, (known, _) in columns.items()}))
    y = np.zeros(n, dtype=np.int64) if subject.classifies else np.zeros(n)
    stated = np.column_stack([1 - np.asarray(losses, float), np.asarray(losses, float)])
    return replace(
        subject,
        train=train,
        test=replace(subject.test, x=subject.test.x[:1].repeat(n, axis=0), y=y, frame=frame),
        predict=lambda x: stated if subject.classifies else np.asarray(losses, float),
        protected=protected,
    )


def _words(*pairs):
    values = np.array([word for word, times in pairs for _ in range(times)], dtype=object)
    return values, values


def _losses(*pairs):
    return np.array([loss for wrong, n in pairs for loss in [1] * wrong + [0] * (n - wrong)])


def _group(column, group, wrong, n):
    low, high = rate_interval(wrong, n)
    return GroupError(column=column, group=group, n=n, error=wrong / n, low=low, high=high)


def test_two_groups_are_compared_by_chi_square(binary_subject):
    subject = _with(binary_subject, ("sex",), _losses((10, 100), (30, 100)), sex=_words(("f", 100), ("m", 100)))
    errors, gaps = fairness.measure(subject)
    assert errors == (_group("sex", "f", 10, 100), _group("sex", "m", 30, 100))
    low, high = rate_difference_interval((30, 100), (10, 100))
    p_value = stats.chi2_contingency([[10, 30], [90, 70]], correction=False).pvalue
    assert gaps == (
        GroupGap(
            column="sex",
            gap=0.3 - 0.1,
            low=low,
            high=high,
            p_value=float(p_value),
            worst="m",
            best="f",
            n=200,
            method=CHI_SQUARE,
        ),
    )


def test_few_errors_are_compared_by_permutation_as_fisher_would(binary_subject):
    subject = _with(binary_subject, ("sex",), _losses((0, 20), (4, 15)), sex=_words(("f", 20), ("m", 15)))
    (gap,) = fairness.measure(subject)[1]
    assert gap.method == PERMUTED
    assert gap.p_value == pytest.approx(stats.fisher_exact([[0, 4], [20, 11]]).pvalue, abs=0.01)


def test_three_groups_share_the_error_rate_of_the_interval(binary_subject):
    words = _words(("a", 50), ("b", 50), ("c", 50))
    subject = _with(binary_subject, ("g",), _losses((10, 50), (20, 50), (15, 50)), g=words)
    (gap,) = fairness.measure(subject)[1]
    assert (gap.worst, gap.best) == ("b", "a")
    assert (gap.low, gap.high) == rate_difference_interval((20, 50), (10, 50), 1 - 0.05 / 3)


def test_columns_are_adjusted_for_each_other(binary_subject):
    losses, sex = _losses((10, 100), (30, 100)), _words(("f", 100), ("m", 100))
    alone = fairness.measure(_with(binary_subject, ("sex",), losses, sex=sex))[1][0].p_value
    town = (np.array(["x", "y"] * 100, dtype=object),) * 2
    both = fairness.measure(_with(binary_subject, ("sex", "town"), losses, sex=sex, town=town))[1]
    assert both[0].p_value == pytest.approx(2 * alone)
    assert both[1].p_value > 0.9


def test_a_group_below_ten_rows_is_shown_and_not_compared(binary_subject):
    subject = _with(binary_subject, ("sex",), _losses((5, 50), (9, 9)), sex=_words(("f", 50), ("m", 9)))
    errors, gaps = fairness.measure(subject)
    assert errors[1] == _group("sex", "m", 9, 9)
    assert gaps == ()


def test_without_any_error_nobody_is_treated_worse(binary_subject):
    subject = _with(binary_subject, ("sex",), np.zeros(60), sex=_words(("f", 30), ("m", 30)))
    (gap,) = fairness.measure(subject)[1]
    assert (gap.gap, gap.p_value) == (0.0, 1.0)
    assert gap.worst != gap.best


def test_numbers_are_parted_at_the_quartiles_of_training_rows(binary_subject):
    ages = np.r_[np.arange(1.0, 6.0), np.nan]
    train = np.arange(0.0, 9.0)  # quartiles 2, 4, 6
    subject = _with(binary_subject, ("age",), np.zeros(6), age=(np.resize(train, 6), ages))
    subject = replace(subject, train=replace(subject.train, frame=pd.DataFrame({"age": train})))
    errors = fairness.measure(subject)[0]
    assert [(one.group, one.n) for one in errors] == [("≤ 2", 2), ("> 2, ≤ 4", 2), ("> 4, ≤ 6", 1), (MISSING, 1)]


def test_a_number_of_few_values_is_a_code(binary_subject):
    codes = np.array([2.0, 10.0, 1.0] * 10)
    errors = fairness.measure(_with(binary_subject, ("code",), np.zeros(30), code=(codes, codes)))[0]
    assert [(one.group, one.n) for one in errors] == [("1", 10), ("2", 10), ("10", 10)]


def test_missing_values_and_rare_ones_are_groups_of_their_own(binary_subject):
    words = np.array([f"w{i:02}" for i in range(MOST_GROUPS)] * 2 + ["rare", "seldom", None, None], dtype=object)
    errors = fairness.measure(_with(binary_subject, ("w",), np.zeros(len(words)), w=(words, words)))[0]
    groups = {one.group: one.n for one in errors}
    assert len(groups) == MOST_GROUPS + 1
    assert (groups["w00"], groups[OTHERS]) == (2, 4)


def test_dates_are_grouped_by_their_years(binary_subject):
    days = pd.to_datetime([f"{year}-05-01" for year in range(2001, 2013)]).to_numpy()
    errors = fairness.measure(_with(binary_subject, ("born",), np.zeros(12), born=(days, days)))[0]
    assert [one.n for one in errors] == [3, 3, 3, 3]


def test_errors_of_numbers_are_compared_by_their_means(regression_subject):
    rng = np.random.default_rng(0)
    small, large = rng.exponential(1.0, 60), rng.exponential(3.0, 40)
    subject = _with(regression_subject, ("sex",), np.r_[small, large], sex=_words(("f", 60), ("m", 40)))
    errors, (gap,) = fairness.measure(subject)
    assert [(one.low, one.high) for one in errors] == [mean_interval(small), mean_interval(large)]
    assert gap.gap == pytest.approx(large.mean() - small.mean())
    expected = stats.ttest_ind(large, small, equal_var=False).confidence_interval()
    assert (gap.low, gap.high) == pytest.approx(tuple(expected))
    assert gap.p_value == pytest.approx(stats.alexandergovern(small, large).pvalue)
    assert gap.method == GOVERN


def test_a_column_that_is_not_there_is_no_evidence(binary_subject):
    for protected in ((), ("nowhere",)):
        with pytest.raises(NotApplicable, match="no_protected_column"):
            fairness.measure(replace(binary_subject, protected=protected))


@pytest.mark.slow
def test_fair_errors_are_called_unfair_no_more_than_5_times_in_100(binary_subject):
    def alarm(draw):
        losses = (np.random.default_rng([3, draw]).random(200) < 0.04).astype(int)
        words = _words(("a", 20), ("b", 60), ("c", 120))
        return fairness.measure(_with(binary_subject, ("g",), losses, g=words))[1][0].p_value < 0.05

    assert np.mean([alarm(draw) for draw in range(300)]) <= 0.08
