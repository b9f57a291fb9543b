"""The trained network in plain records: its layers, its settings, its losses and what went wrong."""

import math

from reportgen.model.history import History
from reportgen.model.network import Nets
from reportgen.model.plan import Plan
from reportgen.model.runtime import keras
from reportgen.model.shapes import Floats
from reportgen.records.base import Code, Scalar
from reportgen.records.network import Layer, ModelRecord, Training
from reportgen.records.table import Task


def describe_network(nets: Nets, plan: Plan, history: History, notes: tuple[Code, ...], task: Task) -> ModelRecord:
    """What the network is; the clock is left out, so that two trainings give equal records."""
    return ModelRecord(
        family="multilayer perceptron",
        parameters=sum(_parameters(layer) for layer in nets.full.layers),
        epochs=len(history.validation),
        best_epoch=history.best_epoch,
        inputs=int(nets.full.input_shape[-1]),
        layers=tuple(_layer(layer) for layer in nets.full.layers),
        settings=_settings(plan, task),
        notes=notes,
    )


def describe_training(history: History, task: Task) -> Training:
    """Both losses after each epoch that ended in finite numbers, without dropout."""
    return Training(
        loss_name="squared_error" if task.kind == "regression" else "log_loss",
        train=tuple(history.train),
        validation=tuple(history.validation),
        best_epoch=history.best_epoch,
        stopped_early=history.stopped_early,
    )


def notes(history: History, plan: Plan, task: Task, fitted: Floats) -> tuple[Code, ...]:
    """What a reader must know of this training; `fitted` are the predictions for the training rows."""
    codes = []
    if history.diverged:
        codes.append(Code(code="diverged", facts={"epoch": len(history.validation) + 1}))
    elif not history.stopped_early and history.waited < math.ceil(plan.patience / 4):
        codes.append(Code(code="no_early_stop", facts={"epochs": plan.epochs, "best_epoch": history.best_epoch}))
    if task.classes and len(answers := set(fitted.argmax(axis=1).tolist())) == 1:
        codes.append(Code(code="collapsed", facts={"class": task.classes[answers.pop()], "rows": len(fitted)}))
    return tuple(codes)


def _settings(plan: Plan, task: Task) -> dict[str, Scalar]:
    return {
        "hidden": ", ".join(str(width) for width in plan.hidden),
        "learning_rate": plan.learning_rate,
        "schedule": "halve_on_plateau",
        "schedule_patience": plan.rest,
        "batch": plan.batch,
        "weight_decay": plan.weight_decay,
        "dropout": plan.dropout,
        "patience": plan.patience,
        "epochs": plan.epochs,
        "optimiser": "AdamW",
        "loss": "squared_error" if task.kind == "regression" else "log_loss",
    }


def _layer(layer: keras.layers.Layer) -> Layer:
    activation = getattr(layer, "activation", None)
    return Layer(
        kind=type(layer).__name__,
        units=int(layer.output.shape[-1]),
        activation=activation.__name__ if activation else None,
        parameters=_parameters(layer),
    )


def _parameters(layer: keras.layers.Layer) -> int:
    """The numbers that training may change."""
    return sum(math.prod(weight.shape) for weight in layer.trainable_weights)
