"""Training: epoch after epoch until validation rows see no more gain."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.model.describe import describe_network, describe_training, notes
from reportgen.model.epoch import JUDGED
from reportgen.model.history import History
from reportgen.model.layers import Weights
from reportgen.model.layout import Layout, find_layout
from reportgen.model.network import Network, Scale, answered, assemble, trace
from reportgen.model.plan import Plan, Size, make_plan
from reportgen.model.runtime import seed_everything
from reportgen.model.shapes import Floats, Prepared, Progress, Rows
from reportgen.model.temperature import find_temperature
from reportgen.model.workshop import Bench, Workshop, open_workshop
from reportgen.records.base import Code
from reportgen.records.table import Task

FEW = 0.01
HEAVY = 0.5
"""Where one training row in a hundred makes more than half of the target's variance, squares learn those alone."""


def train(prepared: Prepared, task: Task, config: Config, progress: Progress | None = None) -> Network:
    """Fit one network to the training rows and keep the epoch that validation rows like best."""
    began = perf_counter()
    seed_everything(config.seed, config.threads)
    size = measure(prepared, task)
    plan = plan_for(prepared, task, config)
    workshop = open_workshop(plan, size)
    trained = _best_start(workshop, prepared, task, config.seed, progress)
    nets = assemble(plan, size, trained.bench.layout, trained.weights, trained.temperature, trained.scale)
    record = describe_network(workshop.forms.trained, plan, trained.history, trained.temperature, trained.notes, task)
    return Network(
        record=record,
        training=describe_training(trained.history, plan, len(prepared.train.x)),
        seconds=perf_counter() - began,
        plan=plan,
        layout=trained.bench.layout,
        nets=nets,
        answers=trace(nets.core),
        workshop=workshop,
        scale=trained.scale,
        temperature=trained.temperature,
    )


@dataclass(frozen=True)
class Trained:
    """One training's end: the losses, the weights that were kept, and what turns scores into answers."""

    bench: Bench
    history: History
    weights: Weights
    temperature: float
    scale: Scale | None
    notes: tuple[Code, ...]

    def answer(self, scores: Floats) -> npt.NDArray[np.float64]:
        """Probabilities, or numbers in the target's own units."""
        return answered(scores / np.float32(self.temperature), self.scale)


def measure(prepared: Prepared, task: Task) -> Size:
    """What the plan depends on, of the training rows."""
    layout = find_layout(prepared.train.x)
    return Size(len(prepared.train.x), len(layout.numbers), len(layout.flags), max(len(task.classes), 1))


def plan_for(prepared: Prepared, task: Task, config: Config) -> Plan:
    """The settings of a network for these rows."""
    return make_plan(measure(prepared, task), _loss(prepared.train.y, task), config.model, config.budget)


def train_in(
    workshop: Workshop,
    prepared: Prepared,
    task: Task,
    seed: int,
    progress: Progress | None = None,
    layout: Layout | None = None,
    judged: int = JUDGED,
) -> Trained:
    """Train the workshop's network on these rows from that seed; it answers as trained until the next training.

    A `layout` that is given says what is a number in place of these rows, which may be too few to tell. `judged` is
    how many training rows the losses of the epochs rest on; validation rows alone choose, so it changes no network.
    """
    bench, scale = lay_out(prepared, task, layout)
    rows, checks = bench.train, bench.validation
    history, weights = workshop.train(bench, seed, progress, judged)
    temperature = 1.0
    if task.classes and workshop.plan.calibrate:
        temperature = find_temperature(workshop.answer(bench, checks.x), checks.y)
    answers = answered(workshop.answer(bench, rows.x), scale)
    said = notes(history, workshop.plan, task, answers)
    if workshop.plan.loss == "huber" and (few := share_of_few(prepared.train.y)) > HEAVY:
        said += (Code(code="heavy_target", facts={"share": few}),)
    return Trained(bench, history, weights, temperature, scale, said)


def lay_out(prepared: Prepared, task: Task, layout: Layout | None = None) -> tuple[Bench, Scale | None]:
    """The rows as the network learns them, and the way back to a number's own units."""
    scale = None if task.classes else _scale(prepared.train.y)
    start = np.zeros(1) if scale else _log_shares(prepared.train.y, len(task.classes))
    rows, checks = _learnable(prepared.train, scale), _learnable(prepared.validation, scale)
    return Bench(layout or find_layout(prepared.train.x), rows, checks, start), scale


def _best_start(workshop: Workshop, prepared: Prepared, task: Task, seed: int, progress: Progress | None) -> Trained:
    """Train as often as the plan asks for; validation rows choose."""
    first = train_in(workshop, prepared, task, seed, progress)
    others = (
        train_in(workshop, prepared, task, int(np.random.SeedSequence((seed, 4, n)).generate_state(1)[0]), progress)
        for n in range(1, workshop.plan.starts)
    )
    return min((first, *others), key=lambda trained: trained.history.best_loss)


@dataclass(frozen=True)
class _Learnable:
    """Rows with targets as the network learns them: class numbers, or standardised numbers."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]


def _learnable(rows: Rows, scale: Scale | None) -> Rows:
    return _Learnable(rows.x, rows.y if scale is None else scale.standardise(rows.y))


def _scale(y: npt.NDArray[Any]) -> Scale:
    """Mean and standard deviation of the training target; a constant one keeps its size."""
    return Scale(float(np.mean(y)), float(np.std(y)) or 1.0)


def _loss(y: npt.NDArray[Any], task: Task) -> Literal["log_loss", "squared_error", "huber"]:
    """Log loss for classes; squared error for numbers, unless a few rows would make nearly all of it."""
    if task.classes:
        return "log_loss"
    return "huber" if share_of_few(y) > HEAVY else "squared_error"


def share_of_few(y: npt.NDArray[Any]) -> float:
    """What part of the target's variance the farthest hundredth of the rows makes; 0 for a constant target."""
    distances = np.sort((np.asarray(y, dtype=np.float64) - np.median(y)) ** 2)
    few = max(round(len(y) * FEW), 1)
    return float(distances[-few:].sum() / (distances.sum() or 1.0))


def _log_shares(y: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Scores whose softmax are the classes' shares, each class with half a row to spare, so that none is impossible."""
    counts = np.bincount(y, minlength=classes) + 0.5
    return np.asarray(np.log(counts / counts.sum()))
