"""Who may work in a folder: one batch, or one process to a shard."""

import os
import subprocess
import sys
import time

import pytest

from reportgen.batch import locks
from reportgen.batch.locks import locked
from reportgen.batch.plan import Shard
from reportgen.errors import OutputError

ONE, TWO = Shard(1, 2), Shard(2, 2)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.0)


@pytest.mark.parametrize(("held", "wanted"), [(None, None), (None, ONE), (ONE, None), (ONE, ONE)])
def test_a_folder_is_held_once(tmp_path, held, wanted):
    with locked(tmp_path, held), pytest.raises(OutputError, match="is at work in"), locked(tmp_path, wanted):
        pass
    with locked(tmp_path, wanted):
        pass


def test_shards_work_side_by_side(tmp_path):
    with locked(tmp_path, ONE), locked(tmp_path, TWO):
        pass


def test_a_worker_that_inherited_the_lock_holds_it_until_it_is_gone(tmp_path):
    with locked(tmp_path, None) as handle:
        worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[handle])
    try:
        with pytest.raises(OutputError, match=rf"another batch \(process {os.getpid()}\)"), locked(tmp_path, None):
            pass
    finally:
        worker.kill()
        worker.wait()
    time.sleep(0.05)
    with locked(tmp_path, None):
        pass


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write to the folder"), locked(tmp_path / "file", None):
        pass
