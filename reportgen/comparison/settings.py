"""What was asked for otherwise, key by key."""

import json
from collections.abc import Mapping
from typing import Any

from reportgen.config import Settings
from reportgen.records.card import Card
from reportgen.records.comparison import SettingChange

NAMED = ("name", "target", "test")
"""What a report says elsewhere: its name, its target (a default spelled out changes nothing) and its test file."""


def setting_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[SettingChange, ...]:
    """The options of reportgen.toml that decide numbers; one that a report does not know yet has its default."""
    defaults = flat(Settings().model_dump(mode="json"))
    before, after = defaults | flat(old), defaults | flat(new)
    return tuple(one for one in differing(before, after) if one.name not in NAMED)


def card_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[SettingChange, ...]:
    """The card's answers that were changed."""
    empty = dict.fromkeys(Card.model_fields)
    return differing(empty | flat(old), empty | flat(new))


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[SettingChange, ...]:
    """The keys whose values differ, in the newer side's order, those that are gone last."""
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]
    return tuple(SettingChange(name=name, old=_text(old.get(name)), new=_text(new.get(name))) for name in names)


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as one level, their names joined by dots."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = list(value) if isinstance(value, tuple) else value
    return found


def _text(value: Any) -> str | None:  # noqa: ANN401 - a setting may be of any type
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
