"""Single rows explained: what each value adds to the answer, how sure that is, and what would turn the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Budget
from reportgen.evidence.base import Floats, NotApplicable, Predict, Subject
from reportgen.evidence.counterfactual import turns
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.menu import lay_out
from reportgen.evidence.refits import usual_limits
from reportgen.evidence.shapley import Sampled, questions
from reportgen.evidence.values import as_short_text
from reportgen.evidence.walkthrough import Chosen, choose
from reportgen.records.explanation import Walkthrough
from reportgen.records.rows import Share, SingleRow, Turn

BACKGROUND: dict[Budget, int] = {"quick": 32, "standard": 128, "thorough": 512}
"""Training rows that stand in for an average one, drawn anew for each network."""
MOST_COLUMNS = 500
"""Each turn of a column is a question about a row as wide as all of them: the square of the columns comes in."""
LEAST_BACKGROUND = 16
MOST_NUMBERS = 8_000_000
MOST_ANSWERS = 24_000
"""Answers that one row may cost of one network: where features are many, fewer training rows stand in."""

OVER_NETWORKS = (
    "t prediction limits over networks, each with training rows and orders drawn for it; one column at a time"
)
OVER_ROWS = "t interval over training rows and orders drawn; one column at a time"

_STREAM = 139


@dataclass(frozen=True)
class _Network:
    """A network to be asked, with the chosen rows and the training rows that stand in for each as it sees them."""

    number: int
    predict: Predict
    groups: dict[str, npt.NDArray[np.intp]]
    rows: Floats
    backgrounds: Floats


def measure(subject: Subject, walks: Sequence[Walkthrough] = ()) -> tuple[SingleRow, ...]:
    """Explain the rows that were asked for and those that walkthroughs show.

    `walks` are the integrated gradients of the same rows, held against the sampled values. Raises NotApplicable for
    very many columns: the walkthroughs then stand alone.
    """
    if len(subject.features) > MOST_COLUMNS:
        raise NotApplicable("too_many_columns", columns=len(subject.features), most=MOST_COLUMNS)
    chosen = choose(subject)
    largest = {walk.row: walk.contributions[0].feature for walk in walks if walk.contributions}
    by_network = [_ask(subject, network, chosen) for network in _networks(subject, chosen)]
    sampled = list(zip(*by_network, strict=True))
    found = turns(lay_out(subject), [(one.part, one.at) for one in chosen])
    return tuple(_told(subject, *one, largest) for one in zip(chosen, sampled, found, strict=True))


def _told(
    subject: Subject, chosen: Chosen, sampled: Sequence[Sampled], found: Turn, largest: dict[int, str]
) -> SingleRow:
    part, at, reported = chosen.part, chosen.at, sampled[0]
    shares = _shares(subject, sampled, part.frame.iloc[at])
    return SingleRow(
        why=chosen.why,
        row=int(part.rows[at]),
        part=part.name,
        actual=chosen.actual,
        predicted=chosen.predicted,
        probability=chosen.probability,
        output=float((reported.bases + reported.parts.sum(axis=1)).mean()),
        base=float(reported.bases.mean()),
        shares=shares,
        background=len(reported.parts),
        networks=len(sampled),
        covers=subject.refits.covers if len(sampled) > 1 else (),
        method=OVER_NETWORKS if len(sampled) > 1 else OVER_ROWS,
        agrees=largest.get(int(part.rows[at])) == shares[0].feature,
        turn=found,
    )


def _ask(subject: Subject, network: _Network, chosen: Sequence[Chosen]) -> list[Sampled]:
    """Ask one network about every row, as many at once as memory bears."""
    size = max(1, MOST_NUMBERS // (2 * len(network.groups) * network.backgrounds[0].size))
    return [
        one
        for start in range(0, len(chosen), size)
        for one in _ask_some(subject, network, chosen, range(start, min(start + size, len(chosen))))
    ]


def _ask_some(subject: Subject, network: _Network, chosen: Sequence[Chosen], places: range) -> list[Sampled]:
    made = [
        questions(
            network.groups,
            network.rows[place],
            network.backgrounds[place],
            _rng(subject, chosen[place], 1, network.number),
        )
        for place in places
    ]
    answers = np.asarray(network.predict(np.concatenate([one.x for one in made])), dtype=np.float64)
    ends = np.cumsum([len(one.x) for one in made])
    parted = np.split(answers, ends[:-1])
    return [
        one.read(found if found.ndim == 1 else found[:, chosen[place].output])
        for place, one, found in zip(places, made, parted, strict=True)
    ]


def _rng(subject: Subject, chosen: Chosen, *numbers: int) -> np.random.Generator:
    return np.random.default_rng([subject.seed, _STREAM, int(chosen.part.rows[chosen.at]), *numbers])


def _by_answer(subject: Subject) -> dict[int, npt.NDArray[np.intp]]:
    """For each output the training rows in the order of the network's answers."""
    answers = np.asarray(subject.predict(subject.train.fresh))
    columns = answers[:, None] if answers.ndim == 1 else answers
    return {output: np.argsort(columns[:, output], kind="stable") for output in range(columns.shape[1])}


