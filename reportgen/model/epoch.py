"""One epoch of training as one graph: Keras's own loop takes many times as long on a small table."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.model.descent import Descent
from reportgen.model.layers import Stack, combined, multiply_out
from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, tf

JUDGED = 2**9
"""Training rows that are judged after each epoch; more of them would only cost time."""

UNSHOWN = 1
"""Training rows that are judged where nobody looks at their loss: judging 512 takes a tenth of a small table's time."""

Epoch = Callable[[int], tuple[float, float]]
"""Trains through the epoch of that number (from 1); returns the loss on training and on validation rows after it."""

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Targets of a shape that spreads over (...) and scores (..., outputs) in, the loss of each answer (...) out."""

Slope = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]
"""Targets (rows,), scores (members, rows, outputs) and what each row counts (rows, 1) in; the derivative by scores."""


@dataclass(frozen=True)
class Forms:
    """The members as they are trained and as they answer: two models that share all layers but the first and last.

    `trained` takes rows and, where there is dropout, what it multiplies each layer's units by (`kept_units`).
    """

    layers: Stack
    trained: keras.Model
    finished: keras.Model


@dataclass(frozen=True)
class Lesson:
    """Rows as tensors: arranged columns, class numbers or standardised numbers, and what each row counts."""

    x: tf.Tensor
    y: tf.Tensor
    weight: tf.Tensor

    def part(self, rows: npt.NDArray[np.intp]) -> "Lesson":
        """Some of the rows."""
        return Lesson(tf.gather(self.x, rows), tf.gather(self.y, rows), tf.gather(self.weight, rows))


def log_loss(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Minus the log of the probability that each row's own class is given, in nats."""
    own = tf.broadcast_to(y, tf.shape(scores)[:-1])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(own, scores)


