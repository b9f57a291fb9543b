import pytest

from reportgen.findings.base import NotJudged
from reportgen.findings.columns import (
    LEAK_FLOOR,
    constant_column,
    high_cardinality,
    id_column,
    leaking,
    mostly_missing,
    target_leakage,
)
from reportgen.records.finding import Finding, Severity
from reportgen.records.network import Metric
from tests.findings.conftest import baseline, categorical, importance, numbers, numeric, solo
from tests.findings.wounds import ACCOUNT, COST, left_out, tells_one


def test_constant_column_is_found(with_columns):
    dossier = with_columns(categorical("version", (1000,), role="dropped", why="constant"))
    assert tuple(constant_column(dossier)) == (
        Finding(
            code="constant_column",
            severity=Severity.WARNING,
            columns=("version",),
            evidence={"value": "version_0", "others": 0, "n": 1000},
        ),
    )


@pytest.mark.parametrize(
    ("column", "others"),
    [
        (categorical("flag", (991, 9)), 9),
        (numeric("flag", distinct=2, numbers=numbers(mean=0.004, deviation=0.06, low=0.0, high=1.0)), 4),
        (numeric("flag", distinct=2, numbers=numbers(mean=0.996, deviation=0.06, low=0.0, high=1.0)), 4),
        (numeric("flag", distinct=1, missing=3, numbers=numbers(mean=7, deviation=0, low=7, high=7)), 3),
    ],
)
def test_a_handful_of_exceptions_is_constant_too(with_columns, column, others):
    (finding,) = constant_column(with_columns(column))
    assert (finding.columns, finding.evidence["others"]) == (("flag",), others)


@pytest.mark.parametrize(
    "column",
    [
        categorical("flag", (990, 10)),
        categorical("left_out", (1000,), role="dropped", why="asked"),
        numeric("flag", distinct=2, numbers=numbers(mean=0.02, deviation=0.14, low=0.0, high=1.0)),
        numeric("flag", distinct=1, missing=400, numbers=numbers(mean=7, deviation=0, low=7, high=7)),
        numeric("visits", distinct=14, numbers=numbers(mean=1.2, deviation=2, low=0, high=13)),
        categorical("nothing", (), missing=1000),
    ],
)
def test_what_varies_is_not_constant(with_columns, column):
    assert tuple(constant_column(with_columns(column))) == ()


def test_exceptions_are_counted_in_all_rows_though_levels_list_training_rows_alone(with_columns):
    nearly = categorical("utilities", (597, 3), distinct=2, commonest=997)
    varied = categorical("street", (594, 6), distinct=2, commonest=988)
    assert [one.columns for one in constant_column(with_columns(nearly, varied))] == [("utilities",)]


@pytest.mark.parametrize(("low", "most", "found"), [(0.95, 0.94, True), (0.95, 0.96, False), (0.92, 0.5, False)])
def test_a_column_that_tells_one_class_is_a_leak_where_the_others_cannot(dossier, low, most, found):
    one = tells_one("age", low, most)
    findings = tuple(target_leakage(dossier.model_copy(update={"solo": (one,)})))
    assert [(f.columns, f.severity, f.evidence["measure"]) for f in findings] == [
        (("age",), Severity.WARNING, "one_class")
    ] * found
    assert leaking((one,), None) == (("age",) if found else ())


def test_one_class_is_not_judged_where_the_others_were_not_asked(dossier):
    one = tells_one("age", 0.95, 0.5)
    asked = one.one_class.model_copy(update={"others": None, "others_low": None, "others_high": None})
    known = dossier.model_copy(update={"solo": (one.model_copy(update={"one_class": asked}),)})
    assert tuple(target_leakage(known)) == ()


def test_id_column_is_found(with_columns):
    key = categorical("customer", (1,) * 10, kind="text", role="id", why="key", distinct=998, missing=2)
    assert tuple(id_column(with_columns(key, numeric("price", distinct=1000)))) == (
        Finding(
            code="id_column",
            severity=Severity.WARNING,
            columns=("customer",),
            evidence={"distinct": 998, "n": 998},
        ),
    )


def test_mostly_missing_needs_more_than_half_beyond_chance(with_columns):
    columns = [numeric(f"m{missing}", missing=missing) for missing in (500, 520, 540, 1000)]
    found = tuple(mostly_missing(with_columns(*columns)))
    assert [(one.columns, one.evidence["missing"]) for one in found] == [(("m540",), 540), (("m1000",), 1000)]
    assert found[0].evidence["low"] == pytest.approx(0.50901, abs=1e-4)  # Wilson's interval of 540 in 1,000


