"""Splits and rivals of the quality benchmark on small tables of known truth, and the whole page once."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from rivals import RIVALS, loss
from sklearn.exceptions import ConvergenceWarning
from splits import prepared_splits, read_table

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "quality.py"


@pytest.fixture(scope="module", params=[0, 1], ids=["classes", "numbers"])
def dataset(folder, request):
    return read_table(folder, json.loads((folder / "manifest.json").read_text())["datasets"][request.param])


def test_leaks_and_keys_are_dropped(dataset):
    assert {column.name for column in dataset.features} == {"x", "colour", "day"}


def test_every_row_is_tested_once_and_in_one_part_of_each_split(dataset):
    tested = []
    for prepared in prepared_splits(dataset, 5):
        parts = [set(part.rows.tolist()) for part in (prepared.train, prepared.validation, prepared.test)]
        assert [len(part) for part in parts] == [128, 32, 40]
        assert len(set.union(*parts)) == 200
        tested += parts[2]
    assert sorted(tested) == list(range(200))


def test_splits_are_the_same_each_time(dataset):
    first, again = (next(prepared_splits(dataset, 1)) for _ in range(2))
    np.testing.assert_array_equal(first.test.rows, again.test.rows)
    np.testing.assert_array_equal(first.validation.rows, again.validation.rows)


def test_every_rival_learns_what_is_there(dataset):
    """Better than guessing the shares or the mean by a fifth at least; a plain MLP may be sure of itself and wrong."""
    classes = len(dataset.task.classes)
    prepared = next(prepared_splits(dataset, 1))
    y = prepared.train.y
    guess = np.tile(np.bincount(y) / len(y), (40, 1)) if classes else np.full(40, y.mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for name, variants in RIVALS.items():
            answers = {variant: rival(prepared, classes) for variant, rival in variants.items()}
            assert all(answer.shape == guess.shape for answer in answers.values())
            best = min(loss(prepared.test.y, answer) for answer in answers.values())
            assert best < 0.8 * loss(prepared.test.y, guess), name


def test_losses_by_hand():
    assert loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]])) == pytest.approx(np.log(8) / 2)
    assert loss(np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(-np.log(1.1920929e-07))
    assert loss(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(np.sqrt(2))


@pytest.mark.slow
def test_the_page_of_a_folder(folder, tmp_path):
    raw = tmp_path / "raw.json"
    command = [sys.executable, str(PROGRAM), "--data", str(folder), "--splits", "2", "--json", str(raw)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    lines = done.stdout.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| classes", "| numbers"]
    assert [line.startswith("- **") for line in lines[-6:]] == [True] * 6
    assert (done.returncode == 0) == ("not met" not in done.stdout)
    first = json.loads(raw.read_text())[0]
    command += ["--rivals", str(raw), "--table", "classes"]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.stdout.splitlines()[2].split(" | ")[4:7] == lines[2].split(" | ")[4:7]
    assert json.loads(raw.read_text())[0]["rivals"] == first["rivals"], "taken over with their seconds"
    assert (first["rows"], len(first["network"]), len(first["rivals"]["MLP"]["stopped"])) == (200, 2, 2)


@pytest.mark.slow
def test_an_unknown_table_is_one_sentence(folder):
    command = [sys.executable, str(PROGRAM), "--data", str(folder), "--table", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"no table none in {folder}; it has classes, numbers\n")
