"""The fixed splits of a table: every model learns from, chooses by and is judged on the very same rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from reportgen.config import Config
from reportgen.data import Dataset, Parts, Prepared, load, prepare
from reportgen.records.table import SplitRecord

FOLDS = 5


def read_table(folder: Path, entry: dict[str, Any]) -> Dataset:
    """One table of a manifest without the columns that give its target away or name its rows."""
    keys = [entry["group_column"]] if entry.get("group_column") else []
    drop = dict.fromkeys([*entry.get("leak_columns", ()), *entry.get("id_columns", ()), *keys])
    return load(folder / entry["file"], Config(target=entry["target"], drop=tuple(drop)))


def prepared_splits(dataset: Dataset, count: int) -> Iterator[Prepared]:
    """The first of five folds as test rows, and so on; a fifth of the others is for validation.

    Rows are dealt by class where there are classes; encoded by what the training rows of each split teach.
    """
    for number, (others, test) in enumerate(_folds(dataset)[:count]):
        train, validation = train_test_split(
            others, test_size=0.2, random_state=number, stratify=_classes(dataset, others)
        )
        sizes = SplitRecord(strategy="random", train=len(train), validation=len(validation), test=len(test))
        frames = (dataset.frame.iloc[rows] for rows in (train, validation, test))
        yield prepare(Parts(dataset, *frames, sizes))


def _folds(dataset: Dataset) -> list[tuple[np.ndarray, np.ndarray]]:
    classes = _classes(dataset, np.arange(len(dataset.frame)))
    deal = KFold if classes is None else StratifiedKFold
    return list(deal(FOLDS, shuffle=True, random_state=0).split(dataset.frame, classes))


def _classes(dataset: Dataset, rows: np.ndarray) -> np.ndarray | None:
    if not dataset.task.classes:
        return None
    return dataset.frame[dataset.task.target].to_numpy()[rows]
