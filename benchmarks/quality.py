"""The network against boosted trees, a regression and scikit-learn's network, on the same five splits of every table.

    python benchmarks/quality.py --data FOLDER --json raw.json

FOLDER holds a manifest.json. Each table is measured in a process of its own: the product's own functions load, prepare
and train, and rivals run on one thread. The page is Markdown; the exit status is 1 where a promise is not kept.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from typing import Any

from standing import Scores, Standing, promises, standing

HEADER = (
    "table", "rows x columns", "loss", "network", "boosted trees", "regression", "MLP", "best rival", "network / best",
    "difference (SE)", "SE of best", "verdict", "ECE", "network s", "boosted trees s", "regression s", "MLP s",
    "peak MB",
)  # fmt: skip
LEGEND = """
Loss: mean log loss in nats, or mean root mean squared error, over the splits ({splits}); less is better. Of each
rival's two variants the better mean counts. Difference: network less best rival, the mean of the paired differences,
with the standard error of that mean over the splits, which the verdict goes by. SE of best: the standard error of the
best rival's own mean. Columns are encoded ones. ECE: the network's, mean over the splits' test rows{before}. Seconds:
mean (largest) of a split. Peak MB: of the process, after its networks and before any rival.
"""


def main() -> int:
    """Print one row a table as it is measured, then the promises; 1 where one is not kept."""
    options = _options()
    tables = []
    print(_row(HEADER), _row(["---"] * len(HEADER)), sep="\n", flush=True)
    for raw in _measured(options):
        tables.append(standing(raw))
        print(_row(_cells(tables[-1])), flush=True)
        if options.json:
            options.json.write_text(json.dumps([table.raw for table in tables], indent=1) + "\n", encoding="utf-8")
    before = ", before -> after its temperature" if any(table.ece_before is not None for table in tables) else ""
    print(LEGEND.format(splits=options.splits, before=before))
    if options.budget != "standard":
        print(f"The promises are about `standard`, not `{options.budget}`.")
        return 0
    made = promises(tables)
    print(*made, sep="\n")
    return 0 if all(promise.kept for promise in made) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder (default ../shared/data)")
    parser.add_argument("--table", action="append", help="a table's name; repeat for more (default: all)")
    parser.add_argument("--splits", type=int, default=5, choices=range(1, 6), help="the first of the five splits")
    parser.add_argument("--budget", default="standard", choices=("quick", "standard", "thorough"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the raw numbers are kept (default: nowhere)")
    parser.add_argument("--rivals", type=Path, metavar="FILE", help="raw numbers to take the rivals' from, if they fit")
    return parser.parse_args()


def _measured(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What contest measures of each table, in a fresh process, so that no table pays for another's memory."""
    entries = json.loads((options.data / "manifest.json").read_text("utf-8"))["datasets"]
    known = [entry["name"] for entry in entries]
    if unknown := [name for name in options.table or () if name not in known]:
        sys.exit(f"no table {', '.join(unknown)} in {options.data}; it has {', '.join(known)}")
    earlier = {raw["table"]: raw for raw in json.loads(options.rivals.read_text("utf-8"))} if options.rivals else {}
    for entry in entries:
        if not options.table or entry["name"] in options.table:
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                asked = (options.data, entry, options.splits, options.budget, earlier.get(entry["name"]))
                yield process.submit(_measure, *asked).result()


def _measure(*asked: Any) -> dict[str, Any]:
    from contest import measure  # noqa: PLC0415 - the heavy libraries are the child's alone, as is its memory

    return measure(*asked)


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(table: Standing) -> list[str]:
    models = (table.network, *table.rivals)
    return [
        table.table,
        f"{table.raw['rows']:,} x {table.raw['columns']}",
        "RMSE" if table.raw["task"] == "regression" else "log loss",
        *(_number(model.mean) for model in models),
        table.best.name,
        f"{table.ratio:.3f}",
        f"{_number(table.difference)} ({_error(table, table.paired_error)})",
        _error(table, table.best_error),
        table.verdict,
        _ece(table),
        *(_seconds(model) for model in models),
        f"{table.raw['peak_megabytes']:,.0f}",
    ]


def _ece(table: Standing) -> str:
    if table.ece is None:
        return "-"
    before = "" if table.ece_before is None else f"{table.ece_before:.4f} -> "
    return f"{before}{table.ece:.4f}"


def _error(table: Standing, error: float) -> str:
    """A standard error; none can be told of a single split."""
    return _number(error) if len(table.network.losses) > 1 else "-"


def _seconds(scores: Scores) -> str:
    return f"{mean(scores.seconds):.1f} ({max(scores.seconds):.1f})"


def _number(value: float) -> str:
    """Four decimals of a log loss; of larger numbers as many as make sense."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
