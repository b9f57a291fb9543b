"""The ceiling on memory: where it is found, what it leaves room for, and that a process leaves before it is reached."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reportgen import memory
from reportgen.config import Config, ReadingConfig, load_config
from reportgen.data.ceiling import load_within, rows_borne
from reportgen.data.formats.drawn import CELL, COLUMN, EVERY, INPUT, Draw, drawn, fitting, shares
from reportgen.data.load import load
from reportgen.data.reader import NumberReader
from reportgen.data.unseen import read_rows
from reportgen.errors import ConfigError, DataError
from reportgen.memory import FLOOR

GB = 10**9


def groups(tmp_path, files, lines):
    """A tree of control groups, and what a process is told of its own."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "own").write_text(lines)
    return memory.container_limit(tmp_path, tmp_path / "own")


@pytest.mark.parametrize(
    ("files", "lines", "limit"),
    [
        ({"memory.max": "2000000000\n"}, "0::/\n", 2 * GB),
        ({"memory.max": "max\n"}, "0::/\n", None),
        ({"a/memory.max": "3000000000\n", "a/b/memory.max": "max\n"}, "0::/a/b\n", 3 * GB),
        ({"a/memory.max": "3000000000\n", "a/b/memory.max": "1500000000\n"}, "0::/a/b\n", 1_500_000_000),
        ({"memory/memory.limit_in_bytes": "4000000000\n"}, "4:memory:/\n", 4 * GB),
        ({"memory/x/memory.limit_in_bytes": "4000000000\n"}, "4:cpu,memory:/x\n1:cpu:/\n", 4 * GB),
        ({}, "", None),
    ],
)
def test_a_container_says_how_much_there_is(tmp_path, files, lines, limit):
    assert groups(tmp_path, files, lines) == limit


def test_a_container_says_how_much_is_left(tmp_path):
    (tmp_path / "memory.max").write_text("3000000000")
    (tmp_path / "memory.current").write_text("2200000000")
    (tmp_path / "memory.stat").write_text("anon 900000000\ninactive_file 1000000000\n")
    first = tmp_path / "memory" / "a"
    first.mkdir(parents=True)
    (first / "memory.limit_in_bytes").write_text("2000000000")
    (first / "memory.usage_in_bytes").write_text("700000000")
    (first / "memory.stat").write_text("inactive_file 5\ntotal_inactive_file 200000000\n")
    (tmp_path / "own").write_text("4:memory:/a\n")
    assert memory.container_free(tmp_path, tmp_path / "own") == 1_500_000_000
    (tmp_path / "own").write_text("")
    assert memory.container_free(tmp_path, tmp_path / "own") == 1_800_000_000
    assert memory.container_free(tmp_path / "none", tmp_path / "own") is None


def test_the_least_of_what_is_asked_for_and_what_is_there(monkeypatch):
    monkeypatch.setattr(memory, "machine_memory", lambda: 16 * GB)
    monkeypatch.setattr(memory, "container_limit", lambda: None)
    assert memory.ceiling() == 14.4 * GB
    assert memory.ceiling(2 * GB) == 2 * GB
    assert memory.ceiling(20 * GB) == 14.4 * GB
    monkeypatch.setattr(memory, "container_limit", lambda: 4 * GB)
    assert memory.ceiling() == 3.6 * GB
    monkeypatch.setattr(memory, "machine_memory", lambda: None)
    monkeypatch.setattr(memory, "container_limit", lambda: None)
    assert memory.ceiling() is None


def test_less_than_any_audit_takes_is_refused():
    with pytest.raises(ConfigError, match=r"--memory 0.8 GB is less than the 1.15 GB that an audit takes"):
        memory.ceiling(800_000_000)


