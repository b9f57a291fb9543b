"""The trained network in plain records: its layers, its settings, its losses and what went wrong."""

import math

from reportgen.model.epoch import JUDGED
from reportgen.model.history import History
from reportgen.model.plan import Plan, settings
from reportgen.model.runtime import keras
from reportgen.model.shapes import Floats
from reportgen.records.base import Code
from reportgen.records.network import Layer, ModelRecord, Training
from reportgen.records.table import Task


def describe_network(
    trained: keras.Model, plan: Plan, history: History, temperature: float, said: tuple[Code, ...], task: Task
) -> ModelRecord:
    """What the network is, as it was trained; without the clock, so that two trainings give equal records."""
    shown = settings(plan) | ({"temperature": temperature} if task.classes and plan.calibrate else {})
    return ModelRecord(
        family="ensemble of multilayer perceptrons" if plan.members > 1 else "multilayer perceptron",
        parameters=sum(_parameters(layer) for layer in trained.layers),
        epochs=len(history.validation),
        best_epoch=history.best_epoch,
        inputs=int(trained.inputs[0].shape[-1]),
        layers=tuple(_layer(layer) for layer in trained.layers if _shown(layer)),
        settings=shown,
        notes=said,
    )


def describe_training(history: History, plan: Plan, rows: int) -> Training:
    """Both losses after each epoch that ended in finite numbers, without dropout."""
    return Training(
        loss_name=plan.loss,
        train=tuple(history.train),
        validation=tuple(history.validation),
        train_rows=min(rows, JUDGED),
        best_epoch=history.best_epoch,
        stopped_early=history.stopped_early,
    )


def notes(history: History, plan: Plan, task: Task, fitted: Floats) -> tuple[Code, ...]:
    """What a reader must know of this training; `fitted` are the predictions for the training rows."""
    codes = []
    if history.diverged:
        codes.append(Code(code="diverged", facts={"epoch": len(history.validation) + 1}))
    elif plan.waits and history.still_falling:
        codes.append(Code(code="no_early_stop", facts={"epochs": plan.epochs, "best_epoch": history.best_epoch}))
    if task.classes and len(answers := set(fitted.argmax(axis=1).tolist())) == 1:
        codes.append(Code(code="collapsed", facts={"class": task.classes[answers.pop()], "rows": len(fitted)}))
    return tuple(codes)


HIDDEN_KINDS = ("InputLayer", "Dropout", "Reshape", "RepeatVector", "Concatenate", "Multiply")
"""Layers that compute nothing of their own."""


def _shown(layer: keras.layers.Layer) -> bool:
    return type(layer).__name__ not in HIDDEN_KINDS


def _layer(layer: keras.layers.Layer) -> Layer:
    activation = getattr(layer, "activation", None)
    return Layer(
        name=layer.name,
        kind=type(layer).__name__,
        units=int(layer.output.shape[-1]),
        activation=activation.__name__ if activation else None,
        parameters=_parameters(layer),
    )


def _parameters(layer: keras.layers.Layer) -> int:
    """The numbers that training may change."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)
