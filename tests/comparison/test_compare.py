"""What changed between two audits."""

from typing import Any

import numpy as np
import pytest

from reportgen.comparison import SeenReport, compare
from reportgen.comparison.metrics import wrong_rows
from reportgen.errors import ReportgenError
from reportgen.evidence.class_scores import SCORES
from reportgen.records.directions import HIGHER, LOWER, direction
from tests.comparison.reports import metric, other_data, seen, target
from tests.samples import SAMPLES, binary, multiclass, regression

NEITHER = frozenset(("bias", "flagged"))
"""The nearer to 0 the better, or neither way: no direction by itself is good."""
NUMBERS = ("r2", "rmse", "mae", "median_absolute_error", "bias")


def changed(report, **keys):
    report |= keys


@pytest.mark.parametrize("make", SAMPLES)
def test_a_report_and_itself_agree_in_everything(make):
    found = compare(seen(make()), seen(make()))
    assert found.level == "same"
    assert (found.losses, found.broken, found.findings, found.ranks.changes, found.drift.changes) == ((),) * 5
    assert (found.settings, found.model, found.card, found.versions, found.drift.roles) == ((),) * 5
    assert {one.change.difference for one in found.metrics} <= {0.0, None}
    assert found.findings_kept == len(make().findings)
    assert found.same.test_rows


@pytest.mark.parametrize("make", SAMPLES)
def test_the_other_way_round_is_the_mirror_image(make):
    edits = (other_data, metric("accuracy", 0.7, 0.05), metric("r2", 0.6, 0.05), metric("log_loss", 0.9, 0.1), shift)
    old, new = seen(make()), seen(make(), *edits)
    there, back = compare(old, new), compare(new, old)
    turned = {"worse": "better", "better": "worse"}
    for one, other in zip(there.metrics + there.others, back.metrics + back.others, strict=True):
        assert (one.old, one.new) == (other.new, other.old)
        assert other.verdict == turned.get(one.verdict, one.verdict)
        assert one.change.p_value == other.change.p_value
        if one.change.difference is not None:
            assert -one.change.difference == pytest.approx(other.change.difference)
            assert (one.change.low, one.change.high) == pytest.approx((-other.change.high, -other.change.low))
    assert {(one.column, one.what, abs(one.change.difference)) for one in there.drift.changes} == {
        (one.column, one.what, abs(one.change.difference)) for one in back.drift.changes
    }
    assert {one.finding.code for one in there.findings if one.change == "come"} == {
        one.finding.code for one in back.findings if one.change == "gone"
    }


def shift(report):
    """Numbers that lie elsewhere, and another commonest level."""
    for column in report["dataset"]["columns"]:
        if column["numbers"]:
            column["numbers"]["mean"] += column["numbers"]["standard_deviation"]
        elif len(column["levels"]) > 1:
            first, second = column["levels"][:2]
            first["count"], second["count"] = second["count"], first["count"]


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [("accuracy", 0.5, "worse"), ("accuracy", 0.99, "better"), ("log_loss", 0.9, "worse"), ("log_loss", 0.1, "better")],
)
def test_better_and_worse_follow_the_metrics_direction(name, value, verdict):
    found = compare(seen(binary()), seen(binary(), other_data, metric(name, value, 0.02)))
    assert next(one.verdict for one in found.metrics if one.name == name) == verdict
    assert (found.losses, found.level) == (((name,), "worse") if verdict == "worse" else ((), "changed"))


def test_a_loss_that_only_one_test_in_four_would_show_is_not_shown():
    found = compare(seen(binary()), seen(binary(), other_data, metric("accuracy", 0.66, 0.09)))
    one = found.metrics[0]
    assert one.name == "accuracy"
    assert one.change.high < 0
    assert 0.05 < one.change.p_value < 0.1
    assert one.verdict == "not_shown"


def test_a_metric_that_is_no_key_metric_does_not_make_a_loss():
    found = compare(seen(binary()), seen(binary(), other_data, metric("brier", 0.9, 0.02)))
    assert next(one.verdict for one in found.others if one.name == "brier") == "worse"
    assert (found.losses, found.level) == ((), "changed")


