from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import importance
from reportgen.evidence.base import Fitted
from reportgen.evidence.first_layer import MOST_ROWS, weighed
from reportgen.evidence.permutation import judged_by, permuted
from reportgen.evidence.trees import impurity
from reportgen.records.table import Encoded


def with_trees(subject):
    tree = Fitted(name="tree", predict=subject.predict, settings={}, importances=np.array([0.1, 0.2, 0.3, 0.15, 0.25]))
    boosting = Fitted(name="boosting", predict=subject.predict, settings={})
    return replace(subject, baselines=(*subject.baselines, tree, boosting))


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_every_method_ranks_the_original_columns(build_subject, kind):
    subject = with_trees(build_subject(kind))
    methods = importance.measure(subject)
    attributed = ("integrated_gradients", "expected_gradients")
    names = ("permutation", "linear", "tree", "boosting", "first_layer", *attributed)
    assert tuple(one.method for one in methods) == names
    assert [one.main for one in methods] == [True] + [False] * 6
    for one in methods:
        values = [feature.value for feature in one.features]
        assert {feature.feature for feature in one.features} == set(subject.features)
        assert values == sorted(values, reverse=True)
        if one.method != "tree":
            assert one.features[0].feature == "size"
        assert one.fidelity_measure == ("accuracy" if subject.classifies else "r2")


def test_boosting_with_the_network_s_answers_is_the_network_s_permutation(binary_subject):
    methods = {one.method: one for one in importance.measure(with_trees(binary_subject))}
    first, second = (methods[name].features for name in ("boosting", "permutation"))
    for one, other in zip(first, second, strict=True):
        assert one.feature == other.feature
        assert one.low <= other.value <= one.high
    assert methods["boosting"].repeats <= methods["permutation"].repeats
    assert methods["boosting"].fidelity == methods["permutation"].fidelity == pytest.approx(0.825)
    assert methods["linear"].fidelity < 0.825


def test_impurity_is_summed_by_original_column(binary_subject):
    tree = with_trees(binary_subject).baselines[-2]
    assert [(one.feature, one.value) for one in impurity(binary_subject, tree)] == [
        ("colour", pytest.approx(0.7)),
        ("weight", 0.2),
        ("size", 0.1),
    ]


def test_the_first_layer_weighs_what_a_column_moves(binary_subject):
    x = binary_subject.train.x.astype(float)
    (size, colour, weight), rows = weighed(binary_subject)
    assert rows == len(binary_subject.train.y)
    assert (size.feature, size.value) == ("size", pytest.approx(x[:, 0].std()))
    assert (colour.feature, colour.value) == ("colour", pytest.approx(0.5 * x[:, 4].std()))
    assert (weight.feature, weight.value) == ("weight", 0.0)


def test_the_first_layer_weighs_by_the_root_mean_square_over_its_units(multiclass_subject):
    x = multiclass_subject.train.x.astype(float)
    values = {one.feature: one.value for one in weighed(multiclass_subject)[0]}
    assert values["size"] == pytest.approx(1.5 * np.sqrt(2 / 3) * x[:, 0].std())
    blue, red = x[:, 2], x[:, 4]
    moved = np.mean([np.var(0.5 * blue), np.var(red - 0.5 * blue), np.var(red)])
    assert values["colour"] == pytest.approx(np.sqrt(moved))


def test_a_thousand_rows_are_enough_to_weigh_the_first_layer(build_subject):
    subject, asked = build_subject("regression", rows=5_000), []

    def first_layer(x, columns):
        asked.append(len(x))
        return subject.first_layer(x, columns)

    values = {one.feature: one.value for one in weighed(replace(subject, first_layer=first_layer))[0]}
    assert asked == [MOST_ROWS] * 3
    assert values["size"] == pytest.approx(3.0, rel=0.1)
    assert weighed(subject) == weighed(subject)
    (said,) = (one for one in importance.measure(subject) if one.method == "first_layer")
    assert said.n == weighed(subject)[1] == MOST_ROWS < len(subject.train.y)


