"""Whether an empty cell tells the target, and whether it still does beside all other columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor

from reportgen.evidence.base import Floats, Part, Subject, joined
from reportgen.evidence.clusters import deal
from reportgen.evidence.intervals import mean_difference_interval, normal_quantile, rate_difference_interval
from reportgen.evidence.multiplicity import holm
from reportgen.records.drift import Missingness

FEWEST = 10
"""Rows with a gap, and rows without one, that a column needs to be looked at."""
SURE = 0.01
BOUND = 0.1
"""The correlation that Cohen (1988) calls small: from there on gaps tell a hundredth of the target's variation."""
FOLDS = 3
MOST_ROWS = 3_000
MOST_ASKED = 8
"""Columns that are held against the others, the strongest first: each costs six small boosted models."""
NEAREST = 12
"""Encoded columns that a model of the gaps, or of the target, is given: those that correlate most in its own rows."""
TOGETHER = 0.5
"""Gaps that correlate so are taken for the same gaps."""
TOLD = 0.02
"""Where the others leave less of the gaps, or of the target, than this share, the rest is the models' own error."""
GIVEN_AWAY = 0.7
"""A column whose own gaps make half of the target's variation excuses no other column's."""
METHOD = "correlation of being missing with the target, delta method over rows, Holm over columns"
GIVEN_OTHERS = "; beside the others: generalised covariance measure with boosted trees"

Gaps = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Rows:
    """The rows of the data file that are in use: encoded values, target, gaps by feature, and folds."""

    x: Floats
    y: npt.NDArray[Any]
    gaps: dict[str, Gaps]
    folds: npt.NDArray[np.int64]
    classifies: bool


@dataclass(frozen=True)
class _Tie:
    """A correlation with its standard error and the chance of one so far from 0."""

    value: float
    error: float
    chance: float
    n: int


def measure(subject: Subject) -> tuple[Missingness, ...]:
    """Correlate the gaps of every column with the target, the strongest first; () where no column has enough of them.

    All rows of the data file serve, since nothing is fitted to them; class scores are those of other rows. Then the
    strongest are asked what they add to all other columns, by the correlation of what small models of those columns
    leave of both, each row judged by models that did not see it (generalised covariance measure: Shah and Peters 2020,
    Ann Stat 48:1514). A gap that only follows another column, which tells the target too, then tells nothing more.
    """
    rows = _rows(subject)
    if not rows.gaps:
        return ()
    scores = _scores(rows)
    ties = {feature: _tie(gaps.astype(np.float64), scores[feature]) for feature, gaps in rows.gaps.items()}
    chances = dict(zip(ties, holm([tie.chance for tie in ties.values()]), strict=True))
    found = [_told(subject, rows, feature, tie, chances[feature]) for feature, tie in ties.items()]
    found.sort(key=lambda one: -one.value)
    found = _grouped(found, rows)
    telling = {one.feature for one in found if one.value >= GIVEN_AWAY}
    strong = [one.feature for one in found if one.lead and one.value >= BOUND and one.p_value < SURE][:MOST_ASKED]
    beside = {feature: _beside(subject, rows, feature, scores[feature], telling) for feature in strong}
    left = dict(zip(beside, holm([tie.chance for tie in beside.values()]), strict=True)) if beside else {}
    return tuple(_asked(one, beside.get(one.feature), left) for one in found)


def _grouped(found: list[Missingness], rows: _Rows) -> list[Missingness]:
    """Name for each column the strongest one that has the same gaps: itself, or one before it."""
    leads: list[str] = []
    led = np.empty((len(found), len(rows.y)))
    named: list[Missingness] = []
    for one in found:
        own = _standardised(rows.gaps[one.feature].astype(np.float64))
        near = np.flatnonzero(led[: len(leads)] @ own >= TOGETHER * len(own))
        named.append(one.model_copy(update={"same_as": leads[near[0]] if len(near) else None}))
        if not len(near):
            led[len(leads)] = own
            leads.append(one.feature)
    return named


