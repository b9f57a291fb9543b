"""What a table costs in a batch, against a run of its own, and whether the cores are busy.

    python benchmarks/batch.py --tables 40

Tables of the size of iris, every format. The marginal cost is what each table beyond the first adds to the batch; the
processor's seconds are those of all workers, read from /proc while they work. The first two runs warm the disk.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from killing import children
from process import REPORTGEN, measure
from sklearn.datasets import load_iris

TICKS = os.sysconf("SC_CLK_TCK")
LIMIT = 0.6  # of a run of its own, as issue 6 asks


def main() -> None:
    """Measure single runs before and after, since a machine that others share speeds up and slows down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write_tables(folder, options.tables)
        single = [_single(folder, number) for number in range(3)][1:]
        one = _batch(folder, "table00.csv", 1)
        many = _batch(folder, "table*.csv", options.workers)
        single += [_single(folder, number) for number in (3, 4)]
    wall = sorted(cost.wall for cost in single)[len(single) // 2]
    cpu = sorted(cost.cpu for cost in single)[len(single) // 2]
    more = options.tables - 1
    print(f"single run: {wall:.1f} s on the clock, {cpu:.1f} s of processor (medians of {len(single)})")
    print(f"batch of 1: {one[0]:.1f} s, {one[1]:.1f} s; of {options.tables}: {many[0]:.1f} s, {many[1]:.1f} s")
    clock, work = (many[0] - one[0]) / more / wall, (many[1] - one[1]) / more / cpu
    print(f"marginal cost of a table: {clock:.2f} of a run on the clock, {work:.2f} of its processor (asked: {LIMIT})")
    print(f"cores busy by the batch of {options.tables}: {many[1] / many[0]:.2f}")


def _write_tables(folder: Path, count: int) -> None:
    """Write iris with its rows in another order for each table."""
    frame = load_iris(as_frame=True).frame
    for number in range(count):
        frame.sample(frac=1, random_state=number).to_csv(folder / f"table{number:02}.csv", index=False)


def _single(folder: Path, number: int):
    out = folder / f"single{number}"
    cost = measure(
        (*REPORTGEN, "run", f"table{number:02}.csv", "--out", str(out), "--task", "multiclass", "--quiet"), folder
    )
    if cost.status:
        sys.exit(cost.stderr)
    return cost


def _batch(folder: Path, pattern: str, workers: int) -> tuple[float, float]:
    """Seconds on the clock and of processor."""
    out = folder / f"batch{workers}-{len(pattern)}"
    words = (
        *REPORTGEN,
        "batch",
        pattern,
        "--out",
        str(out),
        "--workers",
        str(workers),
        "--task",
        "multiclass",
        "--quiet",
    )
    begun = time.perf_counter()
    run = subprocess.Popen(words, cwd=folder)
    used: dict[int, float] = {}
    while run.poll() is None:
        roots = children(run.pid)
        for pid in (run.pid, *roots, *(slot for root in roots for slot in children(root))):
            used[pid] = _processor(pid) or used.get(pid, 0.0)
        time.sleep(0.1)
    if run.returncode:
        sys.exit(f"the batch ended with {run.returncode}")
    return time.perf_counter() - begun, sum(used.values())


def _processor(pid: int) -> float:
    """Seconds of processor of a process and of the children that it waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


if __name__ == "__main__":
    main()
