"""Times and amounts as people write them, and what a machine gives."""

import os

import pytest

from reportgen.batch import limits
from reportgen.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"), [(None, None), ("0", None), ("90", 90), ("90s", 90), ("15m", 900), ("1.5 h", 5400)]
)
def test_times(text, seconds):
    assert limits.read_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "amount"),
    [(None, None), ("800M", 800_000_000), ("4G", 4 * 10**9), ("4GiB", 4 * 10**9), ("1.5g", 1_500_000_000)],
)
def test_amounts(text, amount):
    assert limits.read_bytes(text) == amount


@pytest.mark.parametrize("text", ["soon", "-1", "10d", ""])
def test_no_times(text):
    if text == "":
        assert limits.read_seconds(text) is None
        return
    with pytest.raises(ConfigError, match="--timeout takes a time"):
        limits.read_seconds(text)


@pytest.mark.parametrize("text", ["much", "4", "0G", "-1G", ""])
def test_no_amounts(text):
    with pytest.raises(ConfigError, match="--memory takes an amount"):
        limits.read_bytes(text)


def test_workers_fit_cores_and_memory(monkeypatch):
    monkeypatch.setattr(limits, "cores", lambda: 8)
    monkeypatch.setattr(limits, "free_memory", lambda: 10 * 10**9)
    assert limits.workers_for(1, None, None) == 6
    assert limits.workers_for(4, None, None) == 2
    assert limits.workers_for(1, None, 4 * 10**9) == 2
    assert limits.workers_for(16, None, None) == 1
    assert limits.workers_for(1, 3, None) == 3
    assert limits.share_of_memory(2) == 4_500_000_000


def test_this_machine_has_cores_and_memory():
    assert limits.cores() >= 1
    assert (limits.free_memory() or 1) > 0
    assert 5_000_000 < (limits.resident(os.getpid()) or 0) < 10**11
    assert not limits.resident(2**22 + 1)
