"""Names of columns and classes cut short so that different ones still look different."""

from collections.abc import Iterable
from functools import cache

from reportgen.charts.words import told_apart
from reportgen.render.plain import elided


class ShortNames:
    """Cuts the names of one report; of those that would lose the same middle each goes on where they part."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._apart = cache(self._alike)

    def __call__(self, text: object, length: int = 60) -> str:
        """The text, what is longer than that without its middle; the name of a column or a class as no other is cut."""
        whole = str(text)
        return whole if len(whole) <= length else self._apart(length).get(whole) or elided(whole, length)

    def _alike(self, length: int) -> dict[str, str]:
        """The names that cannot be told apart when their middle is gone, as they are cut instead."""
        ways: dict[str, list[str]] = {}
        for name in self._names:
            ways.setdefault(elided(name, length), []).append(name)
        several = [name for names in ways.values() if len(names) > 1 for name in names]
        return dict(zip(several, told_apart(several, lambda name: _ended(name, length)), strict=True))


def _ended(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"
