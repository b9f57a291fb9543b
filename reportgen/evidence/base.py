"""What an analysis may look at: arrays and functions, and nothing that knows how they were made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, Literal, NoReturn, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.config import Budget
from reportgen.records.base import Code
from reportgen.records.leak import Identity, SoloScore
from reportgen.records.network import Cover, ModelRecord, Training
from reportgen.records.structure import Structure
from reportgen.records.table import DatasetRecord, Encoded, Profile, SplitRecord, Task

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
Floats = npt.NDArray[np.floating[Any]]
Predict = Callable[[Floats], Floats]
"""Encoded rows in; probabilities (rows, classes) out, or numbers (rows,) in the target's own units for regression."""
Exchanged = Callable[
    [Floats, Sequence[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]]], Floats
]
"""Encoded rows in, and questions: places of encoded columns, the rows asked about, and for each the row whose values of
these columns it takes; out come the answers to all questions in a line."""
Gradients = Callable[[Floats, int], tuple[Floats, Floats]]
"""Encoded rows and an output's number in; that output (rows,) and its derivative by the rows (rows, encoded) out."""

Units = npt.NDArray[np.int64]
"""A number for each row, the same for rows that belong together."""

Encode = Callable[[pd.DataFrame], npt.NDArray[np.float32]]
"""Original values of some rows in; the same rows as a network sees them out, shape (rows, encoded)."""


class NotApplicable(Exception):  # noqa: N818 - it is an answer, not an error
    """An analysis that makes no sense here; `reason` is a code that a template puts into words."""

    def __init__(self, reason: str, **facts: bool | int | float | str | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True)
