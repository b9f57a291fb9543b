"""Whatever a call does, it gets an answer, and the others theirs; no process is left behind."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, CancelledError, wait
from pathlib import Path

import pytest

from reportgen.batch.limits import Limits
from reportgen.batch.workers import LocalExecutor, Lost
from reportgen.errors import DataError

ROOT = Path(__file__).parents[2]


def double(number):
    return number * 2


def where(_number=0):
    return os.getpid(), os.getppid()


def nap(seconds):
    time.sleep(seconds)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(status):
    os._exit(status)


def eat():
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1) * 10_000_000))


def refuse():
    raise DataError("no table")


def break_down():
    raise ZeroDivisionError("a bug")


def unpicklable():
    return lambda: None


def kill_parent():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def state():
    sys.modules["left_behind"] = sys
    return "left_behind" in sys.modules and os.environ.setdefault("LEFT_BEHIND", "no")


@pytest.fixture
def executor():
    with LocalExecutor(2, Limits(seconds=2.0, memory=120_000_000), modules=("json",)) as made:
        yield made


def lost(future):
    with pytest.raises(Lost) as caught:
        future.result(timeout=20)
    return caught.value.args


def test_every_call_is_answered_whatever_its_neighbours_do(executor):
    bad = {
        name: executor.submit(*call)
        for name, call in {
            "crash": (crash,), "nap": (nap, 60), "leave": (leave, 7), "eat": (eat,), "kill_parent": (kill_parent,),
        }.items()
    }  # fmt: skip
    good = [executor.submit(double, number) for number in range(10)]
    assert [future.result(timeout=20) for future in good] == [number * 2 for number in range(10)]
    assert {name: lost(future) for name, future in bad.items()} == {
        "crash": ("signal", "SIGSEGV"),
        "nap": ("timeout", "2"),
        "leave": ("exit", "7"),
        "eat": ("memory", "120000000"),
        "kill_parent": ("signal", "SIGKILL"),
    }
    assert executor.submit(double, 21).result(timeout=20) == 42


def test_exceptions_come_as_they_were_or_in_words(capfd):
    with LocalExecutor(1, modules=()) as executor:
        with pytest.raises(DataError, match="no table"):
            executor.submit(refuse).result(timeout=20)
        with pytest.raises(RuntimeError, match="ZeroDivisionError: a bug"):
            executor.submit(break_down).result(timeout=20)
        with pytest.raises(RuntimeError, match="what the call gave cannot be sent"):
            executor.submit(unpicklable).result(timeout=20)
    assert "in break_down" in capfd.readouterr().err


def test_every_call_has_a_process_as_new(executor):
    found = [executor.submit(where).result(timeout=20) for _ in range(4)]
    assert len({child for child, _ in found}) == 4
    assert os.getpid() not in {pid for pair in found for pid in pair}
    assert [executor.submit(state).result(timeout=20) for _ in range(2)] == ["no", "no"]
    assert "left_behind" not in sys.modules


def test_what_runs_is_dropped_and_what_waits_is_cancelled():
    with LocalExecutor(1, modules=()) as executor:
        runs = executor.submit(nap, 60)
        waits = executor.submit(nap, 60)
        while not runs.running():
            time.sleep(0.01)
        executor.drop()
        assert lost(runs) == ("dropped", "")
        assert wait([runs, waits], timeout=20).not_done == set()
        with pytest.raises(CancelledError):
            waits.result(timeout=20)


def test_libraries_that_cannot_be_imported_are_said(capfd):
    with LocalExecutor(1, modules=("no_such_module",)) as executor, pytest.raises(BrokenExecutor):
        executor.submit(double, 1).result(timeout=20)
    assert "No module named 'no_such_module'" in capfd.readouterr().err


ORPHANS = """
import os, sys, time
from reportgen.batch.workers import LocalExecutor
from tests.batch.test_workers import nap, where
executor = LocalExecutor(2, modules=())
print(*executor.submit(where).result(), flush=True)
futures = [executor.submit(nap, 600) for _ in range(2)]
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_worker_outlives_a_parent_that_was_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert parent.stdout
    slot = int(parent.stdout.readline().split()[1])
    time.sleep(0.5)
    family = [slot, *_children(parent.pid), *[child for pid in _children(parent.pid) for child in _children(pid)]]
    family += [child for pid in family for child in _children(pid)]
    assert len(set(family)) >= 5
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() and _alive(pid) for pid in family) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in family if _alive(pid)] == []


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
