"""How the groups of protected columns, and of pairs of them, are treated: selection, odds, precision, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence import gaps
from reportgen.evidence.base import Floats, NotApplicable, Subject, Units
from reportgen.evidence.clusters import on, rate_effect, told
from reportgen.evidence.gaps import Spread, Tally
from reportgen.evidence.groups import ENOUGH, MOST_GROUPS, Labels, labels_of
from reportgen.evidence.intervals import LEVEL, mean_interval, rate_interval
from reportgen.evidence.multiplicity import holm
from reportgen.records.fairness import FairGap, FairGroup, Fairness, GapName, GroupRate, RateName

MOST_PAIRS = 3
"""Pairs of protected columns whose common groups are looked at; of three columns these are all."""

Chosen = npt.NDArray[np.bool_]

_STREAM = 131


@dataclass(frozen=True)
class _Rate:
    """A share of rows: `hit` of those that count (`among`); `units` are the persons or sites that rows come from."""

    name: RateName
    hit: Chosen
    among: Chosen
    units: Units | None = None

    def tally(self, rows: Chosen) -> tuple[int, int]:
        """Count the hits and the rows of a group."""
        return int(np.count_nonzero(self.hit & self.among & rows)), int(np.count_nonzero(self.among & rows))

    def worth(self, rows: Chosen) -> Tally:
        """The same, each unit's rows for as many as they are worth."""
        (hits, n), effect = self.tally(rows), self.effect(rows)
        return (hits, n) if self.units is None else (hits / effect, n / effect)

    def effect(self, rows: Chosen) -> float:
        """The design effect of rows that come in units."""
        inside = self.among & rows
        return rate_effect(self.hit[inside], on(self.units, inside))

    def of(self, rows: Chosen) -> GroupRate:
        """Measure it in a group."""
        hits, n = self.tally(rows)
        if not n:
            return GroupRate(name=self.name, n=0)
        low, high = rate_interval(*self.worth(rows))
        return GroupRate(name=self.name, value=hits / n, low=low, high=high, n=n)


@dataclass(frozen=True)
class _Cut:
    """The rows parted by the values of some columns: groups with rows enough, and how many have not."""

    columns: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    rows: tuple[Chosen, ...]
    small: int


def measure(subject: Subject) -> Fairness:
    """Measure each group of each protected column, and of each pair of them, on all rows that were held back.

    Demographic parity compares how often the positive class is given, equalised odds how often where it is right and
    where it is wrong (Hardt, Price and Srebro 2016, NeurIPS, arXiv:1610.02413); groups of pairs, since what is fair to
    each column need not be so to their crossings (Kearns et al. 2018, ICML, arXiv:1711.05144).
    """
    columns = tuple(name for name in dict.fromkeys(subject.protected) if name in subject.test.frame)
    if not columns:
        raise NotApplicable("no_protected_column")
    cuts = _cuts(subject, columns)
    judge = _by_classes if subject.classifies else _by_numbers
    groups, found = judge(subject, cuts)
    return Fairness(
        positive=subject.task.positive,
        n=len(subject.held.y),
        networks=subject.held.networks,
        enough=ENOUGH,
        small=sum(cut.small for cut in cuts),
        groups=groups,
        gaps=_adjusted(found),
    )


def _cuts(subject: Subject, columns: tuple[str, ...]) -> tuple[_Cut, ...]:
    known = {name: labels_of(subject.train.frame[name], subject.held.frame[name]) for name in columns}
    pairs = list(combinations(columns, 2))[:MOST_PAIRS]
    return tuple(_cut(names, [known[name] for name in names]) for names in [*((name,) for name in columns), *pairs])


def _cut(columns: tuple[str, ...], known: Sequence[tuple[Labels, list[str]]]) -> _Cut:
    """The largest groups, in the order of their values."""
    number = np.zeros(len(known[0][0]), dtype=np.int64)
    for labels, order in known:
        number = number * len(order) + pd.Index(order).get_indexer(pd.Index(labels))
    codes, sizes = np.unique(number, return_counts=True)
    largest = np.argsort(-sizes, kind="stable")[:MOST_GROUPS]
    large = [int(codes[at]) for at in np.sort(largest) if sizes[at] >= ENOUGH]
    return _Cut(
        columns=columns,
        values=tuple(_values(code, [order for _, order in known]) for code in large),
        rows=tuple(number == code for code in large),
        small=int(np.count_nonzero(sizes < ENOUGH)),
    )


