"""How far test rows lie from training rows, column by column, and whether empty cells tell the target."""

from typing import Literal

from reportgen.records.base import Record


class FeatureDrift(Record):
    """How far one feature moved between training and test, as the share of the rows that would have to move.

    `distance` is 0 for equal distributions and 1 for ones that do not overlap; None where either part has too few
    values. `before` and `after` describe training and test rows: the median of numbers, of dates its day, or the share
    of the category `label`, whose share moved most. `missing_*` are the shares of missing values and the interval of
    their difference, test less training. `p_value` is Holm-adjusted over all columns, the lesser of both tests doubled.
    `earlier` and `earlier_missing` say how far it moved, at most, in stretches of time before the test rows came, of
    their length: distance, and change of the share of missing values; None where rows are in no order of time.
    """

    feature: str
    kind: Literal["numbers", "dates", "levels"]
    distance: float | None
    low: float | None
    high: float | None
    label: str | None = None
    before: float | str | None
    after: float | str | None
    missing_before: float
    missing_after: float
    missing_low: float
    missing_high: float
    p_value: float
    n_before: int
    n_after: int
    earlier: float | None = None
    earlier_missing: float | None = None


class UnseenLevels(Record):
    """Test rows of one feature whose category no training row has; `rows` are all of them, as the test rows count.

    `expected` is the share that parts drawn at random from all these rows would leave unseen: rare categories always
    leave some. `n` counts the test rows that have a value; `levels` names the categories, the commonest first.
    """

    feature: str
    count: int
    n: int
    share: float
    low: float
    high: float
    expected: float
    p_value: float
    levels: tuple[str, ...]
    rows: tuple[int, ...]
    level: float = 0.95
    method: str


class Drift(Record):
    """Training rows held against test rows, the farthest feature first; `bound` is the distance that matters."""

    features: tuple[FeatureDrift, ...]
    unseen: tuple[UnseenLevels, ...] = ()
    bound: float
    train: int
    test: int
    level: float = 0.95
    method: str


class Missingness(Record):
    """What it tells of the target that a value of this column is missing.

    `value` is the correlation of being missing with the target: phi of two classes, with the class scores that tell
    most (of other rows) for more, Spearman's for a number. `inside` and `outside` are shares of class `label` among
    rows with and without a gap, or means of a number; the interval of their difference is `gap_low` to `gap_high`.
    `same_as` is a column before it with the same gaps.
    `partial` is the same correlation once the other columns have been taken into account, None where it was not asked.
    P-values are Holm-adjusted over the columns looked at.
    """

    feature: str
    missing: int
    n: int
    value: float
    low: float
    high: float
    p_value: float
    label: str | None
    inside: float
    outside: float
    gap_low: float
    gap_high: float
    same_as: str | None = None
    partial: float | None = None
    partial_low: float | None = None
    partial_high: float | None = None
    partial_p_value: float | None = None
    partial_n: int | None = None
    level: float = 0.95
    method: str

    @property
    def lead(self) -> bool:
        """Whether no column before it has the same gaps."""
        return self.same_as is None
