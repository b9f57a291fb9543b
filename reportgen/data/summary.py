"""What a column's values look like: the numbers' middle and spread, the commonest levels, a histogram."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.records.base import Kind
from reportgen.records.table import Level, NumberSummary

TOP_LEVELS = 10
MOST_BINS = 12
FEW_NUMBERS = 12

Floats = npt.NDArray[np.float64]


def number_summary(values: Floats) -> NumberSummary | None:
    """Where the present numbers lie; None where there are none."""
    present = values[np.isfinite(values)]
    if not len(present):
        return None
    lower, median, upper = np.quantile(present, [0.25, 0.5, 0.75])
    return NumberSummary(
        mean=float(present.mean()),
        standard_deviation=_deviation(present),
        minimum=float(present.min()),
        lower_quartile=float(lower),
        median=float(median),
        upper_quartile=float(upper),
        maximum=float(present.max()),
    )


def _deviation(present: Floats) -> float:
    """The sample standard deviation, 0 for one value, without overflow for huge ones."""
    largest = float(np.abs(present).max())
    return float((present / largest).std(ddof=1) * largest) if len(present) > 1 and largest else 0.0


def levels_of(values: pd.Series, kind: Kind) -> tuple[tuple[Level, ...], int]:
    """The commonest values (or the bins of a histogram) with their rows, and how many other values there are."""
    present = values.dropna()
    if present.empty:
        return (), 0
    if kind == "numeric":
        return _number_levels(present.to_numpy(dtype=np.float64)), 0
    if kind == "datetime":
        return _histogram(days(present), _day), 0
    labels = labelled(present)
    counts = labels.value_counts().reset_index()
    counts.columns = pd.Index(["label", "count"])
    top = counts.sort_values(["count", "label"], ascending=[False, True]).head(TOP_LEVELS)
    found = tuple(Level(label=str(label), count=int(count)) for label, count in top.itertuples(index=False))
    return found, max(0, len(counts) - TOP_LEVELS)


def labelled(values: pd.Series) -> pd.Series:
    """Each value's label, a missing one as it is; a column of texts, which are their own labels, is returned itself."""
    texts = pd.api.types.infer_dtype(values, skipna=True) == "string"
    return values if texts else values.map(level_label, na_action="ignore")


def level_label(value: object) -> str:
    """A category's own text; truths in small letters."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def days(moments: pd.Series) -> Floats:
    """Days since 1970, NaN where the moment is missing."""
    stamps = moments.to_numpy(dtype="datetime64[us]")
    numbers = stamps.astype(np.int64) / 86_400_000_000
    return np.where(np.isnat(stamps), np.nan, numbers)


def _day(number: float) -> str:
    return str(np.datetime64(int(np.floor(number)), "D"))


def _number_levels(numbers: Floats) -> tuple[Level, ...]:
    """Each value by itself where there are few, else a histogram."""
    values, counts = np.unique(numbers, return_counts=True)
    if len(values) <= FEW_NUMBERS and bool((values % 1 == 0).all()):
        return tuple(Level(label=f"{v:.15g}", count=int(c)) for v, c in zip(values, counts, strict=True))
    return _histogram(numbers, None)


def _histogram(numbers: Floats, write: Callable[[float], str] | None) -> tuple[Level, ...]:
    """Up to twelve bins of equal width from the least to the greatest value (Sturges' rule, 1926)."""
    bins = int(min(MOST_BINS, np.ceil(np.log2(len(numbers))) + 1))
    low, high = float(numbers.min()), float(numbers.max())
    if low == high or not np.isfinite((high - low) / bins):
        return (Level(label=write(low) if write else f"{low:.6g}", count=len(numbers)),)
    edges = low + (high - low) * np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    texts = [write(edge) for edge in edges] if write else _edge_texts(edges)
    return tuple(Level(label=f"{texts[i]} – {texts[i + 1]}", count=int(counts[i])) for i in range(bins))


def _edge_texts(edges: Floats) -> list[str]:
    """Edges with as few digits as place them within a twentieth of a bin."""
    width = float(edges[1] - edges[0])
    for digits in range(1, 17):
        texts = [f"{edge:.{digits}g}" for edge in edges]
        if all(abs(float(text) - edge) <= 0.05 * width for text, edge in zip(texts, edges, strict=True)):
            return [_plain(text) for text in texts]
    return [repr(float(edge)) for edge in edges]


def _plain(text: str) -> str:
    """1.2e+04 as 12000; very large and very small numbers stay as they are."""
    number = float(text)
    return f"{number:.12g}" if 1e-4 <= abs(number) < 1e12 or number == 0 else text
