"""One epoch of training as one graph: Keras's own loop takes ten times as long on a small table."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from reportgen.model.network import Scale
from reportgen.model.runtime import keras, tf
from reportgen.model.shapes import Rows

CHUNK = 2**16
"""Rows that are judged at once; more of them would only cost memory."""

Epoch = Callable[[int], tuple[float, float]]
"""Trains through the epoch of that number (from 1); returns the loss on training and on validation rows after it."""

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Targets and scores in, each row's loss out."""


@dataclass(frozen=True)
class Lesson:
    """The rows of one part as tensors; numbers are standardised."""

    x: tf.Tensor
    y: tf.Tensor
    rows: int


def lesson(rows: Rows, scale: Scale | None) -> Lesson:
    """Put rows where TensorFlow can reach them."""
    y = tf.constant(rows.y, tf.int32) if scale is None else tf.constant(scale.standardise(rows.y), tf.float32)
    return Lesson(tf.constant(rows.x, tf.float32), y, len(rows.x))


def log_loss(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Minus the log of the probability that each row's own class is given, in nats."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores)


def squared_error(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """The squared distance of each row's standardised number from the predicted one."""
    return tf.square(y - scores[:, 0])


def compile_epoch(
    core: keras.Model, optimiser: keras.optimizers.Optimizer, train: Lesson, validation: Lesson, batch: int, seed: int
) -> Epoch:
    """Trace the graph: shuffle, step through equal batches, then judge both parts without dropout.

    The rows that equal batches leave over (fewer than there are batches) sit out until the next shuffle.
    """
    loss = log_loss if train.y.dtype == tf.int32 else squared_error
    steps = math.ceil(train.rows / batch)
    size = train.rows // steps
    weights = core.trainable_variables
    optimiser.build(weights)

    def learn(chosen: tf.Tensor) -> None:
        x, y = tf.gather(train.x, chosen), tf.gather(train.y, chosen)
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(y, core(x, training=True)))
        optimiser.apply(tape.gradient(value, weights), weights)

    def epoch(number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        order = tf.random.experimental.stateless_shuffle(tf.range(train.rows), seed=tf.stack([seed, number]))

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            learn(order[index * size : (index + 1) * size])
            return (index + 1,)

        tf.while_loop(lambda index: index < steps, step, (tf.constant(0),))
        return _mean_loss(core, loss, train), _mean_loss(core, loss, validation)

    # Without autograph: it rewrites source code, which each new Python breaks for a while, and no loop here needs it.
    graph = tf.function(epoch, autograph=False).get_concrete_function(tf.TensorSpec((), tf.int64))

    def run(number: int) -> tuple[float, float]:
        on_train, on_validation = graph(tf.constant(number, tf.int64))
        return float(on_train), float(on_validation)

    return run


def _mean_loss(core: keras.Model, loss: Loss, part: Lesson) -> tf.Tensor:
    """The loss of a part without dropout, summed in double precision."""
    total = tf.zeros((), tf.float64)
    for start in range(0, part.rows, CHUNK):
        scores = core(part.x[start : start + CHUNK], training=False)
        total += tf.reduce_sum(tf.cast(loss(part.y[start : start + CHUNK], scores), tf.float64))
    return total / part.rows
