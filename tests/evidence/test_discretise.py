import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.discretise import bin_codes, bins_for, codes_of


@pytest.mark.parametrize(
    ("rows", "classes", "bins"), [(90, 3, 4), (29_000, 2, 16), (1_000, None, 10), (20, 3, 2), (60, None, 3)]
)
def test_bins_follow_the_cube_root_and_leave_five_rows_a_cell(rows, classes, bins):
    assert bins_for(rows, classes) == bins


def test_bins_hold_equal_counts():
    codes = bin_codes(np.random.default_rng(0).normal(size=1000), 8)
    assert np.bincount(codes).tolist() == [125] * 8


def test_few_values_stay_apart_and_missing_is_one_of_them():
    assert bin_codes(np.array([3.0, np.nan, 1.0, 3.0, 2.0]), 4).tolist() == [2, 3, 0, 2, 1]


def test_rare_categories_are_pooled_and_missing_stays_apart():
    column = pd.Series(["a"] * 5 + ["b", "c"] + [None] * 2 + ["d"] * 6, dtype=object)
    codes = codes_of(column, 4)
    assert codes[5] == codes[6]
    assert len({codes[0], codes[5], codes[7], codes[9]}) == 4


def test_dates_are_binned_as_numbers():
    days = pd.Series(pd.date_range("2020-01-01", periods=100))
    days[3] = pd.NaT
    assert np.bincount(codes_of(days, 4)).tolist() == [24, 25, 25, 25, 1]


def test_booleans_with_missing_values_have_three_codes():
    assert len(set(codes_of(pd.Series([True, False, None] * 5, dtype=object), 4))) == 3


def test_a_constant_has_one_code():
    assert set(bin_codes(np.ones(9), 4)) == {0}
    assert set(bin_codes(np.full(9, np.nan), 4)) == {0}


def test_a_value_that_fills_its_bin_keeps_apart_from_the_few_above_it():
    spent = np.concatenate([np.zeros(980), np.arange(1.0, 21.0)])
    assert (bin_codes(spent, 16) == (spent > 0)).all()
    both = np.concatenate([-np.arange(1.0, 41.0), np.zeros(900), np.arange(1.0, 61.0)])
    assert (bin_codes(both, 16) == np.sign(both) + 1).all()


def test_rows_too_few_for_a_cell_stay_with_their_neighbour():
    assert set(bin_codes(np.concatenate([np.zeros(980), [1.0, 2.0, 3.0, 4.0]]), 3)) == {0}
