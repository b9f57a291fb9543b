"""Training: whole epochs compiled into one graph, stopped early by validation rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.model.network import Nets, Network, Scale, build, count_parameters, describe_layers
from reportgen.model.plan import Plan, plan
from reportgen.model.runtime import keras, seed_everything, tf
from reportgen.model.shapes import Prepared, Progress, Rows
from reportgen.records.base import Code, Scalar
from reportgen.records.network import ModelRecord, Training
from reportgen.records.table import Task

MATERIAL = 1e-4
"""The smallest gain of validation loss that counts as progress: nats, or parts of the target's variance."""

Epoch = Callable[[int], tuple[float, float]]


@dataclass
class History:
    """What training remembers: both losses of each epoch, and the weights of the best."""

    patience: int
    weights: list[npt.NDArray[np.float32]]
    train: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = math.inf
    last_gain: int = 0
    diverged: bool = False

    @property
    def waited(self) -> int:
        """Epochs since the validation loss last fell by an amount that matters."""
        return len(self.validation) - self.last_gain

    @property
    def stopped_early(self) -> bool:
        """True once waiting longer makes no sense."""
        return self.waited >= self.patience


def train(prepared: Prepared, task: Task, config: Config, progress: Progress | None = None) -> Network:
    """Fit one network to the training rows and keep the epoch that validation rows like best."""
    began = perf_counter()
    seed_everything(config.seed)
    rows, columns = prepared.train.x.shape
    settings = plan(rows, columns, config.model, config.budget)
    scale = _scale(prepared.train.y) if task.kind == "regression" else None
    start = np.zeros(1) if scale else _log_shares(prepared.train.y, len(task.classes))
    nets = build(settings, columns, start, scale, config.seed)
    optimiser = keras.optimizers.AdamW(settings.learning_rate, settings.weight_decay, global_clipnorm=1.0)
    epoch = _compile(nets.core, optimiser, prepared, scale, settings, config.seed)
    history = _fit(epoch, nets.core, optimiser, settings, progress)
    for variable, value in zip(nets.core.trainable_variables, history.weights, strict=True):
        variable.assign(value)
    network = Network(
        record=_record(nets, settings, history, scale),
        training=_training(history, scale),
        seconds=0.0,
        nets=nets,
        scale=scale,
    )
    object.__setattr__(network, "seconds", perf_counter() - began)
    return network


def _scale(y: npt.NDArray[Any]) -> Scale:
    """Mean and standard deviation of the training target."""
    return Scale(float(np.mean(y)), float(np.std(y)) or 1.0)


def _log_shares(y: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Scores whose softmax are the classes' shares, each class having half a row more than it has."""
    counts = np.bincount(y, minlength=classes) + 0.5
    return np.asarray(np.log(counts / counts.sum()))


def _log_loss(y: Any, scores: Any) -> Any:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores)


def _squared_error(y: Any, scores: Any) -> Any:
    return tf.square(y - scores[:, 0])


def _tensors(rows: Rows, scale: Scale | None) -> tuple[Any, Any]:
    if scale:
        return tf.constant(rows.x), tf.constant((rows.y - scale.centre) / scale.scale, tf.float32)
    return tf.constant(rows.x), tf.constant(rows.y, tf.int32)


def _compile(core: Any, optimiser: Any, prepared: Prepared, scale: Scale | None, settings: Plan, seed: int) -> Epoch:
    """One epoch as one graph: shuffle, step through equal batches, and take both losses without dropout.

    The batches of an epoch are equally large; the few rows that are left over sit out until the next shuffle.
    """
    loss = _squared_error if scale else _log_loss
    x, y = _tensors(prepared.train, scale)
    checks = _tensors(prepared.validation, scale)
    rows = len(prepared.train.x)
    steps = max(math.ceil(rows / settings.batch), 1)
    size = rows // steps
    weights = core.trainable_variables
    optimiser.build(weights)

    def epoch(number: Any) -> Any:
        order = tf.random.experimental.stateless_shuffle(tf.range(rows), seed=tf.stack([seed % 2**31, number]))
        for step in tf.range(steps):
            chosen = order[step * size : (step + 1) * size]
            with tf.GradientTape() as tape:
                value = tf.reduce_mean(loss(tf.gather(y, chosen), core(tf.gather(x, chosen), training=True)))
            optimiser.apply(tape.gradient(value, weights), weights)
        return tf.reduce_mean(loss(y, core(x, training=False))), tf.reduce_mean(
            loss(checks[1], core(checks[0], training=False))
        )

    compiled = tf.function(epoch, input_signature=[tf.TensorSpec((), tf.int32)])

    def run(number: int) -> tuple[float, float]:
        on_train, on_validation = compiled(tf.constant(number, tf.int32))
        return float(on_train), float(on_validation)

    return run


def _fit(epoch: Epoch, core: Any, optimiser: Any, settings: Plan, progress: Progress | None) -> History:
    """Run epochs until validation loss stands still, numbers run away, or the ceiling is reached."""
    history = History(settings.patience, _snapshot(core))
    for number in range(1, settings.epochs + 1):
        losses = epoch(number)
        if not np.isfinite(losses).all():
            history.diverged = True
            break
        _remember(history, losses, core)
        if progress:
            progress(number, settings.epochs)
        if history.stopped_early:
            break
        if history.waited and history.waited % max(settings.patience // 4, 1) == 0:
            optimiser.learning_rate.assign(optimiser.learning_rate * 0.5)
    return history


def _snapshot(core: Any) -> list[npt.NDArray[np.float32]]:
    return [variable.numpy() for variable in core.trainable_variables]


def _remember(history: History, losses: tuple[float, float], core: Any) -> None:
    history.train.append(losses[0])
    history.validation.append(losses[1])
    if losses[1] < history.best_loss - MATERIAL:
        history.last_gain = len(history.validation)
    if losses[1] < history.best_loss:
        history.best_loss, history.best_epoch = losses[1], len(history.validation)
        history.weights = _snapshot(core)


def _training(history: History, scale: Scale | None) -> Training:
    return Training(
        loss_name="squared_error" if scale else "log_loss",
        train=tuple(history.train),
        validation=tuple(history.validation),
        best_epoch=history.best_epoch,
        stopped_early=history.stopped_early,
    )


def _record(nets: Nets, settings: Plan, history: History, scale: Scale | None) -> ModelRecord:
    return ModelRecord(
        family="multilayer perceptron",
        parameters=count_parameters(nets.full),
        epochs=len(history.validation),
        best_epoch=history.best_epoch,
        inputs=int(nets.full.input_shape[-1]),
        layers=describe_layers(nets),
        settings=_settings(settings, scale),
        notes=(),
    )


def _settings(settings: Plan, scale: Scale | None) -> dict[str, Scalar]:
    return {
        "hidden": ", ".join(map(str, settings.hidden)),
        "learning_rate": settings.learning_rate,
        "batch": settings.batch,
        "weight_decay": settings.weight_decay,
        "dropout": settings.dropout,
        "patience": settings.patience,
        "epochs": settings.epochs,
        "optimiser": "AdamW",
        "loss": "squared error of the standardised target" if scale else "log loss",
    }
