"""One column's cells: which are missing, what kind the others are, and their clean values."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.records.base import Code, Facts, Kind

MISSING = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "<NA>", "NaT", "?"})
"""Spellings of "missing"; "none" and "None" are not among them: they are often answers ("no guarantor")."""

MISSING_NUMBER = frozenset({"-", "--", ".", "..", "None", "none"})
"""Spellings that mean "missing" only where the column's other cells are numbers."""

MOSTLY = 0.9
"""A column is numeric (or dates) if nine of ten present cells are: one in ten may be a slip, more is a second kind."""

BOOLEANS = (frozenset({"True", "False"}), frozenset({"true", "false"}), frozenset({"TRUE", "FALSE"}))
"""Only one spelling a column makes booleans; yes and no stay categories, so that their variants show."""

LARGEST = 1e100
"""No measurement is larger; what is overflows as soon as it is squared, and counts as an infinity."""

EXACT_DIGITS = 15
"""Integers longer than this are not exact as floats: they are numbers in name only."""

DATE_FORMATS: tuple[str, ...] = (
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y年%m月%d日",
)
TIME_FORMATS = ("", " %H:%M", " %H:%M:%S")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")

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


@dataclass(frozen=True)
class _Distinct:
    """The distinct spellings of a text column, trimmed, with how often each stands and where."""

    raw: Objects
    trimmed: Objects
    counts: npt.NDArray[np.int64]
    codes: npt.NDArray[np.intp]
    missing: npt.NDArray[np.bool_]

    def spread(self, values: npt.NDArray[Any], absent: Any) -> npt.NDArray[Any]:  # noqa: ANN401
        """Values of the distinct spellings, back at their rows; cells that held nothing get `absent`."""
        return np.append(values, np.array([absent], dtype=values.dtype))[self.codes]

    def share(self, hits: npt.NDArray[np.bool_]) -> float:
        """The share of present cells that the hits stand for."""
        present = int(self.counts[~self.missing].sum())
        return float(self.counts[hits & ~self.missing].sum() / present) if present else 0.0


def understand(raw: pd.Series) -> Cells:
    """Tell the kind of a column from its cells."""
    easy = _typed(raw) or _plain_numbers(raw)
    if easy is not None:
        return easy
    cells = _distinct(raw)
    for attempt in (_booleans, _numbers, _dates):
        found = attempt(cells, raw)
        if found is not None:
            return found
    return _categories(cells, raw)


def understand_as(raw: pd.Series, kind: Kind, pattern: str | None = None) -> Cells:
    """Read a column as the kind (and the way of writing dates) of another file's; what does not fit becomes missing."""
    if kind in {"text", "categorical"}:
        return replace(_categories(_distinct(raw), raw), kind=kind)
    found = understand(raw) if pattern is None else _typed(raw)
    if found is not None and found.kind == kind:
        return found
    if pattern is not None:
        return Cells(kind, _naive(pd.to_datetime(as_labels(raw), format=pattern, errors="coerce", utc=True)))
    return Cells(kind, _forced(raw, kind), (Code(code="kind_forced", facts={"column": str(raw.name), "kind": kind}),))


def as_labels(raw: pd.Series) -> pd.Series:
    """Trimmed strings, numbers in their shortest spelling, None where missing: the labels of classes."""
    cells = _distinct(raw)
    labels = np.array([None if gone else text for text, gone in zip(cells.trimmed, cells.missing, strict=True)], object)
    return pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)


