"""A process in a control group of its own: how much memory it may take, what it took, whether the system ended it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
ENTER = 'echo $$ > "$0" && exec "$@"'
SECONDS = 0.02


class NoControlGroupError(Exception):
    """Why no control group can be made here."""


@dataclass(frozen=True)
class Ended:
    """How a process ended; `held` are the most bytes that the group's processes held together, without cached files."""

    status: int
    held: int
    killed: int
    seconds: float
    stderr: str


@dataclass(frozen=True)
class Group:
    """A control group of memory, of version 1 or 2."""

    folder: Path
    second: bool

    def run(self, command: Sequence[str], folder: Path, seconds: float = 3_600) -> Ended:
        """Run a command in it, to its end."""
        words = ("sh", "-c", ENTER, str(self.folder / "cgroup.procs"), *command)
        start, held = time.perf_counter(), 0
        with tempfile.TemporaryFile() as stderr:
            process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=stderr)
            while process.poll() is None:
                held = max(held, self._held())
                time.sleep(SECONDS)
                if time.perf_counter() - start > seconds:
                    process.kill()
            stderr.seek(0)
            said = stderr.read().decode(errors="replace")
        return Ended(process.returncode, held, self._killed(), time.perf_counter() - start, said)

    def _held(self) -> int:
        wanted = {"anon", "shmem"} if self.second else {"total_rss", "total_shmem"}
        lines = (self.folder / "memory.stat").read_text("ascii").splitlines()
        return sum(int(number) for name, number in map(str.split, lines) if name in wanted)

    def _killed(self) -> int:
        """How many processes the system has ended in it for want of memory."""
        text = (self.folder / ("memory.events" if self.second else "memory.oom_control")).read_text("ascii")
        return sum(int(number) for name, number in map(str.split, text.splitlines()) if name == "oom_kill")


@contextmanager
def control_group(limit: int) -> Iterator[Group]:
    """A group that may take so many bytes, and no swap. Raises NoControlGroupError where none can be had."""
    second = (GROUPS / "cgroup.controllers").exists()
    folder = (GROUPS if second else GROUPS / "memory") / f"reportgen-{os.getpid()}-{limit}"
    files = ("memory.max", "memory.swap.max") if second else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    try:
        folder.mkdir()
    except OSError as error:
        raise NoControlGroupError(f"no control group can be made here ({error.strerror})") from None
    try:
        _limit(folder, limit, files, second)
        yield Group(folder, second)
    finally:
        for _ in range(50):
            with suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.1)


def _limit(folder: Path, limit: int, files: tuple[str, str], second: bool) -> None:
    try:
        (folder / files[0]).write_text(str(limit), "ascii")
    except OSError as error:
        raise NoControlGroupError(f"control groups here have no limit of memory ({error.strerror})") from None
    with suppress(OSError):  # where swap is not accounted for
        (folder / files[1]).write_text("0" if second else str(limit), "ascii")
