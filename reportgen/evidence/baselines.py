"""What simpler models score on the same test rows, and by how much the network beats them."""

import numpy as np

from reportgen.evidence.base import Fitted, Floats, Subject, Units
from reportgen.evidence.class_scores import accuracy, log_loss, roc_auc
from reportgen.evidence.clusters import flipped_p, rate_effect, told
from reportgen.evidence.intervals import bootstrap, paired_rate_difference_interval
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.number_scores import explained, loss_columns, number_metrics
from reportgen.evidence.paired import mcnemar, paired_t
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers, class_answers, number_answers
from reportgen.records.network import Baseline, Comparison, Metric

KEPT = ("r2", "rmse", "mae")

MCNEMAR = "Bonett-Price limits; exact McNemar test, Holm over the baselines"
PAIRED = "{limits}, rows redrawn in pairs; paired t test of squared errors, Holm over the baselines"

_STREAM = 102


def measure(subject: Subject) -> tuple[Baseline, ...]:
    """Score every baseline on test rows and hold the network against it, row by row."""
    compare = _compare_classes if subject.classifies else _compare_numbers
    raw = [compare(subject, fitted, number) for number, fitted in enumerate(subject.baselines)]
    adjusted = iter(holm([p for _, comparison in raw if comparison for p in (comparison.p_value or 0.0,)]))
    return tuple(
        Baseline(
            name=fitted.name,
            metrics=metrics,
            comparison=comparison and comparison.model_copy(update={"p_value": next(adjusted)}),
            settings=dict(fitted.settings),
        )
        for fitted, (metrics, comparison) in zip(subject.baselines, raw, strict=True)
    )


def _compare_classes(subject: Subject, fitted: Fitted, number: int) -> tuple[tuple[Metric, ...], Comparison | None]:
    rng = np.random.default_rng([subject.seed, _STREAM, number])
    network = class_answers(subject, subject.test)
    other = class_answers(subject, subject.test, fitted.predict)
    metrics = tuple(score(other, rng) for score in (accuracy, log_loss, roc_auc))
    return metrics, by_rows_right(network, other)


def by_rows_right(network: ClassAnswers, other: ClassAnswers) -> Comparison:
    """Compare two accuracies by the rows that one model alone got right (McNemar 1947, exact).

    Where rows come in groups, the sums of whole groups must speak for one model as well, their signs left to chance.
    """
    won = int((network.correct & ~other.correct).sum())
    lost = int((other.correct & ~network.correct).sum())
    n, units, lead = len(network.correct), network.units, network.correct.astype(np.float64) - other.correct
    effect = rate_effect(lead, units)
    low, high = paired_rate_difference_interval(won / effect, lost / effect, n / effect)
    return Comparison(
        metric="accuracy",
        difference=(won - lost) / n,
        low=low,
        high=high,
        n=n,
        p_value=max(mcnemar(won, lost), _by_group(lead, units)),
        method=told(MCNEMAR, units, effect),
    )


def _by_group(lead: Floats, units: Units | None) -> float:
    """The two-sided p-value of group sums whose signs are left to chance; 0 where rows are in no groups."""
    return 0.0 if units is None else flipped_p(lead, units, one_sided=False)


def _compare_numbers(subject: Subject, fitted: Fitted, number: int) -> tuple[tuple[Metric, ...], Comparison | None]:
    rng = np.random.default_rng([subject.seed, _STREAM, number])
    network = number_answers(subject, subject.test)
    other = number_answers(subject, subject.test, fitted.predict)
    metrics = tuple(metric for metric in number_metrics(other, rng) if metric.name in KEPT)
    return metrics, by_squared_errors(network, other, rng)


def by_squared_errors(network: NumberAnswers, other: NumberAnswers, rng: np.random.Generator) -> Comparison | None:
    """Compare two R2 on the same rows; None where the target has no spread and R2 no meaning."""
    if np.ptp(network.actual) == 0:
        return None
    columns = loss_columns(network.actual, network.error, other.error)

    def lead(means: Floats) -> Floats:
        return explained(means, 0) - explained(means, 2)

    low, high, limits = bootstrap(columns, lead, rng, network.units)
    limits, by, groups = limits.partition(", by groups: ")
    gain = columns[:, 2] - columns[:, 0]
    return Comparison(
        metric="r2",
        difference=float(lead(columns.mean(axis=0, keepdims=True))[0]),
        low=low,
        high=high,
        n=len(columns),
        p_value=max(paired_t(gain), _by_group(gain, network.units)),
        method=PAIRED.format(limits=limits) + by + groups,
    )
