"""What a network answers when a few columns of its rows come from other rows, without a look at all the others.

Behind the first hidden layer's sum nothing knows of columns: what one column adds to the sum is taken off, and what
the other row's value adds is put in its place. That is the answer itself, up to rounding, for a fraction of the work
where columns are many.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from reportgen.model.layers import combined
from reportgen.model.plan import Plan, rows_at_once
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Floats

Places = npt.NDArray[np.intp]
Swap = tuple[Places, Places, Places]
"""Places of columns, the rows that are asked about, and for each of them the row whose values it takes."""

MOST_SUMS = 2**20
"""Numbers of the first layer's sums that are finished at once: 4 MB."""


@dataclass(frozen=True)
class Exchange:
    """The layers of one network in its finished form, cut before the first hidden layer and behind its sum."""

    model: keras.Model = field(repr=False)
    plan: Plan

    def widen(self, x: Floats) -> npt.NDArray[np.float32]:
        """What the first hidden layer sees of rows arranged for the model, shape (rows, inputs of the layer)."""
        rows = np.asarray(x, dtype=np.float32)
        step = rows_at_once(self.plan, rows.shape[1])
        parts = [self._wide(tf.constant(rows[i : i + step])).numpy() for i in range(0, max(len(rows), 1), step)]
        return np.concatenate(parts)

    def scores(
        self, wide: npt.NDArray[np.float32], swaps: Sequence[Swap], places: Callable[[Places], Places]
    ) -> npt.NDArray[np.float32]:
        """The scores of all rows asked about, one swap after the other, shape (rows, outputs).

        `places` says where columns stand in `wide`.
        """
        kernel, bias = self.model.get_layer("members").get_weights()
        sums = wide @ kernel + bias
        moved = (_moved(wide, sums, kernel, places(columns), rows, givers) for columns, rows, givers in swaps)
        parts = [self._behind(tf.constant(block)).numpy() for block in _in_blocks(moved, MOST_SUMS // len(bias))]
        return np.concatenate(parts) if parts else self._behind(tf.constant(sums[:0])).numpy()

    @cached_property
    def _wide(self) -> keras.Model:
        return keras.Model(self.model.input, self.model.get_layer("members").input)

    @cached_property
    def _behind(self) -> Callable[[tf.Tensor], tf.Tensor]:
        """From the first layer's sums to the scores of the members as one."""
        plan, layer = self.plan, self.model.get_layer
        units = tf.TensorSpec((None, plan.members * plan.hidden[0]), tf.float32)

        def behind(sums: tf.Tensor) -> tf.Tensor:
            values = tf.reshape(tf.nn.relu(sums), (-1, plan.hidden[0]))
            for number in range(2, len(plan.hidden) + 1):
                values = layer(f"hidden_{number}")(values)
            scores = layer("output")(tf.reshape(values, (-1, plan.members, plan.hidden[-1])))
            return combined(scores, plan.loss == "log_loss")

        traced: Callable[[tf.Tensor], tf.Tensor] = tf.function(behind, autograph=False).get_concrete_function(units)
        return traced


def _moved(
    wide: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float32],
    kernel: npt.NDArray[np.float32],
    own: Places,
    rows: Places,
    givers: Places,
) -> npt.NDArray[np.float32]:
    """The first layer's sums of rows that take these places from their givers."""
    away = wide[np.ix_(givers, own)] - wide[np.ix_(rows, own)]
    return np.asarray(sums[rows] + away @ kernel[own])


def _in_blocks(parts: Iterator[npt.NDArray[np.float32]], rows: int) -> Iterator[npt.NDArray[np.float32]]:
    """Parts put together until they make so many rows or more."""
    held: list[npt.NDArray[np.float32]] = []
    for part in parts:
        held.append(part)
        if sum(map(len, held)) >= rows:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)