def _networks(subject: Subject, chosen: Sequence[Chosen]) -> Iterator[_Network]:
    """The reported network and those made anew, each with training rows drawn for it."""
    ordered = _by_answer(subject)
    drawn = _draw(subject, chosen, ordered, 0)
    rows = np.stack([one.part.fresh[one.at] for one in chosen])
    yield _Network(0, subject.predict, subject.groups, rows, subject.train.fresh[drawn])
    own = pd.concat([one.part.frame.iloc[[one.at]] for one in chosen])
    for number, refit in enumerate(subject.refits.networks, start=1):
        if refit.encode is not None:
            drawn = _draw(subject, chosen, ordered, number)
            seen = refit.encode(pd.concat([own, subject.train.frame.iloc[drawn.ravel()]]))
            rows, rest = seen[: len(chosen)], seen[len(chosen) :]
            yield _Network(number, refit.predict, refit.groups, rows, rest.reshape(*drawn.shape, -1))


def _draw(
    subject: Subject, chosen: Sequence[Chosen], ordered: dict[int, npt.NDArray[np.intp]], network: int
) -> npt.NDArray[np.intp]:
    """Training rows (positions) that stand in for each chosen row, shape (rows, count)."""
    count = _count(subject)
    return np.stack([_strata(ordered[one.output], count, _rng(subject, one, 0, network)) for one in chosen])


def _count(subject: Subject) -> int:
    affordable = max(MOST_ANSWERS // (2 * len(subject.features)), LEAST_BACKGROUND)
    return min(BACKGROUND[subject.budget], affordable, len(subject.train.y))


def _strata(ordered: npt.NDArray[np.intp], count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """One row of each of as many equal strata of the network's answers: their mean answer is nearly that of all."""
    edges = np.linspace(0, len(ordered), count + 1).astype(np.intp)
    return ordered[rng.integers(edges[:-1], np.maximum(edges[1:], edges[:-1] + 1))]


def _shares(subject: Subject, sampled: Sequence[Sampled], values: "pd.Series[Any]") -> tuple[Share, ...]:
    """The reported network's values, the largest first; none leaves the range that a probability can move in."""
    found = [_share(name, [one.of(name) for one in sampled], values[name]) for name in subject.features]
    if subject.classifies:
        found = [one.model_copy(update={"low": max(one.low, -1.0), "high": min(one.high, 1.0)}) for one in found]
    return tuple(sorted(found, key=lambda one: -abs(one.contribution)))


def _share(feature: str, parts: Sequence[Floats], value: object) -> Share:
    means = [float(part.mean()) for part in parts]
    low, high = usual_limits(means) if len(means) > 1 else mean_interval(parts[0])
    return Share(feature=feature, value=as_short_text(value), contribution=means[0], low=low, high=high)
