import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.findings.base import NotJudged
from reportgen.findings.model import (
    calibration_error,
    chance_error,
    miscalibrated,
    no_better_than_baseline,
    overfit,
    reliability_p,
    simpler_model_suffices,
    unfair_errors,
    weak_slice,
)
from reportgen.records.finding import Finding, Severity
from reportgen.records.mistakes import Condition, Errors, GroupError, GroupGap
from tests.findings.conftest import baseline, metric, reliability
from tests.findings.wounds import weak


def _against(dossier, *baselines):
    return dossier.model_copy(update={"baselines": baselines})


@pytest.mark.parametrize(
    "guess", [baseline("dummy", 0.02), baseline("dummy", -0.1), baseline("dummy", 0.05, p_value=0.2)]
)
def test_a_network_not_shown_better_than_guessing_is_flagged(dossier, guess):
    found = guess.comparison
    assert tuple(no_better_than_baseline(_against(dossier, guess))) == (
        Finding(
            code="no_better_than_baseline",
            severity=Severity.WARNING,
            evidence={
                "metric": "accuracy",
                "difference": found.difference,
                "low": found.low,
                "high": found.high,
                "p_value": found.p_value,
                "n": 200,
                "ranks": False,
                "area": None,
                "area_low": None,
                "area_high": None,
            },
            section="concepts",
        ),
    )


def test_a_network_that_ranks_well_is_noted_only(dossier):
    area = metric("test", 0.8, 0.1, 200, "roc_auc")
    known = _against(dossier, baseline("dummy", 0.0)).model_copy(update={"metrics": (*dossier.metrics, area)})
    (finding,) = no_better_than_baseline(known)
    assert (finding.severity, finding.evidence["ranks"]) == (Severity.INFO, True)
    assert finding.evidence["area_low"] == pytest.approx(0.7)


def test_a_network_better_than_guessing_is_not(dossier):
    assert tuple(no_better_than_baseline(_against(dossier, baseline("dummy", 0.04)))) == ()
    assert tuple(no_better_than_baseline(_against(dossier, baseline("dummy", 0.04, p_value=None)))) == ()


@pytest.mark.parametrize("rule", [no_better_than_baseline, simpler_model_suffices])
def test_comparisons_are_needed(dossier, rule):
    with pytest.raises(NotJudged, match="no_comparison"):
        tuple(rule(_against(dossier)))


def test_the_best_readable_model_is_named(dossier):
    known = _against(dossier, baseline("dummy", 0.3), baseline("linear", 0.02), baseline("tree", 0.01))
    (finding,) = simpler_model_suffices(known)
    assert (finding.severity, finding.evidence["baseline"]) == (Severity.INFO, "tree")
    assert (finding.evidence["difference"], finding.evidence["margin"]) == (0.01, 0.01)


def test_a_sure_gain_that_does_not_matter_keeps_the_readable_model(dossier):
    known = _against(dossier, baseline("dummy", 0.3), baseline("linear", 0.008, half=0.002))
    assert len(tuple(simpler_model_suffices(known))) == 1


def test_a_sure_gain_that_matters_speaks_for_the_network(dossier):
    known = _against(dossier, baseline("dummy", 0.3), baseline("linear", 0.041), baseline("boosting", -0.1))
    assert tuple(simpler_model_suffices(known)) == ()


def test_where_guessing_suffices_no_simpler_model_is_named(dossier):
    with pytest.raises(NotJudged, match="not_better_than_guessing"):
        tuple(simpler_model_suffices(_against(dossier, baseline("dummy", 0.0), baseline("linear", 0.0))))


def _scores(dossier, train, validation, test):
    parts = ("train", "validation", "test")
    scores = tuple(metric(part, *score) for part, score in zip(parts, (train, validation, test), strict=True))
    return dossier.model_copy(update={"metrics": scores})


def test_overfit_is_found_far_beyond_both_intervals(dossier):
    (finding,) = overfit(_scores(dossier, (0.98, 0.0, 600), (0.8, 0.05, 200), (0.78, 0.05, 200)))
    assert (finding.evidence["difference"], finding.evidence["low"]) == pytest.approx((0.2, 0.15))


