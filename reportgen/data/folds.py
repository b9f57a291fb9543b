"""Rows parted anew for networks that are made anew: one fold after the other is tested."""

from dataclasses import replace

import numpy as np
import pandas as pd

from reportgen.config import Config
from reportgen.data.shapes import Dataset, Parts
from reportgen.data.split import Numbers, by_groups, split, strata

STREAM = 107


def refold(parts: Parts, config: Config, number: int, seed: int) -> Parts:
    """Part the rows for the network made anew of that number, counted from 0; the seed parts what it learns from.

    With the reported test rows the first few complete a partition of all rows, so that each row is tested once
    (cross-fitting: Chernozhukov et al. 2018, Econometrics Journal 21:C1); those beyond go through partitions of their
    own. Given test rows stay, and so do those that are the last in time: only what is learnt from is drawn anew.
    Raises DataError for a fold that cannot be tested, or leaves nothing to learn.
    """
    dataset, drawn = parts.dataset, config.model_copy(update={"seed": seed})
    if dataset.test is not None or (config.time and not config.group):
        return split(dataset, drawn)
    folds = max(round(len(dataset.frame) / len(parts.test)), 2)
    partition, fold = (0, number) if number < folds - 1 else divmod(number + 1, folds)
    rows = dataset.frame if partition else dataset.frame.drop(index=parts.test.index)
    dealt = _deal(dataset, rows.index, folds if partition else folds - 1, config, partition)
    tested = rows.index[dealt == fold]
    apart = replace(dataset, frame=dataset.frame.drop(index=tested), test=dataset.frame.loc[tested])
    return split(apart, drawn)


def _deal(dataset: Dataset, index: pd.Index, folds: int, config: Config, partition: int) -> Numbers:
    """The fold of each row: whole groups, or evenly over classes."""
    rng = np.random.default_rng([config.seed, STREAM, partition])
    rows = dataset.frame.loc[index]
    if config.group:
        return by_groups(replace(dataset, frame=rows), np.full(folds, 1 / folds), config, rng)
    stratum = strata(rows[dataset.task.target], dataset.task)
    order = rng.permutation(len(stratum))
    order = order[np.argsort(stratum[order], kind="stable")]
    fold = np.empty(len(stratum), dtype=np.int64)
    fold[order] = np.arange(len(stratum)) % folds
    return fold
