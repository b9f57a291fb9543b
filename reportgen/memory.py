"""How much memory one process may take, what it takes now, and how it leaves before it takes more."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reportgen.errors import ConfigError, DataError

FLOOR = 1_150_000_000
"""Bytes that an audit takes beside its rows: 0.79 GB of libraries, the samples that analyses draw, and the pages."""
ROOMY = 4 * FLOOR
"""From this ceiling on a second process of the floor's size mostly fits below it, too."""
SPARED = 0.9
"""The share of a machine's or a container's memory that an audit takes at most where nobody says how much it may."""
GUARDED = 0.97
"""At this share of the ceiling a process leaves: what it can still take between two looks is the rest."""
SECONDS = 0.02
"""Between two looks."""
BYTES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
Limits = list[tuple[Callable[[int], int | None], int]]
"""How the memory of a process is measured, and the most that it may be."""
FIRST, SECOND = "memory.limit_in_bytes", "memory.max"
"""The files with the limit, in the two versions of control groups."""
CONTROL_GROUPS = Path("/sys/fs/cgroup")
MEMBERSHIPS = Path("/proc/self/cgroup")


def read_bytes(text: str | int | None) -> int | None:
    """Bytes from `800M` or `4G` (also MB, MiB); None for nothing. Raises ConfigError for what is no amount."""
    if text is None or (isinstance(text, int) and not isinstance(text, bool)):
        return text
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt])(i?b)?", str(text).strip().lower())
    if not found or not float(found[1]):
        raise ConfigError(f"--memory takes an amount such as 800M or 4G, not {text!r}")
    return int(float(found[1]) * BYTES[found[2]])


def gigabytes(size: float) -> str:
    """An amount of memory as a sentence has it."""
    return f"{size / 1e9:.3g} GB"


def ceiling(asked: int | None = None) -> int | None:
    """The bytes that this process may hold: as asked, and no more than its container and its machine bear.

    None where nothing says how much there is. Raises ConfigError where less is asked for than an audit takes.
    """
    if asked is not None and asked < FLOOR:
        raise ConfigError(
            f"--memory {gigabytes(asked)} is less than the {gigabytes(FLOOR)} that an audit takes beside its rows; "
            "allow it more"
        )
    return min((size for size in (asked, _there()) if size is not None), default=None)


def _there() -> int | None:
    """The share of the container's and the machine's memory that an audit takes at most."""
    return min((int(SPARED * size) for size in (container_limit(), machine_memory()) if size is not None), default=None)


def room_for_two(limit: int | None) -> bool:
    """Whether a second process is worth its memory; where both come near the ceiling, `guarded` ends the second."""
    return limit is None or limit >= ROOMY


def container_limit(groups: Path = CONTROL_GROUPS, memberships: Path = MEMBERSHIPS) -> int | None:
    """The least limit of memory of the control groups that this process is in (versions 1 and 2), None without one."""
    return min((limit for limit, _ in _limits(groups, memberships)), default=None)


def container_free(groups: Path = CONTROL_GROUPS, memberships: Path = MEMBERSHIPS) -> int | None:
    """What is left of those limits, the least of them; files that were not used lately count as left."""
    free = []
    for limit, place in _limits(groups, memberships):
        with suppress(OSError, ValueError):
            free.append(limit - _used(place))
    return min(free, default=None)


def _used(place: Path) -> int:
    """What a control group takes and cannot give back at once: its use without the files that it could forget."""
    second = (place / SECOND).exists()
    used = int((place / ("memory.current" if second else "memory.usage_in_bytes")).read_text("ascii"))
    pairs = [line.split() for line in (place / "memory.stat").read_text("ascii").splitlines()]
    wanted = "inactive_file" if second else "total_inactive_file"
    return used - sum(int(pair[1]) for pair in pairs if pair[0] == wanted)


def _limits(groups: Path, memberships: Path) -> Iterator[tuple[int, Path]]:
    """Each limit of this process's control groups and of those around them, and the folder of the group."""
    for own, file in _places(groups, memberships):
        for place in (own, *(parent for parent in own.parents if groups in (parent, *parent.parents))):
            with suppress(OSError, ValueError):  # "max" where there is no limit
                yield int((place / file).read_text("ascii")), place


