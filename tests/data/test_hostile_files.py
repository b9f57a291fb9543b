"""Every file of the hostile corpus is read as it should be, or refused with its one sentence."""

from pathlib import Path

import pytest

from reportgen.data.cells import understand
from reportgen.data.source import read
from reportgen.errors import DataError
from tests.hostile.case import Case
from tests.hostile.files import CASES


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len(CASES) >= 45
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_file_is_read_or_refused_as_it_should_be(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    if case.error is not None:
        with pytest.raises(DataError, match=case.error) as caught:
            read(path)
        assert "\n" not in str(caught.value)
        return
    raw = read(path)
    assert raw.frame.shape == case.shape
    cells = {name: understand(raw.frame[name]) for name in raw.frame.columns}
    assert {name: cells[name].kind for name in case.columns} == case.columns
    for name, values in case.values.items():
        assert cells[name].values.tolist()[: len(values)] == values
