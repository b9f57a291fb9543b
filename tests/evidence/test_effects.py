"""Effects of models whose effects are known: lines, sums, products, levels, gaps, dates, columns that correlate."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.evidence import effects, importance, placing
from reportgen.evidence.base import NotApplicable, Refit, Refitting
from reportgen.evidence.local_effects import bin_edges
from reportgen.evidence.placing import numbers_of, with_levels, with_missing, with_numbers, with_values
from reportgen.records.explanation import FeatureImportance, Importance
from reportgen.records.table import Encoded

SCALE = 2.0


def _inputs(count):
    return tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number", centre=10.0, scale=SCALE) for i in range(count))


def _leading(*features):
    ordered = tuple(FeatureImportance(feature=name, value=1.0 - i / 10) for i, name in enumerate(features))
    return (Importance(method="permutation", main=True, unit="r2_drop", n=1, features=ordered),)


def _part(part, x):
    frame = pd.DataFrame(10.0 + SCALE * x, columns=[f"c{i}" for i in range(x.shape[1])])
    return replace(part, x=x.astype(np.float32), y=np.zeros(len(x)), rows=np.arange(len(x)), frame=frame)


def numeric(subject, x, predict, refits=()):
    """A regression subject with standardised columns c0, c1 ... and a known formula; `refits` are others' formulas."""
    test = _part(subject.test, x)
    others = tuple(Refit(test, _inputs(x.shape[1]), one, 300) for one in refits)
    anew = Refitting(others, ("training_rows", "seed")) if others else Refitting()
    return replace(subject, inputs=_inputs(x.shape[1]), test=test, predict=predict, refits=anew)


def normal(rows, columns, seed=0):
    return np.random.default_rng(seed).standard_normal((rows, columns))


def measured(subject, *features):
    return effects.measure(subject, _leading(*features))


def test_the_effect_of_a_line_is_its_slope(regression_subject):
    subject = numeric(regression_subject, normal(400, 2), lambda x: 3.0 * x[:, 0] - 1.0 * x[:, 1])
    found = measured(subject, "c0", "c1")
    for effect, slope in zip(found.features, (3.0, -1.0), strict=True):
        (curve,) = effect.curves
        places = np.array([point.at for point in curve.points])
        heights = np.array([point.value for point in curve.points])
        assert np.diff(heights) == pytest.approx(slope * np.diff(places) / SCALE, abs=1e-4)
        assert curve.size == pytest.approx(slope * (effect.end - effect.start) / SCALE, abs=1e-4)
        assert sum(point.n for point in curve.points) <= 400
        assert sum(effect.density) == sum(point.n for point in curve.points)
    assert [effect.curves[0].shape for effect in found.features] == ["rising", "falling"]


def test_questions_in_blocks_get_the_answers_that_they_get_at_once(regression_subject, monkeypatch):
    subject = numeric(regression_subject, normal(200, 3), lambda x: x[:, 0] * x[:, 1] - x[:, 2])
    whole = measured(subject, "c0", "c1", "c2")
    asked = []
    monkeypatch.setattr(placing, "MOST_NUMBERS", 1_000)
    in_blocks = measured(
        replace(subject, predict=lambda x: asked.append(x.size) or subject.predict(x)), "c0", "c1", "c2"
    )
    assert in_blocks == whole
    assert len(asked) > 2


def test_the_effect_is_centred_on_the_rows(regression_subject):
    subject = numeric(regression_subject, normal(500, 1), lambda x: np.exp(x[:, 0]))
    points = measured(subject, "c0").features[0].curves[0].points
    middles = [(a.value + b.value) / 2 * b.n for a, b in pairwise(points)]
    assert sum(middles) == pytest.approx(0.0, abs=1e-6 * 500)


def test_a_column_that_is_not_used_has_no_effect_though_it_goes_with_one_that_is(regression_subject):
    x = normal(500, 1)
    x = np.hstack([x, x + 0.1 * normal(500, 1, seed=1)])
    subject = numeric(regression_subject, x, lambda x: x[:, 0] ** 3)
    used, unused = measured(subject, "c0", "c1").features
    assert {point.value for point in unused.curves[0].points} == {0.0}
    assert (unused.curves[0].size, unused.curves[0].shape) == (0.0, "unclear")
    assert used.curves[0].shape == "rising"


