import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.base import NotApplicable
from reportgen.evidence.conditions import conditions
from reportgen.evidence.error_tree import follows, grow, measure
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.slices import Held
from reportgen.records.mistakes import Condition


def _held(errors, sure=True, seed=0):
    town = np.array(["a", "b"] * (len(errors) // 2), dtype=object)
    frame = pd.DataFrame({"town": town, "age": np.random.default_rng(seed).normal(size=len(errors))})
    return Held(
        np.asarray(errors, float), np.full(len(errors), 0.9) if sure else None, conditions(frame, ("town", "age"), 15)
    )


def test_the_tree_asks_what_tells_right_from_wrong():
    rng = np.random.default_rng(0)
    tree = grow(_held(rng.random(800) < np.where(np.arange(800) % 2 == 0, 0.5, 0.05)), rng)
    root = tree.nodes[0]
    assert root.condition in (Condition(column="town", level="a"), Condition(column="town", level="b"))
    yes, no = tree.nodes[root.left], tree.nodes[root.right]
    assert (yes.error > no.error) == (root.condition.level == "a")
    assert tree.separates
    assert (root.n, root.share, root.coverage) == (400, 1.0, 1.0)


def test_leaves_part_the_fresh_rows_and_their_errors():
    rng = np.random.default_rng(0)
    tree = grow(_held(rng.random(800) < 0.2), rng)
    leaves = [node for node in tree.nodes if node.condition is None]
    assert sum(leaf.n for leaf in leaves) == tree.n == 400
    assert sum(leaf.coverage for leaf in leaves) == pytest.approx(1.0)
    for leaf in leaves:
        assert (leaf.low, leaf.high) == rate_interval(round(leaf.error * leaf.n), leaf.n)


def test_noise_is_not_separated():
    separated = []
    for draw in range(40):
        rng = np.random.default_rng([7, draw])
        separated.append(grow(_held(rng.random(400) < 0.2, seed=draw), rng).separates)
    assert np.mean(separated) <= 0.125


def test_errors_that_follow_what_was_foretold():
    rng = np.random.default_rng(0)
    foretold = np.repeat([0.1, 0.5], 50)
    errors = np.r_[np.resize([1] + [0] * 9, 50), np.resize([1, 0], 50)].astype(float)
    assert follows(errors, foretold, True, rng) < 0.001
    assert follows(errors[::-1], foretold, True, rng) > 0.99
    assert follows(errors, np.full(100, 0.3), True, rng) == 1.0
    sizes = rng.exponential(1.0, 100)
    assert follows(sizes + 2 * foretold, foretold, False, rng) < 0.01


def test_subjects_of_every_task_have_a_tree(binary_subject, regression_subject):
    assert measure(binary_subject) == measure(binary_subject)
    tree = measure(regression_subject)
    assert tree.error == pytest.approx(np.mean([node.error for node in tree.nodes[:1]]))


def test_too_few_rows_are_no_evidence():
    with pytest.raises(NotApplicable, match="too_few_rows_for_tree"):
        grow(_held(np.resize([1, 0], 40)), np.random.default_rng(0))
