"""Groups and time on both sides of a split: what is raised, what stays silent, and what follows from it."""

import pytest

from reportgen.findings import judge
from reportgen.findings.base import NotJudged
from reportgen.findings.rules import FOLLOWING, FOLLOWING_GROUPS
from reportgen.findings.structure import group_leakage, time_leakage
from reportgen.records.finding import Severity
from reportgen.records.structure import Structure
from reportgen.render.words import explain
from tests.findings.conftest import HARMLESS, candidate, metric
from tests.findings.wounds import WOUNDS, scored

KEPT = {"respected": ("patient",), "kind": "group", "origin": "found"}


def _with(dossier, structure):
    return dossier.model_copy(update={"structure": structure})


def test_a_group_that_flatters_is_told_with_both_scores(dossier):
    found = candidate("group", "patient", flatters=True)
    structure = Structure(candidates=(found,), **KEPT, random_split=metric("test", 0.95, 0.03, 200))
    (finding,) = group_leakage(_with(dossier, structure))
    assert (finding.code, finding.severity, finding.columns) == ("group_leakage", Severity.WARNING, ("patient",))
    assert finding.evidence["random"] == found.random.value
    assert finding.evidence["apart_high"] == found.apart.high
    assert (finding.evidence["reached"], finding.evidence["flattered"]) == (0.88, 0.95)
    assert finding.evidence["respected"] is True
    message = explain(finding, "en")[1]
    assert "90.0% (87.0% to 93.0%)" in message
    assert "60.0% (57.0% to 63.0%)" in message
    assert "88.0% (83.5% to 92.5%)" in message
    assert "95.0% (92.0% to 98.0%)" in message


def test_what_does_not_flatter_is_sound(dossier):
    assert (*group_leakage(_with(dossier, HARMLESS)), *time_leakage(_with(dossier, HARMLESS))) == ()


def test_of_two_groups_the_one_that_the_split_keeps_to_is_told(dossier):
    surer = candidate("group", "family", flatters=True, p_value=1e-9)
    found = candidate("group", "patient", flatters=True)
    (finding,) = group_leakage(_with(dossier, Structure(candidates=(surer, found), **KEPT)))
    assert finding.columns == ("patient",)


def test_a_stable_category_is_noted_where_no_group_is_found(dossier):
    stable = candidate("group", "clinic", flatters=True, stable=True, p_value=1e-12)
    (finding,) = group_leakage(_with(dossier, Structure(candidates=(stable,))))
    assert (finding.severity, finding.evidence["why_not"]) == (Severity.INFO, "maybe_all_there_are")
    found = candidate("group", "patient", flatters=True)
    (finding,) = group_leakage(_with(dossier, Structure(candidates=(stable, found), **KEPT)))
    assert (finding.severity, finding.columns) == (Severity.WARNING, ("patient",))


def test_a_group_that_the_user_named_is_answered(dossier):
    given = candidate("group", "patient", flatters=True, origin="given")
    structure = Structure(candidates=(given,), **{**KEPT, "origin": "given"})
    assert tuple(group_leakage(_with(dossier, structure))) == ()
    with pytest.raises(NotJudged, match="split_by_another_column"):
        tuple(time_leakage(_with(dossier, structure)))


@pytest.mark.parametrize(("common", "count"), [(0.0, 0), (0.04, 0), (0.05, 1), (1.0, 1)])
def test_given_test_rows_of_new_groups_are_no_leak(dossier, common, count):
    found = candidate("group", "patient", flatters=True, common=common)
    structure = Structure(candidates=(found,), why_not_respected="test_rows_given")
    assert len(tuple(group_leakage(_with(dossier, structure)))) == count


@pytest.mark.parametrize(
    ("structure", "group", "time"),
    [
        (None, "structure_not_sought", "structure_not_sought"),
        (Structure(), "no_group_column", "no_time_column"),
        (Structure(groups_sought=False, times_sought=False), "structure_not_sought", "structure_not_sought"),
    ],
)
def test_why_nothing_was_judged(dossier, structure, group, time):
    for rule, reason in ((group_leakage, group), (time_leakage, time)):
        with pytest.raises(NotJudged, match=reason):
            tuple(rule(_with(dossier, structure)))


def test_what_comes_with_a_group_is_a_note_beside_it(dossier):
    wounded = scored(0.99, 0.6, 0.6)(dossier)
    assert {f.code: f.severity for f in judge(wounded)[0]}["overfit"] == Severity.WARNING
    found = candidate("group", "patient", flatters=True)
    findings = judge(_with(wounded, Structure(candidates=(found,), **KEPT)))[0]
    followed = next(f for f in findings if f.code == "overfit")
    assert findings[0].code == "group_leakage"
    assert (followed.severity, followed.evidence["cause"]) == (Severity.INFO, "group_leakage")
    assert "Groups that a random split tears apart" in explain(followed, "en")[1]


def test_new_groups_have_names_of_their_own(dossier):
    found = candidate("group", "patient", flatters=True)
    follows = "unseen_categories"
    assert follows in FOLLOWING_GROUPS
    assert follows not in FOLLOWING
    assert set(FOLLOWING) < set(FOLLOWING_GROUPS)
    for part in WOUNDS[follows]:
        known = _with(part(dossier), Structure(candidates=(found,), **KEPT))
        known = known.model_copy(update={"split": known.split.model_copy(update={"strategy": "group"})})
        (one, *_) = [f for f in judge(known)[0] if f.code == follows]
        assert one.severity == Severity.INFO


def test_where_the_split_does_not_keep_to_it_nothing_follows(dossier):
    wounded = scored(0.99, 0.6, 0.6)(dossier)
    found = candidate("group", "patient", flatters=True, common=0.9)
    findings = judge(_with(wounded, Structure(candidates=(found,), why_not_respected="test_rows_given")))[0]
    assert next(f for f in findings if f.code == "overfit").severity == Severity.WARNING
