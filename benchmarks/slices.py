"""How often the search for weak slices finds one that is there, and one that is not.

    python benchmarks/slices.py [--draws 100] [--audits 24]

Tables are drawn with known error rates, no network is trained. Without a weak slice any confirmed one is a false alarm.
With one, it counts as found where a confirmed slice shares half of its rows (Jaccard index) or names its columns.
Beside what was found stands what could be: the power of the test with the rule known beforehand, on all rows, and on
the half of them that a rule found on the other half is confirmed on. Slices come twice: drawn at random from all that
hold 5 % of the rows and 60 test rows and err at least twice as often, and on a grid with its hardest corners. With
`--audits` so many whole audits follow, networks trained, of tables whose labels are exchanged more often in the slice.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from process import REPORTGEN
from scipy.special import expit
from scipy.stats import binom

from reportgen.evidence.base import NotApplicable
from reportgen.evidence.conditions import conditions
from reportgen.evidence.slices import FEWEST_ROWS, LEVEL, ROWS, WORK, Held, find
from reportgen.evidence.values import as_text
from reportgen.records.mistakes import Condition, Slice

LEVELS = ("north", "east", "south", "west", "centre", "coast", "island", "abroad")


@dataclass(frozen=True)
class Planted:
    """Rows with known error rates; `inside` marks the weak slice, `columns` are its own."""

    frame: pd.DataFrame
    errors: np.ndarray
    inside: np.ndarray
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What one draw brought: whether the slice was found, any confirmed, and whether the first interval covers."""

    found: bool
    confirmed: int
    covers: tuple[bool, ...]


def table(rng: np.random.Generator, rows: int, columns: int) -> pd.DataFrame:
    """Mixed columns: normal, skewed and whole numbers, categories of 2 to 8 levels, here and there a value missing."""
    made: dict[str, object] = {}
    for number in range(columns):
        kind = number % 5
        if kind == 0:
            values: object = rng.normal(50, 12, rows).round(3)
        elif kind == 1:
            values = rng.exponential(1000, rows).round(2)
        elif kind == 2:
            values = rng.poisson(rng.uniform(1, 12), rows).astype(float)
        else:
            count = int(rng.integers(2, 9))
            values = np.array(LEVELS, dtype=object)[rng.choice(count, rows, p=rng.dirichlet(np.full(count, 3.0)))]
        series = pd.Series(values)
        if number % 4 == 1:
            series[rng.random(rows) < 0.05] = np.nan if series.dtype.kind == "f" else None
        made[f"c{number:02}"] = series
    return pd.DataFrame(made)


def _condition(values: pd.Series, share: float, rng: np.random.Generator) -> np.ndarray:
    """Rows of one level, below or above a number, or between two, with about that share of the rows."""
    if values.dtype.kind != "f":
        counts = values.value_counts(normalize=True)
        level = rng.choice(counts.index[np.argsort(np.abs(counts.to_numpy() - share))[:2]])
        return (values == level).to_numpy()
    low = rng.choice([0.0, 1 - share, rng.uniform(0, 1 - share)])
    cuts = np.nanquantile(values, [low, min(low + share, 1.0)])
    above = values > cuts[0] if low > 0 else values.notna()
    return (above & (values <= cuts[1])).to_numpy()


def plant(rng: np.random.Generator, rows: int, depth: int, size: int, rest: float, lift: float) -> Planted:
    """A table with a slice of `depth` conditions and of `size` rows, or up to a fourth more."""
    while True:
        frame = table(rng, rows, int(rng.integers(10, 16)))
        for _ in range(100):
            chosen = rng.choice(frame.columns, depth, replace=False)
            share = (size / rows) ** (1 / depth) * rng.uniform(1.0, 1.1)
            inside = np.logical_and.reduce([_condition(frame[name], min(share, 0.9), rng) for name in chosen])
            if size <= inside.sum() <= 1.25 * size:
                rates = np.where(inside, lift * rest, rest)
                return Planted(frame, (rng.random(rows) < rates).astype(float), inside, tuple(chosen))


