"""Findings that someone has answered for: shown, but not counted until the waiver ends."""

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

from reportgen.errors import ConfigError
from reportgen.findings.rules import RULES
from reportgen.records.finding import Finding
from reportgen.records.gates import JudgedWaiver, Standing, Waived, Waiver


def refuse_unknown_codes(waivers: Iterable[Waiver]) -> None:
    """Raise ConfigError for a waiver of a code that no rule has."""
    known = [rule.__name__ for rule in RULES]
    for waiver in waivers:
        if waiver.code not in known:
            near = get_close_matches(waiver.code, known, n=1, cutoff=0)
            raise ConfigError(
                f"{waiver.place}there is no finding {waiver.code!r} to waive; the nearest is {near[0]!r}, and "
                "reportgen codes lists them all"
            )


def waive(
    findings: tuple[Finding, ...], waivers: tuple[Waiver, ...], today: date
) -> tuple[tuple[Finding, ...], tuple[JudgedWaiver, ...]]:
    """Mark each finding that a waiver is about, and say of each waiver whether it holds; `until` is its last day."""
    marked = tuple(_marked(finding, waivers, today) for finding in findings)
    return marked, tuple(_judged(waiver, findings, today) for waiver in waivers)


def counted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave out the findings that are waived."""
    return tuple(finding for finding in findings if finding.waived is None)


def concerns(waiver: Waiver, finding: Finding) -> bool:
    """Tell whether a waiver is about a finding: of its code, and where it names columns, of no other columns."""
    if waiver.code != finding.code:
        return False
    return not waiver.columns or (bool(finding.columns) and set(finding.columns) <= set(waiver.columns))


def _marked(finding: Finding, waivers: tuple[Waiver, ...], today: date) -> Finding:
    """Of several waivers about one finding the longest counts."""
    about = max(_about(finding, waivers), key=lambda waiver: waiver.until, default=None)
    if about is None:
        return finding
    words = Waived(reason=about.reason, by=about.by, until=about.until)
    return finding.model_copy(update={"waived" if _holds(about, today) else "lapsed": words})


def _about(finding: Finding, waivers: tuple[Waiver, ...]) -> Iterator[Waiver]:
    return (waiver for waiver in waivers if concerns(waiver, finding))


def _judged(waiver: Waiver, findings: tuple[Finding, ...], today: date) -> JudgedWaiver:
    about = sum(concerns(waiver, finding) for finding in findings)
    held: Standing = "active" if _holds(waiver, today) else "expired"
    given = {name: getattr(waiver, name) for name in Waiver.model_fields}
    return JudgedWaiver(**given, status=held if about else "unused", findings=about)


def _holds(waiver: Waiver, today: date) -> bool:
    return today <= waiver.until
