"""Tables that do not fit, read in a control group of the system's, which ends whatever takes more than it may."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from control_group import NoControlGroupError, control_group

from reportgen.data.formats.drawn import drawn, needed
from reportgen.memory import SPARED

ROWS, COLUMNS = 1_500_000, 28
READS = """
import sys
from reportgen.config import Config
from reportgen.data.ceiling import load_within
from reportgen.errors import DataError
try:
    dataset, _ = load_within(sys.argv[1], Config(target="target"))
except DataError as error:
    sys.exit(f"one sentence: {error}")
print(dataset.rows, *dataset.frame.index[:3], len(dataset.frame), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One batch of all rows, so that a batch is no way to hold fewer."""
    path = tmp_path_factory.mktemp("large") / "t.arrow"
    rng = np.random.default_rng(0)
    columns = {f"x{at}": rng.random(ROWS) for at in range(COLUMNS)}
    whole = pa.table({**columns, "target": (columns["x0"] > 0.5).astype(np.int8)})
    with pa.ipc.new_file(str(path), whole.schema) as writer:
        writer.write_table(whole)
    yield path
    path.unlink()


def read_in_group(limit: int, path: Path):
    """Read a table in a group of so many bytes; the reader is not told of them."""
    return in_group(limit, path.parent, "-c", READS, str(path))


def in_group(limit: int, folder: Path, *words: str):
    try:
        with control_group(limit) as group:
            return group.run(("env", f"PYTHONPATH={Path(__file__).parents[2]}", sys.executable, *words), folder, 300)
    except NoControlGroupError as error:
        pytest.skip(f"{error}; root may, where control groups are mounted for writing")


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1_300_000_000, 2_000_000_000])
def test_fewer_rows_are_read_and_nothing_is_ended(table, limit):
    ended = read_in_group(limit, table)
    assert (ended.status, ended.killed) == (0, 0), ended.stderr
    rows, *first, used = map(int, ended.stderr.split())
    assert rows == ROWS
    assert needed(used, COLUMNS + 1, COLUMNS + 1) <= SPARED * limit < needed(used * 1.2, COLUMNS + 1, COLUMNS + 1)
    assert first == drawn(ROWS, used)[:3].tolist()
    assert ended.held < 0.7 * limit


@pytest.mark.slow
def test_who_takes_more_is_ended(tmp_path):
    """Or the other tests would say nothing."""
    ended = in_group(100_000_000, tmp_path, "-c", "len(b'x' * 300_000_000)")
    assert (ended.status, ended.killed) == (-9, 1)


@pytest.mark.slow
def test_json_of_one_value_is_refused_while_no_thread_can_look(tmp_path):
    """Parsing holds the interpreter all along: sixty million bytes of text become nearly ten times as many."""
    path = tmp_path / "t.json"
    path.write_text('{"x": [' + ", ".join(["0.25"] * 10_000_000) + '], "target": [1]}')
    ended = read_in_group(700_000_000, path)
    path.unlink()
    assert (ended.status, ended.killed) == (1, 0), ended.stderr
    assert ended.stderr == (
        "one sentence: t.json is one JSON value, which is read whole, and takes more memory than it may (0.63 GB); "
        "save it as Parquet or CSV, of which rows are drawn while they are read, or allow more with --memory\n"
    )