def test_high_cardinality_counts_training_rows_a_category(with_columns):
    wide = categorical("postcode", (9,) * 10, distinct=100, other_levels=90)
    fair = categorical("region", (30,) * 10, distinct=40, other_levels=30)
    assert tuple(high_cardinality(with_columns(wide, fair))) == (
        Finding(
            code="high_cardinality",
            severity=Severity.WARNING,
            columns=("postcode",),
            evidence={"levels": 100, "n": 1000, "each": 6.0, "needed": 10},
        ),
    )


def test_few_categories_are_never_too_many(with_columns):
    rare = categorical("colour", (5,) * 10, missing=950)
    assert tuple(high_cardinality(with_columns(rare))) == ()


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (solo("refund", 0.975, 0.95), Severity.WARNING),
        (solo("refund", 1.0, 0.985), Severity.CRITICAL),
        (solo("refund", 0.97, 0.96, "r2"), Severity.WARNING),
        (solo("refund", 0.995, 0.99, "r2"), Severity.CRITICAL),
    ],
)
def test_target_leakage_grows_with_the_score(dossier, score, severity):
    (finding,) = target_leakage(dossier.model_copy(update={"solo": (*dossier.solo, score)}))
    assert (finding.columns, finding.severity, finding.evidence["low"]) == (("refund",), severity, score.low)


def test_an_honest_strong_predictor_is_no_leak(dossier):
    honest = (solo("screening", 0.92, 0.9), solo("sensor", 0.93, 0.91, "r2"))
    assert tuple(target_leakage(dossier.model_copy(update={"solo": honest}))) == ()


def _summed(dossier, low):
    score = Metric(name="r2", split="test", value=0.9999, low=low, high=1.0, n=200, method="by hand")
    linear = baseline("linear", 0.0).model_copy(update={"metrics": (score,)})
    weights = importance("linear", "casual", "registered", *(f"x{k}" for k in range(18)))
    return dossier.model_copy(
        update={"solo": (solo("age", 0.4, 0.3, "r2"),), "baselines": (linear,), "importance": (weights,)}
    )


def test_columns_whose_sum_is_the_target_are_a_leak(dossier):
    (finding,) = target_leakage(_summed(dossier, 0.9995))
    named = ("casual", "registered", *(f"x{k}" for k in range(8)))  # values fall as 1, 1/2, 1/3 ...
    assert (finding.columns, finding.severity) == (named, Severity.CRITICAL)
    assert (finding.evidence["measure"], finding.evidence["low"]) == ("sum", 0.9995)


def test_a_very_good_fit_is_no_identity(dossier):
    assert tuple(target_leakage(_summed(dossier, 0.998))) == ()


def test_the_leak_floor_is_two_standard_deviations():
    assert LEAK_FLOOR["roc_auc"] == pytest.approx(0.92135, abs=1e-5)


def test_an_account_is_named_once_with_its_columns(dossier):
    linear = baseline("linear", 0.0)
    wounded = dossier.model_copy(update={"identity": ACCOUNT, "baselines": (linear,)})
    (finding,) = target_leakage(wounded)
    assert (finding.severity, finding.columns) == (Severity.CRITICAL, ("income", "tenure"))
    assert finding.evidence["measure"] == "account"


@pytest.mark.parametrize(
    "honest",
    [
        {"low": 0.94},  # the rest errs by any amount
        {"own": 0.7},  # a target of few values leaves few differences
        {"r2_low": 0.9},
    ],
)
def test_a_sum_that_is_no_account(dossier, honest):
    wounded = dossier.model_copy(update={"identity": ACCOUNT.model_copy(update=honest)})
    assert tuple(target_leakage(wounded)) == ()


def test_a_leak_tells_what_it_is_worth(dossier):
    wounded = dossier.model_copy(update={"solo": (solo("age", 0.99, 0.96),), "leak_cost": COST})
    (finding,) = target_leakage(wounded)
    told = {name: finding.evidence[name] for name in ("including", "without", "difference", "excluded", "n_test")}
    assert told == {"including": 0.97, "without": 0.8, "difference": 0.17, "excluded": False, "n_test": 200}


def test_a_leak_that_was_left_out_is_a_note(dossier):
    (finding,) = target_leakage(left_out(dossier))
    assert (finding.severity, finding.columns) == (Severity.INFO, ("refund",))
    assert finding.evidence["excluded"] is True


def test_target_leakage_needs_solo_scores(dossier):
    with pytest.raises(NotJudged, match="no_solo_scores"):
        tuple(target_leakage(dossier.model_copy(update={"solo": ()})))
