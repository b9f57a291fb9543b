"""The chance of a gap under an honest tail, in cases that can be worked out by hand."""

import numpy as np
import pytest

from reportgen.data.tails import depths, exponential_p, pareto_p


def test_the_chance_of_a_ratio_under_a_power_law():
    rest = np.exp(np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1.0]))
    assert pareto_p(rest, float(np.exp(7))) == pytest.approx((1 + 6 / (5 + 1)) ** -5)
    assert pareto_p(rest, float(np.exp(7)), 2) == pytest.approx((1 + 2 * 6 / (5 + 2)) ** -5)


def test_the_chance_of_a_gap_under_an_exponential_tail():
    rest = np.array([0, 0, 0, 0, 0, 2, 2, 2, 2, 2.0])
    assert exponential_p(rest, 14.0) == pytest.approx((1 + 12 / (5 * 2 + 2)) ** -5)


def test_ties_at_the_end_reach_down_to_the_next_step():
    assert exponential_p(np.array([0.0] * 4 + [1.0] * 8), 10.0) == pytest.approx((1 + 9 / (5 + 1)) ** -5)


@pytest.mark.parametrize("rest", [np.array([]), np.ones(9), np.ones(100), np.arange(1.0, 10)])
def test_too_short_or_too_uniform_a_rest_tells_nothing(rest):
    assert pareto_p(rest, 1e9) == 1.0


def test_depths_go_from_the_root_to_a_tenth():
    assert (depths(10), depths(40), depths(1500), depths(20_000)) == ((5,), (10,), (100,), (300, 1000))
    assert depths(9) == ()


@pytest.mark.parametrize("count", [1, 3])
def test_p_values_are_uniform_under_a_power_law(count):
    rng = np.random.default_rng(1)
    found = []
    for _ in range(2000):
        drawn = np.sort(rng.pareto(1.5, 20) + 1)
        found.append(pareto_p(drawn[:-count], drawn[-count], count))
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.015)
    assert np.mean(np.array(found) <= 0.5) == pytest.approx(0.5, abs=0.035)
