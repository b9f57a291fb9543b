import numpy as np
import pandas as pd

from reportgen.evidence.conditions import conditions
from reportgen.records.mistakes import Condition


def _told(frame, fewest=1):
    known = conditions(frame, tuple(frame.columns), fewest)
    return {
        one.symbols if not one.missing else f"no {one.column}": known.holds[:, at] for at, one in enumerate(known.told)
    }


def test_levels_and_gaps_are_told_by_name():
    told = _told(pd.DataFrame({"town": ["a", "b", None, "a"]}, dtype=object))
    assert {name: where.tolist() for name, where in told.items()} == {
        "no town": [False, False, True, False],
        "town = a": [True, False, False, True],
        "town = b": [False, True, False, False],
    }


def test_a_number_of_few_values_is_cut_at_each_and_one_value_alone_is_a_level():
    told = _told(pd.DataFrame({"rooms": [1.0, 2.0, 3.0, 3.0]}))
    assert set(told) == {"rooms = 1", "rooms <= 2", "rooms > 1", "rooms = 3", "rooms = 2"}
    assert told["rooms > 1"].tolist() == [False, True, True, True]


def test_what_is_told_holds_on_the_rows_it_says():
    values = np.random.default_rng(0).normal(20, 5, 500)
    frame = pd.DataFrame({"age": np.where(np.arange(500) < 20, np.nan, values)})
    known = conditions(frame, ("age",), 10)
    for at, one in enumerate(known.told):
        if not one.missing:
            low, high = one.above, one.at_most
            inside = (frame["age"] > (-np.inf if low is None else low)) & (
                frame["age"] <= (np.inf if high is None else high)
            )
            assert inside.tolist() == known.holds[:, at].tolist()
    cuts = {one.at_most for one in known.told if one.above is None and one.at_most}
    assert all(len(f"{cut:g}") <= 6 for cut in cuts)


def test_dates_are_cut_at_days():
    days = pd.Series(pd.date_range("2001-01-01", periods=100, freq="D"))
    known = conditions(pd.DataFrame({"day": days}), ("day",), 1)
    half = next(
        one for one in known.told if one.above is None and one.at_most and one.symbols.startswith("day <= 2001-02-19")
    )
    assert half.dated
    assert known.holds[:, known.told.index(half)].sum() == 50


def test_conditions_on_too_few_rows_or_on_nearly_all_are_left_out():
    frame = pd.DataFrame({"town": ["a"] * 97 + ["b"] * 3}, dtype=object)
    assert conditions(frame, ("town",), 5).told == ()
    assert conditions(frame, ("town",), 3).told == (
        Condition(column="town", level="a"),
        Condition(column="town", level="b"),
    )
