"""The charts as templates call them: plain words go in, and a chart that was drawn once is not drawn again."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from reportgen import charts

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
MOST = 256  # some four reports' worth of charts; more would only fill memory in a batch

_drawn: dict[str, Markup] = {}


def drawings() -> dict[str, Callable[..., Markup]]:
    """Every kind of chart by its name."""
    return {name: _remembering(name, getattr(charts, name)) for name in NAMES}


def _remembering(name: str, draw: Callable[..., str]) -> Callable[..., Markup]:
    def drawing(*args: Any, **words: Any) -> Markup:  # noqa: ANN401 - every chart has arguments of its own
        key = repr((name, args, words))
        if key not in _drawn:
            if len(_drawn) >= MOST:
                _drawn.clear()
            _drawn[key] = Markup(draw(*_plain(args), **_plain(words)))  # noqa: S704 - charts escape what they write
        return _drawn[key]

    return drawing


def _plain(value: Any) -> Any:  # noqa: ANN401 - it walks through arguments of any type
    """Turn words that were escaped for the page back into the letters a chart draws."""
    if isinstance(value, Markup):
        return " ".join(value.unescape().split())
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    return value
