"""The smallest change that would turn an answer: one value or two, taken from training rows, and asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats, Part, Subject
from reportgen.evidence.menu import Menu
from reportgen.evidence.values import as_short_text, as_text
from reportgen.records.rows import Changed, Turn

PAIRED, PAIRED_VALUES = 12, 12
"""Features that are tried in pairs, those that move the answer most alone, and values of each."""
MOST_HITS = 400
"""Changes that turn the answer, the smallest ones, of which the first that is near enough to training rows is taken."""

SLIGHT = 0.05
"""A change that passes at most one training row in twenty makes no row strange."""


class _Change(NamedTuple):
    """Features (places in the menu) that take their values from training rows (positions)."""

    places: tuple[int, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True)
class _Tried:
    """Changes with their distances and the network's answers."""

    changes: tuple[_Change, ...]
    distance: Floats
    answers: Floats


def turns(menu: Menu, rows: Sequence[tuple[Part, int]]) -> tuple[Turn, ...]:
    """Find the smallest change that turns the answer for each row, given by its position in a part.

    Wachter, Mittelstadt and Russell (2017, Harv J Law Tech 31:841) ask for the nearest row with another answer. Here
    it differs in one value or, where none does, in two; values are those of training rows; and unless the change is
    slight the row is then no farther from training rows than test rows usually are, or than it was (Poyiadzi et al.
    2020, AIES).
    """
    searches = [_Search(menu, part, at) for part, at in rows]
    found = [search.find() for search in searches]
    turned = [search for search, one in zip(searches, found, strict=True) if one.changes]
    counts = iter(_ask_others(menu.subject, turned))
    return tuple(one.model_copy(update=next(counts)) if one.changes else one for one in found)


def _ask_others(subject: Subject, turned: Sequence["_Search"]) -> list[dict[str, Any]]:
    """Ask each network made anew about all rows at once, as they are and as they would be."""
    if not turned:
        return []
    frame = pd.concat([search.before_and_after() for search in turned], ignore_index=True)
    asked = [np.asarray(one.predict(one.encode(frame)), float) for one in subject.refits.networks if one.encode]
    return [
        search.count([(answers[2 * at], answers[2 * at + 1]) for answers in asked]) for at, search in enumerate(turned)
    ]


