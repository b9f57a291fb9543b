"""Whether test rows are distributed as training rows are, column by column."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2_contingency, fisher_exact, ks_2samp

from reportgen.evidence.base import Floats, NotApplicable, Subject, joined
from reportgen.evidence.discretise import numbers_of
from reportgen.evidence.intervals import rate_difference_interval
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.unseen import unseen_levels
from reportgen.evidence.values import as_short_text
from reportgen.records.drift import Drift, FeatureDrift

BOUND = 0.1
"""One row in ten would have to move. Two normal distributions a fourth of a standard deviation apart, from where on
groups are not alike (Rubin 2001, doi:10.1023/A:1020363010465), are just so far from each other."""
MOST_ROWS = 20_000
FEWEST = 20
"""Present values that a part needs: ten to find where the distributions part, ten to measure it."""
MOST_STRETCHES = 5
METHOD = (
    "greatest difference of shares, found on one half of the rows and measured on the other, Newcombe limits; "
    "Kolmogorov-Smirnov or chi-square test, Fisher's exact test of gaps, Holm over columns"
)

Halves = npt.NDArray[np.int64]
Member = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Gap:
    """How many rows of training and of test lie where the other half of the rows says that test has more.

    `chance` is the p-value of a test of equal distributions on all rows: under equality the two halves' gaps are not
    independent, so that their sum proves nothing by itself.
    """

    before: tuple[int, int]
    after: tuple[int, int]
    chance: float

    @property
    def value(self) -> float:
        """The share of test rows there less that of training rows."""
        return self.after[0] / self.after[1] - self.before[0] / self.before[1]


def measure(subject: Subject) -> Drift:
    """Hold every feature's training rows against its test rows.

    The distance of numbers is Kolmogorov's and Smirnov's, that of categories the total variation; both are a greatest
    difference of shares, and the greatest of many is too great by chance. So where it lies is found on one half of the
    rows and measured on the other, and the halves then change places: in equal parts the expectation is 0 (data
    splitting: Cox 1975, Biometrika 62:441). The place that one half finds is seldom quite the best, so that true
    distances are a little larger than measured ones, never smaller but by chance. Whether there is a difference at all
    is asked of all rows, by Kolmogorov's and Smirnov's test or Pearson's chi-square. Categories that training lacks are
    counted apart. Raises NotApplicable where the parts were drawn at random, which leaves nothing to find.
    """
    if subject.split.strategy not in ("given", "time", "group"):
        raise NotApplicable("parts_drawn_at_random")
    rng = np.random.default_rng([subject.seed, 131])
    before, after = _some(subject.train.frame, rng), _some(subject.test.frame, rng)
    halves = (rng.permutation(len(before)) % 2, rng.permutation(len(after)) % 2)
    features = [feature for feature in subject.features if feature not in subject.prose]
    found = [_feature(feature, before[feature], after[feature], halves) for feature in features]
    chances = holm([one.p_value for one in found])
    adjusted = [one.model_copy(update={"p_value": p}) for one, p in zip(found, chances, strict=True)]
    adjusted = _beside_earlier(subject, adjusted, rng)
    return Drift(
        features=tuple(sorted(adjusted, key=_moved, reverse=True)),
        unseen=unseen_levels(subject),
        bound=BOUND,
        train=len(before),
        test=len(after),
        method=METHOD,
    )


def _beside_earlier(subject: Subject, found: list[FeatureDrift], rng: np.random.Generator) -> list[FeatureDrift]:
    """Beside what columns moved by in the last stretch of time, what they moved by from stretch to stretch before it.

    A month, a price level or a season lies otherwise in the last stretch by construction. So the rows before it are cut
    into stretches of its length, and each is held against all others: what moves about as far each time is the time
    itself. Only columns that moved at all are asked.
    """
    moments = joined([subject.train.moments, subject.validation.moments])
    wanted = [one.feature for one in found if _moved(one) > BOUND]
    if subject.split.strategy != "time" or moments is None or not wanted:
        return found
    known = pd.concat([subject.train.frame, subject.validation.frame])[wanted]
    count = int(np.clip(len(known) // len(subject.test.y), 2, MOST_STRETCHES))
    far: dict[str, list[FeatureDrift]] = {name: [] for name in wanted}
    for stretch in np.array_split(np.argsort(moments, kind="stable"), count):
        others = np.setdiff1d(np.arange(len(known)), stretch)
        before, after = _some(known.iloc[others], rng), _some(known.iloc[np.sort(stretch)], rng)
        halves = (rng.permutation(len(before)) % 2, rng.permutation(len(after)) % 2)
        for name in wanted:
            far[name].append(_feature(name, before[name], after[name], halves))
    return [one.model_copy(update=_most(far[one.feature])) if one.feature in far else one for one in found]


def _most(tries: list[FeatureDrift]) -> dict[str, float]:
    """The farthest that a column surely moved beyond the bound: chance in few rows excuses nothing."""
    values = [one.distance or 0.0 for one in tries if (one.low or 0.0) > BOUND]
    sure = [one for one in tries if max(one.missing_low, -one.missing_high) > BOUND]
    gaps = [abs(one.missing_after - one.missing_before) for one in sure]
    return {"earlier": max(values, default=0.0), "earlier_missing": max(gaps, default=0.0)}


def _moved(one: FeatureDrift) -> float:
    return max(one.distance or 0.0, abs(one.missing_after - one.missing_before))


def _some(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return frame.iloc[np.sort(rng.choice(len(frame), min(len(frame), MOST_ROWS), replace=False))]


def _feature(
    name: str, before: "pd.Series[Any]", after: "pd.Series[Any]", halves: tuple[Halves, Halves]
) -> FeatureDrift:
    absent = _absent(before), _absent(after)
    gap, told = _values(before, after, halves)
    missing = (int(absent[1].sum()), len(after)), (int(absent[0].sum()), len(before))
    low, high = rate_difference_interval(*missing)
    limits = _limits(gap) if gap else (None, None, None)
    chances = [_other_gaps(*missing)] + ([gap.chance] if gap else [])
    return FeatureDrift(
        feature=name,
        **told,
        distance=limits[0],
        low=limits[1],
        high=limits[2],
        missing_before=missing[1][0] / len(before),
        missing_after=missing[0][0] / len(after),
        missing_low=low,
        missing_high=high,
        p_value=min(1.0, len(chances) * min(chances)),
        n_before=len(before) - missing[1][0],
        n_after=len(after) - missing[0][0],
    )


def _absent(values: "pd.Series[Any]") -> Member:
    return np.asarray(values.isna().to_numpy(), dtype=np.bool_)


def _limits(gap: _Gap) -> tuple[float, float, float]:
    """A distance is never below 0, though its estimate may be; it then says no more than an estimate of 0 would."""
    low, high = rate_difference_interval(gap.after, gap.before)
    return max(gap.value, 0.0), max(low, 0.0), max(high, (high - low) / 2)


def _values(
    before: "pd.Series[Any]", after: "pd.Series[Any]", halves: tuple[Halves, Halves]
) -> tuple[_Gap | None, dict[str, Any]]:
    """The gap between the present values of both parts (None where they are too few), and what describes it."""
    first, second = numbers_of(before), numbers_of(after)
    if first is None or second is None:
        return _levels(before, after, halves)
    here = np.isfinite(first), np.isfinite(second)
    kind: Literal["numbers", "dates"] = "dates" if pd.api.types.is_datetime64_any_dtype(before) else "numbers"
    told = {"kind": kind, "before": _middle(first[here[0]], kind), "after": _middle(second[here[1]], kind)}
    if min(here[0].sum(), here[1].sum()) < FEWEST:
        return None, told
    present = first[here[0]], second[here[1]]
    chance = float(ks_2samp(*present, method="asymp").pvalue)
    return _crossed(*present, (halves[0][here[0]], halves[1][here[1]]), _beyond, chance), told


def _middle(numbers: Floats, kind: str) -> float | str | None:
    if not len(numbers):
        return None
    middle = float(np.median(numbers))
    return str(np.datetime64(int(np.floor(middle)), "D")) if kind == "dates" else middle


def _crossed(first: Any, second: Any, halves: tuple[Halves, Halves], find: Any, chance: float) -> _Gap:  # noqa: ANN401
    """Find the place on each half and count the rows of the other half that lie there."""
    inside = [0, 0]
    for half in (0, 1):
        learn, judge = [one == half for one in halves], [one != half for one in halves]
        place = find(first[learn[0]], second[learn[1]])
        inside[0] += int(place(first[judge[0]]).sum())
        inside[1] += int(place(second[judge[1]]).sum())
    return _Gap((inside[0], len(first)), (inside[1], len(second)), chance)


def _beyond(first: Floats, second: Floats) -> Any:  # noqa: ANN401 - a function of numbers
    """Above or not above the value at which the two distribution functions lie farthest apart."""
    cuts = np.unique(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(one), cuts, side="right") / max(len(one), 1) for one in (first, second)]
    lead = shares[0] - shares[1]  # positive: fewer test rows lie at or below the cut, so more lie above
    place = int(np.argmax(np.abs(lead)))
    cut, above = cuts[place], bool(lead[place] > 0)
    return lambda numbers: (numbers > cut) == above


def _levels(
    before: "pd.Series[Any]", after: "pd.Series[Any]", halves: tuple[Halves, Halves]
) -> tuple[_Gap | None, dict[str, Any]]:
    """The same for categories that training has."""
    codes, labels = pd.factorize(pd.concat([before, after]).astype(object))
    first, second = codes[: len(before)], codes[len(before) :]
    known = np.bincount(first[first >= 0], minlength=len(labels)) > 0
    here = first >= 0, (second >= 0) & known[second]
    told = {"kind": "levels", **_most_moved(first[here[0]], second[here[1]], labels)}
    if min(here[0].sum(), here[1].sum()) < FEWEST:
        return None, told

    def find(one: npt.NDArray[np.intp], other: npt.NDArray[np.intp]) -> Any:  # noqa: ANN401 - a function of codes
        shares = [np.bincount(part, minlength=len(labels)) / max(len(part), 1) for part in (one, other)]
        more = shares[1] > shares[0]
        return lambda codes: more[codes]

    present = first[here[0]], second[here[1]]
    return _crossed(*present, (halves[0][here[0]], halves[1][here[1]]), find, _other_shares(*present)), told


def _other_shares(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> float:
    """Pearson's chi-square; categories that expect fewer than five rows of either part are taken together."""
    counts = np.stack(
        [np.bincount(part, minlength=int(max(first.max(), second.max())) + 1) for part in (first, second)]
    )
    total = counts.sum(axis=0)
    rare = total * min(len(first), len(second)) < 5 * (len(first) + len(second))
    table = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    return float(chi2_contingency(table, correction=False).pvalue) if table.shape[1] > 1 else 1.0


def _most_moved(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp], labels: Any) -> dict[str, Any]:  # noqa: ANN401
    """The category whose share changed most, with both shares."""
    if not len(first) or not len(second):
        return {"label": None, "before": None, "after": None}
    shares = [np.bincount(part, minlength=len(labels)) / len(part) for part in (first, second)]
    place = int(np.argmax(np.abs(shares[1] - shares[0])))
    return {
        "label": as_short_text(labels[place]),
        "before": float(shares[0][place]),
        "after": float(shares[1][place]),
    }


def _other_gaps(first: tuple[int, int], second: tuple[int, int]) -> float:
    """How often equal shares would lie so far apart (Fisher's exact test, as gaps may be few)."""
    table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
    return float(fisher_exact(table).pvalue) if first[0] + second[0] else 1.0
