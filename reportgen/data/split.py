"""Rows parted into training, validation and test before anything is fitted."""

import hashlib
from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Config
from reportgen.data.shapes import Dataset, Parts
from reportgen.data.summary import number_summary
from reportgen.errors import DataError
from reportgen.records.base import Code, PartName
from reportgen.records.table import PartRecord, SplitRecord, Task

NAMES: tuple[PartName, PartName, PartName] = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = 0, 1, 2
STREAM = 101
STRATA = 10
STRATUM_ROWS = 5

Strategy = Literal["stratified", "group", "time"]
Numbers = npt.NDArray[np.int64]
Shares = tuple[float, float]
Deal = Callable[[Dataset, Shares, Config, np.random.Generator], Numbers]


def split(dataset: Dataset, config: Config) -> Parts:
    """Part the rows: whole groups, by time, or evenly over classes; no row is in two parts."""
    rng = np.random.default_rng([config.seed, STREAM])
    strategy, deal = _strategy(config)
    part = deal(dataset, _shares(dataset, config), config, rng)
    train, validation, test = (dataset.frame[part == number] for number in (TRAIN, VALIDATION, TEST))
    test = test if dataset.test is None else dataset.test
    frames = (train, validation, test)
    _refuse_empty(frames, dataset.task, strategy)
    record = SplitRecord(
        strategy="given" if dataset.test is not None else strategy,
        train=len(train),
        validation=len(validation),
        test=len(test),
        by=", ".join(config.group or config.time) or None,
        seed=config.seed,
        test_digest=hashlib.sha256(test.index.to_numpy(dtype="<i8").tobytes()).hexdigest(),
        parts=tuple(_part(name, frame, dataset.task) for name, frame in zip(NAMES, frames, strict=True)),
        notes=_notes(frames, dataset.task, config),
    )
    return Parts(dataset, train, validation, test, record)


def _strategy(config: Config) -> tuple[Strategy, Deal]:
    if config.group:
        return "group", _by_group
    return ("time", _by_time) if config.time else ("stratified", _by_stratum)


def _shares(dataset: Dataset, config: Config) -> Shares:
    """The shares of validation and test; with test rows given, validation keeps its proportion to training."""
    if dataset.test is None:
        return config.split.validation, config.split.test
    return config.split.validation / (1 - config.split.test), 0.0