def test_rows_never_leave_their_own_bin(regression_subject):
    """Columns that go together: the model answers wildly where no rows are, and the effect does not notice."""
    x = normal(600, 1)
    x = np.hstack([x, x + 0.05 * normal(600, 1, seed=1)])

    def predict(x):
        return x[:, 0] + np.where(np.abs(x[:, 0] - x[:, 1]) > 2.0, 1000.0, 0.0)

    found = measured(numeric(regression_subject, x, predict), "c0")
    points = found.features[0].curves[0].points
    assert points[-1].value - points[0].value == pytest.approx((points[-1].at - points[0].at) / SCALE, abs=1e-3)


def test_a_curve_that_turns_is_found_with_its_ways(regression_subject):
    subject = numeric(regression_subject, normal(600, 2), lambda x: x[:, 0] ** 2 + 0.1 * x[:, 1])
    curve = measured(subject, "c0", "c1").features[0].curves[0]
    assert curve.shape == "both"
    assert curve.fall[1] == pytest.approx(10.0, abs=0.6)
    assert curve.rise[0] == pytest.approx(10.0, abs=0.6)


def test_a_turn_that_others_do_not_confirm_is_not_called_one(regression_subject):
    others = [lambda x: x[:, 0], lambda x: 1.1 * x[:, 0], lambda x: 0.9 * x[:, 0]]
    turning = lambda x: np.abs(x[:, 0] + 0.8)  # noqa: E731
    assert measured(numeric(regression_subject, normal(400, 1), turning), "c0").features[0].curves[0].shape == "both"
    subject = numeric(regression_subject, normal(400, 1), turning, others)
    assert measured(subject, "c0").features[0].curves[0].shape != "both"


def test_bands_are_wider_where_networks_differ(regression_subject):
    slopes = (1.0, 2.0, 3.0, 4.0)
    same = [lambda x: 2.5 * x[:, 0]] * 4
    others = [lambda x, slope=slope: slope * x[:, 0] for slope in slopes]
    agreed = measured(numeric(regression_subject, normal(300, 1), same[0], same), "c0")
    differ = measured(numeric(regression_subject, normal(300, 1), same[0], others), "c0")
    one, many = agreed.features[0].curves[0], differ.features[0].curves[0]
    assert (agreed.networks, agreed.covers) == (5, ("training_rows", "seed"))
    assert one.high - one.low < 1e-3 * one.size
    assert many.size == pytest.approx(one.size)
    assert many.high - many.low > 0.5 * many.size
    assert many.own_size == pytest.approx(one.size)


def test_sizes_hold_the_learners_effect_about_nineteen_times_in_twenty(regression_subject):
    """Slopes of networks scatter around 1, and each network's rows weigh them differently."""
    rng, held, times = np.random.default_rng(3), 0, 120
    for _ in range(times):
        slopes = 1 + 0.3 * rng.standard_normal(5)
        predicts = [lambda x, slope=slope: slope * x[:, 0] + 0.5 * x[:, 0] * x[:, 1] for slope in slopes]
        subject = numeric(regression_subject, rng.standard_normal((150, 2)), predicts[0], predicts[1:])
        effect = measured(subject, "c0").features[0]
        truth = (effect.end - effect.start) / SCALE
        held += effect.curves[0].low <= truth <= effect.curves[0].high
    assert held >= 106  # 114 expected; 105 or fewer happen in 1 of 800


def test_a_probability_moves_by_one_at_most(binary_subject):
    """Five networks, each of them sure, some the other way."""
    sure = [lambda x, way=way: np.stack([way * x[:, 0] <= 0, way * x[:, 0] > 0], axis=1) * 1.0 for way in (1, 1, 1, -1)]
    others = tuple(Refit(binary_subject.test, binary_subject.inputs, one, 400) for one in sure)
    subject = replace(binary_subject, predict=sure[0], refits=Refitting(others, ("training_rows", "seed")))
    (curve,) = effects.measure(subject, _leading("size")).features[0].curves
    assert curve.high == 1.0
    assert curve.low < 0


def test_steps_of_different_rows_may_sum_to_more_than_one(binary_subject):
    """Small rows and large ones have different weights, and each climbs nearly from 0 to 1 where it is."""
    test = binary_subject.test
    x = test.x.copy()
    x[:, 1] = np.sign(x[:, 0])

    def predict(x):
        sure = 1 / (1 + np.exp(-12 * (x[:, 0] - np.where(x[:, 1] > 0, 1.0, -1.0))))
        return np.stack([1 - sure, sure], axis=1)

    frame = test.frame.assign(size=10 + 2 * x[:, 0], weight=200 + 50 * x[:, 1])
    subject = replace(binary_subject, test=replace(test, x=x, frame=frame), predict=predict)
    (curve,) = effects.measure(subject, _leading("size")).features[0].curves
    assert curve.size > 1.0
    assert curve.low <= curve.size <= curve.high


