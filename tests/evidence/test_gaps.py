import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.evidence import gaps
from reportgen.evidence.intervals import mean_difference_interval, rate_difference_interval

TALLIES = st.lists(st.integers(0, 30).map(lambda hits: (hits, 30)), min_size=2, max_size=6)


def test_two_rates_have_newcombe_s_limits():
    low, high = rate_difference_interval((30, 100), (10, 100))
    assert gaps.rate_spread([(10, 100), (30, 100)]) == (1, 0, pytest.approx(0.2), low, high)


def test_two_means_have_welch_s_limits():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, 30), rng.normal(3, 2, 40)
    low, high = mean_difference_interval(other, one)
    assert gaps.mean_spread([one, other]) == (1, 0, pytest.approx(other.mean() - one.mean()), low, high)


@given(TALLIES)
def test_the_limits_hold_the_largest_gap(tallies):
    found = gaps.rate_spread(tallies)
    rates = [hits / n for hits, n in tallies]
    assert found.gap == pytest.approx(max(rates) - min(rates))
    assert 0 <= found.low <= found.gap <= found.high
    assert found.highest != found.lowest


def test_an_uncertain_third_group_raises_the_upper_limit_and_not_the_lower():
    level = gaps.simultaneous(3)
    two = rate_difference_interval((300, 1000), (100, 1000), level)
    found = gaps.rate_spread([(100, 1000), (300, 1000), (2, 10)])
    assert found.low == two[0]
    assert found.high == rate_difference_interval((2, 10), (100, 1000), level)[1] > two[1]


def test_many_pairs_share_the_error_rate():
    assert gaps.simultaneous(2) == 0.95
    assert gaps.simultaneous(5) == pytest.approx(1 - 0.05 / 10)


def test_rates_are_tested_by_chi_square_or_by_permutation():
    rng = np.random.default_rng(0)
    p_value, method = gaps.equal_rates([(10, 100), (30, 100)], rng)
    assert p_value == stats.chi2_contingency([[10, 30], [90, 70]], correction=False).pvalue
    assert method == gaps.CHI_SQUARE
    p_value, method = gaps.equal_rates([(0, 20), (4, 15)], rng)
    assert p_value == pytest.approx(stats.fisher_exact([[0, 4], [20, 11]]).pvalue, abs=0.01)
    assert method == gaps.PERMUTED
    assert gaps.equal_rates([(0, 20), (0, 15)], rng)[0] == 1.0


def test_means_without_spread_are_not_told_apart():
    assert gaps.equal_means([np.ones(10), np.ones(10)]) == 1.0


def test_the_limits_hold_the_true_gap_19_times_in_20():
    rng, true = np.random.default_rng(5), np.array([0.2, 0.3, 0.45])
    sizes = np.array([60, 200, 120])
    held = 0
    for hits in rng.binomial(sizes, true, size=(400, 3)):
        found = gaps.rate_spread([(int(one), int(n)) for one, n in zip(hits, sizes, strict=True)])
        held += found.low <= 0.25 <= found.high
    assert held / 400 >= 0.93
