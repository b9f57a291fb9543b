"""Replacing one template, and the sentence for each mistake that can be made in it."""

from pathlib import Path

import pytest

from reportgen.errors import ReportgenError
from reportgen.render import to_html, to_json
from reportgen.render.own import refuse_faulty
from reportgen.render.words import explain
from tests.runs import reportgen
from tests.samples import binary, regression

MISTAKES = {
    "syntax": ("section/faq.html.j2", "\n{% if %}", "line 2 has a fault: Expected an expression"),
    "name": ("section/faq.html.j2", "\n\n{{ dco }}", "line 3 has a fault: 'dco' is undefined; did you mean 'doc'?"),
    "filter": ("section/faq.html.j2", "{{ doc.title|shout }}", "line 1 has a fault: No filter named 'shout'."),
    "include": (
        "section/faq.html.j2",
        "a\n{% include 'part/three.html' %}",
        "line 2 has a fault: there is no template 'part/three.html', neither of yours nor of ours; did you mean "
        "'part/three.html.j2'?",
    ),
    "import": ("part/cover.html.j2", "{% import 'part/macro.html.j2' as x %}", "did you mean 'part/macros.html.j2'?"),
    "extends": ("report.html.j2", "{% extends 'reportgen/raport.html.j2' %}",
                "did you mean 'reportgen/report.html.j2'?"),
    "place": ("sections/faq.html.j2", "x", "takes the place of none of our templates, and none of yours asks for it; "
              "did you mean 'section/faq.html.j2'?"),
    "script": ("script/batch.js", "x", "would change nothing: scripts are not replaced"),
    "bytes": ("section/faq.html.j2", b"\xff\xfe", "line 1 has a fault: it is not UTF-8 text"),
    "brand": ("brand.toml", 'nmae = "x"', "brand.toml, line 1: nmae is not known; did you mean 'name'?"),
}  # fmt: skip
LATER = {
    "field": ("\n{{ doc.titel }}", "line 2 has a fault: a Document has no 'titel'; did you mean 'title'?"),
    "macro": ("{{ m.tabel() }}", "line 1 has a fault: part/macros.html.j2 has no 'tabel'; did you mean 'table'?"),
    "arguments": ("{{ m.table(1) }}", "line 1 has a fault: parameter 'rows' was not provided"),
    "kind": ("{{ doc.title|percent }}", "line 1 has a fault: bad operand"),
    "zero": ("{{ 1 / 0 }}", "line 1 has a fault: division by zero"),
}


def _put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(("name", "text", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_before_any_work(tmp_path: Path, name: str, text: str | bytes, words: str) -> None:
    path = _put(tmp_path, name, text)
    with pytest.raises(ReportgenError) as error:
        refuse_faulty(tmp_path)
    assert str(path) in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(("text", "words"), LATER.values(), ids=LATER)
def test_a_mistake_that_shows_later_is_said_as_well(tmp_path: Path, text: str, words: str) -> None:
    path = _put(tmp_path, "section/faq.html.j2", text)
    refuse_faulty(tmp_path)
    with pytest.raises(ReportgenError) as error:
        to_html(regression(), "en", tmp_path)
    assert str(error.value).startswith(f"the template {path}, {words}")


def test_the_command_ends_with_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    report = _put(tmp_path, "report.json", to_json(regression()))
    look = tmp_path / "look"
    path = _put(look, "section/faq.html.j2", "{{ doc.titel }}")
    run = reportgen("render", str(report), "--templates", str(look), "--out", str(tmp_path / "out"))
    assert (run.status, run.out) == (2, "")
    assert run.err == (
        f"reportgen: the template {path}, line 1 has a fault: a Document has no 'titel'; did you mean 'title'?\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "iris", "--dry-run"),
        ("compare", "none.json", "none.json"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_stops_before_it_reads_a_table(tmp_path: Path, words: tuple[str, ...]) -> None:
    look = _put(tmp_path, "look/section/faq.html.j2", "{% if %}").parents[1]
    run = reportgen(*words, "--templates", str(look), "--out", str(tmp_path / "out"))
    assert (run.status, run.err.count("\n")) == (2, 1)
    assert "section/faq.html.j2, line 1 has a fault" in run.err
    assert not (tmp_path / "out").exists()


def test_a_page_of_ones_own_sees_the_macros_without_importing_them(tmp_path: Path) -> None:
    _put(tmp_path, "report.html.j2", '{{ v.level("sound") }}{{ m.note(doc.title) }}{% include "style/own.css" %}')
    assert to_html(regression(), "en", tmp_path) == 'Sound<p class="note">Audit of houses</p>\n'


def test_ours_can_be_added_to(tmp_path: Path) -> None:
    _put(tmp_path, "section/faq.html.j2", '{% include "reportgen/section/faq.html.j2" %}<p>ADDED</p>')
    _put(
        tmp_path,
        "report.html.j2",
        '{% extends "reportgen/report.html.j2" %}{% block after %}<p>AFTER</p>{% endblock %}',
    )
    refuse_faulty(tmp_path)
    page = to_html(regression(), "en", tmp_path)
    without = page.replace("<p>ADDED</p>", "").replace("<p>AFTER</p>", "")
    assert page.count("<p>ADDED</p>") == page.count("<p>AFTER</p>") == 1
    assert without.split() == to_html(regression(), "en").split()


def test_one_block_of_a_finding_can_be_replaced(tmp_path: Path) -> None:
    finding = binary().findings[0]
    ours = f'{{% extends "reportgen/finding/{finding.code}.j2" %}}'
    _put(tmp_path, f"finding/{finding.code}.j2", ours + "{% block advice %}Ask Ada. {{ super() }}{% endblock %}")
    title, message, advice = explain(finding, "en")
    assert explain(finding, "en", tmp_path) == (title, message, f"Ask Ada. {advice}")


def test_a_finding_that_lacks_a_block_is_named(tmp_path: Path) -> None:
    finding = binary().findings[0]
    _put(tmp_path, f"finding/{finding.code}.j2", "{% block title %}x{% endblock %}")
    with pytest.raises(ReportgenError, match=r"has no block 'message'; a finding's template has the blocks"):
        explain(finding, "en", tmp_path)


def test_sentences_of_ones_own_are_translated(tmp_path: Path) -> None:
    _put(tmp_path, "report.html.j2", '{{ _("Ask Ada") }} {{ _("Findings") }}')
    _put(tmp_path, "locale/zh.po", 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Ask Ada"\n'
         'msgstr "问爱达"\n')  # fmt: skip
    assert to_html(regression(), "zh", tmp_path) == "问爱达 审计发现\n"


def test_a_file_that_is_no_template_is_left_alone(tmp_path: Path) -> None:
    _put(tmp_path, "README.md", "{% if")
    _put(tmp_path, ".git/hooks/x.css", "{% if")
    refuse_faulty(tmp_path)
