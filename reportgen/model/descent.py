"""Adam's steps by TensorFlow's one kernel a variable: Keras spells them out in a dozen operations each."""

import math

import numpy as np
import numpy.typing as npt

from reportgen.model.plan import Plan
from reportgen.model.runtime import keras, tf

CLIP = 1.0
"""The largest norm of a gradient over all weights: one wild row pulls no harder than this."""

FIRST, SECOND, SMALL = 0.9, 0.999, 1e-7
"""How much of the mean gradient, and of its square, a step keeps; and what is added to the divisor. Keras's own."""

SPARED = ("bias", "member_scales", "waves")
"""Variables that weight decay leaves alone."""


class Descent:
    """Adam (Kingma and Ba 2015, arXiv 1412.6980), or AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101).

    What depends on the number of the step alone is computed for a whole epoch at once.
    """

    def __init__(self, plan: Plan, weights: list[keras.Variable], steps: int) -> None:
        self.steps = steps
        self._clips = plan.optimiser == "AdamW"
        self._weights = [weight.value for weight in weights]
        self._decays = [_decay(plan, weight) for weight in weights]
        self._rates = rates(plan, steps * plan.epochs)
        self.moments = [[tf.Variable(tf.zeros(weight.shape)) for weight in weights] for _ in range(2)]

    def epoch(self, number: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """For each step of the epoch of that number (from 1): the learning rate and the powers of both betas."""
        first = tf.cast(number - 1, tf.int32) * self.steps
        ahead = tf.range(1, self.steps + 1) + first
        told = tf.gather(tf.constant(self._rates), tf.minimum(ahead - 1, len(self._rates) - 1))
        return told, tf.pow(FIRST, tf.cast(ahead, tf.float32)), tf.pow(SECOND, tf.cast(ahead, tf.float32))

    def step(self, gradients: list[tf.Tensor], rate: tf.Tensor, first: tf.Tensor, second: tf.Tensor) -> None:
        """Move every weight against its gradient."""
        if self._clips:
            gradients, _ = tf.clip_by_global_norm(gradients, CLIP)
        for weight, gradient, decay, *moments in zip(
            self._weights, gradients, self._decays, *self.moments, strict=True
        ):
            if decay:
                weight.assign_sub(weight * (rate * decay))
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle, m=moments[0].handle, v=moments[1].handle, grad=gradient, lr=rate,
                beta1=FIRST, beta2=SECOND, epsilon=SMALL, beta1_power=first, beta2_power=second,
            )  # fmt: skip

    def reset(self) -> None:
        """Forget all steps."""
        for variable in (variable for moments in self.moments for variable in moments):
            variable.assign(tf.zeros_like(variable))


def rates(plan: Plan, steps: int) -> npt.NDArray[np.float32]:
    """The learning rate of each step: constant, or rising evenly, then along half a cosine to a hundredth."""
    if plan.schedule == "constant":
        return np.full(steps, plan.learning_rate, dtype=np.float32)
    warm, step = round(plan.warm_up * steps), np.arange(steps)
    come = (step - warm) / max(steps - warm, 1)
    cosine = 0.01 + 0.99 * 0.5 * (1 + np.cos(math.pi * come))
    return np.asarray(plan.learning_rate * np.where(step < warm, step / max(warm, 1), cosine), dtype=np.float32)


def _decay(plan: Plan, weight: keras.Variable) -> float:
    """The weight decay of a variable, 0 where it has none."""
    return plan.weight_decay if plan.optimiser == "AdamW" and not any(n in weight.path for n in SPARED) else 0.0