def run(planted: Planted, seed: int, truth: tuple[float, float] | None = None) -> Outcome:
    """Search one table as an audit would."""
    known = conditions(planted.frame, tuple(planted.frame.columns), FEWEST_ROWS)
    held = Held(planted.errors, np.full(len(planted.errors), 0.9), known)
    try:
        slices, _ = find(held, np.random.default_rng(seed), ROWS["standard"], WORK["standard"])
    except NotApplicable:
        return Outcome(False, 0, ())
    confirmed = [one for one in slices if one.confirmed]
    found = any(_is(one, planted) for one in confirmed)
    covers = tuple(_covers(one, planted, *truth) for one in confirmed) if truth else ()
    return Outcome(found, len(confirmed), covers)


def _rows(one: Slice, frame: pd.DataFrame) -> np.ndarray:
    return np.logical_and.reduce([_holds(condition, frame[condition.column]) for condition in one.conditions])


def _holds(condition: Condition, values: pd.Series) -> np.ndarray:
    if condition.missing:
        return values.isna().to_numpy()
    if condition.level is not None:
        return (values.map(as_text, na_action="ignore") == condition.level).to_numpy()
    low = -np.inf if condition.above is None else condition.above
    high = np.inf if condition.at_most is None else condition.at_most
    return ((values > low) & (values <= high)).to_numpy()


def _is(one: Slice, planted: Planted) -> bool:
    mine = _rows(one, planted.frame)
    shared = (mine & planted.inside).sum() / (mine | planted.inside).sum()
    return bool(shared >= 0.5 or set(planted.columns) <= set(one.columns))


def _covers(one: Slice, planted: Planted, rest: float, lift: float) -> bool:
    """Whether the interval of the difference holds the one that the rates of these rows give."""
    mine = _rows(one, planted.frame)
    rates = np.where(planted.inside, lift * rest, rest)
    return bool(one.low <= rates[mine].mean() - rates[~mine].mean() <= one.high)


def bound(size: int, rest: float, lift: float, level: float) -> float:
    """The power of the exact test of a rule known beforehand, the rate of the rest known."""
    hits = np.arange(size + 1)
    sure = binom.sf(hits, size, rest) + binom.pmf(hits, size, rest) / 2 <= level
    return float(binom.sf(np.argmax(sure) - 1, size, lift * rest)) if sure.any() else 0.0


def false_alarms(draws: int) -> Iterator[tuple[float, int, int]]:
    """Error rate, number of draws, and draws with a confirmed slice, on tables without one."""
    for rest in (0.05, 0.1, 0.2, 0.3):
        alarms = 0
        for draw in range(draws):
            rng = np.random.default_rng([17, draw, round(100 * rest)])
            rows = int(rng.integers(600, 3001))
            frame = table(rng, rows, int(rng.integers(10, 16)))
            errors = (rng.random(rows) < rest).astype(float)
            alarms += run(Planted(frame, errors, np.zeros(rows, dtype=bool), ()), draw).confirmed > 0
        yield rest, draws, alarms


FAMILIES = {"5 to 15 % of the rows, 2 to 4 times": (0.15, 4.0), "5 to 8 % of the rows, 2 to 2.5 times": (0.08, 2.5)}
"""Largest share of the rows and largest lift that slices are drawn from; the least are 5 % and twice."""


def drawn(rng: np.random.Generator, most: float, highest: float) -> tuple[Planted, float, float]:
    """A table of 4,800 to 8,000 rows, so that 5 % of a fifth kept for the test are 48 to 80, at least 60 asked for.

    Also the error rate elsewhere, 5 to 25 % and so that no slice errs more than 6 times in 10, and the lift.
    """
    rows = int(rng.integers(4800, 8001))
    share, rest, lift = rng.uniform(0.05, most), rng.uniform(0.05, 0.25), rng.uniform(2, highest)
    rest, depth = min(rest, 0.6 / lift), int(rng.integers(1, 4))
    return plant(rng, rows, depth, max(int(share * rows), 300), rest, lift), rest, lift


