"""Columns that may name groups of rows or give them an order in time, and the split that respects one of them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Config
from reportgen.data.belonging import moments
from reportgen.data.columns import TIME_NAME
from reportgen.data.shapes import Dataset, Target
from reportgen.data.split import Numbers, row_groups
from reportgen.records.structure import StructureKind
from reportgen.records.table import Column

LEAST_GROUPS = 10
"""Fewer groups of several rows make no test that could tell them from chance."""

SHARING = 0.2
"""Groups matter to a score only where at least this share of the rows has others of its group."""

ALONG = 0.9
"""A column of numbers is taken for time only where it runs along the file: rank correlation with the row number."""

LEAST_MOMENTS = 5
MOST_GROUPS, MOST_STABLE, MOST_TIMES = 6, 2, 3
"""Columns that are tried, the likeliest first."""

_ENTITY = (
    "patient|subject|person|customer|client|user|member|family|household|participant|student|pupil|animal|device|"
    "machine|session|account|donor|employee|worker|owner|player|ticket|respondent|sensor|vehicle|visitor|author|speaker|"
    "driver|passenger|applicant|borrower|policyholder|tenant|voter|pet|cow|mouse"
)
ENTITY_NAME = re.compile(
    rf"(?i)(?:^|[^a-z])(?:{_ENTITY})(?:[^a-z]*(?:id|no|nr|num|number|code|key|name|uuid|guid))?$"
    r"|(?i:(?:^|[^a-z])(?:id|uuid|guid|pid)$)|[a-z](?:ID|Id)$"
)
ENTITY_NAME_ZH = re.compile(
    r"(?:患者|病人|病例|客户|顾客|用户|会员|学生|员工|受试者|参与者|家庭|设备|机器|账户|车辆)(?:编号|序号|号|姓名|ID|id)?$|编号$|[\u4e00-\u9fff]ID$"
)
ATTRIBUTE_NAME = re.compile(r"(?i)birth|born|(?:^|[^a-z])dob(?:$|[^a-z])|built|founded|出生|生日")
"""Dates that say something of whom a row is about, and not when the row came."""

MONTH_NAME = re.compile(r"(?i)(?:^|[^a-z])(?:mo|month|mnth)(?:$|[^a-z])|月$")


@dataclass(frozen=True)
class Suspect:
    """Columns that may name groups or moments; `codes` (rows of the frame,) number them, moments in their order.

    `named` says that the name is one of entities, of which new ones keep coming. `common` is the share of given test
    rows that share a group with the data file, or do not come after it; None without such rows.
    """

    kind: StructureKind
    columns: tuple[str, ...]
    origin: Literal["found", "given"]
    codes: Numbers
    named: bool = False
    common: float | None = None
    stable: bool = False


def suspects(dataset: Dataset, config: Config) -> tuple[Suspect, ...]:
    """The columns that the user gave, or else those that may name groups or moments, the likeliest first."""
    if config.group or config.time:
        kind: StructureKind = "group" if config.group else "time"
        columns = config.group or config.time
        return (_suspect(dataset, kind, columns, "given", named=True),)
    groups = [
        replace(_suspect(dataset, "group", (column.name,), "found", named=_named(column.name)), stable=stable)
        for column, stable in _group_columns(dataset)
    ]
    groups.sort(key=lambda one: not one.named)
    stable = sorted((one for one in groups if one.stable), key=lambda one: -int(one.codes.max()))
    groups = [one for one in groups if not one.stable][:MOST_GROUPS] + stable[:MOST_STABLE]
    times = [_suspect(dataset, "time", columns, "found") for columns in _time_columns(dataset)]
    wanted = groups if config.split.find_groups else []
    return (*wanted, *(times[:MOST_TIMES] if config.split.find_time else ()))


def respect(dataset: Dataset, config: Config, kind: StructureKind, columns: tuple[str, ...]) -> tuple[Dataset, Config]:
    """The table and the settings as if the user had given these columns as group, or as time."""
    marked = tuple(
        column.model_copy(update={"role": kind, "why": "found"}) if column.name in columns else column
        for column in dataset.columns
    )
    return replace(dataset, columns=marked), config.model_copy(update={kind: columns})


def measured(dataset: Dataset) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """The features as numbers for a learner of trees, shape (rows, columns), and the feature of each column.

    Categories are numbered, a missing value is NaN; a date is its day, and its weekday and hour; free text, which
    would be numbered by its rows, is left out. Nothing here looks at the target.
    """
    features = [column for column in dataset.features if column.kind != "text"]
    made = [(column.name, values) for column in features for values in _numbers(dataset.frame, column)]
    matrix = np.column_stack([values for _, values in made]) if made else np.empty((len(dataset.frame), 0))
    return matrix, tuple(name for name, _ in made)


def target_numbers(dataset: Dataset) -> Target:
    """The target: class numbers in the order of the task's classes, or the numbers themselves."""
    values = dataset.frame[dataset.task.target]
    if dataset.task.kind == "regression":
        return values.to_numpy(dtype=np.float64)
    return values.map({label: n for n, label in enumerate(dataset.task.classes)}).to_numpy(dtype=np.int64)


