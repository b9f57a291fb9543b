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
from reportgen.document import Environment, compose
from reportgen.evidence import MOST_SENT
from reportgen.evidence.base import Shrinking
from reportgen.findings import decide
from reportgen.model import FittedBaseline, bare, fit_baselines, learn_less_apart
from reportgen.model.curve import Apart, Learnt
from reportgen.records.dossier import Dossier
from reportgen.records.table import Task
from reportgen.render import rehearse, warm_up
from reportgen.render.words import worded_verdict


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
    """Have the second process fit the rivals where rows are soon sent, train on fewer rows, and get ready to print.

    In the order in which the answers are wanted: the learning curve is the last of all.
    """
    if beside is None:
        return Ahead()
    baselines: Callable[[], Any] = _nothing
    if len(prepared.train.y) <= MOST_SENT:
        baselines = beside.begin(_on_threads, config.threads, fit_baselines, bare(prepared), task, config.seed)
    smaller = beside.begin(learn_less_apart, lessons) if isinstance(lessons, Apart) else _nothing
    if "pdf" in config.format:
        beside.begin(warm_up, config.lang, _templates(config))
    return Ahead(smaller, baselines)


def beginning(beside: Beside | None, threads: int) -> Callable[..., Callable[[], Any]] | None:
    """How evidence has the second process begin a function, on as many threads as this one computes on."""
    return partial(beside.begin, _on_threads, threads) if beside else None


def showing(beside: Beside | None, config: Config) -> Callable[[Dossier], None]:
    """What has the second process draw the charts of whatever has been measured so far, where it will print them."""
    if beside is None or "pdf" not in config.format:
        return lambda _dossier: None
    return partial(beside.offer, _draw_ahead, config)


def _draw_ahead(config: Config, dossier: Dossier) -> None:
    """Draw the charts of a report that is not whole yet, nor judged: charts show what was measured alone."""
    environment = Environment(versions={}, seed=config.seed, platform="", command="")
    verdict = worded_verdict(decide(dossier, (), ()))
    document = compose(dossier, (), (), verdict, config, environment)
    rehearse(document, config.lang, _templates(config), config.paper)


def _templates(config: Config) -> Path | None:
    return Path(config.templates) if config.templates else None


def _on_threads(threads: int, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
    with threadpool_limits(threads):
        return function(*arguments)
