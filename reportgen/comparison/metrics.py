"""The numbers on the test rows of two audits: how far apart, and whether that can be chance."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from reportgen.comparison.differences import MOVER, Ends, adjusted, separate, shown, worth
from reportgen.comparison.seen import SeenErrors, SeenMetric, SeenRefit, SeenReport
from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import bootstrap, paired_rate_difference_interval
from reportgen.evidence.number_scores import explained, loss_columns
from reportgen.evidence.paired import mcnemar
from reportgen.records.comparison import Change, Measured, MetricChange, Pairing, Verdict
from reportgen.records.directions import direction

KEY = ("accuracy", "balanced_accuracy", "roc_auc", "log_loss", "r2", "rmse", "mae")
"""The metrics whose significant loss makes the exit status: one family, for each of them takes power from the rest."""

MIRRORED = frozenset(("error_rate",))
"""1 minus another metric: it would be the same test once more."""

MCNEMAR = "Bonett-Price limits; exact McNemar test"
REDRAWN = "{limits}, rows redrawn in pairs"
STREAM = 501

Found = tuple[Ends | None, Pairing, str]


def changes(
    old: SeenReport, new: SeenReport, same_rows: bool
) -> tuple[tuple[MetricChange, ...], tuple[MetricChange, ...]]:
    """Hold every metric of the test rows that both have against each other: the key metrics, then all others.

    The p-values of each of the two families are adjusted by themselves.
    """
    pairs = _pairs(old, new) if same_rows else {}
    both = [(metric, other) for metric in old.metrics if (other := _in(new, metric)) and _wanted(metric, old)]
    key = [pair for pair in both if pair[0].name in KEY and pair[0].of is None]
    rest = [pair for pair in both if pair not in key]
    return _family(key, pairs), _family(rest, pairs)


def refit_changes(old: SeenReport, new: SeenReport) -> tuple[MetricChange, ...]:
    """The same of networks made anew, over other splits and starts: what the way of making them reaches on average."""
    if old.refits is None or new.refits is None:
        return ()
    others = {metric.name: metric for metric in new.refits.metrics}
    both = [(one, others[one.name]) for one in old.refits.metrics if one.name in KEY and one.name in others]
    changed = adjusted([_apart(one, other) for one, other in both])
    return tuple(
        MetricChange(
            name=one.name,
            old=_mean(one),
            new=_mean(other),
            change=change,
            pairing="unpaired",
            method=MOVER,
            verdict=verdict(one.name, change),
        )
        for (one, other), change in zip(both, changed, strict=True)
    )


def _apart(one: SeenRefit, other: SeenRefit) -> Ends | None:
    """Both intervals are Student's over the networks; the fewer of them are the degrees of freedom."""
    return separate(_mean(one), _mean(other), max(min(one.n, other.n) - 1, 1))


def _mean(refit: SeenRefit) -> Measured:
    return Measured(value=refit.mean, low=refit.low, high=refit.high, n=refit.n)


def _in(report: SeenReport, metric: SeenMetric) -> SeenMetric | None:
    """The same metric there, at the same level."""
    other = report.metric(metric.name, metric.of)
    return other if other and other.level == metric.level else None


def _wanted(metric: SeenMetric, report: SeenReport) -> bool:
    """A metric of test rows that is not another one's mirror image."""
    twin = metric.name == "mean_class_difference" and len(report.task.classes) == 2
    return metric.split == "test" and metric.name not in MIRRORED and not twin


def _family(both: Sequence[tuple[SeenMetric, SeenMetric]], pairs: dict[str, Found]) -> tuple[MetricChange, ...]:
    found = [
        pairs.get(one.name) if one.of is None and one.name in pairs else (separate(one, other), "unpaired", MOVER)
        for one, other in both
    ]
    changed = adjusted([one[0] for one in found if one])
    return tuple(
        MetricChange(
            name=one.name,
            of=one.of,
            old=_measured(one),
            new=_measured(other),
            change=change,
            pairing=how[1],
            method=how[2],
            verdict=verdict(one.name, change),
        )
        for (one, other), how, change in zip(both, found, changed, strict=True)
        if how
    )


def _measured(metric: SeenMetric) -> Measured:
    return Measured(value=metric.value, low=metric.low, high=metric.high, n=metric.n)


def verdict(name: str, change: Change) -> Verdict:
    """Say which way a metric went, where that can be said."""
    if change.difference is None:
        return "not_judged"
    if not shown(change):
        return "not_shown"
    better = direction(name) * change.difference
    return "changed" if better == 0 else "better" if better > 0 else "worse"


def _pairs(old: SeenReport, new: SeenReport) -> dict[str, Found]:
    """What row-level answers tell on rows that both judged."""
    return _rows_right(old, new) if old.task.kind != "regression" else _rows_off(old, new)


def _rows_right(old: SeenReport, new: SeenReport) -> dict[str, Found]:
    """Compare accuracies by the rows that only one of the two networks got right (McNemar 1947, exact)."""
    before, after = wrong_rows(old.errors), wrong_rows(new.errors)
    if before is None or after is None:
        return {}
    won, lost, n = len(before - after), len(after - before), new.split.test
    low, high = paired_rate_difference_interval(won, lost, n)
    return {"accuracy": (Ends((won - lost) / n, low, high, mcnemar(won, lost)), "paired", MCNEMAR)}


def wrong_rows(errors: SeenErrors) -> frozenset[int] | None:
    """The numbers of all test rows that were got wrong; None where the report does not list them all."""
    if errors.wrong_rows is not None:
        return frozenset(errors.wrong_rows)
    if errors.confusion is None:
        return None
    counts = errors.confusion.counts
    wrong = sum(map(sum, counts)) - sum(row[number] for number, row in enumerate(counts))
    return frozenset(one.row for one in errors.rows) if wrong == len(errors.rows) else None


def _rows_off(old: SeenReport, new: SeenReport) -> dict[str, Found]:
    """Compare R2 and mean errors by redrawing rows with both predictions, where a report lists all of them."""
    before, after = old.errors.residuals, new.errors.residuals
    if before is None or after is None or before.actual != after.actual or before.n != len(before.actual):
        return {}
    actual = np.asarray(before.actual)
    columns = loss_columns(actual, np.asarray(after.predicted) - actual, np.asarray(before.predicted) - actual)
    return {name: _redrawn(columns, statistic) for name, statistic in _statistics(bool(np.ptp(actual)))}


def _statistics(spread: bool) -> Iterable[tuple[str, Callable[[Floats], Floats]]]:
    """New minus old of each number, from the means of `loss_columns`."""
    if spread:
        yield "r2", lambda means: explained(means, 0) - explained(means, 2)
    yield "rmse", lambda means: np.asarray(means[:, 0] ** 0.5 - means[:, 2] ** 0.5)
    yield "mae", lambda means: means[:, 1] - means[:, 3]


def _redrawn(columns: Floats, statistic: Callable[[Floats], Floats]) -> Found:
    difference = float(statistic(columns.mean(axis=0, keepdims=True))[0])
    if np.array_equal(columns[:, :2], columns[:, 2:4]):
        return Ends(0.0, 0.0, 0.0, 1.0), "paired", REDRAWN.format(limits="every row alike")
    low, high, limits = bootstrap(columns, statistic, np.random.default_rng(STREAM))
    return worth(difference, low, high), "paired", REDRAWN.format(limits=limits)
