"""What the page says of promises, of thresholds and of the parts of the Brier score."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.conformal import Conformal, Kept, Promise
from reportgen.records.network import Metric
from reportgen.records.thresholds import Threshold, Thresholds
from reportgen.render import to_html
from tests.samples import binary, regression


def _page(document: Document, lang: str = "en") -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document, lang))).split())


def _kept(of: str, name: str = "", share: float = 0.9, p_value: float = 0.6) -> Kept:
    return Kept(
        of=of, name=name, n=60, kept=54, share=share, low=share - 0.1, high=share + 0.05, p_value=p_value, size=1.3
    )


def _promised(p_value: float = 0.6, part: float = 0.5, share: float = 0.9) -> Document:
    lead = Promise(
        promised=0.9,
        rule="one_threshold",
        rows=60,
        thresholds=(0.7,),
        all=_kept("all", p_value=p_value),
        long_run_low=0.81,
        long_run_high=0.96,
        size_low=1.2,
        size_high=1.4,
        single=0.7,
        empty=0.05,
        several=0.25,
        parts=(_kept("class", "no"), _kept("class", "<b>yes</b>", share=share, p_value=part)),
    )
    return binary().model_copy(update={"conformal": Conformal(about="classes", promises=(lead,), n=60, method="m")})


def test_a_promise_is_said_first_and_its_evidence_after() -> None:
    page = _page(_promised())
    assert "a set of classes that holds the true one in 90% of cases" in page
    assert "names exactly one class for 70.0% of the test rows, several for 25.0% and none for 5.0%" in page
    assert "within chance (p = 0.60)" in page
    assert "keeps between 81.0% and 96.0% in the long run" in page
    assert "承诺" in _page(_promised(), "zh")


def test_a_broken_promise_is_called_broken() -> None:
    assert "do not rely on the promise" in _page(_promised(p_value=0.001))
    assert "broken, beyond chance: <b>yes</b>." in _page(_promised(part=0.002, share=0.6))
    assert "a hint and no proof yet" in _page(_promised(part=0.2, share=0.8))
    assert "a hint and no proof yet" not in _page(_promised())


def test_a_range_is_told_in_the_units_of_the_target() -> None:
    lead = Promise(
        promised=0.9,
        rule="fixed_width",
        rows=60,
        thresholds=(1.0,),
        all=_kept("all"),
        long_run_low=0.8,
        long_run_high=0.9,
    )
    document = regression()
    found = Conformal(
        about="number", promises=(lead,), n=60, method="m", helps=0.1, helps_p=0.4, width_ratio=1.2, spread_rows=90
    )
    page = _page(document.model_copy(update={"conformal": found}))
    assert "the range has to be 1.3 wide on average here" in page
    assert (
        "would be no better: 1.2 times as wide on average (rank correlation of foretold and actual errors 0.1" in page
    )


def _metric(name: str, value: float, low: float | None = None, high: float | None = None) -> Metric:
    return Metric(name=name, split="test", value=value, low=low, high=high, n=60, method="Wilson score")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.3, "it saves 0.20 a row against one half"),
        (-0.3, -0.1, "keep one half"),
        (-0.1, 0.3, "holds zero"),
        (None, None, "too few rows otherwise"),
    ],
)
def test_the_chosen_line_is_judged_in_words(low, high, words) -> None:
    names = ("flagged", "precision", "recall", "specificity", "f1", "cost")
    rows = tuple(
        Threshold(threshold=at, metrics=tuple(_metric(name, 0.5, 0.4, 0.6) for name in names))
        for at in (0.1, 0.5, 0.237)
    )
    value = -0.2 if high is not None and high < 0 else 0.2
    found = Thresholds(
        positive="<b>yes</b>",
        rows=rows[:2],
        chosen=rows[2],
        aim="cost",
        validation_rows=60,
        gain=_metric("cost", value, low, high),
        false_positive=1.0,
        false_negative=5.0,
    )
    page = _page(binary().model_copy(update={"thresholds": found}))
    assert words in page
    assert "(1 for a false alarm, 5 for one that is missed) the line at 0.237 costs least on the 60 validation" in page
    assert "0.237 (chosen)" in page


def test_the_parts_of_the_brier_score_make_it() -> None:
    parts = (
        _metric("reliability", 0.01, 0.0, 0.03),
        _metric("resolution", 0.09, 0.05, 0.12),
        _metric("uncertainty", 0.2, 0.18, 0.22),
        _metric("grouping", -0.002),
    )
    document = binary()
    calibration = document.calibration.model_copy(update={"brier": parts})
    page = _page(document.model_copy(update={"calibration": calibration}))
    assert "0.1180 = uncertainty − resolution + reliability + rest (60 test rows)" in page
    few = _page(document.model_copy(update={"calibration": calibration.model_copy(update={"brier": ()})}))
    assert "The Brier score is not taken apart" in few
    assert "The Brier score is not taken apart" not in _page(document)