def _values(code: int, orders: Sequence[list[str]]) -> tuple[str, ...]:
    """The labels that make up a group's number."""
    labels = []
    for order in reversed(orders):
        code, place = divmod(code, len(order))
        labels.append(order[place])
    return tuple(reversed(labels))


def _by_classes(subject: Subject, cuts: tuple[_Cut, ...]) -> tuple[tuple[FairGroup, ...], list[FairGap]]:
    answers, actual = np.asarray(subject.held.predictions, dtype=np.float64), subject.held.y
    given = answers.argmax(axis=1)
    every = np.ones(len(actual), dtype=bool)
    units = subject.held.units
    wrong = _Rate("error_rate", given != actual, every, units)
    rates: tuple[_Rate, ...] = (wrong,)
    stated, true = answers.max(axis=1), ~wrong.hit
    if subject.task.positive is not None:
        one = subject.task.classes.index(subject.task.positive)
        rates, stated, true = (
            (*_confusion_rates(given == one, actual == one, units), wrong),
            answers[:, one],
            actual == one,
        )
    groups = [
        _class_group(cut, values, rows, rates, stated, true, on(units, rows))
        for cut in cuts
        for values, rows in zip(cut.values, cut.rows, strict=True)
    ]
    rng = np.random.default_rng([subject.seed, _STREAM])
    found = [gap for cut in cuts for gap in _class_gaps(cut, {rate.name: rate for rate in rates}, rng)]
    return tuple(groups), found


def _confusion_rates(given: Chosen, actual: Chosen, units: Units | None) -> tuple[_Rate, ...]:
    every = np.ones(len(actual), dtype=bool)
    return (
        _Rate("base", actual, every, units),
        _Rate("selection", given, every, units),
        _Rate("true_positive", given, actual, units),
        _Rate("false_positive", given, ~actual, units),
        _Rate("precision", actual, given, units),
    )


def _class_group(
    cut: _Cut,
    values: tuple[str, ...],
    rows: Chosen,
    rates: tuple[_Rate, ...],
    stated: Floats,
    true: Chosen,
    units: Units | None,
) -> FairGroup:
    met, sure = (_stated_minus_observed(stated[rows], true[rows], level, units) for level in (LEVEL, _widened(cut)))
    off = sure.low is not None and sure.high is not None and not sure.low <= 0 <= sure.high
    return FairGroup(
        columns=cut.columns,
        values=values,
        n=int(rows.sum()),
        rates=(*(rate.of(rows) for rate in rates), met),
        off=off,
    )


def _widened(cut: _Cut) -> float:
    """The level at which the intervals of all groups of a cut hold at once (Bonferroni)."""
    return 1 - (1 - LEVEL) / len(cut.rows)


def _stated_minus_observed(stated: Floats, true: Chosen, level: float, units: Units | None) -> GroupRate:
    """Calibration in the large: the mean stated probability less the share that came true.

    Wilson's limits of that share, for stated probabilities are given: outcomes with unequal chances vary no more than
    as many with equal ones, so that the limits are rather too wide.
    """
    n, hits, mean = len(true), int(true.sum()), float(stated.mean())
    effect = rate_effect(true, units)
    low, high = rate_interval(hits / effect, n / effect, level)
    return GroupRate(name="stated_minus_observed", value=mean - hits / n, low=mean - high, high=mean - low, n=n)


def _class_gaps(cut: _Cut, rates: dict[RateName, _Rate], rng: np.random.Generator) -> list[FairGap]:
    found: list[FairGap | None] = []
    if "selection" in rates:
        found += [
            _rate_gap(cut, rates["base"], "base_rate", rng),
            _rate_gap(cut, rates["selection"], "demographic_parity", rng),
            _odds_gap(cut, rates, rng),
        ]
    if len(cut.columns) > 1:
        found.append(_rate_gap(cut, rates["error_rate"], "error_rate", rng))
    return [gap for gap in found if gap]


