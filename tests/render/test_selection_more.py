"""What a ranking of single columns leaves open: what the page says of steadiness, groups, the curve and additions."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.columns import (
    Addition,
    Additions,
    CurvePoint,
    Dependence,
    FeatureGroup,
    FewColumns,
    Redundancy,
)
from reportgen.render import to_html
from tests.samples import HOSTILE, binary, regression


def _group(*columns: str, value: float = 0.9) -> FeatureGroup:
    return FeatureGroup(
        columns=columns,
        first=columns[0],
        second=columns[1],
        method="spearman",
        value=value,
        low=value - 0.05,
        high=value + 0.05,
        weakest=0.8,
        n=90,
    )


def _pairs(*groups: FeatureGroup, follows: tuple[Dependence, ...] = ()) -> Redundancy:
    return Redundancy(groups=groups, dependences=follows, pairs=6, cut=0.7, alpha=0.05, n=90, method="by hand")


def _point(k: int, score: float, worse_low: float, worse_high: float) -> CurvePoint:
    return CurvePoint(
        k=k,
        score=score,
        low=score - 0.05,
        high=score + 0.05,
        loss=0.5,
        worse=(worse_low + worse_high) / 2,
        worse_low=worse_low,
        worse_high=worse_high,
    )


def _few(enough: int | None, worse_high: float = 0.01, measure: str = "accuracy") -> FewColumns:
    points = (
        _point(0, 0.5, 0.2, 0.4),
        _point(1, 0.7, 0.05, 0.15),
        _point(2, 0.8, -0.01, worse_high),
        _point(3, 0.8, 0, 0),
    )
    loss = "log_loss" if measure == "accuracy" else "squared_error"
    return FewColumns(
        measure=measure,
        loss=loss,
        points=points,
        enough=enough,
        order=("age", "income", "tenure"),
        columns=3,
        folds=3,
        n=120,
        method="by hand",
    )


def _additions(*features: tuple[str, bool], unit: str = "log_loss") -> Additions:
    made = tuple(
        Addition(feature=name, value=0.1, low=0.05, high=0.15, p_value=0.001 if adds else 0.4, adds=adds)
        for name, adds in features
    )
    return Additions(unit=unit, features=made, alpha=0.05, repeats=5, networks=5, n=150, method="by hand")


def _page(document: Document, lang: str = "en", **found: object) -> str:
    """The words of the page with these facts added, without its tags."""
    page = to_html(document.model_copy(update=found), lang)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _summary(document: Document, **facts: object) -> dict[str, object]:
    return {"selection_summary": document.selection_summary.model_copy(update=facts), "redundancy": _pairs()}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"stability_note": "all_kept"}, "half-samples kept every column"),
        ({"stability_note": "none_kept"}, "No half-sample kept any column"),
        ({"stability": 1.0, "stability_low": 1.0, "stability_high": 1.0}, "half-samples kept the same columns."),
        ({"stability": 0.9, "stability_low": 0.8, "stability_high": 1.0}, "Yes: other rows of this kind"),
        ({"stability": 0.6, "stability_low": 0.5, "stability_high": 0.8}, "In part: some columns"),
        ({"stability": 0.2, "stability_low": 0.1, "stability_high": 0.3}, "No: on other rows of this kind"),
    ],
)
def test_steadiness_has_a_word_that_the_interval_bears_out(facts, words) -> None:
    document = binary()
    assert words in _page(document, **_summary(document, **facts))


def test_groups_are_listed_with_their_closest_two() -> None:
    follows = Dependence(given="age", column="income", measure="r2", value=1.0, low=0.9999, n=90)
    page = _page(binary(), redundancy=_pairs(_group("age", "income"), follows=(follows,)))
    assert "age and income age – income ρ = 0.900 (0.850 to 0.950) 0.800 income follows from age" in page
    assert "None: of 6 pairs no two columns are so closely linked" in _page(binary(), redundancy=_pairs())


@pytest.mark.parametrize(
    ("few", "words"),
    [
        (_few(2), "with 2 of 3 columns their accuracy is 80.0% (75.0% to 85.0%), with all of them"),
        (_few(2), "Little can be lost by it: at most 3% of what all columns gain over guessing."),
        (_few(2, worse_high=0.12), "the others may still bring up to 40% of what all columns gain"),
        (
            _few(3),
            "More than 2 of them: with the best 2 of 3 columns the prediction is shown to be worse than with all.",
        ),
        (_few(None), "That cannot be told: not even all 3 columns together are shown to beat guessing here."),
    ],
)
def test_how_few_do_is_said_with_what_could_be_lost(few, words) -> None:
    assert words in _page(binary(), few_columns=few)


def test_the_curve_is_drawn_where_there_is_something_to_gain() -> None:
    drawn = "Dots with intervals: what a small model reaches with the best columns; 2 of 3 do."
    assert drawn in to_html(binary().model_copy(update={"few_columns": _few(2)}))
    assert "Dots with intervals: what a small model" not in to_html(
        binary().model_copy(update={"few_columns": _few(None)})
    )


def test_both_questions_and_their_answers_stand_side_by_side() -> None:
    document = binary()
    kept = [one.feature for one in document.selection if one.selected]
    lost = [one.feature for one in document.selection if not one.selected]
    found = _additions((kept[0], True), (kept[1], False), (lost[0], True), (lost[1] if len(lost) > 1 else "z", False))
    page = _page(document, additions=found)
    assert "tells by itself, and adds to the others" in page
    assert "tells by itself; not shown to add to the others" in page
    assert "tells nothing by itself, but adds to the others" in page
    assert "neither is shown" in page
    assert "the chance that even one column is on it without reason is at most 5%" in page
    silent = _page(document, additions=_additions((kept[0], False)))
    assert "No column is shown to add anything to the others" in silent


def test_a_number_has_units_of_its_own() -> None:
    few, more = _few(2, measure="r2"), _additions(("x", True), unit="r2_drop")
    page = _page(regression(), few_columns=few, additions=more)
    assert "with 2 of 3 columns" in page
    assert "by the difference in squared error row by row" in page
    assert "loss in shares of the target's variance" in page


def test_hostile_names_stay_names() -> None:
    page = to_html(
        binary().model_copy(
            update={
                "redundancy": _pairs(_group(*HOSTILE)),
                "few_columns": _few(2).model_copy(update={"order": HOSTILE}),
                "additions": _additions(*((name, True) for name in HOSTILE)),
            }
        )
    )
    assert "<script>alert(1)" not in page
    assert "49" not in re.findall(r"\{\{7\*7\}\}|(?<=go together )49", page)


def test_old_reports_without_it_say_nothing() -> None:
    assert "How far can this choice be trusted?" not in _page(binary())


def test_it_speaks_chinese() -> None:
    page = _page(binary(), "zh", redundancy=_pairs(_group("age", "income")), few_columns=_few(2))
    assert "这样的取舍有多可信？" in page
    assert "多少列就够了？" in page
