"""The engines of a batch: each gives an executor, and how many jobs are handed out to it at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from reportgen.batch.limits import Limits
from reportgen.batch.locks import suffix
from reportgen.batch.plan import Job, Shard
from reportgen.batch.remote import Home, Parcel
from reportgen.batch.result import Result
from reportgen.batch.store import Store
from reportgen.batch.workers import LocalExecutor
from reportgen.errors import ConfigError

ENGINES = ("local", "dask")
PATIENCE = 600.0
"""Seconds that a scheduler, or its workers, are waited for unless the user says."""

Running = tuple[Executor, Callable[[], int]]


@dataclass(frozen=True)
class Means:
    """What audits are made with: so many at once here, within limits, under a lock that workers inherit."""

    workers: int
    limits: Limits
    lock: int
    shard: Shard | None


def refuse_half(engine: str, scheduler: str | None) -> None:
    """Raise ConfigError for an engine that there is none of, or one without its scheduler."""
    if engine not in ENGINES:
        raise ConfigError(f"--engine takes one of {', '.join(ENGINES)}, not {engine!r}")
    if (engine == "dask") != (scheduler is not None):
        raise ConfigError("--engine dask and --scheduler tcp://host:8786 go together; give both or neither")


@contextmanager
def local(store: Store, means: Means, modules: tuple[str, ...], most: int) -> Iterator[Running]:
    """Processes of this machine, no more than there are jobs."""
    workers = min(means.workers, most)
    with LocalExecutor(workers, means.limits, modules, inherited=(means.lock,)) as executor:
        yield store.wrap(executor), lambda: workers


@contextmanager
def dask(
    scheduler: str,
    store: Store,
    means: Means,
    modules: tuple[str, ...],
    counts: tuple[int | None, int],
    patience: float,
    tell: Callable[[str], None],
    stop: threading.Event,
) -> Iterator[Running]:
    """The workers of a Dask scheduler, with a room where they leave what they made.

    `counts` are how many jobs the user wants handed out at once, and how many there are.
    """
    try:
        from reportgen.batch.cluster import DaskExecutor  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            f'--engine dask needs Dask ({error}); install it with: pip install "reportgen[dask]"'
        ) from None
    start, home = store.open(suffix(means.shard)), Home.here()
    asked, most = counts

    def parcel(work: Callable[[Job], Result], job: Job, needs: tuple[str, ...]) -> Parcel:
        return Parcel(work, job, modules, means.limits, home, store, start, needs)

    try:
        with DaskExecutor(scheduler, parcel, patience, tell, stop) as cluster:
            yield cluster, lambda: min(asked or cluster.slots(), most)
    finally:
        store.close(start)
