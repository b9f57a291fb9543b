"""Targets: what must be reached, judged against the whole interval and not against its middle."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple, get_args

from reportgen.errors import ConfigError
from reportgen.findings.rules import RULES
from reportgen.findings.waivers import counted
from reportgen.records.base import PartName
from reportgen.records.dossier import Dossier
from reportgen.records.fairness import FairGap
from reportgen.records.finding import Finding, Severity
from reportgen.records.gates import Goal, Operator, Status, Target
from reportgen.records.mistakes import GroupGap
from reportgen.records.table import Task

CLASS_METRICS = (
    "accuracy", "error_rate", "balanced_accuracy", "f1_macro", "roc_auc", "log_loss", "brier", "ece",
    "mean_class_difference",
)  # fmt: skip
NUMBER_METRICS = ("r2", "rmse", "mae", "median_absolute_error", "bias")
OF_A_CLASS = ("precision", "recall", "f1")
COUNTS = ("rows", "rows_used")
GAPS = ("unfair_gap", "demographic_parity", "equalised_odds")
BASELINES = ("dummy", "linear", "tree", "boosting")
PARTS: tuple[PartName, ...] = get_args(PartName)
SEVERITIES = tuple(str(severity) for severity in Severity)

SHARES = frozenset(
    ("accuracy", "error_rate", "balanced_accuracy", "f1_macro", "roc_auc", "ece", *OF_A_CLASS, *GAPS[1:])
)
"""What lies between 0 and 1, whatever the task."""

FROM_ZERO = frozenset(
    (
        "log_loss",
        "brier",
        "mean_class_difference",
        "rmse",
        "mae",
        "median_absolute_error",
        "unfair_gap",
        *COUNTS,
        "findings",
    )
)
"""What is never below 0."""


class Named(NamedTuple):
    """What a target's name means: the measure, the class or column or baseline that it is about, and the part."""

    measure: str
    of: str | None = None
    split: PartName | None = None


class Measured(NamedTuple):
    """What was measured of it; `exact` says that it is a count of this table, which has no interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    method: str | None = None
    exact: bool = False


def refuse_unknown(goals: Iterable[Goal], protected: tuple[str, ...]) -> None:
    """Raise ConfigError, before anything is read, for a name that no report has or a bound that it cannot have."""
    for goal in goals:
        named = meaning(goal)
        if named.measure in GAPS and named.of not in protected:
            raise _wrong(
                goal,
                f"groups are compared for protected columns only, and {named.of!r} is none; add it to protected",
            )
        lowest, highest = _range(named.measure)
        if not lowest <= goal.bound <= highest:
            raise _wrong(goal, f"{named.measure} {_limits(lowest, highest)}")


def refuse_unfit(goals: Iterable[Goal], task: Task) -> None:
    """Raise ConfigError, before anything is trained, for a name that makes no sense for this target."""
    for goal in goals:
        named = meaning(goal)
        known = NUMBER_METRICS if task.kind == "regression" else (*CLASS_METRICS, *OF_A_CLASS)
        if named.measure in (*CLASS_METRICS, *OF_A_CLASS, *NUMBER_METRICS) and named.measure not in known:
            raise _wrong(goal, f"{_kind(task)} are measured by {', '.join(known)}")
        if named.measure in OF_A_CLASS and named.of not in task.classes:
            raise _wrong(goal, f"the target has no class {named.of!r}; it has {_some(task.classes)}")
        if named.measure in GAPS[1:] and task.positive is None:
            raise _wrong(
                goal, "it is about one of two classes, and this target has not two; unfair_gap compares errors"
            )


def hold(goals: Iterable[Goal], dossier: Dossier, findings: tuple[Finding, ...]) -> tuple[Target, ...]:
    """Hold each goal against the evidence, in the order in which they were asked for.

    Met or missed where the whole 95 % interval says so. That every target must be met needs no correction for their
    number: an intersection-union test (Berger 1982, Technometrics 24:295).
    """
    return tuple(_held(goal, dossier, findings) for goal in goals)


def failing(targets: Iterable[Target], not_shown: str) -> tuple[Target, ...]:
    """The targets that fail a run: those missed, and those not shown where `not_shown` is "fail"."""
    fatal = ("missed", "not_shown") if not_shown == "fail" else ("missed",)
    return tuple(target for target in targets if target.status in fatal)


def meaning(goal: Goal) -> Named:
    """Take a target's name apart; raises ConfigError for one that no report has."""
    head, _, rest = goal.name.partition(".")
    split = next((part for part in PARTS if part == head and rest), None)
    if split:
        head, _, rest = rest.partition(".")
    named = Named(head, rest or None, split)
    if not _known(named):
        raise _wrong(goal, _hint(named))
    if head in (*CLASS_METRICS, *OF_A_CLASS, *NUMBER_METRICS):
        return named._replace(split=split or "test")
    return named


