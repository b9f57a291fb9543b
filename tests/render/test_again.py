"""A saved report gives the same pages again."""

import json
from pathlib import Path

from reportgen.api import Report
from reportgen.output import sha256
from reportgen.render import to_json, write
from reportgen.render.again import render_again
from tests.samples import regression


def test_pages_from_a_saved_report_equal_the_first_ones(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    (first / "report.json").write_text(to_json(regression()), encoding="utf-8")
    write(regression(), first, ("html", "md"), "en")
    written = render_again(first / "report.json", second, ("html", "md"), "en")
    assert written.paths == (second / "report.html", second / "report.md")
    assert all(path.read_bytes() == (first / path.name).read_bytes() for path in written.paths)


def test_the_manifest_holds_the_hashes_of_the_templates_too(tmp_path: Path) -> None:
    look, out = tmp_path / "look", tmp_path / "out"
    for name, text in {"brand.toml": 'name = "Ada"', "style/own.css": "h1 { color: red }", "README.md": "mine"}.items():
        (look / name).parent.mkdir(parents=True, exist_ok=True)
        (look / name).write_text(text, encoding="utf-8")
    out.mkdir()
    (out / "report.json").write_text(to_json(regression()), encoding="utf-8")
    (out / "manifest.json").write_text('{"outputs": {}}', encoding="utf-8")
    render_again(out / "report.json", out, ("md",), "en", look)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["templates"] == {name: sha256(look / name) for name in ("brand.toml", "style/own.css")}
    render_again(out / "report.json", out, ("md",), "en")
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["templates"] == {}


def test_python_saves_on_the_paper_that_is_asked_for(tmp_path: Path, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("reportgen.render.to_pdf", lambda *_, **__: asked.append(_[3]) or b"%PDF")
    Report.of(regression()).save(tmp_path, ("pdf",), paper="letter")
    assert asked == ["letter"]
