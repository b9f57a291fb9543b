"""Audits that train nothing: what a dataset is called says what becomes of it."""

import ctypes
import json
import os
import signal
import time
from hashlib import sha256
from pathlib import Path

from reportgen.batch.audit import DiskFullError
from reportgen.batch.plan import Job
from reportgen.batch.result import Failure, Result, Score, Worst
from reportgen.errors import DataError
from reportgen.output import refuse_other, staged, write_manifest


def stub(job: Job) -> Result:
    """Fail as the name says, or write a report of two files that depends on the table alone."""
    job.log.parent.mkdir(parents=True, exist_ok=True)
    job.log.write_text(f"auditing {job.name}\nas its name says\n")
    for word, act in ACTS.items():
        if job.name.startswith(word):
            act(job)
    return _report(job)


def _report(job: Job) -> Result:
    data = Path(job.source).read_bytes()
    digest = sha256(data).hexdigest()
    refuse_other(job.folder, job.source)
    with staged(job.folder) as stage:
        for name in ("report.html", "report.json"):
            (stage / name).write_text(f"{name} of {digest}, seed {job.config.seed}\n")
            if job.name.startswith("slow"):
                time.sleep(0.05)
        manifest = {"schema": "reportgen/manifest/1", "dataset": {"identity": job.source, "sha256": digest}}
        write_manifest(stage, manifest)
    share = int(digest[:4], 16) / 0xFFFF
    level = "caution" if share < 0.5 else "sound"
    worst = Worst(code="small_sample", severity="warning", columns=("x",), message="Only a few rows.")
    return Result(
        status="done",
        seconds=0.1,
        sha256=digest,
        rows=60,
        target="y",
        level=level,
        verdict="Use with caution.",
        score=Score(name="accuracy", value=share, low=share - 0.1, high=share + 0.1, n=12),
        findings={"critical": 0, "warning": int(share < 0.5), "info": 1},
        worst=worst if share < 0.5 else None,
        gate_failed=job.config.fail_on == "warning" and share < 0.5,
        files=("report.html", "report.json"),
    )


def _segv(_job: Job) -> None:
    ctypes.string_at(0)


def _sleep(job: Job) -> None:
    _begun(job)
    time.sleep(600)


def _eat(_job: Job) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1) * 10_000_000))


def _unreadable(job: Job) -> None:
    raise DataError(f"{job.source} is not a table but a PNG picture; save the table as CSV or Parquet")


def _fault(_job: Job) -> None:
    raise ZeroDivisionError("a bug")


def _full(_job: Job) -> None:
    raise DiskFullError("no space is left for it")


def _killed(_job: Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed_once(job: Job) -> None:
    mark = Path(f"{job.source}.mark")
    if not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)


def _long(job: Job) -> None:
    _begun(job)
    time.sleep(0.7)


def _begun(job: Job) -> None:
    with Path(f"{job.source}.begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")


def _leaving(_job: Job) -> None:
    os._exit(7)


ACTS = {
    "segv": _segv,
    "sleep": _sleep,
    "eat": _eat,
    "unreadable": _unreadable,
    "fault": _fault,
    "full": _full,
    "killed_once": _killed_once,
    "killed_ever": _killed,
    "leaving": _leaving,
    "long": _long,
}


def refused(job: Job) -> Result:
    """What `audit_one` answers for a table that cannot be read."""
    return Result(status="failed", failure=Failure(why="bad_input", detail=f"{job.source} is no table"))


def nothing(job: Job) -> Result:
    """An audit that takes no time and writes nothing."""
    return Result(status="done", level="sound", sha256=job.key, seconds=0.01)


def quick(job: Job) -> Result:
    """A report without a log."""
    return _report(job)


def read(folder: Path) -> dict[str, str]:
    """The stub reports below a batch's folder, by their path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.glob("*/*"))
        if path.parent.name not in ("logs", ".reportgen")
    }


def index(folder: Path) -> dict:
    """index.json, datasets by name."""
    content = json.loads((folder / "index.json").read_text())
    return content | {"datasets": {one["name"]: one for one in content["datasets"]}}