def test_bands_over_rows_hold_the_truth(regression_subject):
    """The slope is each row's own, 1 on average, so rows alone make the doubt."""
    rng, held, times = np.random.default_rng(4), 0, 200
    for _ in range(times):
        subject = numeric(regression_subject, rng.standard_normal((200, 2)), lambda x: x[:, 0] * (1 + x[:, 1]))
        effect = measured(subject, "c0").features[0]
        held += effect.curves[0].low <= (effect.end - effect.start) / SCALE <= effect.curves[0].high
    assert held >= 179  # 190 expected; 178 or fewer happen in 1 of 500


def test_single_rows_that_go_the_other_way_are_counted(regression_subject):
    x = normal(400, 2)
    subject = numeric(regression_subject, x, lambda x: x[:, 0] * np.where(x[:, 1] > -0.6745, 1.0, -1.0))
    one = measured(subject, "c0", "c1").features[0].individuals
    assert one.n == 300
    assert one.low <= 0.25 <= one.high
    assert one.tenth < 0 < one.ninetieth
    assert len(one.curves) == 20
    assert measured(subject, "c0", "c1").features[1].individuals is None
    found = effects.measure(regression_subject, _leading("colour", "size")).features
    assert [effect.individuals is None for effect in found] == [True, False]


def test_levels_of_a_sum_differ_by_their_terms(regression_subject):
    found = effects.measure(regression_subject, _leading("colour", "size"))
    colour = found.features[0]
    heights = {point.label: point.value for point in colour.curves[0].points}
    assert heights["red"] - heights["blue"] == pytest.approx(1.0, abs=1e-5)
    assert heights["green"] - heights["blue"] == pytest.approx(0.5, abs=1e-5)
    assert sum(point.value * point.n for point in colour.curves[0].points) == pytest.approx(0.0, abs=1e-3)
    assert [point.label for point in colour.curves[0].points] == ["red", "green", "blue"]
    assert (colour.kind, colour.curves[0].shape) == ("level", None)
    assert sum(point.n for point in colour.curves[0].points) == len(regression_subject.test.y)


def test_a_level_that_goes_with_another_column_does_not_borrow_its_effect(regression_subject):
    """Red rows are large. The model looks at size alone."""
    test = regression_subject.test
    red = test.frame["colour"] == "red"
    x = test.x.copy()
    x[red, 0] += 3
    subject = replace(
        regression_subject,
        test=replace(test, x=x, frame=test.frame.assign(size=10 + 2 * x[:, 0])),
        predict=lambda x: x[:, 0] ** 2,
    )
    points = effects.measure(subject, _leading("colour")).features[0].curves[0].points
    assert [point.value for point in points] == pytest.approx([0.0] * 3, abs=1e-9)


def test_classes_are_shown_in_one_order_for_every_feature(multiclass_subject):
    found = effects.measure(multiclass_subject, _leading("size", "colour"))
    orders = {tuple(curve.of for curve in effect.curves) for effect in found.features}
    assert len(orders) == 1
    assert len(orders.pop()) == 3
    (sums,) = {
        round(sum(curve.points[0].value for curve in found.features[0].curves), 6),
    }
    assert sums == pytest.approx(0.0, abs=1e-6)  # probabilities sum to 1, so effects sum to 0


def test_a_binary_task_is_about_its_positive_class(binary_subject):
    found = effects.measure(binary_subject, _leading("size", "colour"))
    assert [curve.of for effect in found.features for curve in effect.curves] == ["yes", "yes"]
    assert found.features[0].curves[0].shape == "rising"
    assert found.interaction_of == "yes"


MISSING = (*_inputs(1), Encoded(name="c0 is missing", feature="c0", kind="missing"))


