"""What rows say about each other: copies, contradictions, and test rows that training has seen."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.shapes import Dataset, Parts
from reportgen.records.table import Profile

Hashes = npt.NDArray[np.uint64]
Hits = npt.NDArray[np.bool_]


def profile(parts: Parts) -> Profile:
    """Find rows that repeat, contradict each other, or stand both in test and in what the model learnt from.

    Rows are compared by 64-bit hashes of their original values: among a million rows the chance of one false pair is
    below one in ten million.
    """
    dataset = parts.dataset
    frame = dataset.frame
    whole = _compared(dataset)
    conflicts, contradictions = _conflicting(dataset) if dataset.task.kind != "regression" else (None, None)
    return Profile(
        duplicate_rows=_rows(frame, pd.Series(_hash(frame, whole)).duplicated().to_numpy()),
        conflicting_rows=() if conflicts is None else _rows(frame, conflicts),
        contradictions=contradictions,
        missing_target_rows=dataset.missing_target_rows,
        left_out_rows=dataset.left_out_rows,
        left_out_classes=dataset.left_out_classes,
        overlap_rows=_overlap(parts, whole),
        dirt=dataset.dirt,
    )


def _compared(dataset: Dataset) -> list[str]:
    """All columns but running numbers, which would make every copy a row of its own; names and keys tell rows apart."""
    return [c.name for c in dataset.columns if not (c.role == "id" and _running(dataset.frame[c.name]))]


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
