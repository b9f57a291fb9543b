"""The charts as templates call them: plain words go in, and a chart that was drawn once is not drawn again."""

import json
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from reportgen import charts
from reportgen.charts.style import Spot
from reportgen.render.plain import elided, visible

NAMES = (
    "bars",
    "effects",
    "grid",
    "heatmap",
    "histogram",
    "lines",
    "pie",
    "ranges",
    "reliability",
    "scatter",
    "share_heatmap",
    "strips",
    "tree",
)
LONGEST = 60
MOST = 256  # some four reports' worth of charts; more would only fill memory in a batch


class Picture(Markup):
    """A chart for a page, with the numbers that stand in it."""

    spots: tuple[Spot, ...] = ()


_drawn: dict[str, Picture] = {}


def drawings() -> dict[str, Callable[..., Markup]]:
    """Every kind of chart by its name."""
    return {name: _remembering(name, getattr(charts, name)) for name in NAMES}


def _remembering(name: str, draw: Callable[..., str]) -> Callable[..., Markup]:
    def drawing(*args: Any, **words: Any) -> Markup:  # noqa: ANN401 - every chart has arguments of its own
        key = repr((name, args, words))
        if key not in _drawn:
            if len(_drawn) >= MOST:
                _drawn.clear()
            _drawn[key] = _picture(draw(*_plain(args), **_plain(words)))
        return _drawn[key]

    return drawing


def _picture(drawn: str) -> Picture:
    picture = Picture(drawn)
    picture.spots = getattr(drawn, "spots", ())
    return picture


def spots(picture: object) -> Markup:
    """The attribute of an image that tells a script where its numbers stand; none where it has none."""
    found = [
        (one.across, one.down, visible(elided(one.label, LONGEST)), *(_rounded(end) for end in one[3:]))
        for one in getattr(picture, "spots", ())
    ]
    return (
        Markup(' data-spots="{}"').format(json.dumps(found, separators=(",", ":"), ensure_ascii=False))
        if found
        else Markup("")
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _plain(value: Any) -> Any:  # noqa: ANN401 - it walks through arguments of any type
    """Turn words that were escaped for the page back into the letters a chart draws."""
    if isinstance(value, Markup):
        return " ".join(value.unescape().split())
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    return value
