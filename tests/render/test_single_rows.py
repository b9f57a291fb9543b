"""Single rows on the page: what counts, how sure that is, and what would turn the answer."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.rows import Changed, Share, SingleRow, Turn
from reportgen.render import to_html
from tests.samples import binary, regression

AGE = Changed(feature="age", old="37", new="41", distance=0.1)
PAY = Changed(feature="pay<b>", old="", new="high", distance=1.0)


def _row(turn: Turn | None = None, **facts: object) -> SingleRow:
    made = {
        "why": "wrong",
        "row": 44,
        "part": "test",
        "actual": "no",
        "predicted": "yes",
        "probability": 0.9,
        "output": 0.9,
        "base": 0.4,
        "shares": (
            Share(feature="age", value="37", contribution=0.4, low=0.2, high=0.6),
            Share(feature="pay<b>", value="", contribution=0.1, low=-0.05, high=0.2),
        ),
        "background": 128,
        "networks": 5,
        "covers": ("split", "seed"),
        "method": "",
        "agrees": True,
        "turn": turn,
    }
    return SingleRow.model_validate(made | facts)


def _page(document: Document, *rows: SingleRow, lang: str = "en") -> str:
    shown = to_html(document.model_copy(update={"single_rows": rows}), lang)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_what_counts_most_is_said_with_its_limits() -> None:
    page = _page(binary(), _row())
    assert "What counts most is age = 37, which moves the answer by +40.0 percentage points" in page
    assert "(95% limits +20.0 to +60.0)" in page
    assert "40.0% is the mean for training rows, 90.0% the answer here" in page
    assert "names the same column first in 1 of 1 rows" in page
    assert "cover other splits and other starts and the error of sampling" in page


def test_a_share_whose_direction_is_open_is_not_to_be_built_on() -> None:
    open_share = Share(feature="age", value="", contribution=0.1, low=-0.2, high=0.6)
    page = _page(binary(), _row(shares=(open_share,), networks=1, covers=()))
    assert "What counts most is age = (missing), which moves the answer by +10.0 percentage points. Do not" in page
    assert "from −20.0 to +60.0, so that even its direction is open" in page
    assert "they cover the error of sampling alone" in page


def test_a_row_that_was_learnt_from_is_marked() -> None:
    assert "The network has seen this row (it is one of the training rows)" in _page(binary(), _row(part="train"))
    assert "has seen this row" not in _page(binary(), _row())


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (
            Turn(changes=(AGE,), answer="no", probability=0.6, tried=9, features=2, networks=4, agreeing=3),
            "With age 41 instead of 37 the answer would have been no (stated probability 60.0%). Networks made anew "
            "that give this row the same answer: 4; the same change turns 3 of them.",
        ),
        (
            Turn(changes=(AGE, PAY), answer="no", probability=0.6, tried=9, features=2),
            "With age 41 instead of 37 and pay<b> high instead of (missing) the answer would have been no (stated "
            "probability 60.0%). No network made anew gives this row the same answer in the first place",
        ),
        (Turn(tried=5812, features=12), "None of 5812 changes of one or two values that were tried turns the answer"),
        (Turn(tried=0, features=0), "every column is protected or immutable"),
    ],
)
def test_what_would_turn_the_answer_is_one_sentence(turn: Turn, words: str) -> None:
    page = _page(binary(), _row(turn))
    assert words in page
    assert "Such a change is about the model, not about the world" in page


def test_a_number_is_moved_beyond_the_error() -> None:
    turn = Turn(
        changes=(AGE,),
        answer="154.5",
        tried=9,
        features=2,
        networks=2,
        agreeing=1,
        margin=41.0,
        moves=(43.0, 20.5, 50.0),
    )
    page = _page(regression(), _row(turn, probability=None, output=111.6, base=149.5))
    assert "With age 41 instead of 37 the prediction would have been 154.5, a change of more than" in page
    assert "It moves this network by +43, and the 2 networks made anew by +20.5 to +50." in page


def test_every_sentence_is_chinese_in_chinese() -> None:
    page = _page(binary(), _row(Turn(changes=(AGE,), answer="no", probability=0.6, tried=9, features=2)), lang="zh")
    assert "假如“age”是 41 而不是 37，答案就会是“no”" in page
    assert "networks made anew" not in page


def test_a_report_without_them_shows_integrated_gradients() -> None:
    page = _page(binary())
    assert "Integrated gradients share out the difference" in page
