"""Real audits in a batch have the bytes of single runs, whatever was audited before them."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch import stubs

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SAME = ("report.html", "report.pdf", "report.json", "report.md", "junit.xml", "preparer.json", "model.keras")
QUICK = ("--budget", "quick", "--quiet")


def table(number: int, classes: bool) -> str:
    draw = random.Random(number)
    rows = [(draw.gauss(0, 1), draw.gauss(0, 1), draw.choice("abc")) for _ in range(60)]
    answers = [("yes" if x + draw.gauss(0, 0.5) > 0 else "no") if classes else f"{x + y:.3f}" for x, y, _ in rows]
    lines = [f"{x:.3f},{y:.3f},{z},{answer}" for (x, y, z), answer in zip(rows, answers, strict=True)]
    return "\n".join(["x,y,z,label", *lines, ""])


def reportgen(folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    return done.returncode, done.stderr


def test_a_batch_gives_the_bytes_of_single_runs(tmp_path):
    (tmp_path / "first.csv").write_text(table(1, classes=True))
    (tmp_path / "second.csv").write_text(table(2, classes=False))
    (tmp_path / "third.csv").write_text(table(1, classes=True))
    (tmp_path / "broken.csv").write_text("x,x,label\n1,2,3\n")
    names = ("first", "second", "third")
    status, said = reportgen(tmp_path, "batch", "*.csv", "--out", "audits", "--workers", "1", *QUICK)
    assert (status, said) == (2, "")
    for name in names:
        assert reportgen(tmp_path, "run", f"{name}.csv", "--out", f"single/{name}", *QUICK) == (0, "")
        for file in SAME:
            assert (tmp_path / "audits" / name / file).read_bytes() == (tmp_path / "single" / name / file).read_bytes()
    index = stubs.index(tmp_path / "audits")
    assert {name: one["status"] for name, one in index["datasets"].items()} == {
        "broken": "failed", "first": "done", "second": "done", "third": "done",
    }  # fmt: skip
    assert "'x'" in index["datasets"]["broken"]["failure"]["detail"]
    report = json.loads((tmp_path / "audits" / "first" / "report.json").read_text())
    accuracy = next(one for one in report["metrics"] if (one["name"], one["split"]) == ("accuracy", "test"))
    assert index["datasets"]["first"]["metric"]["value"] == accuracy["value"]
    assert json.loads((tmp_path / "audits" / "first" / "manifest.json").read_text())["command"][1:3] == [
        "batch",
        "*.csv",
    ]
    log = (tmp_path / "audits" / "logs" / "first.log").read_text()
    assert "reportgen: training the network" in log
    assert reportgen(tmp_path, "batch", "*.csv", "--out", "audits", "--dry-run")[0] == 0


WARM = """
import reportgen.batch.warm
from tensorflow.python.eager import context
from reportgen.render.words import environment
print(context.context_safe() is None or not context.context()._initialized, len(environment("en", None).cache) > 50)
"""


def test_what_workers_are_forked_from_has_read_the_templates_and_computed_nothing():
    done = subprocess.run([sys.executable, "-c", WARM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
