"""The network made anew: in the same way, from another seed, on other rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.config import Budget, Config
from reportgen.model.network import Network
from reportgen.model.shapes import Floats, Prepared
from reportgen.model.training import train
from reportgen.records.base import Code
from reportgen.records.table import Task

STREAM = 103
MOST: dict[Budget, int] = {"quick": 3, "standard": 5, "thorough": 10}
CELLS: dict[Budget, int] = {"quick": 1_000_000, "standard": 5_000_000, "thorough": 50_000_000}
"""Encoded values of training rows that all refits together may learn from in one pass: the ceiling on their work."""

FEWEST = 2
"""With the reported network they make three, the fewest that say anything about a spread."""


@dataclass(frozen=True)
class Refitted:
    """What is wanted of a network made anew: its answers, and what went wrong in its training."""

    predict: Callable[[Floats], npt.NDArray[Any]]
    notes: tuple[Code, ...]


def refit(network: Network, prepared: Prepared, task: Task, config: Config, seed: int) -> Refitted:
    """A network of the same kind as this one, trained from the first step on these rows and from that seed."""
    del network
    anew = train(prepared, task, config.model_copy(update={"seed": seed}))
    return Refitted(anew.predict, anew.record.notes)


def refits_for(rows: int, columns: int, budget: Budget) -> int:
    """How many refits a training part of that size is worth: fewer where each costs more, none where it costs much.

    `columns` are encoded ones. The clock has no say, so that an audit repeats itself.
    """
    count = min(MOST[budget], CELLS[budget] // max(rows * columns, 1))
    return count if count >= FEWEST else 0


def seeds(seed: int, count: int) -> tuple[int, ...]:
    """A seed for each refit, told by the audit's own; the first are the same however many there are."""
    return tuple(int(np.random.SeedSequence((seed, STREAM, number)).generate_state(1)[0]) for number in range(count))
