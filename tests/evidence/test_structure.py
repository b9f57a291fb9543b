"""Whether a random split flatters: tests over clusters with known answers."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from reportgen.evidence.base import Refit
from reportgen.evidence.structure import Look, confirmed, judge, measure, respectable
from reportgen.records.structure import Structure
from tests.evidence.conftest import build


@dataclass(frozen=True)
class Dealt:
    random_loss: np.ndarray
    apart_loss: np.ndarray
    random_hit: np.ndarray
    apart_hit: np.ndarray


def _dealt(gain, hits=(0.9, 0.6)):
    rows = len(gain)
    right = (np.arange(rows) % 10 < 10 * np.array(hits)[:, None]).astype(float)
    return Dealt(np.full(rows, 0.5), 0.5 + gain, right[0], right[1])


def _look(*gains, kind="group", clusters=40, each=10, share=1.0):
    cluster = np.repeat(np.arange(clusters), each)
    return Look(kind, ("who",), "found", cluster, share, tuple((k > 0, _dealt(g)) for k, g in enumerate(gains)))


def _gain(mean, within=0.0, between=0.2, clusters=40, each=10, seed=0):
    rng = np.random.default_rng(seed)
    shift = rng.normal(size=clusters)
    shift = between * (shift - shift.mean()) / shift.std(ddof=1)
    return mean + np.repeat(shift, each) + within * rng.normal(size=clusters * each)


def test_rows_of_one_cluster_count_as_one():
    gain = _gain(0.1)
    (one,) = judge([_look(gain)], "accuracy")
    means = gain.reshape(40, 10).mean(axis=1)
    assert one.drop.value == pytest.approx(0.1)
    assert one.p_value == pytest.approx(ttest_1samp(means, 0, alternative="greater").pvalue)
    assert one.drop.low == pytest.approx(ttest_1samp(means, 0).confidence_interval().low)
    assert (one.random.value, one.apart.value, one.clusters, one.rows) == (0.9, 0.6, 40, 400)


@pytest.mark.parametrize(
    ("mean", "between", "share", "flatters"),
    [
        (0.3, 0.2, 1.0, True),
        (0.3, 0.2, 0.05, False),  # few rows have others of their group
        (0.01, 0.001, 1.0, False),  # sure, and too small to matter
        (0.05, 0.5, 1.0, False),  # large, and no more than chance
        (-0.3, 0.2, 1.0, False),
    ],
)
def test_what_counts_is_sure_and_matters(mean, between, share, flatters):
    (one,) = judge([_look(_gain(mean, between=between), share=share)], "accuracy")
    assert one.flatters is flatters


def test_time_has_to_show_both_without_and_with_its_column():
    much, none = _gain(0.3), _gain(0.0)
    for gains, kind, flatters in (
        ((much, none), "time", False),
        ((none, much), "time", False),
        ((much, much), "time", True),
        ((none, much), "group", True),
        ((much, none), "group", True),
    ):
        assert judge([_look(*gains, kind=kind)], "accuracy")[0].flatters is flatters


def test_a_group_is_shown_as_the_network_sees_it_where_that_is_sure():
    known = [judge([_look(first, _gain(0.6))], "accuracy")[0].known for first in (_gain(0.3), _gain(0.0))]
    assert known == [False, True]


def test_columns_tried_in_vain_cost_the_others():
    one = _look(_gain(0.07, seed=3))
    alone = judge([one], "accuracy")[0].p_value
    among = judge([one] + [_look(_gain(0.0, seed=k)) for k in range(4)], "accuracy")[0].p_value
    assert among == pytest.approx(5 * alone)


def test_what_does_not_last_does_not_matter():
    first, (again,) = judge([_look(_gain(0.3))], "accuracy")[0], judge([_look(_gain(0.0))], "accuracy")
    assert not confirmed(first, again).flatters
    lasting = confirmed(first, first.model_copy(update={"p_value": 1e-9}))
    assert (lasting.flatters, lasting.p_value) == (True, max(first.p_value, 1e-9))


def test_the_surest_of_what_was_found_is_respected():
    low, high, given = (
        judge([_look(_gain(0.3))], "accuracy")[0].model_copy(
            update={"columns": (name,), "p_value": p, "origin": origin}
        )
        for name, p, origin in (("a", 1e-3, "found"), ("b", 1e-6, "found"), ("c", 1e-9, "given"))
    )
    assert respectable([low, high, given], "group") == high
    assert respectable([low, high], "time") is None
    assert respectable([low, high.model_copy(update={"stable": True})], "group") == low


@pytest.mark.parametrize(("task", "metric"), [("binary", "accuracy"), ("multiclass", "accuracy"), ("regression", "r2")])
def test_the_network_of_a_random_split_is_scored_like_the_reported_one(task, metric):
    subject = build(task, 300, 0)
    assert measure(subject) is None
    network = Refit(subject.test, subject.inputs, subject.predict, 100)
    found = measure(replace(subject, structure=Structure(respected=("who",)), random_split=network)).random_split
    assert (found.name, found.n) == (metric, len(subject.test.y))
    assert found.low < found.value < found.high
