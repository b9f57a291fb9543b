from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence.base import NotApplicable, Refit, Refitting
from reportgen.evidence.labels import ALPHA, BOTH, NETWORKS, SHOWN, _encoded, measure
from tests.evidence.parts import joined, some

SHARE = 0.08


def apart(subject):
    """The same rows with classes that lie apart (size decides, and rows near the edge are gone), and a model."""

    def settle(part):
        kept = some(part, np.flatnonzero(np.abs(part.x[:, 0]) > 0.3))
        return replace(kept, y=(kept.x[:, 0] > 0).astype(np.int64))

    def predict(x):
        yes = 1 / (1 + np.exp(-12.0 * np.asarray(x, dtype=np.float64)[:, 0]))
        return np.column_stack([1 - yes, yes])

    parts = {name: settle(getattr(subject, name)) for name in ("train", "validation", "test")}
    return replace(subject, predict=predict, **parts)


def mislabelled(subject, share=SHARE):
    """Exchange labels of test rows; the model is as unsure as such labels make it."""
    rng = np.random.default_rng(4)
    moved = rng.random(len(subject.test.y)) < share
    test = replace(subject.test, y=np.where(moved, 1 - subject.test.y, subject.test.y))

    def predict(x):
        return (1 - 2 * share) * subject.predict(x) + share

    return replace(subject, test=test, predict=predict), set(test.rows[moved].tolist())


@pytest.fixture(scope="module")
def sound(build_subject):
    return apart(build_subject("binary", 1500))


def test_exchanged_labels_are_found(sound):
    subject, moved = mislabelled(sound)
    labels = measure(subject)
    listed = {suspect.row for suspect in labels.suspects}
    assert labels.p_value < ALPHA
    assert len(listed & moved) / len(listed) >= 0.9
    assert len(listed & moved) / len(moved) >= 0.9
    assert labels.low <= len(moved) / labels.n <= labels.high
    assert labels.precision_low <= labels.precision <= labels.precision_high
    assert (labels.n, labels.networks, labels.forest, labels.method) == (len(subject.test.y), 1, True, BOTH)


def test_the_likeliest_come_first_and_the_first_show_their_values(sound):
    subject, _ = mislabelled(sound)
    suspects = measure(subject).suspects
    chances = [suspect.probability for suspect in suspects]
    assert chances == sorted(chances, reverse=True)
    assert [bool(suspect.values) for suspect in suspects] == [place < SHOWN for place in range(len(suspects))]
    first = subject.test.frame.loc[suspects[0].row]
    assert suspects[0].values[0] == ("size", f"{first['size']:.6g}")
    assert {(suspect.given, suspect.suggested) for suspect in suspects} <= {("no", "yes"), ("yes", "no")}


def test_sound_labels_are_left_alone(sound):
    labels = measure(sound)
    assert labels.suspects == ()
    assert labels.precision is None


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_classes_that_overlap_are_no_errors(build_subject, kind):
    labels = measure(build_subject(kind, 900))
    assert labels.p_value > ALPHA
    assert labels.suspects == ()


def test_quick_asks_the_networks_alone(sound):
    subject, moved = mislabelled(sound)

    def unsure(x):
        yes = 1 / (1 + np.exp(-3.0 * np.asarray(x, dtype=np.float64)[:, 0]))
        return np.column_stack([1 - yes, yes])

    labels = measure(replace(subject, predict=unsure, budget="quick"))
    assert (labels.forest, labels.method) == (False, NETWORKS)
    assert len(moved & {suspect.row for suspect in labels.suspects}) / len(moved) >= 0.9


def test_a_network_that_has_taken_the_errors_in_cannot_tell_them_alone(sound):
    subject, _ = mislabelled(sound)
    labels = measure(replace(subject, budget="quick"))
    assert labels.p_value > ALPHA
    assert labels.low <= SHARE / 2 < SHARE <= labels.high


def test_it_repeats(sound):
    subject, _ = mislabelled(sound)
    assert measure(subject) == measure(subject)


def test_rows_of_networks_made_anew_are_judged_too(sound):
    rest = joined(sound.train, sound.validation)
    order = np.random.default_rng(0).permutation(len(rest.y))
    anew = Refit(some(rest, order), sound.inputs, sound.predict, 100)
    subject = replace(sound, refits=Refitting((anew,), ("split", "seed")))
    assert np.array_equal(_encoded(subject), np.concatenate([sound.test.x, rest.x[order]]))
    labels = measure(subject)
    assert (labels.n, labels.networks) == (len(rest.y) + len(sound.test.y), 2)


def test_numbers_have_no_classes_to_exchange(regression_subject):
    with pytest.raises(NotApplicable, match="needs_classes"):
        measure(regression_subject)


def test_a_class_without_held_rows_is_no_obstacle(build_subject):
    subject = build_subject("multiclass", 300)
    kept = some(subject.test, np.flatnonzero(subject.test.y != 2))
    known = replace(subject, test=kept, predict=lambda _x: 0.7 * np.eye(3)[kept.y] + 0.1)
    assert measure(known).n == len(kept.y)


def test_models_that_the_times_have_left_behind_contradict_no_label(sound):
    """Sure as they are, they are wrong more often than right."""
    other = replace(sound, predict=lambda x: 1 - sound.predict(x))
    with pytest.raises(NotApplicable, match="not_better_than_guessing"):
        measure(other)
