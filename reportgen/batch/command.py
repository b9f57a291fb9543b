"""`reportgen batch`, from its words to its exit status."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from reportgen.batch.audit import audit_one
from reportgen.batch.drive import Driver, Task, Wishes, now, tasks_of
from reportgen.batch.journal import Journal, State, read_states
from reportgen.batch.limits import Limits, read_bytes, read_seconds, share_of_memory, workers_for
from reportgen.batch.locks import alone, journal_of, journals, locked, suffix
from reportgen.batch.plan import Job, Shard, make_plan, read_shard
from reportgen.batch.progress import Estimate, Progress, sizes, speaking
from reportgen.batch.result import Result
from reportgen.batch.workers import LocalExecutor
from reportgen.errors import ConfigError, OutputError
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
}


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line of a batch, beside the options that it shares with `run`."""

    data: tuple[str, ...]
    manifest: Path | None = None
    options: Mapping[str, Any] | None = None
    config: Path | None = None
    out: Path = Path("audits")
    workers: int | None = None
    timeout: str | None = None
    memory: str | None = None
    max_failures: int | None = None
    shard: str | None = None
    fresh: bool = False
    retry_failed: bool = False
    dry_run: bool = False
    quiet: bool = False


def batch(request: Request, say: Callable[[str], None], work: Callable[[Job], Result] = audit_one) -> int:
    """Audit every dataset that was asked for and write the index; the exit status.

    1 where a gate failed, else 2 where an audit did, else 0; 130 where it was interrupted. Raises ConfigError and
    OutputError before any work, and OutputError where the disk takes no more.
    """
    if not hasattr(os, "fork"):
        raise ConfigError("this system cannot fork processes, which a batch does; run it on Linux or macOS")
    options = dict(request.options or {})
    asked = Limits(read_seconds(request.timeout), read_bytes(request.memory))
    shard = read_shard(request.shard)
    every = make_plan(request.data, request.manifest, options, request.config, request.out)
    _refuse_missing_templates(every)
    mine = [job for job in every if shard is None or shard.holds(job.key)]
    workers = workers_for(max((job.config.threads for job in mine), default=1), request.workers, asked.memory)
    limits = Limits(asked.seconds, asked.memory or share_of_memory(workers))
    wishes = Wishes(request.fresh, request.retry_failed, limits)
    if request.dry_run:
        _show_plan(tasks_of(mine, read_states(journals(request.out)), wishes), workers, say)
        return 0
    with locked(request.out, shard) as lock, Journal(journal_of(request.out, shard)) as journal:
        _settle_all(request.out, mine, everything=shard is None)
        states = read_states(journals(request.out))
        tasks = tasks_of(mine, states, wishes)
        book = _Book(request.out, every, tasks, states, shard, _look(options, every))
        interrupted = _work(request, book, journal, (workers, limits, lock), work)
        book.write()
    return _end(request, book, interrupted, say)


def _look(options: Mapping[str, Any], jobs: Sequence[Job]) -> tuple[str, Path | None]:
    """The index's language, which is that of the reports if they share one, and templates of the user's own."""
    langs = {job.config.lang for job in jobs}
    own = options.get("templates")
    return str(options.get("lang") or (langs.pop() if len(langs) == 1 else "en")), Path(own) if own else None


def _refuse_missing_templates(jobs: Sequence[Job]) -> None:
    for folder in dict.fromkeys(job.config.templates for job in jobs):
        if folder is not None and not Path(folder).is_dir():
            raise ConfigError(f"there is no folder of templates {folder}; name another, or leave --templates out")


def _show_plan(tasks: Sequence[Task], workers: int, say: Callable[[str], None]) -> None:
    for task in tasks:
        target = task.job.config.target or "the last column"
        say(f"{task.job.name}: {task.job.shown}, target {target}, into {task.job.folder}: {TODO[task.need]}")
    todo = sum(task.todo for task in tasks)
    say(f"{todo} of {len(tasks)} to audit, {workers} at once")


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
        jobs: Sequence[Job],
        tasks: Sequence[Task],
        states: dict[str, State],
        shard: Shard | None,
        look: tuple[str, Path | None],
    ) -> None:
        self.out, self.jobs, self.tasks, self.states = out, jobs, tasks, states
        self._shard, self._look = shard, look
        self._seen = -1
        self._next = time.monotonic() + SHOWN_EVERY

    def standing(self) -> list[Result | None]:
        """What came of each dataset of this process, None where nothing did yet."""
        return [self._result(task) for task in self.tasks]

    def _result(self, task: Task) -> Result | None:
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
        from reportgen.batch.index import rows_of, write_index  # noqa: PLC0415 - the pages' libraries take a second

        hashes = {task.job.key: task.hash for task in self.tasks}
        write_index(self.out, rows_of(self.jobs, states, hashes), now(), *self._look, suffix(self._shard))


def _work(
    request: Request,
    book: _Book,
    journal: Journal,
    means: tuple[int, Limits, int],
    work: Callable[[Job], Result],
) -> bool:
    """Make the audits that are to be made; whether that was interrupted."""
    todo = [task for task in book.tasks if task.todo]
    if not todo:
        return False
    workers, limits, lock = means
    workers = min(workers, len(todo))
    journal.planned([task.job.key for task in todo], now())
    with speaking(request.quiet) as (tell, show), _heeding_signals() as stop:
        show("loading the libraries")
        tell(f"{len(todo)} of {len(book.tasks)} to audit, {workers} at once")
        progress = Progress(len(todo), _estimate(todo, book.states, workers), tell, show)
        modules = (work.__module__, *(("reportgen.batch.warm",) if work is audit_one else ()))
        with LocalExecutor(workers, limits, modules, inherited=(lock,)) as executor:
            driver = Driver(
                executor, workers, journal, book.states, progress, stop, book.checkpoint, request.max_failures, work
            )
            try:
                driver.run(todo)
            except BrokenExecutor as error:
                raise RuntimeError(str(error)) from None
    return stop.is_set()


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
        say(f"{words}; index in {book.out / 'index.html'}")
    return 1 if gates else 2 if failed or pending else 0
