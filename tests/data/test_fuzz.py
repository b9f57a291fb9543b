"""Whatever bytes a file holds, it is read or refused with one sentence; never another exception.

A short look in the suite; REPORTGEN_FUZZ_SECONDS=1200 looks for twenty minutes (docs/formats.md has the command).
"""

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from reportgen.config import Config
from reportgen.data import load
from reportgen.errors import ReportgenError
from tests.hostile.files import COLUMNAR, DATABASES, ENCODINGS, PACKED, RECORD_FILES, TEXTS, WORKBOOKS

SECONDS = float(os.environ.get("REPORTGEN_FUZZ_SECONDS", "0"))
EXAMPLES = 60
ROUND = 400
LONGEST = 20_000
"""Larger seeds are left out: what is small is read often."""


def seeds() -> list[bytes]:
    """The files of the hostile corpus that are files."""
    cases = (*ENCODINGS, *TEXTS, *PACKED, *COLUMNAR, *RECORD_FILES, *WORKBOOKS, *DATABASES)
    with TemporaryDirectory() as folder:
        paths = []
        for number, case in enumerate(cases):
            place = Path(folder) / str(number)
            place.mkdir()
            paths.append(case.make(place))
        return [path.read_bytes() for path in paths if path.stat().st_size <= LONGEST]


SEEDS = seeds()
WORDS = st.sampled_from(
    [b"", b"\x00", b"\xff\xfe", b'"', b'""', b",", b"\t", b"\r", b"\n\n", b"NaN", b"1e999", b"-", b"{", b"]", b"\x1a",
     b"9" * 400, b"\xe4\xb8", b"\xed\xa0\x80", b"0000-00-00", b"24:61", b"=1/0", b"true", b"null", b"PAR1", b"\x80" * 9,
     b"2021-02-30", b"99999-01-01", b"1_000", b"\xc2\xa0", b"\xd9\xa1"]
)  # fmt: skip


@st.composite
def torn(draw: st.DrawFn) -> bytes:
    """A file of the corpus with some of its bytes changed, cut away, put twice, or others put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        how = draw(st.sampled_from(("change", "cut", "repeat", "insert", "end")))
        if how == "change":
            data[start:end] = draw(st.binary(min_size=end - start, max_size=end - start))
        elif how == "insert":
            data[start:start] = draw(WORDS | st.binary(max_size=12))
        elif how == "end":
            del data[start:]
        else:
            data[start:end] = b"" if how == "cut" else bytes(data[start:end]) * 3
    return bytes(data)


def rows(draw: st.DrawFn) -> bytes:
    cells = st.text(max_size=6) | st.sampled_from(["1", "2.5", "", "a", "2021-01-01", "1,5", "inf", "1e400", "NA"])
    width = draw(st.integers(1, 5))
    lines = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=30))
    delimiter = draw(st.sampled_from(",;\t|"))
    return "\n".join(delimiter.join(line) for line in lines).encode("utf-8", "surrogatepass")


FILES = torn() | st.binary(max_size=400) | st.composite(rows)() | st.lists(WORDS, max_size=60).map(b"".join)


def check(folder: Path) -> Callable[[bytes], None]:
    def reads_or_refuses(data: bytes) -> None:
        path = folder / "t.csv"
        path.write_bytes(data)
        try:
            load(path, Config())
        except ReportgenError as error:
            assert "\n" not in str(error).strip()

    return reads_or_refuses


def look(folder: Path, examples: int, number: int) -> None:
    wanted = settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    seed(number)(wanted(given(FILES)(check(folder))))()


def test_any_bytes_are_read_or_refused(tmp_path: Path) -> None:
    look(tmp_path, EXAMPLES, 0)


@pytest.mark.skipif(not SECONDS, reason="REPORTGEN_FUZZ_SECONDS is not set")
@pytest.mark.filterwarnings("ignore")
def test_any_bytes_for_a_long_time(tmp_path: Path) -> None:
    end, begun = time.monotonic() + SECONDS, int(time.time())
    for number in itertools.count():
        if time.monotonic() > end:
            print(f"{number * ROUND} files")
            return
        look(tmp_path, ROUND, begun + number)
