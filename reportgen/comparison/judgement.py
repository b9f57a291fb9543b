"""Findings gone and come, and targets kept and broken."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from reportgen.comparison.seen import SeenFinding, SeenReport, SeenTarget
from reportgen.records.comparison import FindingChange, Measured, TargetChange
from reportgen.records.finding import Finding

Key = tuple[str, tuple[str, ...]]

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

    A target is the same as another where name and bound are, or else name and sign. One that is asked more strictly
    than before can have been missed for that alone, and is not said to have broken.
    """
    return tuple(_target(one, other) for one, other in _matched(old.targets, new.targets))


def _matched(old: Sequence[SeenTarget], new: Sequence[SeenTarget]) -> list[tuple[SeenTarget | None, SeenTarget | None]]:
    """Pair the targets, those asked alike first; one without a partner stands alone, the gone ones last."""
    left, partners = list(old), dict[int, SeenTarget]()
    for like in (_asked_alike, _of_one_sign):
        for place, other in enumerate(new):
            one = next((one for one in left if place not in partners and like(one, other)), None)
            if one is not None:
                partners[place] = one
                left.remove(one)
    return [(partners.get(place), other) for place, other in enumerate(new)] + [(one, None) for one in left]


def _asked_alike(one: SeenTarget, other: SeenTarget) -> bool:
    return (one.name, _asked(one)) == (other.name, _asked(other))


def _of_one_sign(one: SeenTarget, other: SeenTarget) -> bool:
    return (one.name, one.op) == (other.name, other.op)


def _target(one: SeenTarget | None, other: SeenTarget | None) -> TargetChange:
    named = [target for target in (other, one) if target]
    return TargetChange.model_validate(
        {
            "name": named[0].name,
            "measure": next((target.measure for target in named if target.measure), named[0].name),
            "asked": (_asked(one), _asked(other)),
            "status": (one.status if one else None, other.status if other else None),
            "old": _measured(one),
            "new": _measured(other),
            "change": _change(one, other),
        }
    )


def _change(one: SeenTarget | None, other: SeenTarget | None) -> str:
    if one is None or other is None:
        return "come" if one is None else "gone"
    if one.status == other.status:
        return "same" if _asked(one) == _asked(other) else "asked"
    step = STEPS.get((one.status, other.status), "asked")
    explained = _stricter(other, one) if step == "mended" else _stricter(one, other)
    return "asked" if explained else step


def _stricter(one: SeenTarget, other: SeenTarget) -> bool:
    """Tell whether the newer target asks for more than the older one."""
    if one.bound is None or other.bound is None or not other.op:
        return False
    return other.bound > one.bound if other.op.startswith(">") else other.bound < one.bound


def _asked(target: SeenTarget | None) -> str | None:
    if target is None:
        return None
    return target.asked or f"{target.op} {target.bound:g}" if target.bound is not None else target.asked


def _measured(target: SeenTarget | None) -> Measured | None:
    if target is None:
        return None
    return Measured(value=target.value, low=target.low, high=target.high, n=target.n)
