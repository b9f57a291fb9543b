"""One job of a batch on a worker of another machine: in a process of its own there, as at home, and its report sent.

Knows no engine: whoever runs a thread on the worker calls `carry_out`, which raises EngineError where every other job
would fail here, too, and answers in any other case.
"""

import os
import secrets
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from socket import gethostname
from tempfile import mkdtemp
from typing import Any

from reportgen import __version__
from reportgen.batch.audit import FULL, DiskFullError
from reportgen.batch.limits import NEEDED, SPARED, Limits, free_memory
from reportgen.batch.plan import Job
from reportgen.batch.result import Failure, Result
from reportgen.batch.store import EngineError, Store
from reportgen.batch.workers import LocalExecutor, Lost
from reportgen.errors import OutputError, ReportgenError
from reportgen.naming import is_url

LOOK = 0.2
"""Seconds between two looks at whether anybody still wants the report."""
LONGEST_LOG = 1_000_000
"""Bytes of a log that travel; of a longer one the end."""
TAKEN_ALONG = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_")
"""What the driver's environment has of these, or has not, goes for its audits: sums come out by the number of threads,
and Dask's nannies set it."""


@dataclass(frozen=True)
class Home:
    """Where the driver was started, and how: what an audit sees of that wherever it runs."""

    version: str
    folder: str
    words: tuple[str, ...]
    epoch: str | None
    threads: Mapping[str, str]

    @classmethod
    def here(cls) -> "Home":
        """Of this process."""
        threads = {name: os.environ[name] for name in TAKEN_ALONG if name in os.environ}
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        return cls(__version__, str(Path.cwd()), tuple(sys.argv), epoch, threads)


@dataclass(frozen=True)
class Parcel:
    """All that a worker needs for one job.

    `modules` are imported before the fork, `start` is the driver's word, `needs` are the files that it sees and reads.
    """

    work: Callable[[Job], Result]
    job: Job
    modules: tuple[str, ...]
    limits: Limits
    home: Home
    store: Store
    start: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came of a parcel: a result or an error, the log, and the token of the report that was delivered."""

    log: str
    result: Result | None = None
    error: ReportgenError | Lost | None = None
    token: str | None = None


def carry_out(parcel: Parcel, slots: int, memory: int | None, scratch: str, unwanted: Callable[[], bool]) -> Answer:
    """Audit in a fork, one of `slots` at once, each with its share of `memory` bytes unless the limits say.

    Files wait below `scratch`. As soon as nobody wants the report any more, the audit is ended. Raises EngineError.
    """
    _refuse_version(parcel.home.version)
    parcel.store.refuse_unseen(parcel.start, gethostname())
    limits = replace(parcel.limits, memory=parcel.limits.memory or _share(slots, memory))
    place = Path(mkdtemp(prefix="reportgen-", dir=scratch))
    try:
        _refuse_unseen(parcel.needs)
        enough = threading.Event()
        job = replace(parcel.job, folder=place / "report", log=place / "log")
        pool = _pool(parcel.modules, slots, tuple(sorted(parcel.home.threads.items())))
        future = pool.submit_within(limits, enough, at_home, parcel.home, parcel.work, job)
        while not wait([future], LOOK).done:
            if unwanted():
                enough.set()
        return _answer(parcel, future, place)
    except OutputError as error:
        return Answer("", _failed("output", error))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def at_home(home: Home, work: Callable[[Job], Result], job: Job) -> Result:
    """Do the work as if it had been forked from the driver."""
    sys.argv = list(home.words)
    with suppress(OSError):
        os.chdir(home.folder)
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    if home.epoch is not None:
        os.environ["SOURCE_DATE_EPOCH"] = home.epoch
    return work(job)


def _refuse_version(version: str) -> None:
    if version != __version__:
        raise EngineError(other_version(gethostname(), __version__, version))


def other_version(host: str, theirs: str, ours: str) -> str:
    """The sentence about a worker with another version than the driver's."""
    return f"the worker on {host} has reportgen {theirs}, and the driver {ours}; install the same version on both"


def needs_of(job: Job) -> tuple[str, ...]:
    """The files and folders that a job reads and this machine sees."""
    paths = [path for path in (job.source, job.config.test, job.config.templates) if path and not is_url(path)]
    return tuple(str(Path(path).absolute()) for path in paths if Path(path).exists())


def _refuse_unseen(needs: tuple[str, ...]) -> None:
    """What the driver sees and the worker does not is no fault of the table."""
    for path in needs:
        if not Path(path).exists():
            raise OutputError(
                f"the worker on {gethostname()} does not see {path}; put tables where all workers see them under "
                "this name, or name them by a URL"
            )


def _share(slots: int, memory: int | None) -> int | None:
    """What one of so many audits may take of the worker's memory, or of what is free, whichever is less."""
    found = [size for size in (memory, free_memory()) if size]
    return max(NEEDED, int(min(found) * SPARED / slots)) if found else None


_POOLS: dict[tuple[object, ...], LocalExecutor] = {}
_LOCK = threading.Lock()


def _pool(modules: tuple[str, ...], slots: int, threads: tuple[tuple[str, str], ...]) -> LocalExecutor:
    """The process that this worker forks audits from, which lives as long as the worker does."""
    with _LOCK:
        key = (modules, slots, threads)
        if key not in _POOLS:
            own = {name: value for name, value in os.environ.items() if name not in TAKEN_ALONG}
            _POOLS[key] = LocalExecutor(slots, modules=modules, environment=own | dict(threads))
        return _POOLS[key]


def _answer(parcel: Parcel, future: Future[Result], place: Path) -> Answer:
    """What came of it; a report is delivered before anybody is told of it."""
    token = secrets.token_hex(8)
    try:
        result = future.result()
        if result.status == "done":
            parcel.store.deliver(place / "report", parcel.start, token)
        return Answer(_log(parcel.job, place), result, token=token if result.status == "done" else None)
    except (ReportgenError, Lost) as error:
        return Answer(_log(parcel.job, place), error=error)
    except OSError as error:
        if error.errno in FULL:
            return Answer(_log(parcel.job, place), error=DiskFullError(f"no space is left for {parcel.job.folder}"))
        return Answer(_log(parcel.job, place), _failed("output", error))
    except Exception as error:
        return Answer(_log(parcel.job, place), _failed("fault", error))


def _failed(why: Any, error: Exception) -> Result:  # noqa: ANN401 - one of a few words
    words = str(error) if isinstance(error, (RuntimeError, ReportgenError)) else f"{type(error).__name__}: {error}"
    return Result(status="failed", failure=Failure(why=why, detail=" ".join(words.split())[:600]))


def _log(job: Job, place: Path) -> str:
    """What the audit said, its folders called as the driver knows them."""
    with suppress(OSError):
        text = (place / "log").read_bytes()[-LONGEST_LOG:].decode("utf-8", "replace")
        return text.replace(str(place / "report"), str(job.folder))
    return ""
