"""What is said of test rows that differ from training rows, and what is not."""

import pytest

from reportgen.findings.base import NotJudged
from reportgen.findings.drift import feature_drift, unseen_categories
from reportgen.findings.missingness import informative_missingness
from reportgen.records.finding import Severity
from tests.findings.wounds import apart, changed, gap, moved, unseen


def test_a_column_that_moved_is_named_with_its_distance(dossier):
    (finding,) = feature_drift(apart(moved(), moved(feature="tenure", low=0.05))(dossier))
    assert (finding.severity, finding.columns) == (Severity.WARNING, ("age",))
    assert (finding.evidence["distance"], finding.evidence["low"], finding.evidence["bound"]) == (0.33, 0.25, 0.1)


@pytest.mark.parametrize(
    "honest",
    [
        moved(low=0.09),  # far, but the interval reaches what does not matter
        moved(p_value=0.02),  # chance, over so many columns
        moved(distance=0.03, low=0.02, p_value=1e-30),  # many rows prove a trifle
        moved(distance=None, low=None, high=None),
        moved(distance=0.0, low=0.0, missing_after=0.08, missing_low=0.06, missing_high=0.11),
    ],
)
def test_what_looks_like_drift_and_matters_not(dossier, honest):
    assert tuple(feature_drift(apart(honest)(dossier))) == ()


@pytest.mark.parametrize("strategy", ["stratified", "random", "group"])
def test_parts_drawn_at_random_do_not_drift(dossier, strategy):
    with pytest.raises(NotJudged, match="parts_drawn_at_random"):
        tuple(feature_drift(apart(moved(), strategy=strategy)(dossier)))


def test_what_moves_with_the_time_is_one_note(dossier):
    season, temp = moved(feature="season", earlier=0.3), moved(feature="temp", distance=0.4, low=0.35, earlier=0.21)
    (note,) = feature_drift(apart(season, temp, strategy="time")(dossier))
    assert (note.severity, note.columns) == (Severity.INFO, ("season", "temp"))
    assert (note.evidence["measure"], note.evidence["distances"]) == ("as_before", (0.33, 0.4))


def test_what_moved_in_the_last_stretch_alone_is_one_warning(dossier):
    calm, small = moved(feature="sensor", earlier=0.02), moved(feature="price", earlier=0.12, distance=0.5, low=0.45)
    warning, note = feature_drift(apart(calm, small, moved(earlier=0.3), strategy="time")(dossier))
    assert (warning.severity, warning.columns) == (Severity.WARNING, ("sensor", "price"))
    assert warning.evidence["measure"] == "several"
    assert (note.severity, note.columns) == (Severity.INFO, ("age",))
    (alone,) = feature_drift(apart(calm, strategy="time")(dossier))
    assert (alone.severity, alone.evidence["measure"]) == (Severity.WARNING, "numbers")


def test_gaps_that_come_and_go_with_the_time_are_a_note(dossier):
    gaps = moved(distance=None, low=None, high=None, missing_after=0.4, missing_low=0.3, missing_high=0.5)
    (note,) = feature_drift(apart(gaps.model_copy(update={"earlier_missing": 0.25}), strategy="time")(dossier))
    (warning,) = feature_drift(apart(gaps.model_copy(update={"earlier": 0.9}), strategy="time")(dossier))
    assert (note.severity, warning.severity) == (Severity.INFO, Severity.WARNING)


def test_given_test_rows_warn_of_every_column(dossier):
    found = tuple(feature_drift(apart(moved(earlier=0.3), moved(feature="city", earlier=0.3))(dossier)))
    assert [one.severity for one in found] == [Severity.WARNING] * 2


def test_old_reports_have_nothing_to_judge_by(dossier):
    given = apart(moved())(dossier).model_copy(update={"drift": None})
    for rule in (feature_drift, unseen_categories):
        with pytest.raises(NotJudged, match="no_drift"):
            tuple(rule(given))


def test_unseen_categories_weigh_by_their_share(dossier):
    (many,) = unseen_categories(apart(unseen=(unseen(),))(dossier))
    (few,) = unseen_categories(apart(unseen=(unseen(low=0.015),))(dossier))
    assert (many.severity, many.columns, many.rows) == (Severity.WARNING, ("city",), tuple(range(12)))
    assert few.severity == Severity.INFO


def test_rare_names_are_expected_to_be_unseen(dossier):
    names = unseen(feature="name", share=0.3, low=0.27, high=0.33, expected=0.29, p_value=0.4)
    assert tuple(unseen_categories(apart(unseen=(names,))(dossier))) == ()


def test_gaps_that_tell_more_than_other_columns_are_a_warning(dossier):
    (finding,) = informative_missingness(changed(missingness=(gap(),))(dossier))
    assert (finding.severity, finding.columns) == (Severity.WARNING, ("income",))
    assert finding.evidence["inside"] == 0.83


def test_columns_with_the_same_gaps_make_one_finding(dossier):
    twin = gap(feature="age", same_as="income", partial=None, partial_p_value=None)
    (finding,) = informative_missingness(changed(missingness=(gap(), twin))(dossier))
    assert finding.columns == ("income", "age")


def test_gaps_that_other_columns_explain_are_one_note(dossier):
    explained = [gap(feature=name, partial=0.01, partial_p_value=0.5) for name in ("income", "tenure")]
    (note,) = informative_missingness(changed(missingness=tuple(explained))(dossier))
    assert (note.severity, note.columns) == (Severity.INFO, ("income", "tenure"))


@pytest.mark.parametrize("honest", [gap(p_value=0.02), gap(value=0.08, low=0.07, p_value=1e-70)])
def test_gaps_by_chance_or_of_no_weight_are_quiet(dossier, honest):
    assert tuple(informative_missingness(changed(missingness=(honest,))(dossier))) == ()
