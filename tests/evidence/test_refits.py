from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.evidence import performance
from reportgen.evidence.base import NotApplicable, Refit, Refitting
from reportgen.evidence.refits import (
    CORRECTED,
    PLAIN,
    compare,
    corrected_interval,
    limits,
    measure,
    score,
    usual_limits,
)
from reportgen.records.base import Code
from reportgen.records.network import Refits
from reportgen.records.table import Task
from tests.evidence.parts import joined, some

ANY = (-np.inf, np.inf)


def _anew(subject, count=4, seed=1, **facts):
    """Networks that are a little less sure than the subject's own, each on test rows drawn from its parts."""
    rng = np.random.default_rng(seed)
    whole = joined(subject.train, subject.validation, subject.test)
    for _ in range(count):
        rows = rng.permutation(len(whole.y))[: len(subject.test.y)]
        yield Refit(some(whole, rows), subject.inputs, subject.predict, len(whole.y) - len(rows), **facts)


def _measured(subject, covers=("split", "seed"), **facts):
    networks = facts.pop("networks", None) or tuple(_anew(subject))
    return measure(replace(subject, refits=Refitting(networks, covers, **facts)))


def test_the_corrected_interval_by_hand():
    # mean 0.9, variance 0.01, t of 2 degrees 4.30265; 4.30265 * sqrt((1/3 + 1/4) * 0.01) = 0.328621
    assert corrected_interval([0.8, 0.9, 1.0], 0.25) == pytest.approx((0.571379, 1.228621), abs=1e-6)


def test_the_usual_limits_by_hand():
    # 4.30265 * sqrt((1 + 1/3) * 0.01) = 0.496828
    assert usual_limits([0.8, 0.9, 1.0]) == pytest.approx((0.403172, 1.396828), abs=1e-6)


def test_without_shared_rows_it_is_students():
    values = [0.3, 0.9, 0.4, 0.7]
    assert corrected_interval(values, 0.0) == pytest.approx(tuple(stats.ttest_1samp(values, 0).confidence_interval()))


NUMBERS = st.lists(st.floats(-100, 100), min_size=3, max_size=8)


@given(NUMBERS, st.floats(0, 1), st.floats(-10, 10), st.floats(0.1, 10))
def test_the_interval_follows_its_unit_and_grows_with_the_rows_shared(values, ratio, shift, scale):
    low, high = corrected_interval(values, ratio)
    moved = corrected_interval([scale * value + shift for value in values], ratio)
    assert moved == pytest.approx((scale * low + shift, scale * high + shift), abs=1e-6)
    narrow = corrected_interval(values, 0.0)
    assert low <= narrow[0] + 1e-9
    assert narrow[1] <= high + 1e-9


@pytest.fixture(scope="module")
def repeated():
    """200 tables of two normal classes, each split six times; a nearest-mean classifier's accuracy on each test part.

    Beside them the true mean accuracy of such classifiers, each taught by as many rows.
    """
    rng = np.random.default_rng(7)
    rows, tested, distance = 100, 20, 1.5

    def draw(n):
        y = np.arange(n) % 2
        return rng.normal(size=(n, 2)) + distance * y[:, None] * [1, 0], y

    def teach(x, y):
        low, high = x[y == 0].mean(axis=0), x[y == 1].mean(axis=0)
        return high - low, (high @ high - low @ low) / 2

    def exact(way, offset):
        length = np.linalg.norm(way)
        return (stats.norm.cdf(offset / length) + stats.norm.cdf((distance * way[0] - offset) / length)) / 2

    truth = np.mean([exact(*teach(*draw(rows - tested))) for _ in range(2000)])
    found = np.empty((200, 6))
    for table in found:
        x, y = draw(rows)
        for k in range(6):
            order = rng.permutation(rows)
            held, learnt = order[:tested], order[tested:]
            way, offset = teach(x[learnt], y[learnt])
            table[k] = ((x[held] @ way > offset) == y[held]).mean()
    return truth, found, tested / (rows - tested)


def _coverage(truth, intervals):
    return np.mean([low <= truth <= high for low, high in intervals])


def test_the_corrected_interval_covers_what_the_naive_one_misses(repeated):
    truth, found, ratio = repeated
    assert _coverage(truth, (corrected_interval(values, ratio) for values in found)) >= 0.9
    assert _coverage(truth, (corrected_interval(values, 0.0) for values in found)) < 0.9


def test_one_more_network_falls_within_the_usual_limits_as_often_as_they_say(repeated):
    _, found, _ = repeated
    within = [low <= one <= high for one, (low, high) in ((v[0], usual_limits(v[1:])) for v in found)]
    assert 0.91 <= np.mean(within) <= 0.99


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_the_reported_network_comes_first_with_the_values_that_stand_beside_it(build_subject, kind):
    subject = build_subject(kind)
    found = _measured(subject)
    whole = {m.name: m.value for m in performance.measure(subject) if m.split == "test" and m.of is None}
    assert {m.name: m.reported for m in found.metrics} == whole
    for metric in found.metrics:
        assert (len(metric.values), metric.n, metric.values[0]) == (5, 5, metric.reported)
        assert metric.mean == pytest.approx(sum(metric.values) / 5)
        least, most = limits(metric.name, subject.task)
        assert least <= metric.low <= metric.mean <= metric.high <= most


def test_splits_are_corrected_for_by_test_rows_over_learnt_rows(binary_subject):
    found = _measured(binary_subject)
    assert (found.strategy, found.covers, found.method) == ("stratified", ("split", "seed"), CORRECTED)
    assert (found.count, found.train_rows, found.test_rows) == (4, 400, 200)
    accuracy = found.metric("accuracy")
    assert (accuracy.low, accuracy.high) == corrected_interval(accuracy.values, 0.5)
    assert accuracy.method == CORRECTED