def test_every_metric_has_a_direction_or_is_said_to_have_none():
    assert not HIGHER & LOWER | HIGHER & NEITHER | LOWER & NEITHER
    known = {score.__name__ for score in SCORES} | set(NUMBERS) | {"precision", "recall", "f1"}
    assert known - HIGHER - LOWER - NEITHER == set()
    assert [direction(name) for name in ("accuracy", "rmse", "bias", "unheard_of")] == [1, -1, 0, 0]


def test_a_mean_error_only_changes():
    def leaning(report):
        report["metrics"] += [
            {"name": "bias", "split": "test", "value": 10.0, "low": 9.0, "high": 11.0, "n": 200, "method": "t"}
        ]

    def more(report):
        report["metrics"][-1] |= {"value": -20.0, "low": -21.0, "high": -19.0}

    found = compare(seen(regression(), leaning), seen(regression(), leaning, more, other_data))
    assert next(one.verdict for one in found.others if one.name == "bias") == "changed"


@pytest.mark.parametrize(("make", "other"), [(binary, regression), (multiclass, binary)])
def test_another_target_is_refused(make, other):
    with pytest.raises(ReportgenError, match="cannot be compared: one predicts"):
        compare(seen(make()), seen(other()))


def test_another_kind_of_task_is_refused():
    with pytest.raises(ReportgenError, match="a binary task in one and a multiclass task"):
        compare(seen(binary()), seen(binary(), lambda report: changed(report["task"], kind="multiclass")))


def test_other_classes_are_said():
    found = compare(seen(multiclass()), seen(multiclass(), lambda report: report["task"]["classes"].append("new")))
    assert found.caveats[0].code == "classes_differ"
    assert found.caveats[0].facts == {"come": ("new",), "gone": ()}


def test_a_leak_that_was_mended_explains_a_fall():
    leaking = seen(multiclass(), finding("target_leakage", "critical", "x"), finding("overfit", "warning"))
    assert compare(leaking, seen(multiclass())).caveats[-1].facts == {"codes": ("target_leakage",)}
    assert "flattered_before" not in {one.code for one in compare(seen(multiclass()), leaking).caveats}


# --- rows in pairs


def wrong(*rows: int, digest: str = "d1") -> Any:
    def edit(report):
        report["errors"]["wrong_rows"] = list(rows)
        report["split"]["test_digest"] = digest

    return edit


def test_accuracies_on_the_same_rows_are_compared_row_by_row():
    old = seen(binary(), wrong(*range(11)))
    found = compare(old, seen(binary(), wrong(*range(2, 24)))).metrics[0]
    assert (found.name, found.pairing) == ("accuracy", "paired")
    assert found.change.difference == pytest.approx((2 - 13) / 60)
    raw = 2 * sum([1, 15, 105]) / 2**15  # of 15 rows that one of them got right, 2 or fewer (McNemar, exact)
    assert found.change.p_value == pytest.approx(4 * raw)


def test_pairs_show_what_two_intervals_cannot():
    edits = (metric("accuracy", 0.6333, 0.12), wrong(*range(22)))
    paired = compare(seen(binary(), wrong(*range(11))), seen(binary(), *edits)).metrics[0]
    apart = compare(seen(binary(), wrong(*range(11))), seen(binary(), *edits, wrong(*range(22), digest="d2"))).metrics[
        0
    ]
    assert (paired.verdict, apart.verdict) == ("worse", "not_shown")
    assert apart.pairing == "unpaired"


def test_older_reports_tell_the_wrong_rows_where_they_list_them_all():
    short = seen(binary())
    counts = short.errors.confusion.counts
    listed = [{"row": 7 * k} for k in range(counts[0][1] + counts[1][0])]

    def all_listed(report):
        report["errors"]["rows"] = listed
        report["errors"]["wrong_rows"] = None

    assert wrong_rows(seen(binary(), all_listed).errors) == {one["row"] for one in listed}
    assert wrong_rows(short.errors) is None


@pytest.mark.parametrize(
    "edit",
    [
        other_data,
        lambda report: changed(report["split"], seed=1),
        lambda report: changed(report["split"], test=59),
        lambda report: changed(report["environment"]["versions"], reportgen="0.0.9"),
    ],
)
def test_rows_are_not_taken_for_the_same_without_proof(edit):
    assert not compare(seen(multiclass()), seen(multiclass(), edit)).same.test_rows


