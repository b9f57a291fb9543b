"""A batch from its words to its index and its exit status, with audits that train nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.batch.command import Request, batch
from reportgen.batch.drive import Driver, Wishes, tasks_of
from reportgen.batch.journal import Journal, read_states
from reportgen.batch.plan import make_plan
from reportgen.batch.progress import Estimate, Progress, duration
from reportgen.errors import ConfigError, OutputError
from tests.batch import stubs
from tests.batch.conftest import tables

ROOT = Path(__file__).parents[2]
GOOD = tuple(f"good{number}" for number in range(8))


POISON = {
    "segv": ("signal", "its worker was ended by the signal SIGSEGV"),
    "sleep": ("timeout", "it took longer than 2 s, the limit of --timeout"),
    "eat": ("memory", "it took more than 0.12 GB of memory, the limit of --memory"),
    "unreadable": ("bad_input", "is not a table but a PNG picture"),
    "fault": ("fault", "a fault of reportgen's own: "),
    "leaving": ("exit", "its worker left with status 7"),
    "in_the_way": ("output", "cannot make the folder"),
    "read_only": ("output", "cannot "),
    "other/good1.csv": ("bad_input", "other/good1.csv would be called good1, as "),
}


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody writes into a folder; root, who heeds no mode, meets a file in its place."""
    if os.geteuid() == 0:
        folder.write_text("")
        yield
        return
    folder.mkdir(mode=0o500)
    yield
    folder.chmod(0o700)