def number_label(value: float) -> str:
    """A number as the label of a class: 3 rather than 3.0."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def first_infinity(values: pd.Series) -> int | None:
    """The row of the first number that is infinite, or as good as that."""
    endless = np.abs(values.to_numpy(dtype=np.float64)) > LARGEST
    return int(values.index[int(endless.argmax())]) if endless.any() else None


def strays(raw: pd.Series) -> bool:
    """Text stands among the numbers of a column that is mostly numeric."""
    return any(note.code == "text_among_numbers" for note in understand(raw).notes)


def _typed(raw: pd.Series) -> Cells | None:
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
        return Cells("datetime", _naive(raw))
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


def _naive(moments: pd.Series) -> pd.Series:
    """Moments in UTC without a zone, to the microsecond."""
    zoned = getattr(moments.dtype, "tz", None) is not None
    plain = moments.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else moments
    return plain.astype("datetime64[us]")


def _distinct(raw: pd.Series) -> _Distinct:
    known = raw if raw.dtype == "str" else raw.map(_spelling, na_action="ignore")
    codes, uniques = pd.factorize(known)
    spellings = np.array(uniques, dtype=object)
    trimmed = np.array([text.strip() for text in spellings], dtype=object)
    counts = np.bincount(codes[codes >= 0], minlength=len(spellings)).astype(np.int64)
    missing = np.array([text in MISSING for text in trimmed], dtype=bool)
    return _Distinct(spellings, trimmed, counts, codes, missing)


def _spelling(value: Any) -> str:  # noqa: ANN401
    """How a cell that is no string is written: 3.0 as 3, so that a column of mixed objects is one of strings."""
    return number_label(value) if isinstance(value, float) and np.isfinite(value) else str(value)


def _missing_note(cells: _Distinct, column: str, missing: npt.NDArray[np.bool_]) -> tuple[Code, ...]:
    """Say which spellings other than the empty cell were taken as missing."""
    hits = [i for i in np.flatnonzero(missing) if cells.raw[i] != ""]
    if not hits:
        return ()
    spellings = tuple(sorted({str(cells.trimmed[i]) or "blank" for i in hits}))
    count = int(sum(cells.counts[i] for i in hits))
    return (Code(code="missing_codes", facts={"column": column, "spellings": spellings, "count": count}),)


def _booleans(cells: _Distinct, raw: pd.Series) -> Cells | None:
    present = frozenset(cells.trimmed[~cells.missing])
    if present not in BOOLEANS:
        return None
    values = np.array(
        [None if m else t.lower() == "true" for t, m in zip(cells.trimmed, cells.missing, strict=True)], object
    )
    spread = pd.Series(cells.spread(values, None), index=raw.index, name=raw.name, dtype=object)
    return Cells("boolean", spread, _missing_note(cells, str(raw.name), cells.missing))


def _numbers(cells: _Distinct, raw: pd.Series) -> Cells | None:
    blank = cells.missing | np.array([text in MISSING_NUMBER for text in cells.trimmed], dtype=bool)
    known = _Distinct(cells.raw, cells.trimmed, cells.counts, cells.codes, blank)
    numbers, notes = _parse_numbers(known, str(raw.name))
    if known.share(~np.isnan(numbers)) < MOSTLY or _codelike(known.trimmed[~blank]):
        return None
    notes += _missing_note(known, str(raw.name), blank)
    strange = np.isnan(numbers) & ~blank
    values = pd.Series(known.spread(numbers, np.nan), index=raw.index, name=raw.name)
    return Cells("numeric", values, notes + _stray_note("text_among_numbers", known, strange, str(raw.name)))


def _parse_numbers(cells: _Distinct, column: str) -> tuple[Floats, tuple[Code, ...]]:
    """Numbers of the spellings, NaN where they are none; separators of thousands and decimal commas are seen."""
    numbers = np.asarray(pd.to_numeric(cells.trimmed, errors="coerce"), dtype=np.float64)
    numbers[cells.missing] = np.nan
    rest = np.flatnonzero(np.isnan(numbers) & ~cells.missing)
    if not len(rest) or not any("," in cells.trimmed[i] for i in rest):
        return numbers, ()
    for code, pattern, clean in _SEPARATORS:
        if all(pattern.fullmatch(cells.trimmed[i]) for i in rest):
            numbers[rest] = [float(clean(cells.trimmed[i])) for i in rest]
            return numbers, (Code(code=code, facts={"column": column, "count": int(cells.counts[rest].sum())}),)
    return numbers, ()


_SEPARATORS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("thousands", THOUSANDS, lambda text: text.replace(",", "")),
    ("decimal_comma", DECIMAL_COMMA, lambda text: text.replace(".", "").replace(",", ".")),
)


def _codelike(texts: Objects) -> bool:
    """Digits that are a code and not a number: a leading zero, or more digits than a float keeps."""
    return any(t.isdigit() and ((t[0] == "0" and len(t) > 1) or len(t) > EXACT_DIGITS) for t in texts)


def _stray_note(code: str, cells: _Distinct, strange: npt.NDArray[np.bool_], column: str) -> tuple[Code, ...]:
    """Say which cells did not fit the column's kind and became missing, with all their rows."""
    if not strange.any():
        return ()
    rows = np.flatnonzero(np.append(strange, False)[cells.codes])
    examples = tuple(str(t)[:40] for t in cells.trimmed[strange][:5])
    facts: Facts = {"column": column, "count": len(rows), "examples": examples, "rows": tuple(int(r) for r in rows)}
    return (Code(code=code, facts=facts),)


