"""One column's cells: which are missing, what kind the others are, and their clean values."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.data.spellings import (
    EXACT_DIGITS,
    MOSTLY,
    Spellings,
    codelike,
    missing_note,
    naive,
    parse_dates,
    parse_numbers,
    prose,
    spellings,
    stray_note,
)
from reportgen.errors import DataError
from reportgen.records.base import Code, Kind

MISSING_NUMBER = frozenset({"-", "--", ".", "..", "None", "none"})
"""Spellings that mean "missing" only where the column's other cells are numbers."""

BOOLEANS = (frozenset({"True", "False"}), frozenset({"true", "false"}), frozenset({"TRUE", "FALSE"}))
"""Only one spelling a column makes booleans; yes and no stay categories, so that their variants show."""

LARGEST = 1e100
"""No measurement is larger; what is overflows as soon as it is squared, and counts as an infinity."""

UNPLAIN = rf"^0\d+$|\d{{{EXACT_DIGITS + 1}}}|[A-Za-z]{{2}}|\s"
"""Cells that need a closer look before they count as numbers: codes, long numbers, words (nan, inf), blanks."""

Objects = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """A column with clean values, and what had to be decided to get them."""

    kind: Kind
    values: pd.Series
    notes: tuple[Code, ...] = ()


def understand(raw: pd.Series) -> Cells:
    """Tell the kind of a column from its cells."""
    easy = typed(raw) or _plain_numbers(raw)
    if easy is not None:
        return easy
    cells = spellings(raw)
    for attempt in (_booleans, _numbers, _dates):
        found = attempt(cells, raw)
        if found is not None:
            return found
    return _categories(cells, raw)


def understand_as(raw: pd.Series, kind: Kind, pattern: str | None = None) -> Cells:
    """Read a column as the kind (and the way of writing dates) of another file's; what does not fit becomes missing."""
    if kind in {"text", "categorical"}:
        return replace(_categories(spellings(raw), raw), kind=kind)
    found = understand(raw) if pattern is None else typed(raw)
    if found is not None and found.kind == kind:
        return found
    if pattern is not None:
        return Cells(kind, naive(pd.to_datetime(as_labels(raw), format=pattern, errors="coerce", utc=True)))
    return Cells(kind, forced(raw, kind), (Code(code="kind_forced", facts={"column": str(raw.name), "kind": kind}),))


def as_labels(raw: pd.Series) -> pd.Series:
    """Trimmed strings, numbers in their shortest spelling, None where missing: the labels of classes."""
    cells = spellings(raw)
    labels = np.array([None if gone else text for text, gone in zip(cells.trimmed, cells.missing, strict=True)], object)
    return pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)


def first_infinity(values: pd.Series) -> int | None:
    """The row of the first number that is infinite, or as good as that."""
    endless = np.abs(values.to_numpy(dtype=np.float64)) > LARGEST
    return int(values.index[int(endless.argmax())]) if endless.any() else None


def refuse_infinity(values: pd.Series, column: str) -> None:
    """Raise DataError where one of the numbers is infinite, or as good as that."""
    row = first_infinity(values)
    if row is not None:
        raise DataError(
            f"the column {column[:60]!r} holds an infinity in row {row} (0 is the first below the header); "
            "put a number there, or leave the cell empty"
        )


def strays(raw: pd.Series) -> bool:
    """Text stands among the numbers of a column that is mostly numeric."""
    return any(note.code == "text_among_numbers" for note in understand(raw).notes)


def typed(raw: pd.Series) -> Cells | None:
    """Columns that come with a type of their own: booleans, numbers, moments; None for text."""
    if pd.api.types.is_bool_dtype(raw.dtype) and raw.dtype != object:
        plain = raw.astype(object)
        return Cells("boolean", plain.where(raw.notna(), None))
    if pd.api.types.is_complex_dtype(raw.dtype):
        return Cells("numeric", pd.Series(np.real(raw.to_numpy()), index=raw.index, name=raw.name))
    if pd.api.types.is_numeric_dtype(raw.dtype):
        values = raw.to_numpy(dtype=np.float64, na_value=np.nan)
        return Cells("numeric", pd.Series(values, index=raw.index, name=raw.name))
    if pd.api.types.is_timedelta64_dtype(raw.dtype):
        return Cells("numeric", raw.dt.total_seconds().astype(np.float64))
    if pd.api.types.is_datetime64_any_dtype(raw.dtype):
        return Cells("datetime", naive(raw))
    return None


