"""What all findings come to: may the model be used, and what must be said with it."""

from typing import Literal

from reportgen.findings.model import beats, comparison
from reportgen.findings.rules import judge
from reportgen.findings.waivers import counted
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding, Severity, Verdict
from reportgen.records.gates import Target

Level = Literal["sound", "caution", "unfit"]


def decide(dossier: Dossier, findings: tuple[Finding, ...], targets: tuple[Target, ...] = ()) -> Verdict:
    """Call it unfit with a critical finding or a target missed, sound where nothing speaks against it, else caution.

    What speaks against it is a warning, a target that is not shown, and no proven gain over guessing. Findings that
    are waived are counted apart and change nothing.
    """
    standing = counted(findings)
    _, checks = judge(dossier)
    facts = _score(dossier) | _tally(standing, checks) | _gain(dossier)
    if targets:
        facts |= _reached(targets)
    if len(standing) < len(findings):
        facts |= {"waived": len(findings) - len(standing)}
    return Verdict(level=_level(dossier, standing, targets), facts=facts)


def _level(dossier: Dossier, findings: tuple[Finding, ...], targets: tuple[Target, ...]) -> Level:
    reached = {target.status for target in targets}
    if "missed" in reached:
        return "unfit"
    worst = max((finding.severity.weight for finding in findings), default=0)
    if worst == Severity.CRITICAL.weight:
        return "unfit"
    if worst == Severity.WARNING.weight or "not_shown" in reached:
        return "caution"
    return "sound" if beats_guessing(dossier) else "caution"


def beats_guessing(dossier: Dossier) -> bool:
    """Tell whether a comparison with guessing was made and shows the network better."""
    guess = comparison(dossier, "dummy")
    return guess is not None and beats(guess)


def _score(dossier: Dossier) -> Facts:
    """Look up the key metric on test rows; all None where it was not measured."""
    metric = dossier.metric(dossier.key_metric)
    if metric is None:
        return {"metric": dossier.key_metric, "value": None, "low": None, "high": None, "n": None}
    return {"metric": metric.name, "value": metric.value, "low": metric.low, "high": metric.high, "n": metric.n}


def _tally(findings: tuple[Finding, ...], checks: tuple[Check, ...]) -> Facts:
    count = {severity: sum(finding.severity == severity for finding in findings) for severity in Severity}
    alarms = [finding.code for finding in findings if finding.severity.weight]
    return {
        "criticals": count[Severity.CRITICAL],
        "warnings": count[Severity.WARNING],
        "notes": count[Severity.INFO],
        "judged": sum(check.status != "skipped" for check in checks),
        "skipped": sum(check.status == "skipped" for check in checks),
        "leading": alarms[0] if alarms else None,
    }


def _reached(targets: tuple[Target, ...]) -> Facts:
    """Name the targets by what became of them."""
    return {
        state: tuple(target.name for target in targets if target.status == state)
        for state in ("met", "missed", "not_shown")
    }


def _gain(dossier: Dossier) -> Facts:
    """Say whether, and by how much, the network beats guessing."""
    guess = comparison(dossier, "dummy")
    return {"better": beats_guessing(dossier), "gain": guess.difference if guess else None}
