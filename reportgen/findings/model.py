"""What is wrong with the model: it guesses, it is too large, it learnt by heart, it boasts, it is unfair."""

import math
from collections.abc import Iterator

from reportgen.findings.base import NotJudged, key_scores, reach
from reportgen.findings.chance import chi_square_p, difference_interval
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding, Severity
from reportgen.records.mistakes import Condition, GroupGap, Slice
from reportgen.records.network import Comparison, ReliabilityBin

MATTERS = 0.01
"""One point of accuracy, or one of a hundred parts of the variance: less pays for no black box."""

OVERFIT = 0.1
SURE = 0.01
MISCALIBRATED = 0.05
EXPECTED_ROWS = 5
"""Expected rows in each cell of a chi-square test (Cochran 1954, doi:10.2307/3001616)."""

WEAK_TIMES, WEAK_ABOVE = 3.0, 0.15
"""How much worse a part must be: three times the rest's error rate, and 15 points above it."""

LARGE_PART = 0.05
"""One row in twenty: a smaller part is noted, and no warning."""

UNFAIR = {"error_rate": 0.05, "mean_absolute_error": 0.25}
"""Five points of error rate; a fourth of the best group's mean error, the four-fifths rule of 29 CFR 1607.4 turned."""


def no_better_than_baseline(dossier: Dossier) -> Iterator[Finding]:
    """Flag a network whose accuracy (or R2) is not shown to be better than guessing; a note where its ranking is."""
    guess = comparison(dossier, "dummy")
    if guess is None:
        raise NotJudged("no_comparison")
    if not beats(guess):
        area = dossier.metric("roc_auc")
        yield Finding(
            code="no_better_than_baseline",
            severity=Severity.INFO if ranks(dossier) else Severity.WARNING,
            evidence={
                "metric": guess.metric,
                "difference": guess.difference,
                "low": guess.low,
                "high": guess.high,
                "p_value": guess.p_value,
                "n": guess.n,
                "ranks": ranks(dossier),
                "area": area.value if area else None,
                "area_low": area.low if area else None,
                "area_high": area.high if area else None,
            },
            section="concepts",
        )


def simpler_model_suffices(dossier: Dossier) -> Iterator[Finding]:
    """Flag a readable model that the network is not shown to beat by a margin that matters."""
    guess = comparison(dossier, "dummy")
    if guess is not None and not beats(guess):
        raise NotJudged("not_better_than_guessing")
    readable = [(name, found) for name in ("linear", "tree") if (found := comparison(dossier, name))]
    if not readable:
        raise NotJudged("no_comparison")
    name, best = min(readable, key=lambda pair: pair[1].difference)
    if best.low < MATTERS:
        yield Finding(
            code="simpler_model_suffices",
            severity=Severity.INFO,
            evidence={
                "baseline": name,
                "metric": best.metric,
                "difference": best.difference,
                "low": best.low,
                "high": best.high,
                "margin": MATTERS,
                "n": best.n,
            },
            section="concepts",
        )


def overfit(dossier: Dossier) -> Iterator[Finding]:
    """Flag a network that is far better on the rows it learnt from than on all others."""
    train, validation, test = key_scores(dossier, "train", "validation", "test")
    to_validation = difference_interval(reach(train), reach(validation))
    low, high = difference_interval(reach(train), reach(test))
    if min(low, to_validation[0]) > OVERFIT:
        yield Finding(
            code="overfit",
            severity=Severity.WARNING,
            evidence={
                "metric": train.name,
                "train": train.value,
                "validation": validation.value,
                "test": test.value,
                "difference": reach(train)[0] - reach(test)[0],
                "low": low,
                "high": high,
                "n_train": train.n,
                "n": test.n,
            },
            section="algorithms",
        )


def miscalibrated(dossier: Dossier) -> Iterator[Finding]:
    """Flag stated probabilities that are not met."""
    if dossier.calibration is None or not dossier.calibration.bins:
        raise NotJudged("no_calibration")
    bins = dossier.calibration.bins
    p_value, error, chance = reliability_p(bins), calibration_error(bins), chance_error(bins)
    if p_value < SURE and error - chance >= MISCALIBRATED:
        yield Finding(
            code="miscalibrated",
            severity=Severity.WARNING,
            evidence={
                "about": dossier.calibration.about,
                "error": error,
                "chance": chance,
                "stated": _mean(bins, "stated"),
                "observed": _mean(bins, "observed"),
                "p_value": p_value,
                "n": sum(one.n for one in bins),
            },
            section="algorithms",
        )


def unfair_errors(dossier: Dossier) -> Iterator[Finding]:
    """Flag a protected column between whose groups the errors differ."""
    if not dossier.errors.gaps:
        raise NotJudged("groups_too_small" if dossier.errors.groups else "no_protected_column")
    for gap in dossier.errors.gaps:
        if gap.p_value < SURE and gap.low > 0 and _size(dossier, gap) >= UNFAIR[dossier.errors.measure]:
            errors = {one.group: one.error for one in dossier.errors.groups if one.column == gap.column}
            yield Finding(
                code="unfair_errors",
                severity=Severity.WARNING,
                columns=(gap.column,),
                evidence={
                    "measure": dossier.errors.measure,
                    "worst": gap.worst,
                    "best": gap.best,
                    "worst_error": errors.get(gap.worst),
                    "best_error": errors.get(gap.best),
                    "gap": gap.gap,
                    "low": gap.low,
                    "high": gap.high,
                    "p_value": gap.p_value,
                    "n": gap.n,
                },
                section="example",
            )


