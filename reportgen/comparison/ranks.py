"""Which columns moved in the order of importance, as far as their intervals bear it out."""

from typing import Literal

from reportgen.comparison.differences import Ends, adjusted, separate, shown
from reportgen.comparison.seen import SeenImportance, SeenReport, SeenWorth
from reportgen.records.comparison import Change, Measured, RankChange, Ranks

LEADERS = 8
"""As many of the new order are shown, moved or not."""


def ranks(old: SeenReport, new: SeenReport) -> Ranks:
    """Hold the orders of importance against each other.

    A place is a place among others and moves when another column does; so a column is said to have moved only where
    the difference of its own value is borne out, adjusted (Holm) over all columns that both audits have.
    """
    before, after = _common(old, new)
    if before is None or after is None:
        return Ranks(reason="no_common_method" if old.importance and new.importance else "no_importance")
    places = {one.feature: rank for rank, one in enumerate(_ordered(before), 1)}
    earlier = {one.feature: one for one in before.features}
    both = [(rank, one) for rank, one in enumerate(_ordered(after), 1) if one.feature in earlier]
    found = adjusted([_apart(before, earlier[one.feature], after, one) for _, one in both])
    every = tuple(
        _change(places[one.feature], rank, earlier[one.feature], one, change)
        for (rank, one), change in zip(both, found, strict=True)
    )
    return Ranks(
        method=after.method,
        unit=after.unit,
        changes=tuple(one for one in every if one.verdict in ("moved", "changed")),
        leaders=every[:LEADERS],
        unsupported=sum(one.ranks[0] != one.ranks[1] and one.verdict != "moved" for one in every),
        judged=len(every),
        come=tuple(one.feature for one in _ordered(after) if one.feature not in earlier),
        gone=tuple(name for name in places if name not in {one.feature for one in after.features}),
    )


def _common(old: SeenReport, new: SeenReport) -> tuple[SeenImportance | None, SeenImportance | None]:
    """The method that the newer report leads with, or else the first that both have in the same unit."""
    known = {(one.method, one.unit): one for one in old.importance}
    for one in sorted(new.importance, key=lambda one: not one.main):
        if (one.method, one.unit) in known and one.features:
            return known[one.method, one.unit], one
    return None, None


def _ordered(method: SeenImportance) -> list[SeenWorth]:
    return sorted(method.features, key=lambda one: -one.value)


def _apart(before: SeenImportance, earlier: SeenWorth, after: SeenImportance, later: SeenWorth) -> Ends | None:
    """Intervals over networks are Student's: the fewer networks are the degrees of freedom."""
    networks = [one.networks for one in (before, after) if one.networks]
    return separate(earlier, later, max(min(networks) - 1, 1) if networks else None)


def _change(rank: int, new_rank: int, earlier: SeenWorth, later: SeenWorth, change: Change) -> RankChange:
    return RankChange(
        feature=later.feature,
        ranks=(rank, new_rank),
        old=Measured(value=earlier.value, low=earlier.low, high=earlier.high),
        new=Measured(value=later.value, low=later.low, high=later.high),
        change=change,
        verdict=_verdict(change, rank != new_rank),
    )


def _verdict(change: Change, elsewhere: bool) -> Literal["moved", "changed", "not_shown", "not_judged"]:
    if change.difference is None:
        return "not_judged"
    if not shown(change):
        return "not_shown"
    return "moved" if elsewhere else "changed"