class Part:
    """The rows of one part: encoded `x`, target `y` (class numbers or floats), file row numbers, original values.

    `units` numbers the group of each row (a person, a site), the same number in all parts, and `moments` ranks each
    row's moment; None where rows are not known to come in groups, or in time. `as_new` is the same rows as the network
    would be shown them if they were new, where it learnt from them otherwise (encoded by other rows' targets).
    """

    name: Literal["train", "validation", "test"]
    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]
    rows: npt.NDArray[np.int64]
    frame: pd.DataFrame
    units: Units | None = None
    moments: Units | None = None
    as_new: npt.NDArray[np.float32] | None = None

    @property
    def fresh(self) -> npt.NDArray[np.float32]:
        """The rows as new ones are encoded: what to ask a trained network about, or to put into other rows."""
        return self.x if self.as_new is None else self.as_new


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
    among them; `notes` are its training's. `encode` turns any rows of the table, in original values, into what this
    network sees; a feature that the rows lack counts as missing. `exchanged` says what `predict` does of rows that take
    a column from others, for less work where columns are many; None where nothing does.
    """

    test: Part
    inputs: tuple[Encoded, ...]
    predict: Predict
    train_rows: int
    notes: tuple[Code, ...] = ()
    encode: Encode | None = None
    exchanged: Exchanged | None = None

    @cached_property
    def groups(self) -> dict[str, npt.NDArray[np.intp]]:
        """For each original column the positions of its encoded columns."""
        return positions(self.inputs)


@dataclass(frozen=True)
class Held:
    """Rows with answers of a network that did not see them: the reported one, or one made anew in the same way.

    `rows` are file row numbers, `frame` holds original values (the features, and protected columns besides), `y` class
    numbers or numbers, `predictions` probabilities (rows, classes) or numbers (rows,). The reported network's test rows
    come first; no row is there twice. `networks` is how many networks answered. `units` and `moments` are as in a Part.
    """

    rows: npt.NDArray[np.int64]
    frame: pd.DataFrame
    y: npt.NDArray[Any]
    predictions: Floats
    networks: int
    units: Units | None = None
    moments: Units | None = None


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
class Smaller:
    """The test rows' answers of a network made anew in the same way on the first `rows` rows of a shuffle of training.

    `draw` numbers the shuffle. With all training rows it differs from the reported network by its seed alone.
    """

    rows: int
    draw: int
    predictions: Floats


@dataclass(frozen=True)
class Shrinking:
    """The networks that learnt fewer rows; `why_none` is the reason where there is none."""

    networks: tuple[Smaller, ...] = ()
    why_none: Literal[
        "learning_curve_off", "too_large_for_learning_curve", "too_few_for_learning_curve", "not_in_budget"
    ] = "learning_curve_off"


@dataclass(frozen=True)
class Leaks:
    """What was found before training on training and validation rows, and how a network fares that was made otherwise.

    `columns` give the target away. `other` are the test rows' answers of a network made in the same way without them,
    or with them where the reported one is without (`excluded`); None where there is none.
    """

    solo: tuple[SoloScore, ...]
    identity: Identity | None = None
    columns: tuple[str, ...] = ()
    excluded: bool = False
    other: Floats | None = None


def _unasked(*_question: object) -> NoReturn:
    """Stand where a network would; no analysis that is sent away asks it."""
    raise LookupError("the network stayed in another process")


@dataclass(frozen=True)
class Subject:
    """One trained network with its rows, seen from outside.

    `gradients(x, output)` returns the model's output number `output` before softmax (classification: the log-odds of
    that class against the mean of the others; regression: the prediction in the target's own units) for each row,
    shape (rows,), and its derivative by the encoded inputs, shape (rows, encoded).
    `randomised` holds the same of networks like this one that know nothing: their weights were drawn anew.
    `costs` are those of a false positive and of a false negative, None where nobody named them.
    `first_layer(x, columns)` returns what these encoded columns add to the first hidden units, shape (rows, units).
    `explain_rows` are file row numbers to be explained, `immutable` columns that nobody can change (the protected ones
    are so in any case). `structure` is what was found out about groups and time before the split; where the split keeps
    to it, `random_split` is a network made in the same way on rows parted at random. `exchanged` is as in a Refit.
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
    gradients: Gradients
    first_layer: Callable[[Floats, npt.NDArray[np.intp]], Floats]
    baselines: tuple[Fitted, ...]
    protected: tuple[str, ...]
    seed: int
    budget: Budget = "standard"
    explain_rows: tuple[int, ...] = ()
    immutable: tuple[str, ...] = ()
    refits: Refitting = Refitting()
    smaller: Shrinking = Shrinking()
    randomised: tuple[Gradients, ...] = ()
    costs: tuple[float, float] | None = None
    leaks: Leaks | None = None
    structure: Structure | None = None
    random_split: Refit | None = None
    exchanged: Exchanged | None = None

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The original columns that the network uses, in file order."""
        return tuple(dict.fromkeys(column.feature for column in self.inputs))

    @cached_property
    def groups(self) -> dict[str, npt.NDArray[np.intp]]:
        """For each original column the positions of its encoded columns."""
        return positions(self.inputs)

    @cached_property
    def prose(self) -> frozenset[str]:
        """The features that are free text: nearly each row has its own, so that no value of it is a category."""
        return frozenset(column.feature for column in self.inputs if column.kind == "text")

    @property
    def rows_alone(self) -> "Subject":
        """The same without anything that may be asked, so that it can be sent to another process."""
        return replace(
            self,
            predict=_unasked,
            gradients=_unasked,
            first_layer=_unasked,
            baselines=(),
            refits=Refitting(),
            smaller=Shrinking(),
            randomised=(),
            leaks=None,
            random_split=None,
            exchanged=None,
        )

    @property
    def answers_alone(self) -> "Subject":
        """The same with the answers to held rows, and nothing more that may be asked, to be sent likewise."""
        alone = self.rows_alone
        vars(alone)["held"] = self.held
        return alone

    @property
    def classifies(self) -> bool:
        """True for binary and multiclass tasks."""
        return self.task.kind != "regression"

    @cached_property
    def judges(self) -> tuple[Refit, ...]:
        """The reported network and those made anew whose test rows no other one before it is asked about."""
        learnt = len(self.train.y) + len(self.validation.y)
        found = [Refit(self.test, self.inputs, self.predict, learnt, exchanged=self.exchanged)]
        for refit in self.refits.networks if "split" in self.refits.covers else ():
            if not np.isin(refit.test.rows, np.concatenate([one.test.rows for one in found])).any():
                found.append(refit)
        return tuple(found)

    @cached_property
    def held(self) -> Held:
        """Every row that some network answered without having seen it."""
        parts = [one.test for one in self.judges]
        return Held(
            rows=np.concatenate([part.rows for part in parts]),
            frame=pd.concat([part.frame[list(self.test.frame.columns)] for part in parts]),
            y=np.concatenate([part.y for part in parts]),
            predictions=np.concatenate([one.predict(one.test.x) for one in self.judges]),
            networks=len(parts),
            units=joined([part.units for part in parts]),
            moments=joined([part.moments for part in parts]),
        )


def once(make: Callable[Concatenate[Subject, Asked], Found]) -> Callable[Concatenate[Subject, Asked], Found]:
    """What several analyses need of a subject, worked out by the first: a cached property that stands outside.

    It lives as long as the subject, apart for each word that it is asked with. Where `make` raises, nothing is kept.
    """

    @wraps(make)
    def answer(subject: Subject, /, *words: Asked.args, **named: Asked.kwargs) -> Found:
        known, name = vars(subject), f"{make.__module__}.{make.__name__}{words}{named}"
        if name not in known:
            known[name] = make(subject, *words, **named)
        found: Found = known[name]
        return found

    return answer


def joined(parts: Sequence[Units | None]) -> Units | None:
    """The units of several parts one after the other; None where one part has none."""
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if known and len(known) == len(parts) else None


def positions(inputs: tuple[Encoded, ...]) -> dict[str, npt.NDArray[np.intp]]:
    """For each original column the positions of its encoded columns, in file order."""
    found: dict[str, list[int]] = {}
    for position, column in enumerate(inputs):
        found.setdefault(column.feature, []).append(position)
    return {feature: np.array(places, dtype=np.intp) for feature, places in found.items()}