def test_a_poisoned_batch_loses_the_poisoned_only(folder, audits, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    good = tuple(f"good{number}" for number in range(20))
    tables(folder, *good, *(name for name in POISON if "/" not in name), "killed_once")
    Path("other").mkdir()
    tables(folder / "other", "good1")
    Path("out").mkdir()
    Path("out/in_the_way").write_text("a file where a folder should be")
    with read_only(folder / "out" / "read_only"):
        status, words = audits(data=("*.csv", "other/*.csv"), timeout="2s", memory="120M")
    index = stubs.index(folder / "out")
    assert status == 2
    assert words.startswith("21 of 30 audited, 9 failed; index in ")
    assert {name for name, one in index["datasets"].items() if one["status"] == "done"} == {*good, "killed_once"}
    failures = {name: one["failure"] for name, one in index["datasets"].items() if one["status"] == "failed"}
    assert {name: failure["reason"] for name, failure in failures.items()} == {
        name: reason for name, (reason, _) in POISON.items()
    }
    page, junit = (Path("out", name).read_text() for name in ("index.html", "junit.xml"))
    for name, (_, said) in POISON.items():
        assert said in failures[name]["detail"]
        assert f'name="{name}"' in junit
        assert f">{name}</dt>" in page
    assert failures["sleep"]["log"] == "auditing sleep\nas its name says"
    assert Path("out/good1/report.json").exists()
    assert not list(Path("out").glob("*/.reportgen-*"))


def test_the_second_of_a_name_is_refused_before_any_work_and_stops_no_other(folder, audits, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    tables(folder, "a", "b", "logs")
    Path("other").mkdir()
    tables(folder / "other", "A", "b")
    for asked in ({"dry_run": True}, {}, {}):
        said: list[str] = []
        assert batch(Request(("*.csv", "other/*.csv"), out=Path("out"), **asked), said.append, stubs.stub) == 2
        assert capfd.readouterr().err == (
            "reportgen: logs.csv would be called logs, as a file of the batch is; give it another name in a --manifest"
            " (2 more like it)\n"
        )
        words = "other/A.csv would be called A, as a.csv is (a); give it another name in a --manifest"
        if asked:
            assert f"other/A.csv: not to be audited: {words}" in said
    found = stubs.index(folder / "out")["datasets"]
    assert {name: one["status"] for name, one in found.items()} == {
        "a": "done", "b": "done", "logs.csv": "failed", "other/A.csv": "failed", "other/b.csv": "failed",
    }  # fmt: skip
    assert found["other/A.csv"]["failure"]["detail"] == words
    assert (found["other/b.csv"]["folder"], found["other/b.csv"]["log"]) == (None, None)
    assert found["b"]["sha256"] == sha256(Path("b.csv").read_bytes()).hexdigest()
    assert (Path("out/logs").is_dir(), ran(folder)) == (True, ["a", "b"])


def test_a_pipe_among_the_tables_keeps_one_worker_waiting_not_the_batch(folder, audits):
    tables(folder, "a", "z")
    os.mkfifo(folder / "pipe.csv")
    assert audits(timeout="1s")[0] == 2
    found = {name: one["status"] for name, one in stubs.index(folder / "out")["datasets"].items()}
    assert found == {"a": "done", "pipe": "failed", "z": "done"}


def ran(folder: Path) -> list[str]:
    """Which datasets were begun since the last look, by the journal."""
    file = folder / "out" / ".reportgen" / "journal.jsonl"
    lines = [json.loads(line.partition(" ")[2]) for line in file.read_text().splitlines()]
    mark = folder / "seen"
    seen = int(mark.read_text()) if mark.exists() else 0
    mark.write_text(str(len(lines)))
    return sorted(line["key"] for line in lines[seen:] if line["event"] == "running")


def test_a_restart_does_what_is_new_or_changed(folder, audits):
    tables(folder, "a", "b", "unreadable")
    assert audits()[0] == 2
    assert ran(folder) == ["a", "b", "unreadable"]
    assert audits()[0] == 2, "a failure that was not tried again is a failure still"
    assert ran(folder) == []
    (folder / "a.csv").write_text("x,y\nother,1\n")
    tables(folder, "c")
    audits()
    assert ran(folder) == ["a", "c"]
    audits(options={"seed": 1})
    assert ran(folder) == ["a", "b", "c", "unreadable"]
    audits(options={"seed": 1}, retry_failed=True)
    assert ran(folder) == ["unreadable"]
    (folder / "out" / "b" / "report.json").unlink()
    audits(options={"seed": 1})
    assert ran(folder) == ["b"]
    audits(options={"seed": 1}, fresh=True)
    assert ran(folder) == ["a", "b", "c", "unreadable"]
    change = stubs.index(folder / "out")["datasets"]["a"]["change"]
    assert (change["difference"], change["other_data"]) == (0, False)
    assert len(stubs.index(folder / "out")["datasets"]["a"]["history"]) == 3


def test_a_limit_that_was_raised_gives_another_chance(folder, audits):
    tables(folder, "sleep", "eat")
    audits(timeout="1s", memory="100M")
    assert ran(folder) == ["eat", "sleep"]
    audits(timeout="1s", memory="100M")
    assert ran(folder) == []
    audits(timeout="1.5s", memory="120M")
    assert ran(folder) == ["eat", "sleep"]


def test_what_was_killed_from_outside_is_tried_twice_and_again_at_the_next_start(folder, audits):
    tables(folder, "killed_ever")
    assert audits()[0] == 2
    assert ran(folder) == ["killed_ever"] * 2
    audits()
    assert ran(folder) == ["killed_ever"] * 2


def test_a_gate_goes_before_a_failure(folder, audits):
    tables(folder, *GOOD, "unreadable")
    status, words = audits(options={"fail_on": "warning"})
    gates = [one for one in stubs.index(folder / "out")["datasets"].values() if one.get("gate_failed")]
    assert status == 1
    assert f"{len(gates)} below their gate" in words
    assert 0 < len(gates) < len(GOOD)


def test_enough_failures_end_the_batch(folder, audits):
    tables(folder, "segv1", "segv2", "segv3", "segv4", "segv5", "segv6")
    status, words = audits(workers=1, max_failures=2)
    assert (status, words.partition(";")[0]) == (2, "0 of 6 audited, 2 failed, 4 not begun")
    assert stubs.index(folder / "out")["totals"]["pending"] == 4


def test_a_dry_run_writes_nothing(folder, audits):
    tables(folder, "a", "b")
    status, words = audits(dry_run=True)
    assert status == 0
    assert words.splitlines()[0] == f"a: {folder}/a.csv, target the last column, into {folder}/out/a: audit"
    assert words.splitlines()[-1] == "2 of 2 to audit, 2 at once"
    assert not (folder / "out").exists()
    audits()
    assert audits(dry_run=True)[1].splitlines()[0].endswith(": done already")


def test_a_full_disk_ends_the_batch_and_is_no_failure_of_a_dataset(folder, audits):
    tables(folder, "a", "full", "z")
    with pytest.raises(OutputError, match="make room and start the batch again"):
        audits(workers=1)
    assert "full" not in {key for key, state in _states(folder).items() if state.result}
    assert not list((folder / "out").glob("*/.reportgen-*"))


def _states(folder: Path):
    return read_states((folder / "out" / ".reportgen").glob("journal*.jsonl"))


def test_another_datasets_report_is_not_overwritten(folder, audits):
    tables(folder, "a")
    audits()
    other = folder / "other"
    other.mkdir()
    tables(other, "a")
    assert audits(data=(str(other / "a.csv"),))[0] == 2
    assert "holds the report of another dataset" in stubs.index(folder / "out")["datasets"]["a"]["failure"]["detail"]


def test_shards_share_a_folder_and_an_index(folder, audits):
    tables(folder, *GOOD)
    assert [audits(shard=f"{number}/3")[0] for number in (1, 2, 3)] == [0, 0, 0]
    parts = [set(_keys(file)) for file in sorted((folder / "out" / ".reportgen").glob("journal-*-of-3.jsonl"))]
    assert sorted(key for part in parts for key in part) == sorted(GOOD)
    assert stubs.index(folder / "out")["totals"]["pending"] == 0
    assert audits(dry_run=True)[1].splitlines()[-1] == "0 of 8 to audit, 2 at once"


def _keys(file: Path) -> list[str]:
    return list(read_states([file]))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"timeout": "soon"}, "--timeout takes a time"),
        ({"memory": "much"}, "--memory takes an amount"),
        ({"shard": "2"}, "--shard takes a part"),
        ({"options": {"templates": "none"}}, "there is no folder of templates none"),
    ],
)
def test_bad_usage_is_refused_before_any_work(folder, audits, asked, words):
    tables(folder, "a")
    with pytest.raises(ConfigError, match=words):
        audits(**asked)
    assert not (folder / "out").exists()


