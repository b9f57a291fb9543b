"""What models lose on rows that they did not learn from when original columns are shuffled among these rows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from reportgen.evidence.base import Exchanged, Floats, Part, Predict, Subject, Units, joined
from reportgen.evidence.clusters import on, rate_effect
from reportgen.evidence.intervals import LEVEL, student_quantile
from reportgen.evidence.predictions import losses

MOST_NUMBERS = 4_000_000
"""Encoded numbers of one call of the model: 16 MB."""
FEWEST_ROWS = 100
MOST_GIVEN = 400_000_000
"""Encoded numbers of all rows that a model is asked about: the square of the columns comes in, so that above some 800
of them each is asked about fewer rows."""
MANY_INPUTS, CHEAPER = 500, 4
"""From so many encoded columns on networks answer by what one column changes in the first layer's sums: with fewer
there is little to save. Such an answer costs about a hundredth, of 2,000 columns, so that they are asked more."""
MANY_CLASSES, ENOUGH_ROWS, ENOUGH_ANSWERS = 50, 1_000, 20_000
"""Of more classes than these a table of few columns is asked about so many rows all the same: they tell an effect of a
tenth of the losses' spread."""

Rows = npt.NDArray[np.intp]
Features = tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """A model, rows that it did not learn from, and the positions of each original column's encoded columns.

    `exchanged`, where it is given, says what `predict` does of rows that take columns from others, for less work.
    """

    part: Part
    groups: Mapping[str, Rows]
    predict: Predict
    exchanged: Exchanged | None = None

    def drawn(self, rows: Rows) -> "Judged":
        """The same on some of its rows."""
        part = self.part
        chosen = Part(part.name, part.x[rows], part.y[rows], part.rows[rows], part.frame, on(part.units, rows))
        return Judged(chosen, self.groups, self.predict, self.exchanged)


