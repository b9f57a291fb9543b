"""What every record has in common, and the words that several of them share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Scalar = bool | int | float | str | None
Facts = dict[str, Scalar | tuple[Scalar, ...]]

Kind = Literal["numeric", "categorical", "datetime", "text", "boolean"]
Role = Literal["feature", "target", "id", "group", "time", "dropped"]
TaskKind = Literal["binary", "multiclass", "regression"]
PartName = Literal["train", "validation", "test"]


class Record(BaseModel):
    """A frozen, plain piece of the report: tuples rather than lists, None rather than NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Code(Record):
    """Something to be said: a code that a template puts into words, and the facts that fill it."""

    code: str
    facts: Facts = {}


class Skipped(Record):
    """An analysis that was not made, and the code of the reason."""

    analysis: str
    reason: str
    facts: Facts = {}
