"""Each step of a run is told in words."""

import re
import threading
from pathlib import Path

from reportgen import evidence
from reportgen.progress import STEPS, Stopwatch, _spinner


def test_every_analysis_has_words():
    text = Path(evidence.__file__).read_text("utf-8")
    made = re.findall(r'analyses\.make\(\s*"(\w+)"', text)
    assert len(made) > 20
    assert set(made) <= set(STEPS)


def test_the_spinner_rests_where_a_process_is_forked():
    before = threading.active_count()
    with _spinner() as watch:
        assert threading.active_count() == before + 1
        with watch.still():
            assert threading.active_count() == before
        assert threading.active_count() == before + 1
    with Stopwatch(print).still():
        pass
