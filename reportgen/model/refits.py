"""The network made anew: in the same way, from other seeds, on other rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.config import Budget
from reportgen.model.epoch import UNSHOWN
from reportgen.model.exchange import Swap
from reportgen.model.network import Network
from reportgen.model.plan import Plan, Size, epoch_work
from reportgen.model.shapes import Drawn, Floats
from reportgen.model.training import Trained, measure, train_in
from reportgen.model.workshop import Workshop, open_workshop
from reportgen.records.base import Code
from reportgen.records.table import Task

STREAM = 103
MOST: dict[Budget, int] = {"quick": 2, "standard": 4, "thorough": 9}
"""With the reported network four test every row once, where a fifth of the rows is tested; nine test it twice."""
WORK: dict[Budget, float] = {"quick": 1e11, "standard": 8.5e11, "thorough": 1e13}
"""Multiplications forward that all refits together may cost: on one core of 2024 some seven, fifty and 700 seconds."""

FEWEST = 2
"""With the reported network they make three, the fewest that say anything about a spread."""


@dataclass(frozen=True)
class Refitted:
    """A network made anew: its answers to any rows as prepared for it, and what went wrong in its training.

    Probabilities (rows, classes), or numbers (rows,) in the target's own units, in double precision.
    """

    predict: Callable[[Floats], npt.NDArray[np.float64]]
    notes: tuple[Code, ...]
    exchanged: Callable[[Floats, Sequence[Swap]], npt.NDArray[np.float64]] | None = None


@dataclass(frozen=True)
class _NoRows:
    """Rows that are none, as wide as others."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]


def refit(network: Network, draws: Sequence[Drawn], task: Task, seeds: Sequence[int]) -> Iterator[Refitted]:
    """Networks of the same kind as this one, each trained from the first step on rows of its own from its own seed."""
    workshop = _workshop(network, draws, task)
    for prepared, seed in zip(draws, seeds, strict=True):
        trained = train_in(workshop, prepared, task, seed, judged=UNSHOWN)
        bare = _without_rows(trained)
        yield Refitted(partial(_answer, workshop, bare), trained.notes, partial(_exchanged, workshop, bare))


def _without_rows(trained: Trained) -> Trained:
    """The same without the rows it learnt from, which answers do not need: of wide tables they are large."""
    none = _NoRows(trained.bench.train.x[:0].copy(), trained.bench.train.y[:0].copy())
    return replace(trained, bench=replace(trained.bench, train=none, validation=none))


def _answer(workshop: Workshop, trained: Trained, x: Floats) -> npt.NDArray[np.float64]:
    """Networks that were trained in one workshop take turns in it."""
    workshop.take_up(trained.weights)
    return trained.answer(workshop.answer(trained.bench, x))


def _exchanged(workshop: Workshop, trained: Trained, x: Floats, swaps: Sequence[Swap]) -> npt.NDArray[np.float64]:
    """The same of rows that take columns from other rows."""
    workshop.take_up(trained.weights)
    return trained.answer(workshop.exchanged(trained.bench, x, swaps))


def _workshop(network: Network, draws: Sequence[Drawn], task: Task) -> Workshop:
    """The network's own, or one large enough for every draw: other rows may have other levels."""
    own = network.workshop.size
    sizes = [measure(prepared, task) for prepared in draws]
    if all(network.workshop.holds(size) for size in sizes):
        return network.workshop
    most = replace(own, numbers=max(s.numbers for s in (own, *sizes)), flags=max(s.flags for s in (own, *sizes)))
    return open_workshop(network.plan, most)


def refits_for(plan: Plan, size: Size, budget: Budget) -> int:
    """How many refits a network of that plan is worth: fewer where each costs more, none where it costs much.

    The clock has no say, so that an audit repeats itself.
    """
    count = min(MOST[budget], int(WORK[budget] // max(plan.epochs * epoch_work(plan, size), 1.0)))
    return count if count >= FEWEST else 0


def seeds(seed: int, count: int) -> tuple[int, ...]:
    """A seed for each refit, told by the audit's own; the first are the same however many there are."""
    return tuple(int(np.random.SeedSequence((seed, STREAM, number)).generate_state(1)[0]) for number in range(count))
