"""Compiled templates are kept, renewed when the template changes, and not missed where they cannot be kept."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from reportgen.render.compiled import Compiled


def environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), bytecode_cache=Compiled(folder), autoescape=True)


def render(folder: Path) -> str:
    return environment(folder).get_template("page.j2").render(name="Ada")


def test_what_was_compiled_is_used_again_without_compiling(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    assert render(tmp_path) == "Hello Ada"
    assert len([*(tmp_path / "__pycache__").iterdir()]) == 1
    monkeypatch.delattr(Environment, "_parse")
    assert render(tmp_path) == "Hello Ada"


def test_a_template_that_changed_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    render(tmp_path)
    (tmp_path / "page.j2").write_text("Good day, {{ name }}")
    assert render(tmp_path) == "Good day, Ada"


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    (tmp_path / "__pycache__").write_text("a file where the folder would be")
    assert render(tmp_path) == "Hello Ada"


def test_a_broken_file_is_compiled_over(tmp_path: Path) -> None:
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    render(tmp_path)
    (kept,) = (tmp_path / "__pycache__").iterdir()
    kept.write_bytes(b"nothing of ours")
    assert render(tmp_path) == "Hello Ada"


def test_what_lies_elsewhere_is_not_kept(tmp_path: Path) -> None:
    ours, own = tmp_path / "ours", tmp_path / "own"
    for folder in (ours, own):
        folder.mkdir()
    (own / "page.j2").write_text("Hello {{ name }}")
    speech = Environment(loader=FileSystemLoader(own), bytecode_cache=Compiled(ours), autoescape=True)
    assert speech.get_template("page.j2").render(name="Ada") == "Hello Ada"
    assert [*(ours / "__pycache__").iterdir()] == []
