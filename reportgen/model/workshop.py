"""Where networks of one plan and one size are trained, one after the other, by a graph that is traced once."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.model.descent import Descent
from reportgen.model.epoch import JUDGED, Epoch, Forms, Lesson, as_one, compile_epoch
from reportgen.model.exchange import Exchange, Swap
from reportgen.model.history import History
from reportgen.model.layers import (
    Weights,
    finished_scores,
    first_weights,
    give_weights,
    kept_units,
    multiply_out,
    stack,
    take_weights,
    trained_scores,
    widened,
)
from reportgen.model.layout import Layout, cut, wide_places
from reportgen.model.plan import Plan, Size, rows_at_once
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Floats, Progress, Rows


@dataclass(frozen=True)
class Bench:
    """One table on the bench: how its columns are arranged, and its rows with targets as the network learns them."""

    layout: Layout
    train: Rows
    validation: Rows
    start: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Workshop:
    """A network of one shape with its descent and its compiled epoch, used anew for each training."""

    plan: Plan
    size: Size
    forms: Forms = field(repr=False)
    descent: Descent = field(repr=False)
    begin: Callable[..., Epoch] = field(repr=False)
    scores: Callable[[tf.Tensor], tf.Tensor] = field(repr=False)

    def holds(self, size: Size) -> bool:
        """Whether a table of that size fits in: fewer columns are filled up with zeros."""
        return (
            size.numbers <= self.size.numbers
            and size.flags <= self.size.flags
            and bool(size.numbers) == bool(self.size.numbers)
        )

    def train(
        self, bench: Bench, seed: int, progress: Progress | None = None, judged: int = JUDGED
    ) -> tuple[History, Weights]:
        """Train from the first step on; returns the losses and the weights that were kept, in their finished form."""
        history = _fit(self.epoch(bench, seed, judged), self.forms.trained, self.plan, progress)
        give_weights(self.forms.trained, history.weights)
        multiply_out(self.forms.layers)
        return history, take_weights(self.forms.finished)

    def epoch(self, bench: Bench, seed: int, judged: int = JUDGED) -> Epoch:
        """Set everything back to where a training begins; returns what trains through one epoch.

        After each epoch at most `judged` training rows are judged, beside all validation rows.
        """
        train, validation = self._lesson(bench, bench.train), self._lesson(bench, bench.validation)
        self._reset(bench, seed)
        return self.begin(train, train.part(_judged(len(bench.train.x), seed, judged)), validation, seed)

    def take_up(self, weights: Weights) -> None:
        """Answer from now on as the network with these weights, in their finished form, does."""
        give_weights(self.forms.finished, weights)

    def answer(self, bench: Bench, x: Floats) -> npt.NDArray[np.float32]:
        """The scores of the network that was trained or taken up last, shape (rows, outputs)."""
        step = rows_at_once(self.plan, self.size.numbers)
        pieces = (x[start : start + step] for start in range(0, max(len(x), 1), step))
        arranged = (bench.layout.arrange(piece, self.size.numbers, self.size.flags) for piece in pieces)
        return np.concatenate([self.scores(tf.constant(rows)).numpy() for rows in arranged])

    def exchanged(self, bench: Bench, x: Floats, swaps: Sequence[Swap]) -> npt.NDArray[np.float32]:
        """The scores of rows that take columns from other rows of `x`, one swap after the other."""
        wide = self._exchange.widen(bench.layout.arrange(x, self.size.numbers, self.size.flags))
        places = wide_places(bench.layout, self.plan, self.size.numbers)
        return self._exchange.scores(wide, swaps, places)

    @cached_property
    def _exchange(self) -> Exchange:
        return Exchange(self.forms.finished, self.plan)

    def _lesson(self, bench: Bench, rows: Rows) -> Lesson:
        x = bench.layout.arrange(rows.x, self.size.numbers, self.size.flags)
        y = tf.constant(rows.y, tf.int32 if self.plan.loss == "log_loss" else tf.float32)
        return Lesson(tf.constant(x), y, tf.constant(_row_weights(rows.y, self.plan.class_weights)))

    def _reset(self, bench: Bench, seed: int) -> None:
        """Set everything that a training changes to where it begins."""
        x = bench.train.x[:, list(bench.layout.numbers)]
        pieces = cut(x, self.plan.bins, self.size.numbers) if self.plan.embedding == "piecewise" else None
        give_weights(self.forms.trained, first_weights(self.size, self.plan, pieces, bench.start, seed))
        self.descent.reset()


def open_workshop(plan: Plan, size: Size) -> Workshop:
    """Build the layers and trace the epoch."""
    arranged = keras.Input((size.numbers + size.flags,), name="arranged")
    wide, layers, kept = widened(arranged, size, plan), stack(size, plan), kept_units(plan)
    forms = Forms(
        layers,
        trained=keras.Model(
            [arranged, *kept] if kept else arranged, trained_scores(wide, layers, kept), name="trained"
        ),
        finished=keras.Model(arranged, finished_scores(wide, layers), name="finished"),
    )
    steps = max(math.ceil(size.rows / plan.batch), 1)
    descent = Descent(plan, forms.trained.trainable_variables, steps)
    begin = compile_epoch(forms, descent, plan, max(size.rows // steps, 1), rows_at_once(plan, size.numbers))
    rows = tf.TensorSpec((None, size.numbers + size.flags), tf.float32)

    def scores(rows: tf.Tensor) -> tf.Tensor:
        return as_one(forms.finished(rows, training=False), plan.loss == "log_loss")[:, 0]

    traced = tf.function(scores, autograph=False).get_concrete_function(rows)
    return Workshop(plan, size, forms, descent, begin, traced)


def _judged(rows: int, seed: int, most: int = JUDGED) -> npt.NDArray[np.intp]:
    """The training rows that are judged after each epoch: all, or as many as are enough."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng([seed, 3]).choice(rows, most, replace=False))


def _row_weights(y: npt.NDArray[Any], class_weights: str) -> npt.NDArray[np.float32]:
    """One for each row; or such weights, of mean one, that every class counts the same."""
    if class_weights == "none":
        return np.ones(len(y), dtype=np.float32)
    counts = np.bincount(y)
    weights = 1.0 / counts[y]
    return np.asarray(weights / weights.mean(), dtype=np.float32)


def _fit(epoch: Epoch, core: keras.Model, plan: Plan, progress: Progress | None) -> History:
    """Run epochs until validation loss stands still, numbers run away, or the ceiling is reached."""
    history = History(take_weights(core))
    while len(history.validation) < plan.epochs and not history.stopped_early:
        losses = epoch(len(history.validation) + 1)
        if not all(map(math.isfinite, losses)):
            history.diverged = True
            break
        better = history.add(*losses)
        if better or not plan.waits:
            history.weights = take_weights(core)
        history.stopped_early = plan.waits and history.waited >= plan.patience
        if progress:
            progress(len(history.validation), plan.epochs)
    if not plan.waits:
        history.best_epoch = len(history.validation)
    return history