def _rows(subject: Subject) -> _Rows:
    """Test rows of a file of their own are left aside: they may come from elsewhere."""
    parts: list[Part] = [subject.train, subject.validation]
    parts += [] if subject.split.strategy == "given" else [subject.test]
    y = np.concatenate([part.y for part in parts])
    frames = {f: np.concatenate([part.frame[f].isna().to_numpy() for part in parts]) for f in subject.features}
    gaps = {f: gap for f, gap in frames.items() if FEWEST <= gap.sum() <= len(gap) - FEWEST}
    rng, units = np.random.default_rng([subject.seed, 133]), joined([part.units for part in parts])
    whole = units is not None and len(np.unique(units)) >= FOLDS
    folds = deal(units, FOLDS, rng) if units is not None and whole else rng.permutation(len(y)) % FOLDS
    x = np.concatenate([part.x for part in parts]) if gaps else np.empty((len(y), 0))
    return _Rows(x, y, gaps, folds, subject.classifies)


def _scores(rows: _Rows) -> dict[str, Floats]:
    """The target as one number for each column: ranks, the second of two classes, or how often a class has gaps.

    The last is read from the other folds, so that its direction owes nothing to the row it is used on.
    """
    if not rows.classifies:
        ranks = np.asarray(rankdata(rows.y), dtype=np.float64)
        return dict.fromkeys(rows.gaps, ranks)
    classes = int(rows.y.max()) + 1
    if classes == 2:
        return dict.fromkeys(rows.gaps, rows.y.astype(np.float64))
    return {feature: _class_scores(gaps, rows, classes) for feature, gaps in rows.gaps.items()}


def _class_scores(gaps: Gaps, rows: _Rows, classes: int) -> Floats:
    scores = np.empty(len(gaps))
    for fold in range(FOLDS):
        held = rows.folds == fold
        counts = np.bincount(rows.y[~held], minlength=classes) + 1.0
        with_gaps = np.bincount(rows.y[~held], weights=gaps[~held], minlength=classes) + gaps[~held].mean()
        scores[held] = (with_gaps / counts)[rows.y[held]]
    return scores


def _tie(first: Floats, second: Floats) -> _Tie:
    """Pearson's correlation, its robust standard error, and the p-value of a permutation's normal limit."""
    a, b = _standardised(first), _standardised(second)
    n, value = len(a), float((a * b).mean())
    error = float((a * b - value * (a**2 + b**2) / 2).std() / np.sqrt(n))
    return _Tie(value, error, float(2 * ndtr(-abs(value) * np.sqrt(n - 1))), n)


def _standardised(numbers: Floats) -> Floats:
    spread = float(numbers.std())
    return (numbers - numbers.mean()) / spread if spread > 0 else np.zeros(len(numbers))


def _told(subject: Subject, rows: _Rows, feature: str, tie: _Tie, p_value: float) -> Missingness:
    gaps, reach = rows.gaps[feature], normal_quantile() * tie.error
    size = abs(tie.value)
    return Missingness(
        feature=feature,
        missing=int(gaps.sum()),
        n=tie.n,
        value=size,
        low=max(size - reach, 0.0),
        high=min(size + reach, 1.0),
        p_value=p_value,
        **(_class_gap(subject, rows.y, gaps) if rows.classifies else _mean_gap(rows.y, gaps)),
        method=METHOD,
    )


