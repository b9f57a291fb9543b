"""Training: epoch after epoch until validation rows see no more gain."""

import math
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.model.describe import describe_network, describe_training, notes
from reportgen.model.epoch import Epoch, compile_epoch, lesson
from reportgen.model.history import History, Weights
from reportgen.model.network import Network, Scale, answer, build, trace
from reportgen.model.plan import Plan, make_plan
from reportgen.model.runtime import keras, seed_everything
from reportgen.model.shapes import Prepared, Progress
from reportgen.records.table import Task


def train(prepared: Prepared, task: Task, config: Config, progress: Progress | None = None) -> Network:
    """Fit one network to the training rows and keep the epoch that validation rows like best."""
    began = perf_counter()
    seed_everything(config.seed, config.threads)
    rows, columns = prepared.train.x.shape
    plan = make_plan(rows, config.model, config.budget)
    scale = _scale(prepared.train.y) if task.kind == "regression" else None
    start = np.zeros(1) if scale else _log_shares(prepared.train.y, len(task.classes))
    nets = build(plan, columns, start, scale, config.seed)
    optimiser = keras.optimizers.AdamW(plan.learning_rate, plan.weight_decay, global_clipnorm=1.0)
    lessons = lesson(prepared.train, scale), lesson(prepared.validation, scale)
    epoch = compile_epoch(nets.core, optimiser, *lessons, plan.batch, config.seed)
    history = _fit(epoch, nets.core, optimiser, plan, progress)
    _restore(nets.core, history.weights)
    answers = trace(nets.core)
    said = notes(history, plan, task, answer(answers, prepared.train.x, scale))
    record = describe_network(nets, plan, history, said, task)
    seconds = perf_counter() - began
    return Network(record, describe_training(history, task), seconds, nets, answers, scale)


def _scale(y: npt.NDArray[Any]) -> Scale:
    """Mean and standard deviation of the training target; a constant one keeps its size."""
    return Scale(float(np.mean(y)), float(np.std(y)) or 1.0)


def _log_shares(y: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Scores whose softmax are the classes' shares, each class with half a row to spare, so that none is impossible."""
    counts = np.bincount(y, minlength=classes) + 0.5
    return np.asarray(np.log(counts / counts.sum()))


def _fit(
    epoch: Epoch, core: keras.Model, optimiser: keras.optimizers.Optimizer, plan: Plan, progress: Progress | None
) -> History:
    """Run epochs until validation loss stands still, numbers run away, or the ceiling is reached."""
    history = History(_weights(core))
    while len(history.validation) < plan.epochs and not history.stopped_early:
        losses = epoch(len(history.validation) + 1)
        if not all(map(math.isfinite, losses)):
            history.diverged = True
            break
        if history.add(*losses):
            history.weights = _weights(core)
        if history.waited and history.waited % plan.rest == 0:
            optimiser.learning_rate.assign(optimiser.learning_rate / 2)
        history.stopped_early = history.waited >= plan.patience
        if progress:
            progress(len(history.validation), plan.epochs)
    return history


def _weights(core: keras.Model) -> Weights:
    return [variable.numpy() for variable in core.trainable_variables]


def _restore(core: keras.Model, weights: Weights) -> None:
    for variable, value in zip(core.trainable_variables, weights, strict=True):
        variable.assign(value)
