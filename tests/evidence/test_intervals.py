import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.evidence.intervals import (
    BCA,
    JACKKNIFE,
    MANY_ROWS,
    bootstrap,
    mean_difference_interval,
    mean_interval,
    median_interval,
    paired_rate_difference_interval,
    rate_difference_interval,
    rate_interval,
    resample_counts,
    resample_rows,
)

COUNTS = [(0, 1), (1, 1), (0, 10), (7, 10), (10, 10), (48, 50), (3, 48_842)]


def first(means):
    return means[:, 0]


@pytest.mark.parametrize(("successes", "n"), COUNTS)
def test_wilson_is_scipys(successes, n):
    reference = stats.binomtest(successes, n)
    assert rate_interval(successes, n) == pytest.approx(reference.proportion_ci(method="wilson"), abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_lies_within_its_limits_and_its_mirror_within_theirs(pair):
    successes, n = pair
    low, high = rate_interval(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert rate_interval(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_the_difference_of_rates_is_newcombes_own_example():
    # Newcombe 1998, Statistics in Medicine 17:873, table II, contrast (a), method 10
    assert rate_difference_interval((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_paired_rates_follow_bonett_and_price():
    low, high = paired_rate_difference_interval(10, 2, 50)
    centre, spread = 8 / 52, (11 + 3) / 52 - (8 / 52) ** 2
    assert ((low + high) / 2, (high - low) / 2) == pytest.approx((centre, 1.959964 * (spread / 52) ** 0.5), abs=1e-6)


def test_models_that_never_disagree_still_leave_room():
    low, high = paired_rate_difference_interval(0, 0, 30)
    assert low == pytest.approx(-high)
    assert 0.05 < high < 0.2


def test_means_follow_student_and_welch():
    rng = np.random.default_rng(1)
    one, two = rng.exponential(size=12), rng.normal(size=30)
    expected = stats.ttest_1samp(one, 0).confidence_interval()
    assert mean_interval(one) == pytest.approx(tuple(expected))
    expected = stats.ttest_ind(one, two, equal_var=False).confidence_interval(0.99)
    assert mean_difference_interval(one, two, 0.99) == pytest.approx(tuple(expected))


def test_equal_values_differ_by_their_difference_alone():
    assert mean_difference_interval(np.full(5, 3.0), np.full(4, 1.0)) == (2.0, 2.0)


@pytest.mark.parametrize("n", [6, 9, 50])
def test_the_medians_limits_hold_it_95_times_of_100_by_the_binomial(n):
    low, high = median_interval(np.arange(n, dtype=float))
    missed = stats.binom.cdf(low, n, 0.5) + stats.binom.sf(high, n, 0.5)
    assert missed <= 0.05
    assert stats.binom.cdf(low + 1, n, 0.5) > 0.025  # one value further in would be too far


def test_five_values_have_no_interval_for_their_median():
    assert median_interval(np.arange(5.0)) is None


@pytest.mark.parametrize("n", [20, 200])
def test_the_bootstrap_agrees_with_scipys(n):
    values = np.random.default_rng(n).exponential(size=n)
    ours = bootstrap(values[:, None], first, np.random.default_rng(0))
    theirs = stats.bootstrap((values,), np.mean, n_resamples=9_999, method="BCa", rng=np.random.default_rng(0))
    low, high = theirs.confidence_interval
    assert ours.method == BCA
    assert ours[:2] == pytest.approx((low, high), abs=0.06 * (high - low))


def test_above_many_rows_the_jackknife_gives_the_means_normal_limits():
    values = np.random.default_rng(2).exponential(size=MANY_ROWS + 1)
    half = 1.959964 * values.std(ddof=1) / len(values) ** 0.5
    found = bootstrap(values[:, None], first, np.random.default_rng(0))
    assert found == (pytest.approx(values.mean() - half), pytest.approx(values.mean() + half), JACKKNIFE)


def test_counts_redrawn_are_rows_redrawn():
    counts = np.array([[40, 10], [5, 45]])
    rows = np.repeat(np.eye(4), counts.ravel(), axis=0)

    def right(means):
        return means[:, 0] + means[:, 3]

    by_counts = resample_counts(counts, np.random.default_rng(0)).interval(right)
    by_rows = resample_rows(rows, np.random.default_rng(0)).interval(right)
    assert by_counts[:2] == pytest.approx(by_rows[:2], abs=0.011)
    assert by_counts[:2] == pytest.approx(rate_interval(85, 100), abs=0.02)


def test_a_constant_has_itself_for_limits():
    assert bootstrap(np.ones((9, 1)), first, np.random.default_rng(0))[:2] == (1.0, 1.0)


def test_the_same_seed_gives_the_same_limits():
    values = np.random.default_rng(3).normal(size=(40, 1))
    assert bootstrap(values, first, np.random.default_rng(7)) == bootstrap(values, first, np.random.default_rng(7))
    assert bootstrap(values, first, np.random.default_rng(7)) != bootstrap(values, first, np.random.default_rng(8))
