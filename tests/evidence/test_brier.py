import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from reportgen.evidence import brier
from reportgen.evidence.intervals import exact_rate_interval, rate_interval, squares_interval
from reportgen.evidence.predictions import ClassAnswers


def answers(stated, happened):
    stated = np.asarray(stated, dtype=float)
    return ClassAnswers("test", np.asarray(happened, dtype=int), np.column_stack([1 - stated, stated]), 1)


TWO = answers(np.repeat([0.2, 0.7], 50), np.r_[np.arange(50) < 20, np.arange(50) < 25])


def test_the_parts_of_two_groups_by_hand():
    found = {one.name: one for one in brier.measure(TWO)}
    chance = (0.4 * 0.6 / 49 + 0.5 * 0.5 / 49) / 2
    assert found["reliability"].value == pytest.approx((0.2**2 + 0.2**2) / 2 - chance)
    # two groups of equal size lie as far from their mean as half their distance, which chance makes larger
    assert found["resolution"].value == pytest.approx(0.0, abs=5e-4)
    assert found["uncertainty"].value == pytest.approx(0.45 * 0.55 * 100 / 99)
    assert found["grouping"].low is None
    assert all(found[name].low <= found[name].value <= found[name].high for name in found if name != "grouping")
    assert found["reliability"].low > 0


@given(st.integers(0, 2**32 - 1), st.integers(100, 400))
def test_the_parts_make_the_score(seed, n):
    rng = np.random.default_rng(seed)
    stated = rng.uniform(0.05, 0.95, n)
    rows = answers(stated, rng.random(n) < stated)
    part = {one.name: one.value for one in brier.measure(rows)}
    score = ((rows.stated - rows.happened) ** 2).mean()
    assert part["uncertainty"] + part["reliability"] - part["resolution"] + part["grouping"] == pytest.approx(score)


def test_groups_are_joined_until_each_expects_five_rows_of_either_outcome():
    assert brier.joined(np.full(100, 0.99)).max() == 0
    sure = brier.joined(np.r_[np.full(50, 0.5), np.linspace(0.97, 0.99, 150)])
    assert np.bincount(sure).tolist() == [200]
    assert len(np.bincount(brier.joined(np.linspace(0.3, 0.7, 200)))) == 10


@given(arrays(float, st.integers(1, 80), elements=st.floats(0, 1)))
def test_no_group_is_short_of_a_neighbour_that_it_was_not_joined_to(stated):
    numbers = brier.joined(stated)
    assert set(numbers) == set(range(numbers.max() + 1))
    order = np.argsort(stated, kind="stable")
    assert (np.diff(numbers[order]) >= 0).all()
    if numbers.max():
        for group in range(numbers.max() + 1):
            yes = stated[numbers == group]
            assert min(yes.sum(), (1 - yes).sum()) >= brier.EXPECTED - 1e-9


def test_one_group_has_wilsons_limits_of_its_rate():
    rows = answers(np.full(30, 0.99), np.r_[np.zeros(6), np.ones(24)])
    value, bounds = brier.reliability(brier.grouped(rows), 0.99)
    low, high = rate_interval(24, 30)
    assert bounds.method == "Wilson score"
    assert (bounds.low, bounds.high) == pytest.approx(((0.99 - high) ** 2, (0.99 - low) ** 2))
    assert bounds.low <= value <= bounds.high
    assert brier.measure(rows) == ()


def test_what_is_met_exactly_has_no_error_and_a_limit_above_0():
    rows = answers(np.repeat([0.25, 0.75], 100), np.r_[np.arange(100) < 25, np.arange(100) < 75])
    value, bounds = brier.reliability(brier.grouped(rows), 0.5)
    assert (value, bounds.low) == (0.0, 0.0)
    assert 0.01 < bounds.high**0.5 < 0.1


def test_a_sum_of_squares_of_one_normal_is_bounded_as_the_normal_is():
    """Far from 0 the limits are those of the mean itself, squared."""
    low, high = squares_interval(np.array([10.0**2]), np.array([1.0]))
    assert (low**0.5, high**0.5) == (pytest.approx(10 - 1.96, abs=1e-3), pytest.approx(10 + 1.96, abs=1e-3))


def test_0_is_left_out_at_the_one_sided_level():
    assert squares_interval(np.array([1.95**2]), np.array([1.0]))[0] == 0
    assert squares_interval(np.array([1.97**2]), np.array([1.0]))[0] > 0


@given(st.floats(0, 50), st.integers(1, 10))
def test_luck_lowers_no_upper_limit(value, groups):
    noise = np.full(groups, 1.0)
    low, high = squares_interval(np.full(groups, value), noise)
    assert 0 <= low < high
    assert high >= squares_interval(np.zeros(groups), noise)[1] - 1e-9


def test_the_interval_of_reliability_holds_the_truth():
    """95 of 100 draws by the promise: of probabilities that are met, that are too bold, and that are all too high."""

    def holds(state, rng):
        score = 1.5 * rng.standard_normal(200)
        true, stated = 1 / (1 + np.exp(-score)), 1 / (1 + np.exp(-state(score)))
        rows = answers(stated, rng.random(200) < true)
        numbers = brier.joined(stated)
        sizes = np.bincount(numbers)
        truth = sizes / 200 @ (np.bincount(numbers, true - stated) / sizes) ** 2
        _, bounds = brier.reliability(brier.grouped(rows), float(stated.mean()))
        return bounds.low - 1e-12 <= truth <= bounds.high

    states = (lambda score: score, lambda score: 2 * score, lambda score: score + 0.7)
    shares = [np.mean([holds(state, np.random.default_rng([6, draw])) for draw in range(400)]) for state in states]
    assert min(shares) >= 0.92
    assert max(shares) <= 0.98


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (10, 10), (3, 10), (90, 100)])
def test_clopper_and_pearsons_limits_are_binomial_tails(successes, n):
    low, high = exact_rate_interval(successes, n)
    assert low == 0 if successes == 0 else binom.sf(successes - 1, n, low) == pytest.approx(0.025)
    assert high == 1 if successes == n else binom.cdf(successes, n, high) == pytest.approx(0.025)


def test_groups_that_are_all_right_and_all_told_the_same_still_have_limits():
    """As where one category tells the target: no row of a group differs from the others, which proves no certainty."""
    rows = answers(np.repeat([0.009, 0.991], 3600), np.repeat([0, 1], 3600))
    (reliability, *_) = brier.measure(rows)
    assert reliability.low <= 0.009**2 <= reliability.high
    assert 0 < reliability.low < reliability.high < 0.01**2
