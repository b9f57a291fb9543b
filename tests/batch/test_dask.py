"""A real Dask cluster of separate processes does a batch as this machine alone would, whatever dies meanwhile."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reportgen.batch.journal import read_states
from reportgen.batch.store import EngineError
from tests.batch import stubs
from tests.batch.conftest import tables

pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and two workers, each with its nanny, as a user starts them."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()
        self.start_workers()

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        with (self._folder / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:], "--no-dashboard"],
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def start_scheduler(self) -> None:
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port))

    def start_workers(self) -> None:
        self._start(
            "dask_worker", self.address, "--nworkers", "2", "--nthreads", "1",
            "--local-directory", str(self._folder / "scratch"),
        )  # fmt: skip

    def kill_scheduler(self) -> None:
        self.scheduler.kill()
        self.scheduler.wait()

    def stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


@pytest.fixture
def on(cluster, audits):
    """Run the batch on the cluster."""
    return lambda **asked: audits(engine="dask", scheduler=cluster.address, patience="90s", workers=None, **asked)


def begun(folder: Path, *names: str) -> list[list[int]]:
    """The processes that began each of these audits, in turn."""
    files = [folder / f"{name}.csv.begun" for name in names]
    return [[int(line) for line in file.read_text().split()] if file.exists() else [] for file in files]


def until(condition, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def ancestors(pid: int) -> list[int]:
    found = []
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        found.append(pid)
    return found


def leftovers(out: Path) -> list[Path]:
    """What nobody took in or away; an object store has no empty folders."""
    return [path for path in out.rglob("*") if "arrivals" in path.parts or path.name.startswith(".reportgen-")]


def test_a_poisoned_batch_comes_to_the_same_as_here(folder, audits, on, tmp_path):
    tables(folder, "good1", "good2", "segv", "sleep", "unreadable", "fault", "leaving", "killed_once", "in_the_way")
    found = []
    for run in (audits, on):
        (folder / "out").mkdir()
        (folder / "out" / "in_the_way").write_text("a file where a folder should be")
        (folder / "killed_once.csv.mark").unlink(missing_ok=True)
        status, words = run(timeout="1s")
        index = stubs.index(folder / "out")
        failures = {name: one["failure"] for name, one in index["datasets"].items() if one["status"] == "failed"}
        reasons = {name: (one["reason"], one["log"]) for name, one in failures.items()}
        found.append((status, words, reasons, stubs.read(folder / "out")))
        assert leftovers(folder / "out") == []
        (folder / "out").rename(tmp_path / run.__qualname__.partition(".")[0])
    here, there = found
    assert there == here
    assert here[2]["segv"][0] == "signal"
    assert here[2]["sleep"] == ("timeout", "auditing sleep\nas its name says")


def test_reports_go_to_a_url_and_a_restart_does_nothing(folder, audits, on):
    tables(folder, "a", "b", "unreadable")
    here = folder / "out"
    audits()
    shelf = {"out": f"file://{folder}/shelf", "journal": folder / "journal"}
    assert on(**shelf) == (2, f"2 of 3 audited, 1 failed; index in file://{folder}/shelf/index.html")
    assert stubs.read(folder / "shelf") == stubs.read(here)
    assert (folder / "shelf" / "logs" / "unreadable.log").read_text() == (here / "logs" / "unreadable.log").read_text()
    assert stubs.index(folder / "shelf")["totals"] == stubs.index(here)["totals"]
    assert not any(path.is_file() for path in leftovers(folder / "shelf"))
    before = (folder / "journal" / ".reportgen" / "journal.jsonl").read_bytes()
    on(**shelf)
    assert (folder / "journal" / ".reportgen" / "journal.jsonl").read_bytes() == before


def test_a_worker_killed_mid_run_loses_nothing(folder, audits, on):
    tables(folder, "long1", "long2", "a", "b")
    said = []
    run = threading.Thread(target=lambda: said.append(on()))
    run.start()
    until(lambda: all(begun(folder, "long1", "long2")))
    os.kill(ancestors(begun(folder, "long1")[0][0])[2], signal.SIGKILL)  # child, slot, root: then the worker
    run.join(timeout=120)
    assert said == [(0, f"4 of 4 audited; index in {folder}/out/index.html")]
    assert [len(pids) for pids in begun(folder, "long1", "long2")] == [2, 1]
    reports = stubs.read(folder / "out")
    assert leftovers(folder / "out") == []
    audits(out=folder / "here")
    assert stubs.read(folder / "here") == reports


PROGRAM = """
import sys
from reportgen.batch.command import Request, batch
from tests.batch import stubs
data, out, address = sys.argv[1:]
sys.exit(batch(Request((data,), out=out, engine="dask", scheduler=address, quiet=True), print, stubs.stub))
"""


@pytest.mark.parametrize(("number", "ending"), [(signal.SIGINT, ("dropped", 130)), (signal.SIGKILL, ("running", -9))])
def test_nothing_runs_on_for_a_driver_that_stopped_or_died(folder, on, cluster, number, ending):
    tables(folder, "sleep1", "sleep2", "z1", "z2")
    words = [sys.executable, "-c", PROGRAM, str(folder / "*.csv"), str(folder / "out"), cluster.address]
    run = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    until(lambda: all(begun(folder, "sleep1", "sleep2")))
    pids = [pid for pids in begun(folder, "sleep1", "sleep2") for pid in pids]
    run.send_signal(number)
    said = run.communicate(timeout=90)[1]
    until(lambda: not any(alive(pid) for pid in pids))
    states = read_states((folder / "out" / ".reportgen").glob("journal*.jsonl"))
    found = {key: state.event for key, state in states.items()}
    assert found == {"sleep1": ending[0], "sleep2": ending[0], "z1": "planned", "z2": "planned"}
    assert run.returncode == ending[1]
    if number == signal.SIGINT:
        assert said == "reportgen: interrupted; 0 of 4 audited, 4 to go: the same command goes on\n"
        assert leftovers(folder / "out") == []
        assert stubs.index(folder / "out")["totals"]["pending"] == 4
    for name in ("sleep1", "sleep2"):
        (folder / f"{name}.csv").unlink()
    assert on() == (0, f"2 of 2 audited; index in {folder}/out/index.html")
    assert leftovers(folder / "out") == []


def test_workers_of_another_version_are_one_sentence(folder, on, monkeypatch):
    from reportgen.batch import cluster as module
    from reportgen.batch import remote

    tables(folder, "a")
    for one in (module, remote):
        monkeypatch.setattr(one, "__version__", "9.9.9")
    with pytest.raises(EngineError, match=r"has reportgen .*, and the driver 9\.9\.9; install the same"):
        on()


def test_a_scheduler_that_comes_back_is_waited_for(folder, audits, on, cluster):
    tables(folder, "long1", "long2", "a")
    said = []
    run = threading.Thread(target=lambda: said.append(on()))
    run.start()
    until(lambda: all(begun(folder, "long1", "long2")))
    cluster.kill_scheduler()
    time.sleep(0.5)
    cluster.start_scheduler()
    cluster.start_workers()  # the old ones leave with their scheduler, and a supervisor starts them again
    run.join(timeout=120)
    assert said == [(0, f"3 of 3 audited; index in {folder}/out/index.html")]
    reports = stubs.read(folder / "out")
    assert leftovers(folder / "out") == []
    audits(out=folder / "here")
    assert stubs.read(folder / "here") == reports


def test_a_scheduler_that_stays_away_ends_the_batch_in_a_sentence_and_a_start_goes_on(folder, audits, cluster):
    tables(folder, "a", "long1")
    caught = []

    def run():
        try:
            audits(engine="dask", scheduler=cluster.address, patience="1s")
        except EngineError as error:
            caught.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: all(begun(folder, "long1")))
    cluster.kill_scheduler()
    thread.join(timeout=120)
    assert caught
    assert "it goes on where it stopped" in caught[0]
    assert stubs.index(folder / "out")["totals"]["datasets"] == 2
    with pytest.raises(EngineError, match="no scheduler answers at tcp://127"):
        audits(engine="dask", scheduler=cluster.address, patience="0.1s")
    assert audits()[0] == 0
