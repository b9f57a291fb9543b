"""What the model gets wrong, where, and how surely."""

from datetime import date, timedelta
from typing import Literal

from reportgen.records.base import Record
from reportgen.records.explanation import Contribution


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

    `probability` is what the model gave its own answer; `error` is predicted minus actual for a number. `parts` are
    what the values add to the answer (integrated gradients from the average training row: of the log-odds of the class
    that was answered, or of the number), the largest first and the rest of them together under no name.
    """

    row: int
    actual: str
    predicted: str
    probability: float | None = None
    error: float | None = None
    values: tuple[tuple[str, str], ...] = ()
    parts: tuple[Contribution, ...] = ()


class Condition(Record):
    """One thing said of a column: its `level`, that it lies above a number and at most at another, or is missing.

    Where `dated`, `above` and `at_most` are days since 1970. A number of one value only is told as a level.
    """

    column: str
    level: str | None = None
    above: float | None = None
    at_most: float | None = None
    missing: bool = False
    dated: bool = False

    @property
    def symbols(self) -> str:
        """The condition without a word of any language; of a missing value the column's name alone."""
        if self.missing:
            return self.column
        if self.level is not None:
            return f"{self.column} = {self.level}"
        low, high = (self._bound(value) for value in (self.above, self.at_most))
        if self.above is None:
            return f"{self.column} <= {high}"
        return f"{self.column} > {low}" if self.at_most is None else f"{low} < {self.column} <= {high}"

    def _bound(self, value: float | None) -> str:
        if value is None:
            return ""
        return str(date(1970, 1, 1) + timedelta(days=value)) if self.dated else f"{value:.15g}"


class Slice(Record):
    """A describable part of the rows, its error against the rest's, and whether fresh rows confirmed it.

    It was found on one half of the rows; every number here is from the other half, of which `of` counts the rows, and
    `n` those in the slice. `low` to `high` is the interval of error minus rest, widened so that 95 in 100 of those of
    confirmed slices hold (false coverage rate); `lift` is error by rest (None where the rest has none), `coverage` the
    share of all errors that lie in the slice. `expected` is the error of the other rows that the network is as sure
    of; `beyond_p_value` is the p-value of being worse than both, adjusted like `p_value`.
    """

    rule: str
    columns: tuple[str, ...]
    n: int
    error: float
    rest: float
    p_value: float
    confirmed: bool
    low: float | None = None
    high: float | None = None
    lift: float | None = None
    of: int | None = None
    coverage: float | None = None
    expected: float | None = None
    beyond_p_value: float | None = None
    conditions: tuple[Condition, ...] = ()
    method: str | None = None


class Detectable(Record):
    """The error from which on a slice of one condition and of `n` fresh rows would have been found four times of five.

    None where even a slice that is wrong throughout would have been missed more often.
    """

    share: float
    n: int
    error: float | None


class SliceSearch(Record):
    """How slices were looked for: rows, conditions and conjunctions, and what could have been found at all.

    `searched` are rows of the first half that conjunctions were counted on. `complete` says that no conjunction was
    left out but those that could not have come among the best; `joined` counts the conditions that were combined, the
    worst by themselves, where not all of them were. `level` bounds the chance of any false confirmation.
    """

    rows: int
    halves: tuple[int, int]
    searched: int
    networks: int
    conditions: int
    conjunctions: int
    complete: bool
    joined: int | None = None
    candidates: int
    error: float
    level: float = 0.05
    detectable: tuple[Detectable, ...] = ()
    method: str


class ErrorNode(Record):
    """One node of the tree that tells right from wrong; yes leads left. A leaf has no question.

    `n`, `error` with its interval and `coverage`, the share of all errors, are of fresh rows.
    """

    number: int
    condition: Condition | None = None
    left: int | None = None
    right: int | None = None
    n: int
    share: float
    error: float | None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None


class ErrorTree(Record):
    """A small tree fitted on half of the rows to tell where errors are, and read on the other half.

    `p_value` tests whether fresh errors follow what the tree foretells; `separates` says that they do.
    """

    nodes: tuple[ErrorNode, ...]
    separates: bool
    p_value: float
    fitted: int
    n: int
    error: float
    method: str


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
    error only where classes are `ordered`. Its interval, and the error rate's, stand among the metrics. `wrong_rows`
    are the numbers of all test rows that were got wrong, in the order of the file; None where the target is a number.
    """

    measure: Literal["error_rate", "mean_absolute_error"]
    confusion: Confusion | None = None
    mean_class_difference: float | None = None
    ordered: bool = False
    mixups: tuple[Mixup, ...] = ()
    slices: tuple[Slice, ...] = ()
    rows: tuple[ErrorRow, ...] = ()
    wrong_rows: tuple[int, ...] | None = None
    residuals: Residuals | None = None
    groups: tuple[GroupError, ...] = ()
    gaps: tuple[GroupGap, ...] = ()
    slice_search: SliceSearch | None = None
    tree: ErrorTree | None = None