def strata(target: pd.Series, task: Task) -> Numbers:
    """The class of each row, or for a number its tenth of the ranking (fewer strata in small tables)."""
    if task.kind != "regression":
        return np.asarray(
            pd.Index(task.classes, dtype=object).get_indexer(pd.Index(target, dtype=object)), dtype=np.int64
        )
    bins = max(1, min(STRATA, len(target) // STRATUM_ROWS))
    ranks = target.rank(method="first").to_numpy(dtype=np.float64) - 1
    return (ranks * bins // len(target)).astype(np.int64)


def _by_stratum(dataset: Dataset, shares: Shares, config: Config, rng: np.random.Generator) -> Numbers:
    """Every stratum falls into all parts in the same shares, and into each at least once."""
    del config
    stratum = strata(dataset.frame[dataset.task.target], dataset.task)
    counts = np.bincount(stratum)
    parts = [number for number, share in ((VALIDATION, shares[0]), (TEST, shares[1])) if share]
    quotas = allocate(counts, tuple(shares[number - 1] for number in parts))
    part = np.zeros(len(stratum), dtype=np.int64)
    for value in range(len(counts)):
        rows = rng.permutation(np.flatnonzero(stratum == value))
        for number, quota in zip(parts, quotas, strict=True):
            part[rows[: quota[value]]] = number
            rows = rows[quota[value] :]
    return part


def allocate(counts: Numbers, shares: tuple[float, ...]) -> tuple[Numbers, ...]:
    """How many of each stratum go to each part that is not training: largest remainders, at least one row each.

    Largest remainders (Hamilton's method) keep each part's total at its share, which rounding by stratum does not.
    One row of each stratum stays for training and one for every part that is still to come.
    """
    taken = np.zeros_like(counts)
    quotas = []
    for number, share in enumerate(shares):
        later = len(shares) - number
        quota = np.clip(
            _largest_remainders(counts, share), np.minimum(1, counts), np.maximum(counts - taken - later, 0)
        )
        quotas.append(quota)
        taken = taken + quota
    return tuple(quotas)


def _largest_remainders(counts: Numbers, share: float) -> Numbers:
    exact = counts * share
    quota: Numbers = np.floor(exact).astype(np.int64)
    short = round(float(exact.sum())) - int(quota.sum())
    quota[np.argsort(quota - exact, kind="stable")[: max(short, 0)]] += 1
    return quota


def _by_group(dataset: Dataset, shares: Shares, config: Config, rng: np.random.Generator) -> Numbers:
    """Whole groups go to one part each: large ones first, each to the part that lacks its classes most."""
    return by_groups(dataset, np.array([1 - sum(shares), *shares]), config, rng)


def by_groups(dataset: Dataset, wanted: npt.NDArray[np.float64], config: Config, rng: np.random.Generator) -> Numbers:
    """The part of each row, of parts that are to have those shares; raises DataError for fewer groups than parts."""
    groups = row_groups(dataset.frame[list(config.group)])
    stratum = strata(dataset.frame[dataset.task.target], dataset.task)
    content = np.zeros((groups.max() + 1, stratum.max() + 1))
    np.add.at(content, (groups, stratum), 1)
    if len(content) < np.count_nonzero(wanted):
        raise DataError(f"{' and '.join(config.group)} has {len(content)} groups, but each part needs one of its own")
    return _deal_groups(content, wanted, rng)[groups]


def row_groups(columns: pd.DataFrame) -> Numbers:
    """A number for each group; a row whose group is missing is a group of its own."""
    known = columns.notna().all(axis="columns").to_numpy()
    numbers = (
        columns.groupby(list(columns.columns), sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64, copy=True)
    )
    numbers[~known] = numbers.max() + 1 + np.arange(int((~known).sum()))
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64)


def _deal_groups(
    content: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64], rng: np.random.Generator
) -> Numbers:
    """Deal groups one by one, each to the part that it brings nearest to its share of every class.

    Large ones come first, or shares would not hold; those of about one size come by chance, or no seed would matter.
    """
    goal = wanted[:, None] * content.sum(axis=0)[None, :]
    weight = 1 / np.maximum(content.sum(axis=0), 1) ** 2
    order = rng.permutation(len(content))
    octave = np.frexp(content[order].sum(axis=1))[1]
    order = order[np.argsort(-octave, kind="stable")]
    have = np.zeros_like(goal)
    part = np.zeros(len(content), dtype=np.int64)
    open_parts = wanted > 0
    for group in order:
        before, after = (have - goal) ** 2, (have + content[group] - goal) ** 2
        relief = ((before - after) * weight).sum(axis=1) / np.maximum(wanted, 1e-9)
        part[group] = int(np.argmax(np.where(open_parts, relief, -np.inf)))
        have[part[group]] += content[group]
    return part


def _by_time(dataset: Dataset, shares: Shares, config: Config, rng: np.random.Generator) -> Numbers:
    """The last rows are for testing, those before them for validation; rows of one moment stay together."""
    del rng
    columns = dataset.frame[list(config.time)]
    _refuse_unordered(dataset, config)
    order = columns.reset_index(drop=True).sort_values(list(columns.columns), na_position="first", kind="stable")
    changes = (order != order.shift()) & ~(order.isna() & order.shift().isna())
    moment = changes.any(axis="columns").cumsum().to_numpy()
    position = np.searchsorted(moment, moment, side="left") / len(moment)
    part = np.zeros(len(moment), dtype=np.int64)
    part[position >= 1 - sum(shares) - 1e-9] = VALIDATION
    if shares[1]:
        part[position >= 1 - shares[1] - 1e-9] = TEST
    result = np.zeros_like(part)
    result[order.index.to_numpy()] = part
    return result


def _refuse_unordered(dataset: Dataset, config: Config) -> None:
    for column in dataset.columns:
        if column.name in config.time and column.kind not in {"numeric", "datetime"}:
            raise DataError(
                f"the time column {column.name!r} is {column.kind}; it needs numbers or dates to be in order"
            )


def _refuse_empty(frames: tuple[pd.DataFrame, ...], task: Task, strategy: str) -> None:
    """Each part has rows, and training has every class."""
    for name, frame in zip(NAMES, frames, strict=True):
        if frame.empty:
            raise DataError(
                f"split by {strategy} leaves the {name} part without rows; use other columns or other shares"
            )
    present = set(frames[TRAIN][task.target].unique()) if task.classes else set()
    absent = [label for label in task.classes if label not in present]
    if absent:
        listed = ", ".join(repr(label[:60]) for label in absent[:5])
        raise DataError(
            f"split by {strategy} leaves training without the classes {listed}; use other columns to split by"
        )


def _part(name: PartName, frame: pd.DataFrame, task: Task) -> PartRecord:
    target = frame[task.target]
    if task.kind == "regression":
        return PartRecord(name=name, rows=len(frame), numbers=number_summary(target.to_numpy(dtype=np.float64)))
    counts = target.value_counts()
    return PartRecord(name=name, rows=len(frame), counts=tuple(int(counts.get(label, 0)) for label in task.classes))


def _notes(frames: tuple[pd.DataFrame, ...], task: Task, config: Config) -> tuple[Code, ...]:
    """Classes that a part lacks, and a time column that a split by groups left aside."""
    notes = [
        Code(code="class_absent", facts={"part": name, "label": label})
        for name, frame in zip(NAMES, frames, strict=True)
        for present in (set(frame[task.target].unique()) if task.classes else set(),)
        for label in task.classes
        if label not in present
    ]
    if config.group and config.time:
        notes.append(Code(code="time_not_used", facts={"columns": config.time}))
    return tuple(notes)
