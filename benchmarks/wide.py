"""What wide tables and many classes cost: `wide.py [--only numbers mixture classes]`.

5,000 rows of 2,000 numbers in part correlated; 5,000 rows of 2,000 numbers and categories with missing cells and long
names; 50,000 rows of 20 numbers and 500 classes. One whole `run` at `standard` each, with every format. Prints seconds,
peak memory, megabytes of the page and pages of the PDF (where pikepdf is installed), and the steps that cost most; exit
status 1 where a promise is not kept.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from process import REPORTGEN, measure

ROWS, COLUMNS, CLASSES = 5_000, 2_000, 500
MOST_SECONDS, MOST_MEMORY, MOST_MEGABYTES, MOST_PAGES = 300, 2.5, 3.0, 60


def numbers() -> pd.DataFrame:
    """Numbers of which six tell the class, two of them only together; the first 400 in blocks that share a cause."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(ROWS, COLUMNS))
    for start in range(0, 400, 20):
        x[:, start : start + 20] = 0.9 * rng.normal(size=(ROWS, 1)) + 0.44 * x[:, start : start + 20]
    score = 1.2 * x[:, 3] - x[:, 25] + 0.8 * x[:, 500] + 0.8 * np.sin(2 * x[:, 777]) + 0.7 * x[:, 901] * x[:, 902]
    frame = pd.DataFrame(np.round(x, 4), columns=[f"v{place:04d}" for place in range(COLUMNS)])
    frame["outcome"] = np.where(score + rng.normal(scale=0.7, size=ROWS) > 0.3, "yes", "no")
    return frame


def mixture() -> pd.DataFrame:
    """Six numbers, three categories and a count of every ten columns, each with up to three cells in ten missing."""
    rng = np.random.default_rng(6)
    made = {}
    for place in range(COLUMNS):
        kind, levels = place % 10, 3 + place % 9
        if kind < 6:
            column = pd.Series(np.round(rng.normal(size=ROWS) * 10 ** (place % 3), 3))
        elif kind < 9:
            column = pd.Series(
                np.array([f"L{level}" for level in range(levels)])[rng.integers(0, levels, ROWS)], dtype=object
            )
        else:
            column = pd.Series(rng.poisson(3, ROWS).astype(float))
        column[rng.random(ROWS) < rng.choice([0, 0, 0.02, 0.1, 0.3])] = None
        long = f"measurement_of_the_long_named_quantity_{place:04d}_taken_at_site"
        made[long if place % 5 == 0 else f"c{place}"] = column
    frame = pd.DataFrame(made)
    told = (
        frame.iloc[:, 0].fillna(0) + (frame["c7"] == "L1") + frame["c21"].fillna(0) / 10 + 0.3 * frame["c9"].fillna(3)
    )
    frame["grade"] = pd.qcut(told + rng.normal(scale=0.6, size=ROWS), 3, labels=["low", "mid", "high"]).astype(str)
    return frame


def classes() -> pd.DataFrame:
    """Clouds about the centres of classes, the first of them far more frequent than the last."""
    rng = np.random.default_rng(7)
    shares = 1 / np.arange(1, CLASSES + 1) ** 0.5
    label = rng.choice(CLASSES, 10 * ROWS, p=shares / shares.sum())
    x = (1.6 * rng.normal(size=(CLASSES, 20)))[label] + rng.normal(size=(10 * ROWS, 20))
    frame = pd.DataFrame(np.round(x, 3), columns=[f"x{place}" for place in range(20)])
    frame["species"] = [f"species_{number:03d}" for number in label]
    return frame


TABLES: dict[str, Callable[[], pd.DataFrame]] = {"numbers": numbers, "mixture": mixture, "classes": classes}


def pages_of(pdf: Path) -> int | None:
    """How many pages a PDF has; None where nothing here can count them."""
    try:
        import pikepdf  # noqa: PLC0415 - of the dev group alone
    except ImportError:
        return None
    with pikepdf.open(pdf) as opened:
        return len(opened.pages)


def main() -> None:
    """Print one row a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args()
    print("| table | seconds | of processor | peak GiB | report.html MB | report.pdf pages | steps that cost most |")
    print("|---|---|---|---|---|---|---|")
    kept = True
    for name in options.only:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            TABLES[name]().to_csv(folder / "table.csv", index=False)
            cost = measure((*REPORTGEN, "run", "table.csv", "--out", "out", "--quiet"), folder)
            if cost.status:
                sys.exit(cost.stderr)
            steps = json.loads((folder / "out" / "manifest.json").read_text())["seconds"]
            size = (folder / "out" / "report.html").stat().st_size / 1e6
            pages = pages_of(folder / "out" / "report.pdf")
        most = ", ".join(f"{step} {steps[step]:.0f}" for step in sorted(steps, key=steps.__getitem__, reverse=True)[:6])
        peak = cost.peak / 1024
        print(f"| {name} | {cost.wall:.0f} | {cost.cpu:.0f} | {peak:.2f} | {size:.2f} | {pages} | {most} |", flush=True)
        kept &= cost.wall <= MOST_SECONDS and peak <= MOST_MEMORY
        kept &= size < MOST_MEGABYTES and (pages or 0) <= MOST_PAGES
    sys.exit(not kept)


if __name__ == "__main__":
    main()
