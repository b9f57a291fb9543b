"""What a batch says while it works, and how long it thinks it will take."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen.batch.plan import Job
from reportgen.batch.result import Result

LEVELS = {"sound": "sound", "caution": "use with caution", "unfit": "not fit for use"}
NAMES = {"accuracy": "accuracy", "r2": "R²"}
LEAST_POINTS = 3


@dataclass
class Estimate:
    """How long the rest will take: what a table took last time, or a line through seconds and bytes of those done.

    `known` are the seconds that waiting tables took in an earlier batch, `unknown` the bytes of the others.
    """

    slots: int
    known: dict[str, float]
    unknown: dict[str, int]

    def __post_init__(self) -> None:
        """Start with nothing done."""
        self._points: list[tuple[int, float]] = []
        self._count = self._seconds = self._bytes = self._squares = self._products = 0.0
        self._any_done = False
        self._waiting = float(sum(self.unknown.values()))
        self._known = sum(self.known.values())

    def done(self, key: str, seconds: float, failed: bool = False) -> None:
        """Take note of one that came to its end; failures count, too, but say nothing until one went well."""
        self._any_done |= not failed
        self._known -= self.known.pop(key, 0.0)
        size = self.unknown.pop(key, None)
        if size is None:
            return
        self._waiting -= size
        self._count += 1
        self._seconds += seconds
        self._bytes += size
        self._squares += float(size) * size
        self._products += size * seconds

    def left(self) -> float | None:
        """Seconds to go on all slots together, those that run counted as not begun; None before anything is known."""
        if self.unknown and not (self._count and self._any_done):
            return None
        base, slope = self._line()
        total = self._known + base * len(self.unknown) + slope * self._waiting
        return max(0.0, total) / self.slots

    def _line(self) -> tuple[float, float]:
        """Seconds of an empty table, and seconds a byte: least squares, flat where sizes say nothing or the reverse."""
        if not self._count:
            return 0.0, 0.0
        mean = self._seconds / self._count
        spread = self._squares - self._bytes**2 / self._count
        if self._count < LEAST_POINTS or spread <= 0:
            return mean, 0.0
        slope = (self._products - self._bytes * mean) / spread
        base = mean - slope * self._bytes / self._count
        return (mean, 0.0) if slope <= 0 or base < 0 else (base, slope)


class Progress:
    """Says one line for each dataset that came to its end, and where the whole stands."""

    def __init__(
        self, total: int, estimate: Estimate, say: Callable[[str], None], status: Callable[[str], None]
    ) -> None:
        self._total = total
        self._estimate = estimate
        self._say = say
        self._status = status
        self._ended = self._failed = 0
        self._running: dict[str, float] = {}

    def began(self, job: Job) -> None:
        """A dataset's audit has begun."""
        self._running[job.key] = time.monotonic()
        self._status(self._whole())

    def ended(self, job: Job, result: Result) -> None:
        """A dataset's audit has come to its end."""
        self._running.pop(job.key, None)
        self._estimate.done(job.key, result.seconds, result.status == "failed")
        self._ended += 1
        self._failed += result.status == "failed"
        self._say(f"[{self._ended}/{self._total}] {job.name}: {told(result)}{self._rest()}")
        self._status(self._whole())

    def again(self, job: Job, why: str) -> None:
        """A dataset's worker was lost and it goes to the next one."""
        self._running.pop(job.key, None)
        self._say(f"{job.name}: {why}; once more")

    def _rest(self) -> str:
        left = self._estimate.left() if self._ended < self._total else None
        return "" if left is None else f"; about {duration(left)} to go"

    def _whole(self) -> str:
        names = list(self._running)
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._ended} of {self._total}{failed}{self._rest()}: {shown}"


def told(result: Result) -> str:
    """A result in half a line."""
    seconds = f" ({duration(result.seconds)})" if result.seconds else ""
    if result.failure:
        return f"failed: {reason(result)}{seconds}"
    score = result.score
    metric = ""
    if score and score.value is not None:
        value = f"{score.value:.1%}" if score.name == "accuracy" else f"{score.value:.3f}"
        metric = f", {NAMES.get(score.name, score.name)} {value}"
    gate = ", gate failed" if result.gate_failed else ""
    return f"{LEVELS.get(result.level or '', 'done')}{metric}{gate}{seconds}"


def reason(result: Result) -> str:  # noqa: PLR0911 - one line a reason
    """Why an audit failed, in English; empty where it did not."""
    if result.failure is None:
        return ""
    detail = result.failure.detail
    match result.failure.why:
        case "fault":
            return f"a fault of reportgen's own: {detail}"
        case "signal":
            return f"its worker was ended by the signal {detail}"
        case "exit":
            return f"its worker left with status {detail}"
        case "timeout":
            return f"it took longer than {detail} s, the limit of --timeout"
        case "memory" if detail:
            return f"it took more than {int(detail) / 1e9:.3g} GB of memory, the limit of --memory"
        case "memory":
            return "it ran out of memory"
        case "lost":
            return "its worker was lost"
        case _:
            return detail


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 1 or seconds == 0 else "1 s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def sizes(paths: dict[str, Path]) -> dict[str, int]:
    """The bytes of every table that is a file."""
    found = {}
    for key, path in paths.items():
        try:
            found[key] = path.stat().st_size
        except (OSError, ValueError):
            found[key] = 0
    return found


@contextmanager
def speaking(quiet: bool) -> Iterator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """What to say lines with, and what to show the state with: a spinner on a terminal, nothing if quiet."""
    if quiet:
        yield _nothing, _nothing
    elif sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
        from rich.text import Text  # noqa: PLC0415

        console = Console()
        with console.status("reportgen") as status:
            yield (
                lambda line: console.print(Text(line), soft_wrap=True),
                lambda words: status.update(Text(words)),
            )
    else:
        yield (lambda line: print(f"reportgen: {line}", flush=True)), _nothing


def _nothing(_words: str) -> None:
    pass
