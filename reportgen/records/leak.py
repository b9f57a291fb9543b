"""How well one feature alone tells the target."""

from typing import Literal

from reportgen.records.base import Record


class OneClass(Record):
    """How well a feature alone tells one class from the rest (ROC AUC), and how well all other features together do.

    `output` is the class's place among the task's classes, `rows` its rows. `others` are None where the feature tells
    the class too weakly for anyone to ask.
    """

    output: int
    value: float
    low: float
    high: float
    level: float = 0.95
    others: float | None = None
    others_low: float | None = None
    others_high: float | None = None
    rows: int
    method: str


class SoloScore(Record):
    """What a small tree reaches with one feature alone, cross-validated on training and validation rows.

    `measure` is roc_auc (one against the rest, averaged by class) or r2; `floor` is what knowing nothing reaches.
    `one_class` is the class of three or more that it tells most surely.
    """

    feature: str
    measure: Literal["roc_auc", "r2"]
    value: float
    low: float
    high: float
    level: float = 0.95
    floor: float
    n: int
    method: str
    one_class: OneClass | None = None


class Identity(Record):
    """A sum of columns, each taken once or taken off once, that is the target but for a few constants.

    `share` is the share of the rows whose difference between target and sum is one of the `values` commonest such
    differences; `own` the share of the rows whose target is one of as many commonest targets. Sum and constants were
    found on training rows; the shares and `r2` (what the sum explains, with the low end of its interval) are of `n`
    validation rows.
    """

    columns: tuple[str, ...]
    signs: tuple[Literal[-1, 1], ...]
    values: int
    share: float
    low: float
    high: float
    own: float
    r2: float
    r2_low: float
    n: int
    level: float = 0.95
    method: str


class Reached(Record):
    """What one network reached, with its interval."""

    value: float
    low: float
    high: float


class LeakCost(Record):
    """The key metric with and without the columns that give the target away, of two networks on the same test rows.

    `excluded` says that the reported network is the one without. `difference` is with less without, paired by rows.
    """

    columns: tuple[str, ...]
    excluded: bool
    metric: Literal["accuracy", "r2"]
    including: Reached
    without: Reached
    difference: float
    low: float
    high: float
    n: int
    level: float = 0.95
    method: str
