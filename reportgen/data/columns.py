"""What each column is used for, and why: features, keys, constants, prose."""

import math
import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Config
from reportgen.records.base import Kind, Role
from reportgen.records.table import Column

KEY_SHARE = 0.95
"""A key has a value, and one of its own, in at least this share of the rows; below that it is no key to a row."""

KEY_ROWS = 20
"""In fewer rows numbers are all different by chance too often to be called a key."""

CHANCE = 1e-6
"""The chance at which all different whole numbers are taken to be numbered and not measured."""

KEY_NAME = re.compile(
    r"(?i:(?:^|[^a-z])(?:id|idx|index|key|no|nr|num|number|uuid|guid))$|[a-z](?:ID|Id|No|Nr)$|^[A-Z]?ID$"
)
REPEATED_KEY_NAME = re.compile(
    r"(?i:(?:^|[^a-z])(?:id|uuid|guid))$|[a-z](?:ID|Id)$|^[A-Z]?ID$|(?:编号|学号|工号|证号|[\u4e00-\u9fff]ID)$"
)
"""Names that nothing but a key has: with them a few values may stand twice, as where rows were copied."""

KEY_NAME_ZH = re.compile(r"(?:编号|序号|学号|工号|单号|证号|[\u4e00-\u9fff]ID)$")
TIME_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:year|yr|jahr|date|time|day|week|month|hour|timestamp|t|tick|datum|zeit|woche|monat)s?(?:$|[^a-z])|[年月日时]$"
)


def describe(
    frame: pd.DataFrame, kinds: dict[str, Kind], target: str, config: Config, whys: Mapping[str, str] | None = None
) -> tuple[Column, ...]:
    """The columns of the table in file order, with kind, role and the reason of the role.

    `whys` says of columns that no network can take as they are why that is so.
    """
    return tuple(_column(frame[name], kinds[name], target, config, (whys or {}).get(name)) for name in frame.columns)


def _column(values: pd.Series, kind: Kind, target: str, config: Config, unfit: str | None) -> Column:
    name = str(values.name)
    missing = int(values.isna().sum())
    counts = _counts(values)
    distinct = len(counts)
    role, why = _asked(name, target, config) or _inferred(
        values, kind, distinct, missing, unfit, texts=config.reading.text == "hash"
    )
    kind = "text" if (why == "key" and kind == "categorical") else kind
    return Column(
        name=name,
        kind=kind,
        role=role,
        why=why,
        missing=missing,
        distinct=distinct,
        commonest=int(counts.max(initial=0)),
        repeat=float(((counts / counts.sum()) ** 2).sum()) if distinct else None,
    )


def _counts(values: pd.Series) -> npt.NDArray[np.int64]:
    """How often each value stands in the column; those of numbers in their order, which is found sooner by sorting."""
    if values.dtype == np.float64:
        numbers = np.sort(values.to_numpy())
        numbers = numbers[: len(numbers) - int(np.isnan(numbers).sum())]
        first = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]]) if len(numbers) else np.zeros(0, np.intp)
        return np.asarray(np.diff(np.r_[first, len(numbers)]), dtype=np.int64)
    counts = values.value_counts(sort=False).to_numpy()
    return np.asarray(counts[counts > 0], dtype=np.int64)


def _asked(name: str, target: str, config: Config) -> tuple[Role, str | None] | None:
    """The role that the user gave the column."""
    if name == target:
        return ("target", "asked" if config.target else "default_target")
    if name in config.group:
        return ("group", "asked")
    if name in config.time:
        return ("time", "asked")
    return ("dropped", "asked") if name in config.drop else None


def _inferred(
    values: pd.Series, kind: Kind, distinct: int, missing: int, unfit: str | None, *, texts: bool
) -> tuple[Role, str | None]:
    if distinct == 0:
        return ("dropped", "all_missing")
    if unfit is not None and unfit != "text":
        return ("dropped", unfit)
    if distinct == 1 and not missing:
        return ("dropped", "constant")
    if kind == "text":
        return ("feature", None) if texts else ("dropped", "text_left_out")
    return ("id", "key") if distinct >= KEY_SHARE * len(values) and is_key(values, kind) else ("feature", None)


def is_key(values: pd.Series, kind: Kind) -> bool:
    """Whether nearly all-different values name rows: labels always, numbers where they are numbered, moments never.

    Whole numbers drawn at random from a span S are all different with a chance of about exp(-n(n-1)/2S) (the birthday
    problem, von Mises 1939); where that is below one in a million they count something. Wider ones need a key's name.
    Where a few are equal only a name that nothing else has tells them from counts in the thousands.
    """
    if kind == "categorical":
        return True
    present = values.dropna()
    if kind != "numeric" or len(present) < KEY_ROWS or (present % 1 != 0).any():
        return False
    name = str(values.name)
    if TIME_NAME.search(name):
        return False
    if present.duplicated().any():
        return bool(REPEATED_KEY_NAME.search(name)) and present.nunique() >= KEY_SHARE * len(values)
    return bool(KEY_NAME.search(name) or KEY_NAME_ZH.search(name)) or _numbered(present.to_numpy())


def _numbered(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """No two are equal though their span is narrow."""
    span = float(numbers.max() - numbers.min()) + 1
    pairs = len(numbers) * (len(numbers) - 1) / 2
    return -pairs / span < math.log(CHANCE)
