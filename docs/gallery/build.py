"""Draw the gallery anew: `make gallery` audits a few tables and takes pictures of their pages.

Needs pdftoppm and pdftotext (poppler-utils), and Chromium for the pictures of the page on screen.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOTS = 70  # an inch: a page is 579 by 819 pixels
CONTENTS = 2  # the page that names every heading
COLOURS = 64  # of a picture's palette; pages are quiet


@dataclass(frozen=True)
class Sheet:
    """A page of a PDF: the first after the contents that holds `words`; the cover where there are none."""

    name: str
    report: str
    words: str
    caption: str


@dataclass(frozen=True)
class Screen:
    """The page on screen at a heading; `width` pixels wide, dark or light."""

    name: str
    report: str
    anchor: str
    caption: str
    width: int = 1200
    height: int = 900
    dark: bool = False


REPORTS = {
    "credit": ("examples/credit/credit.csv", "--config", "examples/credit/reportgen.toml"),
    "housing": ("examples/housing/housing.csv", "--config", "examples/housing/reportgen.toml"),
    "penguins": ("examples/penguins/penguins.csv", "--config", "examples/penguins/reportgen.toml"),
    "wide": ("WIDE", "--target", "kind", "--budget", "quick"),
}

SHEETS = (
    Sheet("cover", "credit", "", "The first page: verdict, numbers with intervals, three things to know, findings"),
    Sheet("findings", "credit", "Findings in full", "Findings: what, why it matters here, what to do"),
    Sheet("background", "credit", "Background", "Section 1: the table, and what its owners say"),
    Sheet("concepts", "credit", "What does the black box buy?", "Section 2: the network beside readable models"),
    Sheet("importance", "credit", "Score importance: what does", "Section 3.4: importance with intervals"),
    Sheet("explain", "credit", "Which way does the answer move?", "Section 3.5: how the answer moves"),
    Sheet("example", "credit", "Where is the model wrong?", "Section 4: errors and the confusion matrix"),
    Sheet("trends", "credit", "Trends and challenges", "Section 5: the limits of this run"),
    Sheet("faq", "credit", "FAQ (frequently asked questions)", "Section 6: the reader's questions"),
    Sheet("sign-off", "credit", "Sign-off", "Conclusion, open points and sign-off"),
    Sheet(
        "standards",
        "credit",
        "Items of the standards",
        "Appendix H: standards, and where each item is answered",
    ),
    Sheet("regression", "housing", "Where is the model wrong?", "A number as the target"),
    Sheet("chinese", "penguins", "", "In Chinese"),
    Sheet("columns-80", "wide", "All columns of the table", "80 columns"),
    Sheet("classes-20", "wide", "Where is the model wrong?", "20 classes"),
)
SCREENS = (
    Screen("screen", "credit", "summary", "On screen"),
    Screen("screen-dark", "credit", "step-importance", "On screen, dark", dark=True),
    Screen("phone", "credit", "summary", "On a phone", width=390, height=844),
)


def main() -> None:
    """Audit the tables and write every picture and the page that shows them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, help="a folder to keep the reports in, or to take them from")
    folder = parser.parse_args().reports or Path(tempfile.mkdtemp())
    for name in REPORTS:
        _audit(name, folder)
    for picture in HERE.glob("*.png"):
        picture.unlink()
    for sheet in SHEETS:
        _paper(sheet, folder / sheet.report / "report.pdf")
    shown = [screen for screen in SCREENS if shutil.which("chromium")]
    for screen in shown:
        _screen(screen, folder / screen.report / "report.html")
    (HERE / "README.md").write_text("".join(_lines((*SHEETS, *shown))), encoding="utf-8")


def _audit(name: str, folder: Path) -> None:
    if (folder / name / "report.pdf").is_file():
        return
    source, *options = REPORTS[name]
    if source == "WIDE":
        folder.mkdir(parents=True, exist_ok=True)
        source = str(folder / "wide.csv")
        _wide().to_csv(source, index=False)
    command = (sys.executable, "-m", "reportgen", "run", source, *options, "--fail-on", "never", "--quiet")
    done = subprocess.run((*command, "--out", str(folder / name)), cwd=ROOT, check=False)
    if done.returncode > 1:  # 1: a target was missed, which is a report as good as any
        raise SystemExit(f"the audit of {name} ended with {done.returncode}")


def _wide() -> pd.DataFrame:
    """Eighty columns and twenty classes: centres drawn at random, a quarter of the columns say nothing."""
    rng = np.random.default_rng(8)
    kind = rng.integers(20, size=3000)
    x = rng.normal(size=(20, 80))[kind] * np.where(np.arange(80) < 60, 0.45, 0.0) + rng.normal(size=(3000, 80))
    table = pd.DataFrame(x.round(3), columns=[f"reading_{number:02d}" for number in range(1, 81)])
    table["kind"] = [f"kind {chr(65 + one)}" for one in kind]
    return table


def _paper(sheet: Sheet, pdf: Path) -> None:
    pages = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\f")
    holding = [number for number, text in enumerate(pages, 1) if sheet.words in text]
    number = next((number for number in holding if number > CONTENTS), holding[-1]) if sheet.words else 1
    target = HERE / sheet.name
    draw = ["pdftoppm", "-r", str(DOTS), "-f", str(number), "-l", str(number), "-singlefile", "-png", pdf, target]
    subprocess.run(draw, check=True)
    _shrunk(target.with_suffix(".png"))


def _screen(screen: Screen, page: Path) -> None:
    target = HERE / f"{screen.name}.png"
    with tempfile.TemporaryDirectory() as profile:
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        dark = ["--blink-settings=preferredColorScheme=0"] if screen.dark else []
        size = f"--window-size={screen.width},{screen.height}"
        address = f"{page.resolve().as_uri()}#{screen.anchor}"
        subprocess.run(
            ["chromium", *words, *dark, size, f"--screenshot={target}", address], check=True, capture_output=True
        )
    _shrunk(target)


def _shrunk(picture: Path) -> None:
    Image.open(picture).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


def _lines(pictures: tuple[Sheet | Screen, ...]) -> Iterator[str]:
    yield "# Gallery\n\nPages of reports as they come from reportgen; `make gallery` draws them anew.\n"
    for one in pictures:
        alt = re.sub(r"[\[\]]", "", one.caption)
        yield f"\n## {one.caption}\n\n![{alt}]({one.name}.png)\n"


if __name__ == "__main__":
    main()
