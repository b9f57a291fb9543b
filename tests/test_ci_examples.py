"""The pipelines of examples/ci: what they run is run here, and their YAML is read by a strict, small reader."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CI = ROOT / "examples" / "ci"
FILES = ("github/action.yml", "github/workflow.yml", "gitlab-ci.yml")
LINE = re.compile(r"(?P<blank> *)(?P<item>- )?(?P<key>[\w./-]+):(?: (?P<value>.+))?|(?P<text> *- .+)")


def read(name: str) -> list[tuple[int, str, str]]:
    """The keys of a file with their depth and value; a block of text (`|`) is the value of its key."""
    lines = [line for line in (CI / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    found: list[tuple[int, str, str]] = []
    block = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if block is not None and depth > block:
            *rest, (at, key, text) = found
            found = [*rest, (at, key, f"{text}{line[block + 2 :]}\n")]
            continue
        block = None
        if line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        assert match, f"{name} holds a line that is no simple YAML: {line!r}"
        if match["text"]:
            found.append((depth, "-", match["text"].strip().removeprefix("- ")))
            continue
        value = match["value"] or ""
        at = depth + (2 if match["item"] else 0)
        block = at if value == "|" else None
        found.append((at, match["key"], "" if value == "|" else value))
    return found


def script(name: str) -> str:
    """The command line that audits."""
    (command,) = (text.strip() for _, _, text in read(name) if text.startswith("reportgen run"))
    return command


def audit(command: str, folder: Path, config: str, **names: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of a pipeline in a shell where `reportgen` is this one."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "reportgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reportgen "$@"\n', encoding="utf-8")
    (tools / "reportgen").chmod(0o755)
    (folder / "my config.toml").write_text(config, encoding="utf-8")
    path = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    table = str(ROOT / "examples" / "penguins" / "penguins.csv")
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | path | {"DATA": table, "CONFIG": "my config.toml", "OUT": "report", **names},
    )


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_simple_yaml_without_tabs(name: str) -> None:
    assert read(name)
    assert "\t" not in (CI / name).read_text(encoding="utf-8")


def test_the_action_hands_every_input_over_in_the_environment() -> None:
    """An expression within a script would let whoever names a branch or a file run commands."""
    keys = read("github/action.yml")
    inputs = {key for depth, key, _ in keys if depth == 2} - {"using", "steps"}
    text = (CI / "github" / "action.yml").read_text(encoding="utf-8")
    assert inputs == set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text))
    assert not [value for name in FILES for _, key, value in read(name) if key == "run" and "${{" in value]
    handed = {key for depth, key, value in keys if depth == 8 and "inputs." in value}
    assert set(re.findall(r"\$(\w+)", script("github/action.yml"))) <= handed


def test_the_workflow_names_inputs_that_the_action_has() -> None:
    given = {key for depth, key, _ in read("github/workflow.yml") if depth == 10 and key in ("data", "config")}
    assert given == {"data", "config"}


def test_gitlab_is_told_where_the_checks_are() -> None:
    keys = {key: value for _, key, value in read("gitlab-ci.yml")}
    assert keys["junit"] == f"{keys['OUT']}/junit.xml"
    assert keys["when"] == "always"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "asked", "status"),
    [("github/action.yml", ">= 0.5", 0), ("gitlab-ci.yml", "<= 0.5", 1), ("gitlab-ci.yml", "<= half", 2)],
)
def test_the_commands_end_as_the_gates_say(name: str, asked: str, status: int, tmp_path: Path) -> None:
    config = f'target = "物种"\nbudget = "quick"\n[targets]\naccuracy = "{asked}"\n'
    summary = tmp_path / "summary.md"
    names = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)} if "github" in name else {}
    run = audit(script(name), tmp_path, config, FAIL_ON="critical", **names)
    assert run.returncode == status, run.stdout + run.stderr
    assert (tmp_path / "report" / "junit.xml").exists() == (status < 2)
    assert summary.exists() == bool(names)
    assert (tmp_path / "report" / "report.sarif").exists() == bool(names)
