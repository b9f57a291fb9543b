"""A hostile template reaches no Python, reads no file, changes no evidence and comes to an end."""

from pathlib import Path

import pytest

from reportgen.errors import RenderError
from reportgen.render import sandbox, to_html, to_json
from reportgen.render.own import refuse_faulty
from tests.samples import binary, regression

OUT_OF_REACH = {
    "classes": "{{ ''.__class__.__mro__ }}",
    "classes by filter": "{{ doc.findings|map(attribute='__class__')|first }}",
    "reading files by pydantic": "{{ doc.parse_file('/etc/passwd') }}",
    "pickle by pydantic": "{{ doc.parse_raw(x, allow_pickle=True) }}",
    "copies of a record": "{{ doc.model_copy() }}",
    "a class of records": "{{ doc.model_construct() }}",
    "globals of a function": "{{ _.__globals__ }}",
    "the function inside": "{{ words.func }}",
    "globals of Jinja's own": "{{ cycler.__init__.__globals__ }}",
    "the context": "{{ self._TemplateReference__context }}",
    "format strings": "{{ '{0.__class__}'.format(doc) }}",
    "format strings by item": "{{ 'a'['format'] }}",
    "a macro's function": "{{ m.table._func }}",
    "a list of records as text": "{{ doc.findings }}",
}

