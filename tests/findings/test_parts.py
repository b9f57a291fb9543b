import pytest
from scipy.stats import chi2_contingency

from reportgen.findings.base import NotJudged
from reportgen.findings.parts import label_drift, performance_drop, train_test_overlap
from reportgen.records.finding import Finding, Severity
from reportgen.records.table import PartRecord, Profile
from tests.findings.conftest import coarse, metric, numbers, split


@pytest.mark.parametrize(
    ("count", "severity"),
    [(9, Severity.INFO), (11, Severity.WARNING), (100, Severity.WARNING), (120, Severity.CRITICAL)],
)
def test_overlap_weighs_by_its_share_of_the_test_rows(dossier, count, severity):
    rows = tuple(range(count))
    (finding,) = train_test_overlap(dossier.model_copy(update={"profile": Profile(overlap_rows=rows)}))
    assert (finding.severity, finding.rows, finding.evidence["share"]) == (severity, rows, count / 200)


def test_overlap_that_coarse_values_explain_is_only_noted(dossier):
    seen = coarse(dossier).model_copy(update={"profile": Profile(overlap_rows=tuple(range(200)))})
    (finding,) = train_test_overlap(seen)
    assert finding.severity == Severity.INFO


def test_no_overlap_no_finding(dossier):
    assert tuple(train_test_overlap(dossier)) == ()


def test_label_drift_is_found_between_two_files(dossier):
    moved = split((300, 300), (100, 100), (50, 150), "given")
    (finding,) = label_drift(dossier.model_copy(update={"split": moved}))
    p_value = chi2_contingency([[300, 300], [50, 150]], correction=False).pvalue
    assert finding.evidence["p_value"] == pytest.approx(p_value)
    assert finding == Finding(
        code="label_drift",
        severity=Severity.WARNING,
        columns=("outcome",),
        evidence={
            "measure": "total_variation",
            "distance": 0.25,
            "p_value": finding.evidence["p_value"],
            "label": "no",
            "before": 0.5,
            "after": 0.25,
            "n_before": 600,
            "n_after": 200,
        },
        section="background",
    )


@pytest.mark.parametrize(
    "test",
    [(91, 109), (3, 7)],  # surely small, or large by chance alone
)
def test_a_small_or_uncertain_move_is_no_drift(dossier, test):
    moved = split((3000, 3000), (100, 100), test, "given")
    assert tuple(label_drift(dossier.model_copy(update={"split": moved}))) == ()


def test_a_drawn_test_part_cannot_drift(dossier):
    with pytest.raises(NotJudged, match="parts_drawn_at_random"):
        tuple(label_drift(dossier))


def _numeric_target(dossier, mean):
    parts = (
        PartRecord(name="train", rows=600, numbers=numbers(40, 10)),
        PartRecord(name="test", rows=200, numbers=numbers(mean, 10)),
    )
    return dossier.model_copy(
        update={
            "task": dossier.task.model_copy(update={"kind": "regression", "classes": ()}),
            "split": dossier.split.model_copy(update={"strategy": "time", "parts": parts}),
        }
    )


def test_a_numeric_target_drifts_by_its_mean(dossier):
    (finding,) = label_drift(_numeric_target(dossier, 37))
    assert (finding.evidence["measure"], finding.evidence["distance"]) == ("standard_deviations", 0.3)
    assert finding.evidence["p_value"] == pytest.approx(0.000238, rel=0.01)  # z = 3 / (10 * sqrt(1/600 + 1/200))
    assert tuple(label_drift(_numeric_target(dossier, 42))) == ()


def test_a_numeric_target_needs_its_summary(dossier):
    bare = _numeric_target(dossier, 37)
    with pytest.raises(NotJudged, match="no_target_summary"):
        tuple(label_drift(bare.model_copy(update={"split": bare.split.model_copy(update={"parts": ()})})))


def _scores(dossier, validation, test):
    return dossier.model_copy(update={"metrics": (metric("validation", *validation), metric("test", *test))})


def test_performance_drop_is_found_beyond_both_intervals(dossier):
    (finding,) = performance_drop(_scores(dossier, (0.9, 0.03, 200), (0.8, 0.04, 400)))
    assert finding.severity == Severity.WARNING
    assert (finding.evidence["difference"], finding.evidence["low"]) == pytest.approx((0.1, 0.05))


@pytest.mark.parametrize("test", [(0.84, 0.04, 400), (0.89, 0.001, 4000), (0.95, 0.01, 400)])
def test_a_drop_within_chance_is_none(dossier, test):
    assert tuple(performance_drop(_scores(dossier, (0.9, 0.03, 200), test))) == ()


def test_performance_drop_needs_both_scores(dossier):
    with pytest.raises(NotJudged, match="no_interval"):
        tuple(performance_drop(dossier.model_copy(update={"metrics": dossier.metrics[:2]})))
