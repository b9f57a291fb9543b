"""The parts of a page, each against what it must look like."""

from markupsafe import Markup

from reportgen.render.anchors import Anchors
from reportgen.render.html import Words
from reportgen.render.outline import Count, Entry, outlined
from reportgen.render.words import environment
from tests.samples import binary

HEAD = '{% autoescape true %}{% import "part/macros.html.j2" as m with context %}'


def _shown(source: str, **facts: object) -> str:
    """What a piece of template makes of the macros, its white space evened out."""
    document = binary()
    given = {"doc": document, "anchor": Anchors(document.findings), "paper": False, "count": Count()}
    given |= {"words": lambda f: Words("T", f.message, f.advice)}
    text = environment("en").from_string(HEAD + source + "{% endautoescape %}").render(**(given | facts))
    return " ".join(text.split()).replace("> <", "><")


def test_a_table_has_headings_for_columns_and_rows() -> None:
    assert _shown('{{ m.table(("a", "b"), (("<x>", 1), ("y", none)), "C", numeric=(1,)) }}') == (
        '<div class="table"><div class="scroll" tabindex="0" role="group" aria-label="Table 1"><table>'
        '<caption><span class="label">Table 1</span> C</caption>'
        '<thead><tr><th scope="col" class="brief">a</th><th scope="col" class="n brief">b</th></tr></thead><tbody>'
        '<tr><th scope="row">&lt;x&gt;</th><td class="n">1</td></tr>'
        '<tr><th scope="row">y</th><td class="n">–</td></tr></tbody></table></div></div>'
    )


def test_a_long_table_says_what_it_leaves_out() -> None:
    text = _shown('{{ m.table(("a",), rows, "C") }}', rows=[(k,) for k in range(300)], paper=True)
    assert text.count('<th scope="row">') == 40
    assert "Shown are the first 40 of 300 rows; report.json holds them all." in text


def test_a_table_of_the_first_rows_says_how_many_there_are_and_which_file_has_them() -> None:
    text = _shown('{{ m.table(("a",), rows, "C", all=2000, whole="columns") }}', rows=[(k,) for k in range(200)])
    assert text.count('<th scope="row">') == 200
    assert "The first 200 of 2000 rows, and 1800 more: all in report.json and in tables/columns.csv." in text


def test_figures_are_numbered_and_spoken() -> None:
    text = _shown('{{ m.figure("<svg/>", "an <alt>", "one") }}{{ m.figure("<svg/>", "x", "two") }}', paper=True)
    assert text.startswith(
        '<figure><div class="card"><img class="chart" src="data:image/svg+xml;base64,PHN2Zy8+" '
        'alt="an &lt;alt&gt;"></div>'
        '<figcaption><span class="label">Figure 1</span> one</figcaption></figure>'
    )
    assert "Figure 2" in text


def test_both_ends_of_an_interval_or_none() -> None:
    assert _shown("{{ m.range(none, none) }}") == "–"
    assert _shown('{{ m.range(0.1, 0.2, "roc_auc") }}') == "0.100 to 0.200"


def test_a_finding_says_what_and_what_to_do() -> None:
    text = _shown("{{ m.finding(doc.findings[0]) }}")
    assert text == (
        '<div class="finding warning" id="finding-class_imbalance-outcome">'
        '<p class="title"><span class="badge warning">'
        '<span aria-hidden="true">◆</span> warning</span> T</p>'
        "<p>Only 25% of the rows are of class &lt;b&gt;yes&lt;/b&gt;.</p>"
        "<p><strong>What to do:</strong> Judge the model by balanced accuracy and by the recall of the rare class.</p>"
        '<p class="small">Columns: outcome. <a href="#background">Evidence: section 1.</a>'
        "<code>class_imbalance</code></p></div>"
    )


def test_a_long_name_in_a_cell_can_break_and_loses_its_middle() -> None:
    text = _shown("{{ name|cell }}", name="x" * 300)
    assert len(text.replace("<wbr>", "")) == 80
    assert max(len(piece) for piece in text.split("<wbr>")) <= 30


def test_unknown_codes_are_words_too() -> None:
    assert _shown('{% import "part/vocabulary.html.j2" as v with context %}{{ v.measure("some_new_measure") }}') == (
        "some new measure"
    )


def test_a_sentence_without_facts_may_hold_a_percent_sign() -> None:
    assert _shown('{{ _("95% interval") }} {{ _("95%% of %(x)s", x="<") }}') == "95% interval 95% of &lt;"


def test_headings_get_anchors_and_make_the_contents() -> None:
    body, entries = outlined(Markup('<section id="s"><h2>A</h2><h3 id="own">B &amp; b</h3><h3>C</h3></section>'))
    assert body == '<section id="s"><h2 id="s-title">A</h2><h3 id="own">B &amp; b</h3><h3 id="s-2">C</h3></section>'
    assert entries == (
        Entry(2, "s-title", Markup("A")),
        Entry(3, "own", Markup("B &amp; b")),
        Entry(3, "s-2", Markup("C")),
    )
