"""What the model gets wrong, where, and how surely."""

from typing import Literal

from reportgen.records.base import Record


class Confusion(Record):
    """Test rows by actual class (rows) and predicted class (columns)."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Mixup(Record):
    """One class taken for another: `share` of the actual class's test rows, with its interval."""

    actual: str
    predicted: str
    count: int
    n: int
    share: float
    low: float
    high: float


class ErrorRow(Record):
    """One test row that the model was most sure of and wrong about (regression: most wrong about).

    `probability` is what the model gave its own answer; `error` is predicted minus actual for a number.
    """

    row: int
    actual: str
    predicted: str
    probability: float | None = None
    error: float | None = None
    values: tuple[tuple[str, str], ...] = ()


class Slice(Record):
    """A describable part of the test rows, its error against the rest's, and whether fresh rows confirmed it."""

    rule: str
    columns: tuple[str, ...]
    n: int
    error: float
    rest: float
    p_value: float
    confirmed: bool


class GroupError(Record):
    """The error of one group of a protected column (error rate, or mean absolute error), with interval.

    It is measured on rows that the answering network had not seen: the reported one's test rows, and those of networks
    made anew.
    """

    column: str
    group: str
    n: int
    error: float
    low: float
    high: float


class GroupGap(Record):
    """Whether errors differ between the groups of a protected column: largest gap, and a test adjusted for columns."""

    column: str
    gap: float
    low: float
    high: float
    p_value: float
    worst: str
    best: str
    n: int
    method: str


class Residuals(Record):
    """Predicted minus actual on test rows: the middle, the spread, and points to draw (at most 1,000, evenly drawn)."""

    mean: float
    low: float
    high: float
    standard_deviation: float
    median_absolute: float
    actual: tuple[float, ...]
    predicted: tuple[float, ...]
    n: int


class Errors(Record):
    """All evidence about mistakes on test rows.

    `mean_class_difference` is the mean distance between the numbers of predicted and actual class; it is a size of
    error only where classes are `ordered`. Its interval, and the error rate's, stand among the metrics.
    """

    measure: Literal["error_rate", "mean_absolute_error"]
    confusion: Confusion | None = None
    mean_class_difference: float | None = None
    ordered: bool = False
    mixups: tuple[Mixup, ...] = ()
    slices: tuple[Slice, ...] = ()
    rows: tuple[ErrorRow, ...] = ()
    residuals: Residuals | None = None
    groups: tuple[GroupError, ...] = ()
    gaps: tuple[GroupGap, ...] = ()
