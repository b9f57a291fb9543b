"""Whole audits of small tables: same bytes, same numbers from the worked example, nothing on stderr."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import reportgen

pytestmark = pytest.mark.slow

CASES = {
    "binary": ("breast_cancer", "accuracy"),
    "multiclass": ("iris", "accuracy"),
    "regression": ("diabetes", "r2"),
}
FILES = {
    "report.html", "report.pdf", "report.json", "report.md", "junit.xml", "manifest.json",
    "model.keras", "preparer.json", "tables",
}  # fmt: skip


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("audits")
    for task, (table, _metric) in CASES.items():
        run = reportgen("run", table, "--out", str(folder / task), "--quiet")
        assert (run.status, run.out, run.err) == (0, "", "")
    return {task: folder / task for task in CASES}


def evidence(folder: Path) -> dict[str, object]:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("task", CASES)
def test_every_file_is_there(audits: dict[str, Path], task: str) -> None:
    assert {path.name for path in audits[task].iterdir()} == FILES


@pytest.mark.parametrize("task", CASES)
def test_task_is_told_from_the_table(audits: dict[str, Path], task: str) -> None:
    assert evidence(audits[task])["task"]["kind"] == task


@pytest.mark.parametrize("task", CASES)
def test_worked_example_prints_the_reports_number(audits: dict[str, Path], task: str, tmp_path: Path) -> None:
    page = (audits[task] / "report.html").read_text(encoding="utf-8")
    found = re.search(r'<pre[^>]*id="program"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found
    program = html.unescape(re.sub(r"<[^>]+>", "", found[1]))
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(tmp_path / "program.py")], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    name = CASES[task][1]
    metrics = evidence(audits[task])["metrics"]
    stated = next(m for m in metrics if (m["name"], m["split"], m["of"]) == (name, "test", None))
    assert float(run.stdout) == stated["value"]
    assert run.stderr == ""


def test_a_second_run_in_a_process_of_its_own_gives_the_same_bytes(audits: dict[str, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reportgen", "run", "iris", "--out", str(tmp_path / "again")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    for name in ("report.json", "report.html", "report.pdf", "report.md", "junit.xml"):
        assert (tmp_path / "again" / name).read_bytes() == (audits["multiclass"] / name).read_bytes(), name


def test_rendering_again_gives_the_same_pages(audits: dict[str, Path], tmp_path: Path) -> None:
    run = reportgen("render", str(audits["regression"] / "report.json"), "--out", str(tmp_path), "--quiet")
    assert (run.status, run.err) == (0, "")
    for name in ("report.html", "report.pdf", "report.md"):
        assert (tmp_path / name).read_bytes() == (audits["regression"] / name).read_bytes(), name


def test_the_language_changes_the_page_and_not_the_evidence(audits: dict[str, Path], tmp_path: Path) -> None:
    run = reportgen("run", "diabetes", "--out", str(tmp_path), "--lang", "zh", "--quiet", "--format", "html,json")
    assert run.status == 0
    assert (tmp_path / "report.json").read_bytes() == (audits["regression"] / "report.json").read_bytes()
    assert 'lang="zh' in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("task", "learnt", "tested"), [("binary", 455, 114), ("multiclass", 120, 30)])
def test_the_network_stands_among_others_made_anew(
    audits: dict[str, Path], task: str, learnt: int, tested: int
) -> None:
    report = evidence(audits[task])
    refits = report["refits"]
    assert (refits["covers"], refits["train_rows"], refits["test_rows"]) == (["split", "seed"], learnt, tested)
    assert refits["left_out"] == refits["collapsed"] == refits["diverged"] == 0
    whole = {m["name"]: m["value"] for m in report["metrics"] if m["split"] == "test" and m["of"] is None}
    assert {m["name"]: m["reported"] for m in refits["metrics"]} == whole
    loss = next(m for m in refits["metrics"] if m["name"] == "log_loss")
    assert len(set(loss["values"])) == loss["n"] == refits["count"] + 1 >= 3
    assert loss["low"] < loss["mean"] < loss["high"]
    page = (audits[task] / "report.html").read_text(encoding="utf-8")
    assert "95% interval over other splits and other starts" in page


def test_the_manifest_holds_hashes_and_seconds(audits: dict[str, Path]) -> None:
    from reportgen.output import sha256

    manifest = json.loads((audits["binary"] / "manifest.json").read_text(encoding="utf-8"))
    files = [path for path in audits["binary"].rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert {path.relative_to(audits["binary"]).parts[0] for path in files} == FILES - {"manifest.json"}
    assert manifest["outputs"] == {path.relative_to(audits["binary"]).as_posix(): sha256(path) for path in files}
    assert manifest["seconds"]["train"] > 0
    assert manifest["seconds"]["refit"] > 0


def test_a_gate_fails_the_run(tmp_path: Path) -> None:
    leak = "x,leak,label\n" + "\n".join(f"{i * 37 % 101},{i % 2},{'ab'[i % 2]}" for i in range(200)) + "\n"
    (tmp_path / "leaky.csv").write_text(leak)
    words = ["run", str(tmp_path / "leaky.csv"), "--out", str(tmp_path / "out"), "--format", "json", "--quiet"]
    assert reportgen(*words).status == 0
    assert reportgen(*words, "--fail-on", "warning").status == 1
    assert (tmp_path / "out" / "report.json").exists()


def test_python_door_gives_the_same_evidence(audits: dict[str, Path]) -> None:
    from reportgen import Document, audit

    report = audit("iris")
    assert isinstance(report, Document)
    assert report.to_json() == (audits["multiclass"] / "report.json").read_text(encoding="utf-8")
    assert report.to_html() == (audits["multiclass"] / "report.html").read_text(encoding="utf-8")
    assert report._repr_html_().startswith("<iframe")


def test_rendering_in_place_keeps_the_evidence_and_renews_the_hashes(audits: dict[str, Path], tmp_path: Path) -> None:
    from reportgen.output import sha256

    for name in ("report.json", "manifest.json", "model.keras"):
        (tmp_path / name).write_bytes((audits["regression"] / name).read_bytes())
    run = reportgen("render", str(tmp_path / "report.json"), "--lang", "zh", "--format", "html", "--quiet")
    assert run.status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "manifest.json", "model.keras", "report.html"}
    outputs = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs["report.html"] == sha256(tmp_path / "report.html")
    assert outputs["report.json"] == sha256(audits["regression"] / "report.json")


def test_many_classes_of_few_rows_are_audited_without_a_word_on_stderr(tmp_path: Path) -> None:
    rows = [f"{i * 37 % 101},{i % 7},kind {i % 40}" for i in range(140)] + [f"{i},1,alone {i}" for i in range(30)]
    (tmp_path / "kinds.csv").write_text("x,y,kind\n" + "\n".join(rows) + "\n")
    words = ["run", str(tmp_path / "kinds.csv"), "--out", str(tmp_path / "out"), "--format", "json,html", "--quiet"]
    run = reportgen(*words)
    assert (run.status, run.err) == (0, "")
    report = evidence(tmp_path / "out")
    assert (len(report["task"]["classes"]), report["dataset"]["rows_used"]) == (40, 140)
    assert "rare_class" in {finding["code"] for finding in report["findings"]}
