"""The loop of a batch: hand out what is to be done, take in what came of it, and write each down at once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from reportgen import clock
from reportgen.batch.audit import DiskFullError, audit_one, failure_of
from reportgen.batch.hashing import hash_of
from reportgen.batch.journal import Journal, State
from reportgen.batch.limits import Limits
from reportgen.batch.plan import Job
from reportgen.batch.progress import Progress
from reportgen.batch.result import Failure, Result
from reportgen.batch.store import EngineError, FolderStore
from reportgen.batch.workers import Lost
from reportgen.errors import OutputError
from reportgen.naming import is_built_in, is_url
from reportgen.output import settle

LOOK = 0.25
"""Seconds between two looks at whether to stop."""
LOG_END = 4000
"""Bytes of a failed audit's log that are kept."""
OF_THE_MACHINE = ("output", "lost")
"""Failures that lie in the machine rather than in the dataset: each start tries them again."""

RAISED = 1.1
"""A limit so many times the one that was reached is another one: what is free of memory varies from night to night."""

Need = Literal["new", "changed", "fresh", "retry", "gone", "unchanged", "failed", "refused"]


@dataclass(frozen=True)
class Task:
    """A job, the hash of what decides its report, and whether it is to be done, with the reason."""

    job: Job
    hash: str
    need: Need

    @property
    def todo(self) -> bool:
        """Whether its audit is to be made."""
        return self.need not in ("unchanged", "failed", "refused")


@dataclass(frozen=True)
class Wishes:
    """What the user wants done over: everything, or what failed; and what an audit may take."""

    fresh: bool = False
    retry_failed: bool = False
    limits: Limits = field(default_factory=Limits)


def tasks_of(
    jobs: Iterable[Job], states: Mapping[str, State], wishes: Wishes, has: Callable[[Job, Result], bool] | None = None
) -> list[Task]:
    """What is new, changed, to be tried again, or done already; `has` says whether a report is still in its place."""
    found = []
    for job in jobs:
        if job.refused:
            found.append(Task(job, "", "refused"))
            continue
        hashed = hash_of(job)
        found.append(Task(job, hashed, _need(job, hashed, states.get(job.key), wishes, has or _is_there)))
    return found


def _need(job: Job, hashed: str, state: State | None, wishes: Wishes, has: Callable[[Job, Result], bool]) -> Need:
    result = state.result if state else None
    if state is None or result is None:
        return "new"
    if wishes.fresh:
        return "fresh"
    if state.hash != hashed:
        return "changed"
    if result.failure:
        return "retry" if wishes.retry_failed or _may_go_now(result.failure, wishes.limits) else "failed"
    return "unchanged" if has(job, result) else "gone"


def _may_go_now(failure: Failure, limits: Limits) -> bool:
    """Whether what failed may go well under today's limits, the dataset being the same."""
    if failure.why in OF_THE_MACHINE or (failure.why, failure.detail) == ("signal", "SIGKILL"):
        return True
    allowed = {"timeout": limits.seconds, "memory": limits.memory}
    if failure.why not in allowed or not failure.detail:
        return False
    limit = allowed[failure.why]
    return limit is None or limit > float(failure.detail) * RAISED


def _is_there(job: Job, result: Result) -> bool:
    return FolderStore(job.folder.parent).has(job, result)