def _rate_gap(cut: _Cut, rate: _Rate, name: GapName, rng: np.random.Generator, level: float = LEVEL) -> FairGap | None:
    """Compare a rate over the groups of a cut; None where fewer than two of them have rows enough."""
    tallies = [rate.tally(rows) for rows in cut.rows]
    large = [at for at, (_, n) in enumerate(tallies) if n >= ENOUGH]
    if len(large) < 2:
        return None
    kept, n = [rate.worth(cut.rows[at]) for at in large], sum(tallies[at][1] for at in large)
    p_value, test = gaps.equal_rates(kept, rng)
    inside = rate.among & np.any([cut.rows[at] for at in large], axis=0)
    method = told(f"Newcombe limits, {test}", on(rate.units, inside))
    return _gap(cut, name, large, gaps.rate_spread(kept, level), p_value, n, method)


def _odds_gap(cut: _Cut, rates: dict[RateName, _Rate], rng: np.random.Generator) -> FairGap | None:
    """The larger difference of the two rates; both are looked at, so both limits and p-values pay for two (Bonferroni).

    Its lower limit is the larger of the two lower ends, its upper one the larger of the two upper ends.
    """
    names: tuple[RateName, RateName] = ("true_positive", "false_positive")
    both = {of: _rate_gap(cut, rates[of], "equalised_odds", rng, 1 - (1 - LEVEL) / 2) for of in names}
    known = {of: gap for of, gap in both.items() if gap}
    if not known:
        return None
    of = max(known, key=lambda one: known[one].gap)
    return known[of].model_copy(
        update={
            "of": of,
            "low": max(gap.low for gap in known.values()),
            "high": max(gap.high for gap in known.values()),
            "p_value": min(1.0, 2 * min(gap.p_value for gap in known.values())),
        }
    )


def _by_numbers(subject: Subject, cuts: tuple[_Cut, ...]) -> tuple[tuple[FairGroup, ...], list[FairGap]]:
    error, units = np.asarray(subject.held.predictions, dtype=np.float64) - subject.held.y, subject.held.units
    kinds: tuple[tuple[RateName, GapName, Floats], ...] = (
        ("bias", "bias", error),
        ("mean_absolute_error", "mean_absolute_error", np.abs(error)),
    )
    groups = [
        FairGroup(
            columns=cut.columns,
            values=values,
            n=int(rows.sum()),
            rates=tuple(_mean(name, sizes[rows], on(units, rows)) for name, _, sizes in kinds),
        )
        for cut in cuts
        for values, rows in zip(cut.values, cut.rows, strict=True)
    ]
    found = [_mean_gap(cut, name, sizes, units) for cut in cuts for _, name, sizes in kinds[: len(cut.columns)]]
    return tuple(groups), [gap for gap in found if gap]


def _mean(name: RateName, values: Floats, units: Units | None) -> GroupRate:
    low, high = mean_interval(values, effect=rate_effect(values, units))
    low = max(low, 0.0) if name == "mean_absolute_error" else low
    return GroupRate(name=name, value=float(values.mean()), low=low, high=high, n=len(values))


def _mean_gap(cut: _Cut, name: GapName, values: Floats, units: Units | None) -> FairGap | None:
    samples = [values[rows] for rows in cut.rows]
    if len(samples) < 2:
        return None
    effects = None
    if units is not None:
        effects = [rate_effect(sample, units[rows]) for sample, rows in zip(samples, cut.rows, strict=True)]
    method = told(f"Welch limits, {gaps.GOVERN}", on(units, np.any(cut.rows, axis=0)))
    n, spread = sum(len(sample) for sample in samples), gaps.mean_spread(samples, effects=effects)
    return _gap(cut, name, range(len(samples)), spread, gaps.equal_means(samples, effects), n, method)


def _gap(
    cut: _Cut, name: GapName, large: Sequence[int], spread: Spread, p_value: float, n: int, method: str
) -> FairGap:
    return FairGap(
        columns=cut.columns,
        name=name,
        gap=spread.gap,
        low=spread.low,
        high=spread.high,
        p_value=p_value,
        highest=cut.values[large[spread.highest]],
        lowest=cut.values[large[spread.lowest]],
        groups=len(large),
        n=n,
        method=method,
    )


def _adjusted(found: list[FairGap]) -> tuple[FairGap, ...]:
    p_values = holm([gap.p_value for gap in found])
    return tuple(gap.model_copy(update={"p_value": p}) for gap, p in zip(found, p_values, strict=True))
