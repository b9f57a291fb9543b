"""Whole trainings: what is learnt, what is said, and that nothing but the seed decides."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax

from reportgen.config import Config, ModelConfig
from reportgen.model import Network, load_network, train
from reportgen.model.plan import PIECE
from reportgen.model.runtime import keras
from reportgen.model.training import share_of_few
from tests.model.stand_ins import NUMBER, StandIn, StandInRows, blobs, classes, line, parts, xor

pytestmark = pytest.mark.slow

TWICE = """
import hashlib, sys, time
from pathlib import Path
from reportgen.config import Config, ModelConfig
from reportgen.model import train
from tests.model.stand_ins import xor
table = xor(100)
network = train(table, table.task, Config(model=ModelConfig(epochs=4)))
weights = b"".join(array.tobytes() for array in network.nets.full.get_weights())
print(network.predict(table.test.x).tobytes().hex(), weights.hex())
file = Path(sys.argv[1])
ballast = [bytearray(1000) for _ in range(int(sys.argv[2]))]
time.sleep(float(sys.argv[2]))
network.save(file)
print(hashlib.sha256(file.read_bytes()).hexdigest())
"""

SMALL = {"hidden": (16, 8), "members": 3, "epochs": 4}
"""So that what is not about learning costs little."""


def fit(table: StandIn, seed: int = 0, budget: str = "standard", **settings) -> Network:
    return train(table, table.task, Config(seed=seed, budget=budget, model=ModelConfig(**settings)))


def accuracy(network: Network, rows: StandInRows) -> float:
    return float(np.mean(network.predict(rows.x).argmax(axis=1) == rows.y))


def r2(network: Network, rows: StandInRows) -> float:
    return float(1 - np.mean((network.predict(rows.x) - rows.y) ** 2) / rows.y.var())


def codes(network: Network) -> list[str]:
    return [note.code for note in network.record.notes]


@pytest.fixture(scope="module")
def xored() -> tuple[StandIn, Network]:
    table = xor()
    return table, fit(table)


@pytest.fixture(scope="module")
def lined() -> tuple[StandIn, Network]:
    table = line()
    return table, fit(table)


def test_it_learns_what_no_line_can(xored):
    assert accuracy(xored[1], xored[0].test) > 0.9
    assert codes(xored[1]) == []


def test_it_learns_a_line_in_the_units_of_the_target(lined):
    assert r2(lined[1], lined[0].test) > 0.97
    assert codes(lined[1]) == []


@pytest.mark.parametrize("fixture", ["xored", "lined"])
def test_the_loss_falls_on_training_and_on_validation_rows(fixture, request):
    training = request.getfixturevalue(fixture)[1].training
    assert training.train[-1] < training.train[len(training.train) // 2] < training.train[0]
    assert min(training.validation) < 0.5 * training.validation[0]


@pytest.mark.parametrize(
    "settings",
    [
        {"members": 1},
        {"embedding": "none"},
        {"embedding": "periodic"},
        {"schedule": "constant"},
        {"embedding_width": 1, "bins": 2},
    ],
    ids=str,
)
def test_every_kind_of_network_learns(xored, settings):
    network = fit(xored[0], **settings)
    assert accuracy(network, xored[0].test) > 0.85
    assert settings.items() <= network.record.settings.items()


def test_one_member_is_a_plain_multilayer_perceptron():
    record = fit(xor(100), members=1, hidden=(7, 3), embedding="none", epochs=1).record
    assert record.family == "multilayer perceptron"
    assert [(layer.kind, layer.units, layer.activation) for layer in record.layers[:2]] == [
        ("Dense", 7, "relu"),
        ("Dense", 3, "relu"),
    ]
    assert record.parameters == (2 + 1) * 7 + (7 + 1) * 3 + (3 + 1) * 2


@pytest.mark.parametrize("embedding", ["none", "piecewise", "periodic"])
def test_the_record_counts_every_weight_that_is_learnt(embedding):
    table = blobs(3, 20, columns=4)
    record = fit(table, **SMALL, embedding=embedding, bins=5, embedding_width=2).record
    width = 4 * (1 + (0 if embedding == "none" else 2))
    embedded = 0 if embedding == "none" else 4 * (5 * 2 + 2)
    waves = 2 * 4 * 5 if embedding == "periodic" else 0
    hidden = (width + 1) * 16 + (16 + 1) * 8
    assert record.inputs == 4
    assert record.parameters == waves + embedded + 3 * width + hidden + 3 * (8 + 1) * 3
    assert record.parameters == sum(layer.parameters for layer in record.layers)
    assert record.family == "ensemble of multilayer perceptrons"
    assert (record.epochs, record.train_seconds) == (4, None)


@pytest.mark.parametrize("fixture", ["xored", "lined"])
def test_the_answers_are_of_the_epoch_of_the_least_validation_loss(fixture, request):
    table, network = request.getfixturevalue(fixture)
    told = network.training.validation
    assert told[0] > min(told) == told[network.training.best_epoch - 1]
    assert _validation_loss(table, network) == pytest.approx(min(told), rel=1e-4)


def _validation_loss(table, network):
    """What the network's answers cost on validation rows, before its temperature."""
    rows = table.validation
    if not table.task.classes:
        return np.mean((network.predict(rows.x) - rows.y) ** 2) / table.train.y.var()
    scores = np.log(network.predict(rows.x)) * network.record.settings.get("temperature", 1.0)
    return -log_softmax(scores, axis=1)[np.arange(len(rows.y)), rows.y].mean()


