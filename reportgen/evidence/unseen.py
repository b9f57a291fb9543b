"""Test rows whose category no training row has, and how many of them chance would leave."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.discretise import numbers_of
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.values import as_short_text
from reportgen.records.drift import UnseenLevels

MOST_NAMED = 12
METHOD = "Wilson score; expected and p-value under exchange of rows between the parts, Chernoff bound, Holm"


def unseen_levels(subject: Subject) -> tuple[UnseenLevels, ...]:
    """Count, for each categorical feature, the test rows of categories that training lacks; the most first."""
    features = [feature for feature in subject.features if feature not in subject.prose]
    found = [one for feature in features if (one := _of(subject, feature))]
    chances = holm([one.p_value for one in found])
    adjusted = [one.model_copy(update={"p_value": p}) for one, p in zip(found, chances, strict=True)]
    return tuple(sorted((one for one in adjusted if one.count), key=lambda one: -one.share))


def _of(subject: Subject, feature: str) -> UnseenLevels | None:
    """One feature; None for a number, or where no test row has a value."""
    before, after = subject.train.frame[feature], subject.test.frame[feature]
    if numbers_of(before) is not None or after.isna().all():
        return None
    codes, labels = pd.factorize(pd.concat([before, after]).astype(object))
    first, second = codes[: len(before)], codes[len(before) :]
    counts = [np.bincount(part[part >= 0], minlength=len(labels)) for part in (first, second)]
    new = (counts[0] == 0) & (counts[1] > 0)
    count, n = int(counts[1][new].sum()), int(counts[1].sum())
    chances = _all_in_test(counts[0] + counts[1], n)
    low, high = rate_interval(count, n)
    named = np.argsort(-np.where(new, counts[1], 0), kind="stable")[: min(MOST_NAMED, int(new.sum()))]
    return UnseenLevels(
        feature=feature,
        count=count,
        n=n,
        share=count / n,
        low=low,
        high=high,
        expected=float(chances @ (counts[0] + counts[1])) / n,
        p_value=_chance(count, counts[0] + counts[1], chances),
        levels=tuple(as_short_text(labels[place]) for place in named),
        rows=tuple(int(row) for row in np.sort(subject.test.rows[(second >= 0) & new[second]])),
        method=METHOD,
    )


def _all_in_test(sizes: Any, n: int) -> Floats:  # noqa: ANN401 - counts
    """The chance that all rows of a category of that size fall into a test part of n rows drawn at random.

    Summed over categories it is the share that Good's and Turing's estimate foretells (Good 1953, Biometrika 40:237),
    here without its approximation.
    """
    total = int(sizes.sum())
    steps = np.arange(int(sizes.max()))
    terms = np.log(np.maximum(n - steps, 1e-300)) - np.log(total - steps)
    return np.asarray(np.exp(np.concatenate([[0.0], np.cumsum(terms)]))[sizes] * (sizes > 0), dtype=np.float64)


def _chance(count: int, numbers: Any, chances: Floats) -> float:  # noqa: ANN401 - counts
    """At most the chance of so many unseen rows or more, were parts drawn at random.

    Chernoff's bound (1952, Ann Math Stat 23:493) holds, since the events of different categories are negatively
    associated (Joag-Dev and Proschan 1983, Ann Stat 11:286).
    """
    likely = (chances > 0) & (chances < 1)
    sure = float(np.asarray(numbers, dtype=np.float64) @ (chances >= 1))
    sizes, chances = np.asarray(numbers, dtype=np.float64)[likely], chances[likely]
    if count - sure <= float(chances @ sizes):
        return 1.0
    present, absent = np.log(chances), np.log1p(-chances)

    def exponent(tilt: float) -> float:
        return float(np.logaddexp(absent, present + tilt * sizes).sum()) - tilt * (count - sure)

    best = minimize_scalar(exponent, bounds=(0.0, 20.0), method="bounded")
    return float(np.exp(min(best.fun, 0.0)))
