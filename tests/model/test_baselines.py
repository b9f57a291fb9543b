import pickle

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from reportgen.model import baselines
from reportgen.model.baselines import fit_baselines
from reportgen.model.shapes import bare
from tests.model.stand_ins import NUMBER, StandIn, StandInRows, blobs, classes, line, parts, xor


def fitted(table: StandIn, seed: int = 0):
    return {baseline.name: baseline for baseline in fit_baselines(table, table.task, seed)}


def accuracy(baseline, rows: StandInRows) -> float:
    return float(np.mean(baseline.predict(rows.x).argmax(axis=1) == rows.y))


def test_there_are_four_in_order_of_complexity():
    assert tuple(fitted(line())) == ("dummy", "linear", "tree", "boosting")


def test_guessing_states_the_shares_of_the_training_classes():
    table = blobs(3, 50)
    shares = np.bincount(table.train.y) / len(table.train.y)
    assert np.array_equal(fitted(table)["dummy"].predict(table.test.x), np.tile(shares, (len(table.test.x), 1)))


def test_guessing_a_number_states_the_training_mean():
    table = line()
    assert np.array_equal(fitted(table)["dummy"].predict(table.test.x), np.full(60, table.train.y.mean()))


@pytest.mark.parametrize("table", [xor(), blobs(4, 40)], ids=["binary", "multiclass"])
def test_probabilities_of_all_sum_to_one(table):
    for baseline in fitted(table).values():
        probabilities = baseline.predict(table.test.x)
        assert probabilities.shape == (len(table.test.x), len(table.task.classes))
        assert probabilities.min() >= 0
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_the_line_recovers_the_coefficients_of_standardised_inputs():
    table = line(3000)
    expected = 50 * np.array([3, -2, 0]) * table.train.x.std(axis=0)
    np.testing.assert_allclose(fitted(table)["linear"].coefficients, expected, atol=2)


def test_the_line_is_ridge_regression_with_the_penalty_it_states():
    table = line(noise=3.0)
    linear = fitted(table)["linear"]
    scaler = StandardScaler().fit(table.train.x.astype(np.float64))
    ridge = Ridge(alpha=linear.settings["penalty"]).fit(
        scaler.transform(table.train.x.astype(np.float64)), table.train.y
    )
    np.testing.assert_allclose(linear.predict(table.test.x), ridge.predict(scaler.transform(table.test.x)), rtol=1e-6)


def test_the_sign_of_a_binary_coefficient_speaks_for_the_second_class():
    x = np.random.default_rng(0).normal(size=(300, 2))
    coefficients = fitted(parts(x, x[:, 0] > x[:, 1], classes(2)))["linear"].coefficients
    assert coefficients.shape == (2,)
    assert coefficients[0] > 0 > coefficients[1]


def test_a_line_has_coefficients_for_each_of_many_classes_and_of_one_column_too():
    assert fitted(blobs(3, 50))["linear"].coefficients.shape == (3, 8)
    x = np.random.default_rng(0).normal(size=(100, 1))
    assert fitted(parts(x, x[:, 0], NUMBER))["linear"].coefficients.shape == (1,)
    assert fitted(parts(x, x[:, 0] > 0, classes(2)))["linear"].coefficients.shape == (1,)


def test_a_tree_parts_what_two_thresholds_part():
    table = xor(1000)
    tree = fitted(table)["tree"]
    assert accuracy(tree, table.test) > 0.95
    assert tree.importances.sum() == pytest.approx(1)
    assert accuracy(fitted(table)["linear"], table.test) < 0.65


def test_a_tree_of_noise_stays_small():
    rng = np.random.default_rng(3)
    table = parts(rng.normal(size=(500, 5)), rng.integers(2, size=500), classes(2))
    assert fitted(table)["tree"].settings["leaves"] <= 4


def test_boosting_learns_a_product():
    x = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    table = parts(x, 10 * x[:, 0] * x[:, 1], NUMBER)
    residuals = fitted(table)["boosting"].predict(table.test.x) - table.test.y
    assert 1 - residuals.var() / table.test.y.var() > 0.95


def test_a_class_without_training_rows_gets_no_probability():
    table = blobs(3, 40)
    seen = table.train.y != 1
    table = StandIn(StandInRows(table.train.x[seen], table.train.y[seen]), table.validation, table.test, table.task)
    for baseline in fitted(table).values():
        probabilities = baseline.predict(table.test.x)
        assert probabilities.shape[1] == 3
        assert not probabilities[:, 1].any()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("task", [classes(2), NUMBER], ids=["classes", "number"])
def test_a_constant_training_target_leaves_guessing_alone(task):
    x = np.random.default_rng(0).normal(size=(50, 2))
    table = parts(x, np.ones(50), task)
    (baseline,) = fit_baselines(table, task, 0)
    expected = np.array([0.0, 1.0]) if task.classes else 1.0
    assert baseline.name == "dummy"
    assert (baseline.predict(table.test.x) == expected).all()


@pytest.mark.parametrize("table", [blobs(60, 5), blobs(2, 30, columns=200)], ids=["many classes", "wide"])
def test_few_rows_for_much_to_learn_raise_no_warning(table):
    assert accuracy(fitted(table)["linear"], table.test) > 0.9


@pytest.mark.parametrize("table", [xor(), line()], ids=["classes", "number"])
def test_two_fits_are_equal(table):
    first, second = fitted(table, seed=5), fitted(table, seed=5)
    for name in first:
        assert np.array_equal(first[name].predict(table.test.x), second[name].predict(table.test.x))
        assert first[name].settings == second[name].settings


def test_a_tree_of_many_rows_is_grown_from_some_of_each_class(monkeypatch):
    monkeypatch.setattr(baselines, "TREE_ROWS", 500)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2_000, 3)), np.repeat([0, 1], [1_800, 200])
    rows = baselines._Doubles(x, rng.permutation(y))
    part = baselines._in_part(rows, 500, seed=0)
    assert np.bincount(part.y).tolist() == [450, 50]
    assert baselines._in_part(rows, 2_000, seed=0) is rows
    again = baselines._in_part(rows, 500, seed=0)
    assert (again.x == part.x).all()
    places = np.flatnonzero((rows.x[:, None, 0] == part.x[None, :, 0]).any(axis=1))
    assert len(places) == 500
    assert (rows.y[places] == part.y).all()
    assert baselines._tree(rows, part, 2, seed=0).settings["rows"] == 500
    assert "rows" not in baselines._tree(part, part, 2, seed=0).settings


@pytest.mark.parametrize("table", [line(), xor(), blobs(4, 40)], ids=["regression", "binary", "multiclass"])
def test_another_process_hands_over_the_same_rivals(table):
    apart = pickle.loads(pickle.dumps(fit_baselines(bare(table), table.task, 0)))
    for here, there in zip(fitted(table).values(), apart, strict=True):
        assert (here.name, here.settings) == (there.name, there.settings)
        assert np.array_equal(here.predict(table.test.x), there.predict(table.test.x))
