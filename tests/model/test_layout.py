"""Numbers and flags told apart, and the pieces of numbers in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model.layout import NARROWEST, Layout, cut, find_edges, find_layout


def through(pieces, values):
    """How far each value has come through each piece, shape (values, numbers, pieces)."""
    return np.clip(values[:, None, None] * pieces.slope + pieces.offset, 0, 1)


def test_a_constant_has_no_piece():
    assert find_edges(np.full(50, 3.0), 8).tolist() == [3.0]
    pieces = cut(np.full((50, 1), 3.0), 8, 1)
    assert not pieces.slope.any()
    assert not pieces.offset.any()


def test_two_values_have_one_piece_between_them():
    assert find_edges(np.array([2.0, -1.0, 2.0, 2.0]), 8).tolist() == [-1.0, 2.0]
    pieces = cut(np.array([[2.0], [-1.0], [2.0]]), 4, 1)
    np.testing.assert_allclose(pieces.slope, [[1 / 3, 0, 0, 0]], rtol=1e-6)
    np.testing.assert_allclose(pieces.offset, [[1 / 3, 0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize("distinct", [3, 5, 9])
def test_few_values_are_edges_each(distinct):
    values = np.repeat(np.arange(distinct) ** 2.0, 7)
    assert find_edges(values, 8).tolist() == [n**2.0 for n in range(distinct)]


def test_many_values_without_spikes_are_parted_by_quantiles():
    values = np.random.default_rng(0).permutation(np.arange(1001.0))
    np.testing.assert_allclose(find_edges(values, 10), np.arange(0, 1001, 100))


def test_a_spike_at_zero_leaves_the_other_values_their_edges():
    others = np.arange(1.0, 101.0)
    edges = find_edges(np.concatenate([np.zeros(900), others]), 8)
    assert np.quantile(np.concatenate([np.zeros(900), others]), np.linspace(0, 1, 9))[-2] == 0  # plain quantiles
    np.testing.assert_allclose(edges, [0.0, *np.quantile(others, np.linspace(0, 1, 8))])


def test_a_spike_among_other_values_is_an_edge():
    values = np.concatenate([np.full(500, 0.25), np.linspace(-1, 1, 500)])
    edges = find_edges(values, 8)
    assert 0.25 in edges
    assert (edges[0], edges[-1], len(edges)) == (-1.0, 1.0, 9)


columns = st.lists(
    st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, 0.0, 0.0, 1.0, -999.0]), min_size=1, max_size=200
).map(np.array)


@given(values=columns, bins=st.integers(2, 48))
def test_edges_ascend_from_the_least_to_the_greatest_value_in_at_most_so_many_pieces(values, bins):
    edges = find_edges(values, bins)
    assert (edges[0], edges[-1]) == (values.min(), values.max())
    assert (np.diff(edges) > 0).all()
    assert 1 <= len(edges) <= bins + 1


@given(values=columns, bins=st.integers(2, 48))
def test_spikes_are_edges_where_there_is_room_for_other_values(values, bins):
    distinct, counts = np.unique(values, return_counts=True)
    spikes = distinct[counts > len(values) / bins]
    if len(spikes) <= bins - 2:
        assert set(spikes) <= set(find_edges(values, bins))


def test_a_value_has_come_through_all_pieces_before_its_own_and_none_behind():
    values = np.random.default_rng(1).normal(size=(400, 1)) ** 3
    edges = find_edges(values[:, 0], 6)
    come = through(cut(values, 6, 1), edges)[:, 0]
    np.testing.assert_allclose(come, np.tri(7, 6, -1), atol=1e-4)
    middles = through(cut(values, 6, 1), (edges[1:] + edges[:-1]) / 2)[:, 0]
    np.testing.assert_allclose(middles, np.tri(6, 6, -1) + np.eye(6) / 2, atol=1e-4)


def test_beyond_the_outer_edges_nothing_moves():
    values = np.random.default_rng(1).normal(size=(400, 1))
    pieces = cut(values, 6, 1)
    np.testing.assert_allclose(through(pieces, np.array([-1e30, values.min()])), 0, atol=1e-5)
    np.testing.assert_allclose(through(pieces, np.array([values.max(), 1e30])), 1, atol=1e-5)


def test_values_that_lie_too_close_share_a_step_of_finite_slope():
    pieces = cut(np.array([[0.0], [1e-9], [1.0]]), 4, 1)
    np.testing.assert_allclose(pieces.slope[0, 0], 1 / NARROWEST, rtol=1e-6)
    assert np.isfinite(pieces.offset).all()


def test_room_for_more_numbers_stays_without_pieces():
    values = np.random.default_rng(1).normal(size=(40, 2))
    more, just = cut(values, 8, 5), cut(values, 8, 2)
    assert np.array_equal(more.slope[:2], just.slope)
    assert np.array_equal(more.offset[:2], just.offset)
    assert not more.slope[2:].any()
    assert not more.offset[2:].any()


def test_columns_of_two_values_at_most_are_flags():
    x = np.array([[0, 1.5, 7, 0, 2], [1, 2.5, 7, -3, 2], [0, 0.5, 7, 0, 2.5]], dtype=np.float32)
    assert find_layout(x) == Layout(numbers=(1,), flags=(0, 2, 3, 4))
    assert find_layout(x).order == (1, 0, 2, 3, 4)
    assert find_layout(x[:1]) == Layout(numbers=(), flags=(0, 1, 2, 3, 4))


def test_columns_are_arranged_with_numbers_first():
    x = np.arange(12.0).reshape(3, 4)
    arranged = Layout(numbers=(2, 0), flags=(3, 1)).arrange(x)
    assert arranged.dtype == np.float32
    assert np.array_equal(arranged, x[:, [2, 0, 3, 1]])


def test_columns_of_zeros_fill_the_room_behind_numbers_and_behind_flags():
    x = np.arange(1.0, 13.0).reshape(3, 4)
    arranged = Layout(numbers=(2, 0, 1), flags=(3,)).arrange(x, numbers=5, flags=2)
    assert np.array_equal(arranged, np.column_stack([x[:, [2, 0, 1]], np.zeros((3, 2)), x[:, 3], np.zeros(3)]))
    assert Layout((), ()).arrange(x, 1, 2).tolist() == [[0, 0, 0]] * 3
