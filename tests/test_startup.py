"""The command line starts at once, and a page is made without what learns: by what is loaded, not by a stopwatch."""

import gc
import json
import subprocess
import sys

import pytest

from reportgen.cli.commands import _untidied
from reportgen.render import to_json
from tests import samples

pytestmark = pytest.mark.slow

HEAVY = {
    "jinja2", "keras", "matplotlib", "numpy", "pandas", "pydantic", "scipy", "sklearn", "tensorflow", "weasyprint",
}  # fmt: skip
LEARNS = {"keras", "pandas", "sklearn", "tensorflow"}


def loaded(program):
    """The top modules that a fresh process holds after a program; the program's own words are thrown away."""
    lines = (
        "import contextlib, io, json, sys",
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):",
        *(f"    {line}" for line in program.splitlines()),
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return set(json.loads(done.stdout))


def command(*words):
    return f"sys.argv = {['reportgen', *words]!r}\nfrom reportgen.cli import main\nmain()"


def test_importing_the_command_line_loads_nothing_heavy():
    modules = loaded("import reportgen.cli")
    assert "typer" in modules
    assert modules & HEAVY == set()


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_asking_for_help_loads_nothing_heavy(word):
    assert loaded(command(word)) & HEAVY == set()


def test_the_help_of_a_command_loads_nothing_heavy_but_what_typer_reads_options_with():
    assert loaded(command("run", "--help")) & HEAVY <= {"pydantic"}


def test_rendering_imports_nothing_that_learns():
    modules = loaded("import reportgen.render")
    assert "jinja2" in modules
    assert modules & LEARNS == set()


def test_a_saved_report_is_rendered_without_what_learns(tmp_path):
    (tmp_path / "report.json").write_text(to_json(samples.multiclass()), encoding="utf-8")
    words = ("render", str(tmp_path / "report.json"), "--format", "html,md", "--lang", "zh")
    assert loaded(command(*words)) & LEARNS == set()
    assert {path.name for path in tmp_path.iterdir()} >= {"report.html", "report.md"}


def test_a_batch_is_planned_without_what_learns_or_draws(tmp_path):
    words = ("batch", "iris", "wine", "--dry-run", "--out", str(tmp_path / "out"))
    assert loaded(command(*words)) & HEAVY <= {"pydantic"}


def test_the_parent_of_a_batch_never_loads_what_learns():
    modules = loaded("import reportgen.batch.command, reportgen.batch.index")
    assert "jinja2" in modules
    assert modules & LEARNS == set()


def test_no_garbage_is_looked_for_while_libraries_load_where_the_process_is_our_own() -> None:
    try:
        with _untidied(True):
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
    with _untidied(False):
        assert gc.isenabled()
    assert gc.get_freeze_count() == 0
