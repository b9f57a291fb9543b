"""Values in a wrong unit are found; honest tails, caps, counts and levels are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.data.outliers import find_outliers


def found(values, looks=8):
    values = np.asarray(values, dtype=float)
    return find_outliers(values, np.arange(len(values)) + 7, "c", looks)


def weights(seed=0, n=1500):
    return np.random.default_rng(seed).normal(59, 9, n)


@pytest.mark.parametrize(
    ("rows", "factor"), [([5, 90, 300, 1400], 1000), ([3], 1000), ([8, 9, 10, 11, 12], 100), ([8, 9, 10], 10)]
)
def test_a_wrong_unit_is_found_with_its_rows_and_its_factor(rows, factor):
    values = weights()
    values[rows] *= factor
    (one,) = found(values)
    assert one.rows == tuple(row + 7 for row in rows)
    assert (one.side, one.factor, one.n) == ("high", factor, 1500)
    assert one.edge < 100 < one.least
    assert one.share > 0.8
    assert one.p_value < 1e-6


def test_a_unit_too_small_is_found_where_values_have_one_sign():
    values = weights()
    values[[4, 40, 400]] /= 1000
    (one,) = found(values)
    assert (one.side, one.rows, one.factor) == ("low", (11, 47, 407), 0.001)
    assert found(values - 59) == ()


def test_a_signed_column_is_judged_by_size():
    values = np.random.default_rng(3).normal(0, 1, 1500)
    values[[5, 6, 7, 8]] = [-1500, 900, 2100, -700]
    (one,) = found(values)
    assert (one.rows, one.least, one.most) == ((12, 13, 14, 15), 700, 2100)


@pytest.mark.parametrize("n", [40, 200_000])
def test_small_and_large_tables(n):
    values = weights(1, n)
    values[[2, 17]] *= 1000
    assert [one.rows for one in found(values, 200)] == [(9, 24)]


RNG = np.random.default_rng(8)
HONEST = {
    "log-normal": np.exp(RNG.normal(3, 0.5, 1500)),
    "wide log-normal": np.exp(RNG.normal(0, 3, 1500)),
    "pareto": RNG.pareto(1.1, 1500) + 1,
    "cauchy": RNG.standard_cauchy(1500),
    "counts": RNG.negative_binomial(0.3, 0.02, 1500),
    "zero-inflated": np.where(RNG.random(1500) < 0.7, 0, RNG.poisson(4, 1500)),
    "gains with a cap": np.where(RNG.random(1500) < 0.92, 0, np.minimum(99999, np.exp(RNG.normal(8, 1.2, 1500)))),
    "two populations": np.where(RNG.random(1500) < 0.1, RNG.normal(50000, 5000, 1500), RNG.normal(50, 5, 1500)),
    "levels": RNG.choice([1, 10, 100, 100000], 1500, p=[0.5, 0.3, 0.19, 0.01]),
    "a constant with a few others": np.where(np.arange(1500) < 5, 1e6, 1.0),
    "rounding about zero": np.append(RNG.normal(0, 1, 1499), 5e-17),
    "twice as large": np.append(RNG.normal(59, 9, 1496), [220, 230, 240, 250]),
    "a few six times as large": np.append(RNG.normal(50, 8, 1492), RNG.normal(290, 10, 8)),
    "tips from a dime": np.append(np.exp(RNG.normal(1.1, 0.4, 1497)).clip(0.7), [0.2, 0.25, 0.3]),
    "nothing": np.full(1500, np.nan),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_looks_like_an_outlier_and_is_none(name):
    assert found(HONEST[name], 1) == ()


def test_false_alarms_are_as_rare_as_said_under_the_heaviest_honest_tails():
    rng = np.random.default_rng(4)
    alarms = sum(bool(found(rng.pareto(alpha, 300) + 1, 1)) for alpha in (0.5, 1, 2) for _ in range(500))
    assert alarms <= 6  # 1.5 are to be expected


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 50), st.integers(-6, 6), st.booleans())
def test_unit_sign_and_order_do_not_matter(seed, power, negative):
    rng = np.random.default_rng(seed)
    values = rng.normal(59, 9, 300) if seed % 2 else np.exp(rng.normal(0, 2, 300))
    values[:3] *= 1000
    (before,) = found(values) or (None,)
    order = rng.permutation(300)
    scaled = (-1 if negative else 1) * 10.0**power * values[order]
    (after,) = found(scaled) or (None,)
    assert (before is None) == (after is None)
    if before and after:
        assert {int(order[row - 7]) + 7 for row in after.rows} == set(before.rows)
        assert after.ratio == pytest.approx(before.ratio)
        assert after.factor == before.factor
