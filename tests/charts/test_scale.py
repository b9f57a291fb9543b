"""Ticks: round, inside, and told apart by their labels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.scale import span, ticks


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-0.5, 0.5, ["−0.4", "−0.2", "0", "0.2", "0.4"]),
        (0.0, 100_000.0, ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
        (0.0, 5e9, ["0", "1e9", "2e9", "3e9", "4e9", "5e9"]),
        (0.0, 5e-8, ["0", "1e−8", "2e−8", "3e−8", "4e−8", "5e−8"]),
    ],
)
def test_labels(low: float, high: float, labels: list[str]) -> None:
    assert ticks(low, high)[1] == labels


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
@settings(max_examples=200, deadline=None)
def test_labels_differ_and_places_are_inside(low: float, width: float) -> None:
    places, labels = ticks(low, low + width)
    assert len(set(labels)) == len(labels)
    assert all(low - width * 1e-6 <= place <= low + width * 1.000001 for place in places)


def test_the_span_is_never_empty() -> None:
    for numbers in ([], [None], [3.0], [3.0, 3.0], [0.0], [float("inf"), 2.0]):
        low, high = span(numbers)
        assert low < high
