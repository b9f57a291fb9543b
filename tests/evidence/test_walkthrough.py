from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import walkthrough
from reportgen.records.table import Encoded


def test_classes_show_the_surest_right_the_surest_wrong_and_the_closest(binary_subject):
    chances = binary_subject.predict(binary_subject.test.x)
    right = chances.argmax(axis=1) == binary_subject.test.y
    rows = binary_subject.test.rows
    first, wrong, unsure = walkthrough.measure(binary_subject)
    assert (first.why, wrong.why, unsure.why) == ("right", "wrong", "unsure")
    assert first.row == rows[right][chances[right].max(axis=1).argmax()]
    assert wrong.row == rows[~right][chances[~right].max(axis=1).argmax()]
    assert unsure.row == rows[np.abs(chances[:, 1] - 0.5).argmin()]
    assert first.actual == first.predicted
    assert wrong.actual != wrong.predicted
    assert first.probability == pytest.approx(chances.max(axis=1)[list(rows).index(first.row)])


def test_numbers_show_the_typical_the_worst_and_the_best(regression_subject):
    errors = np.abs(regression_subject.predict(regression_subject.test.x) - regression_subject.test.y)
    rows = list(regression_subject.test.rows)
    found = {one.why: errors[rows.index(one.row)] for one in walkthrough.measure(regression_subject)}
    assert found == {"typical": np.sort(errors)[100], "worst": errors.max(), "best": errors.min()}


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_contributions_add_up_to_the_output_less_the_base(build_subject, kind):
    subject = build_subject(kind)
    for one in walkthrough.measure(subject):
        total = sum(part.contribution for part in one.contributions)
        assert total + one.gap == pytest.approx(one.output - one.base, abs=1e-9)
        sizes = [abs(part.contribution) for part in one.contributions]
        assert sizes == sorted(sizes, reverse=True)
        values = subject.test.frame.loc[one.row]
        assert {part.feature: part.value for part in one.contributions} == {
            "size": f"{values['size']:.6g}",
            "weight": f"{values['weight']:.6g}",
            "colour": values["colour"],
        }


def test_the_rest_is_one_contribution_without_a_name(regression_subject, monkeypatch):
    whole = walkthrough.measure(regression_subject)[0].contributions
    monkeypatch.setattr(walkthrough, "MOST_CONTRIBUTIONS", 1)
    first, rest = walkthrough.measure(regression_subject)[0].contributions
    assert first == whole[0]
    assert (rest.feature, rest.value) == ("", "")
    assert rest.contribution == pytest.approx(whole[1].contribution + whole[2].contribution)


def test_no_row_is_walked_twice_and_a_faultless_network_has_no_wrong_row(binary_subject):
    test = binary_subject.test
    right = binary_subject.predict(test.x).argmax(axis=1)
    faultless = replace(binary_subject, test=replace(test, y=right))
    assert [one.why for one in walkthrough.measure(faultless)] == ["right", "unsure"]
    one = replace(test, x=test.x[:1], y=right[:1], rows=test.rows[:1], frame=test.frame.iloc[:1])
    assert [single.why for single in walkthrough.measure(replace(binary_subject, test=one))] == ["right"]


def test_a_column_named_like_a_method_is_read_by_its_place(binary_subject):
    test = binary_subject.test
    frame = test.frame.rename(columns={"size": "index"})
    inputs = (Encoded(name="index", feature="index", kind="number"), *binary_subject.inputs[1:])
    named = replace(binary_subject, inputs=inputs, test=replace(test, frame=frame))
    assert walkthrough.measure(named)[0].contributions[0].feature == "index"
