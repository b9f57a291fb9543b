"""What is shipped is what works: the wheel, installed away from the checkout, renders a saved report."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reportgen import __version__
from reportgen.render import to_json
from reportgen.render.pdf import pango_version
from tests import samples

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(*words, **options):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, **options)


def pip(*words):
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *words)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def shipped(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_carries_every_template_and_font(shipped):
    templates = {
        path.relative_to(ROOT)
        for path in (ROOT / "templates").rglob("*.*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    assert {path.suffix for path in templates} >= {".j2", ".po", ".otf", ".ttf"}
    assert {f"reportgen/{path.as_posix()}" for path in templates} <= shipped


def test_the_fonts_travel_with_their_licence(shipped):
    assert any(name.startswith("reportgen/templates/fonts/") and "OFL" in name for name in shipped)


def test_it_carries_the_package_and_nothing_else(shipped):
    about = f"reportgen-{__version__}.dist-info"
    assert {name.partition("/")[0] for name in shipped} == {"reportgen", about}
    assert f"{about}/licenses/LICENSE" in shipped


def test_it_renders_a_saved_report_away_from_the_checkout(wheel, tmp_path):
    site = tmp_path / "site"
    pip("install", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    (tmp_path / "report.json").write_text(to_json(samples.binary()), encoding="utf-8")
    away = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(site)}}

    where = run("-c", "import reportgen; print(reportgen.__file__)", **away)
    done = run("-m", "reportgen", "render", "report.json", "--format", "html,md,pdf", "--out", "again", **away)

    expected = {"report.html", "report.md"} | ({"report.pdf"} if pango_version() else set())
    assert Path(where.stdout.strip()) == site / "reportgen" / "__init__.py"
    assert done.stderr == ""
    assert {path.name for path in (tmp_path / "again").iterdir()} == expected
