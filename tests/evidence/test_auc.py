import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from reportgen.evidence.auc import DELONG, NEWCOMBE, area, areas, mean_area, newcombe


def _two_classes(n, seed=0):
    rng = np.random.default_rng(seed)
    actual = np.arange(n) % 2
    return np.round(rng.normal(actual, 1.0), 1), actual  # rounded: ties count half


def test_the_area_is_the_share_of_pairs_in_order():
    scores, actual = _two_classes(60)
    above = scores[actual == 1][:, None] - scores[actual == 0][None, :]
    assert area(scores, actual == 1).value == pytest.approx(np.mean((above > 0) + (above == 0) / 2))


def test_its_spread_is_delongs():
    scores, actual = _two_classes(60)
    above = scores[actual == 1][:, None] - scores[actual == 0][None, :]
    order = (above > 0) + (above == 0) / 2
    variance = order.mean(axis=1).var(ddof=1) / 30 + order.mean(axis=0).var(ddof=1) / 30
    pull = area(scores, actual == 1).pull
    assert pull @ pull == pytest.approx(variance)


def test_one_column_is_about_class_one():
    scores, actual = _two_classes(60)
    value, bounds = mean_area(scores[:, None], actual)
    assert value == pytest.approx(roc_auc_score(actual, scores))
    assert bounds.method == DELONG
    assert bounds.low < value < bounds.high


def test_more_columns_are_averaged_over_the_classes_held():
    rng = np.random.default_rng(0)
    actual = rng.integers(0, 3, 90)
    scores = rng.random((90, 4)) + np.eye(4)[actual] * 0.5  # class 3 does not occur
    value, _ = mean_area(scores, actual)
    assert value == pytest.approx(np.mean([roc_auc_score(actual == k, scores[:, k]) for k in range(3)]))


def test_one_class_has_no_area():
    assert mean_area(np.ones((5, 1)), np.ones(5, dtype=int)) is None


def test_classes_wholly_apart_are_not_certainty():
    value, bounds = mean_area(np.arange(30.0)[:, None], (np.arange(30) >= 15).astype(int))
    assert (value, bounds.high, bounds.method) == (1.0, 1.0, NEWCOMBE)
    assert bounds.low == pytest.approx(newcombe(1.0, 15, 15)[0])
    assert 0.8 < bounds.low < 0.95


@pytest.mark.parametrize("value", [0.3, 0.5, 0.9, 0.999])
def test_newcombes_limits_are_those_whose_own_spread_just_reaches_the_value(value):
    for limit in newcombe(value, 12, 20):
        typical = (12 + 20) / 2 - 1
        spread = limit * (1 - limit) * (1 + typical * ((1 - limit) / (2 - limit) + limit / (1 + limit))) / (12 * 20)
        assert abs(limit - value) == pytest.approx(1.959964 * spread**0.5, rel=1e-5)


def test_areas_from_counts_are_those_of_sorted_rows():
    rng = np.random.default_rng(3)
    patterns = rng.random((12, 6)).round(1)  # ties within a class's column too
    scores, actual = patterns[rng.integers(0, 12, 300)], rng.integers(0, 5, 300)  # class 5 has no row
    for number, one in enumerate(areas(scores, actual)):
        sorted_out = area(scores[:, number], actual == number)
        assert one.value == pytest.approx(sorted_out.value)
        assert one.pull == pytest.approx(sorted_out.pull)
        assert (one.inside, one.outside) == (sorted_out.inside, sorted_out.outside)
    assert len(areas(scores, actual)) == 5
    assert areas(scores, np.zeros(300, dtype=int)) == []