def _places(groups: Path, memberships: Path) -> Iterator[tuple[Path, str]]:
    """The folders of this process's control groups, and what the file with the limit is called there."""
    lines: list[str] = []
    with suppress(OSError):
        lines = memberships.read_text("utf-8").splitlines()
    yield groups, SECOND
    yield groups / "memory", FIRST
    for line in lines:
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            yield groups / path.lstrip("/"), SECOND
        elif "memory" in controllers.split(","):
            yield groups / "memory" / path.lstrip("/"), FIRST


def machine_memory() -> int | None:
    """All memory of the machine in bytes, None where it does not say."""
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def resident(pid: int) -> int | None:
    """The resident memory of a process in bytes, None where it is gone or nobody can tell."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if Path("/proc").is_dir():
        return None
    with suppress(OSError, ValueError):
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
        return int(told.stdout) * 1024
    return None


def unshared(pid: int) -> int | None:
    """The resident memory of a process without the pages of files, which the system takes back at need."""
    with suppress(OSError, ValueError, IndexError):
        _, held, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split())
        return (held - shared) * os.sysconf("SC_PAGE_SIZE")
    return None


def most_held() -> int | None:
    """The most resident memory that this process has had, in bytes; None where the system does not say."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def give_back() -> None:
    """Return to the system what was freed and the C library kept: after a step that held much, hundreds of megabytes.

    Where there is no such call (only the GNU C library has it), nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


_WHOLE: list[str] = []


@contextmanager
def whole(name: str, what: str, limit: int | None) -> Iterator[None]:
    """While a source is held whole: what is said where it takes more memory than it may, from here or from the guard.

    Raises DataError in place of a MemoryError.
    """
    most = "" if limit is None else f" ({gigabytes(limit)})"
    _WHOLE.append(
        f"{name} is {what}, which is read whole, and takes more memory than it may{most}; save it as Parquet or CSV, "
        "of which rows are drawn while they are read, or allow more with --memory"
    )
    try:
        yield
    except MemoryError:
        raise DataError(_WHOLE[-1]) from None
    finally:
        _WHOLE.pop()


def held_whole() -> str | None:
    """What is to be said where memory runs out just now, None where no source is held whole."""
    return _WHOLE[-1] if _WHOLE else None


@contextmanager
def allowing(limit: int | None) -> Iterator[None]:
    """Where more is asked for than there may be, a MemoryError: no thread can look while the interpreter is held.

    On Linux alone, where the limit of data counts what is mapped for nobody else.
    """
    room = None if limit is None else _room(limit)
    if room is None:
        yield
        return
    import resource  # noqa: PLC0415 - Windows has none

    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min([room, *(most for most in before if most >= 0)]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _room(limit: int) -> int | None:
    """The bytes of data that this process may have mapped for its resident memory to stay below the limit."""
    with suppress(OSError, ValueError, IndexError):
        _, held, *_, data, _ = map(int, Path("/proc/self/statm").read_text("ascii").split())
        return int(GUARDED * limit) + (data - held) * os.sysconf("SC_PAGE_SIZE")
    return None


@contextmanager
def guarded(asked: int | None, leave: Callable[[], None], second: int | None = None) -> Iterator[None]:
    """Call `leave` from a thread of its own as soon as this process is about to take more bytes than were asked for.

    And as soon as it takes more than there are, where the pages of files do not count: a container is not ended for
    those. Where a `second` process, which can be done without, and this one together take more, that is ended first.

    Resident memory is what counts, and not addresses (`ulimit -v`): TensorFlow reserves many times what it ever fills,
    and ends the process where it is given none.
    """
    limits = [(measure, int(GUARDED * limit)) for measure, limit in ((resident, asked), (unshared, _there())) if limit]
    if not limits or not Path("/proc/self/statm").exists():
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_watch, args=(limits, leave, second, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(limits: Limits, leave: Callable[[], None], second: int | None, over: threading.Event) -> None:
    pid = os.getpid()
    while not over.wait(SECONDS):
        if _exceeded(limits, pid):
            leave()
            return
        if second is not None and _exceeded(limits, pid, second):
            with suppress(ProcessLookupError):
                os.kill(second, signal.SIGKILL)
            second = None


def _exceeded(limits: Limits, *processes: int) -> bool:
    return any(sum(measure(pid) or 0 for pid in processes) > limit for measure, limit in limits)
