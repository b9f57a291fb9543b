import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reportgen.config import Config, ModelConfig
from reportgen.model import Network, train
from reportgen.model.runtime import keras
from tests.model.stand_ins import NUMBER, StandIn, StandInRows, blobs, classes, line, parts, xor

pytestmark = pytest.mark.slow

TWICE = """
import sys
from reportgen.config import Config
from reportgen.model import train
from tests.model.stand_ins import xor
table = xor(100)
network = train(table, table.task, Config(budget="quick"))
print(network.predict(table.test.x).tobytes().hex(), network.first_layer.tobytes().hex())
"""


def fit(table: StandIn, seed: int = 0, **settings) -> Network:
    return train(table, table.task, Config(seed=seed, model=ModelConfig(**settings)))


def accuracy(network: Network, rows: StandInRows) -> float:
    return float(np.mean(network.predict(rows.x).argmax(axis=1) == rows.y))


def r2(network: Network, rows: StandInRows) -> float:
    return float(1 - np.mean((network.predict(rows.x) - rows.y) ** 2) / rows.y.var())


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


def test_it_learns_a_line_in_the_units_of_the_target(lined):
    assert r2(lined[1], lined[0].test) > 0.97


def test_the_best_epoch_is_the_one_of_the_least_validation_loss(xored):
    table, network = xored
    history = network.training.validation
    assert history[0] > min(history) == history[network.training.best_epoch - 1]
    probabilities = network.predict(table.validation.x)
    own = probabilities[np.arange(len(probabilities)), table.validation.y]
    assert -np.log(own).mean() == pytest.approx(min(history), rel=1e-4)


def test_the_record_counts_every_weight(xored):
    record = xored[1].record
    first, second = (int(width) for width in str(record.settings["hidden"]).split(", "))
    assert record.inputs == 2
    assert record.parameters == 3 * first + (first + 1) * second + (second + 1) * 2
    assert record.parameters == sum(layer.parameters for layer in record.layers)
    assert (record.epochs, record.train_seconds) == (len(xored[1].training.train), None)


@pytest.mark.parametrize("number", [2, 3])
def test_probabilities_sum_to_one(number):
    table = blobs(number, 40)
    probabilities = fit(table, epochs=3).predict(table.test.x)
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


def test_many_rows_are_answered_in_pieces(xored):
    table, network = xored
    many = np.tile(table.test.x, (300, 1))
    assert len(many) > 2 * 2**13
    np.testing.assert_allclose(network.predict(many), np.tile(network.predict(table.test.x), (300, 1)), rtol=1e-5)
    values, gradients = network.gradients(many, 1)
    assert (len(values), gradients.shape) == (len(many), many.shape)
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


def test_two_trainings_in_one_process_are_equal(xored):
    again = fit(xored[0])
    assert np.array_equal(again.predict(xored[0].test.x), xored[1].predict(xored[0].test.x))
    assert (again.record, again.training) == (xored[1].record, xored[1].training)
    assert all(map(np.array_equal, again.nets.core.get_weights(), xored[1].nets.core.get_weights()))


def test_another_seed_is_another_network(xored):
    assert not np.array_equal(fit(xored[0], seed=2**32 - 1, epochs=2).first_layer, xored[1].first_layer)


def test_two_processes_are_equal_and_silent_on_stderr():
    root = Path(__file__).parents[2]
    runs = [
        subprocess.run(
            [sys.executable, "-c", TWICE],
            capture_output=True, text=True, check=True, cwd=root, env=os.environ | {"PYTHONPATH": str(root)},
        )
        for _ in range(2)
    ]  # fmt: skip
    assert runs[0].stdout == runs[1].stdout != ""
    assert [run.stderr for run in runs] == ["", ""]


def test_many_classes_of_few_rows():
    table = blobs(100, 5, columns=20)
    assert accuracy(fit(table), table.test) > 0.8


def test_more_columns_than_rows():
    table = blobs(2, 30, columns=200)
    assert accuracy(fit(table), table.test) > 0.9


def test_a_constant_target_in_validation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).astype(np.float32)
    y = 5.0 * x[:, 0]
    table = StandIn(StandInRows(x, y), StandInRows(x[:20], np.full(20, 1.0)), StandInRows(x, y), NUMBER)
    assert np.isfinite(fit(table, epochs=5).predict(x)).all()


def test_numbers_that_run_away_are_said_and_survived():
    table = line()
    wild = StandIn(StandInRows(table.train.x * np.float32(1e30), table.train.y), table.validation, table.test, NUMBER)
    network = fit(wild)
    assert [note.code for note in network.record.notes] == ["diverged"]
    assert np.isfinite(network.predict(table.test.x)).all()


def test_noise_with_a_rare_class_is_answered_by_one_class():
    rng = np.random.default_rng(0)
    table = parts(rng.normal(size=(500, 3)), np.arange(500) % 25 == 0, classes(2))
    (note,) = (note for note in fit(table).record.notes if note.code == "collapsed")
    assert note.facts == {"class": "class 0", "rows": len(table.train.x)}


def test_a_ceiling_that_came_too_early_is_said(xored):
    network = fit(xored[0], epochs=3)
    assert [note.code for note in network.record.notes] == ["no_early_stop"]
    assert not network.training.stopped_early


def test_progress_is_told_after_each_epoch():
    table, told = xor(100), []
    train(table, table.task, Config(model=ModelConfig(epochs=3)), progress=lambda *steps: told.append(steps))
    assert told == [(1, 3), (2, 3), (3, 3)]
