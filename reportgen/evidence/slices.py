"""Describable parts of the rows where the model errs more: found on one half of them, confirmed on the other."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence import clusters
from reportgen.evidence.base import Floats, NotApplicable, Subject, Units
from reportgen.evidence.conditions import Conditions, conditions
from reportgen.evidence.intervals import mean_difference_interval, rate_difference_interval
from reportgen.evidence.multiplicity import weighted_holm
from reportgen.evidence.slice_power import detectable
from reportgen.evidence.slice_refine import refine
from reportgen.evidence.slice_search import MOST_JOINED, Found, Rates, Rows, Sizes, Worse, rows_of, search
from reportgen.evidence.slice_tests import expected, strata, worse_p
from reportgen.records.mistakes import Condition, Slice, SliceSearch

LEVEL = 0.05
CANDIDATES = 5
"""Slices that each half hands over to be confirmed."""
FEWEST_ROWS = 15
FEWEST_SHARE = 0.01
FEWEST_ERRORS = 4
"""Two wrong rows in each half: one by itself lies in any slice by chance."""
ALIKE = 0.5
"""Slices that share more than half of their rows (Jaccard index) are one and the same."""
ROWS = {"quick": 2_000, "standard": 6_000, "thorough": 20_000}
WORK = {"quick": 1e9, "standard": 1e10, "thorough": 1e11}

RATES = "Newcombe limits, false coverage 5 in 100; Fisher's exact test, mid-p, weighted Holm over the candidates"
SIZES = "Welch limits, false coverage 5 in 100; Welch test, weighted Holm over the candidates"

_STREAM = 211

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Held:
    """All rows that some network answered unseen: errors, how sure it was (None for numbers), what is said of them.

    `units` says which rows stay together: groups, or stretches of time; None where each stands alone.
    """

    errors: Floats
    sure: Floats | None
    known: Conditions
    units: Units | None = None
    what: str = "groups"

    def on(self, rows: Places) -> Units | None:
        """The units of some rows."""
        return clusters.on(self.units, rows)


@dataclass(frozen=True)
class _Candidate:
    """A slice by its conditions, all its rows, those it is read on, and where it stands there with those before it."""

    told: tuple[Condition, ...]
    everywhere: Rows
    read_on: Places
    inside: Rows
    before: Rows

    def p_value(self, held: Held) -> float:
        """Worse than the rest, and not only for what slices named before it say already."""
        errors, units = held.errors[self.read_on], held.on(self.read_on)
        alone = worse_p(errors, self.inside, np.zeros(len(errors), dtype=np.intp), units)
        return max(alone, worse_p(errors, self.inside, self.before.astype(np.intp), units))

    def beyond_p(self, held: Held) -> float:
        """Worse than other rows that the network is as sure of."""
        if held.sure is None:
            return 1.0
        sure = held.sure[self.read_on]
        return worse_p(held.errors[self.read_on], self.inside, strata(sure), held.on(self.read_on))


def measure(subject: Subject) -> tuple[tuple[Slice, ...], SliceSearch]:
    """Find slices on each half of the held rows and confirm them on the other; the confirmed ones come first."""
    held = look(subject)
    rng = np.random.default_rng([subject.seed, _STREAM])
    return find(held, rng, ROWS[subject.budget], WORK[subject.budget], subject.held.networks)


def look(subject: Subject) -> Held:
    """The errors of all held rows, and the conditions that features and protected columns offer."""
    rows = subject.held
    names = tuple(dict.fromkeys((*subject.features, *(name for name in subject.protected if name in rows.frame))))
    known = conditions(rows.frame, names, FEWEST_ROWS)
    units, what = clusters.together(rows), "stretches" if rows.units is None else "groups"
    if not subject.classifies:
        return Held(np.abs(rows.predictions - rows.y).astype(np.float64), None, known, units, what)
    answers = np.asarray(rows.predictions, dtype=np.float64)
    return Held((answers.argmax(axis=1) != rows.y).astype(np.float64), answers.max(axis=1), known, units, what)


def halves(errors: Floats, rng: np.random.Generator, units: Units | None = None) -> tuple[Places, Places]:
    """Part the rows at random into two halves with like errors: of every two neighbours in size one goes to each.

    With units no group, or stretch of time, stands in both: a slice found on some rows of a person would be confirmed
    on the same person's others.
    """
    if units is not None:
        return clusters.halves(errors, units, rng)
    order = np.lexsort((rng.random(len(errors)), errors))
    coin = rng.integers(0, 2, (len(errors) + 1) // 2)
    first = (np.arange(len(errors)) + coin.repeat(2)[: len(errors)]) % 2 == 0
    return np.sort(order[first]), np.sort(order[~first])


def find(
    held: Held, rng: np.random.Generator, most_rows: int, most_work: float, networks: int = 1
) -> tuple[tuple[Slice, ...], SliceSearch]:
    """Search both halves and confirm each one's candidates on the other. NotApplicable where errors are too few."""
    refuse(held)
    first, second = halves(held.errors, rng, held.units)
    tested: list[_Candidate] = []
    adjusted: list[tuple[float, float]] = []
    looked, complete = 0, True
    for found_on, read_on in ((first, second), (second, first)):
        drawn = np.sort(rng.choice(found_on, min(len(found_on), most_rows), replace=False))
        known, worse = held.known.on(drawn), _worse(held, drawn)
        found = search(known, worse, _fewest(len(drawn)), most_work)
        looked, complete = looked + found.looked, complete and found.complete
        spans, found = refine(known, worse, found, _fewest(len(drawn)))
        chosen = _distinct(found, known.with_spans(spans), worse)
        candidates = _candidates(chosen, held.known.with_spans(spans), read_on)
        tested += candidates
        adjusted += _adjusted(candidates, held)
    slices = [_slice(one, p, held, 1 - LEVEL) for one, p in zip(tested, adjusted, strict=True)]
    kept = _without_twins(slices, tested, held)
    level = _interval_level(sum(slices[at].confirmed for at in kept), len(tested))
    searched = min(len(first), most_rows)
    summary = SliceSearch(
        rows=len(held.errors),
        halves=(len(first), len(second)),
        searched=searched,
        networks=networks,
        conditions=len(held.known.told),
        conjunctions=looked,
        complete=complete,
        joined=MOST_JOINED if len(held.known.told) > MOST_JOINED else None,
        candidates=len(tested),
        error=float(held.errors.mean()),
        level=LEVEL,
        detectable=detectable(
            held.errors, held.known.column, searched, _first_level(), clusters.rate_effect(held.errors, held.units)
        ),
        method=clusters.told(_method(held), held.units, what=held.what),
    )
    return tuple(_slice(tested[at], adjusted[at], held, level) for at in kept), summary