@pytest.mark.parametrize("covers", [("seed",), ("training_rows", "seed")])
def test_where_test_rows_are_fixed_nothing_is_corrected(binary_subject, covers):
    found = _measured(binary_subject, covers)
    accuracy = found.metric("accuracy")
    assert (found.covers, found.method, accuracy.method) == (covers, PLAIN, PLAIN)
    assert (accuracy.low, accuracy.high) == corrected_interval(accuracy.values, 0.0)


@pytest.mark.parametrize("reason", ["refits_off", "too_large_to_refit", "no_other_split"])
def test_without_a_network_there_is_a_reason(binary_subject, reason):
    with pytest.raises(NotApplicable) as answer:
        measure(replace(binary_subject, refits=Refitting(why_none=reason)))
    assert answer.value.reason == reason


def test_what_cannot_be_scored_is_left_out_and_n_says_so(binary_subject):
    one_class = some(binary_subject.test, np.flatnonzero(binary_subject.test.y == 0))
    lonely = Refit(one_class, binary_subject.inputs, binary_subject.predict, 400)
    found = _measured(binary_subject, networks=(*_anew(binary_subject, 3), lonely))
    assert (found.metric("roc_auc").n, found.metric("accuracy").n) == (4, 5)
    assert len(found.metric("roc_auc").values) == 4
    assert found.metric("nothing") is None


def test_below_three_values_there_is_no_interval(binary_subject):
    accuracy = _measured(binary_subject, networks=tuple(_anew(binary_subject, 1))).metric("accuracy")
    assert (accuracy.n, accuracy.low, accuracy.high, accuracy.note) == (2, None, None, "too_few_networks")
    assert (accuracy.place, accuracy.mean) == (None, pytest.approx(sum(accuracy.values) / 2))


def test_equal_values_are_no_certainty():
    found = compare("accuracy", [1.0, 1.0, 1.0, 1.0], 0.25, (0, 1))
    assert (found.low, found.usual_low, found.place, found.note, found.mean) == (None, None, None, "all_equal", 1.0)


def test_a_number_that_no_network_has_is_none():
    found = compare("roc_auc", [None, None, None], 0.25, (0, 1))
    assert (found.values, found.mean, found.n, found.note) == ((), None, 0, "too_few_networks")


def test_where_the_reported_network_has_no_value_the_others_still_have_an_interval():
    found = compare("roc_auc", [None, 0.8, 0.9, 0.85], 0.25, (0, 1))
    assert (found.reported, found.place, found.n) == (None, None, 3)
    assert found.low < found.mean < found.high


def test_intervals_stay_within_what_is_possible():
    found = compare("accuracy", [0.6, 1.0, 0.7, 0.99], 0.25, (0.0, 1.0))
    assert (found.high, found.usual_high) == (1.0, 1.0)


@pytest.mark.parametrize(("reported", "place"), [(0.6, "below"), (0.8, "among"), (0.99, "above")])
def test_a_lucky_draw_is_told_by_the_others_alone(reported, place):
    others = [0.79, 0.8, 0.81, 0.8, 0.795]
    found = compare("accuracy", [reported, *others], 0.25, (0, 1))
    assert found.place == place
    assert (found.usual_low, found.usual_high) == usual_limits(others)


def test_others_that_are_all_equal_do_not_tell():
    assert compare("accuracy", [0.7, 0.8, 0.8, 0.8], 0.25, (0, 1)).place is None


def test_what_went_wrong_is_counted(binary_subject):
    collapsed = Code(code="collapsed", facts={"class": "no", "rows": 300})
    networks = (
        *_anew(binary_subject, 2),
        *_anew(binary_subject, 2, notes=(collapsed,)),
        *_anew(binary_subject, 1, notes=(Code(code="diverged"), collapsed)),
    )
    found = _measured(binary_subject, networks=networks, left_out=2)
    assert (found.count, found.collapsed, found.diverged, found.left_out) == (5, 3, 1, 2)


def test_the_class_that_a_task_is_about_stays_the_same():
    y, sure = np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    about = {p: score(Task(kind="binary", target="y", classes=("a", "b"), positive=p), y, sure) for p in ("a", "b")}
    assert about["a"]["brier"] == pytest.approx(about["b"]["brier"])
    assert about["a"]["roc_auc"] == about["b"]["roc_auc"] == 1.0


def test_a_class_that_test_rows_lack_keeps_its_column():
    task = Task(kind="multiclass", target="y", classes=("a", "b", "c"))
    values = score(task, np.array([0, 1, 1]), np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6]]))
    assert (values["accuracy"], values["balanced_accuracy"]) == pytest.approx((2 / 3, 0.75))


def test_numbers_that_run_away_are_no_values():
    values = score(Task(kind="regression", target="y"), np.array([1.0, 2.0]), np.array([np.nan, 1.0]))
    assert set(values.values()) == {None}


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("r2", "regression", (-np.inf, 1)),
        ("bias", "regression", ANY),
        ("rmse", "regression", (0, np.inf)),
        ("log_loss", "multiclass", (0, np.inf)),
        ("mean_class_difference", "multiclass", (0, 2)),
        ("brier", "multiclass", (0, 2)),
        ("brier", "binary", (0, 1)),
        ("accuracy", "binary", (0, 1)),
    ],
)
def test_every_number_has_its_range(build_subject, name, kind, expected):
    assert limits(name, build_subject(kind, 60).task) == expected


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_it_survives_json(build_subject, kind):
    found = _measured(build_subject(kind))
    assert Refits.model_validate_json(found.model_dump_json()) == found
