from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.config import SelectionConfig
from reportgen.evidence import selection
from reportgen.records.table import Encoded

CONFIG = SelectionConfig()


def made(subject, columns, y):
    frame = pd.DataFrame(columns)
    inputs = tuple(Encoded(name=name, feature=name, kind="number") for name in frame)
    return replace(subject, inputs=inputs, train=replace(subject.train, frame=frame, y=np.asarray(y)))


def test_a_copy_of_the_target_tells_its_whole_entropy(binary_subject):
    y = np.repeat([0, 1], 100)
    copy = np.array(["no", "yes"], dtype=object)[y]
    (first,), summary = selection.measure(made(binary_subject, {"copy": copy}, y), CONFIG)
    assert summary.target_entropy == pytest.approx(1.0)
    assert first.mutual_information == pytest.approx(1.0)
    assert first.entropy == pytest.approx(1.0)
    assert (first.selected, first.frequency, first.rank, first.correlation) == (True, 1.0, 1, pytest.approx(1.0))
    assert first.low <= first.mutual_information <= first.high


def test_hand_built_subjects_are_ranked_as_their_weights_say(multiclass_subject, regression_subject):
    for subject in (multiclass_subject, regression_subject):
        scores, summary = selection.measure(subject, CONFIG)
        assert scores[0].feature == "size"
        assert scores[0].selected
        assert [score.rank for score in scores] == [1, 2, 3]
        assert summary.n == len(subject.train.y)


def test_exclusive_or_of_half_the_rows_has_the_information_of_its_table(binary_subject):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, 20_000)
    y = np.where(rng.random(20_000) < 0.9, x, 1 - x)
    truth = 1 + 0.9 * np.log2(0.9) + 0.1 * np.log2(0.1)
    (score,), _ = selection.measure(made(binary_subject, {"x": x.astype(float)}, y), CONFIG)
    assert score.mutual_information == pytest.approx(truth, abs=0.01)
    assert score.low < truth < score.high


@pytest.mark.parametrize("kind", ["number", "many levels", "skewed"])
def test_noise_is_selected_no_more_often_than_alpha(binary_subject, kind):
    rng = np.random.default_rng(5)
    y = (rng.random(200) < 0.3).astype(int)
    draws = {
        "number": lambda: rng.normal(size=200),
        "many levels": lambda: np.array([f"l{i}" for i in rng.integers(0, 20, 200)], dtype=object),
        "skewed": lambda: np.where(rng.random(200) < 0.03, 1.0, 0.0),
    }
    runs = 25
    tables = (made(binary_subject, {f"c{i}": draws[kind]() for i in range(20)}, y) for _ in range(runs))
    config = SelectionConfig(shuffles=200, resamples=5)
    false = sum(any(score.selected for score in selection.measure(table, config)[0]) for table in tables)
    assert false <= 5  # 5 % of 25 runs is 1.25; six or more happen in 1 of 1,000


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty(binary_subject):
    rng = np.random.default_rng(9)
    truth = 1 + 0.7 * np.log2(0.7) + 0.3 * np.log2(0.3)
    x = rng.integers(0, 2, (400, 60))
    held = 0
    for column in x.T:
        y = np.where(rng.random(400) < 0.7, column, 1 - column)
        (score,), _ = selection.measure(made(binary_subject, {"x": column.astype(float)}, y), CONFIG)
        held += score.low <= truth <= score.high
    assert held >= 51  # 57 expected; fewer than 51 in 1 of 100


def test_power_remains_among_eighty_columns(binary_subject):
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 400)
    columns = {f"c{i:02d}": rng.normal(size=400) for i in range(79)} | {"real": y + rng.normal(size=400)}
    scores, _ = selection.measure(made(binary_subject, columns, y), CONFIG)
    assert [score.feature for score in scores if score.selected] == ["real"]


def test_constant_and_all_missing_columns_say_nothing(binary_subject, regression_subject):
    for subject in (binary_subject, regression_subject):
        rows = len(subject.train.y)
        columns = {"one": np.ones(rows), "none": np.full(rows, np.nan)}
        scores, _ = selection.measure(made(subject, columns, subject.train.y), CONFIG)
        assert [(s.entropy, s.mutual_information, s.p_value, s.correlation) for s in scores] == [(0, 0, 1, None)] * 2


def test_the_same_seed_gives_the_same_scores(multiclass_subject):
    assert selection.measure(multiclass_subject, CONFIG) == selection.measure(multiclass_subject, CONFIG)


def test_many_rows_are_drawn_from(binary_subject, monkeypatch):
    monkeypatch.setattr(selection, "MOST_ROWS", 100)
    scores, summary = selection.measure(binary_subject, CONFIG)
    assert (summary.n, scores[0].n, scores[0].feature) == (100, 100, "size")
