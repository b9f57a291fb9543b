from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import faithfulness
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.faithfulness import measure
from reportgen.records.table import Encoded


def blank(subject, networks=8):
    """Linear networks whose slopes are drawn by chance: they know nothing of this subject."""

    def gradients(slopes):
        return lambda x, output: (x @ slopes[output], np.tile(slopes[output], (len(x), 1)))

    outputs = len(subject.task.classes) or 1
    drawn = np.random.default_rng(7).standard_normal((networks, outputs, len(subject.inputs)))
    return replace(subject, randomised=tuple(gradients(slopes) for slopes in drawn))


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_what_the_network_knows_beats_chance_and_what_knows_nothing_does_not(build_subject, kind):
    found = measure(blank(build_subject(kind)))
    assert [(one.method, one.randomised) for one in found.trials] == [
        ("integrated_gradients", False),
        ("expected_gradients", False),
        ("linear", False),
        ("integrated_gradients", True),
    ]
    for trial in found.trials[:3]:
        assert trial.gap.low > 0
        assert trial.n == found.n
    know_nothing = found.trial("integrated_gradients", randomised=True)
    assert know_nothing.gap.low <= 0 <= know_nothing.gap.high
    assert know_nothing.networks == 8
    assert [gap.of for gap in know_nothing.gaps] == ["both", "deletion", "insertion"]


def test_without_networks_that_know_nothing_there_is_no_counter_check(binary_subject):
    assert measure(binary_subject).trial("integrated_gradients", randomised=True) is None


def test_both_is_the_mean_of_deletion_and_insertion(binary_subject):
    for trial in measure(binary_subject).trials:
        both, deletion, insertion = (gap.value for gap in trial.gaps)
        assert both == pytest.approx((deletion + insertion) / 2)


def test_of_a_sum_the_areas_are_known_and_the_reverse_order_loses_what_the_order_gains(regression_subject):
    ground = faithfulness._ground(regression_subject)
    chance = faithfulness._by_chance(ground)
    away = ground.x.astype(float) - ground.donors.mean(axis=0)
    parts = np.stack([3 * away[:, 0], 0 * away[:, 1], away[:, 2:] @ np.array([0, 0.5, 1.0])], axis=1)
    deletion, insertion = faithfulness._gaps(ground, parts, chance)
    turned, _ = faithfulness._gaps(ground, -parts, chance)
    ordered = np.sort(parts * ground.sign[:, None], axis=1)
    expected = (ordered[:, 2] - ordered[:, 0]) / 2  # steps of one and two columns of three
    assert deletion == pytest.approx(expected, abs=1e-5)
    assert insertion == pytest.approx(expected, abs=1e-5)
    assert turned == pytest.approx(-expected, abs=1e-5)


def test_a_network_that_only_looks_at_crossings_is_not_explained_by_a_line(build_subject):
    subject = build_subject("regression", 900)

    def crossed(x):
        return (x[:, 0] * x[:, 1]).astype(float)

    def gradients(x, _output):
        slopes = np.zeros(x.shape)
        slopes[:, 0], slopes[:, 1] = x[:, 1], x[:, 0]
        return crossed(x), slopes

    found = measure(replace(subject, predict=crossed, gradients=gradients))
    assert found.trial("integrated_gradients").gap.low > 0
    assert found.trial("linear").gap.low < 0.1


def test_one_column_has_no_order(binary_subject):
    inputs = tuple(Encoded(name=one.name, feature="size", kind="number") for one in binary_subject.inputs)
    with pytest.raises(NotApplicable) as refused:
        measure(replace(binary_subject, inputs=inputs))
    assert refused.value.reason == "one_column_only"


def test_one_answer_cannot_be_taken_away(regression_subject):
    still = replace(regression_subject, predict=lambda x: np.full(len(x), 2.0))
    with pytest.raises(NotApplicable) as refused:
        measure(still)
    assert refused.value.reason == "one_answer"


def test_one_test_row_has_no_interval(binary_subject):
    test = binary_subject.test
    one = replace(test, x=test.x[:1], y=test.y[:1], rows=test.rows[:1], frame=test.frame.iloc[:1])
    found = measure(replace(blank(binary_subject), test=one))
    assert found.n == 1
    assert {(gap.low, gap.high) for trial in found.trials for gap in trial.gaps} == {(None, None)}
    assert found.trial("integrated_gradients", randomised=True) is None


def test_the_network_is_asked_no_more_than_the_budget_allows(build_subject):
    asked = []
    subject = build_subject("binary", 2_000)

    def predict(x):
        asked.append(len(x))
        return subject.predict(x)

    first = measure(replace(subject, predict=predict))
    assert sum(asked) < 1.5 * faithfulness.ANSWERS["standard"]
    assert first == measure(subject)
    assert measure(replace(subject, budget="quick")).n <= first.n


@pytest.mark.parametrize("columns", [2, 3, 4, 7, 8, 15, 60])
def test_steps_are_the_same_from_both_ends(columns):
    steps = faithfulness._steps(columns)
    assert steps.tolist() == (columns - steps)[::-1].tolist()
    assert 1 <= len(steps) <= faithfulness.MOST_STEPS
    assert set(steps) <= set(range(1, columns))
