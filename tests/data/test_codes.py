"""Levels that have an order enter with their rank: place, level and reading of a saved table."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from reportgen.config import ColumnConfig, Config
from reportgen.data import Prepared, Preparer, load, prepare, read_rows, split
from reportgen.data.codes import rank_levels


def told(frame: pd.DataFrame | str, **options: object) -> Prepared:
    config = Config(target="y", **options)
    return prepare(split(load(frame, config), config))


def sized(rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=rows), "size": rng.choice(["small", "medium", "large"], rows)})
    frame["wish"] = rng.choice(["so-so", "fine", "poor", None], rows)
    frame["y"] = rng.choice(["a", "b"], rows)
    return frame


def inputs(prepared: Prepared, feature: str) -> list[tuple[str, str | None]]:
    return [(e.kind, e.level or e.part) for e in prepared.inputs if e.feature == feature]


def test_ranks_are_places_in_the_order_standardised_by_training_rows() -> None:
    values = pd.Series(["low", "low", "mid", "high", None], name="how")
    found = rank_levels(values, ("low", "mid", "high", "extreme"))
    mean, deviation = 1.75, np.std([1, 1, 2, 3])
    assert found is not None
    assert_allclose(found.codes[0], (np.array([1, 2, 3, 4]) - mean) / deviation, rtol=1e-6)
    assert_allclose(found.centre + found.scale, (mean, deviation))
    made = found.apply(pd.Series(["extreme", None, "unknown"], dtype=object))[0]
    assert_allclose(made, [(4 - mean) / deviation, 0, 0], rtol=1e-6)


def test_two_ranks_are_no_more_than_two_levels() -> None:
    assert rank_levels(pd.Series(["low", "high"] * 9, name="how"), ("low", "mid", "high")) is None


def test_known_orders_and_those_that_the_user_names_enter_as_ranks() -> None:
    prepared = told(sized(), columns={"wish": ColumnConfig(order=("poor", "so-so", "fine"))})
    assert inputs(prepared, "size") == [("code", "rank")]
    assert inputs(prepared, "wish") == [("missing", None), ("code", "rank")]
    (column,) = (c for c in prepared.columns if c.name == "size")
    assert [step.code for step in column.treatment] == ["rank"]
    assert [kind for kind, _ in inputs(told(sized()), "wish")] == ["level"] * 3 + ["missing"]


def test_a_rank_that_few_rows_have_is_not_learnt() -> None:
    frame = sized(2_000)
    frame.loc[np.arange(len(frame)) >= 9, "size"] = None
    assert ("code", "rank") not in inputs(told(frame), "size")


def test_a_level_without_a_place_has_an_input_of_its_own() -> None:
    frame = sized()
    frame.loc[::4, "wish"] = "no answer"
    prepared = told(frame, columns={"wish": ColumnConfig(order=("poor", "so-so", "fine"))})
    assert inputs(prepared, "wish") == [("level", "no answer"), ("missing", None), ("code", "rank")]
    place = next(i for i, e in enumerate(prepared.inputs) if e.feature == "wish" and e.kind == "code")
    there = (prepared.train.frame["wish"] == "no answer").to_numpy()
    assert not prepared.train.x[there, place].any() and prepared.train.x[~there, place].any()


def test_a_saved_rank_is_read_to_the_last_bit(tmp_path: Path) -> None:
    file = tmp_path / "sized.csv"
    sized().to_csv(file, index=False)
    prepared = told(str(file))
    again = Preparer.from_json(prepared.preparer.to_json())
    raw = pd.read_csv(file).iloc[prepared.test.rows]
    assert np.array_equal(again.transform(read_rows(raw, again.readers)), prepared.test.x)
    assert prepared.train.as_new is None and prepared.targets is None
