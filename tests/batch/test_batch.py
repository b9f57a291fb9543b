"""A batch from its words to its index and its exit status, with audits that train nothing."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reportgen.batch.drive import Driver, Wishes, tasks_of
from reportgen.batch.journal import Journal, read_states
from reportgen.batch.plan import make_plan
from reportgen.batch.progress import Estimate, Progress, duration
from reportgen.errors import ConfigError, OutputError
from tests.batch import stubs
from tests.batch.conftest import tables

ROOT = Path(__file__).parents[2]
GOOD = tuple(f"good{number}" for number in range(8))


def test_a_poisoned_batch_loses_the_poisoned_only(folder, audits):
    tables(folder, *GOOD, "segv", "sleep", "eat", "unreadable", "fault", "leaving", "killed_once", "in_the_way")
    (folder / "out").mkdir()
    (folder / "out" / "in_the_way").write_text("a file where a folder should be")
    status, words = audits(timeout="2s", memory="120M")
    index = stubs.index(folder / "out")
    assert status == 2
    assert words.startswith("9 of 16 audited, 7 failed; index in ")
    assert {name: one["status"] for name, one in index["datasets"].items() if one["status"] == "done"} == dict.fromkeys(
        (*GOOD, "killed_once"), "done"
    )
    failures = {name: one["failure"] for name, one in index["datasets"].items() if one["status"] == "failed"}
    assert {name: failure["reason"] for name, failure in failures.items()} == {
        "segv": "signal", "sleep": "timeout", "eat": "memory", "unreadable": "bad_input", "fault": "fault",
        "leaving": "exit", "in_the_way": "output",
    }  # fmt: skip
    assert failures["segv"]["detail"] == "its worker was ended by the signal SIGSEGV"
    assert failures["sleep"]["log"] == "auditing sleep\nas its name says"
    assert "PNG picture" in failures["unreadable"]["detail"]
    for name in ("index.html", "index.md", "junit.xml"):
        assert (folder / "out" / name).stat().st_size > 0
    assert not list((folder / "out").glob("*/.reportgen-*"))


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
    flat = Estimate(1, {}, {f"t{number}": number for number in range(4)})
    for number in range(3):
        flat.done(f"t{number}", 9 - number)
    assert flat.left() == pytest.approx(8)
    assert [duration(seconds) for seconds in (0.2, 5, 89, 600, 9000)] == ["1 s", "5 s", "89 s", "10 min", "2.5 h"]
