import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.findings.base import NotJudged
from reportgen.findings.explanation import (
    correlated_importance,
    feature_agreement,
    low_fidelity,
    methods_disagree,
    rank_correlation,
    redundant_features,
)
from reportgen.records.explanation import FeatureImportance, Importance
from reportgen.records.finding import Finding, Severity
from tests.findings.conftest import follows, group, importance, redundancy, surrogate


def test_the_stand_ins_that_do_not_follow_are_flagged_together(dossier):
    lost = dossier.model_copy(update={"surrogates": (surrogate("linear"), surrogate("tree", follows=False))})
    assert tuple(low_fidelity(lost)) == (
        Finding(
            code="low_fidelity",
            severity=Severity.INFO,
            evidence={
                "kinds": ("tree",),
                "fidelities": (0.93,),
                "lows": (0.89,),
                "measure": "agreement",
                "floor": 0.5,
                "n": 200,
                "all": 2,
            },
            section="algorithms",
        ),
    )
    assert tuple(low_fidelity(dossier)) == ()


def test_low_fidelity_needs_stand_ins(dossier):
    with pytest.raises(NotJudged, match="no_surrogates"):
        tuple(low_fidelity(dossier.model_copy(update={"surrogates": ()})))


def _ranked(dossier, *others):
    main = importance("permutation", "age", "income", "tenure", "city", main=True)
    return dossier.model_copy(update={"importance": (main, *others)})


def test_methods_that_put_other_features_first_disagree(dossier):
    (finding,) = methods_disagree(_ranked(dossier, importance("tree", "tenure", "city", "age", "income")))
    assert finding.evidence == {
        "main": "permutation",
        "main_first": ("age", "income"),
        "top": 2,
        "others": ("tree",),
        "others_first": ("tenure",),
        "agreements": (0.0,),
        "taus": (pytest.approx(-1 / 3),),
        "all": 1,
        "n": 200,
    }


def test_a_reversed_order_disagrees_even_with_the_same_leaders(dossier):
    (finding,) = methods_disagree(_ranked(dossier, importance("tree", "tenure", "income", "city", "age")))
    assert (finding.evidence["agreements"], finding.evidence["taus"]) == ((0.5,), (pytest.approx(-1 / 3),))


@pytest.mark.parametrize("order", [("income", "age", "city", "tenure"), ("age", "tenure", "income", "city")])
def test_methods_that_swap_neighbours_agree(dossier, order):
    assert tuple(methods_disagree(_ranked(dossier, importance("boosting", *order)))) == ()


def test_first_layer_weights_are_nobodys_answer(dossier):
    misleading = importance("first_layer", "city", "tenure", "income", "age")
    with pytest.raises(NotJudged, match="one_method_only"):
        tuple(methods_disagree(_ranked(dossier, misleading)))


def _method(name, values):
    return Importance(
        method=name,
        unit="log_loss",
        n=1,
        features=tuple(FeatureImportance(feature=f"f{k}", value=value) for k, value in enumerate(values)),
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_rank_correlation_is_kendalls_tau_b(pairs):
    first, second = zip(*pairs, strict=True)
    ours = rank_correlation(_method("tree", first), _method("linear", second))
    if len(set(first)) > 1 and len(set(second)) > 1:
        assert ours == pytest.approx(stats.kendalltau(first, second).statistic)
    else:
        assert ours == 0.0


def test_feature_agreement_counts_the_common_leaders():
    assert feature_agreement(_method("tree", (3, 2, 1, 0)), _method("linear", (0, 3, 2, 1)), 2) == 0.5


def _paired(dossier, **found):
    return dossier.model_copy(update={"redundancy": redundancy(**found)})


def test_columns_that_follow_from_each_other_are_named_together(dossier):
    both = (follows("age", "income"), follows("income", "age"), follows("tenure", "city", "explained"))
    first, second = redundant_features(_paired(dossier, dependences=both))
    assert (first.severity, first.columns, first.evidence["n"]) == (Severity.WARNING, ("age", "income"), 600)
    assert second.columns == ("tenure", "city")
    assert second.evidence == {
        "given": ("tenure",),
        "follows": ("city",),
        "values": (0.9999,),
        "lows": (0.9987,),
        "measures": ("explained",),
        "n": 600,
    }
    assert tuple(redundant_features(_paired(dossier))) == ()


def test_functions_in_a_chain_are_one_finding(dossier):
    chain = (follows("age", "income"), follows("city", "tenure"), follows("income", "city"))
    (finding,) = redundant_features(_paired(dossier, dependences=chain))
    assert finding.columns == ("age", "income", "tenure", "city")


def test_close_columns_share_their_importance_where_the_interval_says_so(dossier):
    (finding,) = correlated_importance(
        _paired(dossier, groups=(group("age", "income"), group("city", "tenure", half=0.3)))
    )
    assert (finding.severity, finding.columns) == (Severity.INFO, ("age", "income"))
    assert (finding.evidence["value"], finding.evidence["low"], finding.evidence["cut"]) == (0.9, 0.85, 0.7)
    assert tuple(correlated_importance(_paired(dossier))) == ()


@pytest.mark.parametrize("rule", [redundant_features, correlated_importance])
def test_pairs_are_needed(dossier, rule):
    with pytest.raises(NotJudged, match="no_pairs"):
        tuple(rule(dossier.model_copy(update={"redundancy": None})))