@pytest.mark.parametrize("table", [xor(60), line(60)], ids=["classes", "number"])
def test_the_article_trains_a_hundred_epochs_and_keeps_the_last(table):
    network = fit(table, kind="article", learning_rate=0.02)
    record, training = network.record, network.training
    assert (record.epochs, record.best_epoch, training.best_epoch, training.stopped_early) == (100, 100, 100, False)
    assert training.validation[-1] > min(training.validation)
    assert _validation_loss(table, network) == pytest.approx(training.validation[-1], rel=1e-4)
    assert record.parameters == (table.train.x.shape[1] + 1) * 10 + (10 + 1) * max(len(table.task.classes), 1)
    assert (record.family, codes(network)) == ("multilayer perceptron", [])
    assert "temperature" not in record.settings
    assert (record.settings["optimiser"], record.settings["batch"], record.settings["hidden"]) == ("Adam", 10, "10")


def test_a_temperature_changes_probabilities_and_no_answer():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 4))
    table = parts(x, x[:, 0] + 2 * rng.normal(size=500) > 0, classes(2))
    bold = {"schedule": "constant", "learning_rate": 0.02, "patience": 30, "epochs": 8, "hidden": (32, 16)}
    table = replace(table, validation=StandInRows(table.validation.x, 1 - table.validation.y))
    calibrated, plain = (fit(table, calibrate=asked, **bold) for asked in (True, False))
    temperature = calibrated.record.settings["temperature"]
    assert temperature > 1  # where validation rows say the opposite, the least caution is too little
    assert "temperature" not in plain.record.settings
    logs, others = (np.log(network.predict(table.test.x)) for network in (calibrated, plain))
    np.testing.assert_allclose((logs[:, 1] - logs[:, 0]) * temperature, others[:, 1] - others[:, 0], atol=1e-4)
    assert np.array_equal(logs.argmax(axis=1), others.argmax(axis=1))


def test_the_start_of_the_least_validation_loss_is_kept(monkeypatch):
    from reportgen.model import training

    table, told, before = xor(100), [], training.train_in

    def remembering(*words):
        told.append(before(*words))
        return told[-1]

    monkeypatch.setattr(training, "train_in", remembering)
    network = fit(table, budget="thorough", **SMALL)
    losses = [trained.history.best_loss for trained in told]
    best = told[int(np.argmin(losses))]
    assert len(set(losses)) == 3
    assert min(network.training.validation) == min(losses)
    assert network.training.validation == tuple(best.history.validation)
    kept = network.nets.full.get_layer("hidden_2").get_weights()
    assert all(map(np.array_equal, kept, best.weights["hidden_2"]))


def test_balanced_classes_are_found_more_often():
    """Two overlapping clouds, one twelve times as large: the small one is worth no answer unless it counts as much."""
    rng = np.random.default_rng(0)
    y = rng.random(1_000) < 0.08
    table = parts(rng.normal(size=(1_000, 2)) + y[:, None], y, classes(2))

    def balanced(network):
        answers = network.predict(table.test.x).argmax(axis=1)
        return np.mean([np.mean(answers[table.test.y == label] == label) for label in (0, 1)])

    quick = {"epochs": 15, "hidden": (32, 16)}
    plain, weighted = (fit(table, class_weights=asked, **quick) for asked in ("none", "balanced"))
    assert balanced(plain) < 0.6
    assert balanced(weighted) > 0.7
    assert weighted.record.best_epoch > 3


