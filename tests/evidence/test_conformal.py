from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from reportgen.evidence import conformal
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.conformal import Line, draw_line, long_run, needed, short
from reportgen.evidence.intervals import exact_rate_interval
from tests.evidence.parts import some


def test_a_line_lets_in_the_promised_share_of_one_row_more():
    misfits = np.arange(1.0, 10.0)
    assert draw_line(misfits, 0.9) == Line(9.0, 9, 9)
    assert draw_line(np.arange(1.0, 20.0), 0.9) == Line(18.0, 18, 19)
    assert draw_line(misfits, 0.95).threshold == np.inf


@pytest.mark.parametrize(("promised", "rows"), [(0.9, 9), (0.95, 19), (0.5, 1)])
def test_how_many_rows_a_promise_takes(promised, rows):
    assert needed(promised) == rows
    assert np.isfinite(draw_line(np.arange(float(rows)), promised).threshold)
    assert draw_line(np.arange(rows - 1.0), promised).threshold == np.inf


def test_sets_by_hand(binary_subject):
    found = conformal.measure(binary_subject)
    stated, y = (binary_subject.predict(binary_subject.validation.x), binary_subject.validation.y)
    line = np.sort(1 - stated[np.arange(len(y)), y])[90]  # the 91st of 100: 101 times 0.9, rounded up
    test, truth = binary_subject.predict(binary_subject.test.x), binary_subject.test.y
    inside = 1 - test <= line
    kept = int(inside[np.arange(200), truth].sum())
    lead = found.promises[0]
    assert [(one.promised, one.rule) for one in found.promises] == [
        (0.9, "one_threshold"),
        (0.9, "threshold_a_class"),
        (0.95, "one_threshold"),
    ]
    assert (lead.thresholds, lead.rows, lead.all.n, lead.all.kept) == ((pytest.approx(line),), 100, 200, kept)
    assert (lead.all.low, lead.all.high) == exact_rate_interval(kept, 200)
    assert lead.all.p_value == pytest.approx(betabinom.cdf(kept, 200, 91, 10))
    assert lead.all.size == inside.sum(axis=1).mean()
    assert (lead.single, lead.empty, lead.several) == tuple(
        (which).mean() for which in (inside.sum(axis=1) == 1, inside.sum(axis=1) == 0, inside.sum(axis=1) > 1)
    )
    assert [(one.of, one.name, one.n) for one in lead.parts] == [("class", "no", 100), ("class", "yes", 100)]


def test_a_class_of_few_rows_is_in_every_set(multiclass_subject):
    rows = np.flatnonzero((multiclass_subject.validation.y != 1) | (np.arange(100) < 20))
    subject = replace(multiclass_subject, validation=some(multiclass_subject.validation, rows))
    assert 0 < (subject.validation.y == 1).sum() < 9
    found = conformal.measure(subject).promise(0.9, "threshold_a_class")
    assert [line is None for line in found.thresholds] == [False, True, False]
    assert found.parts[1].share == 1.0
    assert found.parts[1].p_value == 1.0


def test_groups_of_protected_columns_are_judged(binary_subject):
    parts = conformal.measure(replace(binary_subject, protected=("sex",))).promises[0].parts
    assert [(one.of, one.column, one.name) for one in parts[2:]] == [("group", "sex", "f"), ("group", "sex", "m")]
    assert sum(one.n for one in parts[2:]) == 200


def test_ranges_of_a_number_by_hand(regression_subject):
    found = conformal.measure(regression_subject)
    validation, test = regression_subject.validation, regression_subject.test
    reach = np.sort(np.abs(regression_subject.predict(validation.x) - validation.y))[90]
    errors = np.abs(regression_subject.predict(test.x) - test.y)
    lead = found.promises[0]
    assert (found.about, lead.rule) == ("number", "fixed_width")  # its errors are equally large everywhere
    assert lead.all.kept == (errors <= reach).sum()
    assert lead.all.size == pytest.approx(2 * reach)
    assert [one.name for one in lead.parts] == ["low", "middle", "high"]
    assert found.helps_p > 0.01 or found.width_ratio >= 1


def test_where_errors_grow_the_ranges_grow_and_lead(regression_subject):
    def spread(part):
        rng = np.random.default_rng(len(part.y))
        return replace(
            part, y=regression_subject.predict(part.x) + np.exp(part.x[:, 0]) * rng.standard_normal(len(part.y))
        )

    parts = {name: spread(getattr(regression_subject, name)) for name in ("train", "validation", "test")}
    found = conformal.measure(replace(regression_subject, **parts))
    assert found.promises[0].rule == "scaled_width"
    assert found.helps > 0.3
    assert found.width_ratio < 1
    scaled, fixed = (found.promise(0.9, rule) for rule in ("scaled_width", "fixed_width"))
    assert scaled.all.size < fixed.all.size
    assert scaled.size_low < scaled.all.size < scaled.size_high


def test_too_few_validation_rows_promise_nothing(binary_subject):
    few = replace(binary_subject, validation=some(binary_subject.validation, np.arange(8)))
    with pytest.raises(NotApplicable) as answer:
        conformal.measure(few)
    assert (answer.value.reason, answer.value.facts) == ("too_few_to_promise", {"rows": 8, "needed": 9})
    enough = replace(binary_subject, validation=some(binary_subject.validation, np.arange(9)))
    assert {one.promised for one in conformal.measure(enough).promises} == {0.9}


@given(st.integers(9, 60), st.integers(1, 60), st.integers(0, 60))
def test_the_fewer_are_kept_the_smaller_is_p(rows, n, kept):
    line = draw_line(np.arange(float(rows)), 0.9)
    assert short(n, n, line) == pytest.approx(1.0)
    if kept < n:
        assert short(kept, n, line) <= short(kept + 1, n, line)


def test_a_line_at_the_largest_of_n_rows_keeps_in_the_long_run_what_a_largest_of_n_does():
    """The largest of nine evenly spread numbers lies below x with probability x to the ninth."""
    assert long_run(Line(9.0, 9, 9)) == pytest.approx((0.025 ** (1 / 9), 0.975 ** (1 / 9)))


def test_counts_of_draws_follow_the_beta_binomial():
    """Of 2,000 draws of 30 validation and 40 test rows the p-value lies below 0.05 no more often than it says."""
    rng = np.random.default_rng(0)
    misfits = rng.random((2_000, 70))
    p_values = [
        short(int((row[30:] <= line.threshold).sum()), 40, line)
        for row in misfits
        for line in (draw_line(row[:30], 0.9),)
    ]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.055


def test_the_share_of_all_draws_is_what_was_promised():
    rng = np.random.default_rng(1)
    misfits = rng.random((4_000, 31))
    kept = [row[30] <= draw_line(row[:30], 0.9).threshold for row in misfits]
    assert np.mean(kept) == pytest.approx(28 / 31, abs=0.015)
