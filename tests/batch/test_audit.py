"""What the index learns of a report, and how an error becomes a reason."""

import errno
import sys
from pathlib import Path

import pytest

from reportgen.batch import audit
from reportgen.batch.audit import DiskFullError, audit_one, summarise
from reportgen.batch.plan import Job
from reportgen.batch.result import Result, Score
from reportgen.config import Config
from reportgen.errors import ConfigError, DataError, OutputError
from tests import samples


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job("a", "a.csv", Config(), None, tmp_path / "a", tmp_path / "logs" / "a.log")


def test_the_index_learns_what_leads_the_report(tmp_path):
    document = samples.multiclass()
    (tmp_path / "report.html").write_text("")
    result = summarise(document, "zh", gate_failed=True, folder=tmp_path)
    metric = document.metric(document.key_metric)
    assert (result.level, result.verdict, result.rows) == (
        document.verdict.level, document.verdict.text, document.dataset.rows,
    )  # fmt: skip
    assert metric
    assert result.score == Score(name=metric.name, value=metric.value, low=metric.low, high=metric.high, n=metric.n)
    worst = max(document.findings, key=lambda finding: finding.severity.weight)
    assert result.worst
    assert (result.worst.code, result.worst.columns) == (worst.code, worst.columns[:3])
    assert result.worst.said != result.worst.message
    assert sum(result.findings.values()) == len(document.findings)
    assert (result.files, result.gate_failed) == (("report.html",), True)
    assert Result.model_validate_json(result.model_dump_json()) == result


ERRORS = {
    "table": (DataError("no table"), "bad_input", "no table"),
    "option": (ConfigError("no column"), "bad_input", "no column"),
    "folder": (OutputError("cannot write"), "output", "cannot write"),
    "system": (PermissionError(errno.EACCES, "denied"), "output", "PermissionError: [Errno 13] denied"),
    "memory": (MemoryError(), "memory", ""),
    "ours": (ZeroDivisionError("a bug"), "fault", "ZeroDivisionError: a bug"),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_becomes_a_reason(job, monkeypatch, case, capfd):
    error, why, detail = ERRORS[case]

    def broken(_job):
        print("at work", flush=True)
        raise error

    monkeypatch.setattr(audit, "_audited", broken)
    monkeypatch.setattr(sys, "stdout", open(1, "w", closefd=False))  # noqa: SIM115 - as a worker's is
    result = audit_one(job)
    assert result.failure
    assert (result.status, result.failure.why, result.failure.detail) == ("failed", why, detail)
    assert job.log.read_text().startswith("at work\n")
    assert capfd.readouterr().out == ""


def test_a_full_disk_is_no_fault_of_the_dataset(job, monkeypatch):
    def full(_job):
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            raise OutputError("cannot write to the folder") from None

    monkeypatch.setattr(audit, "_audited", full)
    with pytest.raises(DiskFullError, match="no space is left for"):
        audit_one(job)


def test_a_log_that_cannot_be_written_stops_no_audit(job, monkeypatch):
    job.log.parent.parent.mkdir(exist_ok=True)
    job.log.parent.write_text("a file in the way")
    monkeypatch.setattr(audit, "_audited", lambda _job: Result(status="done"))
    assert audit_one(job).status == "done"
