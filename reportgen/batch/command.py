"""`reportgen batch`, from its words to its exit status."""

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reportgen.batch.announce import say_refused, show_plan
from reportgen.batch.audit import audit_one
from reportgen.batch.book import Book
from reportgen.batch.drive import Driver, Task, Wishes, now, tasks_of
from reportgen.batch.engine import PATIENCE, Means, dask, local, refuse_half
from reportgen.batch.journal import Journal, State, read_states
from reportgen.batch.limits import Limits, read_bytes, read_seconds, share_of_memory, workers_for
from reportgen.batch.locks import journal_of, journals, locked
from reportgen.batch.plan import Job, Shard, make_plan, read_shard
from reportgen.batch.progress import Estimate, Progress, sizes, speaking
from reportgen.batch.result import Result
from reportgen.batch.signals import INTERRUPTED, heeding_signals
from reportgen.batch.store import EngineError, FolderStore, Store
from reportgen.errors import ConfigError
from reportgen.naming import is_url
from reportgen.output import STAGE, settle


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line of a batch, beside the options that it shares with `run`."""

    data: tuple[str, ...]
    manifest: Path | None = None
    options: Mapping[str, Any] | None = None
    config: Path | None = None
    out: Path | str = "audits"
    workers: int | None = None
    timeout: str | None = None
    memory: str | None = None
    max_failures: int | None = None
    shard: str | None = None
    fresh: bool = False
    retry_failed: bool = False
    dry_run: bool = False
    quiet: bool = False
    engine: str = "local"
    scheduler: str | None = None
    patience: str | None = None
    journal: Path | None = None

    @property
    def here(self) -> bool:
        """Whether the audits are made on this machine."""
        return self.engine == "local"


@dataclass(frozen=True)
class _Plan:
    """What is to be audited where: `every` dataset of the batch, of which this shard's are `mine`."""

    store: Store
    home: Path
    shard: Shard | None
    every: Sequence[Job]
    mine: Sequence[Job]
    workers: int
    limits: Limits
    wishes: Wishes


def batch(request: Request, say: Callable[[str], None], work: Callable[[Job], Result] = audit_one) -> int:
    """Audit every dataset that was asked for and write the index; the exit status.

    1 where a gate failed, else 2 where an audit did, else 0; 130 where it was interrupted. Raises ConfigError and
    OutputError before any work, and OutputError where the disk takes no more.
    """
    if not hasattr(os, "fork"):
        raise ConfigError("this system cannot fork processes, which a batch does; run it on Linux or macOS")
    refuse_half(request.engine, request.scheduler)
    plan = _plan(request)
    return _show(request, plan, say) if request.dry_run else _carry_out(request, plan, say, work)


def _plan(request: Request) -> _Plan:
    """Everything that can be said before any work, so that what cannot be done is refused here."""
    store, home = _places(request)
    asked = Limits(read_seconds(request.timeout), read_bytes(request.memory))
    shard = read_shard(request.shard)
    every = make_plan(request.data, request.manifest, request.options or {}, request.config, home)
    _refuse_faulty_templates(every)
    say_refused(every)
    mine = [job for job in every if shard is None or shard.holds(job.key)]
    workers = workers_for(max((job.config.threads for job in mine), default=1), request.workers, asked.memory)
    limits = Limits(asked.seconds, asked.memory or (share_of_memory(workers) if request.here else None))
    return _Plan(store, home, shard, every, mine, workers, limits, Wishes(request.fresh, request.retry_failed, limits))


def _show(request: Request, plan: _Plan, say: Callable[[str], None]) -> int:
    """Say what would be done, and do nothing."""
    tasks = tasks_of(plan.mine, read_states(journals(plan.home)), plan.wishes, plan.store.has)
    show_plan(tasks, plan.store, f"{plan.workers} at once" if request.here else f"on {request.scheduler}", say)
    return 2 if any(job.refused for job in plan.mine) else 0


def _carry_out(request: Request, plan: _Plan, say: Callable[[str], None], work: Callable[[Job], Result]) -> int:
    """Make the audits, the one batch that does so in this folder, and keep the index up to date."""
    store, home, shard = plan.store, plan.home, plan.shard
    with locked(home, shard) as lock, Journal(journal_of(home, shard)) as journal:
        _settle_all(home, plan.mine, everything=shard is None)
        states = read_states(journals(home))
        tasks = tasks_of(plan.mine, states, plan.wishes, store.has)
        book = Book(home, store, plan.every, tasks, states, shard, _look(request.options or {}, plan.every))
        try:
            interrupted = _work(request, book, journal, Means(plan.workers, plan.limits, lock, shard), work)
        except EngineError:
            book.write()
            raise
        book.write()
    return _end(request, book, interrupted, say)


