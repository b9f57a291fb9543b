"""What empty cells give away."""

from collections.abc import Iterator

from reportgen.findings.parts import SURE
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.drift import Missingness
from reportgen.records.finding import Finding, Severity

TELLING = 0.1
"""A correlation called small (Cohen 1988): gaps then tell a hundredth of the target's variation."""


def informative_missingness(dossier: Dossier) -> Iterator[Finding]:
    """Flag a column whose gaps tell the target."""
    notes: list[Missingness] = []
    for one in dossier.missingness:
        if one.same_as is None and _alone(one):
            if _matters(one):
                yield _finding(one, _with(dossier, one), Severity.WARNING)
            else:
                notes.append(one)
    if notes:
        columns = tuple(column for one in notes for column in _with(dossier, one))
        yield _finding(notes[0], columns, Severity.INFO)


def _alone(one: Missingness) -> bool:
    return one.p_value < SURE and one.value >= TELLING


def _matters(one: Missingness) -> bool:
    """Surely more than a small correlation, and not only because another column says so too."""
    return one.low >= TELLING and one.partial_p_value is not None and one.partial_p_value < SURE


def _with(dossier: Dossier, lead: Missingness) -> tuple[str, ...]:
    """List the column and those that have the same gaps."""
    same = tuple(one.feature for one in dossier.missingness if one.same_as == lead.feature and _alone(one))
    return (lead.feature, *same)


def _finding(one: Missingness, columns: tuple[str, ...], severity: Severity) -> Finding:
    facts: Facts = one.model_dump(exclude={"feature", "same_as"})
    return Finding(
        code="informative_missingness",
        severity=severity,
        columns=columns,
        evidence={**facts, "lead": one.feature, "bound": TELLING},
        section="background",
    )
