from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reportgen.evidence import slice_search, slices
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.conditions import conditions
from reportgen.evidence.intervals import rate_difference_interval
from reportgen.evidence.slice_power import either_way
from reportgen.evidence.slice_refine import refine
from reportgen.evidence.slice_search import Rates, Sizes, rows_of, search
from reportgen.evidence.slice_tests import expected, strata, worse_p
from reportgen.evidence.slices import Held, find, halves


def _frame(rng, rows=800):
    return pd.DataFrame(
        {
            "age": rng.normal(40, 10, rows),
            "town": np.array(["a", "b", "c"], dtype=object)[rng.integers(0, 3, rows)],
            "job": np.array(["x", "y"], dtype=object)[rng.integers(0, 2, rows)],
        }
    )


def _held(frame, errors, sure=0.9):
    return Held(errors.astype(float), np.full(len(errors), sure), conditions(frame, tuple(frame.columns), 15))


@pytest.fixture(scope="module")
def planted():
    """In town a and job x half of the rows are wrong, elsewhere 5 in 100."""
    rng = np.random.default_rng(1)
    frame = _frame(rng)
    inside = ((frame["town"] == "a") & (frame["job"] == "x")).to_numpy()
    return _held(frame, rng.random(len(frame)) < np.where(inside, 0.5, 0.05)), inside


def test_a_planted_slice_is_found_with_numbers_of_fresh_rows(planted):
    held, inside = planted
    found, summary = find(held, np.random.default_rng(0), 1000, 1e9)
    first = found[0]
    assert (first.rule, first.columns, first.confirmed) == ("town = a and job = x", ("town", "job"), True)
    parts = halves(held.errors, np.random.default_rng(0))
    fresh = next(half for half in parts if np.count_nonzero(inside[half]) == first.n)
    wrong, others = int(held.errors[fresh][inside[fresh]].sum()), int(held.errors[fresh][~inside[fresh]].sum())
    assert first.error == wrong / first.n
    assert first.rest == others / (len(fresh) - first.n)
    assert first.coverage == wrong / (wrong + others)
    confirmed = sum(one.confirmed for one in found)
    level = 1 - 0.05 * confirmed / summary.candidates
    tallies = (wrong, first.n), (others, len(fresh) - first.n)
    assert (first.low, first.high) == rate_difference_interval(*tallies, level)
    assert (summary.rows, sum(summary.halves), summary.complete) == (800, 800, True)


def test_the_search_misses_nothing_that_looking_at_everything_finds(planted):
    held, _ = planted
    worse = Rates(held.errors)
    best = search(held.known, worse, 15, 1e12)
    everything = {}
    for size in (1, 2, 3):
        for members in combinations(range(len(held.known.told)), size):
            if len(set(held.known.column[list(members)])) == size:
                inside = rows_of(held.known, members)
                if inside.sum() >= 15:
                    everything[members] = float(
                        worse.ratio(np.array([inside.sum()]), np.array([held.errors[inside].sum()]))[0]
                    )
    assert max(everything, key=lambda members: everything[members] - 4 * len(members)) == best.conjunctions[0]


def test_the_ratio_is_that_of_two_rates_against_one():
    errors = np.r_[np.ones(20), np.zeros(80)]
    table = np.array([[12, 8], [8, 72]])
    expected_ratio = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic / 2
    worse = Rates(errors)
    assert worse.ratio(np.array([20.0]), np.array([12.0]))[0] == pytest.approx(expected_ratio)
    assert worse.ratio(np.array([20.0]), np.array([3.0]))[0] == 0.0


def test_no_part_of_a_part_exceeds_its_bound():
    rng = np.random.default_rng(0)
    for errors in ((rng.random(200) < 0.2).astype(float), rng.exponential(1.0, 200)):
        worse = Rates(errors) if set(errors) <= {0.0, 1.0} else Sizes(errors)
        for _ in range(200):
            part = rng.random(200) < 0.4
            sub = part & (rng.random(200) < rng.random())
            if sub.sum() < 10:
                continue
            one = (
                np.array([float(part.sum())]),
                np.array([worse.errors[part].sum()]),
                np.array([worse.above[part].sum()]),
            )
            reached = worse.ratio(np.array([float(sub.sum())]), np.array([worse.errors[sub].sum()]))[0]
            assert reached <= worse.bound(*one, 10)[0] + 1e-9
            assert (
                not reached
                or worse.screen(np.array([float(sub.sum())]), np.array([worse.errors[sub].sum()]), reached * 0.999)[0]
            )