def _places(request: Request) -> tuple[Store, Path]:
    """Where the reports go, and the folder of this machine that holds the journal."""
    out = str(request.out)
    if is_url(out):
        from reportgen.batch.objects import ObjectStore, home_of  # noqa: PLC0415 - needs an extra

        store = ObjectStore(out)
        store.refuse_unknown()
        return store, request.journal or home_of(out)
    if request.journal is not None:
        raise ConfigError("--journal is for an --out that is a URL; a folder holds its journal itself")
    return FolderStore(Path(out)), Path(out)


def _look(options: Mapping[str, Any], jobs: Sequence[Job]) -> tuple[str, Path | None]:
    """The index's language and the templates of the user's own: those of the reports, if they share them."""
    langs, folders = {job.config.lang for job in jobs}, {job.config.templates for job in jobs}
    own = options.get("templates") or (folders.pop() if len(folders) == 1 else None)
    return str(options.get("lang") or (langs.pop() if len(langs) == 1 else "en")), Path(own) if own else None


def _refuse_faulty_templates(jobs: Sequence[Job]) -> None:
    folders = dict.fromkeys(job.config.templates for job in jobs if job.config.templates is not None)
    if folders:
        from reportgen.render.own import refuse_faulty  # noqa: PLC0415 - the pages' libraries take a second

        for folder in folders:
            refuse_faulty(folder)


def _settle_all(home: Path, jobs: Sequence[Job], *, everything: bool) -> None:
    """Clear what a killed batch left behind; nobody else writes below these folders now."""
    left = {stage.parent for stage in home.glob(f"*/{STAGE}*")}
    for folder in left if everything else left & {job.folder for job in jobs}:
        with suppress(OSError):
            settle(folder)


def _work(request: Request, book: Book, journal: Journal, means: Means, work: Callable[[Job], Result]) -> bool:
    """Make the audits that are to be made; whether that was interrupted."""
    todo = [task for task in book.tasks if task.todo]
    if not todo:
        return False
    modules = (work.__module__, *(("reportgen.batch.warm",) if work is audit_one else ()))
    with speaking(request.quiet) as (tell, show), heeding_signals() as stop:
        show("loading the libraries" if request.here else f"looking for {request.scheduler}")
        with _engine(request, book.store, means, modules, len(todo), (tell, stop)) as (executor, slots):
            journal.planned([task.job.key for task in todo], now())
            tell(f"{len(todo)} of {len(book.tasks)} to audit, {slots()} at once")
            estimate = _estimate(todo, book.states, slots())

            def look() -> None:
                estimate.slots = slots()
                book.checkpoint()

            driver = Driver(
                executor, slots, journal, book.states, Progress(len(todo), estimate, tell, show), stop, look,
                request.max_failures, partial(audit_one, memory=means.limits.memory) if work is audit_one else work,
            )  # fmt: skip
            try:
                driver.run(todo)
            except BrokenExecutor as error:
                raise RuntimeError(str(error)) from None
    return stop.is_set()


def _engine(
    request: Request,
    store: Store,
    means: Means,
    modules: tuple[str, ...],
    most: int,
    talk: tuple[Callable[[str], None], threading.Event],
) -> AbstractContextManager[tuple[Executor, Callable[[], int]]]:
    """Who does the work, and how many jobs are handed out at once."""
    if request.here:
        return local(store, means, modules, most)
    patience = read_seconds(request.patience, "--patience") or PATIENCE
    return dask(str(request.scheduler), store, means, modules, (request.workers, most), patience, *talk)


def _estimate(todo: Sequence[Task], states: Mapping[str, State], workers: int) -> Estimate:
    known, unknown = {}, {}
    for task in todo:
        key = task.job.key
        last = states[key].result if key in states else None
        if last and last.status == "done" and last.seconds:
            known[key] = last.seconds
        else:
            unknown[key] = Path(task.job.source)
    return Estimate(workers, known, sizes(unknown))


def _end(request: Request, book: Book, interrupted: bool, say: Callable[[str], None]) -> int:
    """Say what came of the batch; the exit status."""
    results = book.standing()
    failed = sum(bool(result and result.failure) for result in results)
    gates = sum(bool(result and result.gate_failed) for result in results)
    pending = results.count(None)
    words = f"{len(results) - pending - failed} of {len(results)} audited"
    counts = {"failed": failed, "below their gate": gates, "not begun": 0 if interrupted else pending}
    words += "".join(f", {count} {what}" for what, count in counts.items() if count)
    if interrupted:
        print(f"reportgen: interrupted; {words}, {pending} to go: the same command goes on", file=sys.stderr)
        return INTERRUPTED
    if not request.quiet:
        say(f"{words}; index in {book.store.show('index.html')}")
    return 1 if gates else 2 if failed or pending else 0
