"""Which features say the same: groups of close ones, and columns that are a function of another."""

from itertools import combinations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.clusters import deal, on
from reportgen.evidence.dependence import functions
from reportgen.evidence.intervals import student_quantile
from reportgen.evidence.multiplicity import holm_all
from reportgen.evidence.pairs import METHODS, Columns, Pairs, compare, side_by_side
from reportgen.records.columns import FeatureGroup, Redundancy

MOST_ROWS = 4_000
CUT = 0.7
"""Half of the variance shared; from there on coefficients and importances of either are distorted by the other
(Dormann et al. 2013, Collinearity: a review of methods, Ecography 36:27)."""
ALPHA = 0.05
PARTS = 20
"""Parts that the jackknife leaves out in turn."""
METHOD = "complete linkage; delete-a-group jackknife on Fisher's z"


def measure(subject: Subject) -> Redundancy:
    """Group the features on training rows; two that are not shown to be dependent at all are never close.

    Complete linkage, so that any two of a group reach the cut. Raises NotApplicable for a single feature.
    """
    features = subject.features
    if len(features) < 2:
        raise NotApplicable("one_column")
    rng = np.random.default_rng([subject.seed, 111])
    rows = subject.train.frame
    drawn = np.sort(rng.choice(len(rows), min(len(rows), MOST_ROWS), replace=False))
    frame = rows.iloc[drawn]
    columns = side_by_side(frame, features)
    pairs = compare(columns)
    close = _close(pairs)
    units = on(subject.train.units, drawn)
    whole = units is not None and len(np.unique(units)) >= PARTS
    parts = deal(units, PARTS, rng) if units is not None and whole else rng.permutation(len(frame)) % PARTS
    return Redundancy(
        groups=tuple(_group(features, members, pairs, columns, parts) for members in clusters(close)),
        dependences=functions(frame, features, close, _target(subject, drawn), rng, units),
        pairs=len(features) * (len(features) - 1) // 2,
        cut=CUT,
        alpha=ALPHA,
        n=len(frame),
        method=METHOD,
    )


def _target(subject: Subject, drawn: np.ndarray) -> Floats:
    """The target of these rows as a number, or 0 and 1 for each class, shape (rows, outputs)."""
    y = np.asarray(subject.train.y)[drawn]
    if not subject.classifies:
        return np.asarray(y[:, None], dtype=np.float64)
    return np.asarray(y[:, None] == np.unique(y), dtype=np.float64)


def clusters(close: Floats, cut: float = CUT) -> tuple[tuple[int, ...], ...]:
    """The groups of two and more places, in which any two are at least `cut` close; by their first place."""
    distance = 1 - close
    np.fill_diagonal(distance, 0.0)
    labels = fcluster(linkage(squareform(distance, checks=False), "complete"), 1 - cut + 1e-12, "distance")
    found = {label: tuple(int(i) for i in np.flatnonzero(labels == label)) for label in labels}
    return tuple(sorted(group for group in found.values() if len(group) > 1))


def _close(pairs: Pairs) -> Floats:
    """Associations, 0 where chance could have brought them (Holm over all pairs)."""
    upper = np.triu_indices(len(pairs.value), 1)
    shown = np.zeros_like(pairs.value)
    shown[upper] = np.where(holm_all(pairs.chance[upper]) <= ALPHA, pairs.value[upper], 0.0)
    return shown + shown.T


def _group(
    features: tuple[str, ...], members: tuple[int, ...], pairs: Pairs, columns: Columns, parts: np.ndarray
) -> FeatureGroup:
    first, second = max(combinations(members, 2), key=lambda pair: pairs.value[pair])
    value = float(pairs.value[first, second])
    low, high = _interval(columns, (first, second), value, parts)
    return FeatureGroup(
        columns=tuple(features[i] for i in members),
        first=features[first],
        second=features[second],
        method=METHODS[pairs.method[first, second]],
        value=value,
        low=low,
        high=high,
        weakest=float(min(pairs.value[pair] for pair in combinations(members, 2))),
        n=len(parts),
    )


def _interval(columns: Columns, pair: tuple[int, int], value: float, parts: np.ndarray) -> tuple[float, float]:
    """95 % by leaving out a twentieth of the rows, or groups, in turn, on Fisher's scale, where spreads are even.

    Shao and Wu 1989, Annals of Statistics 17:1176 (delete-a-group); Fisher 1921, Metron 1:3 (the scale).
    """
    kept = [compare(columns.take(np.flatnonzero(parts != part), pair)).value[0, 1] for part in np.unique(parts)]
    left_out = _fisher(np.array(kept))
    count = len(left_out)
    spread = np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum())
    reach = student_quantile(count) * spread
    middle = float(_fisher(np.array(value)))
    return float(max(np.tanh(middle - reach), 0.0)), float(np.tanh(middle + reach)) if reach else value


def _fisher(value: Floats) -> Floats:
    return np.asarray(np.arctanh(np.minimum(value, 1 - 1e-12)))
