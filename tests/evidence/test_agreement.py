from itertools import combinations

import numpy as np
import pytest

from reportgen.evidence.agreement import measure
from reportgen.evidence.base import NotApplicable
from reportgen.records.explanation import FeatureImportance, Importance

EIGHT = (8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0)


def method(name, values, lows=None):
    lows = lows or (None,) * len(values)
    features = (
        FeatureImportance(feature=f"f{i}", value=value, low=low, high=None if low is None else value + 1)
        for i, (value, low) in enumerate(zip(values, lows, strict=True))
    )
    ordered = tuple(sorted(features, key=lambda one: -one.value))
    return Importance(method=name, main=name == "permutation", unit="log_loss", n=9, features=ordered)


def test_the_same_order_agrees_wholly_and_the_reverse_not_at_all():
    found = measure((method("permutation", EIGHT), method("tree", EIGHT), method("linear", EIGHT[::-1])), 0)
    assert found.methods == ("permutation", "tree", "linear")
    assert (found.columns, found.sure, found.compared) == (8, 0, 28)
    same, turned = found.pair("tree", "permutation"), found.pair("permutation", "linear")
    assert (same.share, turned.share) == (1.0, 0.0)
    assert same.p_value == pytest.approx(3 / 2_000)
    assert turned.p_value == 1.0


def test_equal_values_count_as_half():
    found = measure((method("permutation", (3.0, 2.0, 1.0)), method("tree", (1.0, 1.0, 1.0))), 0)
    assert (found.pairs[0].share, found.pairs[0].p_value) == (0.5, 1.0)


def test_pairs_of_columns_that_do_not_matter_are_not_compared():
    lows = (1.0, 0.5, -1.0, -1.0)
    main = method("permutation", (4.0, 3.0, 0.2, 0.1), lows)
    found = measure((main, method("tree", (4.0, 3.0, 0.1, 0.2))), 0)
    assert (found.sure, found.compared, found.pairs[0].share) == (2, 5, 1.0)


def test_a_column_that_a_method_does_not_name_counts_as_nothing():
    found = measure((method("permutation", (3.0, 2.0, 1.0)), method("tree", (3.0, 2.0))), 0)
    assert found.pairs[0].share == 1.0


def test_orders_by_chance_are_called_agreement_as_rarely_as_the_level_says():
    rng = np.random.default_rng(0)
    false = sum(
        measure((method("permutation", tuple(rng.random(8))), method("tree", tuple(rng.random(8)))), seed)
        .pairs[0]
        .p_value
        < 0.05
        for seed in range(200)
    )
    assert false <= 18


def test_every_pair_of_methods_is_there():
    names = ("permutation", "linear", "tree", "boosting")
    found = measure(tuple(method(name, EIGHT) for name in names), 0)
    assert [(pair.one, pair.other) for pair in found.pairs] == list(combinations(names, 2))


@pytest.mark.parametrize(
    ("methods", "reason"),
    [
        ((method("permutation", EIGHT),), "one_method_only"),
        ((method("permutation", (1.0,)), method("tree", (1.0,))), "one_column_only"),
    ],
)
def test_one_method_or_one_column_cannot_disagree(methods, reason):
    with pytest.raises(NotApplicable) as refused:
        measure(methods, 0)
    assert refused.value.reason == reason
