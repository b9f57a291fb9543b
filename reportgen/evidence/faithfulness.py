"""Whether contributions name the columns that an answer rests on: columns are taken away in that order."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from reportgen.evidence.attributed import Local, drawn_rows, taken_apart
from reportgen.evidence.attribution import in_one_go
from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.intervals import STUDENT, Bounds, bootstrap, mean_interval
from reportgen.evidence.predictions import SMALLEST
from reportgen.evidence.surrogates import linear_slopes
from reportgen.records.trust import Explainer, Faithfulness, Gap, Trial

ANSWERS = {"quick": 20_000, "standard": 60_000, "thorough": 400_000}
"""Rows that the network may be asked about."""
MOST_ROWS, FEWEST_ROWS = 300, 30
FEWEST_DONORS, MOST_DONORS = 3, 10
MOST_STEPS = 8  # even
ORDERS = 10
"""Three ways, chance and what knows nothing, each forwards and backwards."""
MOST_NUMBERS = 4_000_000
STEPS = 16
"""Points of a way in a network that knows nothing."""

What = Literal["both", "deletion", "insertion"]
Order = npt.NDArray[np.intp]
"""For each row its columns, the one that goes first in front."""


@dataclass(frozen=True)
class _Ground:
    """The rows, the training rows whose values stand in for theirs, and how the answers are read.

    `taken` are the rows' places among those that were taken apart; `x` (rows, encoded); `donors` (donors, rows,
    encoded); `given` the class of each row (0 for a number); `sign` +1 or -1, the direction in which a row's answer
    lies from the average. `steps` are the numbers of columns that are taken away, `owner` the column of each encoded
    one; `whole` and `none` are the outputs with all columns and with none.
    """

    subject: Subject
    taken: Order
    x: Floats
    donors: Floats
    given: Order
    sign: Floats
    steps: npt.NDArray[np.intp]
    owner: npt.NDArray[np.intp]
    whole: Floats
    none: Floats


@dataclass(frozen=True)
class _Areas:
    """The mean output over the steps of each row: columns taken away in an order, and brought in the same order."""

    deletion: Floats
    insertion: Floats


def measure(subject: Subject) -> Faithfulness:
    """Hold integrated gradients, expected gradients and the linear surrogate against orders by chance.

    The columns that speak most for a row's answer are replaced first by the values of other rows (deletion), or come
    first into other rows (insertion): the sooner the answer goes or comes, the more faithful the order. Samek et al.
    (2017), Evaluating the visualization of what a deep neural network has learned, IEEE TNNLS 28:2660; Petsiuk, Das and
    Saenko (2018), RISE, BMVC, arXiv:1806.07421. Values come from training rows, not from zeros, since a zero is a value
    like any other. A network whose weights were drawn anew must lose the gap: Adebayo et al. (2018), Sanity checks for
    saliency maps, NeurIPS, arXiv:1810.03292.

    Raises NotApplicable where there is one column only, or one answer only.
    """
    if len(subject.features) < 2:  # of one column there is one order
        raise NotApplicable("one_column_only")
    locals_ = taken_apart(subject)
    ground = _ground(subject)
    chance = _by_chance(ground)
    ways: dict[Explainer, Floats] = {
        "integrated_gradients": _to_given(locals_["integrated_gradients"], ground),
        "expected_gradients": _to_given(locals_["expected_gradients"], ground),
        **_linear(subject, ground),
    }
    trained = tuple(_trial(ground, name, parts, chance) for name, parts in ways.items())
    return Faithfulness(
        n=len(ground.x),
        donors=len(ground.donors),
        columns=len(subject.features),
        trials=(*trained, *_sanity(ground, chance)),
    )


def _to_given(local: Local, ground: _Ground) -> Floats:
    """The contributions to the class that was given to each row."""
    return np.asarray(local.contributions[ground.given, ground.taken])


def _ground(subject: Subject) -> _Ground:
    """As many rows and donors as the budget for questions leaves room for."""
    steps = _steps(len(subject.features))
    room = ANSWERS[subject.budget] // (ORDERS * len(steps))
    drawn = drawn_rows(subject)
    most = max(FEWEST_ROWS, min(MOST_ROWS, room // FEWEST_DONORS))
    rng = np.random.default_rng([subject.seed, 41])
    taken = np.sort(rng.choice(len(drawn), min(len(drawn), most), replace=False))
    rows = drawn[taken]
    donors = int(np.clip(room // len(rows), FEWEST_DONORS, MOST_DONORS))
    x = subject.test.x[rows].astype(np.float32)
    others = subject.train.fresh[rng.integers(0, len(subject.train.fresh), (donors, len(rows)))]
    answers = np.asarray(subject.predict(x))
    given = answers.argmax(axis=1) if subject.classifies else np.zeros(len(rows), dtype=np.intp)
    owner = np.empty(len(subject.inputs), dtype=np.intp)
    for number, group in enumerate(subject.groups.values()):
        owner[group] = number
    whole = _read(subject, answers, given)
    none = _read(subject, subject.predict(others.reshape(-1, x.shape[1])), np.tile(given, donors))
    none = none.reshape(donors, -1).mean(axis=0)
    if not np.abs(whole - none).max() > 0:
        raise NotApplicable("one_answer")
    sign = np.ones(len(rows)) if subject.classifies else np.where(whole >= none, 1.0, -1.0)
    return _Ground(subject, taken, x, others, given, sign, steps, owner, whole, none)


def _steps(columns: int) -> npt.NDArray[np.intp]:
    """How many columns are taken away, the same from both ends: an order read backwards then loses what it gains."""
    half = np.linspace(1, columns / 2, MOST_STEPS // 2).astype(np.intp)
    return np.unique(np.concatenate([half, columns - half]))


def _read(subject: Subject, answers: Floats, given: Order) -> Floats:
    """The number itself, or the log-odds of a class against the mean of the others."""
    if not subject.classifies:
        return np.asarray(answers, dtype=np.float64)
    logs = np.log(np.maximum(np.asarray(answers, dtype=np.float64), SMALLEST))
    own = logs[np.arange(len(logs)), given]
    return np.asarray(own - (logs.sum(axis=1) - own) / (logs.shape[1] - 1))


def _areas(ground: _Ground, order: Order) -> _Areas:
    """The output with the first columns of an order replaced, and with only them kept, mean over steps and donors."""
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[1])[None, :], axis=1)
    place = place[:, ground.owner]
    totals = []
    for gone in (place[None] < ground.steps[:, None, None], place[None] >= ground.steps[:, None, None]):
        total = np.zeros(len(order))
        block = max(1, MOST_NUMBERS // (gone.size or 1))
        for start in range(0, len(ground.donors), block):
            donors = ground.donors[start : start + block]
            made = np.where(gone[:, None], donors[None], ground.x).astype(np.float32)
            times = made.shape[0] * made.shape[1]
            answers = ground.subject.predict(made.reshape(-1, made.shape[-1]))
            total += _read(ground.subject, answers, np.tile(ground.given, times)).reshape(times, -1).sum(axis=0)
        totals.append(total / (len(ground.steps) * len(ground.donors)))
    return _Areas(*totals)


def _by_chance(ground: _Ground) -> _Areas:
    """The same in an order by chance, and in its reverse, so that one makes up for the other's luck."""
    rng = np.random.default_rng([ground.subject.seed, 42])
    order = rng.permuted(np.tile(np.arange(ground.owner.max() + 1), (len(ground.x), 1)), axis=1)
    one, other = _areas(ground, order), _areas(ground, order[:, ::-1])
    return _Areas((one.deletion + other.deletion) / 2, (one.insertion + other.insertion) / 2)


