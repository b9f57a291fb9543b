"""What a network may promise: sets of classes, or ranges of a number, that hold the truth as often as was promised."""

from typing import Literal

from reportgen.records.base import Record

Rule = Literal["one_threshold", "threshold_a_class", "fixed_width", "scaled_width"]
"""Classes: one threshold for all, or one for each class. A number: one width for all, or widths as errors are large."""


class Kept(Record):
    """How often a promise was kept on some test rows, with the exact interval; `size` is mean classes, or mean width.

    `of` says which rows: all, those of a class, those of a group of the protected `column`, or a third of the rows by
    the predicted number. `p_value` is for being kept less often than promised, Holm over all parts of a promise (all
    rows together stand for themselves).
    """

    of: Literal["all", "class", "group", "third"]
    name: str = ""
    column: str | None = None
    n: int
    kept: int
    share: float
    low: float
    high: float
    p_value: float
    size: float


class Promise(Record):
    """One promise made from `rows` validation rows and held against test rows.

    `thresholds` are the largest misfit that is let in, for all or by class; None where a class has too few rows to
    draw a line, and so always belongs to the set. `size_low` to `size_high` is the interval of the mean size.
    `single`, `empty` and `several` are the shares of test rows whose set holds one class, none, or more.
    """

    promised: float
    rule: Rule
    rows: int
    thresholds: tuple[float | None, ...]
    all: Kept
    long_run_low: float | None = None
    long_run_high: float | None = None
    size_low: float | None = None
    size_high: float | None = None
    single: float | None = None
    empty: float | None = None
    several: float | None = None
    parts: tuple[Kept, ...] = ()


class Conformal(Record):
    """Promises by split conformal prediction, the one that the report leads with first.

    For a number `helps` tells whether sizes of errors could be foretold on training rows that were not used to learn
    them: the rank correlation and its p-value on `spread_rows` rows; `width_ratio` is how wide ranges that follow them
    would be on these, against one width for all.
    """

    about: Literal["classes", "number"]
    promises: tuple[Promise, ...]
    n: int
    method: str
    helps: float | None = None
    helps_p: float | None = None
    width_ratio: float | None = None
    spread_rows: int | None = None

    def promise(self, promised: float, rule: Rule) -> Promise | None:
        """The promise of that level and rule, None where it could not be made."""
        return next((one for one in self.promises if (one.promised, one.rule) == (promised, rule)), None)
