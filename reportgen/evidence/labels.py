"""Rows whose label looks wrong: contradicted by models that did not see it, more often than overlap explains."""

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.flips import Flips, Listed, fit, worth_a_look, wrong
from reportgen.evidence.intervals import normal_quantile
from reportgen.evidence.values import as_short_text
from reportgen.records.labels import Labels, SuspectLabel

ALPHA = 0.01
SHOWN = 10
MOST_VALUES = 6
TREES = 50
LEAF = 3
ROWS_A_TREE = 0.6
MOST_LEARNT = 5_000
"""Rows that the forest learns from; it answers for all others."""

BOTH = "exchanged labels by maximum likelihood, networks and forest averaged; profile likelihood, likelihood ratio"
NETWORKS = "exchanged labels by maximum likelihood, from networks alone; profile likelihood, likelihood ratio"

_STREAM = 141


def measure(subject: Subject) -> Labels:
    """Judge the label of every row that a network answered without having seen it.

    Their probabilities are averaged with those of a random forest that did not see the row either (at `quick` they
    stand alone). Rows are listed only where the test shows that labels were exchanged. Confident learning (Northcutt,
    Jiang and Chuang 2021, JAIR 70:1373) lists rows likewise from answers held out, but takes overlap for errors.
    Raises NotApplicable for a target that is a number, and where the networks tell these rows no better than guessing:
    a model that knows nothing of them, or that the times have left behind, contradicts labels that are right.
    """
    if not subject.classifies:
        raise NotApplicable("needs_classes")
    held, rng = subject.held, np.random.default_rng([subject.seed, _STREAM])
    given = held.y.astype(np.int64)
    probabilities = np.asarray(held.predictions, dtype=np.float64)
    if not _tells(probabilities, given):
        raise NotApplicable("not_better_than_guessing")
    forest = subject.budget != "quick"
    if forest:
        probabilities = (probabilities + _forest(subject, given, rng)) / 2
    flips = fit(probabilities, given, rng)
    bare = Labels(
        n=len(given),
        share=flips.share,
        low=flips.low,
        high=flips.high,
        p_value=flips.p_value,
        alpha=ALPHA,
        networks=held.networks,
        forest=forest,
        fitted_on=flips.fitted_on,
        method=BOTH if forest else NETWORKS,
    )
    return bare if flips.p_value > ALPHA else _listed(subject, bare, flips, probabilities)


def _tells(probabilities: Floats, given: npt.NDArray[np.int64]) -> bool:
    """Whether the squared error of the probabilities (Brier 1950) is surely below that of the shares of the classes."""
    classes = probabilities.shape[1]
    shares = np.bincount(given, minlength=classes) / len(given)
    own = probabilities[np.arange(len(given)), given]
    errors = (probabilities**2).sum(axis=1) - 2 * own
    gains = (shares @ shares) - 2 * shares[given] - errors
    return bool(gains.mean() > normal_quantile() * gains.std() / np.sqrt(len(gains)))


def _listed(subject: Subject, bare: Labels, flips: Flips, probabilities: Floats) -> Labels:
    """Name the rows that are worth a look, and how many of them are expected to be wrong."""
    given = subject.held.y.astype(np.int64)
    shares = (flips.low, flips.share, flips.high)
    low, chances, high = (
        wrong(probabilities, given, share, slope) for share, slope in zip(shares, flips.slopes, strict=True)
    )
    listed = worth_a_look(chances)
    precisions = [float(each[listed.rows].mean()) for each in (low, chances, high)]
    return bare.model_copy(
        update={
            "likely": int((chances[listed.rows] > 0.5).sum()),
            "precision": precisions[1],
            "precision_low": min(precisions),
            "precision_high": max(precisions),
            "found": listed.found,
            "suspects": _suspects(subject, listed, chances, probabilities),
        }
    )


def _suspects(subject: Subject, listed: Listed, chances: Floats, probabilities: Floats) -> tuple[SuspectLabel, ...]:
    held, classes = subject.held, subject.task.classes
    others = probabilities.copy()
    others[np.arange(len(others)), held.y.astype(np.int64)] = -1.0
    likeliest = others.argmax(axis=1)
    return tuple(
        SuspectLabel(
            row=int(held.rows[at]),
            given=classes[int(held.y[at])],
            suggested=classes[int(likeliest[at])],
            probability=float(chances[at]),
            values=_values(subject, int(at)) if place < SHOWN else (),
        )
        for place, at in enumerate(listed.rows)
    )


def _values(subject: Subject, at: int) -> tuple[tuple[str, str], ...]:
    row = subject.held.frame.iloc[at]
    return tuple((name, as_short_text(row[name])) for name in subject.features[:MOST_VALUES])


def _forest(subject: Subject, given: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """Ask a random forest for the probabilities of rows that its trees did not see (Breiman 2001, Mach Learn 45:5).

    Each row's votes are joined by one vote for the classes as they are spread, so that no class is ruled out.
    """
    x, classes = _encoded(subject), len(subject.task.classes)
    learnt = np.sort(rng.choice(len(given), min(len(given), MOST_LEARNT), replace=False))
    forest = RandomForestClassifier(
        TREES,
        min_samples_leaf=LEAF,
        max_samples=ROWS_A_TREE if len(learnt) > 1 else None,
        oob_score=_no_score,
        random_state=int(rng.integers(2**31)),
    ).fit(x[learnt], given[learnt])
    shares = np.bincount(given, minlength=classes) / len(given)
    answers = np.tile(shares, (len(given), 1))
    rest = np.setdiff1d(np.arange(len(given)), learnt)
    if len(rest):
        answers[np.ix_(rest, forest.classes_)] = forest.predict_proba(x[rest])
    asked = np.asarray(forest.oob_decision_function_)
    sure = np.isfinite(asked).all(axis=1)
    answers[np.ix_(learnt[sure], forest.classes_)] = asked[sure]
    absent = np.setdiff1d(np.arange(classes), forest.classes_)
    answers[:, absent] = 0.0
    votes = TREES * (1 - ROWS_A_TREE)
    return np.asarray((votes * answers + shares) / (votes * answers.sum(axis=1, keepdims=True) + 1))


def _no_score(_actual: object, _answered: object) -> float:
    """The forest must be scored to keep its answers; the score itself is not needed."""
    return 0.0


def _encoded(subject: Subject) -> npt.NDArray[np.float32]:
    """The encoded columns of the held rows, in their order."""
    if subject.held.networks == 1:
        return subject.test.x
    parts = (subject.train, subject.validation, subject.test)
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")
    places = order[np.searchsorted(rows, subject.held.rows, sorter=order)]
    return np.concatenate([part.x for part in parts])[places]
