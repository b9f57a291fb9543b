"""Whether a random split flatters: rows of one group, or near in time, that stand on both of its sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from reportgen.evidence.base import Floats, Refit, Subject
from reportgen.evidence.class_scores import accuracy
from reportgen.evidence.intervals import student_quantile
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers
from reportgen.records.network import Metric
from reportgen.records.structure import Candidate, Reached, Structure, StructureKind

STREAM = 223
SURE = 0.01
MATTERS = 0.02
"""Two points of the target's spread over all rows: a smaller gain than that does not change what a report says."""

BY_GROUPS = "t interval over groups"
BY_STRETCHES = "t interval over stretches of time"


class Dealt(Protocol):
    """Losses and hits of the same rows, each held out once: dealt at random, and with what belongs together apart."""

    @property
    def random_loss(self) -> Floats:
        """Loss of each row as a share of the target's spread, rows dealt at random."""

    @property
    def apart_loss(self) -> Floats:
        """The same, what belongs together dealt together."""

    @property
    def random_hit(self) -> Floats:
        """What the key metric is the mean of, rows dealt at random."""

    @property
    def apart_hit(self) -> Floats:
        """The same, what belongs together dealt together."""


@dataclass(frozen=True)
class Look:
    """One candidate with what a learner made of it: `tries` say whether it was given the candidate's columns, too."""

    kind: StructureKind
    columns: tuple[str, ...]
    origin: Literal["found", "given"]
    cluster: npt.NDArray[np.int64]
    share: float
    tries: tuple[tuple[bool, Dealt], ...]
    common: float | None = None
    stable: bool = False


@dataclass(frozen=True)
class _Gain:
    """How much more is told at random, by one try; `p_value` for no more than chance."""

    known: bool
    drop: Reached
    p_value: float
    held: Dealt


def judge(looks: Sequence[Look], metric: str) -> tuple[Candidate, ...]:
    """Test every candidate; p-values are adjusted for all of one kind (Holm).

    The loss of each row, what belongs together apart, less its loss at random: the mean is tested by a t test over
    clusters, within which rows may depend on each other in any way (Liang and Zeger 1986, Biometrika 73:13). A random
    split flatters where that is sure (p below 0.01) and as much as two hundredths of the target's spread over all rows.
    """
    gains = [_weigh(look) for look in looks]
    adjusted = holm([gain.p_value for gain in gains])
    return tuple(
        _candidate(look, gain, p_value, metric) for look, gain, p_value in zip(looks, gains, adjusted, strict=True)
    )


def confirmed(first: Candidate, again: Candidate) -> Candidate:
    """The numbers of the second look, with the p-value that both looks allow; what does not last does not matter."""
    p_value = max(first.p_value, again.p_value)
    return again.model_copy(update={"p_value": p_value, "flatters": again.flatters and p_value < SURE})


def respectable(candidates: Sequence[Candidate], kind: StructureKind) -> Candidate | None:
    """The found candidate of a kind that flatters most surely, None where none does; no stable category is one."""
    found = [one for one in candidates if (one.kind, one.origin, one.stable) == (kind, "found", False) and one.flatters]
    return min(found, key=lambda one: (one.p_value, -one.drop.value * one.share), default=None)


def measure(subject: Subject) -> Structure | None:
    """What was found before the split, with what a network made in the same way scores on a random one."""
    known = subject.structure
    if known is None or subject.random_split is None:
        return known
    return known.model_copy(update={"random_split": _score(subject, subject.random_split)})


def _score(subject: Subject, network: Refit) -> Metric:
    rng = np.random.default_rng([subject.seed, STREAM])
    answers = np.asarray(network.predict(network.test.x), dtype=np.float64)
    task = subject.task
    if task.kind == "regression":
        return number_metrics(NumberAnswers("test", network.test.y.astype(np.float64), answers), rng)[0]
    positive = None if task.positive is None else task.classes.index(task.positive)
    return accuracy(ClassAnswers("test", network.test.y.astype(np.int64), answers, positive), rng)


def _weigh(look: Look) -> _Gain:
    """Of a group any try may show it, of time all have to (an intersection-union test: Berger 1982).

    A column that predicts the target makes blocks of it unlike each other, and so does time; but the learner that is
    given such a column is not misled by its blocks. An entity may be known by its name alone, or by what it is like;
    the second is shown where it is sure, since the network is not given the name either.
    """
    gains = [_gain(look, *one) for one in look.tries]
    if look.kind == "time":
        return max(gains, key=lambda gain: gain.p_value)
    plain, best = gains[0], min(gains, key=lambda gain: gain.p_value)
    shown = plain if plain.p_value * len(gains) < SURE and plain.drop.value * look.share >= MATTERS else best
    return _Gain(shown.known, shown.drop, min(1.0, shown.p_value * len(gains)), shown.held)


def _gain(look: Look, known: bool, held: Dealt) -> _Gain:
    mean, error = _clustered(np.asarray(held.apart_loss - held.random_loss, dtype=np.float64), look.cluster)
    clusters = int(look.cluster.max()) + 1
    p_value = float(stdtr(clusters - 1, -mean / error)) if error > 0 else float(mean <= 0)
    return _Gain(known, _reached(mean, error, clusters), p_value, held)


def _candidate(look: Look, gain: _Gain, p_value: float, metric: str) -> Candidate:
    clusters = int(look.cluster.max()) + 1
    random, apart = (
        _reached(*_clustered(np.asarray(hits, dtype=np.float64), look.cluster), clusters)
        for hits in (gain.held.random_hit, gain.held.apart_hit)
    )
    floor = 0.0 if metric == "accuracy" else -np.inf
    return Candidate(
        kind=look.kind,
        columns=look.columns,
        origin=look.origin,
        clusters=clusters,
        rows=len(look.cluster),
        share=look.share,
        metric=metric,
        random=_within(random, floor),
        apart=_within(apart, floor),
        drop=gain.drop,
        p_value=p_value,
        known=gain.known,
        stable=look.stable,
        flatters=p_value < SURE and gain.drop.value * look.share >= MATTERS,
        common=look.common,
        method=BY_GROUPS if look.kind == "group" else BY_STRETCHES,
    )


def _clustered(values: Floats, cluster: npt.NDArray[np.int64]) -> tuple[float, float]:
    """The mean over rows, and its standard error where rows of a cluster depend on each other."""
    sizes = np.bincount(cluster)
    mean, clusters = float(values.mean()), len(sizes)
    away = np.bincount(cluster, weights=values) - mean * sizes
    return mean, float(np.sqrt(clusters / (clusters - 1) * (away @ away)) / len(values))


def _reached(mean: float, error: float, clusters: int) -> Reached:
    half = student_quantile(clusters) * error
    return Reached(value=mean, low=mean - half, high=mean + half)


def _within(one: Reached, floor: float) -> Reached:
    return Reached(value=one.value, low=max(one.low, floor), high=min(one.high, 1.0))
