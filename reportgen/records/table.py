"""The table as it was read: where it came from, its columns, its task and its parts."""

from collections.abc import Mapping
from typing import Literal

from reportgen.records.base import Code, Kind, PartName, Record, Role, TaskKind
from reportgen.records.dirt import Dirt


class Level(Record):
    """One value of a column (or one bin of a numeric one) and how many rows hold it."""

    label: str
    count: int


class NumberSummary(Record):
    """Where the numbers of a column lie, over its present values; dates are counted in days since 1970."""

    mean: float
    standard_deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float


class Column(Record):
    """One column: what it holds, what it is used for and why, and what preprocessing did to it.

    `missing` and `distinct` count over the rows used (a target of a class that is kept); the target's over all rows.
    `why` says why the role is not simply "feature": asked, default_target, constant, all_missing, key, text_left_out,
    text_idle, text (in reports of earlier versions), nested, bytes, complex, no_learnable_values; None for a plain
    feature. `treatment` lists the steps of preprocessing in their order.
    `commonest` counts the rows used that hold the commonest value, and `repeat` is the chance that two present values,
    drawn with replacement, are equal; None in reports of earlier versions. `levels` count training rows.
    `unit` is what its numbers are in, `readable` the share of the cells with something in them that could be read as
    the kind (the others count as missing), `order` the categories from the least to the greatest.
    """

    name: str
    kind: Kind
    role: Role
    missing: int
    distinct: int
    why: str | None = None
    treatment: tuple[Code, ...] = ()
    numbers: NumberSummary | None = None
    levels: tuple[Level, ...] = ()
    other_levels: int = 0
    commonest: int | None = None
    repeat: float | None = None
    unit: str | None = None
    readable: float | None = None
    order: tuple[str, ...] = ()


class Reading(Record):
    """How the file was understood: its format, and for text files encoding and delimiter.

    `notes` are codes of what the reader decided by itself (missing_codes, thousands, dates ...).
    """

    format: str
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[Code, ...] = ()


class DatasetRecord(Record):
    """One table: `rows` are the rows of the file, `rows_used` those that were read and have a usable target.

    `rows_drawn` are those read at random of a table too large to read whole; None where all were.
    """

    name: str
    source: str
    test_source: str | None = None
    rows: int
    rows_used: int
    rows_drawn: int | None = None
    sha256: str
    test_sha256: str | None = None
    reading: Reading
    columns: tuple[Column, ...]

    @property
    def rows_read(self) -> int:
        """The rows that were looked at."""
        return self.rows if self.rows_drawn is None else self.rows_drawn


class Task(Record):
    """What is predicted: `classes` in the order of the network's outputs, () for regression.

    `positive` is the class whose probability a binary task is about. `ordered` says that the classes are numbers,
    so that a difference between them means something. `target_default` says that the last column was taken.
    """

    kind: TaskKind
    target: str
    classes: tuple[str, ...] = ()
    positive: str | None = None
    ordered: bool = False
    target_default: bool = False
    kind_default: bool = True


class PartRecord(Record):
    """One part of the split: its rows, its class counts (classification) or its target's summary (regression)."""

    name: PartName
    rows: int
    counts: tuple[int, ...] = ()
    numbers: NumberSummary | None = None


class SplitRecord(Record):
    """How rows were parted before anything was fitted; train, validation and test count rows.

    `test_digest` is the SHA-256 of the numbers of the test rows: by it two reports tell that they judged the same ones.
    """

    strategy: Literal["random", "stratified", "group", "time", "given"]
    train: int
    validation: int
    test: int
    by: str | None = None
    seed: int = 0
    test_digest: str | None = None
    parts: tuple[PartRecord, ...] = ()
    notes: tuple[Code, ...] = ()


class Profile(Record):
    """What the table's rows say about themselves: row numbers are those of the data file, 0 below the header.

    `duplicate_rows` are all but the first of each set of equal rows; `conflicting_rows` have equal features and
    different targets, and `contradictions` of these are told wrongly by any model (all but the commonest class of
    each set; None in reports of earlier versions); `overlap_rows` are test rows that stand in training or validation
    too; `renamed` are keys of which copies have their own, so that rows were compared without them; `dirt` is what was
    found in single columns.
    """

    duplicate_rows: tuple[int, ...] = ()
    conflicting_rows: tuple[int, ...] = ()
    contradictions: int | None = None
    missing_target_rows: tuple[int, ...] = ()
    left_out_rows: tuple[int, ...] = ()
    left_out_classes: tuple[Level, ...] = ()
    overlap_rows: tuple[int, ...] = ()
    renamed: tuple[str, ...] = ()
    dirt: Dirt = Dirt()


class Encoded(Record):
    """One encoded column: the original it comes from, and the way back to that column's own units.

    number: original = centre + scale * encoded. level: encoded is 1 where original == level. missing: 1 where missing.
    code: a category as a number, `codes[level]`, and 0 for a level that is not among them or a missing one; centre +
    scale * encoded is what that number stands for. text: one of the numbers that stand for a text, read as a number.
    `part` names the part of a date (year, month, weekday, hour ...) that a number stands for, or what a code or the
    number of a text is.
    """

    name: str
    feature: str
    kind: Literal["number", "level", "missing", "code", "text"]
    centre: float = 0.0
    scale: float = 1.0
    level: str | None = None
    part: str | None = None
    codes: Mapping[str, float] = {}
