"""What one whole process costs: seconds on the clock, seconds of processor, peak memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 if sys.platform != "darwin" else 1024 * 1024  # Linux counts the peak in kilobytes, macOS in bytes
REPORTGEN = (sys.executable, "-m", "reportgen")


@dataclass(frozen=True)
class Cost:
    """One process: `cpu` is user and system time together, `peak` the largest resident memory in megabytes."""

    wall: float
    cpu: float
    peak: float
    status: int
    stderr: str


def measure(command: Sequence[str], folder: Path) -> Cost:
    """Run a command in a folder to its end; the children it waited for count as its own."""
    with tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        words = stderr.read().decode(errors="replace")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE, process.returncode, words)
