"""What training remembers, and whether it ended too early."""

import pytest

from reportgen.model.history import MATERIAL, History


def told(*losses: float, stopped_early: bool = False) -> History:
    history = History({}, stopped_early=stopped_early)
    for loss in losses:
        history.add(1.0, loss)
    return history


def test_the_best_epoch_has_the_least_loss_and_patience_counts_gains_that_matter():
    history = History({})
    assert [history.add(1.0, loss) for loss in (0.5, 0.6, 0.4, 0.4 - MATERIAL / 2, 0.4)] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert (history.best_epoch, history.best_loss, history.waited) == (4, 0.4 - MATERIAL / 2, 2)
    assert (history.train, history.validation) == ([1.0] * 5, [0.5, 0.6, 0.4, 0.4 - MATERIAL / 2, 0.4])


def test_a_loss_that_falls_to_the_end_still_falls():
    assert told(*(1.0 - 0.04 * epoch for epoch in range(20))).still_falling


@pytest.mark.parametrize("last", [0.51, 0.5, 0.496, 0.4951])
def test_a_loss_that_stands_still_in_its_last_tenth_does_not(last):
    assert not told(*[0.9] * 8, 0.5, *[0.9] * 9, last, last).still_falling


def test_it_counts_a_hundredth_in_the_last_tenth_of_the_epochs():
    assert told(*[0.9] * 8, 0.5, *[0.9] * 9, 0.494, 0.6).still_falling
    assert not told(*[0.9] * 8, 0.5, *[0.9] * 8, 0.494, 0.6, 0.6).still_falling


def test_a_hundredth_of_next_to_nothing_is_no_gain():
    assert not told(*[MATERIAL] * 19, MATERIAL / 2).still_falling


def test_a_training_that_stopped_by_itself_has_had_enough():
    assert not told(*(1.0 - 0.04 * epoch for epoch in range(20)), stopped_early=True).still_falling


def test_no_epoch_tells_nothing_and_a_first_one_falls_from_infinity():
    assert not told().still_falling
    assert told(0.5).still_falling
