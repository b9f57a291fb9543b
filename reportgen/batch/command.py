"""`reportgen batch`, from its words to its exit status."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from reportgen.batch.audit import audit_one
from reportgen.batch.drive import Driver, Task, Wishes, now, tasks_of
from reportgen.batch.engine import PATIENCE, Means, dask, local, refuse_half
from reportgen.batch.journal import Journal, State, read_states
from reportgen.batch.limits import Limits, read_bytes, read_seconds, share_of_memory, workers_for
from reportgen.batch.locks import alone, journal_of, journals, locked, suffix
from reportgen.batch.plan import Job, Shard, make_plan, read_shard
from reportgen.batch.progress import Estimate, Progress, sizes, speaking
from reportgen.batch.result import Result, refusal
from reportgen.batch.store import EngineError, FolderStore, Store
from reportgen.errors import ConfigError, OutputError
from reportgen.naming import is_url
from reportgen.output import STAGE, settle

INTERRUPTED = 130
SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"
"""Ends the spinner's line on a terminal."""
SHOWN_EVERY = 60.0
"""Seconds between two indexes while a batch runs; a page that takes long to make is made more seldom."""
TODO = {
    "new": "audit",
    "changed": "audit again, changed",
    "fresh": "audit again, asked for",
    "retry": "audit again, failed before",
    "gone": "audit again, its files are gone",
    "unchanged": "done already",
    "failed": "failed before, unchanged (--retry-failed)",
    "refused": "not to be audited",
}


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


def batch(request: Request, say: Callable[[str], None], work: Callable[[Job], Result] = audit_one) -> int:
    """Audit every dataset that was asked for and write the index; the exit status.

    1 where a gate failed, else 2 where an audit did, else 0; 130 where it was interrupted. Raises ConfigError and
    OutputError before any work, and OutputError where the disk takes no more.
    """
    if not hasattr(os, "fork"):
        raise ConfigError("this system cannot fork processes, which a batch does; run it on Linux or macOS")
    refuse_half(request.engine, request.scheduler)
    store, home = _places(request)
    options = dict(request.options or {})
    asked = Limits(read_seconds(request.timeout), read_bytes(request.memory))
    shard = read_shard(request.shard)
    every = make_plan(request.data, request.manifest, options, request.config, home)
    _refuse_missing_templates(every)
    _say_refused(every)
    mine = [job for job in every if shard is None or shard.holds(job.key)]
    workers = workers_for(max((job.config.threads for job in mine), default=1), request.workers, asked.memory)
    here = request.engine == "local"
    limits = Limits(asked.seconds, asked.memory or (share_of_memory(workers) if here else None))
    wishes = Wishes(request.fresh, request.retry_failed, limits)
    if request.dry_run:
        tasks = tasks_of(mine, read_states(journals(home)), wishes, store.has)
        _show_plan(tasks, store, f"{workers} at once" if here else f"on {request.scheduler}", say)
        return 2 if any(job.refused for job in mine) else 0
    with locked(home, shard) as lock, Journal(journal_of(home, shard)) as journal:
        _settle_all(home, mine, everything=shard is None)
        states = read_states(journals(home))
        tasks = tasks_of(mine, states, wishes, store.has)
        book = _Book(home, store, every, tasks, states, shard, _look(options, every))
        try:
            interrupted = _work(request, book, journal, Means(workers, limits, lock, shard), work)
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
    """The index's language, which is that of the reports if they share one, and templates of the user's own."""
    langs = {job.config.lang for job in jobs}
    own = options.get("templates")
    return str(options.get("lang") or (langs.pop() if len(langs) == 1 else "en")), Path(own) if own else None


def _refuse_missing_templates(jobs: Sequence[Job]) -> None:
    for folder in dict.fromkeys(job.config.templates for job in jobs):
        if folder is not None and not Path(folder).is_dir():
            raise ConfigError(f"there is no folder of templates {folder}; name another, or leave --templates out")


def _say_refused(jobs: Sequence[Job]) -> None:
    """Say before any work what cannot be audited as it is called: it stands in the index, and the others go on."""
    refused = [job.refused for job in jobs if job.refused]
    if refused:
        more = f" ({len(refused) - 1} more like it)" if refused[1:] else ""
        print(f"reportgen: {refused[0]}{more}", file=sys.stderr, flush=True)


def _show_plan(tasks: Sequence[Task], store: Store, how: str, say: Callable[[str], None]) -> None:
    for task in tasks:
        if task.job.refused:
            say(f"{task.job.name}: {TODO[task.need]}: {task.job.refused}")
            continue
        target = task.job.config.target or "the last column"
        place = store.show(task.job.key)
        say(f"{task.job.name}: {task.job.shown}, target {target}, into {place}: {TODO[task.need]}")
    todo = sum(task.todo for task in tasks)
    say(f"{todo} of {len(tasks)} to audit, {how}")


