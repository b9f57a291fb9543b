"""The pages of a comparison."""

import json

import pytest

from reportgen.comparison import compare
from reportgen.records.comparison import Comparison
from reportgen.render.compared import comparison_markdown, comparison_page, contents, sentence
from reportgen.render.words import environment, toml
from tests.comparison.reports import metric, other_data, seen, target
from tests.comparison.test_compare import changed, finding, importance, residuals, shift, wrong
from tests.render.test_html import Page
from tests.samples import HOSTILE, SAMPLES, binary, multiclass, regression

ALL = (
    other_data,
    shift,
    metric("accuracy", 0.5, 0.02),
    metric("r2", 0.2, 0.02),
    target("accuracy", "missed"),
    finding("overfit", "critical"),
    finding("unheard_of", "warning", *HOSTILE),
    finding("weak_slice", "warning", waived={"by": "me"}),
    lambda report: changed(report["settings"], budget="quick"),
    lambda report: report["dataset"]["columns"].pop(),
)


def lost(make):
    return compare(seen(make(), target("accuracy", "met"), finding("weak_slice", "warning")), seen(make(), *ALL))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", SAMPLES)
def test_a_page_is_well_formed_and_fetches_nothing(make, lang):
    for found in (lost(make), compare(seen(make()), seen(make()))):
        page = Page(comparison_page(found, lang))
        assert page.open == []
        links = [value for _, tag in page.tags for name, value in tag.items() if name in ("src", "href")]
        assert [link for link in links if not link.startswith(("data:image/svg+xml;base64,", "#"))] == []
        assert "script" not in {tag for tag, _ in page.tags}


@pytest.mark.parametrize("make", SAMPLES)
def test_a_chinese_page_has_no_english_sentence_of_ours(make):
    text = comparison_page(lost(make), "zh")
    assert "Newer" not in text
    assert "Shown" not in text


@pytest.mark.parametrize("make", SAMPLES)
def test_json_is_the_comparison_and_the_page_is_made_from_it_alone(make):
    found = lost(make)
    files = contents(found, ("html", "md", "json"))
    again = Comparison.model_validate_json(files["compare.json"])
    assert again == found
    assert comparison_page(again) == files["compare.html"]
    assert json.loads(files["compare.json"])["schema"] == "reportgen/comparison/1"


def test_markdown_says_it_in_a_page():
    found = compare(
        seen(binary(), target("accuracy", "met"), wrong(*range(11))),
        seen(binary(), target("accuracy", "missed"), metric("accuracy", 0.6333, 0.12), wrong(*range(22))),
    )
    assert comparison_markdown(found) == (
        "<!-- reportgen/comparison/1 -->\n"
        "# Comparison of two audits: &lt;script&gt;alert(1)&lt;/script&gt;\n"
        "\n"
        "**▲ Something was lost.** Targets that were met before and are missed now: accuracy. Shown to be worse on "
        "test rows: accuracy 81.7% → 63.3%. Findings: 0 came, 0 went, 2 stayed as they were.\n"
        "\n"
        "Both audits judged the very same test rows. Where the reports tell which rows went wrong, the difference is "
        "taken row by row; elsewhere it is made of the two intervals, as if the rows were others: its interval is then "
        "too wide, since both networks find much the same rows hard.\n"
        "\n"
        "| Measure | Older | Newer | Newer minus older (95% interval) | p, corrected | Result |\n"
        "|---|---:|---:|---:|---:|---|\n"
        "| Accuracy | 81.7% | 63.3% | −18.3 (−28.2 to −7.2) percentage points | 0.004 | **worse** |\n"
        "| Balanced accuracy | 74.4% | 74.4% | 0.0 (−15.6 to +15.6) percentage points | 1.00 | no difference shown |\n"
        "| Area under the ROC curve | 0.870 | 0.870 | 0.00 (−0.11 to +0.11) | 1.00 | no difference shown |\n"
        "| Log loss | 0.410 | 0.410 | 0.00 (−0.13 to +0.13) | 1.00 | no difference shown |\n"
        "\n"
        "n = 60 test rows before, 60 now; p-values are corrected over these metrics (Holm).\n"
        "\n"
        "## Targets\n"
        "\n"
        "| Target | Asked for | Was | Is | Change |\n"
        "|---|---|---|---|---|\n"
        "| accuracy | &gt;= 0.8 | met | missed | broke: met before, missed now |\n"
    )


def test_a_sentence_says_what_it_comes_to():
    old = seen(binary())
    assert sentence(compare(old, old)) == (
        "The two audits agree in everything that is compared here: the same rows, numbers, findings and settings."
    )
    assert sentence(compare(old, seen(binary(), other_data, metric("accuracy", 0.99, 0.01)))) == (
        "No target broke, and no loss is shown in the key metrics; a loss smaller than their intervals may be there "
        "all the same. Shown to be better on test rows: accuracy 81.7% → 99.0%. Findings: 0 came, 0 went, 2 stayed "
        "as they were."
    )
    assert "主要指标也未见退步" in sentence(compare(old, seen(binary(), other_data)), "zh")


def test_a_new_warning_is_no_loss_and_no_reason_for_green():
    found = compare(seen(multiclass()), seen(multiclass(), finding("overfit", "warning")))
    assert (found.level, found.alarming) == ("changed", True)
    assert "◆ No loss shown" in comparison_markdown(found)
    assert sentence(found).endswith("New, graver or no longer waived, and more than a note: Learning by heart.")
    assert 'class="verdict caution"' in comparison_page(found)
    note = compare(seen(multiclass()), seen(multiclass(), finding("overfit", "info")))
    assert 'class="verdict sound"' in comparison_page(note)


def test_an_unknown_finding_and_one_whose_facts_are_gone_keep_the_words_they_came_with():
    found = compare(
        seen(multiclass()), seen(multiclass(), finding("unheard_of", "info"), finding("weak_slice", "info"))
    )
    text = comparison_markdown(found)
    assert "**Unheard of.** m" in text
    assert "**Weak slice.** m" in text


def test_every_way_of_taking_a_difference_has_words():
    words = environment("en").get_template("part/compare_words.html.j2").module.CHANGE_METHODS
    pairs = [compare(seen(regression(), residuals(0.3, 1)), seen(regression(), residuals(0.6, 2)))]
    pairs += [compare(seen(regression(), residuals(0.3, 1)), seen(regression(), residuals(0.3, 1)))]
    pairs += [compare(seen(binary(), wrong(1)), seen(binary(), wrong(2)))]
    assert {one.method for found in pairs for one in (*found.metrics, *found.others)} - set(words) == set()


def test_many_columns_fit_a_page():
    def wide(report):
        first = report["dataset"]["columns"][0]
        report["dataset"]["columns"] = [first | {"name": f"column {k}"} for k in range(80)]

    old = seen(multiclass(), wide, importance(**{f"column {k}": k / 80 for k in range(80)}))
    new = seen(multiclass(), wide, importance(**{f"column {k}": 1 - k / 80 for k in range(80)}), other_data, shift)
    found = compare(old, new)
    assert len(found.ranks.changes) > 40
    assert len(comparison_markdown(found)) < 10_000
    assert Page(comparison_page(found)).open == []


@pytest.mark.parametrize("text", ['a"b\\c', "line\nbreak\t", "right\u202eleft", "\x7f\x00", "列"])
def test_a_string_of_toml_is_on_one_line_and_says_the_same(text):
    import tomllib

    written = toml(text)
    assert "\n" not in written
    assert tomllib.loads(f"x = {written}") == {"x": text}