def test_a_configuration_may_name_it(tmp_path):
    (tmp_path / "r.toml").write_text('[reading]\nmemory = "3G"\n')
    assert load_config(tmp_path / "r.toml", {}).reading.memory == 3 * GB
    assert load_config(tmp_path / "r.toml", {"reading": {"memory": "2G"}}).reading.memory == 2 * GB
    with pytest.raises(ConfigError, match="--memory takes an amount such as 800M or 4G, not 'much'"):
        load_config(None, {"reading": {"memory": "much"}})


def test_rows_that_fit_are_a_number_of_two_digits():
    """2 GB less the floor and 28 columns, in rows of 28 cells as they are read and as the network sees them."""
    fit = (2 * GB - FLOOR - 28 * COLUMN) / (28 * (CELL + INPUT))
    assert fit == pytest.approx(442_016, abs=1)
    assert fitting(1_000_000, 2 * GB, 28) == 440_000
    assert fitting(400_000, 2 * GB, 28) == 400_000
    assert fitting(1_000_000, 2 * GB, 28, width=1_000) == 280_000
    assert fitting(1_000_000, 2 * GB, 28, encoded=280) == 85_000


def test_a_table_of_which_not_even_a_sample_fits_is_refused():
    with pytest.raises(DataError, match=r"2 GB of memory are too little for an audit of 5,000 columns"):
        fitting(1_000_000, 2 * GB, 5_000)
    assert fitting(500, 3 * GB, 5_000) == 500


def test_a_draw_counts_rows_only_where_it_must():
    assert Draw(1_000).takes_all(1_000)
    assert not Draw(1_000).takes_all(1_001)
    assert Draw(10**6, 2 * GB, columns=28).most_of(10**6) == 440_000
    assert Draw(10**6, 2 * GB, columns=28, size=10**9).most_of(10**6) == 280_000
    assert Draw(EVERY, FLOOR, columns=28).of(10**9) is None
    assert Draw(10**5, 2 * GB, columns=28).most_of(10**6) == 100_000


def wide(tmp_path, rows=40_000, columns=50):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    frame = pd.DataFrame(x, columns=[f"x{at}" for at in range(columns)])
    frame["target"] = np.where(x[:, 0] > 0, "a", "b")
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=10_000)
    return str(tmp_path / "t.parquet")


def test_fewer_rows_are_read_and_the_settings_say_so(tmp_path):
    source = wide(tmp_path)
    limit = FLOOR + 51 * COLUMN + 20_000 * 51 * (CELL + INPUT) + 600_000
    dataset, config = load_within(source, Config(reading=ReadingConfig(memory=limit)))
    assert (dataset.rows, dataset.rows_read) == (40_000, 20_000)
    assert config.reading == ReadingConfig(max_rows=20_000)
    assert dataset.frame.index.tolist() == drawn(40_000, 20_000).tolist()
    notes = {note.code: note.facts for note in dataset.reading.notes}
    assert notes["rows_by_memory"] == {"rows": 20_000, "of": 40_000, "bytes": limit}
    assert notes["rows_drawn"]["rows"] == 20_000
    again = load(source, config)
    assert again.frame.equals(dataset.frame)


def test_a_table_that_fits_is_read_whole_and_nothing_is_said(tmp_path):
    dataset, config = load_within(wide(tmp_path, 2_000), Config(reading=ReadingConfig(memory=2 * GB)))
    assert (dataset.rows_read, config) == (2_000, Config())
    assert not {"rows_by_memory", "rows_drawn"} & {note.code for note in dataset.reading.notes}


def test_categories_count_as_the_columns_that_the_network_gets():
    """Six columns of thirty levels are 180 inputs: of a frame, which is all there, fewer rows are drawn."""
    rng = np.random.default_rng(0)
    levels = np.array([first + second for first in "bdfgk" for second in ("an", "el", "im", "or", "un", "ys")])
    frame = pd.DataFrame({f"c{at}": rng.choice(levels, 12_000) for at in range(6)})
    frame["target"] = np.where(rng.random(12_000) > 0.5, "a", "b")
    limit = FLOOR + 90_000_000
    fit = (90_000_000 - 180 * COLUMN) / (7 * CELL + 180 * INPUT)
    assert fit == pytest.approx(6_766, abs=1)
    assert rows_borne(load(frame, Config()), limit) == 6_700
    dataset, config = load_within(frame, Config(reading=ReadingConfig(memory=limit)))
    assert (dataset.rows, dataset.rows_read, config.reading.max_rows) == (12_000, 6_700, 6_700)


