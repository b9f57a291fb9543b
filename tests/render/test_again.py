"""A saved report gives the same pages again."""

from pathlib import Path

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