@pytest.mark.parametrize(
    ("validation", "test"),
    [
        ((0.9, 0.05, 200), (0.78, 0.05, 200)),  # the test part alone is far below
        ((0.84, 0.05, 200), (0.84, 0.05, 200)),  # below by less than matters for sure
        ((0.8, 0.19, 12), (0.8, 0.19, 12)),  # below, on a dozen rows
    ],
)
def test_a_gap_that_chance_or_early_stopping_leaves_is_no_overfit(dossier, validation, test):
    assert tuple(overfit(_scores(dossier, (0.98, 0.0, 600), validation, test))) == ()


def test_calibration_errors_in_closed_form():
    bins = reliability((0.2, 0.3, 100), (0.8, 0.8, 300)).bins
    assert calibration_error(bins) == pytest.approx(0.025)
    assert chance_error(bins) == pytest.approx(math.sqrt(2 / math.pi) * (0.4 * 10 + 0.4 * math.sqrt(300)) / 400)


def test_reliability_p_is_a_chi_square_over_bins():
    bins = reliability((0.2, 0.3, 100), (0.8, 0.8, 300)).bins
    assert reliability_p(bins) == pytest.approx(stats.chi2.sf(0.1**2 * 100 / (0.2 * 0.8), 2))


def test_bins_that_expect_too_few_rows_join_their_neighbours():
    bins = reliability((0.001, 0.02, 50), (0.5, 0.5, 50), (0.999, 0.98, 50)).bins
    hits_off, stated = (1 + 25 + 49) - (0.05 + 25 + 49.95), 75.0
    assert reliability_p(bins) == pytest.approx(stats.chi2.sf(hits_off**2 / (stated / 2), 1))
    assert reliability_p(reliability((0.001, 0.2, 50)).bins) == 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 200)), min_size=1, max_size=10))
def test_probabilities_that_are_met_are_never_flagged(bins):
    met = reliability(*((stated, stated, n) for stated, n in bins)).bins
    assert reliability_p(met) == pytest.approx(1.0)
    assert calibration_error(met) == 0.0


def test_miscalibrated_probabilities_are_flagged(dossier):
    boastful = reliability((0.05, 0.2, 200), (0.95, 0.8, 200))
    (finding,) = miscalibrated(dossier.model_copy(update={"calibration": boastful}))
    assert finding.severity == Severity.WARNING
    assert finding.evidence["error"] == pytest.approx(0.15)
    assert (finding.evidence["stated"], finding.evidence["observed"]) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize(
    "calibration",
    [
        reliability((0.3, 0.5, 10), (0.7, 0.5, 10)),  # far off, on a handful of rows
        reliability((0.3, 0.33, 20_000), (0.7, 0.67, 20_000)),  # surely off, by too little
    ],
)
def test_chance_and_trifles_are_not_miscalibration(dossier, calibration):
    assert tuple(miscalibrated(dossier.model_copy(update={"calibration": calibration}))) == ()


def test_calibration_is_needed(dossier):
    with pytest.raises(NotJudged, match="no_calibration"):
        tuple(miscalibrated(dossier.model_copy(update={"calibration": None})))


def _groups(dossier, measure, errors, p_value, low):
    (worst, high_error), (best, low_error) = errors
    gap = high_error - low_error
    found = Errors(
        measure=measure,
        groups=tuple(
            GroupError(column="sex", group=name, n=100, error=e, low=0, high=1e6) for name, e in (errors[0], errors[1])
        ),
        gaps=(
            GroupGap(
                column="sex",
                gap=gap,
                low=low,
                high=gap + 1,
                p_value=p_value,
                worst=worst,
                best=best,
                n=200,
                method="by hand",
            ),
        ),
    )
    return dossier.model_copy(update={"errors": found})


@pytest.mark.parametrize(
    ("measure", "worst", "best"), [("error_rate", 0.3, 0.1), ("mean_absolute_error", 1300.0, 1000.0)]
)
def test_unfair_errors_are_flagged(dossier, measure, worst, best):
    (finding,) = unfair_errors(_groups(dossier, measure, (("female", worst), ("male", best)), 0.001, 0.01))
    assert (finding.columns, finding.severity) == (("sex",), Severity.WARNING)
    facts = ("worst", "best", "worst_error", "best_error")
    assert tuple(finding.evidence[name] for name in facts) == ("female", "male", worst, best)


