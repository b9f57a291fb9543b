"""Original rows to what the network sees: learnt from training rows alone, applied to all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from reportgen.data.encode import (
    MOST_LEVELS,
    CodedPlan,
    Plan,
    plan_dates,
    plan_levels,
    plan_number,
    plan_ranks,
    telling,
)
from reportgen.data.means import Targets, learn_means, relearn_means, told
from reportgen.data.prose import ProsePlan, plan_prose
from reportgen.data.reader import Reader, reader_of
from reportgen.data.shapes import Dataset, Matrix, Parts, Target
from reportgen.data.summary import days, levels_of, number_summary
from reportgen.data.teaching import targets_of
from reportgen.errors import DataError, ModelError
from reportgen.records.base import Code, Kind, PartName
from reportgen.records.table import Column, Encoded, Task

SCHEMA = "reportgen/preparer/1"
PLANS: TypeAdapter[tuple[Plan, ...]] = TypeAdapter(tuple[Plan, ...])
READERS: TypeAdapter[tuple[Reader, ...]] = TypeAdapter(tuple[Reader, ...])


class Preparer:
    """Reads and encodes rows as training rows taught it; to_json and from_json carry it whole.

    `readers` and `plans` are those of the same features in the same order: a raw column is read by the one (see
    `read_rows`) and encoded by the other.
    """

    def __init__(self, plans: Sequence[Plan], readers: Sequence[Reader], task: Task) -> None:
        self.plans = tuple(plans)
        self.readers = tuple(readers)
        self.task = task

    @property
    def inputs(self) -> tuple[Encoded, ...]:
        """The encoded columns, in the order of the matrix."""
        return tuple(encoded for plan in self.plans for encoded in plan.encoded())

    def transform(self, frame: pd.DataFrame) -> Matrix:
        """The rows as the network sees them."""
        matrix = np.empty((len(frame), len(self.inputs)), dtype=np.float32)
        position = 0
        for plan in self.plans:
            for column in plan.apply(frame[plan.name]):
                matrix[:, position] = column
                position += 1
        return matrix

    def target(self, frame: pd.DataFrame) -> Target:
        """The numbers of the classes, or the numbers themselves."""
        values = frame[self.task.target]
        if self.task.kind == "regression":
            return values.to_numpy(dtype=np.float64)
        return values.map({label: n for n, label in enumerate(self.task.classes)}).to_numpy(dtype=np.int64)

    def to_json(self) -> str:
        """All that was learnt, as the text of preparer.json."""
        content = {
            "schema": SCHEMA,
            "task": self.task.model_dump(),
            "readers": READERS.dump_python(self.readers, mode="json"),
            "plans": PLANS.dump_python(self.plans, mode="json"),
        }
        return json.dumps(content, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The preparer that wrote this text; raises ModelError for any other text."""
        try:
            content = json.loads(text)
        except ValueError:
            raise ModelError("preparer.json is no JSON; fetch it again, or run the audit again") from None
        schema = content.get("schema") if isinstance(content, dict) else None
        if schema != SCHEMA:
            raise ModelError(
                f"preparer.json is of the schema {str(schema)[:60]!r} where this version reads {SCHEMA!r}; load it "
                "with the version that wrote it, or run the audit again"
            )
        try:
            return cls._of(content)
        except (ValidationError, KeyError, ValueError):
            raise ModelError("preparer.json is broken; fetch it again, or run the audit again") from None

    @classmethod
    def _of(cls, content: dict[str, Any]) -> Self:
        plans, readers = PLANS.validate_python(content["plans"]), READERS.validate_python(content["readers"])
        if not plans or any(plan.name != reader.name for plan, reader in zip(plans, readers, strict=True)):
            raise ValueError("every feature has one reader and one plan")
        return cls(plans, readers, Task.model_validate(content["task"]))


@dataclass(frozen=True)
class PreparedPart:
    """One part: encoded rows, targets, row numbers of the file, and the features' original values.

    Training rows whose own target must not tell how they are encoded are encoded by other training rows; `as_new` is
    then how the same rows would be encoded if they were new. None where that is `x`.
    """

    name: PartName
    x: Matrix
    y: Target
    rows: npt.NDArray[np.int64]
    frame: pd.DataFrame
    as_new: Matrix | None = None


