"""Each step of a run is told in words."""

import re
from pathlib import Path

from reportgen import evidence
from reportgen.progress import STEPS


def test_every_analysis_has_words():
    text = Path(evidence.__file__).read_text("utf-8")
    made = re.findall(r'analyses\.make\(\s*"(\w+)"', text)
    assert len(made) > 20
    assert set(made) <= set(STEPS)