def residuals(noise: float, seed: int) -> Any:
    """All 200 test rows of a number, predicted with so much noise."""
    actual = np.random.default_rng(0).normal(size=200)
    predicted = actual + np.random.default_rng(seed).normal(size=200) * noise

    def edit(report):
        report["errors"]["residuals"] |= {"actual": actual.tolist(), "predicted": predicted.tolist(), "n": 200}
        report["split"]["test_digest"] = "d1"

    return edit


def test_numbers_on_the_same_rows_are_compared_row_by_row():
    found = compare(seen(regression(), residuals(0.3, 1)), seen(regression(), residuals(0.6, 2)))
    assert {one.name: (one.pairing, one.verdict) for one in found.metrics} == dict.fromkeys(
        ("r2", "rmse", "mae"), ("paired", "worse")
    )
    rmse = next(one for one in found.metrics if one.name == "rmse")
    assert 0.2 < rmse.change.low < rmse.change.difference < rmse.change.high < 0.4


def test_equal_predictions_differ_by_nothing():
    found = compare(seen(regression(), residuals(0.3, 1)), seen(regression(), residuals(0.3, 1)))
    assert {(one.change.difference, one.change.low, one.change.p_value) for one in found.metrics} == {(0.0, 0.0, 1.0)}


# --- findings and targets


def finding(code: str, severity: str, *columns: str, **more: Any) -> Any:
    def edit(report):
        one = {"code": code, "severity": severity, "columns": list(columns), "message": "m", "advice": "a"}
        report["findings"].append(one | more)

    return edit


def test_findings_come_go_and_weigh_otherwise():
    old = seen(
        multiclass(), finding("id_column", "warning", "x"), finding("overfit", "warning"), finding("weak_slice", "info")
    )
    new = seen(
        multiclass(),
        finding("id_column", "warning", "y"),
        finding("overfit", "critical"),
        finding("weak_slice", "info", waived={"by": "me"}),
    )
    found = {(one.change, one.finding.code, one.finding.columns) for one in compare(old, new).findings}
    assert found == {
        ("come", "id_column", ("y",)),
        ("gone", "id_column", ("x",)),
        ("graver", "overfit", ()),
        ("waived", "weak_slice", ()),
    }
    assert compare(old, new).findings[0].change == "come"


def test_columns_in_another_order_are_the_same_finding_and_two_of_a_key_are_two():
    old = seen(multiclass(), finding("redundant_features", "warning", "a", "b"))
    new = seen(multiclass(), finding("redundant_features", "warning", "b", "a"), finding("overfit", "warning"))
    twice = seen(multiclass(), *(finding("redundant_features", "warning", "a", "b"),) * 2)
    assert [one.finding.code for one in compare(old, new).findings] == ["overfit"]
    assert [one.change for one in compare(old, twice).findings] == ["come"]


def test_a_finding_whose_check_was_not_made_before_is_said_to_be_so():
    def unchecked(report):
        report["checks"] = [{"code": "overfit", "status": "skipped"}, {"code": "id_column", "status": "sound"}]

    new = seen(multiclass(), finding("overfit", "warning"), finding("id_column", "warning", "x"))
    came = {one.finding.code: one.unjudged for one in compare(seen(multiclass(), unchecked), new).findings}
    assert came == {"overfit": True, "id_column": False}


@pytest.mark.parametrize(
    ("was", "now", "change", "level"),
    [
        ("met", "missed", "broke", "worse"),
        ("met", "not_shown", "weakened", "changed"),
        ("not_shown", "missed", "missed", "changed"),
        ("missed", "missed", "same", "same"),
        ("missed", "met", "mended", "changed"),
        ("met", "met", "same", "same"),
    ],
)
def test_a_target_breaks_where_it_was_met_and_is_missed(was, now, change, level):
    found = compare(seen(binary(), target("accuracy", was)), seen(binary(), target("accuracy", now)))
    assert (found.targets[0].change, found.level) == (change, level)
    assert found.broken == (("accuracy",) if change == "broke" else ())