@dataclass(frozen=True)
class Prepared:
    """All parts encoded by one preparer, and what it did to each column of the table.

    `targets` are what the training rows' levels may foretell, None where no column is encoded by the target. Of a
    network made anew `columns` are none.
    """

    preparer: Preparer
    inputs: tuple[Encoded, ...]
    train: PreparedPart
    validation: PreparedPart
    test: PreparedPart
    columns: tuple[Column, ...]
    targets: Targets | None = None

    @property
    def coded(self) -> bool:
        """Whether the target has a part in some code, so that fewer rows teach another one."""
        return self.targets is not None

    def taught_by(self, chosen: npt.NDArray[np.intp]) -> tuple[Matrix, Matrix, Matrix]:
        """Training rows `chosen` (positions), validation and test rows, with no code that other training rows taught.

        What the target has no part in (scales, the levels that have an input) stays as all training rows taught it.
        """
        train, validation, test = self.train.x[chosen], self.validation.x, self.test.x
        if self.targets is None:
            return train, validation, test
        validation, test = validation.copy(), test.copy()
        for place, plan in _placed(self.preparer.plans):
            if plan.kind == "coded" and plan.by == "target":
                learnt = relearn_means(self.train.frame[plan.name].iloc[chosen], self.targets.some(chosen))
                _put(train, place, learnt.training)
                _put(validation, place, learnt.codes.apply(self.validation.frame[plan.name]))
                _put(test, place, learnt.codes.apply(self.test.frame[plan.name]))
        return train, validation, test


def prepare(parts: Parts) -> Prepared:
    """Learn every column's treatment from the training rows and encode all parts by it."""
    learnt = _learn(parts)
    made, asked = _encoded(parts, learnt, _readers(parts.dataset, learnt.useful)), learnt.asked
    columns = (
        _told(column, parts.train[column.name], learnt.plans.get(column.name), idle=column.name in asked.idle)
        for column in parts.dataset.columns
    )
    return replace(made, columns=tuple(columns))


def prepare_anew(parts: Parts) -> Prepared:
    """The same for a network made anew, of whose columns nobody is told and whose preparer reads no raw rows."""
    return _encoded(parts, _learn(parts), ())


def encoded_columns(parts: Parts) -> int:
    """How many columns the network would get; raises DataError as `prepare` does."""
    return sum(len(plan.encoded()) for plan in _learn(parts).useful)


@dataclass(frozen=True)
class _Learnt:
    """The plans of all columns that can be encoded, those of use to the network, and what was asked of the target."""

    plans: Mapping[str, Plan]
    useful: Sequence[Plan]
    asked: "_Asked"


def _learn(parts: Parts) -> _Learnt:
    """Learn every column's treatment; raises DataError where nothing can be learnt from any."""
    features = parts.dataset.features
    plain = {column.name: _plan(parts.train[column.name], column) for column in features if column.kind != "text"}
    asked = _asked(plain, parts)
    known: dict[str, Plan] = {**plain, **asked.plans}
    plans = {column.name: known[column.name] for column in features if column.name in known}
    useful = [plan for plan in plans.values() if plan.encoded()]
    if not useful:
        texts = any(column.kind == "text" for column in features)
        told_nothing = ", and free text does not tell the target" if texts else ""
        raise DataError(
            "no column has values that repeat or vary enough in training rows to learn from"
            f"{told_nothing}; add features or rows"
        )
    return _Learnt(plans, useful, asked)


def _encoded(parts: Parts, learnt: _Learnt, readers: Sequence[Reader]) -> Prepared:
    """All parts encoded, with nothing told of the columns yet."""
    preparer, asked = Preparer(learnt.useful, readers, parts.dataset.task), learnt.asked
    return Prepared(
        preparer=preparer,
        inputs=preparer.inputs,
        train=_cross_fitted(_part("train", parts.train, preparer), preparer, asked.training),
        validation=_part("validation", parts.validation, preparer),
        test=_part("test", parts.test, preparer),
        columns=(),
        targets=asked.targets if asked.training else None,
    )


def _plan(values: pd.Series, column: Column) -> Plan:
    if column.kind == "numeric":
        return plan_number(values)
    if column.kind == "datetime":
        return plan_dates(values)
    return plan_ranks(values, column.order) if column.order else plan_levels(values, column.kind)


