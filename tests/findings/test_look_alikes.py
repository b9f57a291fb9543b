"""What looks like a defect and is none raises no warning, in a whole audit."""

from functools import cache
from pathlib import Path

import pytest

from reportgen.config import Config
from reportgen.document import Document
from reportgen.pipeline import audit
from tests.look_alikes import TABLES, made

LIKE = [(name, code) for name in TABLES for code in made(name).like]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("look_alikes")
    return cache(lambda name: _audited(folder, name))


def _audited(folder: Path, name: str) -> Document:
    table = made(name)
    table.frame.to_csv(folder / f"{name}.csv", index=False)
    options = {**table.options, "budget": "quick"}
    if table.test is not None:
        table.test.to_csv(folder / f"{name}_test.csv", index=False)
        options["test"] = str(folder / f"{name}_test.csv")
    return audit(str(folder / f"{name}.csv"), Config(**options)).document


@pytest.mark.slow
@pytest.mark.xdist_group("look_alikes")
@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_warned_of(audited, name):
    alarms = [(f.code, f.columns, f.evidence) for f in audited(name).findings if f.severity != "info"]
    assert [alarm for alarm in alarms if alarm[0] not in made(name).fair] == []


@pytest.mark.slow
@pytest.mark.xdist_group("look_alikes")
@pytest.mark.parametrize(("name", "code"), LIKE)
def test_what_it_looks_like_was_judged(audited, name, code):
    """A rule that could not judge would be as silent."""
    assert next(check.status for check in audited(name).checks if check.code == code) != "skipped"
