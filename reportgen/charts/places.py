"""Where labels go that would otherwise lie on each other."""

from collections.abc import Sequence


def apart(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The sorted heights, each at least a gap above the one below, as near as can be to where they were."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap if placed else low))
    ceiling = high
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - gap
    return placed
