"""Every column of the corpus is read as what it is, by the table alone and by the reader that an audit saves."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import load
from tests.hostile.case import Case
from tests.hostile.columns import CASES


def test_the_corpus_is_large_enough_and_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 45
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_a_column_is_read_as_what_it_is(case: Case, tmp_path: Path) -> None:
    dataset = load(case.make(tmp_path), Config())
    assert (dataset.rows, len(dataset.columns)) == case.shape
    kinds = {column.name: column.kind for column in dataset.columns}
    assert {name: kinds[name] for name in case.columns} == case.columns
    for name, expected in case.values.items():
        found = [none_or(cell) for cell in dataset.frame[name].iloc[: len(expected)]]
        assert found == [pytest.approx(cell) if isinstance(cell, float) else cell for cell in expected]


def none_or(cell: object) -> object:
    return None if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)) else cell