PROGRAM = """
import sys
from pathlib import Path
from reportgen.batch.command import Request, batch
from tests.batch import stubs
folder = Path(sys.argv[1])
shard = sys.argv[2] or None
sys.exit(batch(Request((str(folder / "*.csv"),), out=folder / "out", workers=2, shard=shard), print, stubs.stub))
"""


def start(folder: Path, shard: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), shard],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads run here yet
    )


def wait_for(folder: Path, event: str, key: str) -> None:
    file = folder / "out" / ".reportgen" / "journal.jsonl"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if file.exists() and f'"{event}","key":"{key}"' in file.read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"{key} was never {event}")


def test_shards_at_work_at_once_leave_one_index(folder):
    tables(folder, *(f"slow{number}" for number in range(12)))
    shards = [start(folder, f"{number}/3") for number in (1, 2, 3)]
    assert [shard.communicate(timeout=60)[1] for shard in shards] == ["", "", ""]
    assert [shard.returncode for shard in shards] == [0, 0, 0]
    index = stubs.index(folder / "out")
    assert len(index["datasets"]) == 12
    assert index["totals"]["pending"] == 0
    assert not list((folder / "out" / ".reportgen").glob("*.new"))


def test_a_second_batch_on_the_folder_is_refused_in_one_sentence(folder, audits):
    tables(folder, "a", "sleep")
    first = start(folder)
    try:
        wait_for(folder, "running", "sleep")
        with pytest.raises(OutputError) as error:
            audits()
        assert f"another batch (process {first.pid}) is at work in {folder}/out" in str(error.value)
    finally:
        first.kill()
        first.communicate()
    (folder / "sleep.csv").unlink()
    assert audits()[0] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_drops_what_runs_and_says_how_to_go_on(folder, audits, number):
    tables(folder, "a", "sleep1", "sleep2", "z")
    run = start(folder)
    wait_for(folder, "done", "a")
    wait_for(folder, "running", "sleep2")
    os.killpg(run.pid, number)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 130, (out, err)
    assert err == "reportgen: interrupted; 1 of 4 audited, 3 to go: the same command goes on\n"
    events = {key: state.event for key, state in _states(folder).items()}
    assert events == {"a": "done", "sleep1": "dropped", "sleep2": "dropped", "z": "planned"}
    assert stubs.index(folder / "out")["totals"]["pending"] == 3
    assert not list((folder / "out").glob("*/.reportgen-*"))
    for name in ("sleep1", "sleep2"):
        (folder / f"{name}.csv").unlink()
    assert audits()[0] == 0


