"""Commands as a user types them: what they answer to bad input, and with which exit status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runs import reportgen

ROWS = [f"{i},{i * 7 % 11},{'ab'[i % 2]}" for i in range(60)]
GOOD = "x,y,label\n" + "\n".join(ROWS) + "\n"


def csv(text: str) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        (folder / "data.csv").write_text(text, encoding="utf-8")
        return ["data.csv"]

    return write


def raw(content: bytes, name: str = "data.csv") -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        (folder / name).write_bytes(content)
        return [name]

    return write


def with_options(*options: str, text: str = GOOD) -> Callable[[Path], list[str]]:
    return lambda folder: [*csv(text)(folder), *options]


def with_config(text: str) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        (folder / "reportgen.toml").write_text(text, encoding="utf-8")
        return [*csv(GOOD)(folder), "--config", "reportgen.toml"]

    return write


BAD_INPUT = {
    "no such file": (lambda _folder: ["none.csv"], "none.csv"),
    "empty file": (raw(b""), "empty"),
    "header only": (csv("x,y,label\n"), "row"),
    "a picture renamed": (raw(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x00\xff\xfe" * 9), "table"),
    "duplicate columns": (csv("x,x,label\n" + "\n".join(ROWS)), "'x'"),
    "no such target": (with_options("--target", "lable"), "'label'"),
    "target constant": (csv("x,label\n" + "\n".join(f"{i},a" for i in range(60))), "label"),
    "target all missing": (csv("x,label\n" + "\n".join(f"{i}," for i in range(60))), "label"),
    "no usable feature": (csv("k,label\n" + "\n".join(f"7,{'ab'[i % 2]}" for i in range(60))), "column"),
    "every column text": (
        csv("note,label\n" + "\n".join(f"a long remark no. {i} on case {i * i},{'ab'[i % 2]}" for i in range(60))),
        "column",
    ),
    "one class left": (csv("x,label\n" + "\n".join(f"{i},{'a' if i else 'b'}" for i in range(60))), "class"),
    "infinities": (csv(GOOD + "inf,3,a\n"), "'x'"),
    "three rows": (csv("x,y,label\n1,2,a\n2,3,b\n3,4,a\n"), "rows"),
    "unknown option in the file": (with_config("seed = 1\nsed = 2\n"), "line 2"),
    "unknown option": (with_options("--nonsense"), "--nonsense"),
    "unknown format": (with_options("--format", "docx"), "docx"),
    "unknown column to drop": (with_options("--drop", "z"), "'z'"),
    "folder in the way": (with_options("--out", "data.csv/out"), "data.csv/out"),
    "no such test file": (with_options("--test", "none.csv"), "none.csv"),
    "no such templates": (with_options("--templates", "none"), "none"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_sentence_and_writes_nothing(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, words = BAD_INPUT[case]
    arguments = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    run = reportgen("run", *arguments, "--quiet")
    assert (run.status, run.out) == (2, ""), run
    assert run.err.startswith("reportgen: ")
    assert run.err.count("\n") == 1
    assert words in run.err
    assert sorted(tmp_path.rglob("*")) == before


def test_no_command_shows_the_help() -> None:
    run = reportgen()
    assert run.status == 2
    assert "Commands:" in run.out


def test_version_is_the_packages() -> None:
    from reportgen import __version__

    assert reportgen("--version").out == f"reportgen {__version__}\n"


def test_schema_describes_the_fixed_keys() -> None:
    run = reportgen("schema")
    assert run.status == 0
    keys = set(json.loads(run.out)["properties"])
    assert keys >= {
        "schema", "dataset", "task", "split", "model", "metrics", "baselines", "selection", "importance", "surrogates",
        "errors", "findings", "environment",
    }  # fmt: skip


def test_codes_lists_every_rule_once() -> None:
    from reportgen.findings import RULES

    run = reportgen("codes")
    assert run.status == 0
    assert sorted(line.split()[0] for line in run.out.splitlines()) == sorted(rule.__name__ for rule in RULES)


def test_rendering_something_else_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"schema": "other/1"}')
    run = reportgen("render", str(tmp_path / "report.json"))
    assert (run.status, run.err.count("\n")) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_doctor_names_what_is_there() -> None:
    run = reportgen("doctor")
    assert run.status in (0, 1)
    assert "Python 3." in run.out
    assert "Pango" in run.out
