"""What tables of more and more rows cost: `scale.py [--rows 10000 100000 1000000 10000000] [--columns 28]`.

Tables of normal numbers and two classes, in Parquet, made row group by row group. One whole `run` at `standard` each,
with every format. Prints seconds on the clock and of the processor, peak memory, the seconds of the steps that cost
most, the steps that raised the peak by a tenth of a GiB or more (to how many GiB), and the exponent by which processor
seconds grow from one table to the next: those of the clock tell of the machine's other work, too. Exit status 1 where a
promise is not kept.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from process import REPORTGEN, measure

GROUP = 100_000
PROMISED = {1_000_000: (240, 2.5), 10_000_000: (900, 4.0)}
"""Rows, then the most seconds and GiB."""
STEEPEST = 1.05


def write_table(path: Path, rows: int, columns: int) -> None:
    """Write numbers of which five tell the class, one pair of them only together."""
    rng = np.random.default_rng(0)
    names = [f"x{number:04}" for number in range(columns)]
    schema = pa.schema([(name, pa.float32()) for name in names] + [("target", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, GROUP):
            x = rng.standard_normal((min(GROUP, rows - start), columns)).astype(np.float32)
            score = 1.5 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3] + 0.5 * np.abs(x[:, 4])
            labels = np.where(rng.random(len(x)) < 1 / (1 + np.exp(-score)), "yes", "no")
            writer.write_table(pa.table([*x.T, labels], schema=schema))


def raised(manifest: dict[str, dict[str, float]]) -> str:
    """The steps by whose end the peak of memory was higher by a tenth of a GiB than before them."""
    told, highest = [], 0.0
    for step, peak in manifest["peak_memory"].items():
        if peak / 2**30 > highest + 0.1:
            told.append(f"{step} {peak / 2**30:.2f}")
        highest = max(highest, peak / 2**30)
    return ", ".join(told)


def main() -> None:
    """Print one row a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--columns", type=int, default=28)
    options = parser.parse_args()
    print("| rows | seconds | of processor | peak GiB | exponent | steps that cost most | steps that raised the peak |")
    print("|---|---|---|---|---|---|---|")
    before, kept = None, True
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            write_table(folder / "table.parquet", rows, options.columns)
            words = ("run", "table.parquet", "--target", "target", "--out", "out", "--quiet")
            cost = measure((*REPORTGEN, *words), folder)
            if cost.status:
                sys.exit(cost.stderr)
            manifest = json.loads((folder / "out" / "manifest.json").read_text())
        steps = manifest["seconds"]
        exponent = np.log(cost.cpu / before[1]) / np.log(rows / before[0]) if before else None
        most = ", ".join(f"{name} {steps[name]:.1f}" for name in sorted(steps, key=steps.__getitem__, reverse=True)[:6])
        told = "" if exponent is None else f"{exponent:.2f}"
        peak = cost.peak / 1024
        row = (f"{rows:,}", f"{cost.wall:.0f}", f"{cost.cpu:.0f}", f"{peak:.2f}", told, most, raised(manifest))
        print(f"| {' | '.join(row)} |", flush=True)
        seconds, memory = PROMISED.get(rows, (np.inf, np.inf))
        kept &= cost.wall <= seconds and peak <= memory and (exponent or 0) <= STEEPEST
        before = (rows, cost.cpu)
    sys.exit(not kept)


if __name__ == "__main__":
    main()
