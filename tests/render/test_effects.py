"""Which way the answer moves: what the page says of hand-made effects."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.records.effects import Effect, EffectCurve, EffectGrid, EffectPoint, Effects, Individuals, Interaction
from reportgen.render import to_html
from tests.samples import binary, regression


def _page(document: Document) -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document))).split())


def _point(value: float, n: int, **where: object) -> EffectPoint:
    return EffectPoint(value=value, low=value - 0.05, high=value + 0.05, own=value, n=n, **where)


def _age(of: str | None, shape: str, low: float, high: float, **facts: object) -> Effect:
    points = tuple(_point(value, n, at=at) for at, value, n in ((20.0, -0.2, 0), (40.0, 0.0, 30), (60.0, 0.2, 39)))
    missing = EffectPoint(value=0.1, low=0.0, high=0.2, own=0.1, n=4)
    curve = EffectCurve(
        of=of,
        points=points,
        missing=missing,
        size=(low + high) / 2,
        low=low,
        high=high,
        own_size=0.3,
        shape=shape,
        **facts,
    )
    single = Individuals(curves=((-0.1, 0.0, 0.3),), against=0.1, low=0.05, high=0.2, tenth=-0.02, ninetieth=0.5, n=60)
    ends = {"start": 22.0, "end": 58.0, "low": 20.0, "high": 60.0}
    return Effect(feature="age", kind="number", curves=(curve,), density=(3, 1, 5), n=69, individuals=single, **ends)


def _job(of: str | None, low: float = 0.1) -> Effect:
    points = (_point(0.2, 20, label="clerk"), _point(-0.1, 30, label=None))
    curve = EffectCurve(of=of, points=points, size=0.3, low=low, high=0.5, own_size=0.25)
    return Effect(feature="job", kind="level", curves=(curve,), others=7, n=69)


def _pair(shown: bool) -> Interaction:
    ends = {"share": 0.2, "share_low": 0.1, "share_high": 0.3, "own_share": 0.2}
    return Interaction(first="age", second="job", strength=0.1, low=0.05, high=0.15, n=30, shown=shown, **ends)


GRID = EffectGrid(
    first="age",
    second="job",
    first_labels=((20.0, 40.0), (60.0,)),
    second_labels=(("clerk",), (None,)),
    values=((0.2, None), (0.5, 0.9)),
    halves=((0.05, None), (0.01, 0.1)),
    counts=((20, 2), (9, 30)),
    fewest=5,
    n=61,
)


def _effects(*features: Effect, networks: int = 5, shown: bool = True) -> Effects:
    of = features[0].curves[0].of
    pairs = (_pair(shown),) if len(features) > 1 else ()
    return Effects(
        features=features, interactions=pairs, interaction_of=of, grid=GRID, networks=networks, method="normal interval"
    )


def _with(document: Document, effects: Effects | None) -> Document:
    return document.model_copy(update={"effects": effects})


@pytest.mark.parametrize(
    ("shape", "low", "high", "words"),
    [
        ("rising", 0.2, 0.4, "goes up by 30 (20 to 40) percentage points on average"),
        ("falling", -0.4, -0.2, "goes down by 30 (20 to 40) percentage points on average"),
        ("unclear", -0.1, 0.3, "the interval holds zero, so no direction was shown"),
    ],
)
def test_a_direction_is_said_with_its_size(shape, low, high, words) -> None:
    page = _page(_with(binary(), _effects(_age("yes", shape, low, high))))
    assert words in page
    assert "from 22 to 58 (about its 10th to its 90th percentile)" in page.replace("From", "from")
    assert "along age, from 22 to 58, 10.0% (5.0% to 20.0%) of 60 rows move the other way" in page


def test_a_turn_is_said_with_its_ways() -> None:
    turning = _age("yes", "both", -0.1, 0.3, rise=(20.0, 40.0), fall=(40.0, 60.0))
    assert "both ways: up from 20 to 40, down from 40 to 60" in _page(_with(binary(), _effects(turning)))


def test_a_category_is_told_by_its_ends() -> None:
    page = _page(_with(binary(), _effects(_job("yes"))))
    assert "is highest where its value is clerk and lowest where it is missing" in page
    assert "not shown: 7." in page
    page = _page(_with(binary(), _effects(_job("yes", low=-0.1))))
    assert "No two of its values were shown to differ" in page


def test_a_number_keeps_its_own_units() -> None:
    page = _page(_with(regression(), _effects(_age(None, "rising", 0.2, 0.4))))
    assert "the prediction goes up by 0.30 (0.20 to 0.40) on average" in page


def test_a_change_that_no_row_can_make_is_explained() -> None:
    assert "no row moves as far" in _page(_with(binary(), _effects(_age("yes", "rising", 1.2, 1.4))))
    assert "no row moves as far" not in _page(_with(binary(), _effects(_age("yes", "rising", 0.2, 0.4))))


def test_what_the_band_covers_is_said() -> None:
    several, alone = (_page(_with(binary(), _effects(_age("yes", "rising", 0.2, 0.4), networks=n))) for n in (5, 1))
    assert "the mean of 5 networks made in the same way" in several
    assert "networks made anew, which may differ more, there are none" in alone


@pytest.mark.parametrize("shown", [True, False])
def test_a_pair_is_drawn_only_where_it_was_shown(shown) -> None:
    page = to_html(_with(binary(), _effects(_age("yes", "rising", 0.2, 0.4), _job("yes"), shown=shown)))
    assert ("Shaded cells: the mean answer" in page) is shown
    assert ("that much may be chance" in page) is not shown


def test_what_was_not_measured_is_said() -> None:
    assert "Which way does the answer move?" in _page(_with(binary(), None))
