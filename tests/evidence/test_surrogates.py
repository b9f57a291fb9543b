from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import surrogates
from reportgen.evidence.base import NotApplicable
from reportgen.records.table import Encoded


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_stand_ins_follow_a_linear_network(build_subject, kind):
    linear, svm, tree, rules = surrogates.measure(build_subject(kind, rows=3_000))
    assert [one.kind for one in (linear, svm, tree, rules)] == ["linear", "svm", "tree", "rules"]
    for one in (linear, svm):
        assert one.follows
        assert one.floor < one.low <= one.fidelity <= one.high
        assert one.terms[0].feature == "size"
        assert one.measure == "agreement"
    assert linear.fidelity > 0.97


def test_terms_tell_the_slopes_of_a_linear_regression(regression_subject):
    linear, svm, tree, _ = surrogates.measure(regression_subject)
    x = regression_subject.train.x.astype(float)
    for one in (linear, svm):
        terms = {(term.feature, term.level): term.coefficient for term in one.terms}
        assert terms["size", None] == pytest.approx(3 * x[:, 0].std(), rel=0.01)
        assert one.fidelity == pytest.approx(1.0, abs=1e-3)
        assert one.follows
    assert (tree.measure, tree.floor, tree.size) == ("r2", 0.0, 8)


def step(subject, predict):
    return replace(subject, predict=predict)


def two(yes):
    return np.stack([1.0 - yes, yes], axis=1)


def test_the_tree_finds_a_step_in_the_column_s_own_units(binary_subject):
    subject = step(binary_subject, lambda x: two((x[:, 0] > 0.5).astype(float)))
    tree = surrogates.measure(subject)[2]
    root, yes, no = tree.nodes
    assert (root.feature, root.test, root.left, root.right) == ("size", "<=", 1, 2)
    gap = np.sort(subject.train.frame["size"])
    below, above = gap[gap <= 11].max(), gap[gap > 11].min()
    assert below <= root.threshold <= above
    assert (yes.answer, yes.purity, no.answer, no.purity) == ("no", 1.0, "yes", 1.0)
    assert yes.share + no.share == pytest.approx(1.0)
    assert (tree.fidelity, tree.size, tree.follows) == (pytest.approx(1.0, abs=0.02), 2, True)


def test_questions_about_categories_and_missing_values_have_yes_on_the_left(binary_subject):
    red = step(binary_subject, lambda x: two((x[:, 4] > 0.5).astype(float)))
    root, yes, no = surrogates.measure(red)[2].nodes
    assert (root.feature, root.test, root.level, root.threshold) == ("colour", "==", "red", None)
    assert (yes.answer, no.answer) == ("yes", "no")
    inputs = (*red.inputs[:4], Encoded(name="weight missing", feature="weight", kind="missing"))
    stood_in = surrogates.measure(replace(red, inputs=inputs))
    root, yes, _ = stood_in[2].nodes
    assert (root.feature, root.test, root.level, yes.answer) == ("weight", "missing", None, "yes")
    assert [term.feature for term in stood_in[0].terms if term.missing] == ["weight"]


def test_a_part_of_a_date_says_which(binary_subject):
    inputs = (Encoded(name="d_month", feature="d", kind="number", part="month"), *binary_subject.inputs[1:])
    subject = replace(binary_subject, inputs=inputs)
    linear, _, tree, _ = surrogates.measure(subject)
    assert linear.terms[0].feature == tree.nodes[0].feature == "d (month)"


def test_a_question_whose_answers_are_the_same_is_not_asked(multiclass_subject):
    tree = surrogates.measure(multiclass_subject)[2]
    by_number = {node.number: node for node in tree.nodes}
    for node in tree.nodes:
        if node.left is not None:
            left, right = by_number[node.left], by_number[node.right]
            assert left.feature is not None or right.feature is not None or left.answer != right.answer
    assert tree.size == sum(node.feature is None for node in tree.nodes)


def test_a_network_no_line_can_follow_is_not_followed(binary_subject):
    crossed = step(binary_subject, lambda x: two((x[:, 0] * x[:, 1] > 0).astype(float)))
    linear, svm, *_ = surrogates.measure(crossed)
    assert not linear.follows
    assert not svm.follows


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_a_network_with_one_answer_has_no_stand_in(build_subject, kind):
    subject = build_subject(kind)
    constant = (lambda x: two(np.ones(len(x)))) if subject.classifies else (lambda x: np.full(len(x), 2.5))
    with pytest.raises(NotApplicable) as refused:
        surrogates.measure(step(subject, constant))
    assert refused.value.reason == "one_answer"
    assert refused.value.facts == {"answer": "yes" if subject.classifies else "2.5"}


def test_two_answers_of_three_are_enough(multiclass_subject):
    def predict(x):
        high = (x[:, 0] > 0).astype(float)
        return np.stack([1 - high, np.zeros(len(x)), high], axis=1)

    linear, svm, *_ = surrogates.measure(step(multiclass_subject, predict))
    assert {term.of for term in linear.terms} == {term.of for term in svm.terms} == {"3"}


def test_many_rows_are_drawn_from_and_few_terms_are_kept(multiclass_subject, monkeypatch):
    monkeypatch.setattr(surrogates, "MOST_ROWS", 100)
    monkeypatch.setattr(surrogates, "MOST_TERMS", 4)
    linear = surrogates.measure(multiclass_subject)[0]
    assert (len(linear.terms), linear.size) == (4, 15)


def test_the_same_seed_gives_the_same_stand_ins(multiclass_subject):
    assert surrogates.measure(multiclass_subject) == surrogates.measure(multiclass_subject)