@pytest.mark.parametrize("number", [2, 3])
def test_probabilities_sum_to_one(number):
    table = blobs(number, 40)
    probabilities = fit(table, **SMALL).predict(table.test.x)
    assert (probabilities.dtype, probabilities.shape) == (np.float64, (len(table.test.x), number))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_gradients_are_log_odds_against_the_mean_of_the_others():
    table = blobs(3, 40, spread=1.0)
    network = fit(table, epochs=5)
    for output in range(3):
        values, gradients = network.gradients(table.test.x, output)
        logs = np.log(network.predict(table.test.x))
        others = np.delete(logs, output, axis=1).mean(axis=1)
        np.testing.assert_allclose(values, logs[:, output] - others, rtol=1e-4, atol=1e-4)
        assert gradients.shape == table.test.x.shape
        _equal_finite_differences(network, table.test.x, output, gradients, 1e-2)


def test_gradients_of_a_number_are_in_its_own_units(lined):
    table, network = lined
    values, gradients = network.gradients(table.test.x, 0)
    np.testing.assert_allclose(values, network.predict(table.test.x), rtol=1e-6)
    _equal_finite_differences(network, table.test.x, 0, gradients, 1.0)


def _equal_finite_differences(network, x, output, gradients, tolerance):
    """Relu has corners, where a difference over a step and a derivative may part: the middle error must be small."""
    step = 1e-2
    for column in range(x.shape[1]):
        there = np.zeros(x.shape[1], dtype=np.float32)
        there[column] = step
        ahead, behind = network.gradients(x + there, output)[0], network.gradients(x - there, output)[0]
        assert np.median(np.abs((ahead - behind) / (2 * step) - gradients[:, column])) < tolerance