def refuse(held: Held) -> None:
    """Raise NotApplicable where errors are too few, or too many, or where there is nothing to say of a row."""
    wrong = int(np.count_nonzero(held.errors))
    if min(wrong, len(held.errors) - wrong if held.sure is not None else wrong) < FEWEST_ERRORS:
        raise NotApplicable("too_few_errors", errors=wrong)
    if not held.known.told:
        raise NotApplicable("nothing_to_slice_by")


def _method(held: Held) -> str:
    return RATES if held.sure is not None else SIZES


def _fewest(rows: int) -> int:
    return max(FEWEST_ROWS, int(FEWEST_SHARE * rows))


def _worse(held: Held, rows: Places) -> Worse:
    return Rates(held.errors[rows]) if held.sure is not None else Sizes(held.errors[rows])


def _distinct(found: Found, known: Conditions, worse: Worse) -> list[tuple[int, ...]]:
    """The best conjunctions, each saying more than those before it: its excess is counted within and without them."""
    inside = np.array([rows_of(known, members) for members in found.conjunctions])
    ratios = worse.ratio(inside.sum(axis=1).astype(np.float64), inside @ worse.errors)
    prices = ratios - found.worth
    before = np.zeros(inside.shape[1], dtype=bool)
    left = np.ones(len(inside), dtype=bool)
    chosen: list[tuple[int, ...]] = []
    while left.any() and len(chosen) < CANDIDATES:
        gain = np.minimum(ratios, _excess(inside, before, worse)) - prices
        at = int(np.argmax(np.where(left, gain, -np.inf)))
        chosen.append(found.conjunctions[at])
        left &= (inside & inside[at]).sum(axis=1) <= ALIKE * (inside | inside[at]).sum(axis=1)
        before |= inside[at]
    return chosen


def _excess(inside: Rows, before: Rows, worse: Worse) -> Floats:
    """Half the squared score of each slice's excess over the others, compared within and without earlier slices."""
    excess, spread = np.zeros(len(inside)), np.zeros(len(inside))
    for part in (before, ~before):
        n = np.count_nonzero(part)
        if n < 2:
            continue
        errors, here = worse.errors[part], inside[:, part]
        rows = here.sum(axis=1)
        excess += here @ errors - rows * errors.mean()
        spread += rows * (n - rows) / (n - 1) * errors.var()
    return np.asarray(np.maximum(excess, 0.0) ** 2 / (2 * np.maximum(spread, 1e-12)))


