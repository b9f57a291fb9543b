"""The benchmark of epochs runs for classes and for numbers, and says in its exit status what its page says."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).resolve().parents[2] / "benchmarks" / "epoch.py"


def test_both_ways_of_training_are_timed(folder):
    command = [sys.executable, str(PROGRAM), "--data", str(folder), "--epochs", "2", "--turns", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()[2:4]]
    assert [row[:2] for row in rows] == [["classes", "128"], ["numbers", "128"]]
    for _, _, _, ours, theirs, ratio, *_ in rows:
        assert float(ratio) == pytest.approx(float(theirs) / float(ours), rel=0.1)
    assert (done.returncode == 0) == ("not met" not in done.stdout)