def status(op: Operator, bound: float, low: float, high: float) -> Status:
    """Tell whether all of an interval lies on the right side, all of it on the wrong side, or some on each.

    For a number without an interval both ends are the number.
    """
    right = (_right(op, low, bound), _right(op, high, bound))
    return "met" if all(right) else "not_shown" if any(right) else "missed"


def _right(op: Operator, value: float, bound: float) -> bool:
    if op in (">=", "<=") and value == bound:
        return True
    return value > bound if op in (">", ">=") else value < bound


def _held(goal: Goal, dossier: Dossier, findings: tuple[Finding, ...]) -> Target:
    named = meaning(goal)
    found = _measured(named, dossier, findings)
    low, high = (found.value, found.value) if found.exact else (found.low, found.high)
    shown = low is not None and high is not None
    return Target(
        **goal.model_dump(),
        **named._asdict(),
        **{name: value for name, value in found._asdict().items() if name != "exact"},
        status=status(goal.op, goal.bound, low, high) if low is not None and high is not None else "not_shown",
        note=None if shown else "not_measured" if found.value is None else "no_interval",
    )


def _measured(named: Named, dossier: Dossier, findings: tuple[Finding, ...]) -> Measured:
    if named.measure in COUNTS:
        return Measured(_rows(named, dossier), exact=True)
    if named.measure == "findings":
        kinds = [(finding.severity, finding.code) for finding in counted(findings)]
        return Measured(sum(named.of in kind for kind in kinds), exact=True)
    if named.measure in GAPS:
        return _gap(named, dossier)
    if named.measure == "gain_over":
        found = next((one.comparison for one in dossier.baselines if one.name == named.of), None)
        return Measured(found.difference, found.low, found.high, found.n, found.method) if found else Measured()
    metric = dossier.metric(named.measure, named.split or "test", named.of)
    return Measured(metric.value, metric.low, metric.high, metric.n, metric.method) if metric else Measured()


def _rows(named: Named, dossier: Dossier) -> int:
    if named.split is not None:
        return int(getattr(dossier.split, named.split))
    return int(getattr(dossier.dataset, named.measure))


def _gap(named: Named, dossier: Dossier) -> Measured:
    """The difference between the groups of a column: of their errors, or of how often they are given the class."""
    found: FairGap | GroupGap | None = next((gap for gap in dossier.errors.gaps if gap.column == named.of), None)
    if named.measure != "unfair_gap":
        found = dossier.fairness.gap(named.measure, (named.of or "",)) if dossier.fairness else None
    return Measured(found.gap, found.low, found.high, found.n, found.method) if found else Measured()


def _known(named: Named) -> bool:
    measure, of, split = named
    if measure in (*CLASS_METRICS, *NUMBER_METRICS):
        return of is None
    if measure in OF_A_CLASS:
        return of is not None
    if measure in COUNTS:
        return of is None and (split is None or measure == "rows")
    kinds = {"findings": (*SEVERITIES, *(rule.__name__ for rule in RULES)), "gain_over": BASELINES}
    return split is None and ((measure in GAPS and of is not None) or of in kinds.get(measure, ()))


def _hint(named: Named) -> str:
    """The nearest name that a report has, or the form that a name of its kind takes."""
    codes = tuple(rule.__name__ for rule in RULES)
    kinds = {
        "findings": (*SEVERITIES, *codes),
        "gain_over": BASELINES,
        **dict.fromkeys(OF_A_CLASS, ("<class>",)),
        **dict.fromkeys(GAPS, ("<protected column>",)),
    }
    if named.measure in kinds:
        near = get_close_matches(named.of or "", kinds[named.measure], n=1, cutoff=0)
        return f"write {named.measure}.{(near or kinds[named.measure])[0]}"
    near = get_close_matches(named.measure, (*CLASS_METRICS, *NUMBER_METRICS, *COUNTS, *kinds), n=1)
    lead = f"did you mean {near[0]!r}? " if near else ""
    return f"{lead}known are the metrics of report.json (accuracy, roc_auc, rmse ...), rows, {', '.join(kinds)}"


def _range(measure: str) -> tuple[float, float]:
    if measure in SHARES:
        return 0.0, 1.0
    highest = 1.0 if measure == "r2" else float("inf")
    return (0.0 if measure in FROM_ZERO else float("-inf")), highest


def _limits(lowest: float, highest: float) -> str:
    if highest == 1.0:
        words = "lies between 0 and 1" if lowest == 0.0 else "is at most 1"
        return f"{words}; 90 percent is written 0.9 or 90%"
    return "is never below 0"


def _kind(task: Task) -> str:
    return "numbers" if task.kind == "regression" else "classes"


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(repr(name) for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def _wrong(goal: Goal, why: str) -> ConfigError:
    return ConfigError(f'{goal.place}targets.{goal.name} = "{goal.asked}" makes no sense: {why}')
