from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import counterfactual
from reportgen.evidence.base import Refit, Refitting
from reportgen.evidence.counterfactual import turns
from reportgen.evidence.menu import lay_out
from tests.evidence.conftest import CENTRES, COLOURS, SCALES


def _encode(frame):
    """As the hand-built subjects' rows are encoded."""
    numbers = (frame[["size", "weight"]].to_numpy() - CENTRES) / SCALES
    colour = np.array([[value == one for one in COLOURS] for value in frame["colour"]], dtype=float)
    return np.hstack([numbers, colour]).astype(np.float32)


def _turn(subject, at):
    return turns(lay_out(subject), [(subject.test, at)])[0]


def _anew(subject, *predicts):
    made = tuple(Refit(subject.test, subject.inputs, predict, 400, encode=_encode) for predict in predicts)
    return replace(subject, refits=Refitting(made, ("split", "seed")))


@pytest.fixture(scope="module")
def unsure(binary_subject):
    return int(np.abs(binary_subject.predict(binary_subject.test.x)[:, 1] - 0.5).argmin())


def test_the_change_turns_the_answer_and_no_smaller_one_that_was_tried_does(binary_subject, unsure, monkeypatch):
    monkeypatch.setattr(counterfactual, "SLIGHT", 1.0)  # every row that is near enough in one column will do
    found = _turn(binary_subject, unsure)
    (change,) = found.changes
    row = binary_subject.test.frame.iloc[unsure]
    assert (change.feature, change.old) == ("size", f"{row['size']:.6g}")
    classes = binary_subject.task.classes
    before = binary_subject.predict(binary_subject.test.x[[unsure]])[0]
    moved = row.to_frame().T.assign(size=float(change.new)).astype({"weight": float})
    after = binary_subject.predict(_encode(moved).astype(float))[0]
    assert classes[before.argmax()] != found.answer == classes[after.argmax()]
    assert found.probability == pytest.approx(after.max(), abs=1e-4)
    menu = lay_out(binary_subject)
    scale = menu.scales[0]
    values = binary_subject.train.frame["size"].iloc[scale.choices].to_numpy()
    nearer = np.abs(scale.train[scale.choices] - menu.place(binary_subject.test.frame)[unsure, 0]) < change.distance
    x = np.repeat(binary_subject.test.x[[unsure]], len(values), axis=0)
    x[:, 0] = (values - CENTRES[0]) / SCALES[0]
    same = binary_subject.predict(x[nearer]).argmax(axis=1) == before.argmax()
    assert same.all()


def test_what_cannot_change_is_left_alone(binary_subject, unsure):
    found = _turn(replace(binary_subject, immutable=("size", "colour")), unsure)  # weight does not matter
    assert (found.changes, found.features) == ((), 1)
    assert found.tried > 10
    stuck = _turn(replace(binary_subject, immutable=("size",), protected=("colour", "weight")), unsure)
    assert (stuck.changes, stuck.features, stuck.tried) == ((), 0, 0)


def test_two_values_are_changed_where_one_does_not_do(binary_subject):
    def both(x):
        yes = ((x[:, 0] > 0) & (x[:, 1] > 0)).astype(float) * 0.8 + 0.1
        return np.column_stack([1 - yes, yes])

    subject = replace(binary_subject, predict=both, immutable=("colour",))
    at = int(np.flatnonzero((subject.test.x[:, :2] < -0.2).all(axis=1) & (subject.test.x[:, :2] > -1).all(axis=1))[0])
    found = _turn(subject, at)
    assert [change.feature for change in found.changes] == ["size", "weight"]
    assert (found.answer, found.probability) == ("yes", pytest.approx(0.9))
    assert float(found.changes[0].new) > 10
    assert float(found.changes[1].new) > 200


def test_rows_far_from_all_others_are_not_offered(binary_subject):
    """Size and weight are the same number here, and the answer turns only where they part."""
    train, test = (
        replace(
            part, x=(x := np.c_[part.x[:, :1], part.x[:, :1], part.x[:, 2:]]), frame=part.frame.assign(weight=x[:, 1])
        )
        for part in (binary_subject.train, binary_subject.test)
    )

    def parted(x):
        yes = (np.abs(x[:, 0] - x[:, 1]) > 1.0) * 0.8 + 0.1
        return np.column_stack([1 - yes, yes])

    subject = replace(binary_subject, train=train, test=test, predict=parted)
    found = _turn(subject, 0)
    assert found.changes == ()
    assert found.tried > 100


def test_networks_made_anew_are_asked_whether_they_turn_too(binary_subject, unsure):
    given = binary_subject.predict(binary_subject.test.x[[unsure]])[0].argmax()
    stubborn = np.eye(2)[[given]]
    subject = _anew(
        binary_subject,
        binary_subject.predict,
        lambda x: stubborn.repeat(len(x), axis=0),
        lambda x: 1 - stubborn.repeat(len(x), axis=0),
    )
    found = _turn(subject, unsure)
    assert (found.networks, found.agreeing) == (2, 1)
    assert found.moves == ()


def test_a_number_is_moved_beyond_the_mean_error(regression_subject):
    subject = _anew(regression_subject, regression_subject.predict, lambda x: np.zeros(len(x)))
    found = _turn(subject, 3)
    before = float(subject.predict(subject.test.x[[3]])[0])
    own, same, none = found.moves
    assert abs(own) > found.margin
    assert float(found.answer) == pytest.approx(before + own, abs=1e-3)
    assert (same, none) == (pytest.approx(own, abs=1e-4), 0.0)
    assert (found.networks, found.agreeing, found.probability) == (2, 1, None)


def test_several_rows_are_answered_in_their_order(binary_subject):
    menu = lay_out(binary_subject)
    together = turns(menu, [(binary_subject.test, 0), (binary_subject.train, 1), (binary_subject.test, 2)])
    assert together == (
        *turns(menu, [(binary_subject.test, 0)]),
        *turns(menu, [(binary_subject.train, 1)]),
        *turns(menu, [(binary_subject.test, 2)]),
    )
