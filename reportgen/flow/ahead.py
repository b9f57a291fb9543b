"""What a second process does ahead of this one, where there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from reportgen.beside import Beside
from reportgen.config import Config
from reportgen.data import Prepared
from reportgen.evidence import MOST_SENT
from reportgen.evidence.base import Shrinking
from reportgen.model import FittedBaseline, bare, fit_baselines, learn_less_apart
from reportgen.model.curve import Apart, Learnt
from reportgen.records.table import Task
from reportgen.render import warm_up


def _nothing() -> None:
    """Answer for a second process that was not asked, or that there is not."""


@dataclass(frozen=True)
class Ahead:
    """What was asked of the second process: each waits for the answer, and gives None where there is none."""

    smaller: Callable[[], list[Learnt] | None] = _nothing
    baselines: Callable[[], tuple[FittedBaseline, ...] | None] = _nothing


def begin_ahead(
    beside: Beside | None, lessons: Apart | Shrinking, prepared: Prepared, task: Task, config: Config
) -> Ahead:
    """Have the second process train on fewer rows, fit the rivals where rows are soon sent, and get ready to print."""
    if beside is None:
        return Ahead()
    smaller = beside.begin(learn_less_apart, lessons) if isinstance(lessons, Apart) else _nothing
    baselines: Callable[[], Any] = _nothing
    if len(prepared.train.y) <= MOST_SENT:
        baselines = beside.begin(_on_threads, config.threads, fit_baselines, bare(prepared), task, config.seed)
    if "pdf" in config.format:
        beside.begin(warm_up, config.lang, Path(config.templates) if config.templates else None)
    return Ahead(smaller, baselines)


def beginning(beside: Beside | None, threads: int) -> Callable[..., Callable[[], Any]] | None:
    """How evidence has the second process begin a function, on as many threads as this one computes on."""
    return partial(beside.begin, _on_threads, threads) if beside else None


def _on_threads(threads: int, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
    with threadpool_limits(threads):
        return function(*arguments)
