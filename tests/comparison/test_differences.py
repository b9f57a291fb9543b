"""The interval of a difference, and what it is worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.comparison.differences import adjusted, level_distance, separate, shown, standardised, worth
from reportgen.evidence.intervals import rate_difference_interval, rate_interval
from reportgen.records.comparison import Change, Measured

numbers = st.floats(-10, 10)
widths = st.floats(0.01, 5)


def rate(successes, n):
    low, high = rate_interval(successes, n)
    return Measured(value=successes / n, low=low, high=high, n=n)


@pytest.mark.parametrize(("old", "new"), [((40, 60), (30, 60)), ((0, 20), (5, 90)), ((100, 100), (99, 100))])
def test_mover_of_two_wilson_intervals_is_newcombes(old, new):
    found = separate(rate(*old), rate(*new))
    assert (found.low, found.high) == pytest.approx(rate_difference_interval(new, old))


def test_mover_has_its_closed_form():
    found = separate(Measured(value=1.0, low=0.5, high=1.2), Measured(value=2.0, low=1.6, high=3.0))
    assert found.difference == 1.0
    assert found.low == pytest.approx(1 - np.hypot(0.4, 0.2))
    assert found.high == pytest.approx(1 + np.hypot(1.0, 0.5))


def test_mover_of_symmetric_intervals_is_the_textbooks_sum_of_variances():
    found = separate(Measured(value=0, low=-3, high=3), Measured(value=1, low=-3, high=5))
    assert (found.low, found.high) == pytest.approx((-4, 6))


@given(numbers, widths, widths, numbers, widths, widths)
def test_the_other_way_round_is_the_mirror_image(a, a_low, a_high, b, b_low, b_high):
    old, new = (
        Measured(value=v, low=v - below, high=v + above) for v, below, above in ((a, a_low, a_high), (b, b_low, b_high))
    )
    there, back = separate(old, new), separate(new, old)
    assert (back.difference, back.low, back.high) == (-there.difference, -there.high, -there.low)
    assert back.p_value == there.p_value


@given(numbers, widths, st.one_of(st.none(), st.integers(1, 40)))
def test_the_p_value_and_the_interval_agree(difference, half, freedom):
    found = worth(difference, difference - half, difference + half, freedom)
    if abs(abs(difference) - half) > 1e-6:
        assert (found.p_value < 0.05) == (abs(difference) > half)


def test_an_interval_that_just_reaches_0_is_worth_5_percent():
    assert worth(1.0, 0.0, 2.0).p_value == pytest.approx(0.05)
    assert worth(1.0, 0.0, 2.0, freedom=4).p_value == pytest.approx(0.05)


def test_few_networks_are_worth_less_in_the_tail_than_a_normal_would_say():
    assert worth(2.0, 1.0, 3.0, freedom=4).p_value == pytest.approx(0.00514, abs=1e-5)
    assert worth(2.0, 1.0, 3.0).p_value == pytest.approx(0.0000886, abs=1e-7)


@pytest.mark.parametrize(
    "old",
    [Measured(value=None), Measured(value=1.0), Measured(value=1.0, low=0.5), Measured(value=1.0, low=1.0, high=1.0)],
)
def test_without_intervals_nothing_is_said(old):
    assert separate(old, Measured(value=2.0, low=2.0, high=2.0)) is None


def test_what_is_too_large_to_be_told_is_not():
    huge = Measured(value=-1.7e308, low=-1.7e308, high=1.7e308)
    assert separate(huge, Measured(value=1.7e308, low=-1.7e308, high=1.7e308)) is None


def test_p_values_are_adjusted_by_holm_over_those_that_there_are():
    found = adjusted([worth(1.0, 0.0, 2.0), None, worth(2.0, 1.0, 3.0), worth(0.0, -1.0, 1.0)])
    assert [one.p_value for one in found if one.p_value] == pytest.approx([0.1, 3 * 0.0000886, 1.0], rel=1e-3)
    assert found[1] == Change()
    assert [shown(one) for one in found] == [False, False, True, False]


def test_mover_holds_its_level():
    rng = np.random.default_rng(0)
    pairs = zip(rng.binomial(80, 0.9, 2000), rng.binomial(60, 0.7, 2000), strict=True)
    found = [separate(rate(int(a), 80), rate(int(b), 60)) for a, b in pairs]
    covered = np.mean([one.low <= -0.2 <= one.high for one in found])
    assert 0.935 < covered < 0.97


def test_a_shift_is_in_standard_deviations_of_both_sides():
    found = standardised((10.0, 3.0, 50), (13.0, 4.0, 80))
    unit = ((9 + 16) / 2) ** 0.5
    shift = 3 / unit
    spread = shift**2 * (9**2 / 49 + 16**2 / 79) / (8 * unit**4) + (9 / 49 + 16 / 79) / unit**2
    assert found.difference == pytest.approx(shift)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * spread**0.5)


@pytest.mark.parametrize("old", [(1.0, 0.0, 50), (1.0, 2.0, 1), (-1e308, 1e-300, 50)])
def test_a_shift_needs_a_spread_and_two_rows(old):
    new = (1.0, old[1], 50)
    assert standardised(old, new) is None


def test_shifts_of_like_columns_are_seldom_shown():
    rng = np.random.default_rng(1)
    sides = [(float(x.mean()), float(x.std(ddof=1)), len(x)) for x in (rng.normal(size=90) for _ in range(2000))]
    found = [standardised(one, other) for one, other in zip(sides[::2], sides[1::2], strict=True)]
    assert 0.03 < np.mean([one.p_value < 0.05 for one in found]) < 0.07


def test_equal_shares_have_no_distance():
    found = level_distance(np.array([30, 20, 10]), np.array([60, 40, 20]))
    assert (found.difference, found.low, found.p_value) == (0.0, 0.0, 1.0)


def test_a_clear_distance_is_half_the_sum_of_differences():
    found = level_distance(np.array([9000, 1000]), np.array([6000, 4000]))
    assert found.difference == pytest.approx(0.3)
    assert found.p_value < 1e-9
    assert found.high - found.low == pytest.approx(2 * 1.959964 * np.sqrt((0.9 * 0.1 + 0.6 * 0.4) / 10_000))


def test_from_a_distance_that_chance_may_have_made_what_it_gives_on_average_is_taken_off():
    found = level_distance(np.array([55, 45]), np.array([45, 55]))
    assert found.difference == pytest.approx(0.1 - (2 / np.pi * 0.25 * 2 / 100) ** 0.5)
    assert found.p_value == pytest.approx(0.1573, abs=1e-4)


def test_distances_of_like_columns_lie_about_0_and_are_seldom_shown():
    rng = np.random.default_rng(2)
    shares = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.03, 0.02])
    found = [level_distance(rng.multinomial(150, shares), rng.multinomial(250, shares)) for _ in range(1000)]
    assert 0.02 < np.mean([one.p_value < 0.05 for one in found]) < 0.07
    assert np.mean([one.difference for one in found]) < 0.02


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
def test_a_distance_is_a_share_whatever_the_counts_and_the_same_both_ways(counts):
    old, new = np.array(counts, dtype=float).T
    found = level_distance(old, new)
    if found:
        assert 0 <= found.low <= found.difference <= found.high <= 1
        assert 0 <= found.p_value <= 1
        assert level_distance(new, old) == pytest.approx(found)


def test_levels_too_rare_for_the_test_are_counted_together():
    assert level_distance(np.array([50, 0, 0, 0]), np.array([40, 3, 3, 4])) is not None
    assert level_distance(np.array([50, 0]), np.array([49, 1])) is None
