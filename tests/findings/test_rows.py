import pytest

from reportgen.findings.base import NotJudged
from reportgen.findings.dirt import sentinel_missing
from reportgen.findings.rows import (
    class_imbalance,
    coincidence,
    conflicting_labels,
    duplicate_rows,
    missing_target,
    rare_class,
    small_sample,
)
from reportgen.records.finding import Finding, Severity
from reportgen.records.table import Level, Profile
from tests.findings.conftest import categorical, coarse, metric, numeric, split
from tests.findings.wounds import unanswered


def profiled(dossier, **rows):
    return dossier.model_copy(update={"profile": Profile(**rows)})


def regression(dossier):
    return dossier.model_copy(update={"task": dossier.task.model_copy(update={"kind": "regression", "classes": ()})})


def test_coincidence_multiplies_what_columns_repeat(dossier):
    assert coincidence(coarse(dossier), with_target=True) == pytest.approx(1 / 8)
    assert coincidence(coarse(dossier), with_target=False) == pytest.approx(1 / 4)
    cities = 0.4**2 + 0.35**2 + 0.25**2
    assert coincidence(dossier, with_target=False) == pytest.approx((2 / 600) ** 3 * cities)


def test_unlisted_levels_share_the_remaining_rows(dossier):
    wide = categorical("postcode", (100,) * 5, distinct=15, other_levels=10)
    columns = (wide, dossier.dataset.columns[-1])
    table = dossier.model_copy(update={"dataset": dossier.dataset.model_copy(update={"columns": columns})})
    assert coincidence(table, with_target=False) == pytest.approx(5 * 0.1**2 + 10 * 0.05**2)


def test_piled_up_numbers_repeat_more_often_than_spread_ones(dossier):
    piled = numeric("visits").numbers.model_copy(update={"lower_quartile": 0.0, "median": 0.0, "upper_quartile": 0.0})
    columns = (numeric("visits", numbers=piled),)
    table = dossier.model_copy(update={"dataset": dossier.dataset.model_copy(update={"columns": columns})})
    assert coincidence(table, with_target=False) == pytest.approx(0.25)


def test_duplicate_rows_are_listed_and_warned_of(dossier):
    rows = tuple(range(60))
    (finding,) = duplicate_rows(profiled(dossier, duplicate_rows=rows))
    assert (finding.severity, finding.rows, finding.evidence["share"]) == (Severity.WARNING, rows, 0.06)
    assert finding.evidence["expected"] == pytest.approx(0, abs=1e-5)


def test_few_duplicates_are_only_noted(dossier):
    (finding,) = duplicate_rows(profiled(dossier, duplicate_rows=tuple(range(40))))
    assert finding.severity == Severity.INFO


def test_repeats_that_coarse_values_explain_are_only_noted(dossier):
    (finding,) = duplicate_rows(profiled(coarse(dossier), duplicate_rows=tuple(range(992))))
    assert finding.severity == Severity.INFO
    assert finding.evidence["expected"] == pytest.approx(0.992)


def test_no_duplicates_no_finding(dossier):
    assert tuple(duplicate_rows(dossier)) == ()


def test_conflicting_labels_are_warned_of(dossier):
    rows = tuple(range(100, 160))
    (finding,) = conflicting_labels(profiled(dossier, conflicting_rows=rows))
    assert (finding.severity, finding.rows, finding.evidence["count"]) == (Severity.WARNING, rows, 60)


def test_conflicts_that_coarse_values_explain_are_only_noted(dossier):
    (finding,) = conflicting_labels(profiled(coarse(dossier), conflicting_rows=tuple(range(1000))))
    assert finding.severity == Severity.INFO


@pytest.mark.parametrize(("wrong", "severity"), [(25, Severity.WARNING), (24, Severity.INFO)])
def test_conflicts_weigh_by_the_rows_that_no_model_can_get_right(dossier, wrong, severity):
    """One case that stands in 300 rows, 24 of them of another class, costs 24 rows and not 300."""
    (finding,) = conflicting_labels(profiled(dossier, conflicting_rows=tuple(range(300)), contradictions=wrong))
    assert (finding.severity, finding.evidence["wrong"]) == (severity, wrong)


def test_the_chance_of_equal_values_is_taken_over_all_rows(dossier):
    coin = categorical("coin", (300, 300), distinct=2, repeat=0.5)  # levels count the 600 training rows of 1000
    table = dossier.model_copy(update={"dataset": dossier.dataset.model_copy(update={"columns": (coin,) * 3})})
    assert coincidence(table, with_target=False) == pytest.approx(1 / 8)


