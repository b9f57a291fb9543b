"""What this machine has, and what one worker may take of it."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reportgen.errors import ConfigError
from reportgen.memory import container_free, read_bytes, resident

__all__ = ["Limits", "cores", "free_memory", "read_bytes", "read_seconds", "resident", "share_of_memory", "workers_for"]

NEEDED = 1_500_000_000
"""Bytes that an audit of a small table takes at its peak (0.6 GB measured), with room for a larger one."""
SPARED = 0.9
"""The share of the memory that is free at the start which all workers together may take."""
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Limits:
    """What one audit may take: seconds on the clock, bytes of resident memory; None for as much as there is."""

    seconds: float | None = None
    memory: int | None = None


def read_seconds(text: str | None, option: str = "--timeout") -> float | None:
    """Seconds from `90`, `90s`, `15m` or `2h`; None for nothing, or for 0. Raises ConfigError for what is no time."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", (text or "0").strip().lower())
    if not found:
        raise ConfigError(f"{option} takes a time such as 90s, 15m or 2h, not {text!r}")
    return float(found[1]) * SECONDS[found[2]] or None


def cores() -> int:
    """The cores that this process may use, a container's share of them included."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        return max(1, min(allowed, round(int(quota) / int(period))))
    return allowed


def free_memory() -> int | None:
    """Bytes of memory that are free, the least of what the machine and the container say; None where neither does."""
    return min((size for size in (_machine(), container_free()) if size is not None), default=None)


def _machine() -> int | None:
    with suppress(OSError):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return None


def workers_for(threads: int, asked: int | None, memory: int | None) -> int:
    """How many workers run at once: as asked, or one for each set of cores that an audit takes, if memory does."""
    if asked is not None:
        return asked
    free = free_memory()
    fit = cores() if free is None else int(free * SPARED / (memory or NEEDED))
    return max(1, min(cores() // threads, fit))


def share_of_memory(workers: int) -> int | None:
    """The bytes that a worker may take where nobody says: its share of what is free, so that no table stops others."""
    free = free_memory()
    return None if free is None else max(NEEDED, int(free * SPARED / workers))