def test_one_table_gives_fishers_mid_p():
    errors = np.r_[np.ones(6), np.zeros(14), np.ones(4), np.zeros(76)]
    inside = np.arange(100) < 20
    law = stats.hypergeom(100, 10, 20)
    assert worse_p(errors, inside, np.zeros(100, dtype=int)) == pytest.approx(law.sf(6) + law.pmf(6) / 2)


def test_an_excess_that_a_stratum_explains_is_none():
    stratum = np.repeat([0, 1], 100)
    errors = np.r_[np.resize([1, 1, 0, 0], 100), np.resize([1] + [0] * 19, 100)].astype(float)
    inside = np.r_[np.arange(100) < 80, np.arange(100) < 20]
    assert worse_p(errors, inside, np.zeros(200, dtype=int)) < 0.001
    assert worse_p(errors, inside, stratum) > 0.3
    assert expected(errors, inside, stratum) == pytest.approx((80 * 0.5 + 20 * 0.05) / 100)


def test_sizes_are_compared_by_welch():
    rng = np.random.default_rng(0)
    errors, inside = rng.exponential(1.0, 100), np.arange(100) < 30
    errors[:30] += 0.4
    welch = stats.ttest_ind(errors[inside], errors[~inside], equal_var=False, alternative="greater").pvalue
    assert worse_p(errors, inside, np.zeros(100, dtype=int)) == pytest.approx(welch)


def test_rows_that_are_as_sure_share_a_stratum():
    sure = np.repeat([0.6, 0.9], 100)
    assert len(np.unique(strata(sure))) == 2
    assert (np.bincount(strata(np.linspace(0.5, 1, 1000))) == 50).all()


def test_halves_share_errors_evenly():
    errors = np.r_[np.ones(31), np.zeros(70)]
    first, second = halves(errors, np.random.default_rng(0))
    assert sorted([*first, *second]) == list(range(101))
    assert abs(errors[first].sum() - errors[second].sum()) <= 1


def test_found_on_one_and_confirmed_on_the_other_half_either_way():
    rng = np.random.default_rng(0)
    score = rng.random((2, 200_000))
    found, confirmed = score < 0.4, score < 0.7
    either = (found[0] & confirmed[1]) | (found[1] & confirmed[0])
    assert either_way(np.array([0.4]), np.array([0.7]))[0] == pytest.approx(either.mean(), abs=0.005)


def test_what_can_be_seen_is_less_for_smaller_parts(planted):
    held, _ = planted
    _, summary = find(held, np.random.default_rng(0), 1000, 1e9)
    errors = [one.error for one in summary.detectable]
    assert errors == sorted(errors, reverse=True)
    assert all(error > summary.error for error in errors)


def test_a_network_that_knows_its_weakness_is_told_from_one_that_does_not(planted):
    held, inside = planted
    aware = replace(held, sure=np.where(inside, 0.55, 0.95))
    knows, blind = (find(one, np.random.default_rng(0), 1000, 1e9)[0][0] for one in (aware, held))
    assert blind.expected == pytest.approx(blind.rest, abs=0.02)
    assert blind.beyond_p_value < 0.05 <= knows.beyond_p_value


def test_larger_errors_of_numbers_are_found():
    rng = np.random.default_rng(2)
    frame = _frame(rng)
    sizes = rng.exponential(np.where(frame["town"] == "b", 3.0, 1.0))
    held = Held(sizes, None, conditions(frame, tuple(frame.columns), 15))
    found = find(held, np.random.default_rng(0), 1000, 1e9)[0]
    assert found[0].rule == "town = b"
    assert found[0].low < found[0].error - found[0].rest < found[0].high
    assert (found[0].expected, found[0].beyond_p_value) == (None, None)