def squared_error(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """The squared distance of each row's standardised number from the predicted one."""
    return tf.square(y - scores[..., 0])


def huber(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Squared error up to one standard deviation, twice the distance less one beyond (Huber 1964, Ann Math Stat 35)."""
    distance = tf.abs(y - scores[..., 0])
    return tf.where(distance <= 1.0, tf.square(distance), 2 * distance - 1)


LOSSES: dict[str, Loss] = {"log_loss": log_loss, "squared_error": squared_error, "huber": huber}


def log_loss_slope(y: tf.Tensor, scores: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """What TensorFlow's own derivative comes to, in a tenth of the operations that it takes to repeat itself."""
    return tf.exp(tf.nn.log_softmax(scores)) * share - tf.one_hot(y, scores.shape[-1]) * share


def squared_error_slope(y: tf.Tensor, scores: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """Twice the distance, towards the prediction."""
    return -(share * (2 * (y[:, None] - scores)))


def huber_slope(y: tf.Tensor, scores: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    """The same up to one standard deviation, and no steeper beyond."""
    return -(share * tf.clip_by_value(2 * (y[:, None] - scores), -2.0, 2.0))


SLOPES: dict[str, Slope] = {
    "log_loss": log_loss_slope,
    "squared_error": squared_error_slope,
    "huber": huber_slope,
}


def as_one(scores: tf.Tensor, classes: bool) -> tf.Tensor:
    """The members' scores as those of one, shape (rows, 1, outputs)."""
    return tf.expand_dims(combined(scores, classes), 1)


def kept(bits: tf.Tensor, plan: Plan) -> list[tf.Tensor]:
    """What dropout multiplies the units of each hidden layer by, told by bits (..., units of all layers).

    The chance is one of 65,536 steps: sixteen bits a unit cost a tenth of what whole numbers do.
    """
    steps = 2**16
    out = min(max(round(plan.dropout * steps), 1), steps - 1)
    shares = tf.where(bits[..., : sum(plan.hidden)] < out, 0.0, steps / (steps - out))
    return list(tf.split(shares, plan.hidden, axis=-1))


def draw_bits(plan: Plan, shape: tuple[int, ...], seed: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """Sixteen bits by chance for each unit of all hidden layers, shape (*shape, units or a few more)."""
    fours = (*shape, math.ceil(sum(plan.hidden) / 4))
    drawn = tf.random.stateless_uniform(fours, tf.stack(seed), minval=None, maxval=None, dtype=tf.uint64)
    return tf.reshape(tf.bitcast(drawn, tf.uint16), (*shape, fours[-1] * 4))


def compile_epoch(forms: Forms, descent: Descent, plan: Plan, batch: int, piece: int) -> Callable[..., Epoch]:
    """Trace the graph: shuffle, take the descent's steps of so many rows each, then judge the members together.

    What is returned takes training rows, the training rows that are judged, validation rows and a seed, and gives
    their `Epoch`: one graph serves many trainings. Rows that equal steps leave over (fewer than there are steps) sit
    out until the next shuffle; where a training has fewer rows than that, the first of the shuffle come again. Rows are
    judged `piece` by piece.
    """
    loss, slope, classes = LOSSES[plan.loss], SLOPES[plan.loss], plan.loss == "log_loss"
    weights = [weight.value for weight in forms.trained.trainable_variables]
    taken = tf.range(descent.steps * batch)

    def learn(shares: list[tf.Tensor], x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor, *moment: tf.Tensor) -> None:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            scores = forms.trained([x, *shares] if shares else x, training=True)
        share = weight[:, None] * (1 / (plan.members * batch))
        descent.step(tape.gradient(scores, weights, slope(y, scores, share)), *moment)

    def judge(x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """The mean loss of the members' common answer, summed in double precision; rows count as in learning."""
        rows = tf.shape(x)[0]

        def add(start: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            end = start + piece
            scores = as_one(forms.finished(x[start:end], training=False), classes)
            losses = weight[start:end, None] * loss(y[start:end, None], scores)
            return end, total + tf.reduce_sum(tf.cast(losses, tf.float64))

        _, total = tf.while_loop(lambda start, _: start < rows, add, (tf.constant(0), tf.zeros((), tf.float64)))
        return total / tf.reduce_sum(tf.cast(weight, tf.float64))

    def epoch(
        number: tf.Tensor, seed: tf.Tensor, x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor, *judged: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.shape(x)[0]
        order = tf.random.experimental.stateless_shuffle(tf.range(rows), seed=tf.stack([seed, number]))
        order = tf.gather(order, taken % rows)
        moments = descent.epoch(number)
        lots = [tf.reshape(tf.gather(part, order), (descent.steps, batch, *part.shape[1:])) for part in (x, y, weight)]

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            drawn = (seed, -(number * descent.steps + tf.cast(index, tf.int64)))
            shares = kept(draw_bits(plan, (batch,), drawn), plan) if plan.dropout else []
            learn(shares, *(tf.gather(part, index) for part in (*lots, *moments)))
            return (index + 1,)

        tf.while_loop(lambda index: index < descent.steps, step, (tf.constant(0),))
        multiply_out(forms.layers)
        return judge(*judged[:3]), judge(*judged[3:])

    x = tf.TensorSpec((None, forms.finished.input_shape[-1]), tf.float32)
    y = tf.TensorSpec((None,), tf.int32 if classes else tf.float32)
    number, weight = tf.TensorSpec((), tf.int64), tf.TensorSpec((None,), tf.float32)
    # Without autograph: it rewrites source code, which each new Python breaks for a while, and no loop here needs it.
    graph = tf.function(epoch, autograph=False).get_concrete_function(number, number, *[x, y, weight] * 3)

    def begin(train: Lesson, judged: Lesson, validation: Lesson, seed: int) -> Epoch:
        given = [part for rows in (train, judged, validation) for part in (rows.x, rows.y, rows.weight)]

        def run(number: int) -> tuple[float, float]:
            on_train, on_validation = graph(tf.constant(number, tf.int64), tf.constant(seed, tf.int64), *given)
            return float(on_train), float(on_validation)

        return run

    return begin
