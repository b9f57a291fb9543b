"""What a worker of another machine does with a parcel, and who may put a report into its place."""

import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen import __version__
from reportgen.batch import remote
from reportgen.batch.audit import DiskFullError
from reportgen.batch.limits import Limits
from reportgen.batch.plan import Job, make_plan, sources_of
from reportgen.batch.remote import Home, Parcel, at_home, carry_out, needs_of
from reportgen.batch.store import EngineError, FolderStore
from reportgen.config import Config
from reportgen.errors import ConfigError, OutputError
from tests.batch import stubs
from tests.batch.conftest import tables


@pytest.fixture
def send(folder, tmp_path):
    """Pack a table's job for a worker and have it carried out here."""
    store = FolderStore(folder / "out")
    start = store.open("")

    def carried(name: str, unwanted=lambda: False, **changed):
        tables(folder, name)
        (job,) = make_plan((str(folder / f"{name}.csv"),), None, {}, None, folder / "out")
        parcel = Parcel(
            stubs.stub, job, (stubs.__name__,), Limits(seconds=1.0), Home.here(), store, start, needs_of(job)
        )
        return job, carry_out(replace(parcel, **changed), 2, None, str(tmp_path), unwanted)

    carried.store, carried.start = store, start
    yield carried
    assert [path for path in tmp_path.iterdir() if path != folder] == []


@pytest.fixture(autouse=True, scope="module")
def pools():
    yield
    for pool in remote._POOLS.values():
        pool.shutdown()
    remote._POOLS.clear()


def test_a_report_is_delivered_and_taken_in(send, folder):
    job, answer = send("good")
    assert answer.log == "auditing good\nas its name says\n"
    assert not job.folder.exists()
    send.store.take_in(job.key, send.start, answer.token)
    send.store.close(send.start)
    assert sorted(path.name for path in job.folder.iterdir()) == ["manifest.json", "report.html", "report.json"]
    assert sorted(path.name for path in (folder / "out").rglob("*") if path.is_dir()) == [".reportgen", "good"]


def test_failures_come_with_their_log_and_leave_nothing(send):
    for name, reason in {"segv": ("signal", "SIGSEGV"), "sleep": ("timeout", "1")}.items():
        answer = send(name)[1]
        assert (answer.error.args, answer.token) == (reason, None)
        assert answer.log.startswith(f"auditing {name}\n")
    assert isinstance(send("full")[1].error, DiskFullError)
    assert send("fault")[1].result.failure.detail == "ZeroDivisionError: a bug"
    assert not list((send.store.folder / ".reportgen" / "arrivals" / send.start).iterdir())


def test_what_nobody_wants_any_more_is_ended(send):
    began = time.monotonic()
    mark = send.store.folder.parent / "sleep.csv.begun"
    answer = send("sleep", unwanted=mark.exists, limits=Limits())[1]
    assert answer.error.args == ("dropped", "")
    assert time.monotonic() - began < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_other_versions_and_folders_that_are_not_shared_are_one_sentence(send, folder):
    with pytest.raises(EngineError, match=rf"has reportgen {__version__}, and the driver 0\.0\.1;"):
        send("good", home=replace(Home.here(), version="0.0.1"))
    with pytest.raises(EngineError, match="does not see the folder"):
        send("good", store=FolderStore(folder / "elsewhere"))
    failure = send("good", needs=("/nowhere/good.csv",))[1].result.failure
    assert failure.why == "output"
    assert "does not see /nowhere/good.csv; put tables where all workers see them" in failure.detail


def test_an_audit_sees_what_the_driver_would(monkeypatch, tmp_path):
    home = Home(__version__, str(tmp_path), ("reportgen", "batch"), "86400", {})
    here, words = Path.cwd(), ["pytest"]
    monkeypatch.setattr("sys.argv", words)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    try:
        seen = at_home(home, lambda _job: (Path.cwd(), os.environ["SOURCE_DATE_EPOCH"]), None)
    finally:
        os.chdir(here)
    assert seen == (tmp_path, "86400")


