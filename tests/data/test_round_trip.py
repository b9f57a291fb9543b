"""The same table from every kind of source is the same table, but for what docs/formats.md says a format loses."""

import lzma
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.orc
import pytest

from reportgen.config import Config
from reportgen.data import Dataset, load, profile, split

ROWS = 90
TEXT_DATES = {"csv", "tsv", "json", "json lines", "sqlite"}
NO_TRUTHS = {"sqlite"}
"""Formats that hold a truth as 1 and 0."""


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    draw = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "number": draw.normal(size=ROWS),
            "count": draw.integers(0, 40, ROWS),
            "code": draw.choice(["007", "042", "100"], ROWS),
            "truth": draw.integers(0, 2, ROWS).astype(bool),
            "city": draw.choice(["Ulm", "São Paulo", '"quoted", with comma', "北京"], ROWS),
            "day": pd.Timestamp("2021-03-01") + pd.to_timedelta(draw.integers(0, 900, ROWS), unit="D"),
            "moment": pd.Timestamp("2021-03-01 08:30:05") + pd.to_timedelta(draw.integers(0, 9000, ROWS), unit="h"),
            "empty": [None] * ROWS,
            "label": draw.choice(["no", "yes"], ROWS),
        }
    )
    frame.loc[3, "number"] = np.nan
    frame.loc[4, "city"] = None
    frame.loc[5, "day"] = pd.NaT
    return frame


def csv(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def tsv(frame: pd.DataFrame, folder: Path) -> Path:
    (folder / "t.tsv.xz").write_bytes(lzma.compress(frame.to_csv(index=False, sep="\t").encode("utf-16")))
    return folder / "t.tsv.xz"


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "t.parquet")
    return folder / "t.parquet"


def parts(frame: pd.DataFrame, folder: Path) -> str:
    for number, start in enumerate(range(0, ROWS, 30)):
        frame.iloc[start : start + 30].to_parquet(folder / f"part-{number}.parquet", index=False)
    return f"{folder}/part-*.parquet"


