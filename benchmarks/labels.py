"""Wrong labels planted in real tables: how many of them a report lists, beside cleanlab's default on the same answers.

    python benchmarks/labels.py --data ../shared/data > labels.md
    python benchmarks/labels.py --data ../shared/data --only soybean --rates 0,0.1

Each table has a share of its labels exchanged at random for another class; the audit then runs up to its evidence, and
the rows that it lists are held against the planted ones. cleanlab, where it is installed, gets the same probabilities
of the networks, and once more those that the report judges by (networks and forest averaged). `at its length` are the
first rows of the report's order, as many as cleanlab lists. With a share of 0 every row listed is a false alarm.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen import pipeline
from reportgen.config import Config
from reportgen.evidence import labels
from reportgen.evidence.base import Subject
from reportgen.evidence.flips import fit, wrong

TABLES = ("satellite", "soybean", "mammography", "adult", "german_credit", "pima_diabetes")
MOST_ROWS = 8_000
FEWER = {"adult": 5_000}
HEAD = (
    "| table | rows | planted | estimated (95 %) | p | listed | precision / recall | stated precision (95 %)"
    " | cleanlab: listed | precision / recall | on both models | at its length |\n" + "|---" * 12 + "|"
)


class Caught(NamedTuple):
    """How many rows are listed, and what share of them is wrong, and of the wrong ones listed."""

    listed: int
    precision: float
    recall: float

    def __str__(self) -> str:
        return f"{self.precision:.3f} / {self.recall:.3f}" if self.listed else "-"


class _Reached(Exception):  # noqa: N818 - it carries the subject out of the pipeline, and is no error
    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject


def main() -> int:
    """Print a row a table and share."""
    options = _options()
    print(HEAD, flush=True)
    for name, frame, target in _tables(options.data, options.only or TABLES):
        for rate in (float(rate) for rate in options.rates.split(",")):
            print(_row(name, *exchange(frame, target, rate, options.seed), target), flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with a manifest.json")
    parser.add_argument("--only", action="append", help="a table's name; repeat for more")
    parser.add_argument("--rates", default="0,0.05,0.1,0.2", help="shares of labels exchanged (default 0,0.05,0.1,0.2)")
    parser.add_argument("--seed", type=int, default=0, help="of the rows drawn and exchanged")
    return parser.parse_args()


def _tables(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, pd.DataFrame, str]]:
    entries = {entry["name"]: entry for entry in json.loads((folder / "manifest.json").read_text("utf-8"))["datasets"]}
    for name in names:
        target = entries[name]["target"]
        frame = pd.read_csv(folder / entries[name]["file"], keep_default_na=False, na_values=[""])
        frame = frame[frame[target].notna()].drop(columns=[c for c in entries[name]["leak_columns"] if c in frame])
        most = FEWER.get(name, MOST_ROWS)
        drawn = frame.sample(most, random_state=0) if len(frame) > most else frame
        yield name, drawn.reset_index(drop=True), target


def exchange(frame: pd.DataFrame, target: str, rate: float, seed: int) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """Give a share of the rows another class, drawn evenly; returns the table and the rows."""
    rng = np.random.default_rng([seed, 7])
    rows = np.sort(rng.choice(len(frame), round(rate * len(frame)), replace=False))
    answers = frame[target].astype(object).to_numpy(copy=True)
    classes = sorted(set(answers), key=str)
    for row in rows:
        answers[row] = rng.choice([one for one in classes if one != answers[row]])
    return frame.assign(**{target: answers}), rows


def subject_of(frame: pd.DataFrame, target: str) -> Subject:
    """Run the audit up to its evidence."""

    def stop(subject: Subject, *_: Any, **__: Any) -> None:
        raise _Reached(subject)

    kept, pipeline.collect = pipeline.collect, stop
    try:
        pipeline.audit(frame, Config(target=target))
    except _Reached as reached:
        return reached.subject
    finally:
        pipeline.collect = kept
    raise RuntimeError("the pipeline never came to its evidence")


def _row(name: str, frame: pd.DataFrame, planted: npt.NDArray[np.intp], target: str) -> str:
    subject = subject_of(frame, target)
    held, found = subject.held, labels.measure(subject)
    bad = np.isin(held.rows, planted)
    listed = np.isin(held.rows, [suspect.row for suspect in found.suspects])
    own = _caught(listed, bad)
    theirs = _theirs(subject, bad)
    share = f"{found.share:.3f} ({found.low:.3f} to {found.high:.3f})"
    stated = (
        "-"
        if found.precision is None
        else f"{found.precision:.2f} ({found.precision_low:.2f} to {found.precision_high:.2f})"
    )
    cells = (
        name,
        f"{len(bad):,}",
        f"{bad.mean():.3f}",
        share,
        f"{found.p_value:.1g}",
        own.listed,
        own,
        stated,
        *theirs,
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _theirs(subject: Subject, bad: npt.NDArray[np.bool_]) -> tuple[object, ...]:
    """What cleanlab lists, and the same number of rows in the report's order; dashes where it is not installed."""
    try:
        from cleanlab.filter import find_label_issues  # noqa: PLC0415 - it is no dependency, and may be missing
    except ImportError:
        return ("-",) * 4
    given = subject.held.y.astype(np.int64)
    networks = np.asarray(subject.held.predictions, dtype=np.float64)
    rng = np.random.default_rng([subject.seed, labels._STREAM])
    both = (networks + labels._forest(subject, given, rng)) / 2
    alone = _caught(find_label_issues(given, networks), bad)
    flips = fit(both, given, rng)
    chances = wrong(both, given, flips.share, flips.slopes[1])
    first = np.zeros(len(bad), dtype=bool)
    first[np.argsort(-chances, kind="stable")[: alone.listed]] = True
    return alone.listed, alone, _caught(find_label_issues(given, both), bad), _caught(first & (chances > 0), bad)


def _caught(listed: npt.NDArray[np.bool_], bad: npt.NDArray[np.bool_]) -> Caught:
    both = int((listed & bad).sum())
    return Caught(int(listed.sum()), both / max(int(listed.sum()), 1), both / max(int(bad.sum()), 1))


if __name__ == "__main__":
    sys.exit(main())
