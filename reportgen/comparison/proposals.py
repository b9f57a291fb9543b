"""Targets that a report just meets: bounds at the end of each interval that counts."""

from collections.abc import Iterator
from math import ceil, floor, log10

from reportgen.comparison.seen import SeenMetric, SeenReport
from reportgen.records.base import Record
from reportgen.records.directions import direction

PROPOSED = ("accuracy", "balanced_accuracy", "roc_auc", "log_loss", "r2", "rmse", "mae")


class Proposal(Record):
    """A line of `[targets]`, and what was measured."""

    name: str
    asked: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


def proposals(report: SeenReport) -> tuple[Proposal, ...]:
    """Propose what this very report meets with its whole interval, rounded outwards to two digits of its half width.

    A share, an area or an R2 whose interval reaches 0 gives no bound worth asking for, and is left out.
    """
    return (*_of_metrics(report), *_of_gaps(report), Proposal(name="rows", asked=f">= {report.dataset.rows}"))


def _of_metrics(report: SeenReport) -> Iterator[Proposal]:
    for name in PROPOSED:
        metric = report.metric(name)
        asked = _asked(metric) if metric else None
        if metric and asked:
            yield Proposal(name=name, asked=asked, value=metric.value, low=metric.low, high=metric.high, n=metric.n)


def _asked(metric: SeenMetric) -> str | None:
    if metric.low is None or metric.high is None:
        return None
    digits = _digits(metric.low, metric.high)
    if direction(metric.name) < 0:
        return f"<= {_out(metric.high, digits, 1)}"
    return f">= {_out(metric.low, digits, -1)}" if float(_out(metric.low, digits, -1)) > 0 else None


def _of_gaps(report: SeenReport) -> Iterator[Proposal]:
    """The gap between groups of a protected column; its name is quoted where TOML asks for that."""
    for one in report.errors.gaps:
        bound = _out(one.high, _digits(one.low, one.high), 1)
        name = f"unfair_gap.{one.column}"
        yield Proposal(name=name, asked=f"<= {bound}", value=one.gap, low=one.low, high=one.high, n=one.n)


def _digits(low: float, high: float) -> int:
    """Decimals that keep two digits of half the interval's width (GUM 7.2.6)."""
    half = (high - low) / 2
    return max(1 - floor(log10(half)), 0) if half > 0 else 4


def _out(end: float, digits: int, way: int) -> str:
    """The end of an interval, rounded away from it."""
    scaled = end * 10**digits
    return f"{(floor(scaled) if way < 0 else ceil(scaled)) / 10**digits:.{digits}f}"