def _gaps(ground: _Ground, parts: Floats, chance: _Areas) -> tuple[Floats, Floats]:
    """How much sooner than by chance each row's answer goes, and comes, in the output's own units."""
    areas = _areas(ground, np.argsort(-parts * ground.sign[:, None], axis=1, kind="stable"))
    return (chance.deletion - areas.deletion) * ground.sign, (areas.insertion - chance.insertion) * ground.sign


def _trial(ground: _Ground, method: Explainer, parts: Floats, chance: _Areas) -> Trial:
    way = np.abs(ground.whole - ground.none)
    named = _named(*_gaps(ground, parts, chance))
    bounds = [_over_rows(ground, gap, way) for _, gap in named]
    return Trial(
        method=method,
        n=len(way),
        interval_method=bounds[0].method if bounds[0] else "not measured",
        gaps=tuple(
            Gap(
                of=of,
                value=float(gap.mean() / way.mean()),
                low=bound.low if bound else None,
                high=bound.high if bound else None,
            )
            for (of, gap), bound in zip(named, bounds, strict=True)
        ),
    )


def _over_rows(ground: _Ground, gap: Floats, way: Floats) -> Bounds | None:
    if len(way) < 2:  # one row has no interval
        return None
    rng = np.random.default_rng([ground.subject.seed, 43])
    return bootstrap(np.stack([gap, way], axis=1), _ratio, rng)


def _ratio(means: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(means[:, 0] / means[:, 1])


def _linear(subject: Subject, ground: _Ground) -> dict[Explainer, Floats]:
    """Coefficient times distance from the average row; nothing where no linear surrogate can be fitted."""
    try:
        slopes = linear_slopes(subject)
    except NotApplicable:
        return {}
    away = ground.x.astype(np.float64) - subject.train.fresh.mean(axis=0, dtype=np.float64)
    return {"linear": _by_column(subject, away * slopes[ground.given])}


def _by_column(subject: Subject, parts: Floats) -> Floats:
    return np.stack([parts[:, group].sum(axis=1) for group in subject.groups.values()], axis=1)


def _sanity(ground: _Ground, chance: _Areas) -> tuple[Trial, ...]:
    """Integrated gradients of networks that know nothing, each on rows of its own; the trained one answers."""
    subject = ground.subject
    count = min(len(subject.randomised), len(ground.x))
    if count < 2:  # an interval over networks needs two
        return ()
    network = np.arange(len(ground.x)) % count
    parts = np.empty((len(ground.x), len(subject.features)))
    for number, gradients in enumerate(subject.randomised[:count]):
        for output in np.unique(ground.given[network == number]):
            chosen = (network == number) & (ground.given == output)
            parts[chosen] = in_one_go(replace(subject, gradients=gradients), ground.x[chosen], int(output), STEPS)
    way = float(np.abs(ground.whole - ground.none).mean())
    return (
        Trial(
            method="integrated_gradients",
            randomised=True,
            n=len(ground.x),
            networks=count,
            interval_method=STUDENT,
            gaps=tuple(
                _over_networks(of, np.array([gap[network == number].mean() for number in range(count)]) / way)
                for of, gap in _named(*_gaps(ground, parts, chance))
            ),
        ),
    )


def _over_networks(of: What, means: Floats) -> Gap:
    low, high = mean_interval(means)
    return Gap(of=of, value=float(means.mean()), low=low, high=high)


def _named(deletion: Floats, insertion: Floats) -> tuple[tuple[What, Floats], ...]:
    return ("both", (deletion + insertion) / 2), ("deletion", deletion), ("insertion", insertion)
