"""The finished network: what may be asked of it, and how it is saved."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.model.archive import settle_archive
from reportgen.model.exchange import Exchange, Swap
from reportgen.model.layers import Weights, combined, finished_scores, give_weights, stack, widened
from reportgen.model.layout import Layout, wide_places
from reportgen.model.plan import PIECE, Plan, Size, rows_at_once
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Floats
from reportgen.model.workshop import Workshop
from reportgen.records.network import ModelRecord, Training

Gradients = Callable[[Floats, int], tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]


@dataclass(frozen=True)
class Nets:
    """Three views of the same layers.

    `wide` is what the first hidden layer sees, `core` ends before softmax (or before the target's own units), `full`
    behind it.
    """

    wide: keras.Model
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


def assemble(plan: Plan, size: Size, layout: Layout, weights: Weights, temperature: float, scale: Scale | None) -> Nets:
    """Build the network from encoded columns to answers, with the weights that training found."""
    encoded = keras.Input((len(layout.order),), name="encoded")
    arranged = keras.ops.take(encoded, list(layout.order), axis=1)
    wide = widened(arranged, size, plan)
    scores = combined(finished_scores(wide, stack(size, plan)), scale is None)
    if temperature != 1.0:
        scores = keras.layers.Rescaling(1 / temperature, name="temperature")(scores)
    last = _own_units(scale) if scale else keras.layers.Softmax(name="probabilities")
    nets = Nets(
        keras.Model(encoded, wide, name="wide"),
        keras.Model(encoded, scores, name="core"),
        keras.Model(encoded, last(scores), name="network"),
    )
    give_weights(nets.full, weights)
    return nets


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
    plan: Plan
    layout: Layout
    nets: Nets = field(repr=False)
    answers: Answers = field(repr=False)
    workshop: Workshop = field(repr=False)
    scale: Scale | None
    temperature: float = 1.0

    def predict(self, x: Floats) -> npt.NDArray[np.float64]:
        """Probabilities (rows, classes), or numbers (rows,) in the target's own units, in double precision."""
        parts = [self.answers.scores(batch).numpy() for batch in batches(x, self._piece)]
        return answered(np.concatenate(parts), self.scale)

    def gradients(self, x: Floats, output: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """One output before softmax for each row, and its derivative by the encoded inputs.

        For classes: the score of class `output` less the mean score of the others; else the number in its own units.
        """
        direction = tf.constant(self._direction(output))
        values, slopes = zip(*(self.answers.slopes(batch, direction) for batch in batches(x, self._piece)), strict=True)
        value = np.concatenate([part.numpy() for part in values]).astype(np.float64)
        slope = np.concatenate([part.numpy() for part in slopes]).astype(np.float64)
        return (value, slope) if self.scale is None else (self.scale.restore(value), self.scale.scale * slope)

    def randomised(self, seed: int) -> Gradients:
        """`gradients` of a network like this one that knows nothing, for each layer's weights are drawn anew.

        They are the trained ones in another order and with signs by chance, so that their sizes are those of training.
        The cascading randomisation of Adebayo et al. (2018), Sanity checks for saliency maps, arXiv:1810.03292, taken
        through all layers at once.
        """
        rng = np.random.default_rng([seed, 7])
        variables = self.nets.core.trainable_variables
        drawn = [tf.constant(_drawn_anew(variable.numpy(), rng)) for variable in variables]

        def gradients(x: Floats, output: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
            trained = [tf.identity(variable.value) for variable in variables]
            try:
                _assign(variables, drawn)
                return self.gradients(x, output)
            finally:
                _assign(variables, trained)

        return gradients

    def first_layer(self, x: Floats, columns: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        """What these encoded columns add to the first hidden units before their bias, shape (rows, units).

        The units of all members stand side by side. Over all columns the parts add up to what the units see.
        """
        chosen = self._wide_positions(columns)
        kernel = self.nets.full.get_layer("members").kernel.numpy()[chosen]
        return np.asarray(self._widened(x)[:, chosen] @ kernel, dtype=np.float64)

    def exchanged(self, x: Floats, swaps: Sequence[Swap]) -> npt.NDArray[np.float64]:
        """What `predict` says of rows that take columns from other rows of `x`, one swap after the other.

        Each swap names encoded columns, the rows asked about, and for each of these the row whose values it takes.
        """
        scores = self._exchange.scores(self._widened(x), swaps, self._wide_positions)
        return answered(scores / np.float32(self.temperature), self.scale)

    @cached_property
    def _exchange(self) -> Exchange:
        return Exchange(self.nets.full, self.plan)

    def _widened(self, x: Floats) -> npt.NDArray[np.float32]:
        """What the first hidden layer sees of these rows; kept, since the next column is asked about the same rows."""
        if not self._last or self._last[0] is not x:
            self._last[:] = [x, np.concatenate([self.nets.wide(batch).numpy() for batch in batches(x, self._piece)])]
        return self._last[1]

    @cached_property
    def _last(self) -> list[npt.NDArray[Any]]:
        return []

    @cached_property
    def _wide_positions(self) -> Callable[[npt.NDArray[np.intp]], npt.NDArray[np.intp]]:
        """Where encoded columns stand in what the first hidden layer sees."""
        return wide_places(self.layout, self.plan, len(self.layout.numbers))

    def save(self, path: Path) -> None:
        """Write the network in Keras's own format, equal networks to equal bytes; it appears whole or not at all."""
        draft, settled = (path.with_name(f".{path.stem}.{stage}.keras") for stage in ("draft", "part"))
        try:
            with warnings.catch_warnings():  # Keras copies TensorFlow's variables in a way that NumPy 2 frowns on
                warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
                self.nets.full.save(draft)
            settle_archive(draft, settled)
            settled.replace(path)
        finally:
            draft.unlink(missing_ok=True)
            settled.unlink(missing_ok=True)

    @cached_property
    def _piece(self) -> int:
        return rows_at_once(self.plan, len(self.layout.numbers))

    def _direction(self, output: int) -> npt.NDArray[np.float32]:
        outputs = self.nets.core.output_shape[-1]
        if self.scale:
            return np.ones(1, dtype=np.float32)
        direction = np.full(outputs, -1.0 / (outputs - 1), dtype=np.float32)
        direction[output] = 1.0
        return direction


def _drawn_anew(weights: npt.NDArray[np.float32], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    signs = rng.choice(np.array([-1, 1], dtype=np.float32), weights.size)
    return np.asarray((rng.permutation(weights.ravel()) * signs).reshape(weights.shape))


def _assign(variables: Sequence[keras.Variable], values: Sequence[tf.Tensor]) -> None:
    """Past Keras, whose own way takes ten times as long."""
    for variable, value in zip(variables, values, strict=True):
        variable.value.assign(value, read_value=False)


def answered(scores: npt.NDArray[np.float32], scale: Scale | None) -> npt.NDArray[np.float64]:
    """What scores (rows, outputs) say: probabilities, or the number in the target's own units."""
    doubles = scores.astype(np.float64)
    return softmax(doubles) if scale is None else scale.restore(doubles[:, 0])


def batches(x: Floats, piece: int = PIECE) -> Iterator[tf.Tensor]:
    """The rows in pieces of so many; no rows make one empty piece."""
    rows = np.asarray(x, dtype=np.float32)
    for start in range(0, max(len(rows), 1), piece):
        yield tf.constant(rows[start : start + piece])


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities from scores, each row summing to 1 in double precision."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
