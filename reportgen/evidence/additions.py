"""Which columns add to all the others: each is drawn anew given them, and the networks judge on rows they never saw."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr

from reportgen.evidence import solo
from reportgen.evidence.base import Exchanged, Floats, NotApplicable, Part, Predict, Subject, positions
from reportgen.evidence.conditional import Sampler
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.permutation import MANY_INPUTS
from reportgen.evidence.predictions import losses
from reportgen.records.columns import Addition, Additions

ALPHA = 0.05
MOST_ROWS = 3_000
FEWEST_ROWS = 50
MOST_REPEATS = 5
MOST_TESTED = 60
"""Columns that are tested: each costs a regression on all others, and questions to the networks on rows enough to tell
(at `standard` 2,000). Holm's correction for more would leave hardly anything to be shown."""
MOST_WHOLE = 5_000
"""Test rows whose first layer is worked out as a whole before columns are exchanged in it."""
ANSWERS = {"quick": 20_000, "standard": 120_000, "thorough": 600_000}
"""Rows that the networks are asked about, over all features and draws."""
LIGHT_OUTPUTS, LIGHT_INPUTS = 50, 1_000
"""Beyond so many classes, or inputs, an answer costs by the class, or by the input."""
METHOD = "t test over rows, each as taker and giver of values, columns drawn anew given the others, Holm over columns"


@dataclass(frozen=True)
class _Judge:
    """A network with rows that it has not seen, and the encoded places of each feature."""

    part: Part
    groups: dict[str, npt.NDArray[np.intp]]
    predict: Predict
    exchanged: Exchanged | None = None


@dataclass(frozen=True)
class _Seat:
    """The rows of all judges in a line: which judge's each is, and its place in the judge's part."""

    judge: npt.NDArray[np.intp]
    row: npt.NDArray[np.intp]


def measure(subject: Subject) -> Additions:
    """Test each feature given all the others, on rows that the judging network has not seen.

    Where a feature adds nothing, its values and values drawn anew given the others serve a model alike, whatever the
    model: the mean of the loss gained is nought (Tansey et al. 2022, The holdout randomization test for feature
    selection in black box models, J. Comput. Graph. Stat. 31; Watson and Wright 2021, Testing conditional independence
    in supervised learning algorithms, Machine Learning 110). Raises NotApplicable for one feature or too few rows.
    """
    if len(subject.features) < 2:
        raise NotApplicable("one_column")
    rng = np.random.default_rng([subject.seed, 113])
    features = _leading(subject)
    judges = _judges(subject) if len(features) == len(subject.features) else (_alone(subject),)
    seats, repeats = _seats(subject, judges, rng)
    if len(seats.row) < FEWEST_ROWS:
        raise NotApplicable("too_few_rows")
    frame = pd.concat([judge.part.frame.iloc[seats.row[seats.judge == i]] for i, judge in enumerate(judges)])
    sampler = Sampler(frame, subject.features, seats.judge)
    gains = [
        _gained(judges, seats, feature, sampler.draw(place, repeats, rng))
        for place, feature in enumerate(subject.features)
        if feature in features
    ]
    unit, scale = _unit(subject, judges, seats)
    return Additions(
        unit=unit,
        features=_tested(features, gains, scale),
        of=len(subject.features),
        alpha=ALPHA,
        repeats=repeats,
        networks=len(judges),
        n=len(seats.row),
        method=METHOD,
    )


def _leading(subject: Subject) -> tuple[str, ...]:
    """All features, or of more than can be tested those that tell the target best alone, in the order of the table.

    How well they tell it is known from training and validation rows; in such tables the reported network's test rows
    alone judge, so that no row chooses a column and tests it.
    """
    return solo.leading(subject, MOST_TESTED)


def _judges(subject: Subject) -> tuple[_Judge, ...]:
    """The reported network, and those made anew whose test rows no other one has."""
    judges, seen = [_Judge(subject.test, subject.groups, subject.predict)], subject.test.rows
    for refit in subject.refits.networks if "split" in subject.refits.covers else ():
        if not np.isin(refit.test.rows, seen).any():
            judges.append(_Judge(refit.test, positions(refit.inputs), refit.predict))
            seen = np.concatenate([seen, refit.test.rows])
    return tuple(judges)


def _alone(subject: Subject) -> _Judge:
    """The reported network; of many inputs and not too many rows to be taken in whole, it answers the shorter way."""
    short = len(subject.inputs) >= MANY_INPUTS and len(subject.test.y) <= MOST_WHOLE
    return _Judge(subject.test, subject.groups, subject.predict, subject.exchanged if short else None)


