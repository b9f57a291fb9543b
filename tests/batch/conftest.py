"""A folder of small tables, and a batch of stub audits over it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reportgen.batch.command import Request, batch
from tests.batch import stubs


def tables(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.csv").write_text(f"x,y\n{name},1\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tables"
    made.mkdir()
    return made


@pytest.fixture
def audits(folder: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a batch over all tables of the folder; gives the exit status and its last words."""

    def run(work: Callable[..., Any] = stubs.stub, **asked: Any) -> tuple[int, str]:
        said: list[str] = []
        words = {"data": (str(folder / "*.csv"),), "out": folder / "out", "workers": 2} | asked
        status = batch(Request(**words), said.append, work)
        capfd.readouterr()
        return status, "\n".join(said)

    return run
