"""docs/methods.md names for each number a test that holds it; each of them exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parent
METHODS = ROOT.parent / "docs" / "methods.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_number_names_a_test_that_exists():
    named = NAMED.findall(METHODS.read_text("utf-8"))
    assert len(named) > 30
    for file, function in named:
        text = (ROOT / file).read_text("utf-8")
        assert f"def {function}(" in text, f"{file} holds no {function}"
