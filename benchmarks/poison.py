"""A batch of good tables with poisoned ones among them: the good are done, each bad one stands there with its reason.

    python benchmarks/poison.py --good 20

Real audits, every format. The poison is real, too, but for what no table is known to bring about: a worker that audits
the table `crash` reads address 0 while it trains, one that audits `sleep` does nothing for ever. Exit status 1 where
anything is not as it should be.
"""

import argparse
import contextlib
import ctypes
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from killing import write_tables

from reportgen.batch.audit import audit_one
from reportgen.batch.command import Request, batch
from reportgen.batch.plan import Job
from reportgen.batch.result import Result

if __name__ != "__main__":
    import reportgen.batch.warm  # noqa: F401 - once for all workers, as the product does where the audit is its own

POISON = {
    "crash": ("signal", "SIGSEGV"),
    "memory": ("memory", "the limit of --memory"),
    "sleep": ("timeout", "the limit of --timeout"),
    "pipe": ("bad_input", "a device or a pipe"),
    "picture": ("bad_input", "picture"),
    "frozen": ("output", "cannot"),
    "other/table00.csv": ("bad_input", "would be called table00, as tables/table00.csv is"),
}
"""What each comes to, and words that the index must have for it."""
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
BOMB = 40_000_000
"""Rows of the table that is small on the disk and large in memory."""


ENDLESS = {"crash": lambda: ctypes.string_at(0), "sleep": lambda: time.sleep(1e6)}


def main() -> None:
    """Make the tables, run the batch, and hold its index against what must be there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--good", type=int, default=20)
    parser.add_argument("--timeout", default="60s", help="long enough for a good table")
    parser.add_argument("--memory", default="1.2G", help="enough for a good table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch), _frozen(Path("audits/frozen")):
        _write_poison(options.good)
        status = _audit(options)
        faults = _faults(options.good, status)
    print("\n".join(faults) or f"{options.good} good tables done, {len(POISON)} bad ones named, exit status 2")
    sys.exit(1 if faults else 0)


def poisoned(job: Job) -> Result:
    """An audit like any other, but that training the table `crash` crashes, and `sleep` never ends."""
    if job.name in ENDLESS:
        from reportgen import pipeline  # noqa: PLC0415 - slow, and needed here alone

        pipeline.train = lambda *_: ENDLESS[job.name]()  # type: ignore[assignment]
    return audit_one(job)


def _write_poison(good: int) -> None:
    write_tables(Path("tables"), good)
    sound = Path("tables/table00.csv").read_text()
    for name in ("crash", "frozen", "sleep"):
        Path(f"tables/{name}.csv").write_text(sound)
    Path("tables/picture.csv").write_bytes(PNG)
    os.mkfifo("tables/pipe.csv")
    Path("other").mkdir()
    Path("other/table00.csv").write_text(sound.replace("yes", "maybe"))
    with gzip.open("tables/memory.csv.gz", "wt", compresslevel=1) as stream:
        stream.write("x,y,z,label\n")
        for _ in range(BOMB // 100_000):
            stream.write("1.5,2.5,a,yes\n" * 100_000)


@contextlib.contextmanager
def _frozen(folder: Path) -> Iterator[None]:
    """A folder that nobody writes into: by its mode, which root does not heed, so by an attribute of it for root."""
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    root = os.geteuid() == 0
    if root:
        subprocess.run(["chattr", "+i", str(folder)], check=True)
    try:
        yield
    finally:
        if root:
            subprocess.run(["chattr", "-i", str(folder)], check=True)
        folder.chmod(0o700)


def _audit(options: argparse.Namespace) -> int:
    import poison  # noqa: PLC0415 - under the name by which a worker can import it

    request = Request(
        ("tables/*", "other/*.csv"),
        options={"budget": "quick"},
        timeout=options.timeout,
        memory=options.memory,
    )
    return batch(request, print, poison.poisoned)


def _faults(good: int, status: int) -> list[str]:
    found = {one["name"]: one for one in json.loads(Path("audits/index.json").read_text())["datasets"]}
    page = Path("audits/index.html").read_text()
    cases = {case.get("name"): case for case in ElementTree.parse("audits/junit.xml").iter("testcase")}
    faults = [] if status == 2 else [f"exit status {status}, not 2"]
    for number in range(good):
        one = found[f"table{number:02}"]
        if one["status"] != "done" or not Path("audits", one["files"]["report.pdf"]).exists():
            faults.append(f"{one['name']}: {one['status']}, {one.get('failure')}")
    for name, (reason, words) in POISON.items():
        failure = found[name].get("failure") or {"reason": "none", "detail": found[name]["status"]}
        print(f"  {name}: {failure['reason']}: {failure['detail']}")
        error = cases[name].find("error")
        if (failure["reason"], words in failure["detail"]) != (reason, True):
            faults.append(f"{name}: {failure}, not {reason} with {words!r}")
        if f">{name}</dt>" not in page or error is None or error.get("type") != reason:
            faults.append(f"{name}: not named in index.html and junit.xml")
    return faults + [f"left over: {path}" for path in Path("audits").glob("*/.reportgen-*")]


if __name__ == "__main__":
    main()
