"""Which features tell the target on their own: entropy, mutual information, correlation, on training rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from reportgen.config import SelectionConfig
from reportgen.evidence import information
from reportgen.evidence.association import associate
from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.discretise import Codes, bin_codes, bins_for, codes_of
from reportgen.records.explanation import Selection, SelectionSummary

MOST_ROWS = 40_000
"""Rows beyond these are not drawn: the intervals are already narrower than any decision needs."""
MOST_NUMBERS = 8_000_000
"""Indicators held at once: 32 MB."""


@dataclass(frozen=True)
class _Scores:
    """One number a feature, in the order of the features."""

    entropy: Floats
    information: Floats
    low: Floats
    high: Floats
    p_value: Floats
    frequency: Floats


def measure(subject: Subject, config: SelectionConfig) -> tuple[tuple[Selection, ...], SelectionSummary]:
    """Score every feature against the target, select by Holm's rule, and ask half samples whether they agree."""
    rng = np.random.default_rng([subject.seed, 11])
    frame, y = _rows(subject, rng)
    bins = bins_for(len(y), len(np.unique(y)) if subject.classifies else None)
    target = np.unique(y, return_inverse=True)[1] if subject.classifies else bin_codes(y, bins)
    codes = tuple(codes_of(frame[feature], bins) for feature in subject.features)
    scores = _score(codes, target, config, rng)
    correlations = tuple(associate(frame[feature], y, subject.classifies) for feature in subject.features)
    summary = SelectionSummary(
        target_entropy=float(information.entropy(np.bincount(target))),
        alpha=config.alpha,
        shuffles=config.shuffles,
        resamples=config.resamples,
        bins=bins,
        n=len(y),
    )
    return _records(subject.features, scores, correlations, summary), summary


def _rows(subject: Subject, rng: np.random.Generator) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    train = subject.train
    if len(train.y) <= MOST_ROWS:
        return train.frame, train.y
    drawn = np.sort(rng.choice(len(train.y), MOST_ROWS, replace=False))
    return train.frame.iloc[drawn], train.y[drawn]


def _score(codes: tuple[Codes, ...], target: Codes, config: SelectionConfig, rng: np.random.Generator) -> _Scores:
    """Count every feature against the target as it is, against shuffled targets, and in half samples."""
    n, everyone = len(target), np.ones((len(target), 1), dtype=np.float32)
    shuffled = rng.permuted(np.repeat(target[:, None], config.shuffles, axis=1), axis=0)
    halves = rng.permuted(np.repeat(np.arange(n)[:, None] < n // 2, config.resamples, axis=1), axis=0)
    real = _count(codes, target[:, None], everyone)
    null = _count(codes, shuffled, everyone)
    half = _count(codes, target[:, None], halves.astype(np.float32))
    entropies = np.array([information.entropy(np.bincount(feature)) for feature in codes])
    ceilings = np.minimum(entropies, information.entropy(np.bincount(target)))
    plugin = np.array([information.mutual_information(tables[0]) for tables in real])
    estimates = np.array([_corrected(tables[0]) for tables in real])
    samples = np.array([_corrected(tables) for tables in half])
    nulls = np.array([information.mutual_information(tables) for tables in null])
    sampled = np.array([information.mutual_information(tables) for tables in half])
    low, high = _interval(estimates, samples)
    return _Scores(
        entropy=entropies,
        information=np.clip(estimates, 0.0, ceilings),
        low=np.clip(low, 0.0, ceilings),
        high=np.clip(high, 0.0, ceilings),
        p_value=information.holm(information.tail(plugin, nulls)),
        frequency=_frequency(sampled, nulls, n, config.alpha),
    )


def _count(codes: tuple[Codes, ...], targets: npt.NDArray[Any], weights: Floats) -> list[Floats]:
    """For each feature its counts by version of the target (or of the weights), value and class.

    Counting is a matrix product of indicators, exact as no count reaches 2 to the 24th, some versions at a time.
    """
    classes = int(targets.max()) + 1
    versions = max(targets.shape[1], weights.shape[1])
    targets, weights = (np.broadcast_to(a, (len(a), versions)) for a in (targets, weights))
    step = max(1, MOST_NUMBERS // (len(targets) * classes))
    blocks = [slice(start, start + step) for start in range(0, versions, step)]
    counted: list[list[Floats]] = [[] for _ in codes]
    for block in blocks:
        indicators = _indicators(targets[:, block], weights[:, block], classes)
        for tables, feature in zip(counted, codes, strict=True):
            tables.append(_tables(feature, indicators, classes))
    return [np.concatenate(tables) for tables in counted]


def _indicators(targets: npt.NDArray[Any], weights: Floats, classes: int) -> Floats:
    """One column a version and class, holding the row's weight where it is of that class."""
    spread = (targets[:, :, None] == np.arange(classes)) * weights[:, :, None]
    return np.ascontiguousarray(spread.reshape(len(targets), -1), dtype=np.float32)


def _tables(feature: Codes, targets: Floats, classes: int) -> Floats:
    values = int(feature.max()) + 1
    indicator = (feature == np.arange(values)[:, None]).astype(np.float32)
    return np.asarray((indicator @ targets).reshape(values, -1, classes).transpose(1, 0, 2), dtype=np.float64)


def _corrected(tables: Floats) -> Floats:
    return np.asarray(information.mutual_information(tables) - information.bias(tables))


def _interval(estimates: Floats, samples: Floats) -> tuple[Floats, Floats]:
    """95 % by the delete-half jackknife, whose spread around the whole is the whole's around the truth.

    A bootstrap repeats rows, which pushes mutual information up; half samples do not, and each is corrected for its own
    size (Shao and Wu 1989, A general theory for jackknife variance estimation, Annals of Statistics 17).
    """
    margin = stats.t.ppf(0.975, samples.shape[1] - 1) * samples.std(axis=1, ddof=1)
    return estimates - margin, estimates + margin


def _frequency(halves: Floats, nulls: Floats, n: int, alpha: float) -> Floats:
    """The share of half samples that select the feature (Meinshausen and Buehlmann 2010, J. R. Stat. Soc. B 72).

    2n times mutual information is distributed alike whatever n is where nothing is to be found, so the shuffles of all
    rows serve the half samples too.
    """
    scale = n / max(n // 2, 1)
    chances = np.array([information.tail(sample / scale, nulls) for sample in halves.T])
    return np.asarray(np.mean([information.holm(chance) <= alpha for chance in chances], axis=0))


def _records(
    features: tuple[str, ...],
    scores: _Scores,
    correlations: tuple[tuple[float | None, Any], ...],
    summary: SelectionSummary,
) -> tuple[Selection, ...]:
    order = sorted(range(len(features)), key=lambda i: (-scores.information[i], scores.p_value[i], i))
    return tuple(
        Selection(
            feature=features[i],
            entropy=float(scores.entropy[i]),
            mutual_information=float(scores.information[i]),
            low=float(scores.low[i]),
            high=float(scores.high[i]),
            correlation=correlations[i][0],
            correlation_method=correlations[i][1],
            p_value=float(scores.p_value[i]),
            selected=bool(scores.p_value[i] <= summary.alpha),
            frequency=float(scores.frequency[i]),
            rank=rank,
            n=summary.n,
        )
        for rank, i in enumerate(order, start=1)
    )
