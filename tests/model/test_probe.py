"""The quick learner's two dealings: who is held out with whom, and what it says of rows whose answer is known."""

import numpy as np
import pytest

from reportgen.model.probe import FOLDS, ROWS, STRETCHES, group_trial, hold, hold_again, telling, time_trial

RNG = np.random.default_rng(0)


def _one_fold_each(codes, folds):
    return all(len(np.unique(folds[codes == code])) == 1 for code in np.unique(codes))


def test_groups_are_held_out_whole_and_rows_alone_left_out():
    codes = np.concatenate([np.repeat(np.arange(60), 5), 60 + np.arange(100)])
    trial = group_trial(codes, 0)
    assert trial.rows.tolist() == list(range(300))
    assert trial.share == 0.75
    assert _one_fold_each(codes[trial.rows], trial.apart)
    assert not _one_fold_each(codes[trial.rows], trial.random)
    assert np.bincount(trial.apart).tolist() == [60] * FOLDS


def test_a_large_table_is_tried_on_whole_groups():
    codes = RNG.integers(0, 5_000, 50_000)
    trial = group_trial(codes, 0)
    assert 0.9 * ROWS < len(trial.rows) <= ROWS
    held, sizes = np.unique(codes[trial.rows], return_counts=True)
    assert (sizes == np.bincount(codes)[held]).all()


def test_of_large_groups_some_rows_are_tried():
    trial = group_trial(np.repeat(np.arange(20), 1_000), 0)
    assert len(trial.rows) == ROWS
    assert np.bincount(trial.cluster).tolist() == [100] * 20


@pytest.mark.parametrize("codes", [np.arange(300), np.repeat(np.arange(9), 30)])
def test_too_few_groups_are_not_tried(codes):
    assert group_trial(codes, 0) is None


def test_time_is_held_out_in_blocks():
    moments = RNG.permutation(1_000)
    trial = time_trial(moments, None, 0)
    assert len(trial.rows) == 1_000
    assert np.bincount(trial.cluster).tolist() == [50] * STRETCHES
    for fold in range(FOLDS):
        inside = moments[trial.rows[trial.apart == fold]]
        assert (inside.min(), inside.max()) == (200 * fold, 200 * fold + 199)


def test_rows_of_one_moment_stay_together():
    moments = np.repeat(np.arange(30), 40)
    trial = time_trial(moments, None, 0)
    assert _one_fold_each(moments[trial.rows], trial.cluster)
    assert time_trial(np.repeat(np.arange(4), 100), None, 0) is None


def test_of_a_large_table_stretches_are_tried():
    trial = time_trial(np.arange(100_000), None, 0)
    assert len(trial.rows) == ROWS
    for stretch in range(STRETCHES):
        inside = trial.rows[trial.cluster == stretch]
        assert inside.max() - inside.min() == len(inside) - 1


def test_rows_of_a_unit_stay_together_both_ways():
    unit = np.repeat(np.arange(100), 10)
    trial = time_trial(np.arange(1_000), unit, 0)
    assert _one_fold_each(unit[trial.rows], trial.apart)
    assert _one_fold_each(unit[trial.rows], trial.random)


@pytest.mark.parametrize("kind", ["group", "time"])
def test_rows_are_dealt_anew_in_other_folds(kind):
    codes = np.repeat(np.arange(100), 10)
    trial = group_trial(codes, 0) if kind == "group" else time_trial(np.arange(1_000), None, 0)
    anew = trial.dealt_anew(kind, 0, 1)
    assert anew.rows is trial.rows
    assert _one_fold_each(trial.cluster, anew.apart)
    assert (anew.apart != trial.apart).any()
    assert (anew.random != trial.random).any()


def _patients(noise, rows=600):
    """Sixty patients whose answer is drawn by coin; with little noise what they are like tells them apart."""
    codes = np.repeat(np.arange(60), rows // 60)
    x = RNG.normal(size=(60, 4))[codes] + noise * RNG.normal(size=(rows, 4))
    return codes, x, RNG.integers(0, 2, 60)[codes]


def test_what_is_known_of_a_patient_is_worth_nothing_for_another():
    codes, x, y = _patients(noise=0.05)
    held = hold(x, y, 2, group_trial(codes, 0), 0)
    assert held.random_hit.mean() > 0.95
    assert 0.3 < held.apart_hit.mean() < 0.7
    assert held.random_loss.mean() < 0.2
    assert held.apart_loss.mean() > 0.9


def test_losses_are_shares_of_the_spread():
    codes, x, _ = _patients(noise=1.0)
    trial = group_trial(codes, 0)
    for y, classes in ((RNG.normal(size=600) * 1e6, 0), (RNG.integers(0, 3, 600), 3)):
        assert 0.9 < hold(x, y, classes, trial, 0).random_loss.mean() < 1.4


def test_nothing_is_learnt_without_columns_or_from_one_answer():
    codes, x, y = _patients(noise=1.0)
    trial = group_trial(codes, 0)
    assert hold(x[:, :0], y, 2, trial, 0) is None
    assert hold(x, np.zeros_like(y), 2, trial, 0) is None
    assert hold_again(x[:, :0], y, 2, [trial], 0) is None


def test_the_same_seed_says_the_same():
    codes, x, y = _patients(noise=0.3)
    first, second = (hold(x, y, 2, group_trial(codes, 7), 7) for _ in range(2))
    assert np.array_equal(first.apart_loss, second.apart_loss)


def test_a_column_that_gives_the_target_away_is_seen():
    y = RNG.integers(0, 2, 800)
    x = np.column_stack([y + 0.1 * RNG.normal(size=800), y + RNG.normal(size=800), RNG.normal(size=800)])
    assert telling(x, y, ("leak", "honest", "noise"), 2, 0) == ("leak",)
    number = RNG.normal(size=800)
    x = np.column_stack([number, number + RNG.normal(size=800)])
    assert telling(x, number, ("copy", "honest"), 0, 0) == ("copy",)
    assert telling(x[:, :1], number, ("copy",), 0, 0) == ()