def test_for_a_number_contributions_count_the_fall_of_r2(regression_subject):
    averaged, expected = importance.measure(regression_subject)[-2:]
    taken = regression_subject.test.x[:, 0].astype(float)
    error = regression_subject.test.y - regression_subject.predict(regression_subject.test.x)
    added = (error + 3 * (taken - taken.mean())) ** 2 - error**2
    assert averaged.unit == expected.unit == "contribution_r2_drop"
    assert averaged.features[0].value == pytest.approx(added.mean() / np.var(regression_subject.test.y), rel=1e-3)
    assert expected.features[0].value == pytest.approx(averaged.features[0].value, rel=0.2)
    assert averaged.n == expected.n == len(regression_subject.test.y)


def test_columns_that_stand_for_each_other_are_also_shuffled_as_one(regression_subject):
    (plain,) = (one for one in importance.measure(regression_subject) if one.method == "permutation")
    assert (plain.note, plain.groups) == (None, ())
    (plain, *_) = importance.measure(regression_subject, [("size", "colour")])
    (joint,) = plain.groups
    values = {one.feature: one.value for one in plain.features}
    assert (plain.note, joint.features) == ("correlated_features", ("size", "colour"))
    assert joint.low <= values["size"] + values["colour"] <= joint.high  # they are independent, and their effects add


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_one_feature_and_one_test_row(build_subject, kind):
    subject = build_subject(kind)
    inputs = (Encoded(name="size", feature="size", kind="number"),)
    cut = {
        name: replace(part, x=part.x[:rows, :1], y=part.y[:rows], rows=part.rows[:rows], frame=part.frame.iloc[:rows])
        for name, part, rows in (("train", subject.train, 300), ("test", subject.test, 1))
    }
    wide = lambda x: np.hstack([x, np.zeros((len(x), 4), dtype=x.dtype)])  # noqa: E731
    lone = replace(
        subject,
        inputs=inputs,
        first_layer=subject.first_layer,
        baselines=(),
        predict=lambda x: subject.predict(wide(x)),
        gradients=lambda x, o: (subject.gradients(wide(x), o)[0], subject.gradients(wide(x), o)[1][:, :1]),
        **cut,
    )
    methods = importance.measure(lone)
    assert [one.method for one in methods] == [
        "permutation",
        "first_layer",
        "integrated_gradients",
        "expected_gradients",
    ]
    assert methods[0].fidelity in ((0.0, 1.0) if kind == "binary" else (None,))


def test_one_test_row_gives_attributions_without_intervals(binary_subject):
    test = binary_subject.test
    one = replace(test, x=test.x[:1], y=test.y[:1], rows=test.rows[:1], frame=test.frame.iloc[:1])
    attributed = importance.measure(replace(binary_subject, test=one))[-1]
    assert attributed.n == 1
    assert {(feature.low, feature.high) for feature in attributed.features} == {(None, None)}


def test_for_a_number_permutation_counts_the_fall_of_r2(regression_subject):
    (main,) = [one for one in importance.measure(regression_subject) if one.main]
    single = [(feature,) for feature in regression_subject.features]
    losses = permuted(regression_subject, judged_by(regression_subject), single).losses
    losses = sorted(losses, key=lambda one: -one.value)
    variance = np.var(regression_subject.test.y)
    assert main.unit == "r2_drop"
    for share, loss in zip(main.features, losses, strict=True):
        assert (share.value, share.low) == pytest.approx((loss.value / variance, loss.low / variance))


def test_without_a_spread_of_the_target_it_counts_squared_errors(regression_subject):
    still = replace(regression_subject.test, y=np.full_like(regression_subject.test.y, 3.0))
    (main,) = [one for one in importance.measure(replace(regression_subject, test=still)) if one.main]
    assert main.unit == "squared_error"
