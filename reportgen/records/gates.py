"""What the user holds a report against: targets that it must reach, and findings that someone has answered for."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from reportgen.errors import ConfigError
from reportgen.records.base import PartName, Record

Operator = Literal[">=", "<=", ">", "<"]
Status = Literal["met", "missed", "not_shown"]
Standing = Literal["active", "expired", "unused"]

ASKED = re.compile(r"\s*(>=|<=|>|<|≥|≤)\s*([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(%?)\s*")
SIGNS: dict[str, Operator] = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "≥": ">=", "≤": "<="}


def _day(value: object) -> object:
    """Refuse seconds since 1970, which pydantic would take for a date."""
    if not isinstance(value, str | date):
        raise ValueError("write a date such as 2027-01-31")  # pydantic reads no TypeError
    return value


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]


class Goal(Record):
    """A target as it was asked for: `name` is a metric of report.json, with its part or class, or a count.

    `place` says where it was written, for a sentence about it; it is no part of what was asked.
    """

    name: str
    op: Operator
    bound: float
    asked: str
    place: str = Field(default="", exclude=True, repr=False)


def read_goal(name: str, asked: object, place: str = "") -> Goal:
    """Read one target, such as ">= 0.9" or "<= 5%"; raises ConfigError for what is no sign and number."""
    found = ASKED.fullmatch(asked) if isinstance(asked, str) else None
    bound = _number(found[2], found[3]) if found else None
    if found is None or bound is None:
        raise ConfigError(
            f"{place}targets.{name} = {asked!r} makes no sense: write a sign (>=, <=, > or <) and a number, as in "
            '">= 0.9"'
        )
    return Goal(name=name, op=SIGNS[found[1]], bound=bound, asked=found[0].strip(), place=place)


def _number(text: str, percent: str) -> float | None:
    """The number, exactly the one that the text without its percent sign would give; None where it is infinite."""
    bound = Decimal(text) / (100 if percent else 1)
    return float(bound) if isfinite(float(bound)) else None


def flat_targets(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """List the targets of nested tables: `unfair_gap.sex = "<= 0.05"` is a table in a table; a list holds several."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat_targets(value, (*above, key))
        elif isinstance(value, list | tuple) and value:
            yield from (((*above, key), one) for one in value)
        else:
            yield (*above, key), value


def _goals(value: object) -> object:
    """A mapping, as TOML and Python write it, becomes goals."""
    if not isinstance(value, Mapping):
        return value
    return tuple(read_goal(".".join(path), asked) for path, asked in flat_targets(value))


Goals = Annotated[tuple[Goal, ...], BeforeValidator(_goals)]


class Target(Record):
    """A goal held against the report: met or missed with its whole interval, else not shown.

    `measure` is the metric's own name, a count (rows, rows_used, findings), a gap between groups or gain_over; `of` is
    the class, column, baseline or kind of finding. A count has no interval. `note` is the code of why it is not shown.
    """

    name: str
    asked: str
    op: Operator
    bound: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    status: Status
    measure: str
    of: str | None = None
    split: PartName | None = None
    method: str | None = None
    note: Literal["not_measured", "no_interval"] | None = None


class Waived(Record):
    """Why a finding need not be answered, who says so, and the last day on which that holds."""

    reason: Words
    by: Words
    until: Day


class Waiver(Waived):
    """`[[waive]]`: the findings of a code, or of a code and of no other columns than these."""

    code: str
    columns: tuple[str, ...] = ()
    place: str = Field(default="", exclude=True, repr=False)


class JudgedWaiver(Waiver):
    """A waiver as it stood on the day of the audit, and how many findings it is about."""

    status: Standing
    findings: int