def test_a_missing_value_stands_apart(regression_subject):
    rng = np.random.default_rng(5)
    values = rng.standard_normal(300)
    gone = np.arange(300) % 5 == 0
    x = np.column_stack([np.where(gone, 0.25, values), gone])
    frame = pd.DataFrame({"c0": np.where(gone, np.nan, 10 + SCALE * values)})
    test = replace(regression_subject.test, x=x.astype(np.float32), y=np.zeros(300), rows=np.arange(300), frame=frame)
    subject = replace(
        regression_subject, inputs=MISSING, test=test, predict=lambda x: x[:, 0] * (1 - x[:, 1]) + 7 * x[:, 1]
    )
    (curve,) = measured(subject, "c0").features[0].curves
    assert curve.missing.n == 60
    assert curve.missing.value == pytest.approx(7.0 - values[~gone].mean(), abs=0.1)
    assert curve.missing.low <= 7.0 <= curve.missing.high
    asked = Refit(test, MISSING, subject.predict, 1)
    both = with_values(asked, test.x[:2], "c0", pd.Series([np.nan, 12.0]))
    assert both.tolist() == [[0.25, 1.0], [1.0, 0.0]]
    assert with_missing(Refit(test, MISSING, subject.predict, 1), test.x[:1], "c0").tolist() == [[0.25, 1.0]]


def test_a_date_moves_in_all_its_parts_but_keeps_its_weekday(regression_subject):
    parts = {"days": 0.0, "year": 2000.0, "weekday": 0.0}
    inputs = tuple(
        Encoded(name=f"d: {part}", feature="d", kind="number", part=part, centre=centre, scale=1.0)
        for part, centre in parts.items()
    )
    network = Refit(regression_subject.test, inputs, regression_subject.predict, 1)
    day = float((pd.Timestamp("2003-03-01") - pd.Timestamp("1970-01-01")).days)
    x = np.array([[8.0, -1.0, 4.0]], dtype=np.float32)
    assert with_numbers(network, x, "d", np.array([day])).tolist() == [[8.0, 3.0, 4.0]]  # days end at 8
    assert numbers_of(pd.Series(pd.to_datetime(["2003-03-01", None]))).tolist()[0] == day


LEVELS = (
    Encoded(name="k=a", feature="k", kind="level", level="a"),
    Encoded(name="k=(other)", feature="k", kind="level", level="(other)"),
    Encoded(name="k is missing", feature="k", kind="missing"),
)


def test_levels_are_set_as_preprocessing_would_set_them(regression_subject):
    network = Refit(regression_subject.test, LEVELS, regression_subject.predict, 1)
    x = np.ones((4, 3), dtype=np.float32)
    levels = np.array(["a", "b", None, "(other)"], dtype=object)
    assert with_levels(network, x, "k", levels).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
    plain = replace(network, inputs=LEVELS[:1])
    assert with_levels(plain, x[:, :1], "k", levels).tolist() == [[1], [0], [0], [0]]


def test_a_refit_answers_in_its_own_encoding(regression_subject):
    """Another centre and scale, the same effect in the feature's own units."""
    x = normal(300, 1)
    subject = numeric(regression_subject, x, lambda x: 2.0 * x[:, 0])
    inputs = (Encoded(name="c0", feature="c0", kind="number", centre=12.0, scale=4.0),)
    test = replace(subject.test, x=((subject.test.frame.to_numpy() - 12.0) / 4.0).astype(np.float32))
    other = Refit(test, inputs, lambda x: 4.0 * x[:, 0], 300)
    found = measured(replace(subject, refits=Refitting((other,) * 3, ("seed",))), "c0")
    alone = measured(subject, "c0")
    assert found.features[0].curves[0].size == pytest.approx(alone.features[0].curves[0].size, abs=1e-4)
    assert found.features[0].curves[0].high == pytest.approx(found.features[0].curves[0].size, abs=1e-3)


def test_a_sum_has_no_interaction(regression_subject):
    subject = numeric(regression_subject, normal(300, 3), lambda x: x[:, 0] ** 2 + np.sin(x[:, 1]) + x[:, 2])
    found = measured(subject, "c0", "c1", "c2")
    assert len(found.interactions) == 3
    for pair in found.interactions:
        assert (pair.strength, pair.share, pair.shown) == (
            pytest.approx(0, abs=1e-5),
            pytest.approx(0, abs=1e-9),
            False,
        )


def test_a_product_is_all_interaction(regression_subject):
    """Of x0 * x1 with means near 0 hardly anything is a sum; with x2 there is none."""
    x = normal(4000, 3)
    subject = numeric(regression_subject, x - x.mean(axis=0), lambda x: x[:, 0] * x[:, 1] + 0.5 * x[:, 2])
    first, *others = measured(subject, "c0", "c1", "c2").interactions
    assert {first.first, first.second} == {"c0", "c1"}
    assert first.share_high == pytest.approx(1.0, abs=0.1)
    assert first.share > 0.8
    assert first.shown
    assert all(not pair.shown for pair in others)


