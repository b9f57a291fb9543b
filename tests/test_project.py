"""The project's own files keep their promises: README, examples, dependencies, changelog."""

import ast
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import typer
from packaging.requirements import Requirement

import reportgen
from reportgen.cli import app
from reportgen.config import ModelConfig, load_config

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = ("credit", "housing", "penguins")
PAGES = ("README.md", "docs/architecture.md", "examples/README.md", "benchmarks/README.md", "CHANGELOG.md")

# written in pieces, so that this file does not name what it forbids
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org")
MACHINE_PATH = re.compile(r"(?<![\w./:~-])/(?:work|root|home|Users)" + r"/\w")


def tracked():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def texts():
    for path in tracked():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands(program):
    """The words of every line and inline code of the README that starts with a program's name."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", README)
    words = [shlex.split(line, comments=True) for line in lines if line.startswith(f"{program} ")]
    return [found[1:] for found in words]


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine():
    found = [name for name, text in texts() if any(host in text for host in HOSTS) or MACHINE_PATH.search(text)]
    assert found == []


def test_the_search_for_machine_paths_can_find_one():
    assert MACHINE_PATH.search('open("/' + 'home/someone/table.csv")')
    assert not MACHINE_PATH.search("https://example.com/" + "home/page and src/" + "work/x")


def requirements():
    settings = tomllib.loads(PYPROJECT)
    return [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_says_what_it_is_for(requirement):
    assert re.search(rf'^ *"{re.escape(requirement)}", +# \w.{{3,}}$', PYPROJECT, flags=re.MULTILINE)


@pytest.mark.parametrize("requirement", requirements())
def test_every_dependency_has_one_pinned_release_that_fits(requirement):
    wanted = Requirement(requirement)
    pins = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), flags=re.MULTILINE)
    releases = [release for name, release in pins if name.lower().replace("_", "-") == wanted.name]
    assert len(releases) == 1
    assert wanted.specifier.contains(releases[0])


def test_constraints_hold_nothing_but_pins():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)] == []


def test_the_readme_names_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = {words[0] for words in commands("make")}
    assert {"report", "test"} <= named <= targets


def test_the_readme_names_commands_and_options_that_exist():
    known = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in typer.main.get_command(app).commands.items()
    }
    named = commands("reportgen")
    unknown = [
        words
        for words in named
        if words[0] not in known or not {word for word in words if word.startswith("--")} <= known[words[0]]
    ]
    assert unknown == []
    assert {words[0] for words in named} == {"run", "batch", "render", "compare", "init", "doctor", "schema", "codes"}


def test_the_readme_imports_names_that_exist():
    programs = blocks("python")
    imports = [node for text in programs for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports] == ["reportgen"] * len(programs)
    assert {alias.name for node in imports for alias in node.names} <= set(reportgen.__all__)


def test_the_readme_shows_a_configuration_that_is_one(tmp_path):
    configs = []
    for text in blocks("toml"):
        (tmp_path / "reportgen.toml").write_text(text, "utf-8")
        configs.append(load_config(tmp_path / "reportgen.toml", {}))
    gates, whole, article, own = configs
    assert [(goal.name, waiver.code) for goal, waiver in zip(gates.targets, gates.waive, strict=False)] == [
        ("accuracy", "id_column")
    ]
    assert (whole.target, whole.split.test, whole.model.hidden) == ("churn", 0.25, (64, 32))
    assert article.model == ModelConfig(kind="article")
    assert own.model == ModelConfig(members=1, embedding="none", hidden=(64, 32), epochs=200)


def test_the_readme_lists_every_key_of_the_network():
    rows = re.findall(
        r"^\| (`[^|]+`) \|", (ROOT / "README.md").read_text("utf-8").split("key of `[model]`")[1], re.MULTILINE
    )
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(ModelConfig.model_fields)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_its_target_and_says_everything_on_its_card(name):
    config = load_config(ROOT / "examples" / name / "reportgen.toml", {})
    columns = set(pd.read_csv(ROOT / "examples" / name / f"{name}.csv", nrows=5).columns)
    assert {config.target, *config.protected} <= columns
    assert [key for key, answer in config.card if not answer] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_whence_it_comes_and_under_which_licence(name):
    text = (ROOT / "examples" / name / "README.md").read_text("utf-8")
    assert re.findall(r"^- \*\*(\w+(?: \w+)*):\*\*", text, flags=re.MULTILINE) == [
        "Origin", "Licence", "Changed", "Known of it",
    ]  # fmt: skip


def test_the_examples_are_all_there():
    assert {path.parent.name for path in (ROOT / "examples").glob("*/reportgen.toml")} == set(EXAMPLES)


def test_the_changelog_speaks_of_this_version():
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert headings[0] in ("Unreleased", reportgen.__version__)
    assert reportgen.__version__ in headings
