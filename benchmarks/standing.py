"""How the network stands beside its rivals, and which promises that keeps: pure sums over what contest measured."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

TABLES_OF_SIXTEEN = 12
FURTHEST_BEHIND = 1.08
SECONDS = ((1_000, 4.0), (10_000, 20.0), (math.inf, 60.0))
"""Up to so many rows, training at `standard` takes less than so many seconds."""
QUICK_SHARE = 1 / 3
MEGABYTES = 1536
LARGEST_ECE, ECE_ROWS = 0.03, 5_000


@dataclass(frozen=True)
class Scores:
    """One model on every split: its name, the losses, the seconds."""

    name: str
    losses: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean loss over the splits."""
        return mean(self.losses)


@dataclass(frozen=True)
class Standing:
    """One table: the network, its rivals with the better of their variants, and the raw numbers."""

    raw: dict[str, Any]
    network: Scores
    rivals: tuple[Scores, ...]

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.raw["table"])

    @property
    def best(self) -> Scores:
        """The rival of the least mean loss."""
        return min(self.rivals, key=lambda rival: rival.mean)

    @property
    def ratio(self) -> float:
        """The network's mean loss over the best rival's."""
        return self.network.mean / self.best.mean

    @property
    def difference(self) -> float:
        """The mean over the splits of network less best rival; negative where the network is better."""
        return mean(_paired(self.network, self.best))

    @property
    def paired_error(self) -> float:
        """The standard error of that mean of paired differences.

        Test rows of different splits differ, but training rows overlap, so it is somewhat too small (Bengio and
        Grandvalet 2004, JMLR 5:1089).
        """
        return standard_error(_paired(self.network, self.best))

    @property
    def best_error(self) -> float:
        """The standard error of the best rival's own mean over the splits."""
        return standard_error(self.best.losses)

    @property
    def level(self) -> bool:
        """Better than the best rival, or no worse than one standard error of the paired difference."""
        return self.difference <= self.paired_error

    @property
    def verdict(self) -> str:
        """The standing in words."""
        if self.difference < 0:
            return "better"
        return "within 1 SE" if self.level else f"trails by {self.ratio - 1:.1%}"

    @property
    def seconds_allowed(self) -> float:
        """The seconds that a table of so many rows may take to train on."""
        return next(seconds for rows, seconds in SECONDS if self.raw["rows"] <= rows)

    @property
    def quick_seconds(self) -> float:
        """What one training at `quick` took, on the last split."""
        return float(self.raw["quick"]["seconds"])

    @property
    def ece(self) -> float | None:
        """The network's mean calibration error on test rows, None for a number that is predicted."""
        return _mean_of(self.raw["network"], "ece")

    @property
    def ece_before(self) -> float | None:
        """The same before the temperature, None where the record states none."""
        return _mean_of(self.raw["network"], "ece_before")


def standing(raw: dict[str, Any]) -> Standing:
    """Read what contest measured of one table."""
    rivals = (
        min((_scores(name, runs) for runs in variants.values()), key=lambda scores: scores.mean)
        for name, variants in raw["rivals"].items()
    )
    return Standing(raw, _scores("network", raw["network"]), tuple(rivals))


def standard_error(values: Sequence[float]) -> float:
    """The standard error of a mean; none can be told of a single value, which then counts as 0."""
    return stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def _scores(name: str, runs: Iterable[dict[str, Any]]) -> Scores:
    losses, seconds = zip(*((run["loss"], run["seconds"]) for run in runs), strict=True)
    return Scores(name, losses, seconds)


def _paired(one: Scores, other: Scores) -> list[float]:
    return [a - b for a, b in zip(one.losses, other.losses, strict=True)]


def _mean_of(runs: Iterable[dict[str, Any]], key: str) -> float | None:
    values = [run[key] for run in runs if key in run]
    return mean(values) if values else None


