from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import single_rows, walkthrough
from reportgen.evidence.base import NotApplicable, Refit, Refitting
from reportgen.evidence.refits import usual_limits
from reportgen.evidence.single_rows import OVER_NETWORKS, OVER_ROWS
from tests.evidence.conftest import SLOPES
from tests.evidence.test_counterfactual import _encode


def _anew(subject, *predicts):
    made = tuple(Refit(subject.test, subject.inputs, predict, 400, encode=_encode) for predict in predicts)
    return replace(subject, refits=Refitting(made, ("split", "seed")))


def _true(subject, row):
    """What each feature of a linear model adds against the mean training row."""
    terms = SLOPES[:, 0] * (row - subject.train.x.mean(axis=0))
    return {feature: terms[columns].sum() for feature, columns in subject.groups.items()}


def test_the_rows_of_the_walkthroughs_are_explained(binary_subject):
    walks = walkthrough.measure(binary_subject)
    found = single_rows.measure(binary_subject, walks)
    assert [(one.why, one.row, one.actual, one.predicted, one.probability) for one in found] == [
        (one.why, one.row, one.actual, one.predicted, one.probability) for one in walks
    ]
    assert all(one.agrees for one in found if one.why != "unsure")


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_shares_add_up_and_the_largest_comes_first(build_subject, kind):
    for one in single_rows.measure(build_subject(kind)):
        assert sum(share.contribution for share in one.shares) == pytest.approx(one.output - one.base)
        if one.probability is not None:
            assert one.output == pytest.approx(one.probability, abs=1e-6)
        sizes = [abs(share.contribution) for share in one.shares]
        assert sizes == sorted(sizes, reverse=True)
        assert all(share.low <= share.contribution <= share.high for share in one.shares)


def test_limits_hold_what_a_linear_network_adds(regression_subject):
    rows = tuple(int(row) for row in regression_subject.test.rows[:40])
    subject = replace(regression_subject, explain_rows=rows)
    found = single_rows.measure(subject)[:40]
    assert {one.method for one in found} == {OVER_ROWS}
    held = [
        share.low <= _true(subject, subject.test.x[at])[share.feature] <= share.high
        for at, one in enumerate(found)
        for share in one.shares
        if share.feature != "weight"
    ]
    assert np.mean(held) >= 0.9


def test_a_feature_that_the_network_ignores_has_no_share(regression_subject):
    for one in single_rows.measure(regression_subject):
        (weight,) = [share for share in one.shares if share.feature == "weight"]
        assert (weight.contribution, weight.low, weight.high) == (0.0, 0.0, 0.0)


def test_networks_made_anew_widen_the_limits_by_what_they_differ(regression_subject):
    def steeper(by):
        return lambda x: x @ (SLOPES[:, 0] * by)

    factors = (0.5, 0.8, 1.2, 1.5)
    subject = _anew(regression_subject, *(steeper(by) for by in factors))
    (row,) = [one for one in single_rows.measure(subject) if one.why == "worst"]
    assert (row.networks, row.covers, row.method) == (5, ("split", "seed"), OVER_NETWORKS)
    size = next(share for share in row.shares if share.feature == "size")
    x = subject.test.x[list(subject.test.rows).index(row.row)]
    true = _true(subject, x)["size"]
    low, high = usual_limits([true * by for by in (1.0, *factors)])
    spread = high - low
    assert (size.low, size.high) == (pytest.approx(low, abs=0.25 * spread), pytest.approx(high, abs=0.25 * spread))


def test_a_network_without_a_column_gives_it_no_share(binary_subject):
    lean = tuple(one for one in binary_subject.inputs if one.feature != "weight")
    anew = Refit(
        binary_subject.test,
        lean,
        lambda x: binary_subject.predict(np.c_[x[:, :1], np.zeros(len(x)), x[:, 1:]]),
        400,
        encode=lambda frame: np.delete(_encode(frame), 1, axis=1),
    )
    subject = replace(binary_subject, refits=Refitting((anew, anew), ("split", "seed")))
    for one in single_rows.measure(subject):
        assert next(share.contribution for share in one.shares if share.feature == "weight") == pytest.approx(0)


def test_rows_asked_for_come_first_wherever_they_stand(binary_subject):
    seen, held = int(binary_subject.train.rows[5]), int(binary_subject.test.rows[7])
    subject = replace(binary_subject, explain_rows=(seen, held))
    found = single_rows.measure(subject)
    assert [(one.why, one.row, one.part) for one in found[:2]] == [("asked", seen, "train"), ("asked", held, "test")]
    telling = walkthrough.measure(binary_subject)[0].row
    again = walkthrough.measure(replace(binary_subject, explain_rows=(telling,)))
    assert [one.why for one in again] == ["asked", "wrong", "unsure"]
    assert again[0].row == telling


def test_with_a_test_file_row_numbers_are_those_of_that_file(binary_subject):
    test = replace(binary_subject.test, rows=np.arange(len(binary_subject.test.y)))
    given = binary_subject.split.model_copy(update={"strategy": "given"})
    subject = replace(binary_subject, test=test, split=given, explain_rows=(0,))
    assert walkthrough.measure(subject)[0].part == "test"


def test_the_same_rows_are_explained_in_the_same_way_whoever_else_is(binary_subject):
    alone = single_rows.measure(binary_subject)[0]
    asked = replace(binary_subject, explain_rows=(int(binary_subject.train.rows[0]),))
    assert single_rows.measure(asked)[1] == alone


def test_of_very_many_columns_the_walkthroughs_stand_alone(binary_subject, monkeypatch):
    monkeypatch.setattr(single_rows, "MOST_COLUMNS", len(binary_subject.features) - 1)
    with pytest.raises(NotApplicable, match="too_many_columns"):
        single_rows.measure(binary_subject)
