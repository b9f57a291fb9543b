"""What tables of more and more rows cost: `scale.py [--rows 10000 100000 1000000 10000000] [--columns 28]`.

Tables of normal numbers and two classes, in Parquet, made row group by row group. One whole `run` at `standard` each,
with every format. Prints seconds and peak memory, the seconds of the steps that cost most, and the exponent by which
the cost grows from one table to the next; exit status 1 where a promise is not kept.
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


def main() -> None:
    """Print one row a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--columns", type=int, default=28)
    options = parser.parse_args()
    print("| rows | seconds | of processor | peak GiB | exponent | steps that cost most |")
    print("|---|---|---|---|---|---|")
    before, kept = None, True
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            write_table(folder / "table.parquet", rows, options.columns)
            words = ("run", "table.parquet", "--target", "target", "--out", "out", "--quiet")
            cost = measure((*REPORTGEN, *words), folder)
            if cost.status:
                sys.exit(cost.stderr)
            steps = json.loads((folder / "out" / "manifest.json").read_text())["seconds"]
        exponent = np.log(cost.wall / before[1]) / np.log(rows / before[0]) if before else None
        most = ", ".join(f"{name} {steps[name]:.1f}" for name in sorted(steps, key=steps.__getitem__, reverse=True)[:6])
        told = "" if exponent is None else f"{exponent:.2f}"
        peak = cost.peak / 1024
        print(f"| {rows:,} | {cost.wall:.0f} | {cost.cpu:.0f} | {peak:.2f} | {told} | {most} |", flush=True)
        seconds, memory = PROMISED.get(rows, (np.inf, np.inf))
        kept &= cost.wall <= seconds and peak <= memory and (exponent or 0) <= STEEPEST
        before = (rows, cost.wall)
    sys.exit(not kept)


if __name__ == "__main__":
    main()