def _candidates(chosen: list[tuple[int, ...]], known: Conditions, read_on: Places) -> list[_Candidate]:
    before = np.zeros(len(read_on), dtype=bool)
    candidates = []
    for members in chosen:
        everywhere = rows_of(known, members)
        inside = everywhere[read_on]
        told = tuple(known.told[at] for at in members)
        candidates.append(_Candidate(told, everywhere, read_on, inside, before))
        before = before | inside
    return candidates


def _adjusted(candidates: list[_Candidate], held: Held) -> list[tuple[float, float]]:
    """Weighted Holm over one half's candidates, the likeliest bearing least, then Bonferroni for two halves."""
    weights = _weights(len(candidates))
    p_values = [one.p_value(held) for one in candidates]
    beyond = [max(p, one.beyond_p(held)) for p, one in zip(p_values, candidates, strict=True)]
    pairs = zip(weighted_holm(p_values, weights), weighted_holm(beyond, weights), strict=True)
    return [(min(2 * p, 1.0), min(2 * q, 1.0)) for p, q in pairs]


def _first_level() -> float:
    """The p-value at which the likeliest candidate of a half is confirmed whatever the others do."""
    return LEVEL / 2 / float(_weights(CANDIDATES).sum())


def _weights(count: int) -> Floats:
    return np.asarray(0.5 ** np.arange(count))


def _interval_level(picked: int, candidates: int) -> float:
    """The level at which 95 in 100 of the intervals picked out hold (Benjamini and Yekutieli 2005, JASA 100:71)."""
    return 1 - LEVEL * max(picked, 1) / max(candidates, 1)


def _slice(one: _Candidate, p_values: tuple[float, float], held: Held, level: float) -> Slice:
    errors = held.errors[one.read_on]
    mine, others = errors[one.inside], errors[~one.inside]
    units = held.on(one.read_on)
    effects = [clusters.rate_effect(errors[part], clusters.on(units, part)) for part in (one.inside, ~one.inside)]
    low, high = _interval(mine, others, held.sure is not None, level, effects)
    error, rest = (float(part.mean()) if len(part) else 0.0 for part in (mine, others))
    usual = None
    if held.sure is not None and len(mine):
        usual = expected(errors, one.inside, strata(held.sure[one.read_on]))
    return Slice(
        rule=" and ".join(f"{part.column} is missing" if part.missing else part.symbols for part in one.told),
        columns=tuple(dict.fromkeys(condition.column for condition in one.told)),
        n=len(mine),
        error=error,
        rest=rest,
        p_value=p_values[0],
        confirmed=p_values[0] <= LEVEL and error > rest,
        low=low,
        high=high,
        lift=error / rest if rest else None,
        of=len(errors),
        coverage=float(mine.sum() / errors.sum()) if errors.sum() else None,
        expected=usual,
        beyond_p_value=p_values[1] if held.sure is not None else None,
        conditions=one.told,
        method=clusters.told(_method(held), units, what=held.what),
    )


def _interval(
    mine: Floats, others: Floats, rates: bool, level: float, effects: list[float]
) -> tuple[float | None, float | None]:
    """The limits of the difference; each side's rows count for as many as they are worth."""
    if min(len(mine), len(others)) < 2:
        return None, None
    if rates:
        first, second = ((part.sum() / by, len(part) / by) for part, by in zip((mine, others), effects, strict=True))
        return rate_difference_interval(first, second, level)
    return mean_difference_interval(mine, others, level, effects)


def _without_twins(slices: list[Slice], tested: list[_Candidate], held: Held) -> list[int]:
    """Each slice once, though both halves may have found it: confirmed ones first, those that are surely worst leading.

    Left out is what shares most rows with a slice before it, or is worse for no other rows than those before it.
    """
    order = sorted(range(len(slices)), key=lambda at: (not slices[at].confirmed, -(slices[at].low or 0.0), at))
    kept: list[int] = []
    inside = {at: tested[at].everywhere for at in order}
    before = np.zeros(len(held.errors), dtype=bool)
    for at in order:
        one = tested[at]
        twin = any((inside[at] & inside[k]).sum() > ALIKE * (inside[at] | inside[k]).sum() for k in kept)
        rows = one.read_on
        own = worse_p(held.errors[rows], one.inside, before[rows].astype(np.intp), held.on(rows))
        if not twin and (own <= LEVEL / CANDIDATES or not slices[at].confirmed):
            kept.append(at)
            before = before | inside[at]
    return kept
