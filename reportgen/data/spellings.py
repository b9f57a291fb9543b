"""The distinct spellings of a column, and the numbers and dates that they stand for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.numerals import EXACT_DIGITS
from reportgen.records.base import Code, Facts

MISSING = frozenset({"", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "<NA>", "NaT", "?"})
"""Spellings of "missing"; "none" and "None" are not among them: they are often answers ("no guarantor")."""

MOSTLY = 0.9
"""A column is numeric (or dates) if nine of ten present cells are: one in ten may be a slip, more is a second kind."""

Objects = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spellings:
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


def spellings(raw: pd.Series, also: frozenset[str] = frozenset()) -> Spellings:
    """Find the distinct spellings of a column, so that each is judged once; `also` are more spellings of "missing"."""
    known = raw if raw.dtype == "str" else raw.astype(object).map(spelled, na_action="ignore")
    codes, uniques = pd.factorize(known)
    written = np.array(uniques, dtype=object)
    trimmed = np.array([text.strip() for text in written], dtype=object)
    counts = np.bincount(codes[codes >= 0], minlength=len(written)).astype(np.int64)
    missing = np.array([text in MISSING or text in also for text in trimmed], dtype=bool)
    return Spellings(written, trimmed, counts, codes, missing)


def number_label(value: float) -> str:
    """A number as the label of a class: 3 rather than 3.0."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def spelled(value: Any) -> str:  # noqa: ANN401
    """How a cell that is no string is written: 3.0 as 3, so that a column of mixed objects is one of strings."""
    return number_label(value) if isinstance(value, float) and np.isfinite(value) else str(value)


def missing_note(cells: Spellings, column: str, missing: npt.NDArray[np.bool_]) -> tuple[Code, ...]:
    """Say which spellings other than the empty cell were taken as missing."""
    hits = [i for i in np.flatnonzero(missing) if cells.raw[i] != ""]
    if not hits:
        return ()
    spellings = tuple(sorted({str(cells.trimmed[i]) or "blank" for i in hits}))
    count = int(sum(cells.counts[i] for i in hits))
    return (Code(code="missing_codes", facts={"column": column, "spellings": spellings, "count": count}),)


def stray_note(code: str, cells: Spellings, strange: npt.NDArray[np.bool_], column: str) -> tuple[Code, ...]:
    """Say which cells did not fit the column's kind and became missing, with all their rows."""
    if not strange.any():
        return ()
    rows = np.flatnonzero(np.append(strange, False)[cells.codes])
    examples = tuple(str(t)[:40] for t in cells.trimmed[strange][:5])
    facts: Facts = {"column": column, "count": len(rows), "examples": examples, "rows": tuple(int(r) for r in rows)}
    return (Code(code=code, facts=facts),)


def codelike(texts: Objects) -> bool:
    """Digits that are a code and not a number: a leading zero, or more digits than a float keeps."""
    return any(t.isdigit() and ((t[0] == "0" and len(t) > 1) or len(t) > EXACT_DIGITS) for t in texts)


def naive(moments: pd.Series) -> pd.Series:
    """Moments in UTC without a zone, to the microsecond."""
    zoned = getattr(moments.dtype, "tz", None) is not None
    plain = moments.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else moments
    return plain.astype("datetime64[us]")


def prose(cells: Spellings) -> bool:
    """Sentences rather than labels: mostly different from each other, and six words or twenty ideographs long."""
    present = cells.trimmed[~cells.missing]
    if len(present) < 0.5 * cells.counts[~cells.missing].sum() or not len(present):
        return False
    words = np.mean([t.count(" ") + 1 for t in present])
    ideographs = np.mean([sum("\u3400" <= c <= "\u9fff" for c in t) for t in present])
    return bool(words >= 6 or ideographs >= 20)