def _dates(cells: _Distinct, raw: pd.Series) -> Cells | None:
    texts = cells.trimmed[~cells.missing]
    if not len(texts) or sum(any(c.isdigit() for c in t) and 6 <= len(t) <= 40 for t in texts) < MOSTLY * len(texts):
        return None
    parsed, pattern = _parse_dates(cells)
    known = ~np.isnat(parsed)
    if cells.share(known) < MOSTLY:
        return None
    notes = (
        Code(code="dates", facts={"column": str(raw.name), "format": pattern}),
        *_missing_note(cells, str(raw.name), cells.missing),
        *_stray_note("text_among_dates", cells, ~known & ~cells.missing, str(raw.name)),
    )
    values = pd.Series(cells.spread(parsed, np.datetime64("NaT")), index=raw.index, name=raw.name)
    return Cells("datetime", values, notes)


def _parse_dates(cells: _Distinct) -> tuple[npt.NDArray[np.datetime64], str]:
    """The first way of writing dates that most cells follow; a month comes before a day where both are possible."""
    texts = pd.Series(cells.trimmed).mask(cells.missing)
    nothing = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    for pattern in ("ISO8601", *(date + time for date in DATE_FORMATS for time in TIME_FORMATS)):
        head = texts.dropna().iloc[:50]
        if pd.to_datetime(head, format=pattern, errors="coerce", utc=True).notna().mean() < MOSTLY / 2:
            continue
        parsed = _naive(pd.to_datetime(texts, format=pattern, errors="coerce", utc=True)).to_numpy()
        if cells.share(~np.isnat(parsed)) >= MOSTLY:
            return parsed, pattern
    return nothing, ""


def _categories(cells: _Distinct, raw: pd.Series) -> Cells:
    labels = np.array([None if m else t for t, m in zip(cells.raw, cells.missing, strict=True)], dtype=object)
    values = pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)
    kind: Kind = "text" if _prose(cells) else "categorical"
    return Cells(kind, values, _missing_note(cells, str(raw.name), cells.missing))


def _prose(cells: _Distinct) -> bool:
    """Sentences rather than labels: mostly different from each other, and six words or twenty ideographs long."""
    present = cells.trimmed[~cells.missing]
    if len(present) < 0.5 * cells.counts[~cells.missing].sum() or not len(present):
        return False
    words = np.mean([t.count(" ") + 1 for t in present])
    ideographs = np.mean([sum("\u3400" <= c <= "\u9fff" for c in t) for t in present])
    return bool(words >= 6 or ideographs >= 20)


def _forced(raw: pd.Series, kind: Kind) -> pd.Series:
    texts = as_labels(raw)
    if kind == "numeric":
        return pd.to_numeric(texts, errors="coerce").astype(np.float64)
    if kind == "datetime":
        return _naive(pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True))
    truths = {"true": True, "false": False, "1": True, "0": False}
    return texts.map(lambda text: truths.get(text.lower()), na_action="ignore").astype(object)
