"""Whole audits under a control group, of a table that does not fit, in every format: `ceiling.py [--limits 1.3G 2G]`.

The table has 28 numbers, a category and a class; 2,000,000 rows, and 600,000 as a workbook. Each format is made,
audited under each limit (which is not named: `run` finds it by itself), and deleted. Prints the size of the file, the
most memory that the group held (cached files do not count: the system takes them back), the exit status, and the rows
that the audit rests on or the sentence with which it ended. Exit status 1 where the system ended a process, or one
ended otherwise than with 0, or with 2 and a sentence. `--only FORMAT` (repeatable), `--rows`, `--budget` (quick),
`--postgresql URL` of a database in which a table may be made. Needs duckdb, root, and 3 GB of disk.
"""

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from control_group import Ended, control_group
from process import REPORTGEN
from pyarrow import orc

from reportgen.memory import read_bytes

COLUMNS = 28
SHEET_ROWS = 600_000
NUMBERS = ", ".join(f"round(random() * 2 - 1, 5) AS x{at:02}" for at in range(COLUMNS))
MAKE = f"""
SELECT setseed(0.5);
CREATE TABLE t AS
WITH numbers AS (SELECT {NUMBERS}, 'region ' || (i * 7919 % 8) AS region FROM range(?) AS given(i))
SELECT *, CASE WHEN 1.5 * x00 - x01 + x02 * x03 + random() > 0.5 THEN 'yes' ELSE 'no' END AS target FROM numbers;
"""
Table = Any
"""DuckDB's relation of all rows."""


def rows_of(table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """The rows as Python's values, some thousands at a time."""
    for batch in table.to_arrow_reader(20_000):
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def with_sqlite(table: Table, path: Path) -> None:
    """Write the rows into one table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(table.columns)})")
        marks = ", ".join("?" * len(table.columns))
        for rows in rows_of(table):
            connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)
        connection.commit()


def with_orc(table: Table, path: Path) -> None:
    """Write stripes of 64 MB."""
    with orc.ORCWriter(str(path)) as writer:
        for batch in table.to_arrow_reader(50_000):
            writer.write(pa.Table.from_batches([batch]))


def with_arrow(table: Table, path: Path, opening: Callable[..., Any] = pa.ipc.new_file) -> None:
    """Write one batch of all rows, the hardest case."""
    whole = table.to_arrow_table().combine_chunks()
    with opening(str(path), whole.schema) as writer:
        writer.write_table(whole)


def with_stream(table: Table, path: Path) -> None:
    """Write the same as a stream."""
    with_arrow(table, path, pa.ipc.new_stream)


def with_columns(table: Table, path: Path) -> None:
    """Write JSON of columns by name, which is one value."""
    with path.open("w") as file:
        for at, name in enumerate(table.columns):
            file.write(f'{",{"[not at]}"{name}": ')
            json.dump([row[0] for row in table.select(f'"{name}"').fetchall()], file)
        file.write("}")


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-"
CONTENT = f"""<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="{KIND}package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{KIND}officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/{{}}" Target="{{}}"/></Relationships>"""
BOOK = f"""<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">
<sheets><sheet name="t" sheetId="1" r:id="rId1"/></sheets></workbook>"""
SHEET = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>'


def with_sheet(table: Table, path: Path) -> None:
    """Write a sheet, quicker than a library would."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", CONTENT)
        book.writestr("_rels/.rels", RELATIONS.format("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/workbook.xml", BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("worksheet", "worksheets/sheet1.xml"))
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(SHEET.encode() + _row(table.columns))
            for rows in rows_of(table.limit(SHEET_ROWS)):
                sheet.write(b"".join(map(_row, rows)))
            sheet.write(b"</sheetData></worksheet>")


def _row(cells: Any) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(cell: float | str) -> str:
    if isinstance(cell, str):
        return f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
    return f"<c><v>{cell}</v></c>"


def copied(options: str) -> Callable[[Table, Path], None]:
    """A format that DuckDB writes."""

    def write(table: Table, path: Path) -> None:
        table.query("given", f"COPY given TO '{path}' ({options})")

    return write


def fill_database(table: Table, url: str) -> None:
    """Make the table anew on a server of PostgreSQL."""
    import psycopg  # noqa: PLC0415 - of the dev group alone

    kinds = ["text" if kind == "VARCHAR" else "double precision" for kind in table.types]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(table.columns, kinds, strict=True))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t ({columns})")
        with cursor.copy("COPY t FROM STDIN") as copy:
            for rows in rows_of(table):
                for row in rows:
                    copy.write_row(row)


