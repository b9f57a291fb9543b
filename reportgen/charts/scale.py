"""Where the marks of an axis stand, and how their numbers are written."""

import math
from collections.abc import Iterable, Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

MINUS = "−"
PARTED = 10_000  # from here on thousands are parted, as in the text
PLAIN_LARGEST, PLAIN_SMALLEST = 1e7, 1e-4


def span(numbers: Iterable[float | None], *, pad: float = 0.04, include: Sequence[float] = ()) -> tuple[float, float]:
    """The range of the numbers that are there, a little widened; never empty."""
    known = [float(number) for number in (*numbers, *include) if number is not None and math.isfinite(number)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        room = abs(low) * 0.1 or 1.0
        return low - room, high + room
    return low - pad * (high - low), high + pad * (high - low)


def ticks(low: float, high: float, count: int = 6) -> tuple[list[float], list[str]]:
    """Round places between the ends, and their labels with as many decimals as tell them apart."""
    places = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    inside = [float(place) for place in places if low - slack <= place <= high + slack]
    step = abs(float(places[1] - places[0])) if len(places) > 1 else 1.0
    return inside, [_written(place, step, max(abs(low), abs(high))) for place in inside]


def _written(place: float, step: float, largest: float) -> str:
    if abs(place) < step * 1e-6:
        return "0"
    power = math.floor(math.log10(largest)) if largest >= PLAIN_LARGEST or largest < PLAIN_SMALLEST else 0
    unit = 10.0**power
    parted = "," if largest >= PARTED else ""
    return f"{place / unit:{parted}.{_decimals(step / unit)}f}{f'e{power}' if power else ''}".replace("-", MINUS)


def _decimals(step: float) -> int:
    """As few as write the step exactly."""
    scaled = ((places, step * 10**places) for places in range(15))
    exact = (places for places, number in scaled if number > 0.5 and abs(number - round(number)) < 1e-6 * number)
    return next(exact, 15)


def mark(axis: Axis, low: float, high: float, count: int = 6) -> list[float]:
    """Put the ticks on a matplotlib axis; returns where they stand."""
    places, labels = ticks(low, high, count)
    axis.set_ticks(places, labels)
    return places
