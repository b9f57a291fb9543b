"""Rows alike in the other columns: a proxy is worth nothing, a twin keeps what is its own."""

from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import alike as alike_rows
from reportgen.evidence import importance
from reportgen.evidence.alike import LEAST_LEFT, alike
from reportgen.evidence.base import Part, Refit, Refitting
from reportgen.records.table import Encoded

SLOPES = np.array([1.0, 0.8, 0.0])


def table(subject, rng, rows=1_200, own=0.75):
    """A number, its proxy (their correlation is 0.8 where `own` is 0.75) and one of its own; y follows the first."""
    first = rng.uniform(-1, 1, rows)
    proxy = first + own * first.std() * rng.normal(size=rows)
    x = np.stack([first, proxy, rng.normal(size=rows)], axis=1).astype(np.float32)
    y = first + 0.3 * rng.normal(size=rows)
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in ("first", "proxy", "other"))
    cuts = dict(
        zip(("train", "validation", "test"), np.split(np.arange(rows), [rows * 3 // 5, rows * 4 // 5]), strict=True)
    )
    parts = {
        name: Part(name, x[at], y[at], at.astype(np.int64), subject.test.frame.iloc[:0]) for name, at in cuts.items()
    }
    return replace(subject, inputs=inputs, baselines=(), refits=Refitting(), **parts)


def test_only_columns_that_others_tell_have_rows_alike(regression_subject):
    subject = table(regression_subject, np.random.default_rng(0))
    found = alike(subject, [subject.test])
    assert set(found) == {"first", "proxy"}
    assert [len(one.labels[0]) for one in found.values()] == [len(subject.test.y)] * 2
    assert found["proxy"].left == pytest.approx(1 - 0.8**2, abs=0.08)


def test_a_column_that_is_told_completely_keeps_a_tenth(regression_subject):
    subject = table(regression_subject, np.random.default_rng(0), own=0.0)
    assert alike(subject, [subject.test])["proxy"].left == LEAST_LEFT


def test_a_proxy_that_the_model_uses_is_worth_nothing_and_what_it_stands_for_is(regression_subject):
    """The model leans on the proxy, which the truth has no part of: y and the proxy are independent given the first."""
    credited = held = 0
    for seed in range(40):
        subject = table(regression_subject, np.random.default_rng(seed))
        subject = replace(subject, predict=lambda x: x.astype(float) @ np.array([0.7, 0.3, 0.0]))
        main, plain = (
            {one.feature: one for one in method.features} for method in importance._permutations(subject, ())
        )
        held += main["proxy"].low <= 0
        credited += plain["proxy"].low > 0
        assert main["first"].low > 0
    assert credited == 40
    assert held >= 36  # 39 expected; 35 or fewer happen in 1 of 500


def test_the_rows_of_networks_made_anew_are_compared_as_the_reported_one_sees_them(regression_subject):
    """A refit's own encoding (here: of the opposite sign) says nothing about which rows are alike."""
    subject = table(regression_subject, np.random.default_rng(0))
    other = replace(subject.validation, x=-subject.validation.x)
    refit = Refit(other, subject.inputs, lambda x: -(x @ SLOPES), 900)
    both = replace(subject, refits=Refitting((refit,), ("split",)))
    found = alike(both, [one.test for one in both.judges])
    plain = alike(subject, [subject.test, subject.validation])
    for name, one in found.items():
        assert all(map(np.array_equal, one.labels, plain[name].labels))
        assert one.left == plain[name].left


def test_in_wide_tables_only_columns_with_close_others_are_asked(regression_subject, monkeypatch):
    subject = table(regression_subject, np.random.default_rng(3))
    whole = alike(subject, [subject.test])
    monkeypatch.setattr(alike_rows, "MANY_COLUMNS", 2)
    monkeypatch.setattr(alike_rows, "BLOCK", 1)
    asked, tree = [], alike_rows._tree
    monkeypatch.setattr(alike_rows, "_tree", lambda *told: asked.append(told[2].tolist()) or tree(*told))
    wide = alike(subject, [subject.test])
    assert asked == [[0], [1]]
    assert {name: one.left for name, one in wide.items()} == {name: one.left for name, one in whole.items()}