def _plain_numbers(raw: pd.Series) -> Cells | None:
    """A column of nothing but numbers and empty cells, read at once; None where there is anything to decide."""
    if raw.dtype != "str":
        return None
    texts = pa.array(raw)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    if texts.null_count == len(texts) or pc.any(pc.match_substring_regex(texts, UNPLAIN)).as_py():
        return None
    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    values = numbers.to_numpy(zero_copy_only=False)
    return Cells("numeric", pd.Series(np.array(values, dtype=np.float64), index=raw.index, name=raw.name))


def _booleans(cells: Spellings, raw: pd.Series) -> Cells | None:
    present = frozenset(cells.trimmed[~cells.missing])
    if present not in BOOLEANS:
        return None
    values = np.array(
        [None if m else t.lower() == "true" for t, m in zip(cells.trimmed, cells.missing, strict=True)], object
    )
    spread = pd.Series(cells.spread(values, None), index=raw.index, name=raw.name, dtype=object)
    return Cells("boolean", spread, missing_note(cells, str(raw.name), cells.missing))


def _numbers(cells: Spellings, raw: pd.Series) -> Cells | None:
    blank = cells.missing | np.array([text in MISSING_NUMBER for text in cells.trimmed], dtype=bool)
    known = Spellings(cells.raw, cells.trimmed, cells.counts, cells.codes, blank)
    numbers, notes = parse_numbers(known, str(raw.name))
    if known.share(~np.isnan(numbers)) < MOSTLY or codelike(known.trimmed[~blank]):
        return None
    notes += missing_note(known, str(raw.name), blank)
    strange = np.isnan(numbers) & ~blank
    values = pd.Series(known.spread(numbers, np.nan), index=raw.index, name=raw.name)
    return Cells("numeric", values, notes + stray_note("text_among_numbers", known, strange, str(raw.name)))


def _dates(cells: Spellings, raw: pd.Series) -> Cells | None:
    texts = cells.trimmed[~cells.missing]
    if not len(texts) or sum(any(c.isdigit() for c in t) and 6 <= len(t) <= 40 for t in texts) < MOSTLY * len(texts):
        return None
    parsed, pattern = parse_dates(cells)
    known = ~np.isnat(parsed)
    if cells.share(known) < MOSTLY:
        return None
    notes = (
        Code(code="dates", facts={"column": str(raw.name), "format": pattern}),
        *missing_note(cells, str(raw.name), cells.missing),
        *stray_note("text_among_dates", cells, ~known & ~cells.missing, str(raw.name)),
    )
    values = pd.Series(cells.spread(parsed, np.datetime64("NaT")), index=raw.index, name=raw.name)
    return Cells("datetime", values, notes)


def _categories(cells: Spellings, raw: pd.Series) -> Cells:
    labels = np.array([None if m else t for t, m in zip(cells.raw, cells.missing, strict=True)], dtype=object)
    values = pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)
    kind: Kind = "text" if prose(cells) else "categorical"
    return Cells(kind, values, missing_note(cells, str(raw.name), cells.missing))


def forced(raw: pd.Series, kind: Kind) -> pd.Series:
    """The cells read as a kind that they may not have, each for itself; what does not fit is missing."""
    texts = as_labels(raw)
    if kind == "numeric":
        return pd.to_numeric(texts, errors="coerce").astype(np.float64)
    if kind == "datetime":
        return naive(pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True))
    truths = {"true": True, "false": False, "1": True, "0": False}
    return texts.map(lambda text: truths.get(text.lower()), na_action="ignore").astype(object)