def families(draws: int) -> Iterator[tuple[str, float, float]]:
    """Each family, the share found, and the mean power of the test on half of the rows."""
    for number, (name, (most, highest)) in enumerate(FAMILIES.items()):
        found, power = [], []
        for draw in range(draws):
            planted, rest, lift = drawn(np.random.default_rng([91 + number, draw]), most, highest)
            found.append(run(planted, draw, (rest, lift)).found)
            power.append(bound(int(planted.inside.sum()) // 2, rest, lift, LEVEL / 4))
        yield name, float(np.mean(found)), float(np.mean(power))


def audited(planted: Planted, rng: np.random.Generator, folder: Path) -> tuple[bool, bool]:
    """Whether a whole audit lists the planted slice as confirmed, and whether it warns of it.

    A score of five columns tells the class so steeply that little but exchanged labels is misjudged; as many are
    exchanged inside and outside as the rates say.
    """
    codes = [_coded(planted.frame[name]) for name in planted.frame.columns[:5]]
    score = sum(float(rng.choice([-1.5, 1.5])) * (one - one.mean()) / one.std() for one in codes)
    label = rng.random(len(score)) < expit(12 * (score - np.median(score)))
    frame = planted.frame.assign(target=np.where(label ^ (planted.errors == 1), "yes", "no"))
    frame.to_csv(folder / "table.csv", index=False)
    words = ("run", str(folder / "table.csv"), "--target", "target", "--out", str(folder / "out"), "--format", "json")
    subprocess.run([*REPORTGEN, *words, "--quiet"], check=True)
    report = json.loads((folder / "out" / "report.json").read_text())
    slices = [Slice(**one) for one in report["errors"]["slices"]]
    listed = any(one.confirmed and _is(one, planted) for one in slices)
    return listed, any(one["code"] == "weak_slice" for one in report["findings"])


def _coded(values: pd.Series) -> pd.Series:
    """Ranks of numbers, and a number for each level."""
    if values.dtype.kind == "f":
        return values.fillna(values.median()).rank(pct=True)
    return values.astype("category").cat.codes.astype(float)


def _audit(draw: int) -> tuple[bool, bool]:
    rng = np.random.default_rng([93, draw])
    planted, _, _ = drawn(rng, *FAMILIES["5 to 15 % of the rows, 2 to 4 times"])
    with tempfile.TemporaryDirectory() as folder:
        return audited(planted, rng, Path(folder))


SCENES = (
    (1200, 60, 0.1, 2.0),
    (1200, 60, 0.1, 4.0),
    (1200, 60, 0.2, 2.0),
    (1200, 60, 0.2, 3.0),
    (2400, 120, 0.1, 3.0),
    (2400, 120, 0.2, 2.0),
    (3000, 300, 0.1, 2.0),
    (3000, 300, 0.2, 2.0),
    (3000, 300, 0.05, 3.0),
)
"""Rows, rows of the slice, error rate elsewhere, and how many times as high it is inside."""


def main() -> None:
    """Print two tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--audits", type=int, default=0)
    options = parser.parse_args()
    draws = options.draws
    print("| error rate | tables without a weak slice | with a false alarm |\n|---|---|---|")
    for rest, count, alarms in false_alarms(draws):
        print(f"| {rest:.0%} | {count} | {alarms / count:.1%} |", flush=True)
    print("\n| slices drawn from | found | power, rule known, half of the rows |\n|---|---|---|")
    for name, found, power in families(draws):
        print(f"| {name} | {found:.0%} | {power:.0%} |", flush=True)
    if options.audits:
        listed, warned = np.mean([_audit(draw) for draw in range(options.audits)], axis=0)
        print(
            f"\n{options.audits} whole audits: the slice is confirmed in {listed:.0%}, a warning raised in {warned:.0%}"
        )
    print("\n| rows | in slice | error elsewhere | times | bound, all rows | bound, half | found: 1, 2, 3 conditions |")
    print("|---|---|---|---|---|---|---|")
    for rows, size, rest, lift in SCENES:
        found = []
        for depth in (1, 2, 3):
            outcomes = [
                run(plant(np.random.default_rng([depth, draw, size]), rows, depth, size, rest, lift), draw)
                for draw in range(draws)
            ]
            found.append(np.mean([one.found for one in outcomes]))
        ceilings = f"{bound(size, rest, lift, LEVEL):.0%} | {bound(size // 2, rest, lift, LEVEL / 4):.0%}"
        told = " / ".join(f"{share:.0%}" for share in found)
        print(f"| {rows} | {size} | {rest:.0%} | {lift:g} | {ceilings} | {told} |", flush=True)


if __name__ == "__main__":
    main()
