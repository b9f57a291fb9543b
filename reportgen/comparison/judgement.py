"""Findings gone and come, and targets kept and broken."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from reportgen.comparison.seen import SeenFinding, SeenReport, SeenTarget
from reportgen.records.comparison import FindingChange, Measured, TargetChange
from reportgen.records.finding import Finding

Key = tuple[str, tuple[str, ...]]
Step = tuple[str | None, str | None]

STEPS = {
    ("met", "missed"): "broke",
    ("met", "not_shown"): "weakened",
    ("not_shown", "missed"): "missed",
    ("not_shown", "met"): "mended",
    ("missed", "met"): "mended",
    ("missed", "not_shown"): "mended",
}


def finding_changes(old: SeenReport, new: SeenReport) -> tuple[tuple[FindingChange, ...], int]:
    """What came, what went and what weighs otherwise, the gravest first; and how many findings stayed as they were.

    A finding is the same as another where code and columns are; several of one key are taken in their order.
    """
    changes = tuple(_changes(old, new))
    kept = len(new.findings) - sum(one.change != "gone" for one in changes)
    return tuple(sorted(changes, key=_gravity)), kept


def _gravity(one: FindingChange) -> tuple[int, int]:
    order = ("come", "graver", "unwaived", "waived", "milder", "gone")
    return order.index(one.change), -one.finding.severity.weight


def _changes(old: SeenReport, new: SeenReport) -> Iterator[FindingChange]:
    before, after = _by_key(old), _by_key(new)
    for key in dict.fromkeys([*after, *before]):
        earlier, later = before[key], after[key]
        for one, other in zip(earlier, later, strict=False):
            if step := _step(one, other):
                yield FindingChange(finding=_finding(other), change=step, was=one.severity)
        for come in later[len(earlier) :]:
            yield FindingChange(finding=_finding(come), change="come", unjudged=not _judged(old, come.code))
        for gone in earlier[len(later) :]:
            yield FindingChange(
                finding=_finding(gone), change="gone", was=gone.severity, unjudged=not _judged(new, gone.code)
            )


def _by_key(report: SeenReport) -> defaultdict[Key, list[SeenFinding]]:
    found: defaultdict[Key, list[SeenFinding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.code, tuple(sorted(finding.columns))].append(finding)
    return found


def _step(one: SeenFinding, other: SeenFinding) -> Literal["graver", "milder", "waived", "unwaived"] | None:
    if one.severity != other.severity:
        return "graver" if other.severity.weight > one.severity.weight else "milder"
    if bool(one.waived) != bool(other.waived):
        return "waived" if other.waived else "unwaived"
    return None


def _judged(report: SeenReport, code: str) -> bool:
    """Tell whether a report made the check; one that lists no checks is taken to have made them all."""
    return not report.checks or any(check.code == code and check.status != "skipped" for check in report.checks)


def _finding(seen: SeenFinding) -> Finding:
    return Finding.model_validate(seen.model_dump(exclude={"waived"}))


def target_changes(old: SeenReport, new: SeenReport) -> tuple[TargetChange, ...]:
    """Every target of either report: what broke, what was mended, what is asked otherwise; in the newer's order.

    A target is the same as another where name and sign are; of several such the last counts.
    """
    earlier, later = ({(one.name, one.op): one for one in report.targets} for report in (old, new))
    return tuple(_target(key[0], earlier.get(key), later.get(key)) for key in dict.fromkeys([*later, *earlier]))


def _target(name: str, one: SeenTarget | None, other: SeenTarget | None) -> TargetChange:
    asked = (_asked(one), _asked(other))
    status = (one.status if one else None, other.status if other else None)
    return TargetChange.model_validate(
        {
            "name": name,
            "measure": next((t.measure for t in (other, one) if t and t.measure), name),
            "asked": asked,
            "status": status,
            "old": _measured(one),
            "new": _measured(other),
            "change": _change(asked, status),
        }
    )


def _change(asked: Step, status: Step) -> str:
    if status[0] is None or status[1] is None:
        return "come" if status[0] is None else "gone"
    if status[0] != status[1]:
        return STEPS.get((status[0], status[1]), "asked")
    return "same" if asked[0] == asked[1] else "asked"


def _asked(target: SeenTarget | None) -> str | None:
    if target is None:
        return None
    return target.asked or f"{target.op} {target.bound:g}" if target.bound is not None else target.asked


def _measured(target: SeenTarget | None) -> Measured | None:
    if target is None:
        return None
    return Measured(value=target.value, low=target.low, high=target.high, n=target.n)
