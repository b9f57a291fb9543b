"""The whole comparison: what the two audits share, then every part of it."""

from collections.abc import Iterator

from reportgen.comparison.drift import drift
from reportgen.comparison.judgement import finding_changes, target_changes
from reportgen.comparison.metrics import changes, refit_changes
from reportgen.comparison.ranks import ranks
from reportgen.comparison.seen import SeenReport
from reportgen.comparison.settings import card_changes, differing, setting_changes
from reportgen.errors import ReportgenError
from reportgen.records.base import Code, Facts
from reportgen.records.comparison import Comparison, Sameness, Side

FLATTERING = ("target_leakage", "train_test_overlap", "group_leakage", "time_leakage")
"""Findings that make scores look better than they are: where one is mended, honest scores fall."""


def compare(old: SeenReport, new: SeenReport) -> Comparison:
    """Say what changed from the older audit to the newer one.

    Raises ReportgenError where they predict different targets or make different kinds of task of them.
    """
    _refuse(old, new)
    same = _same(old, new)
    metrics, others = changes(old, new, same.test_rows)
    targets = target_changes(old, new)
    findings, kept = finding_changes(old, new)
    found = Comparison(
        level="same",
        task=new.task.kind,
        target=new.task.target,
        old=_side(old),
        new=_side(new),
        same=same,
        caveats=tuple(_caveats(old, new, same)),
        losses=tuple(one.name for one in metrics if one.verdict == "worse"),
        broken=tuple(one.name for one in targets if one.change == "broke"),
        metrics=metrics,
        others=others,
        refits=refit_changes(old, new),
        targets=targets,
        findings=findings,
        findings_kept=kept,
        ranks=ranks(old, new),
        drift=drift(old, new, same.data),
        settings=setting_changes(old.settings, new.settings),
        model=differing(_network(old), _network(new)),
        card=card_changes(old.card, new.card),
        versions=differing(_versions(old), _versions(new)),
    )
    return found.model_copy(update={"level": _level(found)})


def _refuse(old: SeenReport, new: SeenReport) -> None:
    if old.task.target != new.task.target:
        raise ReportgenError(
            f"the reports cannot be compared: one predicts {old.task.target!r}, the other {new.task.target!r}; "
            "name two audits of one target"
        )
    if old.task.kind != new.task.kind:
        raise ReportgenError(
            f"the reports cannot be compared: {old.task.target!r} is a {old.task.kind} task in one and a "
            f"{new.task.kind} task in the other; give both the same --task"
        )


def _same(old: SeenReport, new: SeenReport) -> Sameness:
    data = (old.dataset.sha256, old.dataset.test_sha256) == (new.dataset.sha256, new.dataset.test_sha256)
    parts = ("strategy", "by", "train", "validation", "test")
    return Sameness(
        data=data,
        test_rows=_same_rows(old, new, data),
        classes=set(old.task.classes) == set(new.task.classes),
        split=all(getattr(old.split, name) == getattr(new.split, name) for name in parts),
        seed=old.split.seed == new.split.seed,
        settings=not setting_changes(old.settings, new.settings),
        model=_network(old) == _network(new),
        versions=_versions(old) == _versions(new),
    )


def _same_rows(old: SeenReport, new: SeenReport, data: bool) -> bool:
    """Tell whether the same rows were tested: by the digests, or in older reports by all that parts the rows."""
    given = old.dataset.test_sha256 is not None and old.dataset.test_sha256 == new.dataset.test_sha256
    if not (data or given) or old.split.test != new.split.test:
        return False
    if old.split.test_digest and new.split.test_digest:
        return old.split.test_digest == new.split.test_digest
    dealt = old.split == new.split.model_copy(update={"test_digest": old.split.test_digest})
    version = old.environment.versions.get("reportgen") == new.environment.versions.get("reportgen")
    return dealt and version and old.task.classes == new.task.classes


def _caveats(old: SeenReport, new: SeenReport, same: Sameness) -> Iterator[Code]:
    """What a reader has to know before the numbers."""
    if not same.classes:
        facts: Facts = {
            "come": tuple(name for name in new.task.classes if name not in old.task.classes),
            "gone": tuple(name for name in old.task.classes if name not in new.task.classes),
        }
        yield Code(code="classes_differ", facts=facts)
    if old.task.positive != new.task.positive:
        yield Code(code="positive_differs", facts={"old": old.task.positive, "new": new.task.positive})
    if not same.data:
        yield Code(code="data_differ")
    elif not same.test_rows:
        yield Code(code="rows_differ")
    if same.test_rows:
        yield Code(code="same_rows")
    mended = _flattered(old) - _flattered(new)
    if mended:
        yield Code(code="flattered_before", facts={"codes": tuple(code for code in FLATTERING if code in mended)})
    reportgen = tuple(one.environment.versions.get("reportgen") for one in (old, new))
    if reportgen[0] != reportgen[1]:
        yield Code(code="version_differs", facts={"old": reportgen[0], "new": reportgen[1]})


def _flattered(report: SeenReport) -> set[str]:
    return {one.code for one in report.findings if one.code in FLATTERING and one.severity.weight}


def _network(report: SeenReport) -> dict[str, object]:
    return {"family": report.model.family, "parameters": report.model.parameters, "inputs": report.model.inputs} | dict(
        report.model.settings
    )


def _versions(report: SeenReport) -> dict[str, object]:
    return dict(report.environment.versions) | {"platform": report.environment.platform}


def _side(report: SeenReport) -> Side:
    return Side(
        name=report.dataset.name,
        source=report.dataset.source,
        rows=report.dataset.rows,
        rows_used=report.dataset.rows_used or report.dataset.rows,
        sha256=report.dataset.sha256,
        test_rows=report.split.test,
        strategy=report.split.strategy,
        seed=report.split.seed or 0,
        version=report.environment.versions.get("reportgen"),
        verdict=report.verdict.level,
        findings=len(report.findings),
    )


def _level(found: Comparison) -> str:
    if found.losses or found.broken:
        return "worse"
    values = [one.old.value != one.new.value for one in (*found.metrics, *found.others)]
    touched = (found.findings, found.drift.roles, found.drift.changes, found.ranks.changes, found.settings, found.model)
    moved = any(one.change != "same" for one in found.targets) or any(touched) or found.card or found.versions
    return "changed" if any(values) or moved or not (found.same.data and found.same.test_rows) else "same"