def test_killed_at_any_moment_a_batch_goes_on_and_comes_to_the_same(folder, audits, tmp_path):
    tables(folder, *(f"slow{number}" for number in range(10)))
    assert audits()[0] == 0
    undisturbed = stubs.read(folder / "out")
    (folder / "out").rename(tmp_path / "undisturbed")
    for pause in (0.0, 0.03, 0.06, 0.1, 0.15, 0.02, 0.2):
        begun = _begun(folder)
        run = start(folder)
        while run.poll() is None and _begun(folder) == begun:
            time.sleep(0.005)
        time.sleep(pause)
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
    assert audits()[0] == 0
    assert stubs.read(folder / "out") == undisturbed
    assert not [
        path for path in (folder / "out").rglob("*") if path.name.startswith(".reportgen-") or path.suffix == ".new"
    ]
    assert stubs.index(folder / "out")["totals"]["datasets"] == 10


def _begun(folder: Path) -> int:
    """How many audits were ever begun."""
    file = folder / "out" / ".reportgen" / "journal.jsonl"
    return file.read_text(errors="replace").count('"running"') if file.exists() else 0


def test_any_executor_will_do(folder):
    tables(folder, "a", "b", "c")
    out = folder / "out"
    jobs = make_plan((str(folder / "*.csv"),), None, {}, None, out)
    states = {}
    with Journal(out / "journal.jsonl") as journal, ThreadPoolExecutor(2) as executor:
        progress = Progress(3, Estimate(2, {}, {}), lambda _: None, lambda _: None)
        driver = Driver(
            executor, 2, journal, states, progress, threading.Event(), lambda: None, work=stubs.quick
        )  # fmt: skip
        driver.run(tasks_of(jobs, {}, Wishes()))
    assert {key: state.event for key, state in states.items()} == dict.fromkeys("abc", "done")
    assert read_states([out / "journal.jsonl"]).keys() == states.keys()


def test_an_estimate_follows_size_and_earlier_runs():
    estimate = Estimate(2, {"known": 100.0}, {f"t{number}": number * 1000 for number in range(10)})
    assert estimate.left() is None
    for number in range(5):
        estimate.done(f"t{number}", 10 + number)
    assert estimate.left() == pytest.approx((100 + sum(10 + number for number in range(5, 10))) / 2)
    estimate.done("known", 90.0)
    assert estimate.left() == pytest.approx(sum(10 + number for number in range(5, 10)) / 2)
    poisoned = Estimate(1, {}, dict.fromkeys("abc", 1000))
    poisoned.done("a", 0.1, failed=True)
    assert poisoned.left() is None, "a picture among the tables says nothing of how long a table takes"
    poisoned.done("b", 10.1)
    assert poisoned.left() == pytest.approx(5.1)
    flat = Estimate(1, {}, {f"t{number}": number for number in range(4)})
    for number in range(3):
        flat.done(f"t{number}", 9 - number)
    assert flat.left() == pytest.approx(8)
    assert [duration(seconds) for seconds in (0.2, 5, 89, 600, 9000)] == ["1 s", "5 s", "89 s", "10 min", "2.5 h"]