class Driver:
    """Runs tasks on an executor; written against concurrent.futures alone, so that any engine will do."""

    def __init__(
        self,
        executor: Executor,
        slots: int | Callable[[], int],
        journal: Journal,
        states: dict[str, State],
        progress: Progress,
        stop: threading.Event,
        checkpoint: Callable[[], None],
        most_failures: int | None = None,
        work: Callable[[Job], Result] = audit_one,
    ) -> None:
        """`states` is brought up to date as results come in; `checkpoint` is called now and then to show them.

        `slots` is how many jobs are handed out at once, or says how many now.
        """
        self._executor, self._work = executor, work
        self._slots = slots if callable(slots) else lambda: slots
        self._journal, self._states = journal, states
        self._progress, self._stop, self._checkpoint = progress, stop, checkpoint
        self._most_failures = most_failures
        self._failures = 0
        self._second: set[str] = set()
        self._running: dict[Future[Result], tuple[Task, float]] = {}

    def run(self, tasks: Sequence[Task]) -> None:
        """Do what is to be done, until it is, until enough has failed, or until told to stop.

        Raises OutputError where the disk takes no more, after ending what runs.
        """
        waiting = iter([task for task in tasks if task.todo])
        try:
            while self._fill(waiting) or self._running:
                ended, _ = wait(self._running, timeout=LOOK, return_when=FIRST_COMPLETED)
                for future in ended:
                    self._take(*self._running.pop(future), future)
                if self._stop.is_set():
                    break
                self._checkpoint()
        finally:
            self._drop()

    def _fill(self, waiting: Iterator[Task]) -> bool:
        """Keep every slot busy; whether anything was handed out."""
        handed, slots = False, self._slots()
        while len(self._running) < slots and not self._enough():
            task = next(waiting, None)
            if task is None:
                break
            self._hand_out(task)
            handed = True
        return handed

    def _enough(self) -> bool:
        return self._stop.is_set() or (self._most_failures is not None and self._failures >= self._most_failures)

    def _hand_out(self, task: Task) -> None:
        self._journal.note(task.job.key, "running", now())
        self._progress.began(task.job)
        self._running[self._executor.submit(self._work, task.job)] = task, time.monotonic()

    def _take(self, task: Task, begun: float, future: Future[Result]) -> None:
        """Take in one that ended, however it did."""
        try:
            result = future.result()
        except (CancelledError, DiskFullError, BrokenExecutor, EngineError, Lost) as error:
            with suppress(OSError):
                settle(task.job.folder)
            if isinstance(error, DiskFullError):
                raise OutputError(
                    f"{error}; make room and start the batch again, it goes on where it stopped"
                ) from None
            if isinstance(error, (BrokenExecutor, EngineError)):
                raise
            if self._is_dropped(error):
                self._journal.note(task.job.key, "dropped", now())
                return
            if self._is_given_another_chance(task, error):
                return
            assert isinstance(error, Lost)  # noqa: S101 - for the types
            why = "lost" if error.reason == "dropped" else error.reason
            seconds = round(time.monotonic() - begun, 3)
            result = Result(status="failed", seconds=seconds, failure=Failure(why=why, detail=error.detail))
        except Exception as error:
            result = Result(status="failed", failure=failure_of(error))
        self._record(task, result)

    def _is_dropped(self, error: BaseException) -> bool:
        return isinstance(error, CancelledError) or self._stop.is_set() or error.args[:1] == ("dropped",)

    def _is_given_another_chance(self, task: Task, error: BaseException) -> bool:
        """A worker that somebody killed says nothing of its dataset, which has a second one; then it may be memory."""
        key = task.job.key
        if not isinstance(error, Lost) or error.args != ("signal", "SIGKILL") or key in self._second:
            return False
        self._second.add(key)
        self._progress.again(task.job, "its worker was killed")
        self._hand_out(task)
        return True

    def _record(self, task: Task, result: Result) -> None:
        job = task.job
        update: dict[str, object] = {"at": now()}
        hashed = task.hash
        if result.failure:
            update["failure"] = result.failure.model_copy(update={"log": log_end(job.log)})
        elif result.sha256 and not is_built_in(job.source) and not is_url(job.source):
            hashed = hash_of(job, (result.sha256, result.test_sha256))
        result = result.model_copy(update=update)
        self._journal.note(job.key, result.status, now(), hashed, result)
        self._states[job.key] = self._states.get(job.key, State()).followed_by(result.status, task.hash, result)
        self._failures += result.status == "failed"
        self._progress.ended(job, result)

    def _drop(self) -> None:
        """End what still runs; each is noted as dropped, and nothing of it stays behind."""
        if not self._running:
            return
        for future in self._running:
            future.cancel()
        if drop := getattr(self._executor, "drop", None):
            drop()
        wait(self._running, timeout=30)
        for future, (task, _) in self._running.items():
            with suppress(OSError):
                settle(task.job.folder)
            with suppress(OutputError):
                self._end(task, future)
        self._running.clear()

    def _end(self, task: Task, future: Future[Result]) -> None:
        """Note one that was to be dropped, unless it was done first."""
        done = future.done() and not future.cancelled() and future.exception() is None
        if done:
            self._record(task, future.result())
        else:
            self._journal.note(task.job.key, "dropped", now())


def now() -> str:
    """The time in UTC, ISO 8601, by the clock that reports go by."""
    return clock.now().isoformat(timespec="seconds")


def log_end(log: Path) -> str:
    """The last lines of a log, whole lines where they fit."""
    with suppress(OSError), log.open("rb") as stream:
        stream.seek(0, 2)
        size = stream.tell()
        stream.seek(max(0, size - LOG_END))
        text = stream.read().decode("utf-8", "replace")
        return (text.partition("\n")[2] if size > LOG_END else text).strip()
    return ""
