"""What all findings come to: may the model be used, and what must be said with it."""

from typing import Literal

from reportgen.findings.model import beats, comparison
from reportgen.findings.rules import judge
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding, Severity, Verdict

Level = Literal["sound", "caution", "unfit"]


def decide(dossier: Dossier, findings: tuple[Finding, ...]) -> Verdict:
    """Call it unfit with a critical finding, caution with a warning or no proven gain, else sound."""
    level = _level(dossier, findings)
    _, checks = judge(dossier)
    return Verdict(level=level, facts=_score(dossier) | _tally(findings, checks) | _gain(dossier))


def _level(dossier: Dossier, findings: tuple[Finding, ...]) -> Level:
    worst = max((finding.severity.weight for finding in findings), default=0)
    if worst == Severity.CRITICAL.weight:
        return "unfit"
    return "caution" if worst == Severity.WARNING.weight or not beats_guessing(dossier) else "sound"


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


def _gain(dossier: Dossier) -> Facts:
    """Say whether, and by how much, the network beats guessing."""
    guess = comparison(dossier, "dummy")
    return {"better": beats_guessing(dossier), "gain": guess.difference if guess else None}