WITHOUT_END = {
    "loops in loops": "{% set r = range(99999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}",
    "calls": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "itself": "{% include 'report.html.j2' %}",
    "a macro of itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "doubling by ~": "{% set s = namespace(x='ab') %}{% for i in range(60) %}{% set s.x = s.x ~ s.x %}{% endfor %}",
    "doubling by +": "{% set s = namespace(x='ab') %}{% for i in range(60) %}{% set s.x = s.x + s.x %}{% endfor %}",
    "doubling in a block": (
        "{% set s = namespace(x='abcdefgh') %}{% for i in range(60) %}"
        "{% set y %}{{ s.x }}{{ s.x }}{% endset %}{% set s.x = y %}{% endfor %}"
    ),
    "doubling a list": "{% set x = [1] %}{% for i in range(60) %}{% do x.extend(x) %}{% set y = x + x %}{% endfor %}",
    "repeating": "{{ 'a' * 10**9 }}",
    "powers": "{{ 10**10000000 }}",
    "products": "{% set s = namespace(x=9) %}{% for i in range(60) %}{% set s.x = s.x * s.x %}{% endfor %}",
    "padding": "{{ 'a'|center(10**9) }}",
    "padding many": "{% set x = range(99999)|map('center', 9999)|list %}",
    "padding by a method": "{{ 'a'.ljust(10**9) }}",
    "padding by a pattern": "{{ '%999999999d'|format(1) }}",
    "padding by %": "{{ '%999999999d' % 1 }}",
    "padding by *": "{{ '%*d' % (999999999, 1) }}",
    "joining": "{% set x = ['a' * 1000000] * 1000 %}{{ x|join }}",
    "replacing": "{% set x = 'a' * 99999 %}{{ x|replace('a', x) }}",
    "a great range": "{{ range(10**9)|length }}",
    "much text": "{% set x = 'a' * 1000000 %}{% for i in range(999) %}{{ x }}{% endfor %}",
    "much plain text": "{% for i in range(99999) %}" + "x" * 4000 + "{% endfor %}",
}


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The turns of loops are bounded at a fiftieth, which is enough for a report and shortens the tests."""
    monkeypatch.setattr(sandbox, "TURNS", 100_000)


def _refused(folder: Path, text: str) -> str:
    (folder / "report.html.j2").write_text(text, encoding="utf-8")
    with pytest.raises(RenderError) as error:
        to_html(binary(), "en", folder)
    return str(error.value)


@pytest.mark.parametrize("text", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
def test_nothing_of_python_is_reached(tmp_path: Path, text: str) -> None:
    said = _refused(tmp_path, text)
    assert said.startswith(f"the template {tmp_path / 'report.html.j2'}, line 1 has a fault: ")
    assert "root:" not in said


@pytest.mark.parametrize("text", WITHOUT_END.values(), ids=WITHOUT_END)
def test_every_page_comes_to_an_end(tmp_path: Path, text: str) -> None:
    assert ", line 1 has a fault: " in _refused(tmp_path, text)


def test_a_page_has_no_more_than_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 0.0)
    assert "takes more than 0 seconds" in _refused(tmp_path, "{% for i in range(9999) %}{% endfor %}")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "link.css", "folder/../../secret"])
def test_no_file_outside_the_folder_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("SECRET", encoding="utf-8")
    folder = tmp_path / "look"
    folder.mkdir()
    (folder / "link.css").symlink_to(tmp_path / "secret")
    said = _refused(folder, f"{{% include {name!r} %}}")
    assert "SECRET" not in said
    assert "no template" in said or "leads out of the folder" in said


@pytest.mark.parametrize(
    "change",
    [
        "{{ doc.findings[0].evidence.update(share=0) }}",
        "{{ (doc.findings|map(attribute='evidence')|first).clear() }}",
        "{% do doc.environment.versions.pop('keras') %}",
    ],
)
def test_no_evidence_is_changed(tmp_path: Path, change: str) -> None:
    document = binary()
    before = to_json(document)
    (tmp_path / "report.html.j2").write_text(change, encoding="utf-8")
    with pytest.raises(RenderError):
        to_html(document, "en", tmp_path)
    assert to_json(document) == before


def test_a_finding_cannot_change_its_own_evidence(tmp_path: Path) -> None:
    document = binary()
    before = to_json(document)
    (tmp_path / "finding").mkdir()
    (tmp_path / "finding" / "class_imbalance.j2").write_text(
        '{% extends "reportgen/finding/class_imbalance.j2" %}'
        "{% block advice %}{% do evidence.clear() %}x{% endblock %}",
        encoding="utf-8",
    )
    to_html(document, "en", tmp_path)
    assert to_json(document) == before


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ('<img src="https://example.org/x.png">', "https://example.org/x.png"),
        ('<img src="x.png">', "x.png"),
        ("<link rel=stylesheet href=x.css>", "<link>"),
        ("<style>@import 'x.css';</style>", "@import"),
        ("<style>a { background: url( 'https://example.org' ) }</style>", "url("),
        ('<p style="background: url(//example.org)">x</p>', "url("),
        ('<svg><use href="x.svg#a"/></svg>', "x.svg#a"),
        ('<meta http-equiv="refresh" content="0; url=https://example.org">', "refresh"),
        ("<iframe srcdoc=x></iframe>", "<iframe>"),
    ],
)
def test_a_page_that_would_load_something_is_refused(tmp_path: Path, markup: str, what: str) -> None:
    said = _refused(tmp_path, markup)
    assert "a page that would load" in said
    assert what in said


def test_a_script_needs_a_policy(tmp_path: Path) -> None:
    assert "Content-Security-Policy" in _refused(tmp_path, "<script>fetch('x')</script>")
    assert "Content-Security-Policy" in _refused(tmp_path, "<p onclick=x>x</p>")


def test_what_loads_nothing_is_left_alone(tmp_path: Path) -> None:
    text = (
        '<a href="https://example.org">x</a><img src="data:,"><style>a { fill: url("#b") }</style><p>url(x) @import</p>'
        '<link rel="attachment" href="data:,x">'
    )
    (tmp_path / "report.html.j2").write_text(text, encoding="utf-8")
    assert to_html(regression(), "en", tmp_path) == text + "\n"


def test_ours_are_the_same_in_the_sandbox(tmp_path: Path) -> None:
    refuse_faulty(tmp_path)
    assert to_html(binary(), "en", tmp_path) == to_html(binary(), "en")
