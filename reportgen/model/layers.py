"""The layers of the network; of the finished one all are Keras's own kinds, so that it loads without reportgen."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.model.layout import Pieces
from reportgen.model.plan import Plan, Size, width
from reportgen.model.runtime import keras

FARTHEST = 1e9
"""Inputs are held within this, scaled: the square of a number farther out would overflow, and bend it to zero."""

SMOOTH = 3.0
"""Scaled numbers are bent smoothly towards this bound (RealMLP: Holzmüller et al. 2024, arXiv 2407.04491)."""

Weights = dict[str, list[npt.NDArray[np.float32]]]
"""A layer's name and its arrays, in Keras's order."""


def widened(arranged: keras.KerasTensor, size: Size, plan: Plan) -> keras.KerasTensor:
    """What the first hidden layer sees: numbers bent smoothly, their embeddings, and the flags.

    `arranged` holds the numbers first, then the flags.
    """
    parts, arranged = [], keras.ops.clip(arranged, -FARTHEST, FARTHEST)
    if size.numbers:
        numbers = arranged[:, : size.numbers]
        parts.append(numbers / keras.ops.sqrt(1.0 + keras.ops.square(numbers / SMOOTH)))
        parts += _embedded(numbers, size, plan)
    if size.flags:
        parts.append(arranged[:, size.numbers :])
    return keras.layers.Concatenate(name="wide")(parts) if len(parts) > 1 else parts[0]


def _embedded(numbers: keras.KerasTensor, size: Size, plan: Plan) -> Iterator[keras.KerasTensor]:
    """Each number as a short vector, learnt from its pieces or from waves along it."""
    if plan.embedding == "none":
        return
    spread = {"output_shape": (size.numbers, plan.bins), "bias_axes": "nt"}
    if plan.embedding == "piecewise":
        told = keras.layers.EinsumDense("bn,nt->bnt", **spread, trainable=False, name="pieces")(numbers)
        told = keras.layers.ReLU(max_value=1.0, name="within_pieces")(told)
    else:
        told = keras.ops.cos(keras.layers.EinsumDense("bn,nt->bnt", **spread, name="waves")(numbers))
    shape = (size.numbers, plan.embedding_width)
    vectors = keras.layers.EinsumDense("bnt,nte->bne", shape, bias_axes="ne", name="embedding")(told)
    yield keras.layers.Reshape((math.prod(shape),), name="embedded")(vectors)


@dataclass(frozen=True)
class Stack:
    """The layers behind the inputs: the first hidden layer in both of its forms, and those that both forms share.

    `scales`, `first` and `ends` are how the network is trained: each member scales the inputs in its own way, passes
    them to one common layer, and ends in an output of its own. There members come before rows, so that what one member
    sees lies together. `members` is the first layer multiplied out, one block of units a member: several times as quick
    to answer many rows, several times as large to train; `output` is `ends` with rows before members.
    """

    plan: Plan
    scales: keras.layers.Layer
    first: keras.layers.Layer
    ends: keras.layers.Layer
    members: keras.layers.Layer
    hidden: tuple[keras.layers.Layer, ...]
    output: keras.layers.Layer


def stack(size: Size, plan: Plan) -> Stack:
    """Layers that are built when they are first used.

    Members share the hidden layers and end in an output layer of their own (TabM's smallest form: Gorishniy et al.
    2024, arXiv 2410.24210).
    """
    dense, first = keras.layers.Dense, plan.hidden[0]
    shape = {"bias_axes": "ko", "name": "output"}
    return Stack(
        plan=plan,
        scales=MemberScales(plan.members, name="member_scales"),
        first=dense(first, "relu", name="hidden_1"),
        ends=keras.layers.EinsumDense("kbh,kho->kbo", (None, size.outputs), **shape),
        members=dense(plan.members * first, "relu", name="members"),
        hidden=tuple(dense(units, "relu", name=f"hidden_{n}") for n, units in enumerate(plan.hidden[1:], start=2)),
        output=keras.layers.EinsumDense("bkh,kho->bko", (plan.members, size.outputs), **shape),
    )


def kept_units(plan: Plan) -> tuple[keras.KerasTensor, ...]:
    """One input for each hidden layer: what dropout multiplies its units by, shape (rows, units); () without dropout.

    What dropout takes from a row it takes from all members: drawing for each apart was measured to cost a fifth of a
    step and to change nothing.
    """
    return tuple(
        keras.Input((units,), name=f"kept_{n}") for n, units in enumerate(plan.hidden, start=1) if plan.dropout
    )


def trained_scores(
    wide: keras.KerasTensor, layers: Stack, kept: tuple[keras.KerasTensor, ...] = ()
) -> keras.KerasTensor:
    """The scores of each member as it is trained, shape (members, rows, outputs); `kept` as `kept_units` gives it."""
    values = wide
    if layers.plan.members > 1:
        values = keras.ops.reshape(layers.scales(wide), (-1, wide.shape[-1]))
    for layer, share in zip_longest((layers.first, *layers.hidden), kept):
        values = layer(values)
        if share is not None:
            values = keras.ops.reshape(_members_first(values, layers.plan) * share, (-1, layer.units))
    return layers.ends(_members_first(values, layers.plan))


def finished_scores(wide: keras.KerasTensor, layers: Stack) -> keras.KerasTensor:
    """The same from the first layer multiplied out, without dropout."""
    values = keras.ops.reshape(layers.members(wide), (-1, layers.plan.hidden[0]))
    for layer in layers.hidden:
        values = layer(values)
    return layers.output(_by_member(values, layers.plan))


def _by_member(values: keras.KerasTensor, plan: Plan) -> keras.KerasTensor:
    return keras.ops.reshape(values, (-1, plan.members, values.shape[-1]))


def _members_first(values: keras.KerasTensor, plan: Plan) -> keras.KerasTensor:
    return keras.ops.reshape(values, (plan.members, -1, values.shape[-1]))


class MemberScales(keras.layers.Layer):  # type: ignore[misc]
    """Every row once for each member, its inputs scaled by the member's own weights: (members, rows, inputs).

    It takes part in training alone; the finished network has it multiplied into its first layer.
    """

    def __init__(self, members: int, **named: Any) -> None:  # noqa: ANN401 - what every layer takes
        super().__init__(**named)
        self.members = members

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One weight for each member and input."""
        self.kernel = self.add_weight(shape=(self.members, input_shape[-1]), name="member_scales")

    def call(self, wide: keras.KerasTensor) -> keras.KerasTensor:
        """Scale each row by each member."""
        return wide * keras.ops.expand_dims(self.kernel, 1)


