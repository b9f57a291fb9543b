"""The sanity check of explanations on a network that was really trained: on a small table with a known function."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import load, prepare, profile, split
from reportgen.evidence import faithfulness, importance
from reportgen.flow.subject import subject_of
from reportgen.model import train
from reportgen.model.runtime import tf


@pytest.fixture(scope="module")
def network():
    """A network trained on twice one column, less another, plus the product of two; four columns are noise."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (400, 8))
    y = 2 * x[:, 0] - x[:, 1] + 2 * x[:, 2] * x[:, 3] + 0.1 * rng.standard_normal(400)
    table = pd.DataFrame(x.round(4), columns=[f"f{i}" for i in range(8)]).assign(target=y.round(4))
    config = Config(target="target")
    dataset = load(table, config)
    parts = split(dataset, config)
    prepared = prepare(parts)
    trained = train(prepared, dataset.task, config)
    return trained, subject_of(parts, profile(parts), prepared, trained, (), config)


def test_weights_drawn_anew_leave_the_trained_network_as_it_was(network):
    trained, subject = network
    before = trained.gradients(subject.test.x, 0)
    blank, other = trained.randomised(0), trained.randomised(1)
    first, second, third = (one(subject.test.x, 0)[1] for one in (blank, other, blank))
    assert not np.allclose(first, second)
    assert first.tolist() == third.tolist() == trained.randomised(0)(subject.test.x, 0)[1].tolist()
    assert not np.allclose(first, before[1])
    assert all(map(np.array_equal, trained.gradients(subject.test.x, 0), before))


def test_a_fault_on_the_way_leaves_the_trained_network_as_it_was(network):
    trained, subject = network
    before = trained.gradients(subject.test.x, 0)[1]
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        trained.randomised(0)(subject.test.x[:, :1], 0)
    assert trained.gradients(subject.test.x, 0)[1].tolist() == before.tolist()


def test_the_trained_network_s_attributions_beat_chance_and_those_of_networks_that_know_nothing_do_not(network):
    trained, subject = network
    blanks = tuple(trained.randomised(seed) for seed in range(len(subject.test.y) // 2))
    found = faithfulness.measure(replace(subject, randomised=blanks))
    for method in ("integrated_gradients", "expected_gradients"):
        assert found.trial(method).gap.low > 0.3
    blank = found.trial("integrated_gradients", randomised=True).gap
    assert blank.low <= 0 <= blank.high
    assert found.trial("linear").gap.value < found.trial("expected_gradients").gap.value


def test_contributions_are_worth_something_in_the_columns_of_the_function_alone(network):
    for one in importance.measure(network[1])[-2:]:
        sure = {entry.feature for entry in one.features if entry.low > 0}
        assert {"f0", "f1", "f2", "f3"} <= sure
        assert len(sure) <= 5