@dataclass(frozen=True)
class _Asked:
    """Columns of which the target of training rows was asked whether they are worth it; `idle` are those that are not.

    `training` are the training rows' codes of categories encoded by the target, too, `targets` what was foretold.
    """

    plans: Mapping[str, CodedPlan | ProsePlan] = field(default_factory=dict)
    training: Mapping[str, list[Matrix]] = field(default_factory=dict)
    idle: frozenset[str] = frozenset()
    targets: Targets | None = None


def _asked(plans: Mapping[str, Plan], parts: Parts) -> _Asked:
    """Ask of categories of more levels than have an input, and of free text, whether they tell the target."""
    many = [plan for plan in plans.values() if plan.kind == "level" and len(plan.levels) + plan.others > MOST_LEVELS]
    texts = [column.name for column in parts.dataset.features if column.kind == "text"]
    if not many and not texts:
        return _Asked()
    made: dict[str, CodedPlan | ProsePlan] = {}
    training, targets = {}, targets_of(parts)
    for hot in many:
        learnt = learn_means(parts.train[hot.name], hot.levels, targets)
        if learnt is not None:
            step = told(learnt.codes, targets)
            made[hot.name] = CodedPlan(name=hot.name, by="target", hot=hot, codes=learnt.codes, told=step)
            training[hot.name] = learnt.training
    for name in texts:
        values = parts.train[name]
        plan = plan_prose(values, missing=telling(values), targets=targets)
        if plan is not None:
            made[name] = plan
    return _Asked(made, training, frozenset({*texts, *(hot.name for hot in many)}) - made.keys(), targets)


def _placed(plans: Sequence[Plan]) -> Iterator[tuple[int, Plan]]:
    """Each plan with the place behind its last encoded column."""
    end = 0
    for plan in plans:
        end += len(plan.encoded())
        yield end, plan


def _put(matrix: Matrix, end: int, columns: Sequence[Matrix]) -> None:
    """Overwrite the last encoded columns of a feature."""
    for number, column in enumerate(columns):
        matrix[:, end - len(columns) + number] = column


def _cross_fitted(part: PreparedPart, preparer: Preparer, own: Mapping[str, list[Matrix]]) -> PreparedPart:
    """The training rows with the codes that other training rows gave them."""
    if not own:
        return part
    x = part.x.copy()
    for end, plan in _placed(preparer.plans):
        _put(x, end, own.get(plan.name, ()))
    return replace(part, x=x, as_new=part.x)


def _readers(dataset: Dataset, plans: Sequence[Plan]) -> tuple[Reader, ...]:
    kinds = {column.name: column.kind for column in dataset.features}
    return tuple(reader_of(dataset, plan.name, kinds[plan.name], _known(plan)) for plan in plans)


def _known(plan: Plan) -> tuple[str, ...]:
    """The levels that are told from others."""
    if plan.kind == "coded":
        return tuple(dict.fromkeys((*plan.hot.levels, *plan.codes.levels)))
    return plan.levels if plan.kind == "level" else ()


def _part(name: PartName, frame: pd.DataFrame, preparer: Preparer) -> PreparedPart:
    return PreparedPart(
        name=name,
        x=preparer.transform(frame),
        y=preparer.target(frame),
        rows=frame.index.to_numpy(dtype=np.int64),
        frame=frame[[plan.name for plan in preparer.plans]],
    )


def _told(column: Column, values: pd.Series, plan: Plan | None, *, idle: bool) -> Column:
    """The column with what training rows say about it and what was done to it; `idle` levels or texts tell nothing."""
    numbers = values.dtype == np.float64 and column.kind == "numeric"
    shown: Kind = column.kind if numbers or column.kind != "numeric" else "categorical"
    levels, others = levels_of(values, shown) if column.role != "id" else ((), column.distinct)
    facts: dict[str, Any] = {"levels": levels, "other_levels": others, "numbers": _numbers(values, shown)}
    if plan is not None:
        facts["treatment"] = (*plan.treatment(), *[Code(code="target_means_idle")] * idle)
        if not plan.encoded():
            facts |= {"role": "dropped", "why": "no_learnable_values"}
    elif idle:
        facts |= {"role": "dropped", "why": "text_idle"}
    return column.model_copy(update=facts)


def _numbers(values: pd.Series, kind: Kind) -> Any:  # noqa: ANN401
    if kind == "numeric":
        return number_summary(values.to_numpy(dtype=np.float64))
    return number_summary(days(values)) if kind == "datetime" else None