def _numbers(frame: pd.DataFrame, column: Column) -> Iterator[npt.NDArray[np.float64]]:
    values = frame[column.name]
    if column.kind == "datetime":
        dates = values.dt
        yield _days(values)
        yield dates.day_of_week.to_numpy(dtype=np.float64)
        yield dates.hour.to_numpy(dtype=np.float64)
    elif column.kind == "numeric":
        yield values.to_numpy(dtype=np.float64)
    else:
        codes = pd.factorize(values, sort=False)[0].astype(np.float64)
        codes[codes < 0] = np.nan
        yield codes


def _days(values: pd.Series) -> npt.NDArray[np.float64]:
    return np.asarray((values - pd.Timestamp(1970, 1, 1)) / pd.Timedelta(days=1), dtype=np.float64)


def _suspect(
    dataset: Dataset,
    kind: StructureKind,
    columns: tuple[str, ...],
    origin: Literal["found", "given"],
    *,
    named: bool = False,
) -> Suspect:
    frame = dataset.frame[list(columns)]
    codes = row_groups(frame) if kind == "group" else moments(frame)
    return Suspect(kind, columns, origin, codes, named, _common(dataset, kind, columns))


def _common(dataset: Dataset, kind: StructureKind, columns: tuple[str, ...]) -> float | None:
    """The share of given test rows that are of a group of the data file, or come no later than its last row."""
    if dataset.test is None:
        return None
    names = list(columns)
    here, there = dataset.frame[names].dropna(), dataset.test[names].dropna()
    if here.empty or there.empty:
        return 0.0
    if kind == "group":
        seen = pd.MultiIndex.from_frame(there).isin(pd.MultiIndex.from_frame(here))
    else:
        last = tuple(here.sort_values(names).iloc[-1])
        seen = np.array([tuple(row) <= last for row in there.itertuples(index=False)])
    return float(np.count_nonzero(seen) / len(dataset.test))


def _named(name: str) -> bool:
    return bool(ENTITY_NAME.search(name) or ENTITY_NAME_ZH.search(name))


def _group_columns(dataset: Dataset) -> Iterator[tuple[Column, bool]]:
    """Columns whose values repeat and look like names, and whether they are a stable category.

    Of a stable category (a region, a product) new values are rare, of entities they keep coming: numbers are taken for
    names only where their column is named so; categories are stable with fewer of them than rows of each. A column
    that the user drops is tried, too: its rows stay together all the same.
    """
    rows = len(dataset.frame)
    for column in dataset.columns:
        if column.role == "target" or column.kind in {"datetime", "boolean"} or column.distinct < LEAST_GROUPS:
            continue
        values, named = dataset.frame[column.name], _named(column.name)
        if column.kind == "numeric" and not (named and (values.dropna() % 1 == 0).all()):
            continue
        counts = values.value_counts()
        several = counts[counts > 1]
        if len(several) < LEAST_GROUPS or several.sum() < SHARING * rows:
            continue
        yield column, not named and len(counts) < math.sqrt(rows)


def _time_columns(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    """Dates, and numbers named after time that run along the file; a year takes its month along."""
    usable = [c for c in dataset.columns if c.role != "target"]
    for column in usable:
        if column.distinct < LEAST_MOMENTS or ATTRIBUTE_NAME.search(column.name):
            continue
        values = dataset.frame[column.name]
        if column.kind == "datetime":
            yield (column.name,)
        elif column.kind == "numeric" and TIME_NAME.search(column.name) and _along(values):
            yield (column.name, *_month(dataset.frame, usable, values))


def _along(values: pd.Series) -> bool:
    """Whether the values rise or fall with the row number throughout (Spearman 1904, Am J Psychol 15:72)."""
    found = values.corr(pd.Series(np.arange(len(values), dtype=np.float64), index=values.index), method="spearman")
    return bool(abs(found) >= ALONG)


def _month(frame: pd.DataFrame, usable: list[Column], years: pd.Series) -> tuple[str, ...]:
    """The column of months that goes with years, where there is just one."""
    known = years.dropna()
    if not ((known >= 1800) & (known <= 2200) & (known % 1 == 0)).all():
        return ()
    found = [
        c.name
        for c in usable
        if c.kind == "numeric" and MONTH_NAME.search(c.name) and frame[c.name].dropna().isin(range(1, 13)).all()
    ]
    return tuple(found) if len(found) == 1 else ()