def test_targets_come_go_and_are_asked_otherwise():
    old = seen(binary(), target("accuracy", "met"), target("roc_auc", "met"))
    new = seen(binary(), target("accuracy", "met", 0.7), target("log_loss", "met"))
    found = {one.name: (one.change, one.asked) for one in compare(old, new).targets}
    assert found == {
        "accuracy": ("asked", (">= 0.8", ">= 0.7")),
        "log_loss": ("come", (None, ">= 0.8")),
        "roc_auc": ("gone", (">= 0.8", None)),
    }


@pytest.mark.parametrize(("bound", "change"), [(0.8, "broke"), (0.7, "broke"), (0.9, "asked")])
def test_a_target_that_is_asked_more_strictly_did_not_break(bound, change):
    found = compare(seen(binary(), target("accuracy", "met")), seen(binary(), target("accuracy", "missed", bound)))
    assert found.targets[0].change == change


def test_of_several_targets_of_one_name_each_has_its_own_partner():
    old = seen(binary(), target("accuracy", "met", 0.7), target("accuracy", "not_shown", 0.8))
    new = seen(binary(), target("accuracy", "missed", 0.8), target("accuracy", "missed", 0.7))
    assert [one.change for one in compare(old, new).targets] == ["missed", "broke"]


# --- settings, importance


def test_settings_are_compared_key_by_key_and_unknown_ones_have_their_defaults():
    def older(report):
        del report["settings"]["budget"], report["settings"]["model"], report["card"]["date"]
        report["settings"]["seed"] = 3

    def newer(report):
        report["settings"]["model"]["hidden"] = [8, 4]
        report["card"]["owner"] = "somebody else"

    found = compare(seen(multiclass(), older), seen(multiclass(), newer))
    assert {one.name: (one.old, one.new) for one in found.settings} == {
        "seed": ("3", "0"),
        "model.hidden": (None, "[8, 4]"),
    }
    assert [one.name for one in found.card] == ["date", "owner"] or [one.name for one in found.card] == ["owner"]


def importance(**values: float) -> Any:
    """The main importances, each to 0.1 on both sides, over 20 networks."""

    def edit(report):
        features = [{"feature": k, "value": v, "low": v - 0.1, "high": v + 0.1} for k, v in values.items()]
        report["importance"] = [
            {"method": "permutation", "main": True, "unit": "log_loss", "n": 9, "networks": 20, "features": features}
        ]

    return edit


def test_a_column_moves_where_its_own_importance_does():
    found = compare(
        seen(multiclass(), importance(a=1.0, b=0.5, c=0.4)), seen(multiclass(), importance(a=1.0, b=0.1, c=0.45, d=0.9))
    ).ranks
    assert [(one.feature, one.ranks, one.verdict) for one in found.changes] == [("b", (2, 4), "moved")]
    assert (found.judged, found.unsupported, found.come, found.gone) == (3, 0, ("d",), ())


def test_places_that_change_within_the_intervals_are_counted_and_not_called_moves():
    found = compare(seen(multiclass(), importance(a=1.0, b=0.95)), seen(multiclass(), importance(a=0.95, b=1.0))).ranks
    assert (found.changes, found.unsupported) == ((), 2)


def test_importances_of_other_methods_are_not_compared():
    def other(report):
        report["importance"][0]["method"] = "first_layer"

    found = compare(seen(multiclass(), importance(a=1.0)), seen(multiclass(), importance(a=1.0), other)).ranks
    assert found.reason == "no_common_method"
    assert compare(
        seen(multiclass(), importance()), seen(multiclass(), lambda r: changed(r, importance=[]))
    ).ranks.reason


# --- older reports


@pytest.mark.parametrize("make", SAMPLES)
def test_a_report_that_holds_only_what_every_version_holds_is_compared(make):
    def bare(report):
        for key in list(report):
            if key not in ("schema", "dataset", "task", "split", "metrics"):
                del report[key]
        report["dataset"] = {key: report["dataset"][key] for key in ("name", "rows", "sha256")}
        report["split"] = {key: report["split"][key] for key in ("train", "test")}
        report["later"] = {"anything": [1, 2]}

    old = seen(make(), bare)
    assert isinstance(old, SeenReport)
    assert compare(old, seen(make())).level == "changed"
    assert compare(old, old).level == "same"
