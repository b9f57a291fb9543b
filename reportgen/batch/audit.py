"""One job of a batch, done: on whatever machine, in whatever process, this is what an engine is given to call."""

import errno
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.batch.plan import Job
from reportgen.batch.result import Failure, Result, Score, Worst
from reportgen.config import Config
from reportgen.errors import OutputError, ReportgenError
from reportgen.memory import FLOOR
from reportgen.progress import Stopwatch

if TYPE_CHECKING:
    from reportgen.document import Document
    from reportgen.records.finding import Finding

FULL = (errno.ENOSPC, errno.EDQUOT)
LINKED = ("report.html", "report.pdf", "report.json", "report.md")
"""The files that the index leads to."""
LONGEST_WORDS = 300
LONGEST_SENTENCE = 600
MOST_COLUMNS = 3


class DiskFullError(ReportgenError):
    """The disk takes no more: no fault of the dataset, and the next would meet it too."""


def audit_one(job: Job, memory: int | None = None) -> Result:
    """Audit one dataset, write its report below its own folder and its words into its log; say what came of it.

    Of a table whose audit would take more than `memory` bytes fewer rows are drawn. Picklable both ways, and the same
    for any engine. A table that cannot be audited is a result, too; where the disk takes no more, DiskFullError is
    raised.
    """
    with _logged(job.log):
        begun = time.monotonic()
        try:
            result = _audited(replace(job, config=_below(job.config, memory)))
        except (ReportgenError, OSError, MemoryError) as error:
            if _is_full(error):
                raise DiskFullError(f"no space is left for {job.folder}") from None
            print(f"reportgen: {error}", file=sys.stderr, flush=True)
            result = Result(status="failed", failure=failure_of(error))
        except Exception as error:
            traceback.print_exc()
            result = Result(status="failed", failure=failure_of(error))
        return result.model_copy(update={"seconds": round(time.monotonic() - begun, 3)})


def _below(config: Config, memory: int | None) -> Config:
    """The settings with a ceiling, unless it is below what any audit takes: those who set it so low see it reached."""
    if memory is None or memory < FLOOR:
        return config
    least = min(memory, config.reading.memory or memory)
    return config.model_copy(update={"reading": config.reading.model_copy(update={"memory": least})})


def _audited(job: Job) -> Result:
    from reportgen.api import publish  # noqa: PLC0415 - the parent, which also names this function, must stay light

    watch = Stopwatch(lambda step: print(f"reportgen: {step}", flush=True))
    published = publish(job.source, job.config, job.folder, job.config_file, watch)
    print(published.summary, flush=True)
    return summarise(published.document, job.config.lang, published.gate_failed, job.folder)


def summarise(document: "Document", lang: str, gate_failed: bool, folder: Path) -> Result:
    """What the index shows of a report."""
    metric = document.metric(document.key_metric)
    from reportgen.findings import counted, failing  # noqa: PLC0415 - as above
    from reportgen.render.sentences import target_sentence  # noqa: PLC0415

    findings = counted(document.findings)
    severities = [str(finding.severity) for finding in findings]
    return Result(
        status="done",
        sha256=document.dataset.sha256,
        test_sha256=document.dataset.test_sha256,
        rows=document.dataset.rows,
        target=document.task.target,
        task=document.task.kind,
        level=document.verdict.level,
        verdict=document.verdict.text,
        score=None if metric is None else Score(**{name: getattr(metric, name) for name in Score.model_fields}),
        findings={level: severities.count(level) for level in ("critical", "warning", "info")},
        worst=_worst(findings, lang),
        missed=tuple(target_sentence(target) for target in failing(document.targets, document.targets_not_shown)),
        gate_failed=gate_failed,
        files=tuple(name for name in LINKED if (folder / name).exists()),
    )


def _worst(findings: tuple["Finding", ...], lang: str) -> Worst | None:
    from reportgen.render.words import explain  # noqa: PLC0415

    found = max(findings, key=lambda finding: finding.severity.weight, default=None)
    if found is None:
        return None
    said = explain(found, lang)[1]
    return Worst(
        code=found.code,
        severity=str(found.severity),  # type: ignore[arg-type]
        columns=found.columns[:MOST_COLUMNS],
        message=found.message[:LONGEST_WORDS],
        said="" if lang == "en" else said[:LONGEST_WORDS],
    )


def failure_of(error: Exception) -> Failure:
    """Whether an exception is about the table, about the folder or the machine, or a fault of our own."""
    if isinstance(error, MemoryError):
        return Failure(why="memory")
    if isinstance(error, (OutputError, OSError)):
        return Failure(why="output", detail=_words(error))
    return Failure(why="bad_input" if isinstance(error, ReportgenError) else "fault", detail=_words(error))


def _is_full(error: BaseException | None) -> bool:
    """Whether a full disk stands behind an error; OutputError keeps it as its context."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def _words(error: Exception) -> str:
    text = str(error) if isinstance(error, (ReportgenError, RuntimeError)) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:LONGEST_SENTENCE]


@contextmanager
def _logged(log: Path) -> Iterator[None]:
    """Send all that this process says to the log, what C++ says included; nowhere else where none can be made."""
    handle = _opened(log)
    if handle is None:
        yield
        return
    kept = _redirected(handle)
    try:
        yield
    finally:
        _redirect_back(kept)


def _opened(log: Path) -> int | None:
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    return None


def _redirected(handle: int) -> tuple[int, int]:
    kept = os.dup(1), os.dup(2)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    return kept


def _redirect_back(kept: tuple[int, int]) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):
            stream.flush()
    for number, old in enumerate(kept, start=1):
        os.dup2(old, number)
        os.close(old)
