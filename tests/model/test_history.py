from reportgen.model.history import MATERIAL, History


def test_the_best_epoch_has_the_least_loss_and_patience_counts_gains_that_matter():
    history = History([])
    assert [history.add(1.0, loss) for loss in (0.5, 0.6, 0.4, 0.4 - MATERIAL / 2, 0.4)] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert (history.best_epoch, history.best_loss, history.waited) == (4, 0.4 - MATERIAL / 2, 2)
    assert (history.train, history.validation) == ([1.0] * 5, [0.5, 0.6, 0.4, 0.4 - MATERIAL / 2, 0.4])
