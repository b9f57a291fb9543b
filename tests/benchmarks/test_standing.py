"""Verdicts and promises from numbers that can be summed by hand."""

import math

import pytest
from standing import promises, standard_error, standing


def runs(losses, seconds=1.0, **more):
    return [{"loss": loss, "seconds": seconds, **more} for loss in losses]


def table(network, best, name="t", rows=500, seconds=1.0, quick=0.2, peak=900.0, ece=None, test_rows=100, worse=0.5):
    """One rival has two variants, the other is worse than both."""
    more = {} if ece is None else {"ece": ece}
    return standing(
        {
            "table": name,
            "task": "binary",
            "rows": rows,
            "columns": 3,
            "test_rows": test_rows,
            "network": runs(network, seconds, **more),
            "rivals": {
                "boosted trees": {"one": runs([loss + worse for loss in best]), "other": runs(best)},
                "regression": {"one": runs([loss + worse for loss in best])},
            },
            "peak_megabytes": peak,
            "quick": {"loss": 1.0, "seconds": quick},
        }
    )


def kept(tables):
    return [promise.kept for promise in promises(tables)]


def test_the_better_variant_of_the_best_rival_counts():
    one = table((0.2, 0.4), (0.3, 0.5))
    assert (one.best.name, one.best.losses) == ("boosted trees", (0.3, 0.5))
    assert one.best.mean == pytest.approx(0.4)


def test_differences_are_paired():
    """Differences 0.1, 0.3: mean 0.2, standard deviation 0.1 root 2, standard error 0.1; the rival's own is 0.5."""
    one = table((1.1, 2.3), (1.0, 2.0))
    assert one.difference == pytest.approx(0.2)
    assert one.paired_error == pytest.approx(0.1)
    assert one.best_error == pytest.approx(0.5)
    assert one.ratio == pytest.approx(3.4 / 3)
    assert (one.level, one.verdict) == (False, "trails by 13.3%")


def test_a_difference_within_its_error_is_level():
    """Differences -0.1, 0.2: mean 0.05, standard error 0.15."""
    one = table((0.9, 1.2), (1.0, 1.0))
    assert (one.level, one.verdict) == (True, "within 1 SE")
    assert table((0.9, 0.9), (1.0, 1.0)).verdict == "better"


def test_one_split_has_no_error_to_hide_behind():
    one = table((1.01,), (1.0,))
    assert (one.paired_error, one.level) == (0.0, False)


def test_a_standard_error_is_the_deviation_over_the_root_of_the_number():
    assert standard_error((1.0, 2.0, 3.0, 4.0)) == pytest.approx(math.sqrt(5 / 3) / 2)


def test_twelve_of_sixteen_keep_the_first_promise_and_eleven_do_not():
    good, bad = table((0.9, 0.9), (1.0, 1.0)), table((1.05, 1.05), (1.0, 1.0))
    assert kept([good] * 12 + [bad] * 4)[0]
    assert not kept([good] * 11 + [bad] * 5)[0]


@pytest.mark.parametrize(("ratio", "held"), [(1.079, True), (1.081, False)])
def test_nowhere_more_than_eight_percent_behind(ratio, held):
    assert kept([table((0.9, 0.9), (1.0, 1.0)), table((ratio, ratio), (1.0, 1.0))])[1] is held


@pytest.mark.parametrize(
    ("rows", "seconds", "held"),
    [(1000, 3.9, True), (1000, 4.0, False), (1001, 19.9, True), (10_000, 20.0, False), (48_842, 59.0, True)],
)
def test_seconds_are_allowed_by_rows(rows, seconds, held):
    assert kept([table((1.0,), (1.0,), rows=rows, seconds=seconds)])[2] is held


@pytest.mark.parametrize(("quick", "held"), [(1.3, True), (1.4, False)])
def test_quick_may_take_a_third(quick, held):
    assert kept([table((1.0,), (1.0,), quick=quick)])[3] is held


@pytest.mark.parametrize(("peak", "held"), [(1535.0, True), (1536.0, False)])
def test_memory_stays_under_a_gibibyte_and_a_half(peak, held):
    assert kept([table((1.0,), (1.0,), peak=peak)])[4] is held


@pytest.mark.parametrize(
    ("ece", "test_rows", "held"), [(0.03, 5000, True), (0.031, 5000, False), (0.2, 4999, True), (None, 9000, True)]
)
def test_calibration_is_asked_of_many_rows_and_of_classes(ece, test_rows, held):
    assert kept([table((1.0,), (1.0,), ece=ece, test_rows=test_rows)])[5] is held


def test_a_broken_promise_names_the_tables():
    first = promises([table((0.9, 0.9), (1.0, 1.0)), table((1.05, 1.05), (1.0, 1.0), name="adult")])[0]
    assert str(first) == (
        "- **not met**: better than the best rival or within one SE of the paired difference on at least 2 of 2: 1 "
        "(by the SE of the best rival's own mean 1); not on adult +5.0%"
    )
