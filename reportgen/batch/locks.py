"""One batch to a folder, or one process to a shard of it: locks that the system lets go with their owner."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.batch.plan import Shard
from reportgen.errors import OutputError

FOLDER = ".reportgen"
"""Where a batch keeps its journals and locks, below its own folder."""
PATIENCE = 3.0
"""Seconds that a lock is waited for."""


def journals(out: Path) -> list[Path]:
    """Every journal of a folder, those of shards included."""
    return sorted((out / FOLDER).glob("journal*.jsonl"))


def journal_of(out: Path, shard: Shard | None) -> Path:
    """The journal that this process writes."""
    return out / FOLDER / f"journal{suffix(shard)}.jsonl"


def suffix(shard: Shard | None) -> str:
    """What a shard's files have in their names."""
    return f"-{shard.number}-of-{shard.of}" if shard else ""


@contextmanager
def locked(out: Path, shard: Shard | None) -> Iterator[int]:
    """Hold a folder for one batch; shards of one number share it, each held by one process. Gives the lock's file.

    It is taken by flock, which a kill -9 undoes as well and which Linux passes on to NFS servers. Whoever inherits the
    open file holds the lock, too: given to the workers, it stays until the last of them is gone, so that nobody starts
    where an orphan still writes. Raises OutputError, in one sentence, where another process holds it.
    """
    with _held(out, "lock", shared=shard is not None) as whole:
        if shard is None:
            yield whole
            return
        with _held(out, f"lock{suffix(shard)}", shared=False) as part:
            yield part


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Wait for the other shards to have written their index, and keep them waiting: the last to write has read all."""
    import fcntl  # noqa: PLC0415 - not on every system

    handle = os.open(out / FOLDER / "lock-index", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _held(out: Path, name: str, *, shared: bool) -> Iterator[int]:
    file = out / FOLDER / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(f"cannot write to the folder {out}: {error.strerror or error}") from None
    try:
        _take(handle, out, shared=shared)
        if not shared:
            with suppress(OSError):
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, out: Path, *, shared: bool) -> None:
    """Try for a while: the workers of a process that was just killed may not be gone yet."""
    import fcntl  # noqa: PLC0415 - not on every system

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise OutputError(_busy(handle, out)) from None
            time.sleep(0.1)
        except OSError as error:
            raise OutputError(f"{out} cannot be locked: {error.strerror or error}") from None
        else:
            return


def _busy(handle: int, out: Path) -> str:
    owner = os.pread(handle, 20, 0).decode(errors="replace").strip()
    who = f"another batch (process {owner})" if owner else "another batch"
    return f"{who} is at work in {out}; wait for it, or choose another --out"