def report(folder: Path, text: str, identity: str = "a.csv") -> Path:
    """A report of one file, as an audit leaves it."""
    from reportgen.output import write_manifest

    folder.mkdir(parents=True)
    (folder / "report.html").write_text(text)
    write_manifest(folder, {"schema": "reportgen/manifest/1", "dataset": {"identity": identity}})
    return folder


def job_of(store_folder: Path, source: str = "a.csv") -> Job:
    return Job("a", source, Config(), None, store_folder / "a", store_folder / "logs" / "a.log")


def stores(tmp_path):
    pytest.importorskip("fsspec")
    from reportgen.batch.objects import ObjectStore

    return {"folder": FolderStore(tmp_path / "out"), "memory": ObjectStore(f"memory://{tmp_path.name}/out")}


def text_of(store) -> str | None:
    if isinstance(store, FolderStore):
        file = store.folder / "a" / "report.html"
        return file.read_text() if file.exists() else None
    system, root = store._found
    return system.cat_file(f"{root}/a/report.html").decode() if system.exists(f"{root}/a/report.html") else None


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_a_worker_that_an_earlier_driver_asked_overwrites_nothing(tmp_path, kind):
    store = stores(tmp_path)[kind]
    late, new = report(tmp_path / "late", "of old data"), report(tmp_path / "new", "of new data")
    earlier = store.open("")
    store.deliver(late, earlier, "t0")
    start = store.open("")
    store.deliver(new, start, "t1")
    store.take_in("a", start, "t1")
    with pytest.raises(FileNotFoundError):
        store.deliver(late, earlier, "t2")
    with pytest.raises((OutputError, EngineError)):
        store.refuse_unseen(earlier, "host")
    with pytest.raises(OutputError):
        store.take_in("a", start, "t0")
    store.close(start)
    assert text_of(store) == "of new data"


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_parts_of_a_batch_leave_each_others_arrivals_alone(tmp_path, kind):
    store = stores(tmp_path)[kind]
    starts = [store.open("-1-of-2"), store.open("-2-of-2")]
    again = store.open("-1-of-2")
    with pytest.raises(EngineError):
        store.refuse_unseen(starts[0], "host")
    store.refuse_unseen(starts[1], "host")
    store.refuse_unseen(again, "host")


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_half_a_report_is_none_and_another_datasets_is_left_alone(tmp_path, kind):
    store = stores(tmp_path)[kind]
    start = store.open("")
    half = report(tmp_path / "half", "half")
    (half / "report.html").unlink()
    store.deliver(half, start, "t1")
    with pytest.raises(OutputError, match="did not arrive whole"):
        store.take_in("a", start, "t1")
    assert text_of(store) is None
    job = job_of(tmp_path / "out")
    store.deliver(report(tmp_path / "whole", "whole", job.identity), start, "t2")
    store.take_in("a", start, "t2")
    store.refuse_other(job)
    with pytest.raises(OutputError, match="holds the report of another dataset"):
        store.refuse_other(job_of(tmp_path / "out", "b.csv"))
    assert text_of(store) == "whole"


def test_a_batch_of_this_machine_writes_to_memory(folder, audits):
    fsspec = pytest.importorskip("fsspec")
    tables(folder, "a", "b", "unreadable", "segv")
    asked = {"out": f"memory://{folder}/shelf", "journal": folder / "journal"}
    assert audits(**asked) == (2, f"2 of 4 audited, 2 failed; index in memory://{folder}/shelf/index.html")
    system, root = fsspec.core.url_to_fs(asked["out"])
    found = {path.removeprefix(f"{root}/"): system.cat_file(path) for path in system.find(root)}
    audits()
    here = {name: text.encode() for name, text in stubs.read(folder / "out").items()}
    assert {name: text for name, text in found.items() if name in here} == here
    assert {name for name in found if name not in here} == {
        *("index.html", "index.json", "index.md", "junit.xml"),
        *(f"logs/{name}.log" for name in ("a", "b", "unreadable", "segv")),
    }
    assert not list((folder / "journal").glob("[ab]"))
    assert audits(dry_run=True, **asked)[1].splitlines()[0] == (
        f"a: {folder}/a.csv, target the last column, into {asked['out']}/a: done already"
    )
    system.rm(f"{root}/a/manifest.json")
    assert audits(dry_run=True, **asked)[1].splitlines()[-1] == "1 of 4 to audit, 2 at once"


