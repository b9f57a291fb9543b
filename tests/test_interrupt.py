"""A run that is stopped, by whom and at whatever moment, says so in one sentence and leaves nothing behind."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.runs import reportgen

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")]

SENTENCE = "reportgen: interrupted; nothing was left half-written\n"
MOMENTS = {
    "loading the libraries": (0.0, 0.3, 1.0, 2.0),
    "training the network": (0.0, 0.4),
    "fitting surrogates": (0.0,),
    "writing the report": (0.0, 0.5),
}
"""After which line of progress the signal comes, and how many seconds later."""


def start(folder: Path) -> "subprocess.Popen[str]":
    """A run of its own process group, so that no signal reaches anyone else."""
    command = [sys.executable, "-m", "reportgen", "run", "digits", "--budget", "quick"]
    command += ["--out", str(folder / "a" / "out")]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=folder,
        preexec_fn=_heed_signals,  # noqa: PLW1509 - no threads run here yet
    )


def _heed_signals() -> None:
    """A shell in the background makes its children deaf to Ctrl-C, which the run would inherit."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stop(run: "subprocess.Popen[str]", line: str, seconds: float, number: int) -> tuple[int, str]:
    """Send the signal so many seconds after the line; returns the exit status and what stood on stderr."""
    assert run.stdout
    try:
        assert any(line in shown for shown in iter(run.stdout.readline, "")), f"{line!r} was never shown"
        time.sleep(seconds)
        run.send_signal(number)
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    return run.returncode, err


@pytest.mark.parametrize(("line", "seconds"), [(line, after) for line, times in MOMENTS.items() for after in times])
def test_ctrl_c_leaves_nothing(line: str, seconds: float, tmp_path: Path) -> None:
    assert stop(start(tmp_path), line, seconds, signal.SIGINT) == (130, SENTENCE)
    assert list(tmp_path.iterdir()) == []


def test_a_polite_kill_leaves_nothing(tmp_path: Path) -> None:
    assert stop(start(tmp_path), "selecting features", 0.2, signal.SIGTERM) == (130, SENTENCE)
    assert list(tmp_path.iterdir()) == []


def test_an_older_report_outlives_an_interrupted_run(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    out.mkdir(parents=True)
    ours = {
        "schema": "reportgen/manifest/1",
        "dataset": {"identity": "built-in:digits"},
        "outputs": {"report.json": ""},
    }
    older = {"report.json": "old", "manifest.json": json.dumps(ours)}
    for name, text in older.items():
        (out / name).write_text(text, encoding="utf-8")
    assert stop(start(tmp_path), "training the network", 0.2, signal.SIGINT) == (130, SENTENCE)
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == older


def test_a_fault_of_our_own_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("reportgen.api.write", broken)
    run = reportgen("run", "iris", "--out", str(tmp_path / "out"), "--budget", "quick", "--quiet")
    *traceback, sentence = run.err.splitlines()
    assert (run.status, run.out) == (3, "")
    assert sentence == "reportgen: a fault of its own: ZeroDivisionError; please report it with the lines above"
    assert traceback[-1] == "ZeroDivisionError: a bug"
    assert list(tmp_path.iterdir()) == []
