"""What changed between two audits: compare.json is a `Comparison`, and its pages are made from it alone."""

from typing import Literal

from pydantic import Field

from reportgen.records.base import Code, Kind, Record, Role, TaskKind
from reportgen.records.finding import Finding, Severity

SCHEMA: Literal["reportgen/comparison/1"] = "reportgen/comparison/1"

Pairing = Literal["paired", "unpaired"]
Verdict = Literal["better", "worse", "changed", "not_shown", "not_judged"]


class Side(Record):
    """One of the two audits, as far as a reader has to know which it is."""

    name: str
    source: str
    rows: int
    rows_used: int
    sha256: str
    test_rows: int
    strategy: str
    seed: int
    version: str | None
    verdict: str | None
    findings: int


class Sameness(Record):
    """What the two audits share; `test_rows` says that both judged the very same rows."""

    data: bool
    test_rows: bool
    classes: bool
    split: bool
    seed: bool
    settings: bool
    model: bool
    versions: bool


class Measured(Record):
    """One number with its interval and the rows behind it."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


class Change(Record):
    """New minus old, with interval and p-value; `p_value` is adjusted (Holm) over the family that it is judged in.

    All are None where one side has no interval.
    """

    difference: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    p_value: float | None = None


class MetricChange(Record):
    """One metric on the test rows of both; `of` names a class.

    `worse` and `better` are said where the adjusted p-value lies below 0.05 and the interval leaves 0 out; `changed`
    where this holds and no direction is good by itself.
    """

    name: str
    of: str | None = None
    old: Measured
    new: Measured
    change: Change
    pairing: Pairing
    method: str
    verdict: Verdict


class TargetChange(Record):
    """One target of reportgen.toml; `broke` where it was met before and is missed now.

    `weakened` is met before, not shown now; `missed` is missed now without having been met; `mended` is met now and not
    before; `asked` is the same status of another bound.
    """

    name: str
    measure: str
    asked: tuple[str | None, str | None]
    status: tuple[str | None, str | None]
    old: Measured | None = None
    new: Measured | None = None
    change: Literal["broke", "weakened", "missed", "mended", "come", "gone", "asked", "same"]


class FindingChange(Record):
    """One finding that is gone, has come, weighs otherwise or is waived otherwise; `finding` is the newer of the two.

    `unjudged` says that the other audit did not make this check, so that nothing is known of it there.
    """

    finding: Finding
    change: Literal["come", "gone", "graver", "milder", "waived", "unwaived"]
    was: Severity | None = None
    unjudged: bool = False


class RankChange(Record):
    """One column's place in the order of importance, 1 the first.

    `moved` and `changed` (the value, not the place) are said where the adjusted p-value of the value's difference lies
    below 0.05.
    """

    feature: str
    ranks: tuple[int, int]
    old: Measured
    new: Measured
    change: Change
    verdict: Literal["moved", "changed", "not_shown", "not_judged"]


class Ranks(Record):
    """The order of importance by one method that both audits have, its main one if they agree on it.

    `changes` are those that the intervals bear out; `unsupported` counts columns with another rank whose intervals do
    not; `judged` counts the columns that both have. `reason` says why nothing was compared.
    """

    method: str | None = None
    unit: str | None = None
    changes: tuple[RankChange, ...] = ()
    leaders: tuple[RankChange, ...] = ()
    unsupported: int = 0
    judged: int = 0
    come: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reason: str | None = None


class ColumnChange(Record):
    """How one column differs between the tables.

    `mean` is in standard deviations (where `dated`, `old` and `new` are days since 1970), `missing` a difference of
    shares, `levels` a total variation distance less what chance alone gives it, told by the level whose share changed
    most (None for all that are not listed). `n` are the rows behind old and new.
    """

    column: str
    what: Literal["mean", "missing", "levels"]
    old: float | None = None
    new: float | None = None
    level_name: str | None = None
    dated: bool = False
    change: Change
    n: tuple[int, int]


class RoleChange(Record):
    """A column that is there on one side only, or that is of another kind or role."""

    column: str
    change: Literal["come", "gone", "kind", "role"]
    kinds: tuple[Kind | None, Kind | None] = (None, None)
    roles: tuple[Role | None, Role | None] = (None, None)


class Drift(Record):
    """What differs between the two tables, from what each report says of its columns.

    `changes` are proven (Holm over all `tests`) and reach `bound`; `slight` counts those proven and smaller; `columns`
    counts the columns that both tables have and that were compared. `reason` says why none was.
    """

    roles: tuple[RoleChange, ...] = ()
    changes: tuple[ColumnChange, ...] = ()
    slight: int = 0
    columns: int = 0
    tests: int = 0
    bound: float
    shift: float
    reason: str | None = None


class SettingChange(Record):
    """One setting with its old and its new value as text, None where that side does not have it."""

    name: str
    old: str | None
    new: str | None


class Comparison(Record):
    """Two audits of one task held against each other; `losses` and `broken` are why the exit status is 1.

    `level` is worse (a loss was shown or a target broke), changed (something differs) or same.
    """

    schema_: Literal["reportgen/comparison/1"] = Field(default=SCHEMA, alias="schema")
    level: Literal["worse", "changed", "same"]
    task: TaskKind
    target: str
    old: Side
    new: Side
    same: Sameness
    caveats: tuple[Code, ...] = ()
    losses: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    metrics: tuple[MetricChange, ...] = ()
    others: tuple[MetricChange, ...] = ()
    refits: tuple[MetricChange, ...] = ()
    targets: tuple[TargetChange, ...] = ()
    findings: tuple[FindingChange, ...] = ()
    findings_kept: int = 0
    ranks: Ranks
    drift: Drift
    settings: tuple[SettingChange, ...] = ()
    model: tuple[SettingChange, ...] = ()
    card: tuple[SettingChange, ...] = ()
    versions: tuple[SettingChange, ...] = ()

    @property
    def alarming(self) -> bool:
        """Whether something else than a loss asks to be looked at: a warning that came, or a target no longer met."""
        worrying = ("come", "graver", "unwaived")
        return any(one.change in worrying and one.finding.severity.weight for one in self.findings) or any(
            one.change in ("weakened", "missed") for one in self.targets
        )
