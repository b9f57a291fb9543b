"""A machine without Pango gets every file but the PDF, and is told in one sentence how to get that too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.render import to_json
from reportgen.render.pdf import PANGO_HELP
from tests import samples

pytestmark = pytest.mark.slow

FAKE = "raise OSError(\"cannot load library 'libpango-1.0-0': it is not there\")\n"


@pytest.fixture(scope="module")
def without_pango(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which WeasyPrint finds no Pango."""
    folder = tmp_path_factory.mktemp("fake")
    (folder / "weasyprint").mkdir()
    (folder / "weasyprint" / "__init__.py").write_text(FAKE, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder)}


def command(environment: dict[str, str], folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=folder,
    )


def test_a_run_writes_everything_else(without_pango: dict[str, str], tmp_path: Path) -> None:
    done = command(without_pango, tmp_path, "run", "iris", "--budget", "quick", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(PANGO_HELP) == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.html", "report.json", "report.md", "junit.xml", "manifest.json", "model.keras", "preparer.json",
        "tables",
    }  # fmt: skip


def test_a_quiet_run_says_nothing(without_pango: dict[str, str], tmp_path: Path) -> None:
    words = ("run", "iris", "--budget", "quick", "--out", "out", "--format", "pdf,json", "--quiet")
    done = command(without_pango, tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out" / "report.json").exists()


def test_the_pdf_alone_is_refused_before_any_work(without_pango: dict[str, str], tmp_path: Path) -> None:
    done = command(without_pango, tmp_path, "run", "iris", "--out", "out", "--format", "pdf")
    assert (done.returncode, done.stderr) == (2, f"reportgen: {PANGO_HELP}\n")
    assert "training" not in done.stdout  # it is said before hours of work, not after them
    assert list(tmp_path.iterdir()) == []


def test_rendering_the_pdf_alone_is_refused(without_pango: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(to_json(samples.multiclass()), encoding="utf-8")
    done = command(without_pango, tmp_path, "render", "report.json", "--out", "out", "--format", "pdf")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"reportgen: {PANGO_HELP}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_rendering_writes_everything_else(without_pango: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(to_json(samples.multiclass()), encoding="utf-8")
    done = command(without_pango, tmp_path, "render", "report.json", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(PANGO_HELP) == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"report.html", "report.md", "junit.xml"}
    assert not (tmp_path / "out" / "report.pdf").exists()


def test_the_doctor_says_so(without_pango: dict[str, str], tmp_path: Path) -> None:
    done = command(without_pango, tmp_path, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"missing  {PANGO_HELP}\n" in done.stdout
