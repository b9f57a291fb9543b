"""What the network answers when a row is told a little otherwise: noise, a missing column, a shifted column."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence import solo
from reportgen.evidence.base import Floats, NotApplicable, Predict, Refit, Refitting, Subject
from reportgen.evidence.intervals import paired_rate_difference_interval, rate_interval, resample_rows
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.number_scores import explained
from reportgen.evidence.paired import mcnemar, paired_t
from reportgen.records.robustness import Churn, Robustness, Trial
from reportgen.records.table import Encoded

NOISES = (0.05, 0.1, 0.2)
SHIFTS = (-0.5, 0.5)

MOST_ROWS = 2_000
"""The widest interval of a share of so many rows reaches 2.2 percentage points to each side."""
MOST_ANSWERS = 60_000
"""Questions to the network for all trials but noise; many columns leave room for fewer rows."""
FEWEST_ROWS = 200
MOST_COLUMNS = 100
"""Columns that are taken away and shifted: of 2,000 with 200 rows each a million questions would be asked."""
NOISY_ANSWERS = 4_000
"""Questions for each size of noise, or as many as there are rows: on few rows noise is drawn more often."""
MOST_DRAWS = 30
USUAL = 0.5
"""The share of training rows that makes a number a state."""
FEWEST_NUMBERS = 3
"""Test rows that an interval of R2 needs."""

MCNEMAR = "Bonett-Price limits; exact McNemar test, Holm over the columns"
PAIRED = "{limits}, rows redrawn in pairs; paired t test of absolute errors, Holm over the columns"

STREAM = 151

Flags = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float32]


class Change(NamedTuple):
    """One way of telling rows otherwise: noise of one size on all columns, one column missing, or one shifted."""

    kind: Literal["noise", "missing", "shift"]
    feature: str | None = None
    amount: float = 0.0
    draws: int = 1


class Asked(NamedTuple):
    """A change and the answers to the changed rows, shape (draws, rows) or (draws, rows, classes)."""

    change: Change
    answers: Floats


def measure(subject: Subject) -> Robustness:
    """Ask the network about rows it did not learn with noise, with each column missing, with each number shifted.

    Corruptions and the share of answers they turn: Hendrycks and Dietterich 2019, Benchmarking neural network
    robustness to common corruptions and perturbations, arXiv:1903.12261, on columns in place of pixels. Raises
    NotApplicable where test rows leave nothing of a number to explain.
    """
    y = subject.test.y
    if not subject.classifies and (len(y) < FEWEST_NUMBERS or np.ptp(y) == 0):
        raise NotApplicable("no_spread_on_test_rows")
    rng = np.random.default_rng([subject.seed, STREAM])
    some = len(subject.features) > MOST_COLUMNS  # then no row that chose columns is asked: those of other folds did
    rows = _Rows.drawn(replace(subject, refits=Refitting()) if some else subject, rng)
    asked = [Asked(change, rows.answers(change, rng)) for change in changes(subject, len(rows.y))]
    judged = _judge_classes(rows, asked) if subject.classifies else _judge_numbers(rows, asked, rng)
    trials = tuple(trial.model_copy(update={"learnt": _learnt(subject, trial)}) for trial in judged.trials)
    return judged.model_copy(
        update={
            "networks": len(rows.desks),
            "trials": _adjusted(trials),
            "churn": churn(subject),
            "of": len(subject.features),
        }
    )


def changes(subject: Subject, rows: int) -> tuple[Change, ...]:
    """All changes: three sizes of noise, each column missing, each column that is one number shifted down and up.

    Of very many columns those that tell the target best alone, as training and validation rows say, are taken away and
    shifted; noise is on all.
    """
    draws = max(1, min(MOST_DRAWS, NOISY_ANSWERS // max(rows, 1)))
    noises = [Change("noise", None, amount, draws) for amount in NOISES]
    asked = solo.leading(subject, MOST_COLUMNS)
    missing = [Change("missing", feature) for feature in asked]
    numbers = set(_numbers(subject.inputs))
    shifts = [Change("shift", feature, amount) for feature in asked if feature in numbers for amount in SHIFTS]
    return (*noises, *missing, *shifts)


def otherwise(before: Floats, after: Floats, tolerance: float | None) -> Flags:
    """Whether each row is answered otherwise: another class, or a number farther away than `tolerance`."""
    if tolerance is None:
        return np.asarray(np.argmax(after, axis=-1) != np.argmax(before, axis=-1))
    return np.asarray(np.abs(after - before) > tolerance)


def churn(subject: Subject) -> Churn | None:
    """How many test rows networks made in the same way answer otherwise, on average; None where none are at hand.

    Milani Fard, Cormier, Canini and Gupta 2016, Launch and iterate: reducing prediction churn, NeurIPS. Networks that
    learnt test rows are not asked: they would agree with the truth for a reason of their own. The limits are Wilson's
    for as many rows, which a mean over networks keeps at least.
    """
    answers, covers = _others(subject)
    if not answers:
        return None
    own = subject.predict(subject.test.x)
    far = None if subject.classifies else float(np.abs(own - subject.test.y).mean())
    share = float(np.mean([otherwise(own, other, far).mean() for other in answers]))
    n = len(subject.test.y)
    low, high = rate_interval(share * n, n)
    return Churn(share=share, low=low, high=high, n=n, networks=len(answers), covers=covers)


def _others(subject: Subject) -> tuple[list[Floats], Literal["seed", "training_rows"]]:
    """The answers to the reported test rows of networks that learnt none of them, and what else they differ in."""
    twins = [one.predictions for one in subject.smaller.networks if one.rows == len(subject.train.y)]
    if twins:
        return twins, "seed"
    same = [one for one in subject.refits.networks if np.array_equal(one.test.rows, subject.test.rows)]
    answers = [np.asarray(one.predict(one.test.x)) for one in same]
    return answers, "training_rows" if "training_rows" in subject.refits.covers else "seed"


@dataclass(frozen=True)
class _Desk:
    """One network with rows that it did not learn, as they are encoded for it, and what it answers to them.

    `spreads` and `middles` are the standard deviations and medians of encoded columns over training rows, `givers`
    encoded rows that categories are taken from; `still` says by feature which rows noise and shifts leave as they are.
    """

    inputs: tuple[Encoded, ...]
    groups: Mapping[str, npt.NDArray[np.intp]]
    predict: Predict
    x: Matrix
    y: npt.NDArray[Any]
    before: Floats
    still: Mapping[str, Flags]
    spreads: Floats
    middles: Floats
    givers: Matrix

    def answers(self, change: Change, rng: np.random.Generator) -> Floats:
        """The answers to each drawing of a change; a row that it leaves as it is keeps its answer."""
        x = np.stack([self._changed(change, rng) for _ in range(change.draws)])
        moved, answers = (x != self.x).any(axis=2), np.stack([self.before] * change.draws)
        if moved.any():
            answers[moved] = self.predict(x[moved])
        return answers

    def _changed(self, change: Change, rng: np.random.Generator) -> Matrix:
        x = self.x.copy()
        if change.kind == "noise":
            numbers = set(_numbers(self.inputs))
            for feature in self.groups:
                self._add_noise(x, feature, change.amount, rng, number=feature in numbers)
        elif change.kind == "missing":
            self._remove(x, str(change.feature))
        else:
            self._shift(x, str(change.feature), np.full(len(x), change.amount))
        return x

    def _add_noise(self, x: Matrix, feature: str, amount: float, rng: np.random.Generator, *, number: bool) -> None:
        """Move a number by normal noise; give a share of categories the value of another row; leave dates."""
        places = self.groups[feature]
        if number:
            self._shift(x, feature, amount * rng.standard_normal(len(x)))
        elif not any(self.inputs[place].kind == "number" for place in places):
            hit = np.flatnonzero((rng.random(len(x)) < amount) & self._moving(feature))
            givers = rng.integers(len(self.givers), size=len(hit))
            x[np.ix_(hit, places)] = self.givers[np.ix_(givers, places)]

    def _remove(self, x: Matrix, feature: str) -> None:
        """Tell a column as the network is told a missing value: its middle, no category, and its flag if it has one."""
        for place in self.groups.get(feature, ()):
            x[:, place] = {"number": self.middles[place], "missing": 1.0}.get(self.inputs[place].kind, 0.0)

    def _shift(self, x: Matrix, feature: str, deviations: Floats) -> None:
        """Move a number by training standard deviations, where it does not stand still."""
        there = self._moving(feature)
        for place in self.groups.get(feature, ()):
            if self.inputs[place].kind == "number":
                x[there, place] += (deviations[there] * self.spreads[place]).astype(np.float32)

    def _moving(self, feature: str) -> Flags:
        return ~self.still[feature] if feature in self.still else np.ones(len(self.x), dtype=bool)


@dataclass(frozen=True)
class _Rows:
    """The rows that are asked again, desk by desk: their targets, and the answers to them as they are."""

    desks: tuple[_Desk, ...]
    y: npt.NDArray[Any]
    before: Floats

    @classmethod
    def drawn(cls, subject: Subject, rng: np.random.Generator) -> "_Rows":
        """The reported test rows; while there is room, those of networks made anew, each row asked of one network."""
        trials = len(changes(subject, 1)) - len(NOISES)
        room = min(MOST_ROWS, max(FEWEST_ROWS, MOST_ANSWERS // max(trials, 1)))
        spreads = np.asarray(subject.train.fresh.std(axis=0, dtype=np.float64))
        middles = np.asarray(np.median(subject.train.fresh, axis=0).astype(np.float64))
        own = Refit(subject.test, subject.inputs, subject.predict, 0)
        desks = [_seated(subject, own, room, (spreads, middles, subject.train.fresh), rng)]
        seen = subject.test.rows
        for refit in subject.refits.networks if "split" in subject.refits.covers else ():
            left = room - sum(len(desk.y) for desk in desks)
            if left > 0 and not np.isin(refit.test.rows, seen).any():
                known = (*_carried(subject.inputs, spreads, middles, refit), refit.test.x)
                desks.append(_seated(subject, refit, left, known, rng))
                seen = np.concatenate([seen, refit.test.rows])
        y, before = np.concatenate([desk.y for desk in desks]), np.concatenate([desk.before for desk in desks])
        return cls(tuple(desks), y, before)

    def answers(self, change: Change, rng: np.random.Generator) -> Floats:
        """The answers of all desks to each drawing of a change."""
        return np.concatenate([desk.answers(change, rng) for desk in self.desks], axis=1)


def _seated(
    subject: Subject, network: Refit, room: int, known: tuple[Floats, Floats, Matrix], rng: np.random.Generator
) -> _Desk:
    """A network with its test rows, or as many of them as there is room for."""
    part = network.test
    rows = np.sort(rng.choice(len(part.y), min(len(part.y), room), replace=False))
    frame = part.frame.iloc[rows]
    still = {name: _still(frame[name], subject.train.frame[name]) for name in subject.features if name in frame}
    before = np.asarray(network.predict(part.x), dtype=np.float64)[rows]
    return _Desk(network.inputs, network.groups, network.predict, part.x[rows], part.y[rows], before, still, *known)


def _still(values: pd.Series, learnt: pd.Series) -> Flags:
    """Rows that noise and shifts pass by: those without a value, and numbers that half the training rows share.

    Such a number (no gain, no debt) is a state and no measurement, and a little of it would be a row that cannot be.
    """
    still = values.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(learnt) and learnt.notna().any():
        counts = learnt.value_counts()
        if counts.iloc[0] >= USUAL * len(learnt):
            still = still | (values == counts.index[0]).to_numpy()
    return np.asarray(still)


def _carried(inputs: tuple[Encoded, ...], spreads: Floats, middles: Floats, refit: Refit) -> tuple[Floats, Floats]:
    """Spreads and middles of the reported training rows in the units of a network made anew.

    A number that the reported network does not have is told by the rows that are asked.
    """
    places = {(column.feature, column.part): place for place, column in enumerate(inputs) if column.kind == "number"}
    others, centres = refit.test.x.std(axis=0, dtype=np.float64), np.median(refit.test.x, axis=0).astype(np.float64)
    for number, column in enumerate(refit.inputs):
        place = places.get((column.feature, column.part)) if column.kind == "number" else None
        if place is not None:
            own = inputs[place]
            others[number] = spreads[place] * own.scale / column.scale
            centres[number] = (own.centre + own.scale * middles[place] - column.centre) / column.scale
    return others, centres


def _numbers(inputs: tuple[Encoded, ...]) -> tuple[str, ...]:
    """The columns that are one number each: the parts of a date do not move apart."""
    return tuple(column.feature for column in inputs if column.kind == "number" and column.part is None)


def _judge_classes(rows: _Rows, asked: list[Asked]) -> Robustness:
    right = np.argmax(rows.before, axis=1) == rows.y
    return Robustness(
        measure="accuracy",
        value=float(right.mean()),
        n=len(rows.y),
        method=MCNEMAR,
        trials=tuple(_class_trial(rows, right, one) for one in asked),
    )


def _class_trial(rows: _Rows, right: Flags, asked: Asked) -> Trial:
    """Count the rows that turn right or wrong; over several drawings each row counts with its share of them.

    The limits of Bonett and Price 2012 take a row for all or nothing, so that they are wide enough for such means.
    """
    n, now = len(rows.y), np.argmax(asked.answers, axis=2) == rows.y
    won, lost = float((now & ~right).mean(axis=0).sum()), float((right & ~now).mean(axis=0).sum())
    low, high = paired_rate_difference_interval(won, lost, n)
    single = asked.change.draws == 1 and asked.change.kind != "noise"
    return Trial(
        **_told(asked.change),
        change=(won - lost) / n,
        low=low,
        high=high,
        p_value=mcnemar(round(won), round(lost)) if single else None,
        **_flips(otherwise(rows.before, asked.answers, None)),
        n=n,
    )


def _judge_numbers(rows: _Rows, asked: list[Asked], rng: np.random.Generator) -> Robustness:
    """The change of R2; tests are about absolute errors, since a few large squares would decide all others."""
    far = float(np.abs(rows.before - rows.y).mean())
    before = (rows.before - rows.y) ** 2
    after = [((one.answers - rows.y) ** 2).mean(axis=0) for one in asked]
    further = [(np.abs(one.answers - rows.y) - np.abs(rows.before - rows.y)).mean(axis=0) for one in asked]
    centred = rows.y - rows.y.mean()
    columns = np.column_stack([before, *after, centred, centred**2])
    means, redrawn = columns.mean(axis=0, keepdims=True), resample_rows(columns, rng)
    trials, method = [], ""
    for place, (one, steps) in enumerate(zip(asked, further, strict=True), start=1):
        gained = partial(_r2_gained, place=place)
        low, high, method = redrawn.interval(gained)
        trials.append(
            Trial(
                **_told(one.change),
                change=float(gained(means)[0]),
                low=low,
                high=high,
                p_value=None if one.change.kind == "noise" else paired_t(steps),
                **_flips(otherwise(rows.before, one.answers, far)),
                n=len(rows.y),
            )
        )
    return Robustness(
        measure="r2",
        value=float(explained(means)[0]),
        tolerance=far,
        n=len(rows.y),
        method=PAIRED.format(limits=method),
        trials=tuple(trials),
    )


def _r2_gained(means: Floats, place: int) -> Floats:
    """R2 after the change whose squared errors stand in that column, less R2 before it."""
    return explained(means, place) - explained(means, 0)


def _told(change: Change) -> dict[str, Any]:
    amount = None if change.kind == "missing" else change.amount
    return {"kind": change.kind, "feature": change.feature, "amount": amount, "draws": change.draws}


def _flips(flipped: Flags) -> dict[str, Any]:
    """The share of rows, over all drawings, with Wilson's limits for as many rows as there are."""
    share, n = float(flipped.mean()), flipped.shape[1]
    low, high = rate_interval(share * n, n)
    return {"flips": share, "flips_low": low, "flips_high": high}


def _adjusted(trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """Each p-value adjusted for all of its kind."""
    raised: dict[int, float] = {}
    for kind in ("missing", "shift"):
        places = [place for place, trial in enumerate(trials) if trial.kind == kind]
        raised |= dict(zip(places, holm([trials[place].p_value or 0.0 for place in places]), strict=True))
    return tuple(trial.model_copy(update={"p_value": raised.get(place)}) for place, trial in enumerate(trials))


def _learnt(subject: Subject, trial: Trial) -> bool | None:
    """Whether the network learnt from rows that lack this column."""
    if trial.kind != "missing":
        return None
    return any(column.feature == trial.feature and column.kind == "missing" for column in subject.inputs)
