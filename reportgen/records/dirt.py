"""Cells that are not what they seem: codes for "missing", several spellings of one category, values far off."""

from typing import Literal

from reportgen.records.base import Record


class Sentinel(Record):
    """One value that stands for "missing": `value` as it is written, its `rows` in the file, and how it was told.

    `how` is edge (a sign or a zero that nothing else has), gap (far beyond all else) or word. `nearest` is the value
    next to it, `p_value` the chance of standing so under an honest tail, corrected for all columns; None for words.
    `state` says what became of it: missing, kept (asked for), level (a category of its own), or read (as missing).
    """

    column: str
    value: str
    how: Literal["edge", "gap", "word"]
    state: Literal["missing", "kept", "level", "read"]
    rows: tuple[int, ...]
    n: int
    nearest: float | None = None
    p_value: float | None = None


class Variants(Record):
    """The spellings of one category, the commonest first, with their `counts`; `rows` hold one of the others.

    `state` is merged (into the commonest), kept (asked for), or unclear (too short to tell letters from symbols).
    """

    column: str
    spellings: tuple[str, ...]
    counts: tuple[int, ...]
    state: Literal["merged", "kept", "unclear"]
    rows: tuple[int, ...]
    n: int


class Outliers(Record):
    """Values orders of magnitude off the rest of their column: beyond `edge`, the rest's value next to them.

    `ratio` is how many times farther from zero (or, for `side` low, nearer to it) they typically lie than `edge`;
    `factor` is the power of ten that would bring them all back among the rest, None where none does. `share` is the
    part of the column's sum of squares (about its median) that they make.
    """

    column: str
    side: Literal["high", "low"]
    rows: tuple[int, ...]
    least: float
    most: float
    edge: float
    ratio: float
    factor: float | None = None
    share: float
    p_value: float
    n: int


class Dirt(Record):
    """All that was found in single columns, column by column in file order; `columns` counts the numeric ones."""

    sentinels: tuple[Sentinel, ...] = ()
    variants: tuple[Variants, ...] = ()
    outliers: tuple[Outliers, ...] = ()
    columns: int = 0