def test_an_upload_that_fails_is_a_failure_of_its_dataset(folder, audits, monkeypatch):
    pytest.importorskip("fsspec")
    from fsspec.implementations.memory import MemoryFileSystem

    tables(folder, "a", "b")
    whole = MemoryFileSystem.pipe_file

    def refusing(self, path, value, **options):
        if "/b/" in path:
            raise PermissionError("Access Denied")
        return whole(self, path, value, **options)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refusing)
    asked = {"out": f"memory://{folder}/shelf", "journal": folder / "journal"}
    assert audits(**asked)[0] == 2
    failure = stubs.index(folder / "journal")["datasets"]["b"]["failure"]
    assert (failure["reason"], failure["detail"]) == ("output", f"cannot write to {asked['out']}/b: Access Denied")
    monkeypatch.setattr(MemoryFileSystem, "pipe_file", whole)
    assert audits(**asked)[0] == 0


def test_an_upload_waits_for_any_executor(folder):
    pytest.importorskip("fsspec")
    from reportgen.batch.objects import ObjectStore, Uploading

    tables(folder, "a")
    (job,) = make_plan((str(folder / "a.csv"),), None, {}, None, folder / "out")
    store = ObjectStore(f"memory://{folder}/any")
    release = threading.Event()

    def work(job):
        release.wait(10)
        return stubs.stub(job)

    with ThreadPoolExecutor(1) as threads:
        future = Uploading(threads, store).submit(work, job)
        assert not future.done()
        release.set()
        result = future.result(timeout=10)
    assert ObjectStore(store.url).has(job, result)


def test_a_url_is_known_by_what_its_server_says():
    fsspec = pytest.importorskip("fsspec")
    from reportgen.batch.fetched import fingerprint

    system = fsspec.filesystem("memory")
    system.pipe({"/lake/a.csv": b"x,y", "/lake/b.csv": b"x,y"})
    before = fingerprint("memory://lake/a.csv")
    assert before
    assert fingerprint("memory://lake/a.csv") == before
    system.pipe_file("/lake/a.csv", b"x,y,z")
    assert fingerprint("memory://lake/a.csv") not in (None, before)
    assert fingerprint("memory://lake/none.csv") is fingerprint("postgresql://host/base") is None
    assert sources_of("memory://lake/*.csv") == ["memory:///lake/a.csv", "memory:///lake/b.csv"]
    assert sources_of("https://host/a.csv?b=[1]", Path("elsewhere")) == ["https://host/a.csv?b=[1]"]
    with pytest.raises(ConfigError, match=r"memory://lake/\*.parquet matches no file"):
        sources_of("memory://lake/*.parquet")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"engine": "dask"}, "--engine dask and --scheduler tcp://host:8786 go together"),
        ({"scheduler": "tcp://host:8786"}, "--engine dask and --scheduler tcp://host:8786 go together"),
        ({"engine": "spark"}, "--engine takes one of local, dask, not 'spark'"),
        ({"journal": Path("journal")}, "--journal is for an --out that is a URL"),
        ({"out": "nowhere://bucket/audits"}, "nowhere://bucket/audits cannot be written to: Protocol not known"),
        ({"engine": "dask", "scheduler": "tcp://host:8786", "patience": "long"}, "--patience takes a time such as"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(folder, audits, asked, words, monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.chdir(folder)
    tables(folder, "a")
    with pytest.raises(ConfigError, match=re.escape(words)):
        audits(**asked)


@pytest.mark.parametrize(
    ("missing", "asked", "words"),
    [
        ("distributed", {"engine": "dask", "scheduler": "tcp://host:8786"}, 'pip install "reportgen[dask]"'),
        ("fsspec.core", {"out": "s3://bucket/audits", "journal": Path("journal")}, "pip install fsspec s3fs"),
    ],
)
def test_a_library_that_is_not_there_is_named_with_its_extra(folder, audits, monkeypatch, missing, asked, words):
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "reportgen.batch.cluster", raising=False)
    tables(folder, "a")
    with pytest.raises(ConfigError, match=re.escape(words)):
        audits(**asked)