def _settle_all(out: Path, jobs: Sequence[Job], *, everything: bool) -> None:
    """Clear what a killed batch left behind; nobody else writes below these folders now."""
    left = {stage.parent for stage in out.glob(f"*/{STAGE}*")}
    for folder in left if everything else left & {job.folder for job in jobs}:
        with suppress(OSError):
            settle(folder)


class _Book:
    """What stands in the index, and when it was last written."""

    def __init__(
        self,
        out: Path,
        store: Store,
        jobs: Sequence[Job],
        tasks: Sequence[Task],
        states: dict[str, State],
        shard: Shard | None,
        look: tuple[str, Path | None],
    ) -> None:
        self.out, self.store, self.jobs, self.tasks, self.states = out, store, jobs, tasks, states
        self._shard, self._look = shard, look
        self._seen = -1
        self._next = time.monotonic() + SHOWN_EVERY

    def standing(self) -> list[Result | None]:
        """What came of each dataset of this process, None where nothing did yet."""
        return [self._result(task) for task in self.tasks]

    def _result(self, task: Task) -> Result | None:
        if task.job.refused:
            return refusal(task.job.refused)
        state = self.states.get(task.job.key)
        return state.result if state and (state.hash == task.hash or task.need in ("unchanged", "failed")) else None

    def checkpoint(self) -> None:
        """Write the index if it is time to and something changed; a full disk will be met elsewhere."""
        if time.monotonic() < self._next:
            return
        ended = sum(result is not None for result in self.standing())
        begun = time.monotonic()
        if ended != self._seen:
            self._seen = ended
            with suppress(OutputError):
                self.write()
        took = time.monotonic() - begun
        self._next = time.monotonic() + max(SHOWN_EVERY, 20 * took)

    def write(self) -> None:
        """Write the index over all datasets of the plan, those of other shards as their journals have them."""
        if self._shard is None:
            self._write(self.states)
            return
        with alone(self.out):
            others = read_states(journals(self.out))
            self._write(self.states | {key: state for key, state in others.items() if not self._shard.holds(key)})

    def _write(self, states: Mapping[str, State]) -> None:
        from reportgen.batch.index import INDEX, rows_of, write_index  # noqa: PLC0415 - the pages' libraries take a second

        hashes = {task.job.key: task.hash for task in self.tasks if not task.job.refused}
        write_index(self.out, rows_of(self.jobs, states, hashes), now(), *self._look, suffix(self._shard))
        for name in INDEX:
            self.store.put(self.out / name, name)


def _work(request: Request, book: _Book, journal: Journal, means: Means, work: Callable[[Job], Result]) -> bool:
    """Make the audits that are to be made; whether that was interrupted."""
    todo = [task for task in book.tasks if task.todo]
    if not todo:
        return False
    modules = (work.__module__, *(("reportgen.batch.warm",) if work is audit_one else ()))
    with speaking(request.quiet) as (tell, show), _heeding_signals() as stop:
        show("loading the libraries" if request.engine == "local" else f"looking for {request.scheduler}")
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
    if request.engine == "local":
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


@contextmanager
def _heeding_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C and a polite kill into a word to the loop; a second one leaves at once, and the workers with us."""
    stop = threading.Event()

    def heed(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            if sys.stdout and sys.stdout.isatty():
                os.write(sys.stdout.fileno(), SHOW_CURSOR)
            os._exit(INTERRUPTED)
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [signal.SIGTERM]
    numbers += [signal.SIGINT] if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN else []
    before = {number: signal.signal(number, heed) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(request: Request, book: _Book, interrupted: bool, say: Callable[[str], None]) -> int:
    results = book.standing()
    failed = sum(bool(result and result.failure) for result in results)
    gates = sum(bool(result and result.gate_failed) for result in results)
    pending = results.count(None)
    done = len(results) - pending - failed
    words = f"{done} of {len(results)} audited" + (f", {failed} failed" if failed else "")
    words += f", {gates} below their gate" if gates else ""
    words += f", {pending} not begun" if pending and not interrupted else ""
    if interrupted:
        print(f"reportgen: interrupted; {words}, {pending} to go: the same command goes on", file=sys.stderr)
        return INTERRUPTED
    if not request.quiet:
        say(f"{words}; index in {book.store.show('index.html')}")
    return 1 if gates else 2 if failed or pending else 0
