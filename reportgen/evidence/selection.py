"""Which features tell the target on their own: entropy, mutual information, correlation, on training rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import SelectionConfig
from reportgen.evidence import information
from reportgen.evidence.association import associate
from reportgen.evidence.base import Floats, Subject, Units
from reportgen.evidence.clusters import deal, on
from reportgen.evidence.discretise import Codes, bin_codes, bins_for, codes_of
from reportgen.evidence.intervals import student_quantile
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.stability import stability
from reportgen.records.explanation import Selection, SelectionSummary

MOST_ROWS = 40_000
FEWEST_GROUPS = 4
"""Halves of fewer groups would hardly differ."""
"""Rows beyond these are not drawn: the intervals are already narrower than any decision needs."""


@dataclass(frozen=True)
class _Scores:
    """One number a feature, in the order of the features."""

    entropy: Floats
    information: Floats
    low: Floats
    high: Floats
    p_value: Floats
    chosen: npt.NDArray[np.bool_]


def measure(subject: Subject, config: SelectionConfig) -> tuple[tuple[Selection, ...], SelectionSummary]:
    """Score every feature against the target, select by Holm's rule, and ask half samples whether they agree."""
    rng = np.random.default_rng([subject.seed, 11])
    frame, y, units = _rows(subject, rng)
    bins = bins_for(len(y), len(np.unique(y)) if subject.classifies else None)
    target = np.unique(y, return_inverse=True)[1] if subject.classifies else bin_codes(y, bins)
    codes = tuple(codes_of(frame[feature], bins) for feature in subject.features)
    scores = _score(codes, target, units, config, rng)
    correlations = tuple(associate(frame[feature], y, subject.classifies) for feature in subject.features)
    summary = SelectionSummary(
        target_entropy=float(information.entropy(np.bincount(target))),
        alpha=config.alpha,
        shuffles=config.shuffles,
        resamples=config.resamples,
        bins=bins,
        n=len(y),
        **_agreement(scores.chosen),
    )
    return _records(subject.features, scores, correlations, summary), summary


def _agreement(chosen: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """How much the half samples agree on what to keep, or why that cannot be told."""
    found = stability(chosen)
    if found:
        return {"stability": found.value, "stability_low": found.low, "stability_high": found.high}
    return {"stability_note": "all_kept" if chosen.all() else "none_kept"}


def _rows(subject: Subject, rng: np.random.Generator) -> tuple[pd.DataFrame, npt.NDArray[Any], Units | None]:
    train = subject.train
    if len(train.y) <= MOST_ROWS:
        return train.frame, train.y, train.units
    drawn = np.sort(rng.choice(len(train.y), MOST_ROWS, replace=False))
    return train.frame.iloc[drawn], train.y[drawn], on(train.units, drawn)


def _score(
    codes: tuple[Codes, ...], target: Codes, units: Units | None, config: SelectionConfig, rng: np.random.Generator
) -> _Scores:
    """Count every feature against the target as it is, against shuffled targets, and in half samples."""
    n = len(target)
    shuffled = [rng.permutation(target) for _ in range(config.shuffles)]
    halves = [_half(n, units, rng) for _ in range(config.resamples)]
    real = [_count(feature, [target]) for feature in codes]
    null = [_count(feature, shuffled) for feature in codes]
    half = [_count_halves(feature, target, halves) for feature in codes]
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
        p_value=np.array(holm(information.tail(plugin, nulls))),
        chosen=_chosen(sampled, nulls, n, config.alpha),
    )


def _half(n: int, units: Units | None, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Half of the rows, or of the groups that they come in, with about half of the rows."""
    if units is None or len(np.unique(units)) < FEWEST_GROUPS:
        return np.sort(rng.permutation(n)[: n // 2])
    return np.flatnonzero(deal(units, 2, rng) == 0)


def _count(feature: Codes, targets: list[Codes]) -> Floats:
    """Counts by version of the target, value of the feature and class."""
    values, classes = int(feature.max()) + 1, int(targets[0].max()) + 1
    places = feature * classes
    counts = [np.bincount(places + target, minlength=values * classes) for target in targets]
    return np.array(counts, dtype=np.float64).reshape(-1, values, classes)


def _count_halves(feature: Codes, target: Codes, halves: list[npt.NDArray[np.intp]]) -> Floats:
    """Counts by half sample, value of the feature and class."""
    values, classes = int(feature.max()) + 1, int(target.max()) + 1
    cells = feature * classes + target
    counts = [np.bincount(cells[half], minlength=values * classes) for half in halves]
    return np.array(counts, dtype=np.float64).reshape(-1, values, classes)


def _corrected(tables: Floats) -> Floats:
    return np.asarray(information.mutual_information(tables) - information.bias(tables))


def _interval(estimates: Floats, samples: Floats) -> tuple[Floats, Floats]:
    """95 % by the delete-half jackknife, whose spread around the whole is the whole's around the truth.

    A bootstrap repeats rows, which pushes mutual information up; half samples do not, and each is corrected for its own
    size (Shao and Wu 1989, A general theory for jackknife variance estimation, Annals of Statistics 17).
    """
    margin = student_quantile(samples.shape[1]) * samples.std(axis=1, ddof=1)
    return estimates - margin, estimates + margin


def _chosen(halves: Floats, nulls: Floats, n: int, alpha: float) -> npt.NDArray[np.bool_]:
    """Whether each half sample selects each feature (Meinshausen and Buehlmann 2010, J. R. Stat. Soc. B 72).

    2n times mutual information is distributed alike whatever n is where nothing is to be found, so the shuffles of all
    rows serve the half samples too.
    """
    scale = n / max(n // 2, 1)
    chances = np.array([information.tail(sample / scale, nulls) for sample in halves.T])
    return np.array([np.array(holm(chance)) <= alpha for chance in chances])


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
            frequency=float(scores.chosen[:, i].mean()),
            rank=rank,
            n=summary.n,
        )
        for rank, i in enumerate(order, start=1)
    )
