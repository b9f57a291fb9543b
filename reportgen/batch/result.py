"""What came of one dataset: what the journal keeps of it, and the index shows."""

from typing import Literal, NamedTuple

from reportgen.records.base import Facts, Record, TaskKind

Why = Literal["bad_input", "output", "fault", "signal", "exit", "timeout", "memory", "lost"]
"""Why an audit failed: what the user can mend (the table, the folder), what is our fault, or how its worker ended."""


class Worst(Record):
    """The finding that weighs most; `message` is English, `said` is in the language of the report."""

    code: str
    severity: Literal["info", "warning", "critical"]
    columns: tuple[str, ...] = ()
    message: str = ""
    said: str = ""


class Score(Record):
    """The key metric on test rows, with its interval."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


class Failure(Record):
    """Why there is no report: `detail` is a sentence, the signal's name or the limit; `log` the end of the log."""

    why: Why
    detail: str = ""
    log: str = ""


class Result(Record):
    """One audit that came to its end, well or not. `at` is UTC in ISO 8601, `seconds` are on the clock.

    `findings` counts those that nobody has answered for, `missed` holds an English sentence for each target that fails.
    """

    status: Literal["done", "failed"]
    at: str = ""
    seconds: float = 0.0
    sha256: str | None = None
    test_sha256: str | None = None
    rows: int | None = None
    target: str | None = None
    task: TaskKind | None = None
    level: Literal["sound", "caution", "unfit"] | None = None
    verdict: str = ""
    score: Score | None = None
    findings: Facts = {}
    worst: Worst | None = None
    missed: tuple[str, ...] = ()
    gate_failed: bool = False
    files: tuple[str, ...] = ()
    failure: Failure | None = None


def refusal(why: str) -> Result:
    """What came of a dataset that was refused before any work."""
    return Result(status="failed", failure=Failure(why="bad_input", detail=why))


class Past(NamedTuple):
    """What is kept of an earlier result, for the spark line and the change; `data` begins the table's hash."""

    at: str
    level: str | None
    metric: str | None
    value: float | None
    low: float | None = None
    high: float | None = None
    data: str | None = None


def past_of(result: Result) -> Past:
    """The little of a result that later ones are held against."""
    score = result.score or Score(name="", value=None)
    data = result.sha256 and result.sha256[:12]
    return Past(result.at, result.level, score.name or None, score.value, score.low, score.high, data)
