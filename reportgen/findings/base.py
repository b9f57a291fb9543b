"""What every rule shares: its shape, and the way it says that it could not judge."""

from collections.abc import Callable, Iterator
from typing import Literal

from reportgen.records.dossier import Dossier
from reportgen.records.finding import Finding
from reportgen.records.network import Metric

Rule = Callable[[Dossier], Iterator[Finding]]
"""Reads a dossier and yields what it finds; the function's name is the finding's code."""

Reason = Literal[
    "needs_classes",
    "no_class_counts",
    "no_target_summary",
    "no_solo_scores",
    "labels_not_judged",
    "parts_drawn_at_random",
    "no_drift",
    "no_interval",
    "no_comparison",
    "not_better_than_guessing",
    "no_calibration",
    "no_protected_column",
    "groups_too_small",
    "no_slices",
    "no_surrogates",
    "one_method_only",
    "no_pairs",
    "structure_not_sought",
    "no_group_column",
    "no_time_column",
    "split_by_another_column",
]


class NotJudged(Exception):  # noqa: N818 - it is an answer, not an error
    """A rule whose evidence is missing, or that makes no sense for this task."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def key_scores(dossier: Dossier, *splits: Literal["train", "validation", "test"]) -> tuple[Metric, ...]:
    """Look the key metric up on each of the parts; NotJudged where one of them has no value or no interval."""
    found = (dossier.metric(dossier.key_metric, split) for split in splits)
    scores = tuple(metric for metric in found if metric and reach(metric))
    if len(scores) < len(splits):
        raise NotJudged("no_interval")
    return scores


def reach(metric: Metric) -> tuple[float, float, float]:
    """Give a metric's value and both ends of its interval as plain floats; NotJudged where one is missing."""
    if metric.value is None or metric.low is None or metric.high is None:
        raise NotJudged("no_interval")
    return metric.value, metric.low, metric.high