def feather(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_feather(folder / "t.feather")
    return folder / "t.feather"


def json_lines(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_json(folder / "t.jsonl", orient="records", lines=True, date_format="iso", double_precision=15)
    return folder / "t.jsonl"


def records(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_json(folder / "t.json", orient="records", date_format="iso", double_precision=15)
    return folder / "t.json"


def excel(frame: pd.DataFrame, folder: Path) -> Path:
    pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    frame.to_excel(folder / "t.xlsx", index=False)
    return folder / "t.xlsx"


def sqlite(frame: pd.DataFrame, folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "t.db")) as connection:
        frame.to_sql("t", connection, index=False)
        connection.commit()
    return folder / "t.db"


def duckdb(frame: pd.DataFrame, folder: Path) -> Path:
    library = pytest.importorskip("duckdb")
    with library.connect(str(folder / "t.duckdb")) as connection:
        connection.register("given", pa.Table.from_pandas(frame))
        connection.execute("CREATE TABLE t AS SELECT * FROM given")
    return folder / "t.duckdb"


def orc(frame: pd.DataFrame, folder: Path) -> Path:
    pa.orc.write_table(pa.Table.from_pandas(frame.astype({"empty": "str"})), str(folder / "t.orc"))
    return folder / "t.orc"


def polars(frame: pd.DataFrame, folder: Path) -> object:
    return pytest.importorskip("polars").DataFrame(frame)


def arrow(frame: pd.DataFrame, folder: Path) -> pa.Table:
    return pa.Table.from_pandas(frame)


def pandas(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    return frame


MAKERS = (tsv, parquet, parts, feather, json_lines, records, excel, sqlite, duckdb, orc, polars, arrow, pandas)


@pytest.fixture(scope="module")
def expected(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load(csv(table, tmp_path_factory.mktemp("csv")), Config())


def same(found: Dataset, expected: Dataset) -> None:
    """Equal but for the source, its hash, how it was read, and what its format has no type for."""
    frame = found.frame.copy()
    if found.reading.format in NO_TRUTHS:  # the one numeric column more is looked at for codes, too
        found = replace(found, dirt=found.dirt.model_copy(update={"columns": expected.dirt.columns}))
        frame["truth"] = pd.Series([bool(value) for value in frame["truth"]], dtype=object)
    pd.testing.assert_frame_equal(frame, expected.frame, rtol=1e-13)
    lost = {"truth"} if found.reading.format in NO_TRUTHS else set()
    kept = [n for n, column in enumerate(expected.columns) if column.name not in lost]
    assert [found.columns[n] for n in kept] == [expected.columns[n] for n in kept]
    assert (found.rows, found.task, found.dirt) == (expected.rows, expected.task, expected.dirt)
    ours, theirs = split(found, Config()), split(expected, Config())
    assert ours.split == theirs.split
    assert profile(ours) == profile(theirs)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_table_is_the_same_from_every_source(make, table: pd.DataFrame, expected: Dataset, tmp_path: Path) -> None:
    found = load(make(table, tmp_path), Config())
    same(found, expected)
    dates = {note.facts["column"] for note in found.reading.notes if note.code == "dates"}
    assert dates == ({"day", "moment"} if found.reading.format in TEXT_DATES else set())


def test_frames_of_three_libraries_have_one_hash(table: pd.DataFrame, tmp_path: Path) -> None:
    hashes = {load(make(table, tmp_path), Config()).sha256 for make in (polars, arrow, pandas)}
    assert len(hashes) == 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A PostgreSQL of our own, reached by a socket in a folder; its user's password is asked for."""
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    tools = [shutil.which(tool) for tool in ("initdb", "pg_ctl")]
    if not all(tools):
        pytest.skip("PostgreSQL is not on this machine")
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    if before and not shutil.which("setpriv"):
        pytest.skip("PostgreSQL does not run as root")
    folder = Path(
        subprocess.run(
            ["mktemp", "-d", "/tmp/reportgen-pg-XXXXXX"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    try:
        (folder / "password").write_text("se@cret/1", encoding="ascii")
        if before:
            for path in (folder, folder / "password"):
                os.chown(path, 65534, 65534)
        data = folder / "data"
        subprocess.run(
            [
                *before,
                tools[0],
                "-D",
                data,
                "-U",
                "audit",
                "-A",
                "scram-sha-256",
                f"--pwfile={folder / 'password'}",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd="/tmp",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run(
            [*before, tools[1], "-D", data, "-o", options, "-w", "-l", folder / "log", "start"],
            check=True,
            capture_output=True,
            cwd="/tmp",
        )
        try:
            yield f"postgresql://audit:se%40cret%2F1@/postgres?host={folder}"
        finally:
            subprocess.run(
                [*before, tools[1], "-D", data, "-m", "immediate", "stop"], capture_output=True, cwd="/tmp", check=False
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def filled(server: str, table: pd.DataFrame) -> str:
    import sqlalchemy as sa

    engine = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA shop"))
        connection.execute(sa.text("CREATE SEQUENCE shop.bills"))
        table.assign(empty=pd.Series([None] * ROWS, dtype="str")).to_sql(
            "sales", connection, schema="shop", index=False
        )
        table.iloc[:40].to_sql("few", connection, schema="shop", index=False)
    engine.dispose()
    return server


def test_postgresql_gives_the_same_table(filled: str, expected: Dataset) -> None:
    found = load(filled, Config.model_validate({"reading": {"table": "shop.sales"}}))
    same(found, expected)
    assert (found.name, found.reading.format) == ("shop.sales", "postgresql")
    assert "cret" not in found.source
    again = load(filled, Config.model_validate({"reading": {"sql": "SELECT * FROM shop.sales"}}))
    assert again.sha256 == found.sha256


def test_postgresql_says_what_to_mend_and_never_the_password(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.errors import DataError

    def refused(url: str, **reading: str) -> str:
        with pytest.raises(DataError) as caught:
            load(url, Config.model_validate({"reading": reading}))
        assert "cret" not in str(caught.value)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "password authentication failed" in refused(filled.replace("%2F1", "%2F2"), table="shop.sales")
    assert "has no table 'sale'; it has few, sales" in refused(filled, table="shop.sale")
    assert "has no schema 'shap'; it has" in refused(filled, table="shap.sales")
    assert "fails: " in refused(filled, sql="SELECT nothing FROM shop.sales")
    assert "fails: syntax error" in refused(filled, sql="SET search_path TO shop")
    assert "read-only transaction" in refused(filled, sql="SELECT nextval('shop.bills')")
    assert "has no rows" in refused(filled, sql="SELECT * FROM shop.few WHERE false")
    assert "more than one column called 'label'" in refused(filled, sql="SELECT label, label FROM shop.few")
    monkeypatch.setenv("SHOP_PASSWORD", "se@cret/1")
    named = filled.replace("se%40cret%2F1", "${SHOP_PASSWORD}")
    found = load(named, Config.model_validate({"reading": {"table": "shop.few"}}))
    assert found.source == named
    monkeypatch.delenv("SHOP_PASSWORD")
    assert "SHOP_PASSWORD, which the environment does not have" in refused(named, table="shop.few")


def test_a_manifest_names_every_table_of_a_schema(filled: str, tmp_path: Path) -> None:
    from reportgen.batch.plan import make_plan

    (tmp_path / "batch.toml").write_text(
        f'[[dataset]]\nsql = "{filled}"\nschema = "shop"\ntarget = "label"\n'
        f'[[dataset]]\nsql = "{filled}"\nquery = "SELECT * FROM shop.few"\nname = "asked"\n'
    )
    jobs = make_plan((), tmp_path / "batch.toml", {}, None, tmp_path / "out")
    assert [(job.name, job.config.reading.part) for job in jobs] == [
        ("few", "shop.few"), ("sales", "shop.sales"), ("asked", "SELECT * FROM shop.few"),
    ]  # fmt: skip
    assert all("cret" not in job.shown for job in jobs)
