"""The reported network among those made in the same way, each with test rows of its own to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Refit, Subject
from reportgen.evidence.intervals import LEVEL, normal_quantile, student_quantile
from reportgen.evidence.local_effects import Local
from reportgen.evidence.placing import Ask
from reportgen.evidence.refits import FEWEST

ROWS_ALONE = "normal interval over test rows, bin by bin"
BOTH = "t interval over networks and their test rows, corrected for the rows that splits share"
APART = "t interval over networks and normal interval over test rows, variances added"
LEAST_ROWS = 500

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Interval:
    """Values with both ends, each of the shape (things, outputs); `own` is the reported network's."""

    value: Floats
    low: Floats
    high: Floats
    own: Floats


@dataclass(frozen=True)
class Learners:
    """Networks with a sample of each one's own test rows, the reported network first.

    `ratio` is test rows by rows learned from where each network has test rows of its own, None where all share them.
    No interval of an effect passes `limit` (1 for a probability), unless the effect does: local changes, summed over
    different rows, may come to more than any row can move.
    """

    members: tuple[Refit, ...]
    rows: tuple[Rows, ...]
    ask: Ask
    ratio: float | None = None
    limit: float = np.inf

    @property
    def method(self) -> str:
        """How `interval` is made."""
        return ROWS_ALONE if len(self.members) == 1 else APART if self.ratio is None else BOTH

    def interval(self, found: Sequence[Local], weights: Floats, level: float = LEVEL) -> Interval:
        """Weighted sums of effects, the mean over the networks (or of a single one), with both sources of doubt.

        Molnar et al. (2023), Relating the partial dependence plot and permutation feature importance to the data
        generating process, arXiv:2109.01433: an effect varies over networks as well as over rows.
        """
        values = np.stack([np.asarray(weights @ one.means) for one in found])
        within = np.stack([one.variance(weights) for one in found])
        half = self.half(values, within, level)
        middle = values.mean(axis=0)
        reach = np.where(np.abs(middle) <= self.limit, self.limit, np.inf)
        low, high = np.maximum(middle - half, -reach), np.minimum(middle + half, reach)
        return Interval(middle, low, high, own=values[0])

    def half(self, values: Floats, within: Floats, level: float = LEVEL) -> Floats:
        """Half the interval of the mean over the first axis; `within` are the variances over each network's rows.

        Where every network has test rows of its own, the spread over networks holds that over rows, and is corrected
        for the rows that splits share (Nadeau and Bengio 2003, Machine Learning 52:239); it is never taken to be less
        than rows alone make it. Where all have the same test rows, both variances are added.
        """
        count, rows = len(values), normal_quantile(level) * np.sqrt(within.mean(axis=0))
        if count < FEWEST:
            return np.asarray(rows)
        shared = 1 / count + (self.ratio or 0.0)
        spread = student_quantile(count, level) * np.sqrt(shared * values.var(axis=0, ddof=1))
        return np.asarray(np.hypot(spread, rows) if self.ratio is None else np.maximum(spread, rows / np.sqrt(count)))


def assemble(subject: Subject, most: int) -> Learners:
    """All networks where they are enough to have a spread, else the reported one; `most` rows of them in all.

    A network is never asked fewer than 500 of its rows for that, nor more than it has.
    """
    rng = np.random.default_rng([subject.seed, 61])
    reported = Refit(subject.test, subject.inputs, subject.predict, len(subject.train.y) + len(subject.validation.y))
    anew = subject.refits.networks if len(subject.refits.networks) + 1 >= FEWEST else ()
    members = (reported, *anew)
    each = max(most // len(members), min(LEAST_ROWS, most))
    rows = tuple(np.sort(rng.permutation(len(one.test.y))[:each]) for one in members)
    test, learnt = sum(len(one.test.y) for one in members), sum(one.train_rows for one in members)
    own_rows = bool(anew) and "split" in subject.refits.covers
    ratio = test / learnt if own_rows else None
    return Learners(members, rows, partial(_answers, subject), ratio, limit=1.0 if subject.classifies else np.inf)


def _answers(subject: Subject, network: Refit, x: Floats) -> Floats:
    """Probabilities of every class, of the positive one alone in a binary task, or numbers; always a table."""
    answers = np.asarray(network.predict(np.asarray(x, dtype=np.float32)), dtype=np.float64)
    if answers.ndim == 1:
        return answers[:, None]
    if subject.task.positive is not None:
        return answers[:, [subject.task.classes.index(subject.task.positive)]]
    return answers
