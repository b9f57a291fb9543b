"""Subjects built by hand: linear models whose probabilities, gradients and contributions are known in closed form."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.base import Fitted, Part, Subject
from reportgen.records.network import Layer, ModelRecord, Training
from reportgen.records.table import Column, DatasetRecord, Encoded, PartRecord, Profile, Reading, SplitRecord, Task

COLOURS = ("blue", "green", "red")
CENTRES, SCALES = np.array([10.0, 200.0]), np.array([2.0, 50.0])
INPUTS = (
    Encoded(name="size", feature="size", kind="number", centre=10.0, scale=2.0),
    Encoded(name="weight", feature="weight", kind="number", centre=200.0, scale=50.0),
    *(Encoded(name=f"colour={c}", feature="colour", kind="level", level=c) for c in COLOURS),
)
# encoded columns by outputs: size matters most, then colour, and weight not at all
BINARY = np.array([[-1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [-0.5, 0.5]])
MULTI = np.array([[-1.5, 0.0, 1.5], [0.0, 0.0, 0.0], [0.5, -0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, -1.0]])
SLOPES = np.array([[3.0], [0.0], [0.0], [0.5], [1.0]])
INTERCEPT, NOISE = 5.0, 1.0


def probabilities(scores):
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def contrast(outputs, chosen):
    """The weights of one output less the mean of the others."""
    weights = np.full(outputs, -1.0 / (outputs - 1))
    weights[chosen] = 1.0
    return weights


def class_gradients(weights):
    def gradients(x, output):
        slope = weights @ contrast(weights.shape[1], output)
        return x @ slope, np.tile(slope, (len(x), 1))

    return gradients


def number_gradients(x, output):
    return x @ SLOPES[:, 0] + INTERCEPT, np.tile(SLOPES[:, 0], (len(x), 1))


def _part(name, rng, rows, first, draw):
    numbers = rng.standard_normal((rows, 2))
    colour = rng.integers(0, 3, rows)
    x = np.hstack([numbers, np.eye(3)[colour]]).astype(np.float32)
    original = CENTRES + SCALES * numbers
    frame = pd.DataFrame(
        {
            "size": original[:, 0],
            "weight": original[:, 1],
            "colour": np.array(COLOURS, dtype=object)[colour],
            "sex": np.array(["f", "m"], dtype=object)[rng.integers(0, 2, rows)],
            "age": rng.integers(18, 90, rows).astype(float),
        },
        index=np.arange(first, first + rows),
    )
    y = draw(x.astype(np.float64), rng)
    return Part(name=name, x=x, y=y, rows=frame.index.to_numpy(np.int64), frame=frame)


def _draw_classes(weights):
    def draw(x, rng):
        reached = probabilities(x @ weights).cumsum(axis=1)
        return (rng.random((len(x), 1)) > reached).sum(axis=1).clip(max=weights.shape[1] - 1).astype(np.int64)

    return draw


def _draw_numbers(x, rng):
    return x @ SLOPES[:, 0] + INTERCEPT + NOISE * rng.standard_normal(len(x))


def _constant(answer):
    return lambda x: np.repeat(np.atleast_1d(answer)[None, :], len(x), axis=0)


def _class_baselines(weights, train):
    shares = np.bincount(train.y, minlength=weights.shape[1]) / len(train.y)
    weak = weights * np.array([[0.3], [0.0], [0.0], [0.0], [0.0]])
    return (
        Fitted(name="dummy", predict=_constant(shares), settings={"strategy": "prior"}),
        Fitted(
            name="linear",
            predict=lambda x: probabilities(x @ weak),
            settings={"C": 1.0},
            coefficients=weak[:, 1] - weak[:, 0] if weights.shape[1] == 2 else weak.T,
        ),
    )


def _number_baselines(train):
    mean = float(train.y.mean())
    weak = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    return (
        Fitted(name="dummy", predict=lambda x: np.full(len(x), mean), settings={"strategy": "mean"}),
        Fitted(name="linear", predict=lambda x: x @ weak + INTERCEPT, settings={"alpha": 1.0}, coefficients=weak),
    )


def _records(rows, parts, outputs):
    columns = tuple(
        Column(name=name, kind=kind, role=role, missing=0, distinct=distinct)
        for name, kind, role, distinct in (
            ("size", "numeric", "feature", rows),
            ("weight", "numeric", "feature", rows),
            ("colour", "categorical", "feature", 3),
            ("sex", "categorical", "dropped", 2),
            ("age", "numeric", "dropped", 72),
            ("y", "categorical", "target", 2),
        )
    )
    dataset = DatasetRecord(
        name="hand",
        source="hand.csv",
        rows=rows,
        rows_used=rows,
        sha256="0" * 64,
        reading=Reading(format="csv", encoding="utf-8", delimiter=","),
        columns=columns,
    )
    train, validation, test = (len(part.y) for part in parts)
    split = SplitRecord(
        strategy="stratified",
        train=train,
        validation=validation,
        test=test,
        parts=tuple(PartRecord(name=part.name, rows=len(part.y)) for part in parts),
    )
    model = ModelRecord(
        family="linear",
        parameters=len(INPUTS) * outputs,
        epochs=3,
        best_epoch=2,
        inputs=len(INPUTS),
        layers=(Layer(kind="dense", units=outputs),),
        settings={},
    )
    training = Training(
        loss_name="loss", train=(0.9, 0.5, 0.4), validation=(0.9, 0.5, 0.6), best_epoch=2, stopped_early=True
    )
    return {"dataset": dataset, "split": split, "profile": Profile(), "model": model, "training": training}


TASKS = {
    "binary": Task(kind="binary", target="y", classes=("no", "yes"), positive="yes"),
    "multiclass": Task(kind="multiclass", target="y", classes=("1", "2", "3"), ordered=True),
    "regression": Task(kind="regression", target="y"),
}


def build(kind: str, rows: int = 600, seed: int = 0) -> Subject:
    """A subject of that kind: half of its rows train, a sixth validate, a third test."""
    rng = np.random.default_rng(seed)
    weights = {"binary": BINARY, "multiclass": MULTI, "regression": SLOPES}[kind]
    draw = _draw_numbers if kind == "regression" else _draw_classes(weights)
    sizes = (rows // 2, rows // 6, rows - rows // 2 - rows // 6)
    starts = np.cumsum((0, *sizes))
    names = ("train", "validation", "test")
    parts = tuple(_part(*args, draw) for args in zip(names, (rng,) * 3, sizes, starts, strict=False))
    if kind == "regression":
        live = {
            "predict": lambda x: x @ SLOPES[:, 0] + INTERCEPT,
            "gradients": number_gradients,
            "baselines": _number_baselines(parts[0]),
        }
    else:
        live = {
            "predict": lambda x: probabilities(x @ weights),
            "gradients": class_gradients(weights),
            "baselines": _class_baselines(weights, parts[0]),
        }
    return Subject(
        task=TASKS[kind],
        inputs=INPUTS,
        train=parts[0],
        validation=parts[1],
        test=parts[2],
        first_layer=lambda x, columns: x[:, columns] @ weights[columns],
        protected=(),
        seed=seed,
        **_records(rows, parts, weights.shape[1]),
        **live,
    )


@pytest.fixture(scope="session")
def build_subject() -> Callable[..., Subject]:
    """`build(kind, rows=600, seed=0)`, for tests that need another size."""
    return build


@pytest.fixture(scope="session")
def binary_subject() -> Subject:
    return build("binary")


@pytest.fixture(scope="session")
def multiclass_subject() -> Subject:
    return build("multiclass")


@pytest.fixture(scope="session")
def regression_subject() -> Subject:
    return build("regression")