@pytest.mark.parametrize(
    ("measure", "worst", "best", "p_value", "low"),
    [
        ("error_rate", 0.3, 0.1, 0.02, 0.01),
        ("error_rate", 0.3, 0.1, 0.001, -0.01),
        ("error_rate", 0.14, 0.1, 0.001, 0.01),
        ("mean_absolute_error", 1200.0, 1000.0, 0.001, 10.0),
    ],
)
def test_uncertain_or_small_gaps_are_not_unfair(dossier, measure, worst, best, p_value, low):
    assert tuple(unfair_errors(_groups(dossier, measure, (("female", worst), ("male", best)), p_value, low))) == ()


def test_unfair_errors_need_a_protected_column(dossier):
    with pytest.raises(NotJudged, match="no_protected_column"):
        tuple(unfair_errors(dossier))


def test_groups_that_are_too_small_are_said_to_be(dossier):
    group = GroupError(column="sex", group="f", n=4, error=0.5, low=0.1, high=0.9)
    known = dossier.model_copy(update={"errors": Errors(measure="error_rate", groups=(group,))})
    with pytest.raises(NotJudged, match="groups_too_small"):
        tuple(unfair_errors(known))


def test_a_large_part_that_is_surely_far_worse_is_warned_of(dossier):
    (finding,) = weak_slice(weak()(dossier))
    assert (finding.severity, finding.columns) == (Severity.WARNING, ("age", "city"))
    assert finding.evidence["symbols"] == ("age <= 25", "city")
    assert finding.evidence["missing"] == (False, True)
    assert (finding.evidence["error"], finding.evidence["rest"], finding.evidence["low"]) == (0.5, 0.1, 0.25)


@pytest.mark.parametrize(
    "changes",
    [
        {"n": 20},  # fewer than one row in twenty
        {"low": 0.1},  # perhaps not 15 points above the rest
        {"p_value": 0.02},
    ],
)
def test_a_small_or_unsure_weak_part_is_noted_only(dossier, changes):
    (finding,) = weak_slice(weak(**changes)(dossier))
    assert finding.severity == Severity.INFO


@pytest.mark.parametrize(
    "changes",
    [
        {"confirmed": False},
        {"rest": 0.2},  # two and a half times
        {"error": 0.14, "rest": 0.01, "low": 0.05},  # 13 points
    ],
)
def test_a_part_that_is_not_far_worse_is_no_weak_slice(dossier, changes):
    assert tuple(weak_slice(weak(**changes)(dossier))) == ()


@pytest.mark.parametrize(
    ("inner", "error", "severity"),
    [
        ({"above": 549.5}, 0.6, Severity.INFO),
        ({"above": 549.5}, 0.7, Severity.WARNING),  # as much worse than the wider part as that is than the rest
        ({"above": 300.0}, 0.6, Severity.WARNING),  # reaches beyond it
        ({"at_most": 30.0}, 0.6, Severity.WARNING),
    ],
)
def test_a_weak_part_of_a_weak_part_is_noted_only(dossier, inner, error, severity):
    known = weak()(dossier)
    (part,) = known.errors.slices
    wide = part.model_copy(update={"conditions": (Condition(column="age", above=438.0),), "columns": ("age",)})
    narrow = (Condition(column="age", **inner), Condition(column="city", level="Rome"))
    deep = part.model_copy(update={"conditions": narrow, "error": error})
    errors = known.errors.model_copy(update={"slices": (deep, wide)})
    found = tuple(weak_slice(known.model_copy(update={"errors": errors})))
    assert [one.severity for one in found] == [Severity.WARNING, severity]
    assert found[0].columns == ("age",)


def test_weak_parts_need_a_search_and_classes(dossier):
    with pytest.raises(NotJudged, match="no_slices"):
        tuple(weak_slice(dossier))
    sizes = dossier.model_copy(update={"errors": Errors(measure="mean_absolute_error")})
    with pytest.raises(NotJudged, match="needs_classes"):
        tuple(weak_slice(sizes))
