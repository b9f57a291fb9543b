"""The widths of a table's columns on paper."""

from markupsafe import Markup

from reportgen.render.columns import column_widths
from reportgen.render.words import alike
from tests.samples import binary


def _shares(widths: list[str]) -> list[float]:
    return [float(width.removesuffix("%")) for width in widths]


def test_shares_fill_the_table_or_its_half() -> None:
    rows = [("petal width (cm)", "0.72 (0.10 to 0.93)"), ("sepal", "1")]
    assert abs(sum(_shares(column_widths(("Column", "Value"), rows, (1,)))) - 100) < 0.1
    assert abs(sum(_shares(column_widths(("Column", "Value"), rows, (1,), 2))) - 50) < 0.1


def test_a_number_keeps_its_line_beside_a_long_text() -> None:
    text, number = _shares(column_widths(("What", "Value"), [("word " * 60, "97.8% (92.3% to 99.4%)")], (1,)))
    assert text > number > 100 * 22 / 117


def test_chinese_letters_count_twice_and_a_brief_heading_is_never_broken() -> None:
    wide = _shares(column_widths(("重复行的数量", "说明"), [("1", "长" * 300)], (0,)))[0]
    assert wide > 100 * 12 / 117


def test_markup_has_no_width_but_a_picture_has() -> None:
    plain = column_widths(("a", "b"), [(Markup('<span class="x">ab</span>'), "cd")], ())
    assert plain == column_widths(("a", "b"), [("ab", "cd")], ())
    picture = Markup('<img src="data:image/svg+xml;base64,AAAA" alt="">')
    pictured = _shares(column_widths(("a", "b"), [(picture, "cd")], ()))
    assert pictured[0] > pictured[1]


def test_findings_of_one_code_stand_together_and_a_waived_one_alone() -> None:
    first = binary().findings[0]
    other = first.model_copy(update={"columns": ("age",)})
    waived = first.model_copy(update={"waived": "known"})
    assert alike((first, other)) == [[first, other]]
    assert alike((first, waived, other)) == [[first, other], [waived]]
