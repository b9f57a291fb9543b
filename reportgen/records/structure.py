"""Groups of rows and an order in time: what was looked at, and what a random split would have made of it."""

from typing import Literal

from reportgen.records.base import Record
from reportgen.records.network import Metric

StructureKind = Literal["group", "time"]


class Reached(Record):
    """A score with both ends of its interval."""

    value: float
    low: float
    high: float


class Candidate(Record):
    """Columns that may say which rows belong together, or which came before which, and whether that matters.

    A quick learner answers the same `rows` twice: with rows dealt at random (`random`), and with what belongs together
    dealt together (`apart`: whole groups, or blocks of time); both are scores of `metric`. `drop` is by how much more
    of the target's spread (R2, or its like for classes, Brier's skill score) is told at random, and its p-value is
    adjusted for all candidates of a kind. `clusters` counts groups, or stretches of time; `share` is the share of the
    table's rows that `rows` speak for. `known` says that the learner was given the columns themselves, too. `common` is
    the share of given test rows whose group the data file holds, or that come no later than its last row; None without
    a file of test rows. `stable` marks a category with more rows of each value than values: the same values may well be
    all that there will ever be, and the split does not keep to it.
    """

    kind: StructureKind
    columns: tuple[str, ...]
    origin: Literal["found", "given"] = "found"
    clusters: int
    rows: int
    share: float
    metric: str
    random: Reached
    apart: Reached
    drop: Reached
    p_value: float
    known: bool = False
    stable: bool = False
    flatters: bool
    common: float | None = None
    method: str


class Structure(Record):
    """All candidates, and what followed: `respected` are the columns that the split keeps together or in order.

    `set_aside` are columns that tell the target alone, which the quick learner was not shown, since a leak hides what
    a split does. `random_split` is what a network made in the same way scores where rows are parted at random; where
    there is none, `why_no_random_split` says why. `why_not_respected` says why the split stays as it was although a
    candidate flatters.
    """

    candidates: tuple[Candidate, ...] = ()
    set_aside: tuple[str, ...] = ()
    respected: tuple[str, ...] = ()
    kind: StructureKind | None = None
    origin: Literal["found", "given"] | None = None
    why_not_respected: Literal["test_rows_given", "split_impossible"] | None = None
    groups_sought: bool = True
    times_sought: bool = True
    random_split: Metric | None = None
    why_no_random_split: str | None = None
