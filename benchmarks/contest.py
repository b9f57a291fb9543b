"""One table: the network and its rivals on the same splits, as plain numbers."""

import resource
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import sklearn
from process import MEGABYTE
from rivals import RIVALS, loss
from sklearn.exceptions import ConvergenceWarning
from splits import prepared_splits, read_table
from threadpoolctl import threadpool_limits

from reportgen.config import Budget, Config
from reportgen.data import Dataset, Prepared
from reportgen.evidence.calibration import calibration_error
from reportgen.evidence.predictions import ClassAnswers
from reportgen.model import Network, train
from reportgen.records.table import Task

Runs = dict[str, dict[str, list[dict[str, float]]]]
"""The loss and the seconds on every split, by rival and variant."""


def measure(
    folder: Path, entry: dict[str, Any], splits: int, budget: Budget, earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything that the page says of one table; to be called in a process of its own.

    `peak_megabytes` is the process's after its networks and before any rival; `quick` is one more network, at that
    budget, on the last split. The rivals of an `earlier` answer are taken over where it had the same encoded inputs,
    splits and scikit-learn: the network does not change them.
    """
    with warnings.catch_warnings():
        _silence()
        dataset = read_table(folder, entry)
        networks = [_network(prepared, dataset.task, budget) for prepared in prepared_splits(dataset, splits)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        *_, last = prepared_splits(dataset, splits)
        inputs = sha256(last.train.x.tobytes()).hexdigest()
        known = {"inputs": inputs, "splits": splits, "sklearn": sklearn.__version__}
        rivals = earlier["rivals"] if earlier and known.items() <= earlier.items() else _rivals(dataset, splits)
        quick = _network(last, dataset.task, "quick")
    return {
        "table": entry["name"],
        "task": dataset.task.kind,
        "rows": len(dataset.frame),
        "columns": len(last.inputs),
        "test_rows": len(last.test.y),
        "budget": budget,
        "network": networks,
        "rivals": rivals,
        "peak_megabytes": peak,
        "quick": quick,
        **known,
    }


def _silence() -> None:
    """scikit-learn says that its MLP stops at 200 passes, as its defaults have it, and that some classes are small."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.filterwarnings("ignore", "The least populated class", UserWarning)
    warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)


def _network(prepared: Prepared, task: Task, budget: Budget) -> dict[str, Any]:
    began = perf_counter()
    network = train(prepared, task, Config(budget=budget))
    seconds = perf_counter() - began
    answers = network.predict(prepared.test.x)
    return {
        "loss": loss(prepared.test.y, answers),
        "seconds": seconds,
        "epochs": network.record.epochs,
        "parameters": network.record.parameters,
        "notes": [note.code for note in network.record.notes],
        **_calibration(network, prepared.test.y, answers, task),
    }


def _calibration(network: Network, actual: np.ndarray, answers: np.ndarray, task: Task) -> dict[str, Any]:
    """The expected calibration error, and what it was before the temperature where the record states one.

    Probabilities p = softmax(s / T) give back softmax(s) as p to the power of T, each row made to sum to 1.
    """
    if not task.classes:
        return {}
    found = {"ece": _ece(actual, answers, task)}
    temperature = network.record.settings.get("temperature")
    if isinstance(temperature, int | float):
        bare = answers**temperature
        found["ece_before"] = _ece(actual, bare / bare.sum(axis=1, keepdims=True), task)
    return found


def _ece(actual: np.ndarray, answers: np.ndarray, task: Task) -> float:
    positive = None if task.positive is None else task.classes.index(task.positive)
    return calibration_error(ClassAnswers("test", actual, answers, positive))


def _rivals(dataset: Dataset, splits: int) -> Runs:
    """Every variant of every rival on every split, on one thread."""
    found: Runs = {name: {v: [] for v in kinds} for name, kinds in RIVALS.items()}
    with threadpool_limits(1):
        for prepared in prepared_splits(dataset, splits):
            for name, variants in RIVALS.items():
                for variant, rival in variants.items():
                    found[name][variant].append(_timed(rival, prepared, len(dataset.task.classes)))
    return found


def _timed(rival: Callable[[Prepared, int], np.ndarray], prepared: Prepared, classes: int) -> dict[str, float]:
    began = perf_counter()
    answers = rival(prepared, classes)
    seconds = perf_counter() - began
    return {"loss": loss(prepared.test.y, answers), "seconds": seconds}