@dataclass(frozen=True)
class Effort:
    """At most `rows` rows, about `losses` losses for each column, at most about `answers` outputs in all."""

    rows: int
    losses: int
    answers: int
    most: int

    def plan(self, subject: Subject, rows: Sequence[int], cheap: bool = False) -> tuple[tuple[int, ...], int]:
        """How many rows of each model and how many shuffles the columns and the outputs leave room for.

        Where an answer is `cheap`, it costs no more in a wide table than in any other.
        """
        outputs = len(subject.task.classes) if subject.task.kind == "multiclass" else 1
        enough = min(ENOUGH_ROWS, ENOUGH_ANSWERS // len(subject.features)) if outputs > MANY_CLASSES else 0
        answers = self.answers * (CHEAPER if cheap else 1)
        wide = answers if cheap else MOST_GIVEN // (len(subject.features) * len(subject.inputs))
        room = max(FEWEST_ROWS, min(answers // (len(subject.features) * outputs), wide), enough)
        share = max(min(self.rows, room) // len(rows), 1)
        taken = tuple(min(count, share) for count in rows)
        shuffles = min(self.most, math.ceil(self.losses / sum(taken)), room // sum(taken))
        return taken, max(1, min(shuffles, min(taken) - 1))


FULL = Effort(rows=4_000, losses=10_000, answers=600_000, most=12)
LIGHT = Effort(rows=2_000, losses=4_000, answers=150_000, most=12)
"""For a model that is only compared with: its trees answer slowly, and rows say more than shuffles do."""


@dataclass(frozen=True)
class Loss:
    """What shuffling some columns together adds to the loss of a row on average, with its 95 % interval."""

    features: Features
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Shuffled:
    """The losses of all columns or sets of columns, and how many rows and shuffles they rest on."""

    losses: tuple[Loss, ...]
    rows: int
    shuffles: int


@dataclass(frozen=True)
class _Added:
    """For one model and one set of columns the loss added by each shuffle (shuffles, rows), and who gave to whom.

    `units` numbers each row's group, None where rows are in none.
    """

    added: Floats
    givers: Rows
    units: Units | None = None


def judged_by(subject: Subject) -> tuple[Judged, ...]:
    """The reported network and those made anew, each with the rows that it alone is asked about."""
    wide = len(subject.inputs) >= MANY_INPUTS
    return tuple(Judged(one.test, one.groups, one.predict, one.exchanged if wide else None) for one in subject.judges)


def permuted(
    subject: Subject,
    models: Sequence[Judged],
    together: Sequence[Features],
    labels: Mapping[Features, Sequence[Rows]] = {},
    effort: Effort = FULL,
) -> Shuffled:
    """Shuffle each set of columns among the rows of each model; with labels only among rows of one number.

    Breiman (2001), Random Forests, section 10, with all of a column's encoded columns moved together. `labels` gives
    for a set of columns one array of numbers for each model's rows. Rows that have none to exchange with are left out.
    """
    rng = np.random.default_rng([subject.seed, 21])
    cheap = all(model.exchanged is not None for model in models)
    sizes, shuffles = effort.plan(subject, [len(model.part.y) for model in models], cheap)
    drawn = [np.sort(rng.choice(len(m.part.y), size, replace=False)) for m, size in zip(models, sizes, strict=True)]
    free = [_givers(np.zeros(size, dtype=np.intp), shuffles, rng) for size in sizes]
    added: list[list[_Added]] = []
    for number, (model, rows) in enumerate(zip(models, drawn, strict=True)):
        within = {names: _givers(labels[names][number][rows], shuffles, rng) for names in together if names in labels}
        jobs = [(_columns(model, names), within.get(names, free[number])) for names in together]
        added.append(_all_added(model.drawn(rows), jobs))
    found = (_loss(names, [one[i] for one in added]) for i, names in enumerate(together))
    return Shuffled(tuple(found), sum(sizes), shuffles)


def _columns(model: Judged, names: Features) -> Rows:
    """The encoded columns of some original ones; a column that this model does not use has none."""
    chosen = [model.groups[name] for name in names if name in model.groups]
    return np.concatenate([*chosen, np.empty(0, dtype=np.intp)])


def _givers(labels: Rows, shuffles: int, rng: np.random.Generator) -> Rows:
    """For each shuffle the row of the same number that each row takes its value from.

    Never itself, unless it is the only one; and never the same one twice, unless there are fewer than shuffles.
    """
    givers = np.tile(np.arange(len(labels)), (shuffles, 1))
    for number in np.unique(labels):
        order = rng.permutation(np.flatnonzero(labels == number))
        if (count := len(order)) > 1:
            shifts = 1 + rng.choice(count - 1, shuffles, replace=shuffles > count - 1)
            givers[:, order] = order[(np.arange(count)[None, :] + shifts[:, None]) % count]
    return givers


def _all_added(model: Judged, jobs: Sequence[tuple[Rows, Rows]]) -> list[_Added]:
    """What each shuffle of each set adds; a row that was given its own value again is not asked about again."""
    x, y = model.part.x, model.part.y
    single = [(columns, giver) for columns, givers in jobs for giver in givers]
    step = max(1, MOST_NUMBERS // max(len(x) if model.exchanged else x.size, 1))
    base = losses(model.predict(x), y)
    added = np.zeros((len(single), len(x)))
    for start in range(0, len(single), step):
        block = single[start : start + step]
        changed = np.array([(x[np.ix_(giver, columns)] != x[:, columns]).any(axis=1) for columns, giver in block])
        if changed.any():
            which = np.nonzero(changed)[1]
            added[start : start + step][changed] = losses(_asked(model, block, changed), y[which]) - base[which]
    parts = added.reshape(len(jobs), -1, len(x))
    return [_Added(one, givers, model.part.units) for one, (_, givers) in zip(parts, jobs, strict=True)]


def _asked(model: Judged, block: Sequence[tuple[Rows, Rows]], changed: npt.NDArray[np.bool_]) -> Floats:
    """The answers to the changed rows of each shuffle, one shuffle after the other."""
    x, jobs = model.part.x, list(zip(block, changed, strict=True))
    if model.exchanged:
        return model.exchanged(x, [(columns, np.flatnonzero(new), giver[new]) for (columns, giver), new in jobs])
    return model.predict(np.concatenate([_given(x, *job, new) for job, new in jobs]))


def _given(x: Floats, columns: Rows, giver: Rows, changed: npt.NDArray[np.bool_]) -> Floats:
    """The changed rows, with the values that their givers had in these columns."""
    table = x[changed]
    table[:, columns] = x[np.ix_(giver[changed], columns)]
    return table


def _loss(features: Features, added: Sequence[_Added]) -> Loss:
    """The mean loss and its interval over rows and networks.

    Mean loss over pairs of rows is a U-statistic, whose variance is that of a row's part in both places, as a taker
    and as a giver (Hoeffding 1948). The spread over shuffles alone, which is the custom, leaves out that other rows
    would have given another number. Networks made anew differ by more than their rows explain where training moves a
    column's weight; that part is added (Molnar et al. 2023, Relating the partial dependence plot and permutation
    feature importance to the data generating process, arXiv:2109.01433; scikit-learn issue 17815).
    """
    taken, parts = zip(*(_rows(one) for one in added), strict=True)
    pooled = np.concatenate(parts)
    if len(pooled) < 3:
        value, reach = float(np.concatenate([one.added.ravel() for one in added]).mean()), 0.0
        reach = max(float(np.ptp(one.added)) for one in added)
        return Loss(features, value, value - reach, value + reach)
    means = np.array([rows.mean() for rows in taken if len(rows)])
    effect = rate_effect(pooled, joined([on(one.units, _partnered(one)) for one in added]))
    value, half = (
        float(np.concatenate(taken).mean()),
        _reach(pooled.var(ddof=1) / len(pooled), len(pooled), means, parts, effect),
    )
    return Loss(features, value, value - half, value + half)


def _rows(one: _Added) -> tuple[Floats, Floats]:
    """What each row that has others to exchange with lost as a taker, and that plus what it cost as a giver."""
    shuffles, rows = one.added.shape
    given = np.zeros(rows)
    for loss, giver in zip(one.added, one.givers, strict=True):
        given[giver] += loss
    taken = one.added.mean(axis=0)
    partnered = _partnered(one)
    return taken[partnered], (taken + given / shuffles)[partnered]


def _partnered(one: _Added) -> npt.NDArray[np.bool_]:
    """The rows that have others to exchange with."""
    return np.asarray((one.givers != np.arange(one.added.shape[1])).any(axis=0))


def _reach(error: float, rows: int, means: Floats, parts: Sequence[Floats], effect: float = 1.0) -> float:
    """Half the interval of a mean with this variance over rows, and with what networks differ by besides.

    Both are estimated, from as many values as there are rows and networks: the degrees of freedom are Satterthwaite's
    (1946, Biometrics Bulletin 2:110). The design `effect` of rows that come in groups makes their variance larger.
    """
    error *= effect
    if len(means) < 2:
        return student_quantile(rows) * math.sqrt(error)
    expected = effect * np.mean([one.var(ddof=1) / len(one) for one in parts if len(one) > 1])
    between = float(max(means.var(ddof=1) - expected, 0.0) / len(means))
    spread = error**2 / (rows - 1) + between**2 / (len(means) - 1)
    freedom = (error + between) ** 2 / spread if spread > 0 else rows - 1
    return float(stdtrit(freedom, (1 + LEVEL) / 2) * math.sqrt(error + between))