def test_no_conflict_no_finding(dossier):
    assert tuple(conflicting_labels(dossier)) == ()


@pytest.mark.parametrize("rule", [conflicting_labels, class_imbalance, rare_class])
def test_rules_about_classes_need_classes(dossier, rule):
    with pytest.raises(NotJudged, match="needs_classes"):
        tuple(rule(regression(dossier)))


@pytest.mark.parametrize(("count", "severity"), [(10, Severity.WARNING), (9, Severity.INFO)])
def test_missing_targets_weigh_by_their_share(dossier, count, severity):
    rows = tuple(range(count))
    assert tuple(missing_target(profiled(dossier, missing_target_rows=rows))) == (
        Finding(
            code="missing_target",
            severity=severity,
            columns=("outcome",),
            rows=rows,
            evidence={"count": count, "n": 1000, "share": count / 1000},
            section="background",
        ),
    )


@pytest.mark.parametrize(
    ("wound", "severities"),
    [
        (unanswered(100), [Severity.WARNING]),
        (unanswered(1), [Severity.INFO]),
        (unanswered(900), []),  # a class that is part of the question
        (unanswered(100, ("known", "unknown")), []),
        (unanswered(100, ("+", "-", "0"), "-"), []),
    ],
)
def test_a_class_may_say_that_there_is_none(dossier, wound, severities):
    found = tuple(missing_target(wound(dossier)))
    assert [finding.severity for finding in found] == severities
    assert tuple(sentinel_missing(wound(dossier))) == ()


def test_no_missing_target_no_finding(dossier):
    assert tuple(missing_target(dossier)) == ()


def test_class_imbalance_is_found_where_guessing_scores_well(dossier):
    uneven = split((570, 30), (190, 10), (190, 10), "stratified")
    (finding,) = class_imbalance(dossier.model_copy(update={"split": uneven}))
    facts = {key: finding.evidence[key] for key in ("largest", "share", "smallest", "count", "n")}
    assert facts == {"largest": "no", "share": 0.95, "smallest": "yes", "count": 50, "n": 1000}
    assert finding.columns == ("outcome",)


@pytest.mark.parametrize("train", [(480, 120), (540, 60)])
def test_four_to_one_and_a_tenth_are_no_imbalance(dossier, train):
    uneven = split(train, (100, 100), (0, 0), "stratified")
    assert tuple(class_imbalance(dossier.model_copy(update={"split": uneven}))) == ()


def test_a_test_file_of_its_own_does_not_count(dossier):
    uneven = split((300, 300), (100, 100), (100_000, 0), "given")
    assert tuple(class_imbalance(dossier.model_copy(update={"split": uneven}))) == ()


def test_class_counts_are_needed(dossier):
    bare = dossier.model_copy(update={"split": dossier.split.model_copy(update={"parts": ()})})
    with pytest.raises(NotJudged, match="no_class_counts"):
        tuple(class_imbalance(bare))


def test_rare_and_left_out_classes_are_named(dossier):
    few = split((590, 9), (195, 3), (197, 6), "stratified")
    left_out = Profile(left_out_rows=(17,), left_out_classes=(Level(label="maybe", count=1),))
    assert tuple(rare_class(dossier.model_copy(update={"split": few, "profile": left_out}))) == (
        Finding(
            code="rare_class",
            severity=Severity.WARNING,
            columns=("outcome",),
            rows=(17,),
            evidence={
                "classes": ("yes",),
                "train": (9,),
                "test": (6,),
                "left_out": ("maybe",),
                "learnable": 10,
                "measurable": 4,
            },
            section="background",
        ),
    )


@pytest.mark.parametrize(("train", "test", "rare"), [(10, 4, False), (9, 4, True), (10, 3, True)])
def test_rare_means_too_few_to_learn_or_to_measure(dossier, train, test, rare):
    few = split((590, train), (195, 3), (197, test), "stratified")
    assert bool(tuple(rare_class(dossier.model_copy(update={"split": few})))) == rare


def test_small_sample_is_found_by_a_wide_interval(dossier):
    scores = (metric("test", 0.875, 0.16, 8),)
    (finding,) = small_sample(dossier.model_copy(update={"metrics": scores}))
    assert finding.severity == Severity.INFO
    assert finding.evidence["width"] == pytest.approx(0.32)
    assert tuple(small_sample(dossier)) == ()


def test_small_sample_needs_an_interval(dossier):
    with pytest.raises(NotJudged, match="no_interval"):
        tuple(small_sample(dossier.model_copy(update={"metrics": ()})))
