"""Changed inputs and the learning curve: what the page says of them."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.base import Skipped
from reportgen.records.learning_curve import CurvePoint, LearningCurve
from reportgen.records.robustness import Churn, Robustness, Trial
from reportgen.render import to_html, to_json
from tests.samples import binary, regression


def _page(document: Document, lang: str = "en") -> str:
    """The words of the page, without its tags."""
    return " ".join(
        html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", to_html(document, lang)))).split()
    )


def _trial(kind, feature=None, amount=None, change=-0.02, p=None, flips=0.05, learnt=None):
    return Trial(
        kind=kind,
        feature=feature,
        amount=amount,
        draws=30 if kind == "noise" else 1,
        change=change,
        low=change - 0.03,
        high=change + 0.015,
        p_value=p,
        flips=flips,
        flips_low=flips / 2,
        flips_high=flips * 2,
        n=150,
        learnt=learnt,
    )


NOISES = tuple(_trial("noise", amount=amount) for amount in (0.05, 0.1, 0.2))
MISSING = (
    _trial("missing", "age", change=-0.01, p=0.4, learnt=True),
    _trial("missing", "pay", change=-0.2, p=0.001, flips=0.25, learnt=False),
)
SHIFTS = (_trial("shift", "age", -0.5, p=0.5, flips=0.02), _trial("shift", "age", 0.5, p=0.5, flips=0.08))
TURNED = Robustness(
    measure="accuracy",
    value=0.9,
    n=150,
    networks=5,
    method="Bonett-Price limits; exact McNemar test, Holm over the columns",
    trials=(*NOISES, *MISSING, *SHIFTS),
    churn=Churn(share=0.03, low=0.01, high=0.17, n=30, networks=1, covers="seed"),
)


def _point(rows, value):
    return CurvePoint(rows=rows, value=value, low=value - 0.03, high=value + 0.03, values=(value, value))


def _curve(verdict, low, high):
    return LearningCurve(
        measure="accuracy",
        points=(_point(22, 0.8), _point(45, 0.85), _point(90, 0.9)),
        ahead=CurvePoint(rows=180, value=0.93, low=0.88, high=0.97),
        gain=(low + high) / 2,
        gain_low=low,
        gain_high=high,
        margin=0.01,
        verdict=verdict,
        n=30,
        draws=2,
        method="bootstrap, 2,000 resamples of test rows, with the spread between draws; inverse power law",
    )


def _with(**evidence) -> Document:
    return binary().model_copy(update=evidence)


def test_what_hurts_is_named_and_what_cannot_be_told_is_not() -> None:
    page = _page(_with(robustness=TURNED))
    assert "150 rows, 5 networks, the reported one among them" in page
    assert "answers 5.0% of the rows differently (95% interval 2.5% to 10.0%)" in page
    assert "worse for 1 of 2 columns (p below 0.05 after Holm's correction): pay." in page
    assert "without pay: −20.0 percentage points" in page
    assert "age moved by +0.5 deviations turns the most answers: 8.0%" in page
    assert "picked as the largest of 2" in page
    assert "For 1 of 2 columns the training rows taught nothing of missing values" in page
    assert "answers 3.0% of the test rows otherwise (95% interval 1.0% to 17.0%" in page
    assert "pay 0.001 25.0% (12.5% to 50.0%) – –" in page


def test_nothing_shown_is_said_to_be_nothing_shown() -> None:
    harmless = TURNED.model_copy(
        update={"trials": (*NOISES, MISSING[0]), "churn": None, "networks": 1, "measure": "r2", "tolerance": 12.5}
    )
    page = _page(regression().model_copy(update={"robustness": harmless}))
    assert "of the 1 columns none is shown to be one that the network cannot do without" in page
    assert "how many answers turn with the seed cannot be told" in page
    assert "It was asked about 150 test rows." in page
    assert "and is said to turn, when it moves by more than 12.5" in page
    assert "turns the most answers" not in page


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("enough", -0.004, 0.006, "Yes, for this network: more rows of the same kind would hardly help."),
        ("more", 0.01, 0.05, "No: more rows of the same kind would help."),
        ("unsure", -0.02, 0.05, "That cannot be told from these test rows"),
    ],
)
def test_a_reader_is_told_whether_there_are_enough_rows(verdict, low, high, words) -> None:
    page = _page(_with(learning_curve=_curve(verdict, low, high)))
    assert words in page
    assert "With twice the training rows (180 for 90), accuracy would be expected at 93.0%" in page
    assert "(95% interval 88.0% to 97.0%)" in page
    others = {"Yes, for this", "No: more rows", "That cannot be told from these"} - {words[:13]}
    assert sum(other in page for other in others) <= 1


def test_what_was_not_made_says_why() -> None:
    skipped = (
        Skipped(analysis="robustness", reason="no_spread_on_test_rows"),
        Skipped(analysis="learning_curve", reason="too_large_for_learning_curve"),
    )
    page = _page(_with(skipped=skipped))
    assert "networks that learn fewer rows would cost too much within this budget" in page
    assert "the target has one value only among the test rows" in page


def test_it_survives_json_and_is_said_in_chinese() -> None:
    document = _with(robustness=TURNED, learning_curve=_curve("more", 0.01, 0.05))
    assert Document.model_validate_json(to_json(document)) == document
    page = _page(document, "zh")
    assert "行数够用吗？" in page
    assert "不够：更多同类的行会有帮助。" in page
    assert "缺少 pay 时损失最大" in page
