"""A Dask cluster as an executor of batches: the only file that knows Dask.

A worker that dies has its jobs begun elsewhere by the scheduler, so often as its `allowed-failures` says. When the
scheduler is gone, it is waited for; what ran is then submitted again, since a new one knows nothing of it. A worker
asks itself whether its job is still wanted, so that nothing runs on for a driver that stopped or died.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from distributed import Client, KilledWorker, get_worker
from distributed import Future as Remote

from reportgen import __version__
from reportgen.batch.remote import Answer, Parcel, carry_out, needs_of, other_version
from reportgen.batch.result import Result
from reportgen.batch.store import EngineError
from reportgen.batch.workers import Lost
from reportgen.errors import OutputError, ReportgenError

LOOK = 0.1
COUNTED_EVERY = 2.0
"""Seconds between two counts of the workers."""
CONNECTING = 5.0
"""Seconds that one attempt to reach the scheduler, or to ask it something, may take."""
MOST_IN_A_ROW = 50
"""How many looks at the cluster may fail, one after the other, before it is given up."""
MOST_BEGINNINGS = 10
"""How often a job is begun again because a scheduler was lost; then something else is wrong."""
VERSION = "__import__('reportgen').__version__"


@dataclass
class _Sent:
    """A job, what it will fill, and what the cluster calls it while the cluster knows it."""

    parcel: Parcel
    future: Future[Result]
    remote: Remote | None = None
    beginnings: int = 0


class DaskExecutor(Executor):
    """Jobs of a batch on the workers of a scheduler; `submit(work, job)` gives what `work` gives on any machine.

    A thread of its own talks to the cluster: nothing here waits for the network but `__init__`, which raises
    EngineError where the scheduler cannot be reached within `patience` seconds, or a worker has another version.
    """

    def __init__(
        self,
        address: str,
        parcel: Callable[..., Parcel],
        patience: float,
        tell: Callable[[str], None] = print,
        stop: threading.Event | None = None,
    ) -> None:
        """`parcel(work, job, needs)` packs a job; `tell` is told what the user would wonder about.

        Setting `stop` is another way to say `drop`, also while the scheduler is waited for.
        """
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._address, self._parcel, self._patience, self._tell = address, parcel, patience, tell
        self._sent: list[_Sent] = []
        self._lock = threading.Lock()
        self._dropped, self._ended = stop or threading.Event(), threading.Event()
        self._wake = threading.Event()
        self._broken: EngineError | None = None
        self._threads, self._counted, self._seen, self._alone = 0, 0.0, time.monotonic(), False
        self._client: Client | None = None
        self._connect()
        if self._client is not None:
            self._count()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def slots(self) -> int:
        """How many jobs the workers take at once, as last counted; 1 where there are none yet."""
        return max(1, self._threads)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Have a worker call `fn` on the one argument, a Job."""
        (job,) = args
        sent = _Sent(self._parcel(fn, job, needs_of(job)), Future())
        try:
            sent.parcel.store.refuse_other(job)
            job.log.unlink(missing_ok=True)
        except (OutputError, OSError) as error:
            sent.future.set_exception(error)
            return sent.future
        with self._lock:
            if self._broken:
                sent.future.set_exception(self._broken)
            else:
                sent.future.set_running_or_notify_cancel()
                self._sent.append(sent)
        self._wake.set()
        return sent.future

    def drop(self) -> None:
        """End what runs and forget what waits; each raises Lost."""
        self._dropped.set()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster as it was found, but for workers that keep the libraries loaded for the next batch."""
        if cancel_futures:
            self._dropped.set()
        self._ended.set()
        if wait:
            self._thread.join()

    def _serve(self) -> None:
        """Post, collect, count and reconnect until told to stop."""
        in_a_row = 0
        while not (self._ended.is_set() and (not self._sent or self._dropped.is_set())):
            try:
                self._tend()
                in_a_row = 0
            except EngineError as error:
                self._break(error)
                break
            except Exception as error:  # most often the connection went while it was used, and the next look sees it
                in_a_row += 1
                if in_a_row > MOST_IN_A_ROW:
                    self._break(EngineError(f"the cluster at {self._address} fails: {type(error).__name__}: {error}"))
                    break
            self._wake.wait(LOOK)
            self._wake.clear()
        self._leave()

    def _tend(self) -> None:
        if self._dropped.is_set():
            self._let_go()
            return
        if self._client is None or self._client.status != "running":
            self._reconnect()
        if not self._dropped.is_set() and time.monotonic() - self._counted > COUNTED_EVERY:
            self._count()
        for sent in [] if self._dropped.is_set() else list(self._sent):
            if sent.remote is None:
                self._post(sent)
            else:
                self._collect(sent, sent.remote)

    def _post(self, sent: _Sent) -> None:
        assert self._client  # noqa: S101 - for the types
        sent.beginnings += 1
        if sent.beginnings > MOST_BEGINNINGS:
            self._fill(sent, Lost("lost", ""))
            return
        key = f"reportgen-{sent.parcel.job.key}-{secrets.token_hex(8)}"
        sent.remote = self._client.submit(_on_worker, sent.parcel, key, key=key, pure=False)
        sent.remote.add_done_callback(lambda _ended: self._wake.set())

    def _collect(self, sent: _Sent, remote: Remote) -> None:
        """Take what a worker answered; what the cluster forgot, with its scheduler, is posted again."""
        if remote.status == "cancelled":
            sent.remote = None
        elif remote.status == "error":
            self._take_error(sent, remote.exception(timeout=CONNECTING))
        elif remote.status == "finished":
            with suppress(TimeoutError):  # its worker died since; the scheduler has it done again
                self._take(sent, remote.result(timeout=CONNECTING))

    def _take_error(self, sent: _Sent, error: BaseException) -> None:
        if isinstance(error, KilledWorker):
            self._fill(sent, Lost("lost", ""))
        elif isinstance(error, EngineError):
            raise error
        elif isinstance(error, (ImportError, AttributeError)):
            raise EngineError(f"a worker cannot load reportgen {__version__}: {error}; install the same version there")
        else:
            self._fill(sent, RuntimeError(f"{type(error).__name__}: {error}"))

    def _take(self, sent: _Sent, answer: Answer) -> None:
        parcel = sent.parcel
        if isinstance(answer.error, Lost) and answer.error.reason == "dropped":
            sent.remote = None  # it was taken for unwanted while the scheduler changed its mind
            return
        try:
            if answer.log:
                parcel.job.log.parent.mkdir(parents=True, exist_ok=True)
                parcel.job.log.write_text(answer.log, encoding="utf-8")
            if answer.token:
                parcel.store.take_in(parcel.job.key, parcel.start, answer.token)
            if answer.log:
                parcel.store.put(parcel.job.log, f"logs/{parcel.job.log.name}")
        except (OSError, ReportgenError) as error:
            self._fill(sent, error)
        else:
            self._fill(sent, answer.error or answer.result)

    def _fill(self, sent: _Sent, answer: Result | BaseException | None) -> None:
        with self._lock:
            self._sent.remove(sent)
        sent.remote = None
        if isinstance(answer, BaseException):
            sent.future.set_exception(answer)
        else:
            sent.future.set_result(answer)  # type: ignore[arg-type]

    def _let_go(self) -> None:
        """Cancel all at the cluster; their workers notice within a second."""
        held = [sent.remote for sent in self._sent if sent.remote is not None]
        with suppress(OSError, TimeoutError, RuntimeError):
            if self._client and self._client.status == "running" and held:
                self._client.cancel(held, force=True)
        for sent in list(self._sent):
            self._fill(sent, Lost("dropped", ""))

    def _break(self, error: EngineError) -> None:
        with self._lock:
            self._broken = error
        for sent in list(self._sent):
            self._fill(sent, error)

    def _leave(self) -> None:
        self._let_go()
        with suppress(OSError, TimeoutError, RuntimeError):
            if self._client:
                self._client.close(timeout=CONNECTING)

    def _reconnect(self) -> None:
        """The client tries for a while by itself; one that gave up is made anew."""
        self._tell(f"the scheduler at {self._address} is gone; waiting for it")
        end = time.monotonic() + self._patience
        while self._client and self._client.status == "connecting" and time.monotonic() < end:
            if self._dropped.wait(LOOK):
                return
        if self._client is None or self._client.status != "running":
            for sent in self._sent:
                sent.remote = None
            self._connect(end)
        if self._dropped.is_set():
            return
        self._tell("it is back; what ran is begun again")
        self._refuse_other_versions()

    def _connect(self, end: float | None = None) -> None:
        """Try until the end of patience. Raises EngineError."""
        end = time.monotonic() + self._patience if end is None else end
        while not self._dropped.is_set():
            once = max(CONNECTING / 5, min(CONNECTING, end - time.monotonic()))
            try:
                self._client = Client(self._address, timeout=once, set_as_default=False, name="reportgen")
            except (OSError, TimeoutError) as error:
                if time.monotonic() > end:
                    raise EngineError(
                        f"no scheduler answers at {self._address}; start it (dask scheduler), or name another with "
                        "--scheduler, and start the batch again: it goes on where it stopped"
                    ) from error
                self._dropped.wait(LOOK)
            except ValueError as error:
                raise EngineError(f"--scheduler takes an address such as tcp://host:8786: {error}") from None
            else:
                self._seen = time.monotonic()
                self._refuse_other_versions()
                return

    def _refuse_other_versions(self) -> None:
        """Ask every worker that is there; each says so again with its first job, in case it came later."""
        assert self._client  # noqa: S101 - for the types
        with suppress(OSError, TimeoutError, RuntimeError):
            found = self._client.run(eval, VERSION, on_error="return")
            for worker, version in found.items():
                if isinstance(version, ModuleNotFoundError):
                    raise EngineError(f"the worker {worker} has no reportgen; install version {__version__} there")
                if isinstance(version, str) and version != __version__:
                    raise EngineError(other_version(worker, version, __version__))

    def _count(self) -> None:
        """See how many workers there are; none for longer than patience ends the batch. Raises EngineError."""
        assert self._client  # noqa: S101 - for the types
        self._counted = time.monotonic()
        self._threads = sum(self._client.nthreads().values())
        alone, self._alone = self._alone, not self._threads
        if self._threads:
            self._seen = self._counted
        elif not alone:
            self._tell(f"the scheduler at {self._address} has no workers; waiting for some")
        if self._counted - self._seen > self._patience:
            raise EngineError(
                f"the scheduler at {self._address} has no workers; start some (dask worker {self._address}) and then "
                "the batch again: it goes on where it stopped"
            )


def _on_worker(parcel: Parcel, key: str) -> Answer:
    """Called in a thread of a Dask worker."""
    worker = get_worker()
    memory = getattr(getattr(worker, "memory_manager", None), "memory_limit", None)
    return carry_out(parcel, worker.state.nthreads, memory, worker.local_directory, lambda: _unwanted(worker, key))


def _unwanted(worker: Any, key: str) -> bool:  # noqa: ANN401 - distributed.Worker
    """Whether the scheduler took the job back, as it does when the driver cancels it or is gone; or is gone itself."""
    if worker.status.name in ("closing", "closed", "failed"):
        return True
    task = worker.state.tasks.get(key)
    return task is None or task.state in ("cancelled", "released", "forgotten")
