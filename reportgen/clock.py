"""The time of an audit: what SOURCE_DATE_EPOCH says, or else the clock."""

import os
from datetime import UTC, datetime

from reportgen.errors import ConfigError

VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970, which reproducible-builds.org asks every tool to take for the time."""


def now() -> datetime:
    """The time in UTC. Raises ConfigError where SOURCE_DATE_EPOCH is no number of seconds."""
    text = os.environ.get(VARIABLE, "")
    if not text:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(
            f"the environment variable {VARIABLE} is {text!r}, not a number of seconds since 1970; mend or unset it"
        ) from None
