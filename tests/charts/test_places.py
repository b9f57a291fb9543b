"""Labels that would lie on each other move apart, as little as need be."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from reportgen.charts.places import apart


def test_what_is_apart_stays() -> None:
    assert apart([1.0, 20.0, 40.0], 10.0, 0.0, 100.0) == [1.0, 20.0, 40.0]


@given(st.lists(st.floats(0, 100), max_size=9).map(sorted))
def test_neighbours_are_a_gap_apart_and_inside(heights: list[float]) -> None:
    placed = apart(heights, 10.0, 0.0, 100.0)
    assert all(above - below >= 10 - 1e-9 for below, above in itertools.pairwise(placed))
    assert all(-1e-9 <= height <= 100 for height in placed)
