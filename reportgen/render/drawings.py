"""The charts as templates call them: plain words go in, and a chart that was drawn once is not drawn again."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from reportgen import charts
from reportgen.charts.style import Area, Told
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
    """A chart for a page, with the areas in it that tell numbers."""

    spots: tuple[Area, ...] = ()


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


def spots(picture: object, written: Callable[..., str], translated: Callable[[str], str]) -> Markup:
    """The areas of a picture that tell their numbers to who points at them, with or without a script.

    `written` writes a number with its interval as far as it has one. Each area says where its number stands, for the
    script, since that need not be its middle.
    """
    found = "".join(_area(one, written, translated) for one in getattr(picture, "spots", ()))
    return Markup(f'<g class="spots" fill="none" pointer-events="all">{found}</g>') if found else Markup("")  # noqa: S704 - what goes in is escaped


def _area(one: Area, written: Callable[..., str], translated: Callable[[str], str]) -> str:
    words = translated("; ").join(_said(told, written, translated) for told in one.told)
    return f'<path data-at="{one.across:g} {one.down:g}" d="{one.path}"><title>{escape(visible(words))}</title></path>'


def _said(told: Told, written: Callable[..., str], translated: Callable[[str], str]) -> str:
    """A label, and its number with as many digits as the interval supports."""
    label, value, low, high = told
    if value is None and (low is None or high is None):
        return elided(label, LONGEST)
    if isinstance(value, str):
        number = elided(value, LONGEST)
    elif value is not None:
        number = written(value, low, high)
    else:
        number = translated("%(low)s to %(high)s") % {
            "low": written(low, None, None),
            "high": written(high, None, None),
        }
    return translated("%(label)s: %(share)s") % {"label": elided(label, LONGEST), "share": number}


def _plain(value: Any) -> Any:  # noqa: ANN401 - it walks through arguments of any type
    """Turn words that were escaped for the page back into the letters a chart draws."""
    if isinstance(value, Markup):
        return " ".join(value.unescape().split())
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_plain(item) for item in value)
    return value