def with_duckdb(table: Table, path: Path) -> None:
    """Write a file of DuckDB's own."""
    with duckdb.connect(str(path)) as connection:
        reader = table.to_arrow_reader(50_000)
        connection.register("given", reader)
        connection.execute("CREATE TABLE t AS SELECT * FROM given")


FORMATS: dict[str, Callable[[Table, Path], None]] = {
    "parquet": copied("FORMAT parquet"),
    "csv": copied("FORMAT csv"),
    "json lines": copied("FORMAT json"),
    "json records": copied("FORMAT json, ARRAY true"),
    "json columns": with_columns,
    "feather": with_arrow,
    "arrow stream": with_stream,
    "orc": with_orc,
    "sqlite": with_sqlite,
    "duckdb": with_duckdb,
    "workbook": with_sheet,
}


def audited(source: str, folder: Path, limit: int, budget: str) -> Ended:
    """One whole audit, every format of report."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    words = ("run", source, "--target", "target", "--budget", budget, "--out", "out", "--quiet")
    with control_group(limit) as group:
        return group.run((*REPORTGEN, *words), folder)


def outcome(ended: Ended, folder: Path) -> str:
    """The rows that were used of how many, or what was said."""
    if ended.status:
        return " / ".join(ended.stderr.strip().splitlines()[-2:])
    dataset = json.loads((folder / "out" / "report.json").read_text())["dataset"]
    return f"{dataset['rows_drawn'] or dataset['rows']:,} of {dataset['rows']:,} rows"


def kept(ended: Ended) -> bool:
    """Whether it was done, or ended by itself with one sentence."""
    return not ended.killed and (ended.status == 0 or (ended.status == 2 and ended.stderr.count("\n") == 1))


def sources(options: argparse.Namespace, base: Path, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Each format's name, what to audit and how large it is; the file is there until the next is asked for."""
    for name in options.only or FORMATS:
        path = folder / f"table.{name.replace(' ', '-')}"
        with duckdb.connect(str(base), read_only=True) as connection:
            FORMATS[name](connection.table("t"), path)
        yield name, path.name, f"{path.stat().st_size / 1e6:,.0f} MB"
        path.unlink()
    if options.postgresql:
        with duckdb.connect(str(base), read_only=True) as connection:
            fill_database(connection.table("t"), options.postgresql)
        yield "postgresql", options.postgresql, ""


def main() -> None:
    """Print one row a format and limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", nargs="+", default=["1.3G", "2G"])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--budget", default="quick")
    parser.add_argument("--only", action="append", choices=FORMATS)
    parser.add_argument("--postgresql")
    options = parser.parse_args()
    print("| format | file | limit | held GB | exit | ended by the system | seconds | rows, or the sentence |")
    print("|---|---|---|---|---|---|---|---|")
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        base = folder / "base.duckdb"
        with duckdb.connect(str(base)) as connection:
            connection.execute(MAKE, [options.rows])
        for name, source, size in sources(options, base, folder):
            for limit in options.limits:
                ended = audited(source, folder, read_bytes(limit) or 0, options.budget)
                good &= kept(ended)
                cells = (f"{ended.held / 1e9:.2f}", ended.status, ended.killed, f"{ended.seconds:.0f}")
                cells = (name, size, limit, *cells, outcome(ended, folder))
                print(f"| {' | '.join(map(str, cells))} |", flush=True)
    sys.exit(not good)


if __name__ == "__main__":
    main()
