"""One epoch of training as one graph: Keras's own loop takes many times as long on a small table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.model.layers import Stack, combined, multiply_out
from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, tf

CHUNK = 2**10
"""Rows that are judged at once: what the layers make of more no longer fits the processor's cache."""

JUDGED = 2**9
"""Training rows that are judged after each epoch; more of them would only cost time."""

SPARED = ("bias", "member_scales", "waves")
"""Variables that weight decay leaves alone."""

Epoch = Callable[[int], tuple[float, float]]
"""Trains through the epoch of that number (from 1); returns the loss on training and on validation rows after it."""

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Targets (rows,) and scores (rows, members, outputs) in, the loss of each row and member out."""


@dataclass(frozen=True)
class Forms:
    """The members as they are trained and as they answer: two models that share all layers but the first."""

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
    own = tf.repeat(y[:, None], scores.shape[1], axis=1)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(own, scores)


def squared_error(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """The squared distance of each row's standardised number from the predicted one."""
    return tf.square(y[:, None] - scores[:, :, 0])


def huber(y: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
    """Squared error up to one standard deviation, twice the distance less one beyond (Huber 1964, Ann Math Stat 35)."""
    distance = tf.abs(y[:, None] - scores[:, :, 0])
    return tf.where(distance <= 1.0, tf.square(distance), 2 * distance - 1)


LOSSES: dict[str, Loss] = {"log_loss": log_loss, "squared_error": squared_error, "huber": huber}


def as_one(scores: tf.Tensor, classes: bool) -> tf.Tensor:
    """The members' scores as those of one, shape (rows, 1, outputs)."""
    return tf.expand_dims(combined(scores, classes), 1)


def fused(optimiser: keras.optimizers.Optimizer, weights: list[keras.Variable]) -> Callable[[list[tf.Tensor]], None]:
    """What `optimiser.apply` does of Adam and AdamW, by TensorFlow's one kernel a variable.

    Keras spells the same formulas out in a dozen operations a variable, which small networks spend their time on.
    """
    optimiser.build(weights)
    moments = [[one for one in optimiser.variables if name in one.path] for name in ("momentum", "velocity")]
    decays = [_decay(optimiser, weight) for weight in weights]

    def apply(gradients: list[tf.Tensor]) -> None:
        if optimiser.global_clipnorm:
            gradients, _ = tf.clip_by_global_norm(gradients, optimiser.global_clipnorm)
        rate = tf.cast(optimiser.learning_rate, tf.float32)
        optimiser.iterations.assign_add(1)
        step = tf.cast(optimiser.iterations.value, tf.float32)
        for weight, gradient, decay, first, second in zip(weights, gradients, decays, *moments, strict=True):
            if decay:
                weight.assign(weight.value - weight.value * (rate * decay))
            tf.raw_ops.ResourceApplyAdam(
                var=weight.value.handle, m=first.value.handle, v=second.value.handle, grad=gradient, lr=rate,
                beta1=optimiser.beta_1, beta2=optimiser.beta_2, epsilon=optimiser.epsilon,
                beta1_power=tf.pow(optimiser.beta_1, step), beta2_power=tf.pow(optimiser.beta_2, step),
            )  # fmt: skip

    return apply


def _decay(optimiser: keras.optimizers.Optimizer, weight: keras.Variable) -> float:
    """The weight decay of a variable, 0 where it has none."""
    return 0.0 if any(name in weight.path for name in SPARED) else float(optimiser.weight_decay or 0.0)


def compile_epoch(forms: Forms, optimiser: keras.optimizers.Optimizer, plan: Plan, steps: int) -> Callable[..., Epoch]:
    """Trace the graph: shuffle, take so many equal steps, then judge the members together without dropout.

    What is returned takes training rows, the training rows that are judged, validation rows and a seed, and gives
    their `Epoch`: one graph serves many trainings. The rows that equal steps leave over (fewer than there are steps)
    sit out until the next shuffle.
    """
    loss, classes = LOSSES[plan.loss], plan.loss == "log_loss"
    weights = forms.trained.trainable_variables
    apply = fused(optimiser, weights)

    def learn(x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(weight[:, None] * loss(y, forms.trained(x, training=True)))
        apply(tape.gradient(value, weights))

    def judge(x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """The mean loss of the members' common answer, summed in double precision; rows count as in learning."""
        rows = tf.shape(x)[0]

        def add(start: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            end = start + CHUNK
            scores = as_one(forms.finished(x[start:end], training=False), classes)
            losses = weight[start:end, None] * loss(y[start:end], scores)
            return end, total + tf.reduce_sum(tf.cast(losses, tf.float64))

        _, total = tf.while_loop(lambda start, _: start < rows, add, (tf.constant(0), tf.zeros((), tf.float64)))
        return total / tf.reduce_sum(tf.cast(weight, tf.float64))

    def epoch(
        number: tf.Tensor, seed: tf.Tensor, x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor, *judged: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.shape(x)[0]
        size = tf.maximum(rows // steps, 1)
        order = tf.random.experimental.stateless_shuffle(tf.range(rows), seed=tf.stack([seed, number]))

        def step(index: tf.Tensor) -> tuple[tf.Tensor]:
            chosen = order[index * size : (index + 1) * size]
            learn(tf.gather(x, chosen), tf.gather(y, chosen), tf.gather(weight, chosen))
            return (index + 1,)

        tf.while_loop(lambda index: index < tf.minimum(steps, rows), step, (tf.constant(0),))
        multiply_out(forms.layers)
        return judge(*judged[:3]), judge(*judged[3:])

    x = tf.TensorSpec((None, forms.trained.input_shape[-1]), tf.float32)
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
