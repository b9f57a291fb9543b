"""Every table of a folder that has a manifest.json, and the built-in ones, audited in both languages.

    python benchmarks/tables.py --data ../shared/data --out reports/tables > tables.md

manifest.json lists `datasets`, each with `name`, `file` and `target`. Prints one row an audit as it ends and returns 1
where an audit did not exit with 0 or wrote a word on stderr.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from process import REPORTGEN, Cost, measure

BUILT_IN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
COLUMNS = ("table", "rows", "columns", "task", "language", "wall s", "processor s", "peak MB", "exit", "stderr")
HEAD = f"| {' | '.join(COLUMNS)} | on test rows | verdict |\n{'|---' * (len(COLUMNS) + 2)}|"


def main() -> int:
    """Audit each table in each language and print a Markdown table."""
    options = _options()
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.out or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        runs = [_run(*table, lang, folder) for table in _tables(options) for lang in options.lang.split(",")]
    return int(any(cost.status or cost.stderr for cost in runs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder with a manifest.json (default: the built-in tables alone)")
    parser.add_argument("--out", type=Path, help="where the reports are kept (default: nowhere)")
    parser.add_argument("--lang", default="en,zh", help="languages, with commas (default en,zh)")
    parser.add_argument("--only", action="append", help="a table's name; repeat for more")
    return parser.parse_args()


def _tables(options: argparse.Namespace) -> Iterator[tuple[str, list[str]]]:
    """Name and command-line words of each table."""
    for name in BUILT_IN:
        if not options.only or name in options.only:
            yield name, [name]
    if options.data:
        for entry in json.loads((options.data / "manifest.json").read_text("utf-8"))["datasets"]:
            if not options.only or entry["name"] in options.only:
                yield entry["name"], [str((options.data / entry["file"]).resolve()), "--target", entry["target"]]


def _run(name: str, words: list[str], lang: str, folder: Path) -> Cost:
    out = folder / f"{name}-{lang}"
    cost = measure((*REPORTGEN, "run", *words, "--lang", lang, "--out", str(out), "--quiet"), folder)
    report = json.loads((out / "report.json").read_text("utf-8")) if cost.status == 0 else {}
    rows, columns, task = _shape(report)
    said = cost.stderr.strip().splitlines()
    stderr = said[-1].replace("|", "/")[:120] if said else "empty"
    numbers = f"{cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak:.0f} | {cost.status} | {stderr}"
    verdict = report["verdict"]["level"] if report else "-"
    print(f"| {name} | {rows} | {columns} | {task} | {lang} | {numbers} | {_score(report)} | {verdict} |", flush=True)
    return cost


def _shape(report: dict[str, Any]) -> tuple[Any, ...]:
    if not report:
        return "-", "-", "-"
    return report["dataset"]["rows"], len(report["dataset"]["columns"]), report["task"]["kind"]


def _score(report: dict[str, Any]) -> str:
    """Accuracy, or R2 where a number is predicted, with its interval."""
    for metric in report.get("metrics", ()):
        if metric["name"] in ("accuracy", "r2") and metric["split"] == "test" and metric.get("of") is None:
            numbers = (metric[key] for key in ("value", "low", "high"))
            value, low, high = ("-" if number is None else f"{number:.3f}" for number in numbers)
            return f"{metric['name']} {value} ({low} to {high})"
    return "-"


if __name__ == "__main__":
    sys.exit(main())
