"""A batch that is killed again and again must come to what it comes to undisturbed, byte for byte.

    python benchmarks/killing.py --tables 60 --kills 30               # kill -9 to the whole process group
    python benchmarks/killing.py --tables 20 --kills 10 --workers-only  # kill -9 to one worker at a time
    python benchmarks/killing.py --tables 20 --small-disk FOLDER      # a file system that is full until room is made

Real audits of small tables. Exit status 1 where a report is missing or differs, or where anything is left over.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAME = ("report.html", "report.pdf", "report.json", "report.md", "junit.xml", "preparer.json", "model.keras")
"""What is compared byte by byte; manifest.json holds the date and is only to be there."""
BALLAST = "ballast"
ROWS = 45


def main() -> None:
    """Run the batch undisturbed and disturbed, compare, and print what was found."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder or scratch)
        write_tables(folder / "tables", options.tables)
        begun = time.perf_counter()
        _finish(folder, folder / "undisturbed", options)
        print(f"undisturbed: {options.tables} tables in {time.perf_counter() - begun:.0f} s", flush=True)
        out = Path(options.small_disk) / "disturbed" if options.small_disk else folder / "disturbed"
        begun = time.perf_counter()
        kills = _fill_up(folder, out, options) if options.small_disk else _disturb(folder, out, options)
        starts = _finish(folder, out, options)
        print(f"disturbed: {kills} times, then {starts} starts, {time.perf_counter() - begun:.0f} s in all", flush=True)
        faults = _differences(folder / "undisturbed", out) + _left_over(out)
    print("\n".join(faults) or f"{options.tables} reports, all the same; nothing left over")
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--folder", help="kept, so that the undisturbed batch is made once")
    parser.add_argument("--longest", type=float, default=25.0, help="seconds to a kill after a report, at most")
    parser.add_argument("--workers-only", action="store_true", help="kill one worker at a time, not the batch")
    parser.add_argument("--small-disk", help="a folder on a small file system, to be filled up and freed once")
    parser.add_argument("--format", default="html,pdf,json,md,junit", help="formats of the reports")
    return parser.parse_args()


def write_tables(folder: Path, count: int) -> None:
    """Small tables of which a network learns something, each with rows of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        draw = random.Random(number)
        rows = [(draw.gauss(0, 1), draw.gauss(0, 1), draw.choice("abc")) for _ in range(ROWS)]
        lines = [f"{x:.3f},{y:.3f},{z},{'yes' if x + draw.gauss(0, 0.7) > 0 else 'no'}" for x, y, z in rows]
        (folder / f"table{number:02}.csv").write_text("x,y,z,label\n" + "\n".join(lines) + "\n")


def _start(folder: Path, out: Path, options: argparse.Namespace) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "reportgen", "batch", str(folder / "tables" / "*.csv"), "--out", str(out)]
    words += ["--budget", "quick", "--format", options.format, "--quiet"]
    return subprocess.Popen(words, start_new_session=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def _finish(folder: Path, out: Path, options: argparse.Namespace) -> int:
    """Start until there is nothing left to do; how many starts it took."""
    for start in range(1, 6):
        run = _start(folder, out, options)
        _, err = run.communicate()
        if run.returncode == 0:
            return start
        print(f"ended with {run.returncode}: {err.strip()[-300:]}", flush=True)
    sys.exit("it never came to its end")


def _disturb(folder: Path, out: Path, options: argparse.Namespace) -> int:
    shutil.rmtree(out, ignore_errors=True)
    draw = random.Random(options.seed)
    if options.workers_only:
        return _kill_workers(_start(folder, out, options), draw)
    for kill in range(options.kills):
        run = _start(folder, out, options)
        more = int(draw.uniform(0, 1.6 * options.tables / options.kills))
        _wait_for_reports(run, out, _reports(out) + more)
        try:
            run.wait(timeout=draw.uniform(0.2, options.longest))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        print(f"kill {kill + 1}: {_reports(out)} reports there", flush=True)
    return options.kills


def _reports(out: Path) -> int:
    return len(list(out.glob("*/manifest.json")))


def _wait_for_reports(run: "subprocess.Popen[str]", out: Path, count: int) -> None:
    """So that the batch comes to some end on a slow machine, too, and is killed all the way through."""
    while run.poll() is None and _reports(out) < count:
        time.sleep(0.1)


def _kill_workers(run: "subprocess.Popen[str]", draw: random.Random) -> int:
    """Kill one of those that audit every few seconds, until the batch ends; one killed twice has failed."""
    kills = 0
    while run.poll() is None:
        workers = [child for root in children(run.pid) for slot in children(root) for child in children(slot)]
        if workers:
            os.kill(draw.choice(workers), signal.SIGKILL)
            kills += 1
        time.sleep(draw.uniform(2, 8))
    run.communicate()
    return kills


def children(pid: int) -> list[int]:
    """The processes that a process has started and not yet waited for, on Linux."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _fill_up(folder: Path, out: Path, options: argparse.Namespace) -> int:
    """Leave room for a few reports, run until the disk is full, and make room."""
    ballast = Path(options.small_disk) / BALLAST
    free = os.statvfs(options.small_disk)
    ballast.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 4_000_000)))
    run = _start(folder, out, options)
    _, err = run.communicate()
    print(
        f"full disk: status {run.returncode}, {len(list(out.glob('*/manifest.json')))} reports; {err.strip()}",
        flush=True,
    )
    print("\n".join(_left_over(out)), flush=True)
    ballast.unlink()
    return 1


def _differences(one: Path, other: Path) -> list[str]:
    names = sorted(path.parent.name for path in one.glob("*/manifest.json"))
    return [
        f"{name}/{file}: {'missing' if not (other / name / file).exists() else 'differs'}"
        for name in names
        for file in (*SAME, "manifest.json")
        if (one / name / file).exists()
        and (not (other / name / file).exists() or _digest(one / name / file) != _digest(other / name / file))
    ]


def _digest(file: Path) -> str | None:
    if file.name == "manifest.json":
        return None
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _left_over(out: Path) -> list[str]:
    ours = {"journal.jsonl", "lock"}
    found = [path for path in out.rglob("*") if path.name.startswith(".reportgen-") or path.suffix == ".new"]
    found += [path for path in (out / ".reportgen").glob("*") if path.name not in ours]
    found += [path for path in out.iterdir() if path.is_dir() and not any(path.iterdir())]
    return [f"left over: {path.relative_to(out)}" for path in found]


if __name__ == "__main__":
    main()
