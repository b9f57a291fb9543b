"""Every column of the corpus is read as what it is, by the table alone and by the reader that an audit saves."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from reportgen.config import Config
from reportgen.data import load, read_rows
from reportgen.data.reader import reader_of
from reportgen.errors import DataError
from tests.hostile.case import Case
from tests.hostile.columns import CASES


def test_the_corpus_is_large_enough_and_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 180
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_a_column_is_read_as_what_it_is(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    if case.error is not None:
        with pytest.raises(DataError, match=case.error):
            load(path, Config())
        return
    dataset = load(path, Config())
    assert (dataset.rows, len(dataset.columns)) == case.shape
    kinds = {column.name: column.kind for column in dataset.columns}
    assert {name: kinds[name] for name in case.columns} == case.columns
    orders = {column.name: column.order for column in dataset.columns}
    assert {name: orders[name] for name in case.orders} == case.orders
    for name, expected in case.values.items():
        found = [none_or(cell) for cell in dataset.frame[name].iloc[: len(expected)]]
        assert found == [pytest.approx(cell) if isinstance(cell, float) else cell for cell in expected]


@pytest.mark.parametrize("case", [case for case in CASES if case.error is None], ids=lambda case: case.name[:60])
def test_the_saved_reader_reads_it_again(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    dataset = load(path, Config())
    for column in dataset.features:
        levels = tuple(dict.fromkeys(dataset.frame[column.name].dropna())) if column.kind == "categorical" else ()
        reader = reader_of(dataset, column.name, column.kind, levels)
        assert_frame_equal(read_rows(path, [reader]), dataset.frame[[column.name]])


def none_or(cell: object) -> object:
    return None if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)) else cell
