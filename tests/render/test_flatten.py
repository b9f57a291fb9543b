"""Charts for paper: fewer and plainer elements, words that stay words, and the same picture."""

from itertools import pairwise
from xml.etree import ElementTree

from reportgen.charts import bars, effects, histogram, pie, ranges
from reportgen.charts.effects import Line, Panel
from reportgen.charts.formula import FORMULAS
from reportgen.render.figures import formula
from reportgen.render.flatten import flat

GLYPHS = '<defs>\n<path id="A-1" d="M 0 0 L 64 128 z" transform="scale(0.015625)"/>\n</defs>\n'
LABELS = ("petal & <width>", "花瓣长度", "x  --  y", "naïve Ελλ")


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_words_are_text_letter_by_letter_where_the_glyphs_stood() -> None:
    svg = flat(bars(LABELS, [3.0, 2.0, 1.0, 0.5], name="n", axis="value"))
    assert {"petal & <width>", "花瓣长度", "value", "x -- y"} <= set(_texts(svg))
    text = next(element for element in ElementTree.fromstring(svg).iter() if element.text == "value")
    places = [float(place) for place in text.attrib["x"].split()]
    assert len(places) == len("value")
    assert places[0] == 0
    assert all(one < other for one, other in pairwise(places))
    assert text.attrib["font-family"] == "Reportgen Sans"
    assert text.attrib["font-size"] == "8.5"
    assert "<use" not in svg


def test_a_word_of_two_faces_is_a_text_for_each() -> None:
    svg = flat(bars(["ałb"], [1.0], name="n", axis=""))
    runs = [
        (element.attrib["font-family"], element.text)
        for element in ElementTree.fromstring(svg).iter()
        if element.tag.endswith("text") and element.text in ("a", "ł", "b", "ab", "ałb")
    ]
    assert "".join(text or "" for _, text in runs) == "ałb"


def test_bold_words_stay_bold() -> None:
    svg = flat(ranges(["one", "two"], [1.0, 2.0], name="n", axis="", highlight=1))
    bold = [element.text for element in ElementTree.fromstring(svg).iter() if element.get("font-weight") == "700"]
    assert bold == ["two"]


def test_letters_that_hang_on_their_neighbours_stay_outlines() -> None:
    svg = flat(bars(["مرحبا"], [1.0], name="n", axis="value"))
    assert "value" in _texts(svg)
    assert not any("\u0600" <= letter <= "\u06ff" or letter >= "\ufb50" for text in _texts(svg) for letter in text)
    assert 'transform="scale(0.015625)" d="M' in svg


def test_formulas_are_one_path_a_word() -> None:
    svg = flat(str(formula(next(iter(FORMULAS))).svg))
    assert "<use" not in svg
    assert not _texts(svg)
    assert 'transform="scale(0.015625)" d="M' in svg


def test_glyphs_become_one_path_at_their_places() -> None:
    uses = '<use xlink:href="#A-1"/>\n<use xlink:href="#A-1" transform="translate(10 1) scale(0.5)"/>\n'
    assert flat(f'<svg>{GLYPHS}<g clip-path="url(#c)">{uses}</g></svg>') == (
        '<svg><g clip-path="url(#c)"><path transform="scale(0.015625)" '
        'd="M 0 0 L 64 128 z M 640 64 L 672 128 z"/>\n</g></svg>'
    )


def test_what_is_built_otherwise_is_left_as_it_is() -> None:
    svg = f'<svg>{GLYPHS}<use xlink:href="#A-1" x="3"/></svg>'
    assert flat(svg) == svg
    assert flat("<svg/>") == "<svg/>"


def test_marks_stand_at_their_places_in_their_own_style() -> None:
    mark = '<defs>\n<path id="m" d="M 0 0 L 0 3" style="stroke: #111111"/>\n</defs>\n'
    use = '<use xlink:href="#m" x="10" y="2.5" style="fill: #222222; stroke: #333333"/>'
    assert flat(f"<svg>{mark}<g>{use}</g></svg>") == (
        '<svg><path d="M 10.00 2.50 L 10.00 5.50" fill="#222222" stroke="#111111"/></svg>'
    )


def test_groups_that_say_nothing_go() -> None:
    assert flat('<svg><g><g/><g clip-path="url(#c)"><g><rect/></g></g></g></svg>') == (
        '<svg><g clip-path="url(#c)"><rect/></g></svg>'
    )


def test_lines_of_one_look_are_one_path_unless_they_are_seen_through() -> None:
    one, other = ('<path d="M 0 0 L 1 1" style="fill: none; stroke: #000"/>\n',) * 2
    assert flat(f"<svg>{one}{other}</svg>").count("<path") == 1
    assert flat(f"<svg>{one}{other}</svg>".replace("fill: none", "fill: none; opacity: 0.5")).count("<path") == 2
    assert flat(f"<svg>{one}{other}</svg>".replace("fill: none", "fill: #111")).count("<path") == 2


def test_small_bars_are_one_path() -> None:
    svg = flat(histogram(["a", "b"], [1, 4], name="n"))
    assert svg.count("<path") == 2  # the bars and the line below them
    assert "<rect" not in svg


def test_every_picture_has_fewer_elements_and_no_reference_left() -> None:
    line = Line("a", (0.0, 1.0), (-0.1, 0.9), (0.1, 1.1))
    for svg in (
        pie(["a", "b"], [1, 2], name="n"),
        effects([Panel("p", (0.0, 1.0), (line,), (1, 2), ((0.0, 0.5),))], name="n", y_label="y"),
    ):
        flattened = flat(svg)
        assert "<use" not in flattened
        assert len(flattened) < len(svg) / 2
        ElementTree.fromstring(flattened)
