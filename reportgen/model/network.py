"""The network: how it is built, and what may be asked of it once it is trained."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Floats
from reportgen.records.network import ModelRecord, Training

PIECE = 2**13
"""Rows that are answered at once: some 16 MB for a layer of 512 units."""


@dataclass(frozen=True)
class Nets:
    """Two views of the same layers: `core` ends before softmax (or scaling), `full` behind it."""

    core: keras.Model
    full: keras.Model


@dataclass(frozen=True)
class Scale:
    """The way back to the target's own units: number = centre + scale * standardised."""

    centre: float
    scale: float

    def restore(self, standardised: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Standardised numbers in the target's own units."""
        return self.centre + self.scale * standardised

    def standardise(self, numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Numbers in the target's own units on the scale that the network learns."""
        return (numbers - self.centre) / self.scale


def build(plan: Plan, inputs: int, start: npt.NDArray[np.float64], scale: Scale | None, seed: int) -> Nets:
    """A multilayer perceptron that begins by guessing: `start` holds the outputs of the untrained network.

    Every layer has a name and every draw a seed, so that nothing depends on what was built before.
    """
    seeds = iter(np.random.default_rng([seed, 1]).integers(2**31, size=2 * len(plan.hidden)).tolist())
    encoded = keras.Input((inputs,), name="encoded")
    values = encoded
    for number, width in enumerate(plan.hidden, start=1):
        begin = keras.initializers.HeUniform(next(seeds))
        values = keras.layers.Dense(width, "relu", kernel_initializer=begin, name=f"hidden_{number}")(values)
        values = keras.layers.Dropout(plan.dropout, seed=next(seeds), name=f"dropout_{number}")(values)
    output = keras.layers.Dense(len(start), kernel_initializer="zeros", name="output")
    scores = output(values)
    output.bias.assign(start.astype(np.float32))
    last = _own_units(scale) if scale else keras.layers.Softmax(name="probabilities")
    return Nets(keras.Model(encoded, scores, name="core"), keras.Model(encoded, last(scores), name="network"))


def _own_units(scale: Scale) -> keras.layers.Layer:
    return keras.layers.Rescaling(scale.scale, scale.centre, name="own_units")


@dataclass(frozen=True)
class Answers:
    """The functions that put questions to `core`, each traced once for batches of any size.

    `scores(rows)` are the outputs before softmax; `slopes(rows, direction)` are the outputs weighted by `direction`
    and their derivative by the encoded inputs.
    """

    scores: Callable[..., tf.Tensor]
    slopes: Callable[..., tuple[tf.Tensor, tf.Tensor]]


def trace(core: keras.Model) -> Answers:
    """Compile the questions; the answers follow the weights when they change later."""
    rows = tf.TensorSpec((None, core.input_shape[-1]), tf.float32)
    direction = tf.TensorSpec((core.output_shape[-1],), tf.float32)

    def scores(rows: tf.Tensor) -> tf.Tensor:
        return core(rows, training=False)

    def slopes(rows: tf.Tensor, direction: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(rows)
            values = tf.linalg.matvec(core(rows, training=False), direction)
        return values, tape.gradient(values, rows)

    return Answers(
        scores=tf.function(scores, autograph=False).get_concrete_function(rows),
        slopes=tf.function(slopes, autograph=False).get_concrete_function(rows, direction),
    )


@dataclass(frozen=True)
class Network:
    """A trained network, as records and as functions; `seconds` is what training took by the clock."""

    record: ModelRecord
    training: Training
    seconds: float
    nets: Nets = field(repr=False)
    answers: Answers = field(repr=False)
    scale: Scale | None

    def predict(self, x: Floats) -> npt.NDArray[np.float64]:
        """Probabilities (rows, classes), or numbers (rows,) in the target's own units, in double precision."""
        return answer(self.answers, x, self.scale)

    def gradients(self, x: Floats, output: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """One output before softmax for each row, and its derivative by the encoded inputs.

        For classes: the score of class `output` less the mean score of the others; else the number in its own units.
        """
        direction = tf.constant(self._direction(output))
        values, slopes = zip(*(self.answers.slopes(batch, direction) for batch in batches(x)), strict=True)
        value = np.concatenate([part.numpy() for part in values]).astype(np.float64)
        slope = np.concatenate([part.numpy() for part in slopes]).astype(np.float64)
        return (value, slope) if self.scale is None else (self.scale.restore(value), self.scale.scale * slope)

    @property
    def first_layer(self) -> npt.NDArray[np.float64]:
        """The weights from the encoded columns (rows) to the first hidden units (columns)."""
        return np.asarray(self.nets.core.layers[1].kernel.numpy(), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the network in Keras's own format; the file appears whole or not at all."""
        draft = path.with_name(f".{path.stem}.part.keras")
        try:
            with warnings.catch_warnings():  # Keras copies TensorFlow's variables in a way that NumPy 2 frowns on
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.nets.full.save(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _direction(self, output: int) -> npt.NDArray[np.float32]:
        outputs = self.nets.core.output_shape[-1]
        if self.scale:
            return np.ones(1, dtype=np.float32)
        direction = np.full(outputs, -1.0 / (outputs - 1), dtype=np.float32)
        direction[output] = 1.0
        return direction


def answer(answers: Answers, x: Floats, scale: Scale | None) -> npt.NDArray[np.float64]:
    """What the network says of each row: probabilities, or the number in the target's own units."""
    parts = [answers.scores(batch).numpy() for batch in batches(x)]
    scores = np.concatenate(parts).astype(np.float64)
    return softmax(scores) if scale is None else scale.restore(scores[:, 0])


def batches(x: Floats) -> Iterator[tf.Tensor]:
    """The rows in pieces that fit in memory; no rows make one empty piece."""
    rows = np.asarray(x, dtype=np.float32)
    for start in range(0, max(len(rows), 1), PIECE):
        yield tf.constant(rows[start : start + PIECE])


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities from scores, each row summing to 1 in double precision."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
