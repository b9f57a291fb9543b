"""What is wrong with a random split: rows of one group, or near in time, on both of its sides."""

from collections.abc import Iterator

from reportgen.findings.base import NotJudged, Reason, key_scores, reach
from reportgen.findings.rows import EXCESS
from reportgen.records.base import Facts
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.structure import Candidate, Structure, StructureKind


def group_leakage(dossier: Dossier) -> Iterator[Finding]:
    """Flag groups of rows that a random split has on both of its sides, where that flatters a model."""
    yield from _leaks(dossier, "group")


def time_leakage(dossier: Dossier) -> Iterator[Finding]:
    """Flag an order in time that a random split ignores, where that flatters a model."""
    yield from _leaks(dossier, "time")


def _leaks(dossier: Dossier, kind: StructureKind) -> Iterator[Finding]:
    structure = dossier.structure
    if structure is None:
        raise NotJudged("structure_not_sought")
    tried = [one for one in structure.candidates if one.kind == kind]
    if not tried:
        raise NotJudged(_why_none(structure, kind))
    flattering = [one for one in tried if one.flatters and one.origin == "found" and _shared(one)]
    if flattering:
        one = min(flattering, key=lambda one: (one.stable, one.columns != structure.respected, one.p_value))
        yield Finding(
            code=f"{kind}_leakage",
            severity=Severity.INFO if one.stable else Severity.WARNING,
            columns=one.columns,
            evidence=_evidence(dossier, structure, one),
            section="background",
        )


def _shared(one: Candidate) -> bool:
    """Tell whether given test rows share groups, or the time, with the data file; without such rows they do."""
    return one.common is None or one.common >= EXCESS


def _why_none(structure: Structure, kind: StructureKind) -> Reason:
    if structure.origin == "given":
        return "split_by_another_column"
    if not (structure.groups_sought if kind == "group" else structure.times_sought):
        return "structure_not_sought"
    return "no_group_column" if kind == "group" else "no_time_column"


def _evidence(dossier: Dossier, structure: Structure, one: Candidate) -> Facts:
    """Put the quick learner's two scores together with the network's."""
    facts: Facts = {
        "metric": one.metric,
        "n": one.rows,
        "clusters": one.clusters,
        "share": one.share,
        "known": one.known,
        "drop": one.drop.value,
        "drop_low": one.drop.low,
        "drop_high": one.drop.high,
        "p_value": one.p_value,
        "common": one.common,
        "set_aside": structure.set_aside,
        "respected": one.columns == structure.respected,
        "why_not": _why_not(structure, one),
        "method": one.method,
    }
    for name, score in (("random", one.random), ("apart", one.apart)):
        facts |= {name: score.value, f"{name}_low": score.low, f"{name}_high": score.high}
    return facts | _network(dossier, structure)


def _why_not(structure: Structure, one: Candidate) -> str | None:
    if one.columns == structure.respected:
        return None
    if one.stable:
        return "maybe_all_there_are"
    return "other_column" if structure.respected else structure.why_not_respected


def _network(dossier: Dossier, structure: Structure) -> Facts:
    """Look up what the reported network scores, and one like it on a random split; None where it was not measured."""
    facts: Facts = dict.fromkeys(f"{name}{end}" for name in ("reached", "flattered") for end in ("", "_low", "_high"))
    try:
        (test,) = key_scores(dossier, "test")
    except NotJudged:
        return facts | {"n_reached": None, "n_flattered": None}
    value, low, high = reach(test)
    facts |= {"reached": value, "reached_low": low, "reached_high": high, "n_reached": test.n, "n_flattered": None}
    flat = structure.random_split
    if flat is not None:
        facts |= {"flattered": flat.value, "flattered_low": flat.low, "flattered_high": flat.high}
        facts["n_flattered"] = flat.n
    return facts