def test_too_few_errors_are_no_evidence(binary_subject):
    held = slices.look(binary_subject)
    errors = np.zeros(len(held.errors))
    errors[:3] = 1.0
    with pytest.raises(NotApplicable, match="too_few_errors"):
        find(replace(held, errors=errors), np.random.default_rng(0), 1000, 1e9)


def test_held_rows_of_a_subject_are_searched_the_same_each_time(binary_subject):
    found, summary = slices.measure(binary_subject)
    assert slices.measure(binary_subject) == (found, summary)
    assert summary.rows == len(binary_subject.test.y)
    assert summary.networks == 1


def test_without_a_weak_slice_few_are_confirmed():
    alarms = 0
    for draw in range(40):
        rng = np.random.default_rng([5, draw])
        frame = _frame(rng, 600)
        found, _ = find(_held(frame, rng.random(600) < 0.15), np.random.default_rng(draw), 1000, 1e9)
        alarms += any(one.confirmed for one in found)
    assert alarms <= 5  # a binomial of 40 draws at 5 in 100 is larger once in 100 times


def test_cuts_are_moved_to_where_a_slice_ends():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"age": rng.uniform(0, 100, 4000), "job": rng.choice(["x", "y"], 4000)})
    inside = frame["age"].between(33, 37).to_numpy()
    held = _held(frame, rng.random(4000) < np.where(inside, 0.6, 0.05))
    first = find(held, np.random.default_rng(0), 2000, 1e9)[0][0]
    (told,) = first.conditions
    assert (told.above, told.at_most) == (pytest.approx(33, abs=2), pytest.approx(37, abs=2))
    assert first.confirmed


def test_refining_loses_nothing_and_tells_what_its_rows_are():
    rng = np.random.default_rng(4)
    frame = _frame(rng)
    frame.loc[:30, "age"] = np.nan
    held = _held(frame, rng.random(800) < 0.2)
    worse = Rates(held.errors)
    found = search(held.known, worse, 15, 1e9)
    spans, moved = refine(held.known, worse, found, 15)
    wide = held.known.with_spans(spans)
    assert wide.told[: len(held.known.told)] == held.known.told
    for told, where in zip(wide.told, wide.holds.T, strict=True):
        if told.column == "age" and not told.missing:
            low, high = (told.above or -np.inf), (np.inf if told.at_most is None else told.at_most)
            assert (where == ((frame["age"] > low) & (frame["age"] <= high)).to_numpy()).all()
    sizes = [rows_of(wide, members).sum() for members in moved.conjunctions]
    assert min(sizes) >= 15
    assert moved.worth[0] >= found.worth[0] - 1e-9
    assert (np.diff(moved.worth) <= 0).all()


def test_spans_of_dates_hold_on_the_days_they_tell():
    days = pd.Series(pd.date_range("2020-01-01", periods=300), name="day")
    known = conditions(days.to_frame(), ("day",), 15)
    wide = known.with_spans([(0, 10, 20), (0, 0, 5)])
    for told, where in zip(wide.told[-2:], wide.holds.T[-2:], strict=True):
        since = (days - pd.Timestamp(0)).dt.days
        low = -np.inf if told.above is None else told.above
        assert told.dated
        assert (where == ((since > low) & (since <= told.at_most)).to_numpy()).all()


def test_of_very_many_conditions_the_worst_are_combined_and_the_planted_part_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(77)
    frame = pd.DataFrame(rng.normal(size=(1_200, 40)), columns=[f"x{place}" for place in range(40)])
    part = (frame["x7"] > 0.4).to_numpy() & (frame["x21"] < 0).to_numpy()
    held = _held(frame, np.where(part, rng.random(1_200) < 0.7, rng.random(1_200) < 0.05))
    whole = search(held.known, Rates(held.errors), 15, 1e9)
    monkeypatch.setattr(slice_search, "MOST_JOINED", 60)
    some = search(held.known, Rates(held.errors), 15, 1e9)
    assert some.conjunctions[0] == whole.conjunctions[0]
    assert {held.known.told[at].column for at in some.conjunctions[0]} == {"x7", "x21"}
    assert not some.complete
    assert some.looked < whole.looked / 4