def _seats(subject: Subject, judges: tuple[_Judge, ...], rng: np.random.Generator) -> tuple[_Seat, int]:
    """Rows of all judges, as many as there is room for, and how often each column is drawn."""
    owner = np.concatenate([np.full(len(judge.part.y), i) for i, judge in enumerate(judges)])
    row = np.concatenate([np.arange(len(judge.part.y)) for judge in judges])
    weight = max(len(subject.task.classes) / LIGHT_OUTPUTS, len(subject.inputs) / LIGHT_INPUTS, 1)
    columns = min(len(subject.features), MOST_TESTED)
    room = max(int(ANSWERS[subject.budget] / (columns * weight)), FEWEST_ROWS)
    size = min(len(row), MOST_ROWS, room)
    drawn = np.sort(rng.choice(len(row), size, replace=False))
    return _Seat(owner[drawn], row[drawn]), int(np.clip(room // max(size, 1), 1, MOST_REPEATS))


@dataclass(frozen=True)
class _Gain:
    """The mean loss gained, and what each row had a part in, as taker and as giver of values."""

    value: float
    parts: Floats


def _gained(judges: tuple[_Judge, ...], seats: _Seat, feature: str, givers: npt.NDArray[np.intp]) -> _Gain:
    """Each row's loss with a drawn value less its loss with its own, over all draws.

    The mean is one over pairs of rows, whose variance is that of a row's part in both places (Hoeffding 1948).
    """
    gained = np.zeros(givers.shape)
    for i, judge in enumerate(judges):
        inside = np.flatnonzero(seats.judge == i)
        group = judge.groups.get(feature)
        if group is None or not len(inside):
            continue
        x, y = judge.part.x[seats.row[inside]], judge.part.y[seats.row[inside]]
        taken = seats.row[givers[:, inside]].ravel()
        changed = (judge.part.x[np.ix_(taken, group)] != np.tile(x[:, group], (len(givers), 1))).any(axis=1)
        base = losses(np.asarray(judge.predict(judge.part.x))[seats.row[inside]], y)
        if changed.any():
            added = np.zeros(len(taken))
            rows = np.tile(seats.row[inside], len(givers))
            answers = _answers(judge, group, rows[changed], taken[changed])
            added[changed] = losses(answers, np.tile(y, len(givers))[changed])
            added[changed] -= np.tile(base, len(givers))[changed]
            gained[:, inside] = added.reshape(len(givers), -1)
    given_away = np.bincount(givers.ravel(), weights=gained.ravel(), minlength=len(seats.row))
    return _Gain(float(gained.mean()), gained.mean(axis=0) + given_away / len(givers))


def _answers(
    judge: _Judge, group: npt.NDArray[np.intp], rows: npt.NDArray[np.intp], givers: npt.NDArray[np.intp]
) -> Floats:
    """What a judge answers of these rows with the column of their givers."""
    x = judge.part.x
    if judge.exchanged:
        return judge.exchanged(x, [(group, rows, givers)])
    given = x[rows]
    given[:, group] = x[np.ix_(givers, group)]
    return judge.predict(given)


def _unit(
    subject: Subject, judges: tuple[_Judge, ...], seats: _Seat
) -> tuple[Literal["log_loss", "r2_drop", "squared_error"], float]:
    if subject.classifies:
        return "log_loss", 1.0
    y = np.concatenate([judge.part.y[seats.row[seats.judge == i]] for i, judge in enumerate(judges)])
    variance = float(np.var(y))
    return ("r2_drop", variance) if variance > 0 else ("squared_error", 1.0)


def _tested(features: tuple[str, ...], gains: list[_Gain], scale: float) -> tuple[Addition, ...]:
    p_values = holm([_chance(one) for one in gains])
    found = [_addition(name, one, scale, p_value) for name, one, p_value in zip(features, gains, p_values, strict=True)]
    return tuple(sorted(found, key=lambda one: (-one.value, one.p_value)))


def _addition(feature: str, gain: _Gain, scale: float, p_value: float) -> Addition:
    low, high = mean_interval(gain.parts)
    reach = (high - low) / 2
    return Addition(
        feature=feature,
        value=gain.value / scale,
        low=(gain.value - reach) / scale,
        high=(gain.value + reach) / scale,
        p_value=p_value,
        adds=p_value <= ALPHA,
    )


def _chance(gain: _Gain) -> float:
    """One-sided t test of a mean above nought."""
    n, spread = len(gain.parts), float(gain.parts.std(ddof=1))
    return float(stdtr(n - 1, -gain.value / spread * np.sqrt(n))) if spread > 0 else 1.0
