"""What an analysis may look at: arrays and functions, and nothing that knows how they were made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Budget
from reportgen.records.base import Code
from reportgen.records.network import Cover, ModelRecord, Training
from reportgen.records.table import DatasetRecord, Encoded, Profile, SplitRecord, Task

Floats = npt.NDArray[np.floating[Any]]
Predict = Callable[[Floats], Floats]
"""Encoded rows in; probabilities (rows, classes) out, or numbers (rows,) in the target's own units for regression."""


class NotApplicable(Exception):  # noqa: N818 - it is an answer, not an error
    """An analysis that makes no sense here; `reason` is a code that a template puts into words."""

    def __init__(self, reason: str, **facts: bool | int | float | str | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True)
class Part:
    """The rows of one part: encoded `x`, target `y` (class numbers or floats), file row numbers, original values."""

    name: Literal["train", "validation", "test"]
    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]
    rows: npt.NDArray[np.int64]
    frame: pd.DataFrame


@dataclass(frozen=True)
class Fitted:
    """A baseline that was trained on the same training rows.

    `coefficients` (encoded columns, or classes by encoded columns) are those of a linear model on standardised
    inputs, `importances` (encoded columns,) the impurity importances of a tree; None where the model has none.
    """

    name: Literal["dummy", "linear", "tree", "boosting"]
    predict: Predict
    settings: Mapping[str, bool | int | float | str | None]
    coefficients: Floats | None = None
    importances: Floats | None = None


@dataclass(frozen=True)
class Refit:
    """A network made anew in the same way, with test rows of its own as they are encoded for it.

    `inputs` are its encoded columns, `train_rows` counts the rows that were learnt from, those that chose when to stop
    among them; `notes` are its training's.
    """

    test: Part
    inputs: tuple[Encoded, ...]
    predict: Predict
    train_rows: int
    notes: tuple[Code, ...] = ()

    @property
    def groups(self) -> dict[str, npt.NDArray[np.intp]]:
        """For each original column the positions of its encoded columns."""
        return positions(self.inputs)


@dataclass(frozen=True)
class Held:
    """Rows with answers of a network that did not see them: the reported one, or one made anew in the same way.

    `rows` are file row numbers, `frame` holds original values (the features, and protected columns besides), `y` class
    numbers or numbers, `predictions` probabilities (rows, classes) or numbers (rows,). The reported network's test rows
    come first; no row is there twice. `networks` is how many networks answered.
    """

    rows: npt.NDArray[np.int64]
    frame: pd.DataFrame
    y: npt.NDArray[Any]
    predictions: Floats
    networks: int


@dataclass(frozen=True)
class Refitting:
    """The networks made anew, and what was drawn anew for them; `left_out` counts draws that no network could learn.

    `why_none` is the reason where there is no network.
    """

    networks: tuple[Refit, ...] = ()
    covers: tuple[Cover, ...] = ()
    left_out: int = 0
    why_none: Literal["refits_off", "too_large_to_refit", "no_other_split"] = "refits_off"


@dataclass(frozen=True)
class Subject:
    """One trained network with its rows, seen from outside.

    `gradients(x, output)` returns the model's output number `output` before softmax (classification: the log-odds of
    that class against the mean of the others; regression: the prediction in the target's own units) for each row,
    shape (rows,), and its derivative by the encoded inputs, shape (rows, encoded).
    `costs` are those of a false positive and of a false negative, None where nobody named them.
    `first_layer(x, columns)` returns what these encoded columns add to the first hidden units, shape (rows, units).
    """

    dataset: DatasetRecord
    task: Task
    split: SplitRecord
    profile: Profile
    model: ModelRecord
    training: Training
    inputs: tuple[Encoded, ...]
    train: Part
    validation: Part
    test: Part
    predict: Predict
    gradients: Callable[[Floats, int], tuple[Floats, Floats]]
    first_layer: Callable[[Floats, npt.NDArray[np.intp]], Floats]
    baselines: tuple[Fitted, ...]
    protected: tuple[str, ...]
    seed: int
    budget: Budget = "standard"
    refits: Refitting = Refitting()
    costs: tuple[float, float] | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """The original columns that the network uses, in file order."""
        return tuple(dict.fromkeys(column.feature for column in self.inputs))

    @property
    def groups(self) -> dict[str, npt.NDArray[np.intp]]:
        """For each original column the positions of its encoded columns."""
        return positions(self.inputs)

    @property
    def classifies(self) -> bool:
        """True for binary and multiclass tasks."""
        return self.task.kind != "regression"

    @cached_property
    def held(self) -> Held:
        """Every row that some network answered without having seen it."""
        seen = self.test.rows
        parts, answers = [self.test], [self.predict(self.test.x)]
        for refit in self.refits.networks if "split" in self.refits.covers else ():
            if not np.isin(refit.test.rows, seen).any():
                parts.append(refit.test)
                answers.append(refit.predict(refit.test.x))
                seen = np.concatenate([seen, refit.test.rows])
        return Held(
            rows=seen,
            frame=pd.concat([part.frame[list(self.test.frame.columns)] for part in parts]),
            y=np.concatenate([part.y for part in parts]),
            predictions=np.concatenate(answers),
            networks=len(parts),
        )


def positions(inputs: tuple[Encoded, ...]) -> dict[str, npt.NDArray[np.intp]]:
    """For each original column the positions of its encoded columns, in file order."""
    found: dict[str, list[int]] = {}
    for position, column in enumerate(inputs):
        found.setdefault(column.feature, []).append(position)
    return {feature: np.array(places, dtype=np.intp) for feature, places in found.items()}