@dataclass(frozen=True)
class Promise:
    """One thing that issue 3 asks for, whether it is kept, and the numbers behind that."""

    what: str
    kept: bool
    numbers: str

    def __str__(self) -> str:
        """One line of the page."""
        return f"- **{'met' if self.kept else 'not met'}**: {self.what}: {self.numbers}"


def promises(tables: Sequence[Standing]) -> list[Promise]:
    """What issue 3 asks for under 1, 2 and 3, in its order."""
    return [_level(tables), _behind(tables), _seconds(tables), _quick(tables), _memory(tables), _calibrated(tables)]


def _level(tables: Sequence[Standing]) -> Promise:
    """Of fewer tables than sixteen, the same share is asked for."""
    asked = math.ceil(len(tables) * TABLES_OF_SIXTEEN / 16)
    count = sum(table.level for table in tables)
    looser = sum(table.difference <= table.best_error for table in tables)
    return Promise(
        f"better than the best rival or within one SE of the paired difference on at least {asked} of {len(tables)}",
        count >= asked,
        f"{count} (by the SE of the best rival's own mean {looser}){_names(tables, lambda t: not t.level, _trailing)}",
    )


def _behind(tables: Sequence[Standing]) -> Promise:
    worst = max(tables, key=lambda table: table.ratio)
    return Promise(
        "nowhere more than 8 % worse",
        worst.ratio <= FURTHEST_BEHIND,
        f"worst {_trailing(worst)}{_names(tables, lambda t: t.ratio > FURTHEST_BEHIND, _trailing)}",
    )


def _seconds(tables: Sequence[Standing]) -> Promise:
    """The slowest split counts."""
    late = [table for table in tables if max(table.network.seconds) >= table.seconds_allowed]
    return Promise(
        "every training under 4 s up to 1,000 rows, 20 s up to 10,000, 60 s above",
        not late,
        f"{len(tables) - len(late)} of {len(tables)}"
        + _names(late, lambda _: True, lambda t: f"{t.table} {max(t.network.seconds):.1f} s"),
    )


def _quick(tables: Sequence[Standing]) -> Promise:
    """A third of what `standard` may take; how often it is a third of what `standard` did take is told beside it."""
    slow = [table for table in tables if table.quick_seconds > QUICK_SHARE * table.seconds_allowed]
    own = sum(table.quick_seconds <= QUICK_SHARE * table.network.seconds[-1] for table in tables)
    return Promise(
        "`quick` takes at most a third of that",
        not slow,
        f"{len(tables) - len(slow)} of {len(tables)} (on {own} also a third of what `standard` took)"
        + _names(slow, lambda _: True, lambda t: f"{t.table} {t.quick_seconds:.1f} s"),
    )


def _memory(tables: Sequence[Standing]) -> Promise:
    largest = max(tables, key=lambda table: table.raw["peak_megabytes"])
    peak = largest.raw["peak_megabytes"]
    return Promise("peak memory under 1.5 GiB", peak < MEGABYTES, f"largest {peak:,.0f} MB on {largest.table}")


def _calibrated(tables: Sequence[Standing]) -> Promise:
    what = f"ECE at most {LARGEST_ECE} where a split has {ECE_ROWS:,} test rows"
    asked = [table for table in tables if table.ece is not None and table.raw["test_rows"] >= ECE_ROWS]
    if not asked:
        return Promise(what, True, "no such table among these")
    kept = all(table.ece <= LARGEST_ECE for table in asked)
    return Promise(what, kept, ", ".join(f"{table.table} {table.ece:.4f}" for table in asked))


def _trailing(table: Standing) -> str:
    return f"{table.table} {table.ratio - 1:+.1%}"


def _names(tables: Iterable[Standing], which: Callable[[Standing], bool], words: Callable[[Standing], str]) -> str:
    chosen = [words(table) for table in tables if which(table)]
    return f"; not on {', '.join(chosen)}" if chosen else ""