def test_parts_share_what_fits(tmp_path):
    table = pa.table({f"x{at}": np.arange(30_000, dtype=np.float32) for at in range(50)})
    pq.write_table(table, tmp_path / "p0.parquet")
    pq.write_table(table.slice(0, 10_000), tmp_path / "p1.parquet")
    limit = FLOOR + 50 * COLUMN + 20_000 * 50 * (CELL + INPUT) + 100_000
    assert shares([tmp_path / "p0.parquet", tmp_path / "p1.parquet"], Draw(10**6, limit)) == (15_000, 5_000)


def test_no_row_that_is_to_be_answered_is_left_out(tmp_path, monkeypatch):
    """A network asked about a file answers all of its rows, however many they are."""
    monkeypatch.setattr("reportgen.data.formats.table.ceiling", lambda _asked: FLOOR + 1)
    monkeypatch.setattr("reportgen.data.source.ceiling", lambda _asked: FLOOR + 1)
    (tmp_path / "t.csv").write_text("x,y\n" + "1,2\n" * 3_000)
    reader = NumberReader(name="x")
    assert len(read_rows(str(tmp_path / "t.csv"), [reader])) == 3_000


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_a_second_process_is_ended_before_both_take_more():
    """It alone: what the first takes is far below the ceiling, what both take is above it."""
    waits = (sys.executable, "-c", "print(len(bytes(50_000_000)), flush=True); import time; time.sleep(60)")
    left = []
    with subprocess.Popen(waits, stdout=subprocess.PIPE) as second:
        second.stdout.readline()
        limit = int((memory.resident(os.getpid()) + 5_000_000) / memory.GUARDED)
        with memory.guarded(limit, lambda: left.append(True), second.pid):
            assert second.wait(10) == -9
    assert not left


LEAVES = """
import os, sys
from functools import partial
from reportgen.cli.leaving import leave
from reportgen.memory import guarded
with guarded(300_000_000, partial(leave, 2, 300_000_000)):
    held = [bytearray(10_000_000) for _ in range(1_000) if not __import__("time").sleep(0.005)]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_a_process_leaves_with_one_sentence_before_it_takes_more():
    done = subprocess.run([sys.executable, "-c", LEAVES], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "reportgen: the audit would take more memory than it may (0.3 GB); draw fewer rows with --max-rows, or allow "
        "more with --memory\n"
    )


READS = """
import json, sys
from pathlib import Path
import reportgen.api
from reportgen.config import Config, ReadingConfig
from reportgen.data.ceiling import load_within
dataset, _ = load_within(sys.argv[1], Config(reading=ReadingConfig(memory=int(sys.argv[2]))))
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([dataset.rows_read, 1024 * int(peak.split()[1])]))  # rusage would count the tests' own before exec
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is in kilobytes there")
def test_reading_stays_below_the_ceiling_where_it_would_not_without(tmp_path):
    """A million rows by 28 numbers: as they are read they take more than what is left beside the libraries."""
    rng = np.random.default_rng(0)
    block = pa.table({f"x{at}": rng.standard_normal(50_000).astype(np.float32) for at in range(28)})
    with pq.ParquetWriter(tmp_path / "t.parquet", block.schema) as writer:
        for _ in range(20):
            writer.write_table(block)

    def cost(limit):
        words = [sys.executable, "-c", READS, str(tmp_path / "t.parquet"), str(limit)]
        return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)

    limit = 1_200_000_000
    most, peak = cost(20 * GB)
    assert most == 1_000_000
    assert peak > limit
    fewer, peak = cost(limit)
    assert fewer == 21_000
    assert peak < limit
