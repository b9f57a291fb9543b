"""The network: how it is built, and what may be asked of it once it is trained."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Floats
from reportgen.records.network import Layer, ModelRecord, Training

CELLS = 2**22
"""Numbers in the widest layer of one batch of predictions: 16 MB in single precision."""


@dataclass(frozen=True)
class Nets:
    """Two views of the same layers: `core` ends before softmax (or scaling), `full` behind it."""

    core: Any
    full: Any


@dataclass(frozen=True)
class Scale:
    """The target's own units: number = centre + scale * standardised; 0 and 1 for classes."""

    centre: float = 0.0
    scale: float = 1.0


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


def _own_units(scale: Scale) -> Any:
    return keras.layers.Rescaling(scale.scale, scale.centre, name="own_units")


@dataclass(frozen=True)
class Network:
    """A trained network, as a record and as functions."""

    record: ModelRecord
    training: Training
    seconds: float
    nets: Nets
    scale: Scale | None
    _scores: Any = field(init=False, repr=False)
    _slopes: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Trace the two functions once; TensorFlow does so at their first call."""
        rows = tf.TensorSpec((None, self.record.inputs), tf.float32)
        direction = tf.TensorSpec((self._outputs,), tf.float32)
        object.__setattr__(self, "_scores", tf.function(self._scores_of, input_signature=[rows]))
        object.__setattr__(self, "_slopes", tf.function(self._slopes_of, input_signature=[rows, direction]))

    def predict(self, x: Floats) -> npt.NDArray[np.float64]:
        """Probabilities (rows, classes), or numbers (rows,) in the target's own units, in double precision."""
        batches = [self._scores(batch).numpy() for batch in self._batches(x)]
        scores = np.concatenate(batches).astype(np.float64)
        if self.scale:
            return np.asarray(self.scale.centre + self.scale.scale * scores[:, 0])
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def gradients(self, x: Floats, output: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """One output before softmax for each row, and its derivative by the encoded inputs.

        For classes: the score of class `output` less the mean score of the others; else the number in its own units.
        """
        direction = self._direction(output)
        values, slopes = zip(*(self._slopes(batch, direction) for batch in self._batches(x)), strict=True)
        scale = self.scale or Scale()
        value = np.concatenate([part.numpy() for part in values]).astype(np.float64)
        slope = np.concatenate([part.numpy() for part in slopes]).astype(np.float64)
        return scale.centre + scale.scale * value, scale.scale * slope

    @property
    def first_layer(self) -> npt.NDArray[np.float64]:
        """The weights from the encoded columns (rows) to the first hidden units (columns)."""
        return np.asarray(self.nets.core.layers[1].kernel.numpy(), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the network in Keras's own format; the file appears whole or not at all."""
        draft = path.with_name(f".{path.stem}.part.keras")
        try:
            self.nets.full.save(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @property
    def _outputs(self) -> int:
        return int(self.nets.core.output_shape[-1])

    def _scores_of(self, rows: Any) -> Any:
        return self.nets.core(rows, training=False)

    def _slopes_of(self, rows: Any, direction: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(rows)
            values = tf.linalg.matvec(self.nets.core(rows, training=False), direction)
        return values, tape.gradient(values, rows)

    def _direction(self, output: int) -> npt.NDArray[np.float32]:
        if self.scale:
            return np.ones(1, dtype=np.float32)
        direction = np.full(self._outputs, -1.0 / (self._outputs - 1), dtype=np.float32)
        direction[output] = 1.0
        return direction

    def _batches(self, x: Floats) -> list[Any]:
        """The rows in batches that fit in memory whatever the width; no rows make one empty batch."""
        widest = max(layer.units for layer in self.record.layers)
        size = max(CELLS // max(widest, self.record.inputs), 1)
        rows = np.asarray(x, dtype=np.float32)
        return [tf.constant(rows[start : start + size]) for start in range(0, max(len(rows), 1), size)]


def describe_layers(nets: Nets) -> tuple[Layer, ...]:
    """The layers in the order that a row passes them."""
    return tuple(_describe(layer) for layer in nets.full.layers)


def _describe(layer: Any) -> Layer:
    activation = getattr(layer, "activation", None)
    return Layer(
        kind=type(layer).__name__,
        units=int(layer.output.shape[-1]),
        activation=activation.__name__ if activation else None,
        parameters=count_parameters(layer),
    )


def count_parameters(layer: Any) -> int:
    """The numbers that training may change."""
    return sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