def _class_gap(subject: Subject, y: npt.NDArray[Any], gaps: Gaps) -> dict[str, Any]:
    """The class whose share differs most between rows with and without a gap; of two the one that is reported."""
    classes = len(subject.task.classes)
    shares = [np.bincount(y[rows], minlength=classes) / rows.sum() for rows in (gaps, ~gaps)]
    place = int(np.argmax(np.abs(shares[0] - shares[1])))
    if subject.task.positive is not None:
        place = subject.task.classes.index(subject.task.positive)
    hits = y == place
    inside, outside = (int(hits[gaps].sum()), int(gaps.sum())), (int(hits[~gaps].sum()), int((~gaps).sum()))
    low, high = rate_difference_interval(inside, outside)
    return {
        "label": subject.task.classes[place],
        "inside": inside[0] / inside[1],
        "outside": outside[0] / outside[1],
        "gap_low": low,
        "gap_high": high,
    }


def _mean_gap(y: npt.NDArray[Any], gaps: Gaps) -> dict[str, Any]:
    low, high = mean_difference_interval(y[gaps], y[~gaps])
    return {
        "label": None,
        "inside": float(y[gaps].mean()),
        "outside": float(y[~gaps].mean()),
        "gap_low": low,
        "gap_high": high,
    }


def _beside(subject: Subject, rows: _Rows, feature: str, scores: Floats, telling: set[str]) -> _Tie:
    """The correlation of what the other columns leave of the gaps and of the target."""
    rng = np.random.default_rng([subject.seed, 135])
    chosen = np.sort(rng.choice(len(scores), min(len(scores), MOST_ROWS), replace=False))
    gaps, others = rows.gaps[feature].astype(np.float64), _others(subject, rows, feature, telling)
    if not len(others):
        return _tie(gaps[chosen], scores[chosen])
    x, folds = np.asarray(rows.x[np.ix_(chosen, others)], dtype=np.float64), rows.folds[chosen]
    left = [_left(x, values[chosen], folds) for values in (gaps, scores)]
    if any(rest.var() < TOLD * values[chosen].var() for rest, values in zip(left, (gaps, scores), strict=True)):
        return _Tie(0.0, 0.0, 1.0, len(chosen))
    return _tie(*left)


def _others(subject: Subject, rows: _Rows, feature: str, telling: set[str]) -> npt.NDArray[np.intp]:
    """Encoded columns of all features but this one, those with the same gaps, and those that give the target away."""
    own = rows.gaps[feature].astype(np.float64)
    same = {
        other
        for other, gaps in rows.gaps.items()
        if other == feature or _tie(own, gaps.astype(np.float64)).value >= TOGETHER
    }
    kept = [places for other, places in subject.groups.items() if other not in same | telling]
    return np.concatenate(kept) if kept else np.empty(0, dtype=np.intp)


def _left(x: Floats, values: Floats, folds: npt.NDArray[np.int64]) -> Floats:
    """Values less what boosted trees, taught by the other folds, foretell from the columns nearest to them there."""
    left = np.empty(len(values))
    for fold in range(FOLDS):
        held = folds == fold
        near = _nearest(x[~held], values[~held])
        model = HistGradientBoostingRegressor(
            max_iter=40, learning_rate=0.15, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False, random_state=0
        )
        left[held] = values[held] - model.fit(x[~held][:, near], values[~held]).predict(x[held][:, near])
    return left


def _nearest(x: Floats, values: Floats) -> npt.NDArray[np.intp]:
    """The columns that correlate most with the values."""
    centred = x - x.mean(axis=0)
    spread = centred.std(axis=0)
    ties = np.abs(centred.T @ (values - values.mean())) / np.where(spread > 0, spread, np.inf)
    return np.argsort(-ties, kind="stable")[:NEAREST]


def _asked(one: Missingness, tie: _Tie | None, chances: dict[str, float]) -> Missingness:
    if tie is None:
        return one
    reach, size = normal_quantile() * tie.error, abs(tie.value)
    return one.model_copy(
        update={
            "partial": size,
            "partial_low": max(size - reach, 0.0),
            "partial_high": min(size + reach, 1.0),
            "partial_p_value": chances[one.feature],
            "partial_n": tie.n,
            "method": METHOD + GIVEN_OTHERS,
        }
    )
