"""The network made anew on fewer rows: what a learning curve is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from reportgen.config import Budget, Config
from reportgen.model.epoch import UNSHOWN
from reportgen.model.layout import Layout, find_layout
from reportgen.model.plan import Plan, Size, epoch_work
from reportgen.model.runtime import seed_everything
from reportgen.model.shapes import Bare, BareParts, Encoded, Nested, Rows
from reportgen.model.training import measure, plan_for, train_in
from reportgen.model.workshop import Workshop, open_workshop
from reportgen.records.table import Task

STREAM = 109
SHARES = (1 / 8, 1 / 4, 1 / 2)
"""Shares of the training rows, each half of the next, so that each step asks what twice the rows bring."""

FEWEST_ROWS = 20
"""Smaller shares are left out: they show how networks fail, not how they learn."""

FEWEST_SIZES = 3
"""A power law has three numbers to be found; the reported network's size is one of the sizes."""

FEWEST_DRAWS = 2
"""One network of each size would not tell what is chance."""

MOST: dict[Budget, int] = {"quick": 0, "standard": 2, "thorough": 5}
WORK: dict[Budget, float] = {"quick": 0.0, "standard": 6e10, "thorough": 1e13}
"""Multiplications forward that all of them may cost: on one core of 2024 some four and 700 seconds.

That is if none stops early, which networks of few rows do.
"""


@dataclass(frozen=True)
class Course:
    """How many rows are learnt beside all of them, in ascending order, and by how many networks each number."""

    sizes: tuple[int, ...]
    draws: int

    @property
    def trainings(self) -> int:
        """The reported network is one of those that learn all rows."""
        return self.draws * (len(self.sizes) + 1) - 1


@dataclass(frozen=True)
class Learnt:
    """The answers to the test rows of a network that learnt `rows` rows, the first of the shuffle of that number."""

    rows: int
    draw: int
    answers: npt.NDArray[np.float64]


def sizes(rows: int) -> tuple[int, ...]:
    """How many rows may be learnt beside all of them; () where they are too few for a curve."""
    fewer = tuple(round(rows * share) for share in SHARES if round(rows * share) >= FEWEST_ROWS)
    return fewer if len(fewer) + 1 >= FEWEST_SIZES else ()


def course_for(plan: Plan, size: Size, budget: Budget) -> Course | None:
    """As many networks as the budget pays for; where they cost more, fewer draws, then fewer sizes; else None.

    The clock has no say, so that an audit repeats itself.
    """
    every, once = sizes(size.rows), max(plan.epochs * epoch_work(plan, size), 1.0)
    fewest = every[-(FEWEST_SIZES - 1) :]
    choices = [
        Course(chosen, draws) for chosen in (every, fewest) for draws in range(MOST[budget], FEWEST_DRAWS - 1, -1)
    ]
    return next((one for one in choices if every and one.trainings * once <= WORK[budget]), None)


class Learner(Protocol):
    """What of a network decides how others like it are made."""

    @property
    def workshop(self) -> Workshop:
        """Where it was trained, and they will be."""

    @property
    def layout(self) -> Layout:
        """How its columns are arranged."""


def learn_less(
    network: Learner,
    prepared: Nested,
    task: Task,
    course: Course,
    seed: int,
    units: npt.NDArray[np.int64] | None = None,
) -> Iterator[Learnt]:
    """Networks of the same kind on nested parts of the training rows; with the reported one each size has its draws.

    All take as many steps as the reported one, so that they differ in rows and not in work: fewer rows come round more
    often, and the same validation rows choose each network's epoch. Columns stay prepared as all training rows taught,
    of which no test row is one, but for codes that the target has a part in: those are learnt from the same fewer rows.
    With `units` parts grow by whole groups: twice the rows are twice the groups.
    """
    for draw in range(course.draws):
        rng = np.random.default_rng([seed, STREAM, draw])
        order = shuffled(prepared.train.y, bool(task.classes), rng) if units is None else by_units(units, rng)
        for rows in (*course.sizes, len(order))[: None if draw else -1]:
            chosen = order[:rows]
            learnt, chooses, asked = prepared.taught_by(chosen)
            some = BareParts(Bare(learnt, prepared.train.y[chosen]), Bare(chooses, prepared.validation.y))
            drawn = int(rng.integers(2**32))
            trained = train_in(network.workshop, some, task, drawn, layout=network.layout, judged=UNSHOWN)
            answers = trained.answer(network.workshop.answer(trained.bench, asked))
            yield Learnt(rows, draw, answers)


@dataclass(frozen=True)
class _Bare:
    """A network that was not trained, as far as others are made like it."""

    workshop: Workshop
    layout: Layout


@dataclass(frozen=True)
class Apart:
    """Everything that a learning curve is made of, as another process is given it."""

    train: Rows
    validation: Rows
    test: Rows
    task: Task
    config: Config
    course: Course
    units: npt.NDArray[np.int64] | None
    whole: Nested | None = None

    @property
    def coded(self) -> bool:
        """Whether the target has a part in some code."""
        return self.whole is not None

    def taught_by(self, chosen: npt.NDArray[np.intp]) -> tuple[Encoded, Encoded, Encoded]:
        """Training rows `chosen`, validation and test rows, as `Nested` has them."""
        if self.whole is not None:
            return self.whole.taught_by(chosen)
        return self.train.x[chosen], self.validation.x, self.test.x


def to_learn_apart(
    prepared: Nested, task: Task, config: Config, course: Course, units: npt.NDArray[np.int64] | None
) -> Apart:
    """The same rows without all that is known of them, unless codes must be learnt from it."""
    train, validation, test = (Bare(part.x, part.y) for part in (prepared.train, prepared.validation, prepared.test))
    return Apart(train, validation, test, task, config, course, units, prepared if prepared.coded else None)


def learn_less_apart(given: Apart) -> tuple[Learnt, ...]:
    """The same networks as `learn_less` makes, in a process that knows no other network."""
    with threadpool_limits(given.config.threads):
        seed_everything(given.config.seed, given.config.threads)
        workshop = open_workshop(plan_for(given, given.task, given.config), measure(given, given.task))
        bare = _Bare(workshop, find_layout(given.train.x))
        return tuple(learn_less(bare, given, given.task, given.course, given.config.seed, given.units))


def by_units(units: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """The rows in an order in which those of one group follow each other, groups as chance has it."""
    _, number = np.unique(units, return_inverse=True)
    place = rng.permutation(int(number.max()) + 1)
    return np.argsort(place[number], kind="stable")


def shuffled(y: npt.NDArray[Any], classes: bool, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """The rows in an order of which every beginning holds each class in about its share."""
    order = rng.permutation(len(y))
    if not classes:
        return order
    place = np.empty(len(y))
    for label in np.unique(y):
        own = order[y[order] == label]
        place[own] = (np.arange(len(own)) + 0.5) / len(own)
    return order[np.argsort(place[order], kind="stable")]
