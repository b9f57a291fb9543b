"""However wide the table: pages of a bounded size, and a count wherever something is left out."""

import csv
import html
import io
import re
import time
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest

from reportgen.document import Document
from reportgen.records.mistakes import Confusion
from reportgen.render import to_html, to_pdf
from reportgen.render.figures import MOST_DRAWN, most_mistaken
from reportgen.render.html import to_paper
from reportgen.render.pdf import pango_version
from reportgen.render.tables import tables
from tests import wide
from tests.samples import multiclass

MOST_BYTES, MOST_PAGES = 3_000_000, 60
ON_SCREEN, ON_PAPER = 200, 40
DOCUMENTS: dict[str, Callable[[], Document]] = {
    "80 columns": lambda: wide.wide(80),
    "300 columns": lambda: wide.wide(300),
    "2000 columns": lambda: wide.wide(2_000),
    "100 classes": lambda: wide.classes(100),
    "500 classes": lambda: wide.classes(500),
    "10000 findings": lambda: wide.findings(10_000),
}


@cache
def document(name: str) -> Document:
    return DOCUMENTS[name]()


@cache
def page(name: str, lang: str = "en") -> str:
    return to_html(document(name), lang)


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.replace("<wbr>", ""))).split())


def lines(name: str, table: str) -> list[dict[str, str]]:
    text = tables(document(name))[f"{table}.csv"].removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_stays_below_three_megabytes(name: str) -> None:
    assert len(page(name).encode()) < MOST_BYTES


@pytest.mark.slow
@pytest.mark.skipif(pango_version() is None, reason="no Pango")
@pytest.mark.parametrize("name", ["2000 columns", "500 classes"])
def test_the_pdf_stays_below_sixty_pages(name: str) -> None:
    with pikepdf.open(io.BytesIO(to_pdf(document(name)))) as opened:
        assert len(opened.pages) <= MOST_PAGES


def test_the_work_of_a_page_grows_no_faster_than_its_columns() -> None:
    """Ten times the columns take less than thirty times as long: loops within loops would take a hundred."""
    to_html(wide.wide(20))
    seconds = []
    for columns in (200, 2_000):
        made = wide.wide(columns)
        begun = time.process_time()
        to_html(made)
        seconds.append(time.process_time() - begun)
    assert seconds[1] < 30 * seconds[0]


@pytest.mark.parametrize("table", ["columns", "selection", "importance", "additions", "drift", "missingness"])
def test_what_a_table_of_columns_leaves_out_is_counted_and_stands_whole_in_a_file(table: str) -> None:
    said = words(page("2000 columns"))
    whole = len(lines("2000 columns", table))
    found = re.findall(
        rf"The first (\d+) of ([\d,]+) rows, and ([\d,]+) more: all in report\.json and in tables/{table}\.csv", said
    )
    assert found
    for shown, rows, rest in (tuple(int(n.replace(",", "")) for n in one) for one in found):
        assert shown == ON_SCREEN
        assert shown + rest == rows <= whole


def test_nothing_is_said_to_be_left_out_of_a_table_that_is_whole() -> None:
    assert "more: all in report.json" not in words(to_html(multiclass()))


def test_the_pages_of_paper_say_the_same_of_fewer_rows() -> None:
    said = words(to_paper(document("300 columns")))
    assert f"The first {ON_PAPER} of 300 rows, and 260 more: all in report.json and in tables/selection.csv." in said


def test_many_findings_of_one_code_are_counted() -> None:
    said = words(page("10000 findings"))
    assert "And 9960 more, in full in report.json and in tables/findings.csv:" in said
    assert "and 9760 more" in said
    assert len(lines("10000 findings", "findings")) == len(document("10000 findings").findings)
    rows = [int(line["row"]) for line in lines("10000 findings", "finding-rows")]
    assert rows == [row for found in document("10000 findings").findings for row in found.rows]
    assert len(rows) >= 10_000
    assert "All of them: report.json and tables/finding-rows.csv." in said
    assert "All of them: report.json and tables/finding-columns.csv." in said


def test_links_to_findings_lead_somewhere() -> None:
    text = page("10000 findings")
    assert set(re.findall(r'href="#(finding-\d+)"', text)) <= set(re.findall(r'id="(finding-\d+)"', text))


def test_of_many_classes_the_worst_are_shown_first() -> None:
    made = document("500 classes")
    scores = {f"species_{k:03d}_of_the_reference_collection": 1 - k / 1000 for k in range(500)}
    metrics = tuple(
        one.model_copy(update={"value": scores[one.of], "low": 0.0, "high": 1.0})
        if one.of and one.name == "f1"
        else one
        for one in made.metrics
    )
    text = words(to_html(made.model_copy(update={"metrics": metrics})))
    part = text[text.index("The same by class, on test rows, the lowest F1") :]
    assert part.index("species_499") < part.index("species_498") < part.index("species_301")
    assert "species_299" not in part[: part.index("tables/per-class.csv")]
    assert "The first 200 of 500 rows, and 300 more: all in report.json and in tables/per-class.csv." in part


def test_classes_that_a_part_lacks_are_counted_in_one_sentence() -> None:
    text = words(page("500 classes"))
    assert text.count("Classes of which no row fell into the test part: 50 of 500") == 1
    assert "没有任何一行的类别：500 个中的 50 个" in words(page("500 classes", "zh"))


def test_the_largest_matrix_drawn_keeps_every_row() -> None:
    counts = tuple(tuple(int((3 * i + j) % 4 == 0) * (i + 1) for j in range(30)) for i in range(30))
    confusion = Confusion(labels=tuple(f"c{k}" for k in range(30)), counts=counts)
    drawn = most_mistaken(confusion, "others")
    assert len(drawn.labels) == MOST_DRAWN + 1
    assert drawn.labels[-1] == "others"
    assert sum(map(sum, drawn.counts)) == sum(map(sum, counts))
    named = [int(label[1:]) for label in drawn.labels[:-1]]
    assert [[counts[i][j] for j in named] for i in named] == [list(row[:-1]) for row in drawn.counts[:-1]]
    rest = sorted(set(range(30)) - set(named))
    assert drawn.within == sum(counts[i][j] for i in rest for j in rest if i != j)
    wrong = [sum(counts[i]) + sum(row[i] for row in counts) - 2 * counts[i][i] for i in range(30)]
    assert min(wrong[i] for i in named) >= max(wrong[i] for i in rest)
    assert drawn.pairs == sum(counts[i][j] > 0 for i in range(30) for j in range(30) if i != j)


def test_a_matrix_that_can_be_read_is_drawn_whole() -> None:
    confusion = multiclass().errors.confusion
    assert confusion is not None
    drawn = most_mistaken(confusion, "others")
    assert (drawn.labels, drawn.counts, drawn.within) == (confusion.labels, confusion.counts, 0)


def test_names_that_differ_in_their_middle_alone_can_be_told_apart() -> None:
    """Names of 60 letters are not elided where columns are listed beside each other."""
    said = words(page("300 columns"))
    assert "_0001_of_the_yearly_survey" in said
    assert "answer_to_question_0…" not in said