class _Search:
    """One row's search: single values first, pairs where none of them turns the answer."""

    def __init__(self, menu: Menu, part: Part, at: int) -> None:
        self.menu, self.subject, self.part, self.at = menu, menu.subject, part, at
        self.x = part.fresh[at]
        self.places = menu.place(part.frame.iloc[[at]])[0]
        self.first = self._ask(self.x[None, :])
        self.tried = 0

    def find(self) -> Turn:
        """Without the networks made anew."""
        singles = self._try(tuple(self._singles()))
        found = self._smallest(singles)
        if found is None:
            found = self._smallest(self._try(tuple(self._pairs(singles))))
        if found is None:
            return Turn(tried=self.tried, features=len(self.menu.changeable), margin=self.menu.margin)
        self.change = found
        return self._told(found)

    def _singles(self) -> Iterator[_Change]:
        """Every value of every feature that the network can tell from the row's own."""
        for place in self.menu.changeable:
            scale = self.menu.scales[place]
            for source in scale.choices:
                if not np.array_equal(self.subject.train.fresh[source, scale.columns], self.x[scale.columns]):
                    yield _Change((place,), (int(source),))

    def _pairs(self, singles: _Tried) -> Iterator[_Change]:
        """The values of the features that move the answer most alone: the best one, and others evenly among them."""
        gains = self._gains(singles.answers)
        by_feature: dict[int, list[int]] = {}
        for row, change in enumerate(singles.changes):
            by_feature.setdefault(change.places[0], []).append(row)
        strong = sorted(by_feature, key=lambda place: -gains[by_feature[place]].max())[:PAIRED]
        kept = {place: _spread(by_feature[place], gains) for place in sorted(strong)}
        for one, other in combinations(kept, 2):
            for left in kept[one]:
                for right in kept[other]:
                    yield _Change((one, other), (singles.changes[left].sources[0], singles.changes[right].sources[0]))

    def _gains(self, answers: Floats) -> Floats:
        """How far each answer is on the way to another one."""
        if answers.ndim == 1:
            return np.asarray(np.abs(answers - self.first[0]))
        given = int(self.first[0].argmax())
        return np.asarray(np.delete(answers, given, axis=1).max(axis=1) - answers[:, given])

    def _try(self, changes: Sequence[_Change]) -> _Tried:
        """Make changes of as many features each, all rows of one feature at once, and ask for their answers."""
        x = np.repeat(self.x[None, :], len(changes), axis=0)
        distance = np.zeros(len(changes))
        for places, sources in zip(*(np.array(ends).T for ends in zip(*changes, strict=True)), strict=True):
            for place in np.unique(places):
                rows, scale = np.flatnonzero(places == place), self.menu.scales[place]
                x[np.ix_(rows, scale.columns)] = self.subject.train.fresh[np.ix_(sources[rows], scale.columns)]
                distance[rows] += scale.apart(self.places[place], scale.train[sources[rows]])
        self.tried += len(changes)
        return _Tried(tuple(changes), distance, self._ask(x) if len(x) else self.first[:0])

    def _ask(self, x: Floats) -> Floats:
        return np.asarray(self.subject.predict(x), dtype=np.float64)

    def _turned(self, answers: Floats) -> npt.NDArray[np.bool_]:
        if answers.ndim == 1:
            return np.asarray(np.abs(answers - self.first[0]) > (self.menu.margin or 0.0))
        return np.asarray(answers.argmax(axis=1) != self.first[0].argmax())

    def _smallest(self, tried: _Tried) -> _Change | None:
        """The nearest of those that turn the answer and leave the row as near to training rows as rows usually are."""
        hits = np.flatnonzero(self._turned(tried.answers))
        hits = hits[np.argsort(tried.distance[hits], kind="stable")][:MOST_HITS]
        if not len(hits):
            return None
        moved = np.repeat(self.places[None, :], len(hits) + 1, axis=0)
        for row, hit in enumerate(hits):
            for place, source in zip(*tried.changes[hit], strict=True):
                moved[row, place] = self.menu.scales[place].train[source]
        near = self.menu.nearest(moved)
        allowed = (near[:-1] <= max(self.menu.usual, near[-1]) + 1e-9) | (tried.distance[hits] <= SLIGHT)
        return tried.changes[hits[int(np.argmax(allowed))]] if allowed.any() else None

    def _told(self, change: _Change) -> Turn:
        """Ask once more for the row by itself."""
        tried, self.last = self.tried, self._try((change,)).answers[0]
        answer = self.last
        return Turn(
            changes=tuple(self._changed(place, source) for place, source in zip(*change, strict=True)),
            answer=self.subject.task.classes[int(answer.argmax())] if answer.ndim else as_text(float(answer)),
            probability=float(answer.max()) if answer.ndim else None,
            tried=tried,
            features=len(self.menu.changeable),
            margin=self.menu.margin,
        )

    def _changed(self, place: int, source: int) -> Changed:
        scale, train = self.menu.scales[place], self.subject.train
        return Changed(
            feature=scale.feature,
            old=as_short_text(self.part.frame[scale.feature].iloc[self.at]),
            new=as_short_text(train.frame[scale.feature].iloc[source]),
            distance=float(scale.apart(self.places[place], scale.train[source])),
        )

    def before_and_after(self) -> pd.DataFrame:
        """The row as it is and as it would be, in original values."""
        frame = self.part.frame.iloc[[self.at, self.at]].reset_index(drop=True)
        for place, source in zip(*self.change, strict=True):
            name = self.menu.scales[place].feature
            new = self.subject.train.frame[name].iloc[[source]]
            frame[name] = pd.concat([frame[name].iloc[:1], new], ignore_index=True)
        return frame

    def count(self, asked: Sequence[tuple[Floats, Floats]]) -> dict[str, Any]:
        """Count the networks that agree about the row, and of them those that the change turns as well."""
        if self.last.ndim == 0:
            own = float(self.last - self.first[0])
            moves = (own, *(float(after - before) for before, after in asked))
            turned = sum(bool(move * np.sign(own) > (self.menu.margin or 0.0)) for move in moves[1:])
            return {"networks": len(asked), "agreeing": turned, "moves": moves}
        same = [after for before, after in asked if before.argmax() == self.first[0].argmax()]
        return {"networks": len(same), "agreeing": sum(bool(one.argmax() == self.last.argmax()) for one in same)}


def _spread(rows: list[int], gains: Floats) -> list[int]:
    """At most twelve of a feature's tries: evenly spaced ones, the best among them."""
    even = [rows[at] for at in np.linspace(0, len(rows) - 1, min(PAIRED_VALUES, len(rows))).astype(int)]
    best = max(rows, key=lambda row: gains[row])
    return list(dict.fromkeys([best, *even]))[:PAIRED_VALUES]