def multiply_out(layers: Stack) -> None:
    """Give the first and the last layer's second form what the first has learnt."""
    kernel, bias, members = layers.first.kernel, layers.first.bias, layers.plan.members
    if members > 1:
        each = keras.ops.transpose(layers.scales.kernel)[:, :, None] * kernel[:, None, :]
        kernel, bias = keras.ops.reshape(each, (kernel.shape[0], -1)), keras.ops.tile(bias, members)
    layers.members.kernel.assign(kernel)
    layers.members.bias.assign(bias)
    layers.output.kernel.assign(layers.ends.kernel)
    layers.output.bias.assign(keras.ops.squeeze(layers.ends.bias, 1))


def combined(scores: keras.KerasTensor, classes: bool) -> keras.KerasTensor:
    """The members' answers as one, shape (rows, outputs): the log of their mean odds, or the mean of their numbers."""
    if not classes:
        return keras.ops.mean(scores, axis=1)
    return keras.ops.logsumexp(keras.ops.log_softmax(scores, axis=-1), axis=1)


def first_weights(size: Size, plan: Plan, pieces: Pieces | None, start: npt.NDArray[np.float64], seed: int) -> Weights:
    """The weights before the first step, drawn from the seed alone; `start` holds the biases of the outputs."""
    rng = np.random.default_rng([seed, 1])
    inputs = width(size, plan)
    weights: Weights = {}
    if plan.embedding == "piecewise" and pieces:
        weights["pieces"] = [pieces.slope, pieces.offset]
    if plan.embedding == "periodic":
        weights["waves"] = [_normal(rng, (size.numbers, plan.bins)), _uniform(rng, (size.numbers, plan.bins), math.pi)]
    if plan.embedding != "none":
        reach, shape = 1 / math.sqrt(plan.bins), (size.numbers, plan.embedding_width)
        kernel = _uniform(rng, (size.numbers, plan.bins, plan.embedding_width), reach)
        weights["embedding"] = [kernel, _uniform(rng, shape, reach)]
    if plan.members > 1:
        signs = rng.choice(np.array([-1.0, 1.0], dtype=np.float32), (plan.members, inputs))
        weights["member_scales"] = [signs]
    for number, units in enumerate(plan.hidden, start=1):
        reach = 1 / math.sqrt(inputs)
        weights[f"hidden_{number}"] = [_uniform(rng, (inputs, units), reach), _uniform(rng, (units,), reach)]
        inputs = units
    kernel = _uniform(rng, (plan.members, inputs, size.outputs), 1 / math.sqrt(inputs))
    weights["output"] = [kernel, np.tile(start, (plan.members, 1, 1)).astype(np.float32)]
    return weights


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], reach: float) -> npt.NDArray[np.float32]:
    return rng.uniform(-reach, reach, shape).astype(np.float32)


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Frequencies of the waves: about one wave in three standard deviations, most slower."""
    return rng.normal(0, 2.0, shape).astype(np.float32)


def give_weights(model: keras.Model, weights: Weights) -> None:
    """Put weights into the layers of those names; past Keras, whose own way takes ten times as long."""
    for name, arrays in weights.items():
        for variable, array in zip(model.get_layer(name).weights, arrays, strict=True):
            variable.value.assign(array, read_value=False)


def take_weights(model: keras.Model) -> Weights:
    """Copy the weights of all layers that have any."""
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