def test_the_strength_of_a_product_is_its_standard_deviation(regression_subject):
    """That of two independent standard normals is 1."""
    product = [
        measured(numeric(regression_subject, normal(80, 2, seed), lambda x: x[:, 0] * x[:, 1]), "c0", "c1")
        for seed in range(60)
    ]
    squares = [one.interactions[0].strength ** 2 for one in product]
    assert np.mean(squares) == pytest.approx(1.0, abs=3 * np.std(squares) / np.sqrt(60))


def test_the_share_of_a_mixed_formula_is_the_known_one(regression_subject):
    """f = x0 + x1 + 2 x0 x1: H squared is 4 / (1 + 1 + 4)."""

    def mixed(x):
        return x[:, 0] + x[:, 1] + 2 * x[:, 0] * x[:, 1]

    pairs = [
        measured(numeric(regression_subject, normal(80, 2, s), mixed), "c0", "c1").interactions[0] for s in range(60)
    ]
    assert np.mean([pair.share for pair in pairs]) == pytest.approx(2 / 3, abs=0.07)
    assert sum(pair.share_low <= 2 / 3 <= pair.share_high for pair in pairs) >= 50  # few rows with long tails


def test_chance_products_of_single_networks_are_no_interaction(regression_subject):
    """Each network multiplies with a sign of its own; what they have in common is a sum."""
    rng = np.random.default_rng(6)
    flagged = 0
    for _ in range(20):
        signs = rng.standard_normal(5)
        predicts = [lambda x, sign=sign: x[:, 0] + x[:, 1] + sign * x[:, 0] * x[:, 1] for sign in signs]
        subject = numeric(regression_subject, rng.standard_normal((200, 2)), predicts[0], predicts[1:])
        flagged += measured(subject, "c0", "c1").interactions[0].shown
    assert flagged <= 3


def test_cells_without_rows_are_left_empty(regression_subject):
    x = normal(400, 1)
    x = np.hstack([x, x + 0.01 * normal(400, 1, seed=1)])
    subject = numeric(regression_subject, x, lambda x: x[:, 0] * x[:, 1])
    found = measured(subject, "c0", "c1").grid
    assert sum(sum(row) for row in found.counts) == found.n == 400
    for counts, values, halves in zip(found.counts, found.values, found.halves, strict=True):
        assert [count >= found.fewest for count in counts] == [value is not None for value in values]
        assert [value is None for value in values] == [half is None for half in halves]
    assert found.counts[0][-1] == 0
    assert found.first_labels[0][0] == pytest.approx(float(subject.test.frame["c0"].min()))


def test_directions_are_given_to_the_leading_method_alone(regression_subject, multiclass_subject):
    methods = importance.measure(regression_subject)
    told = effects.directed(methods, effects.measure(regression_subject, methods))
    assert {one.feature: one.direction for one in told[0].features} == {"size": 1, "weight": None, "colour": None}
    assert told[1:] == methods[1:]
    methods = importance.measure(multiclass_subject)
    told = effects.directed(methods, effects.measure(multiclass_subject, methods))
    assert all(one.direction is None for one in told[0].features)
    assert effects.directed(methods, None) == methods


def test_the_budget_limits_the_features(regression_subject):
    subject = numeric(regression_subject, normal(60, 10), lambda x: x @ np.arange(10.0))
    names = [f"c{i}" for i in range(10)]
    for budget, count in (("quick", 2), ("standard", 4), ("thorough", 8)):
        assert len(measured(replace(subject, budget=budget), *names).features) == count


def test_without_importance_nothing_leads(regression_subject):
    with pytest.raises(NotApplicable) as caught:
        effects.measure(regression_subject, ())
    assert caught.value.reason == "no_importance"


def test_columns_that_do_not_vary_are_passed_over(regression_subject):
    x = np.zeros((50, 1))
    with pytest.raises(NotApplicable) as caught:
        measured(numeric(regression_subject, x, lambda x: x[:, 0]), "c0")
    assert caught.value.reason == "no_varying_feature"


@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=300),
    st.integers(2, 20),
)
@settings(max_examples=60, deadline=None)
def test_edges_are_values_in_order(values, bins):
    edges = bin_edges(np.array(values), bins)
    assert set(edges) <= set(values)
    assert np.all(np.diff(edges) > 0)
    assert len(edges) <= 2 * bins + 3


def test_a_value_that_most_rows_share_is_an_edge_of_its_own():
    values = np.concatenate([np.zeros(900), np.arange(1.0, 101.0)])
    edges = bin_edges(values, 20)
    assert edges[0] == 0.0
    assert edges[1] == 1.0
    assert 4 <= len(edges) <= 10
