"""What rows say about each other: copies, contradictions, and test rows that training has seen."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.shapes import Dataset, Parts
from reportgen.records.table import Profile

COPIED = 0.9
"""Rows that are equal to another in all but their keys, of all that are so in all but one feature more."""

Hashes = npt.NDArray[np.uint64]
Hits = npt.NDArray[np.bool_]


def profile(parts: Parts) -> Profile:
    """Find rows that repeat, contradict each other, or stand both in test and in what the model learnt from.

    Rows are compared by 64-bit hashes of their original values: among a million rows the chance of one false pair is
    below one in ten million.
    """
    dataset = parts.dataset
    frame = dataset.frame
    renamed = _renamed(parts)
    whole = [name for name in _compared(dataset) if name not in renamed]
    conflicts, contradictions = _conflicting(dataset) if dataset.task.kind != "regression" else (None, None)
    return Profile(
        duplicate_rows=_rows(frame, pd.Series(_hash(frame, whole)).duplicated().to_numpy()),
        conflicting_rows=() if conflicts is None else _rows(frame, conflicts),
        contradictions=contradictions,
        missing_target_rows=dataset.missing_target_rows,
        left_out_rows=dataset.left_out_rows,
        left_out_classes=dataset.left_out_classes,
        overlap_rows=_overlap(parts, whole),
        renamed=renamed,
        dirt=dataset.dirt,
    )


def _compared(dataset: Dataset) -> list[str]:
    """All columns but running numbers, which would make every copy a row of its own; names and keys tell rows apart."""
    return [c.name for c in dataset.columns if not (c.role == "id" and _running(dataset.frame[c.name]))]


def _renamed(parts: Parts) -> tuple[str, ...]:
    """The keys of a table of whose rows some were copied and given keys of their own; () where there is no such copy.

    Two cases may be equal by chance in all but their keys. Whatever makes that likely makes it likelier that they are
    equal in all but one feature more: where nine of ten rows that have so close a neighbour are equal to it, chance
    had no part in it.
    """
    columns = parts.dataset.columns
    keys = tuple(c.name for c in columns if c.role == "id" and not _running(parts.dataset.frame[c.name]))
    features = [c.name for c in parts.dataset.features]
    if not keys or len(features) < 2:
        return ()
    frames = (parts.train, parts.validation, parts.test)
    names = [*features, parts.dataset.task.target]
    each = np.stack([np.concatenate([_hash(frame, [name]) for frame in frames]) for name in names])
    each *= np.arange(1, 2 * len(names), 2, dtype=np.uint64)[:, None]
    together = each.sum(axis=0, dtype=np.uint64)
    twins = _twice(together)
    if not twins.any():
        return ()
    near = np.any([_twice(together - one) for one in each[:-1]], axis=0)
    return keys if twins.sum() >= COPIED * near.sum() else ()


def _twice(hashes: Hashes) -> Hits:
    return np.asarray(pd.Series(hashes).duplicated(keep=False).to_numpy())


def _running(values: pd.Series) -> bool:
    return values.dtype == np.float64 and bool(values.dropna().is_monotonic_increasing)


def _hash(frame: pd.DataFrame, columns: list[str]) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(frame[columns], index=False), dtype=np.uint64)


def _rows(frame: pd.DataFrame, hits: Hits) -> tuple[int, ...]:
    return tuple(int(row) for row in frame.index[hits])


def _conflicting(dataset: Dataset) -> tuple[Hits, int]:
    """Rows with the features of another row but another class than some, and how many are not of the commonest."""
    features = _hash(dataset.frame, [c.name for c in dataset.features])
    codes = pd.Series(pd.factorize(dataset.frame[dataset.task.target])[0])
    classes = codes.groupby(features)
    largest = codes.groupby([features, codes]).size().groupby(level=0).max()
    return (classes.transform("max") != classes.transform("min")).to_numpy(), int(len(codes) - largest.sum())


def _overlap(parts: Parts, columns: list[str]) -> tuple[int, ...]:
    absent = {c.name for c in parts.dataset.columns if c.role in {"dropped", "id"} and parts.test[c.name].isna().all()}
    columns = [name for name in columns if name not in absent]
    seen = np.concatenate([_hash(parts.train, columns), _hash(parts.validation, columns)])
    return _rows(parts.test, np.isin(_hash(parts.test, columns), seen))
