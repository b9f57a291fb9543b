"""How results grow with the rows that were learnt, and what more rows promise."""

from typing import Literal

from reportgen.records.base import Record


class CurvePoint(Record):
    """What networks reached that learnt `rows` rows: each one's value on the same test rows, and their mean.

    For a number of rows that nobody had, `values` is empty and `value` what the curve expects.
    """

    rows: int
    value: float
    low: float
    high: float
    values: tuple[float, ...] = ()


class LearningCurve(Record):
    """The `measure` on `n` test rows by the number of training rows, and what twice as many promise.

    `gain` is what the fitted curve rises by from all rows to `ahead`, twice as many. `verdict` is "enough" where the
    interval of the gain lies below `margin`, "more" where it lies above 0 and reaches `margin`, else "unsure".
    """

    measure: Literal["accuracy", "r2"]
    points: tuple[CurvePoint, ...]
    ahead: CurvePoint
    gain: float
    gain_low: float
    gain_high: float
    margin: float
    verdict: Literal["enough", "more", "unsure"]
    level: float = 0.95
    n: int
    draws: int
    method: str
