"""Every way a run ends, as docs/ci.md lists them: the command is run, and its exit status is what CI sees."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reportgen import pipeline
from tests.runs import Run, reportgen

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
DRAW = Random(0)
PAIRS = [(DRAW.gauss(50, 10), DRAW.gauss(5, 1)) for _ in range(150)]
TABLE = "x,y,always,label\n" + "".join(
    f"{x:.2f},{y:.3f},1,{'ab'[x + 10 * y + DRAW.gauss(0, 3) > 100]}\n" for x, y in PAIRS
)
"""Two honest columns, and one that is worth a warning."""

NOON = "1795262400"
"""The 21st of November 2026, noon, in seconds since 1970."""

WAIVER = """[[waive]]
code = "constant_column"
columns = ["always"]
reason = "kept for the interface"
by = "Ada"
until = 2026-11-21
"""
OUTDATED = WAIVER.replace("2026-11-21", "2026-11-20")
UNUSED = WAIVER.replace("constant_column", "label_noise")
MET, NOT_SHOWN, MISSED = (f'[targets]\naccuracy = "{asked}"\n' for asked in (">= 0.6", ">= 0.9", "<= 0.5"))


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """What the first call gives, for every call: the gates below judge one training."""
    kept: list[Any] = []

    def answer(*args: Any, **options: Any) -> Any:
        if not kept:
            kept.append(function(*args, **options))
        return kept[0]

    return answer


@pytest.fixture(scope="module", autouse=True)
def trained_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for step in ("train", "refitting", "shrinking", "fit_baselines", "collect"):
            patch.setattr(pipeline, step, once(getattr(pipeline, step)))
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    (tmp_path / "data.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def run(text: str, *options: str) -> Run:
    Path("reportgen.toml").write_text(text, encoding="utf-8")
    fixed = ("--config", "reportgen.toml", "--budget", "quick", "--out", "out", "--format", "json,junit")
    return reportgen("run", "data.csv", *fixed, *options)


ENDS = {
    "nothing is asked": ("", (), 0),
    "a warning, and --fail-on never": ("", ("--fail-on", "never"), 0),
    "a warning, and --fail-on critical": ("", ("--fail-on", "critical"), 0),
    "a warning, and --fail-on warning": ("", ("--fail-on", "warning"), 1),
    "a target met": (MET, (), 0),
    "a target missed": (MISSED, (), 1),
    "a target not shown": (NOT_SHOWN, (), 0),
    "a target not shown that must be": ('targets_not_shown = "fail"\n' + NOT_SHOWN, (), 1),
    "a count that is missed": ('[targets]\nrows = "> 150"\n', (), 1),
    "a warning that is waived": (WAIVER, ("--fail-on", "warning"), 0),
    "a warning whose waiver has ended": (OUTDATED, (), 1),
    "the same, and --fail-on critical": (OUTDATED, ("--fail-on", "critical"), 1),
    "a waiver about nothing": (UNUSED, (), 0),
    "a waiver about nothing, and a warning": (UNUSED, ("--fail-on", "warning"), 1),
    "a waived warning counts in no target": (WAIVER + '[targets]\nfindings.warning = "<= 0"\n', (), 0),
    "a warning counts in a target": ('[targets]\nfindings.warning = "<= 0"\n', (), 1),
    "a target with no such name": ('[targets]\nacuracy = ">= 0.9"\n', (), 2),
    "a target that is no number": ('[targets]\naccuracy = ">= abc"\n', (), 2),
    "a target of another kind of task": ('[targets]\nrmse = "<= 3"\n', (), 2),
    "a target of a class that is not there": ('[targets]\nrecall.c = ">= 0.5"\n', (), 2),
    "a target of a column that is not protected": ('[targets]\nunfair_gap.x = "<= 0.1"\n', (), 2),
    "a waiver of no such code": (WAIVER.replace("constant_column", "constant_colum"), (), 2),
    "a waiver without a reason": (WAIVER.replace("reason", "# reason"), (), 2),
    "a waiver without a date": (WAIVER.replace("until", "# until"), (), 2),
}


@pytest.mark.parametrize("case", ENDS)
def test_exit_status(case: str, folder: Path) -> None:
    text, options, status = ENDS[case]
    ended = run(text, *options)
    assert ended.status == status, ended
    assert (folder / "out").exists() == (status < 2)
    if status == 2:
        assert ended.err.startswith("reportgen: ")
        assert ended.err.count("\n") == 1


def test_the_table_of_the_docs_names_every_end() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    stated = {
        cells[0].strip(): int(cells[1]) for line in page.splitlines() if len(cells := line.strip("|").split("|")) == 3
        and cells[1].strip().isdigit()
    }  # fmt: skip
    assert {case: status for case, (_, _, status) in ENDS.items()}.items() <= stated.items()
    assert set(stated.values()) == {0, 1, 2, 3, 130}


def test_a_fault_of_our_own_is_told_from_bad_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "profile", lambda _parts: 1 // 0)
    ended = run(MET)
    assert (ended.status, (folder / "out").exists()) == (3, False)
    assert "a fault of its own: ZeroDivisionError" in ended.err


def test_refused_before_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "train", None)
    for case, (text, options, status) in ENDS.items():
        if status == 2:
            assert run(text, *options).status == 2, case


def test_the_last_words_name_targets_waivers_and_the_day(folder: Path) -> None:
    ended = run(MET + '[[waive]]\ncode = "label_noise"\nreason = "r"\nby = "Ben"\nuntil = 2026-11-21\n' + WAIVER)
    lines = ended.out.splitlines()
    assert any(line.startswith("  target   accuracy >= 0.6 met: ") for line in lines)
    assert any(
        line.startswith("  waived   ") and "Waived by Ada until 2026-11-21: kept for the" in line for line in lines
    )
    assert "note: the waiver of label_noise by Ben is about nothing that was found" in lines
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert report["judged_on"] == "2026-11-21"
    assert manifest["created"].startswith("2026-11-21T12:00:00")


def test_the_report_depends_on_the_day_only_where_there_are_waivers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for epoch in (NOON, str(int(NOON) + 86_400)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        for gates in (MET, WAIVER):
            run(gates)
            texts.append((folder / "out" / "report.json").read_bytes())
    assert texts[0] == texts[2]
    assert texts[1] != texts[3]


def test_a_day_that_is_none_is_bad_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    ended = run(WAIVER)
    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert "SOURCE_DATE_EPOCH" in ended.err


def test_rendering_again_keeps_what_was_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(MISSED + WAIVER, "--format", "json,md,junit,sarif")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON) + 10**8))
    ended = reportgen("render", "out/report.json", "--out", "again", "--format", "md,junit,sarif")
    assert ended.status == 0
    for name in ("report.md", "junit.xml", "report.sarif"):
        assert (folder / "again" / name).read_bytes() == (folder / "out" / name).read_bytes(), name


def test_github_gets_annotations_and_a_summary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    ended = run(MISSED)
    assert "::error title=data%3A target accuracy::accuracy <= 0.5 missed: " in ended.out
    assert "\n::warning title=constant_column::" in ended.out
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("# Audit report: data\n")
    quiet = run(MISSED, "--quiet")
    assert quiet.out == ""
    assert (folder / "summary.md").read_text(encoding="utf-8").count("# Audit report: data\n") == 2


def test_elsewhere_there_are_no_annotations(folder: Path) -> None:
    assert "::" not in run(MISSED).out


def test_an_audit_from_python_is_judged_too(folder: Path) -> None:
    import reportgen as package

    report = package.audit("data.csv", target="label", budget="quick", targets={"accuracy": "<= 0.5", "rows": "> 10"})
    assert [target.status for target in report.targets] == ["missed", "met"]
