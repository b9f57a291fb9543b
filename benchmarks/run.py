"""Whole audits of built-in tables against the time that their libraries alone take to import.

    python benchmarks/run.py --repeat 5

After one warm-up each, the commands take turns (floor, iris, breast_cancer, floor, ...), so that a machine that slows
down slows all of them down. Every audit writes every format.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from process import REPORTGEN, Cost, measure

FLOOR = (sys.executable, "-c", "import tensorflow, sklearn, pandas, matplotlib, weasyprint")
LIMITS = {"iris": 2.5, "breast_cancer": 3.5}  # of the floor, as issue 2 asks


def main() -> None:
    """Measure and print two tables; a process that fails ends it all, since its time would mean nothing."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        commands = {"floor": FLOOR} | {table: _audit(table, folder) for table in options.table}
        for name, command in commands.items():
            _sound(name, measure(command, folder))
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        steps: dict[str, list[dict[str, float]]] = {table: [] for table in options.table}
        for _ in range(options.repeat):
            for name, command in commands.items():
                costs[name].append(_sound(name, measure(command, folder)))
                if name in steps:
                    steps[name].append(json.loads((_out(folder, name) / "manifest.json").read_text("utf-8"))["seconds"])
    print(_totals(costs))
    print(_steps(steps))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="turns after the warm-up (default 5)")
    parser.add_argument("--table", action="append", help="a built-in table (default iris and breast_cancer)")
    options = parser.parse_args()
    options.table = options.table or list(LIMITS)
    return options


def _audit(table: str, folder: Path) -> tuple[str, ...]:
    return (*REPORTGEN, "run", table, "--out", str(_out(folder, table)), "--quiet")


def _out(folder: Path, table: str) -> Path:
    return folder / f"{table}-report"  # a folder of the table's own name would stand before the built-in table


def _sound(name: str, cost: Cost) -> Cost:
    if cost.status:
        sys.exit(f"{name} ended with {cost.status}: {cost.stderr.strip()}")
    return cost


def _totals(costs: dict[str, list[Cost]]) -> str:
    """One row a command: median (smallest to largest) of each cost, and the median's ratio to the floor's."""
    floor = statistics.median(cost.wall for cost in costs["floor"])
    lines = ["| process | runs | wall s | processor s | peak MB | x floor | asked |", "|---|---|---|---|---|---|---|"]
    for name, runs in costs.items():
        ratio = statistics.median(cost.wall for cost in runs) / floor
        wall, cpu, peak = (_spread([getattr(cost, key) for cost in runs]) for key in ("wall", "cpu", "peak"))
        lines.append(f"| {name} | {len(runs)} | {wall} | {cpu} | {peak} | {ratio:.2f} | {LIMITS.get(name, '')} |")
    return "\n".join(lines)


def _spread(values: list[float]) -> str:
    digits = 0 if max(values) >= 100 else 2
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def _steps(steps: dict[str, list[dict[str, float]]]) -> str:
    """One row a step, one column a table: the median seconds that manifest.json states."""
    names = dict.fromkeys(step for runs in steps.values() for seconds in runs for step in seconds)
    lines = ["", f"| step, s | {' | '.join(steps)} |", "|---" * (1 + len(steps)) + "|"]
    for name in names:
        found = [[seconds[name] for seconds in runs if name in seconds] for runs in steps.values()]
        cells = [f"{statistics.median(values):.2f}" if values else "-" for values in found]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
