from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from reportgen.evidence import surrogates
from reportgen.evidence.surrogate_chances import stated_by
from reportgen.evidence.surrogate_regions import worst_region
from reportgen.evidence.surrogate_rules import MOST_CONDITIONS, MOST_RULES, Cut, RuleList, met, paths, simplified
from reportgen.records.explanation import Condition


def two(yes):
    return np.stack([1.0 - yes, yes], axis=1)


def rules_of(subject):
    return next(one for one in surrogates.measure(subject) if one.kind == "rules")


def test_rules_find_a_corner_in_the_columns_own_units(build_subject):
    subject = build_subject("binary", 3_000)
    corner = replace(subject, predict=lambda x: two(((x[:, 0] > 0.5) & (x[:, 4] > 0.5)).astype(float)))
    found = rules_of(corner)
    first, rest = found.rules
    said = {(c.feature, c.test, c.level) for c in first.conditions}
    assert said == {("size", ">", None), ("colour", "==", "red")}
    assert next(c.threshold for c in first.conditions if c.feature == "size") == pytest.approx(11, abs=0.05)
    assert (first.answer, rest.answer, rest.conditions) == ("yes", "no", ())
    assert (found.size, found.follows) == (2, True)
    assert first.agreement > 0.97
    assert first.low < first.agreement <= first.high
    assert first.share + rest.share == pytest.approx(1.0)
    assert first.n + rest.n == found.n


def test_rules_of_numbers_answer_with_means(build_subject):
    subject = build_subject("regression", 1_200)
    stepped = replace(subject, predict=lambda x: np.where(x[:, 0] > 0, 10.0, 2.0))
    found = rules_of(stepped)
    assert {rule.answer for rule in found.rules} == {"10", "2"}
    assert found.fidelity == pytest.approx(1.0, abs=0.02)
    assert {rule.agreement for rule in found.rules} == {None}


@given(st.integers(0, 50))
def test_rules_are_few_and_short_and_cover_every_row_once(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((200, 3))
    y = rng.integers(0, 3, 200)
    rules = RuleList(classifies=True, seed=0).fit(x, y)
    places = rules.apply(x)
    assert len(rules.rules) <= MOST_RULES + 1
    assert rules.rules[-1] == ()
    assert all(len(cuts) <= MOST_CONDITIONS for cuts in rules.rules)
    for number, cuts in enumerate(rules.rules):
        before = np.any([met(other, x) for other in rules.rules[:number]], axis=0) if number else np.zeros(200, bool)
        assert (met(cuts, x) & ~before).tolist() == (places == number).tolist()
    assert np.mean(rules.predict(x) == y) >= np.bincount(y).max() / 200


def test_of_two_bounds_on_a_side_the_tighter_is_told():
    cuts = (Cut(0, True, 5.0), Cut(1, False, 1.0), Cut(0, True, 3.0))
    assert simplified(cuts) == (Cut(0, True, 3.0), Cut(1, False, 1.0))


def test_the_paths_of_a_tree_lead_to_its_leaves():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((300, 2))
    tree = DecisionTreeClassifier(max_leaf_nodes=6, random_state=0).fit(x, (x[:, 0] * x[:, 1] > 0).astype(int))
    leaves = tree.apply(x)
    assert set(paths(tree)) == set(leaves)
    for leaf, cuts in paths(tree).items():
        assert met(simplified(cuts), x).tolist() == (leaves == leaf).tolist()


def halves(subject):
    """A tree with two leaves: size above and below 0."""
    x = subject.train.x.astype(np.float64)
    return DecisionTreeClassifier(max_depth=1, random_state=0).fit(x, (x[:, 0] > 0).astype(int))


def test_a_region_where_the_stand_in_fails_is_found_and_confirmed(build_subject):
    subject = build_subject("binary", 1_200)
    tree = halves(subject)
    wrong = [(part.x[:, 0] > 0) & (np.arange(len(part.y)) % 3 == 0) for part in (subject.validation, subject.test)]
    found = worst_region(subject, tree, *(one.astype(float) for one in wrong), looks=4)
    assert [(c.feature, c.test) for c in found.conditions] == [("size", ">")]
    assert found.conditions[0].threshold == pytest.approx(10, abs=0.2)
    assert found.confirmed
    assert found.low < found.value < found.high
    assert found.rest == 0.0
    assert found.apart_low > 0.2
    assert found.n == int(
        np.sum(tree.apply(subject.test.x) == tree.apply(subject.test.x[subject.test.x[:, 0] > 0.1])[0])
    )


def test_where_disagreement_falls_by_chance_a_region_is_seldom_confirmed(build_subject):
    subject = build_subject("binary", 600)
    tree = halves(subject)
    rng = np.random.default_rng(0)
    confirmed = 0
    for _ in range(200):
        wrong = (rng.random(len(part.y)) < 0.2 for part in (subject.validation, subject.test))
        region = worst_region(subject, tree, *(one.astype(float) for one in wrong), looks=1)
        confirmed += bool(region and region.confirmed)
    assert confirmed <= 12


def test_where_nothing_disagrees_there_is_no_region(build_subject):
    subject = build_subject("binary", 600)
    nothing = np.zeros(len(subject.validation.y)), np.zeros(len(subject.test.y))
    assert worst_region(subject, halves(subject), *nothing, looks=4) is None


def test_too_few_rows_make_no_region(build_subject):
    subject = build_subject("binary", 48)
    wrong = np.arange(len(subject.validation.y)) % 2.0, np.arange(len(subject.test.y)) % 2.0
    assert worst_region(subject, halves(subject), *wrong, looks=4) is None


def test_numbers_part_by_squares(build_subject):
    subject = build_subject("regression", 3_000)
    bent = replace(subject, predict=lambda x: 3 * x[:, 0] + 3.0 * np.abs(x[:, 0]) * (x[:, 4] > 0.5))
    linear = surrogates.measure(bent)[0]
    assert linear.region.confirmed
    assert linear.region.value > linear.region.rest
    assert linear.probability is None


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_a_linear_stand_in_of_a_linear_network_knows_how_sure_it_is(build_subject, kind):
    linear, svm, tree, rules = surrogates.measure(build_subject(kind, rows=3_000))
    assert linear.probability > 0.97
    assert svm.probability > 0.9
    assert linear.probability > tree.probability > 0.5
    for one in (linear, svm, tree, rules):
        assert one.probability_low <= one.probability <= one.probability_high <= 1.0


def test_a_leaf_states_the_mean_of_what_the_network_states():
    x = np.arange(20.0)[:, None]
    stated = two(np.where(x[:, 0] > 9.5, 0.9, 0.2) + np.where(np.arange(20) % 2, 0.05, -0.05))
    tree = DecisionTreeClassifier(max_depth=1).fit(x, (x[:, 0] > 9.5).astype(int))
    assert stated_by(tree, x, stated)(np.array([[0.0], [19.0]]))[:, 1] == pytest.approx([0.2, 0.9])


def test_conditions_speak_of_missing_values_and_levels(binary_subject):
    found = rules_of(replace(binary_subject, predict=lambda x: two((x[:, 2] > 0.5).astype(float))))
    assert found.rules[0].conditions in (
        (Condition(feature="colour", test="==", level="blue"),),
        (Condition(feature="colour", test="!=", level="blue"),),
    )