def mixed(rows: int = 100) -> StandIn:
    """Flags between numbers, so that the network's order of columns is not the table's."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 5))
    x[:, [0, 3]] = x[:, [0, 3]] > 0
    return parts(x, x.sum(axis=1) > 1, classes(2))


FLAGS = parts(mixed().train.x > 0, mixed().train.y, classes(2))


@pytest.mark.parametrize(
    ("table", "embedding"),
    [(mixed(), "none"), (mixed(), "piecewise"), (mixed(), "periodic"), (FLAGS, "piecewise")],
    ids=["none", "piecewise", "periodic", "flags"],
)
def test_the_parts_of_the_first_layer_add_up_to_what_its_units_see(table, embedding):
    network, x = fit(table, **SMALL, embedding=embedding), table.test.x
    members = network.nets.full.get_layer("members")
    found = sum(network.first_layer(x, np.array([column])) for column in range(x.shape[1]))
    assert found.shape == (len(x), 3 * 16)
    together = network.first_layer(x, np.arange(x.shape[1]))
    np.testing.assert_allclose(together, found, rtol=1e-4, atol=1e-5)
    seen = keras.Model(network.nets.full.input, members.output)(x)
    np.testing.assert_allclose(np.maximum(together + members.bias.numpy(), 0), seen, rtol=1e-4, atol=1e-5)


def test_a_column_s_part_of_the_first_layer_depends_on_that_column_alone():
    table = mixed()
    network = fit(table, **SMALL)
    for column in range(5):
        other = table.test.x.copy()
        other[:, np.arange(5) != column] += 1
        part = network.first_layer(table.test.x, np.array([column]))
        assert np.array_equal(network.first_layer(other, np.array([column])), part)
        assert not np.array_equal(network.first_layer(table.test.x + 1, np.array([column])), part)


def test_many_rows_are_answered_in_pieces(xored):
    table, network = xored
    many = np.tile(table.test.x, (60, 1))
    assert len(many) > 2 * PIECE
    np.testing.assert_allclose(network.predict(many), np.tile(network.predict(table.test.x), (60, 1)), rtol=1e-5)
    values, gradients = network.gradients(many, 1)
    assert (len(values), gradients.shape) == (len(many), many.shape)
    assert network.first_layer(many, np.array([0])).shape[0] == len(many)
    assert network.predict(many[:0]).shape == (0, 2)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own, while it loads
@pytest.mark.parametrize("fixture", ["xored", "lined"])
def test_the_saved_file_answers_alike_in_plain_keras(fixture, request, tmp_path):
    table, network = request.getfixturevalue(fixture)
    network.save(tmp_path / "model.keras")
    plain = np.asarray(keras.saving.load_model(tmp_path / "model.keras")(table.test.x))
    expected = network.predict(table.test.x)
    np.testing.assert_allclose(plain.reshape(expected.shape), expected, rtol=1e-5, atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize(("embedding", "members"), [("none", 1), ("piecewise", 3), ("periodic", 3)])
def test_every_kind_of_network_is_read_back_to_the_bit(embedding, members, tmp_path):
    table = mixed()
    network = fit(table, **SMALL | {"members": members}, embedding=embedding)
    network.save(tmp_path / "model.keras")
    read = load_network(tmp_path / "model.keras", Config().threads)
    assert (read.inputs, read.outputs) == (5, 2)
    assert np.array_equal(read.predict(table.test.x), network.predict(table.test.x))


def test_two_trainings_in_one_process_are_equal(xored):
    again = fit(xored[0])
    assert np.array_equal(again.predict(xored[0].test.x), xored[1].predict(xored[0].test.x))
    assert (again.record, again.training) == (xored[1].record, xored[1].training)
    assert all(map(np.array_equal, again.nets.core.get_weights(), xored[1].nets.core.get_weights()))


def test_another_seed_is_another_network(xored):
    one, other = (fit(xored[0], seed=seed, **SMALL) for seed in (0, 2**32 - 1))
    assert not np.array_equal(one.predict(xored[0].test.x), other.predict(xored[0].test.x))


def test_two_processes_are_equal_and_silent_on_stderr(tmp_path):
    """To the bytes of the saved file, which knows neither the time nor where things lay in memory."""
    root = Path(__file__).parents[2]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", TWICE, str(tmp_path / f"{pause}.keras"), str(pause)],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
            **pipes,
        )
        for pause in (0, 3)
    ]
    said = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert said[0] == said[1]
    assert said[0][0] != ""
    assert said[0][1] == ""


def test_many_classes_of_few_rows():
    table = blobs(100, 5, columns=20)
    assert accuracy(fit(table), table.test) > 0.8


def test_a_class_of_which_training_has_five_rows_and_one_of_which_it_has_none():
    table = blobs(4, 25)
    few = (table.train.y != 3) & ((table.train.y != 0) | (np.cumsum(table.train.y == 0) <= 5))
    table = replace(table, train=StandInRows(table.train.x[few], table.train.y[few]))
    probabilities = fit(table, **SMALL).predict(table.test.x)
    assert probabilities.shape[1] == 4
    assert np.isfinite(probabilities).all()


def test_more_columns_than_rows():
    table = blobs(2, 30, columns=200)
    assert accuracy(fit(table), table.test) > 0.9


def test_a_constant_target_in_validation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    y = 5.0 * x[:, 0]
    table = StandIn(StandInRows(x, y), StandInRows(x[:20], np.full(20, 1.0)), StandInRows(x, y), NUMBER)
    assert np.isfinite(fit(table, **SMALL).predict(x)).all()


def test_a_constant_target_is_answered_by_that_number():
    table = line(60)
    still = [StandInRows(part.x, np.full(len(part.y), 7.0)) for part in (table.train, table.validation, table.test)]
    np.testing.assert_allclose(fit(StandIn(*still, NUMBER)).predict(table.test.x), 7.0, atol=0.2)


def test_losses_that_run_away_are_said_and_survived():
    """Ten wide layers at the highest rate there is, each step on all rows at once."""
    table = line(100)
    network = fit(
        table, hidden=(256,) * 10, learning_rate=1.0, schedule="constant", members=1, batch=1_000, epochs=6, patience=6
    )
    (note,) = (note for note in network.record.notes if note.code == "diverged")
    assert note.facts == {"epoch": network.record.epochs + 1}
    assert network.record.epochs < 6
    assert np.isfinite(network.predict(table.test.x)).all()
    assert "no_early_stop" not in codes(network)


def test_a_validation_target_beyond_all_measure_ends_in_the_training_mean():
    table = line(100)
    table.validation.y[0] = 1e30
    network = fit(table, **SMALL)
    assert codes(network) == ["diverged"]
    assert (network.record.epochs, network.training.validation) == (0, ())
    away = np.abs(network.predict(table.test.x) - table.train.y.mean())
    assert away.max() < table.train.y.std()


@pytest.mark.parametrize(
    ("table", "embedding"),
    [(mixed(), "none"), (mixed(), "piecewise"), (mixed(), "periodic"), (line(100), "piecewise")],
    ids=["none", "piecewise", "periodic", "number"],
)
def test_inputs_beyond_all_measure_are_answered_as_far_ones_are(table, embedding):
    network = fit(table, **SMALL, embedding=embedding)
    columns = table.test.x.shape[1]
    extremes = np.outer([1e10, -1e10, 1e30, -1e30, 3.4e38, -3.4e38], [1, 1, 0, 1, -1][:columns]).astype(np.float32)
    answers = network.predict(extremes)
    assert np.isfinite(answers).all()
    values, slopes = network.gradients(extremes, 0)
    assert np.isfinite(values).all()
    assert np.isfinite(slopes).all()
    np.testing.assert_allclose(answers, np.tile(answers[:2].T, 3).T, rtol=1e-5)
    assert np.isfinite(network.predict(np.zeros((2, columns), dtype=np.float32))).all()


def test_a_training_row_beyond_all_measure_does_not_spoil_the_others():
    table = line()
    table.train.x[0] = 1e30
    network = fit(table, seed=1)  # one start in sixteen still falls at the last epoch
    assert codes(network) == []
    assert r2(network, table.test) > 0.9


def test_a_table_of_flags_alone_has_nothing_to_embed():
    flags = parts(np.random.default_rng(0).integers(0, 2, (300, 3)), np.zeros(300), classes(2))
    y = flags.train.x[:, 0] != flags.train.x[:, 1]
    table = parts(flags.train.x, y, classes(2))
    network = fit(table, embedding="piecewise")
    assert accuracy(network, table.test) == 1
    assert network.record.settings["embedding"] == "none"


def test_a_few_rows_that_make_the_variance_are_learnt_by_huber():
    table = line(300)
    table.train.y[:2] *= 100
    network = fit(table)
    assert (network.record.settings["loss"], network.training.loss_name) == ("huber", "huber")
    assert "heavy_target" in codes(network)
    squared = fit(table, loss="squared_error", epochs=1)
    assert squared.training.loss_name == "squared_error"
    assert "heavy_target" not in codes(squared)


@pytest.mark.parametrize(
    ("y", "share"),
    [
        (np.r_[np.full(99, 1.0), 5.0], 1.0),
        (np.arange(-50.0, 51.0), 2500 / (2 * sum(n**2 for n in range(51)))),
        (np.full(10, 3.0), 0.0),
        (np.array([1.0]), 0.0),
    ],
)
def test_the_share_of_the_farthest_hundredth(y, share):
    assert share_of_few(y) == pytest.approx(share)


def test_noise_with_a_rare_class_is_answered_by_one_class():
    rng = np.random.default_rng(0)
    table = parts(rng.normal(size=(500, 3)), np.arange(500) % 25 == 0, classes(2))
    (note,) = (note for note in fit(table).record.notes if note.code == "collapsed")
    assert note.facts == {"class": "class 0", "rows": len(table.train.x)}


def test_a_ceiling_that_came_too_early_is_said(xored):
    network = fit(xored[0], epochs=6, schedule="constant")
    (note,) = network.record.notes
    assert (note.code, note.facts) == ("no_early_stop", {"epochs": 6, "best_epoch": 6})
    assert not network.training.stopped_early


def test_patience_ends_a_training_that_has_nothing_to_learn():
    rng = np.random.default_rng(0)
    table = parts(rng.normal(size=(200, 3)), rng.integers(2, size=200), classes(2))
    network = fit(table, schedule="constant", learning_rate=0.01, patience=2, epochs=50, hidden=(32, 16))
    assert network.training.stopped_early
    assert network.record.epochs < 50
    assert network.record.best_epoch <= network.record.epochs - 2
    assert "no_early_stop" not in codes(network)


def test_progress_is_told_after_each_epoch():
    table, told = xor(100), []
    train(table, table.task, Config(model=ModelConfig(epochs=3)), progress=lambda *steps: told.append(steps))
    assert told == [(1, 3), (2, 3), (3, 3)]