def weak_slice(dossier: Dossier) -> Iterator[Finding]:
    """Flag a describable part of the rows where the network is far worse, confirmed on rows not used to find it."""
    search = dossier.errors.slice_search
    if dossier.errors.measure != "error_rate":
        raise NotJudged("needs_classes")
    if search is None:
        raise NotJudged("no_slices")
    warned: list[Slice] = []
    for part in sorted(dossier.errors.slices, key=lambda part: len(part.conditions)):
        if part.confirmed and part.error >= WEAK_TIMES * part.rest and part.error - part.rest >= WEAK_ABOVE:
            new = _surely_weak(part) and not any(_within(part, wider) for wider in warned)
            warned += [part] * new
            yield Finding(
                code="weak_slice",
                severity=Severity.WARNING if new else Severity.INFO,
                columns=part.columns,
                evidence={
                    "rule": part.rule,
                    "symbols": tuple(one.symbols for one in part.conditions),
                    "missing": tuple(one.missing for one in part.conditions),
                    "error": part.error,
                    "rest": part.rest,
                    "low": part.low,
                    "high": part.high,
                    "expected": part.expected,
                    "p_value": part.p_value,
                    "beyond_p_value": part.beyond_p_value,
                    "n": part.n,
                    "of": part.of,
                },
                section="example",
            )


def _within(part: Slice, wider: Slice) -> bool:
    """Tell whether a part lies in a wider one, and is not as much worse than that as a weak part is than the rest."""
    inside = bool(wider.conditions) and all(
        any(_implies(one, given) for one in part.conditions) for given in wider.conditions
    )
    return inside and part.error - wider.error < WEAK_ABOVE


def _implies(one: Condition, given: Condition) -> bool:
    if one == given:
        return True
    if one.column != given.column or one.missing or given.missing or one.level is not None or given.level is not None:
        return False
    above = given.above is None or (one.above is not None and one.above >= given.above)
    return above and (given.at_most is None or (one.at_most is not None and one.at_most <= given.at_most))


def _surely_weak(part: Slice) -> bool:
    """Tell whether a part is large, and its whole interval as far above the rest as a weak part must be.

    A part of more than half of the rows is the rule, and what lies outside it the easier exception.
    """
    large = part.of is not None and LARGE_PART * part.of <= part.n <= part.of / 2
    return large and part.low is not None and part.low >= WEAK_ABOVE and part.p_value < SURE


def comparison(dossier: Dossier, name: str) -> Comparison | None:
    """Look up how the network compares with one baseline."""
    return next((one.comparison for one in dossier.baselines if one.name == name and one.comparison), None)


def beats(found: Comparison) -> bool:
    """Tell whether a comparison shows the network better: interval above 0 and, where there is one, a small p-value."""
    return found.low > 0 and (found.p_value is None or found.p_value <= 1 - found.level)


def ranks(dossier: Dossier) -> bool:
    """Tell whether the network ranks rows by class better than chance: AUC's interval above one half.

    Where one class is much larger, accuracy cannot show a gain that the probabilities hold.
    """
    area = dossier.metric("roc_auc")
    return area is not None and area.low is not None and area.low > 0.5


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Average the distance between stated and observed over rows (expected calibration error, Naeini et al. 2015)."""
    return sum(one.n * abs(one.observed - one.stated) for one in bins) / sum(one.n for one in bins)


def chance_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Work out the calibration error that sampling alone gives to exact probabilities (mean of a half-normal)."""
    spread = sum(one.n * math.sqrt(one.stated * (1 - one.stated) / one.n) for one in bins)
    return math.sqrt(2 / math.pi) * spread / sum(one.n for one in bins)


def reliability_p(bins: tuple[ReliabilityBin, ...]) -> float:
    """Test stated against observed by Hosmer and Lemeshow's chi-square, as many degrees as bins on fresh rows.

    Neighbours are joined until each expects five rows of either outcome. A binomial variance at the mean of a bin
    is never too small, so that the test is rather too calm than too nervous.
    """
    joined = _join(bins)
    statistic = sum(hits_off**2 / variance for hits_off, variance in joined)
    return chi_square_p(statistic, len(joined)) if joined else 1.0


def _join(bins: tuple[ReliabilityBin, ...]) -> list[tuple[float, float]]:
    """Give (observed minus stated hits, variance) of each joined bin; a rest too small for its own joins the last."""
    done: list[tuple[float, float, float]] = []
    n = hits = stated = 0.0
    for one in sorted(bins, key=lambda one: one.stated):
        n, hits, stated = n + one.n, hits + one.n * one.observed, stated + one.n * one.stated
        if min(stated, n - stated) >= EXPECTED_ROWS:
            done.append((n, hits, stated))
            n = hits = stated = 0.0
    if n and done:
        last = done.pop()
        done.append((last[0] + n, last[1] + hits, last[2] + stated))
    return [(hits - stated, stated * (1 - stated / n)) for n, hits, stated in done]


def _mean(bins: tuple[ReliabilityBin, ...], name: str) -> float:
    return float(sum(one.n * getattr(one, name) for one in bins) / sum(one.n for one in bins))


def _size(dossier: Dossier, gap: GroupGap) -> float:
    """Measure a gap: in points of error rate, or as a share of the best group's mean absolute error."""
    if dossier.errors.measure == "error_rate":
        return gap.gap
    best = next((one.error for one in dossier.errors.groups if (one.column, one.group) == (gap.column, gap.best)), 0.0)
    return gap.gap / best if best else math.inf
