"""The PDF: searchable, without empty boxes, the same bytes each time."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.errors import RenderError
from reportgen.render import to_pdf
from reportgen.render.pdf import WIDE, _check, _refuse, pango_version, shown
from tests.samples import binary, multiclass, regression

pytestmark = pytest.mark.skipif(pango_version() is None, reason="Pango is not here")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not here")


def _text(content: bytes, folder: Path) -> str:
    (folder / "x.pdf").write_bytes(content)
    return subprocess.run(
        ["pdftotext", "-layout", folder / "x.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout


def test_characters_without_a_glyph_are_named() -> None:
    assert shown("a\U0001f600 中", {}) == "a[U+1F600] 中"
    assert shown("“a”…", WIDE) == "&quot;a&quot;..."


def test_an_empty_box_is_an_error() -> None:
    with pytest.raises(RenderError, match="empty box"):
        _check([".notdef glyph rendered for Unicode string unsupported by fonts: 'x' (U+0001)"])
    _check(["Ignored `x: y` at 1:1, unknown property."])


@pytest.mark.parametrize("url", ["https://example.org/x.png", "file:///etc/passwd"])
def test_nothing_is_fetched(url: str) -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        _refuse(url)


@pytest.mark.slow
@needs_poppler
def test_hostile_names_stand_as_letters(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = to_pdf(binary(), "en")
    assert capfd.readouterr().err == ""
    text = _text(content, tmp_path)
    assert "Audit of <script>alert(1)</script>" in text
    assert "smile [U+1F600]" in text
    assert "Contents" in text


@pytest.mark.slow
@needs_poppler
def test_chinese_can_be_searched_and_copied(tmp_path: Path) -> None:
    text = _text(to_pdf(multiclass(), "zh"), tmp_path)
    assert "企鹅数据审计" in text
    assert "巴布亚企鹅" in text


@pytest.mark.slow
def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from reportgen.render import to_pdf; from tests.samples import regression; "
        "sys.stdout.buffer.write(to_pdf(regression(), 'en'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env={"SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "7"},
    )
    assert run.stderr == b""
    assert run.stdout == to_pdf(regression(), "en")
