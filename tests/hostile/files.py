"""Files as people really have them: packed, mislabelled, of every encoding, with titles, torn, or no table at all."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
from pyarrow import feather, orc

from tests.hostile.case import Case

KINDS = {"x": "numeric", "city": "categorical", "t": "categorical"}
CITIES = ("Ulm", "Bonn", "Kiel", "Jena")
ROWS = tuple((0.5 + n * 1.25, CITIES[n % 4], "ab"[n % 3 == 0]) for n in range(24))
FIRST = {"x": [0.5, 1.75], "city": ["Ulm", "Bonn"], "t": ["b", "a"]}
SHAPE = (24, 3)
UTF8 = "utf-8"


def text(delimiter: str = ",", names: tuple[str, ...] = ("x", "city", "t"), end: str = "\n") -> str:
    rows = (delimiter.join(str(cell) for cell in row) for row in ROWS)
    return end.join([delimiter.join(names), *rows, ""])


TEXT = text().encode()


def put(name: str, content: bytes | str) -> Callable[[Path], Path]:
    """A file of these bytes, or of this text in UTF-8."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def good(name: str, make: Callable[[Path], Path], **more: Any) -> Case:
    """The usual table, however it lies there."""
    return Case(name, make, **({"shape": SHAPE, "columns": KINDS, "values": FIRST} | more))


def bad(name: str, make: Callable[[Path], Path], error: str) -> Case:
    return Case(name, make, error=error)


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def locked_zip() -> bytes:
    """A member that says it is encrypted."""
    data = bytearray(zipped(a=TEXT))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(magic) + place
        data[start : start + 2] = struct.pack("<H", 1)
    return bytes(data)


def arrow(**columns: Any) -> pa.Table:
    return pa.table(columns or {name: [row[n] for row in ROWS] for n, name in enumerate(KINDS)})


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    return stream.getvalue()


def ipc(table: pa.Table, opened: Callable[..., Any] = pa.ipc.new_file) -> bytes:
    stream = io.BytesIO()
    with opened(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def feathered(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    feather.write_feather(table, stream, compression="zstd")
    return stream.getvalue()


def orced(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    orc.write_table(table, stream)
    return stream.getvalue()


def packed_by_arrow(codec: str, cut: int | None = None) -> Callable[[Path], Path]:
    """Zstandard and LZ4 as pyarrow writes them."""

    def make(folder: Path) -> Path:
        path = folder / f"t.csv.{codec}"
        with pa.output_stream(str(path), compression=codec) as out:
            out.write(TEXT)
        path.write_bytes(path.read_bytes()[:cut])
        return path

    return make


def workbook(*rows: Any, sheets: tuple[str, ...] = ("Data",)) -> bytes:
    """A workbook whose last sheet holds the rows; the others are empty."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    return stream.getvalue()


SHEET = (("x", "city", "t"), *ROWS)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods() -> bytes:
    def cell(value: Any) -> str:
        kind = (
            f'office:value-type="float" office:value="{value}"'
            if isinstance(value, float)
            else ('office:value-type="string"')
        )
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in SHEET)
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Data">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{ODS_TYPE}"/></m:manifest>'
    )
    members = {"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped(**{name: text.encode() for name, text in members.items()})


def sqlite(folder: Path, *tables: str) -> Path:
    path = folder / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        for name in tables:
            connection.execute(f'CREATE TABLE "{name}" (x REAL, city TEXT, t TEXT)')
            connection.executemany(f'INSERT INTO "{name}" VALUES (?, ?, ?)', ROWS)
        connection.commit()
    return path


def folder_of(files: dict[str, bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        for name, content in files.items():
            path = folder / "parts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder / "parts"

    return make


RECORDS = [dict(zip(KINDS, row, strict=True)) for row in ROWS]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS)
HALF = pa.table({name: [row[n] for row in ROWS[:12]] for n, name in enumerate(KINDS)})
REST = pa.table({name: [row[n] for row in ROWS[12:]] for n, name in reversed(list(enumerate(KINDS)))})

CHINESE = "城市,温度,结果\n" + "".join(f"{('北京', '上海', '广州')[n % 3]},{n}.5,{'是否'[n % 2]}\n" for n in range(24))
CHINESE_IS = {
    "shape": SHAPE,
    "columns": {"城市": "categorical", "温度": "numeric", "结果": "categorical"},
    "values": {"城市": ["北京", "上海", "广州"], "结果": ["是", "否"]},
}
JAPANESE = "都市,気温,結果\n" + "".join(
    f"{('東京タワー', '大阪の城', 'さっぽろ')[n % 3]},{n}.5,{'良い' if n % 2 else '悪い'}\n" for n in range(24)
)
JAPANESE_IS = {
    "shape": SHAPE,
    "columns": {"都市": "categorical", "気温": "numeric", "結果": "categorical"},
    "values": {"都市": ["東京タワー", "大阪の城", "さっぽろ"], "結果": ["悪い", "良い"]},
}
RUSSIAN = "город,цена,итог\n" + "".join(
    f"{('Москва', 'Казань')[n % 2]},{n}.5,{'да' if n % 3 else 'нет'}\n" for n in range(24)
)
RUSSIAN_IS = {"shape": SHAPE, "values": {"город": ["Москва", "Казань"], "итог": ["нет", "да"]}}
FRENCH = "ville,prix,catégorie\n" + "".join(
    f"{('Besançon', 'Nîmes')[n % 2]},{n}.5,{'élevé' if n % 3 else 'bas'}\n" for n in range(24)
)
FRENCH_IS = {"shape": SHAPE, "values": {"ville": ["Besançon", "Nîmes"], "catégorie": ["bas", "élevé"]}}
GERMAN = "Preis;Menge;Klasse\n" + "".join(f"1.{n:03d},5;{n};{'ab'[n % 2]}\n" for n in range(24))
DAYS = [date(2021, 1, 1 + n) for n in range(24)]
MOMENTS = [datetime(2021, 1, 1 + n, 12, 30) for n in range(24)]
GOOD_LABELS = ["ab"[n % 2] for n in range(24)]

ENCODINGS = (
    good("UTF-8 with a mark", put("t.csv", TEXT.join((b"\xef\xbb\xbf", b"")))),
    good("UTF-16 as Excel writes it", put("t.csv", text("\t").encode("utf-16"))),
    good("UTF-16 little-endian without a mark", put("t.csv", TEXT.decode().encode("utf-16-le"))),
    good("UTF-16 big-endian without a mark", put("t.csv", TEXT.decode().encode("utf-16-be"))),
    Case("Chinese UTF-16 without a mark", put("t.csv", CHINESE.encode("utf-16-le")), **CHINESE_IS),
    Case("GB18030", put("t.csv", CHINESE.encode("gb18030")), **CHINESE_IS),
    Case("Shift-JIS", put("t.csv", JAPANESE.encode("cp932")), **JAPANESE_IS),
    Case("Windows-1251", put("t.csv", RUSSIAN.encode("cp1251")), **RUSSIAN_IS),
    Case("Windows-1252", put("t.csv", FRENCH.encode("cp1252")), **FRENCH_IS),
    Case("UTF-32", put("t.csv", CHINESE.encode("utf-32")), **CHINESE_IS),
    Case(
        "an accent behind a megabyte of plain rows",
        put("t.csv", ("x,city,t\n" + "1.5,Ulm,a\n2.5,Bonn,b\n" * 60_000 + "3.5,Köln,a\n").encode("cp1252")),
        shape=(120_001, 3),
    ),
)
TEXTS = (
    good("semicolons", put("t.csv", text(";"))),
    good("tabs named .txt", put("t.txt", text("\t"))),
    good("bars", put("t.dat", text("|"))),
    good("old Mac line ends", put("t.csv", text(end="\r"))),
    good("a line that declares the delimiter", put("t.csv", "sep=;\r\n" + text(";", end="\r\n"))),
    good("an end-of-file mark of DOS", put("t.csv", TEXT + b"\x1a")),
    good("blank lines around and between", put("t.csv", "\n\n" + text().replace("\n", "\n\n"))),
    good("two title lines and a blank one", put("t.csv", "Sales 2021\nsource: till 3\n\n" + text())),
    good("a title above tabs", put("t.tsv", "Sales, 2021\n" + text("\t"))),
    good("a comment line", put("t.csv", "# made by the till\n" + text(";"))),
    good(
        "all cells quoted",
        put(
            "t.csv", "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text().split("\n") if line)
        ),
    ),
    Case(
        "quotes, delimiters and line ends within cells",
        put("t.csv", "x,note,t\n" + '1.5,"a, ""b""\nc",a\n2.5,plain,b\n' * 12),
        shape=SHAPE,
        values={"note": ['a, "b"\nc', "plain"]},
    ),
    Case(
        "decimal commas and dots for thousands",
        put("t.csv", GERMAN),
        shape=SHAPE,
        columns={"Preis": "numeric", "Menge": "numeric"},
        values={"Preis": [1000.5, 1001.5]},
    ),
    Case(
        "commas for thousands in quotes",
        put("t.csv", "x,n,t\n" + "".join(f'"1,{n:03d}.5",{n},{"ab"[n % 2]}\n' for n in range(24))),
        shape=SHAPE,
        columns={"x": "numeric"},
        values={"x": [1000.5, 1001.5]},
    ),
    Case(
        "a column without a name",
        put("t.csv", text(names=("", "city", "t"))),
        shape=SHAPE,
        columns={"column 1": "numeric"},
    ),
    bad("a header alone", put("t.csv", "x,city,t\n"), "has a header and no rows"),
    bad("blanks alone", put("t.csv", "\n \n\n"), "is empty"),
    bad("no byte", put("t.csv", b""), "is empty"),
    bad("one column", put("t.csv", "t\na\nb\n"), "has one column"),
    bad("a row too long", put("t.csv", text() + "1,Ulm,a,b\n"), r"data row 24 .* has 4 fields where the header has 3"),
    bad("an open quote", put("t.csv", text() + '1,"Ulm,a\n'), "line 26: the quotes do not match"),
    bad("a header shorter than its rows", put("t.csv", "x,t\n" + "1,2,3\n4,5,6\n" * 12), "has 3 fields where"),
    bad("two columns of one name", put("t.csv", text(names=("x", "x", "t"))), "more than one column called 'x'"),
)
PACKED = (
    good("gzip", put("t.csv.gz", gzip.compress(TEXT))),
    good("gzip named .csv", put("t.csv", gzip.compress(TEXT))),
    good("gzip of two members", put("t.csv.gz", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]))),
    good("bzip2", put("t.csv.bz2", bz2.compress(TEXT))),
    good("xz", put("t.csv.xz", lzma.compress(TEXT))),
    good("Zstandard", packed_by_arrow("zstd")),
    good("LZ4", packed_by_arrow("lz4")),
    good("a zip with one file", put("t.zip", zipped(**{"in/t.csv": TEXT}))),
    good("a zip of a Mac", put("t.zip", zipped(**{"t.csv": TEXT, "__MACOSX/._t.csv": b"\0\1"}))),
    good("a gzip within a zip", put("t.zip", zipped(**{"t.csv.gz": gzip.compress(TEXT)}))),
    good("a packed Parquet file", put("t.parquet.gz", gzip.compress(parquet(arrow())))),
    bad("a gzip cut short", put("t.csv.gz", gzip.compress(TEXT)[:-30]), "is a damaged gzip file"),
    bad("an xz cut short", put("t.csv.xz", lzma.compress(TEXT)[:-30]), "is a damaged xz file"),
    bad("a bzip2 cut short", put("t.csv.bz2", bz2.compress(TEXT)[:-30]), "is a damaged bzip2 file"),
    bad("a Zstandard file cut short", packed_by_arrow("zstd", -30), "is a damaged Zstandard file"),
    bad("a gzip of nothing", put("t.csv.gz", gzip.compress(b"")), "is packed and empty within"),
    bad("a zip with three files", put("t.zip", zipped(a=TEXT, b=TEXT, c=TEXT)), "holds 3 files where one table"),
    bad("an empty zip", put("t.zip", zipped()), "holds 0 files where one table"),
    bad("a zip cut short", put("t.zip", zipped(a=TEXT)[:60]), "is a damaged or locked zip file"),
    bad("a locked zip", put("t.zip", locked_zip()), "is a damaged or locked zip file"),
)
COLUMNAR = (
    good("Parquet", put("t.parquet", parquet(arrow()))),
    good("Parquet named .csv", put("t.csv", parquet(arrow()))),
    good("Feather", put("t.feather", feathered(arrow()))),
    good("an Arrow file", put("t.arrow", ipc(arrow()))),
    good("a stream of Arrow", put("t.arrows", ipc(arrow(), pa.ipc.new_stream))),
    good("ORC", put("t.orc", orced(arrow()))),
    Case(
        "types of Arrow that pandas has not",
        put(
            "t.parquet",
            parquet(
                pa.table(
                    {
                        "day": pa.array(DAYS),
                        "price": pa.array([str(n) + ".25" for n in range(24)]).cast(pa.decimal128(9, 2)),
                        "tags": [["a", "b"]] * 12 + [["c"]] * 12,
                        "kind": pa.array(GOOD_LABELS).dictionary_encode(),
                        "empty": pa.nulls(24),
                        "at": pa.array(MOMENTS, pa.timestamp("us", "Asia/Tokyo")),
                        "long": pa.array([10**17 + n for n in range(24)]),
                        "t": GOOD_LABELS,
                    }
                )
            ),
        ),
        shape=(24, 8),
        columns={"day": "datetime", "price": "numeric", "kind": "categorical", "at": "datetime"},
        values={"price": [0.25, 1.25], "tags": ['["a", "b"]'], "long": ["100000000000000000", "100000000000000001"]},
    ),
    Case(
        "row labels of pandas",
        put("t.parquet", parquet(arrow().append_column("__index_level_0__", pa.array(range(24))))),
        shape=SHAPE,
    ),
    bad("Parquet cut short", put("t.parquet", parquet(arrow())[:200]), "is a Parquet file that cannot be read"),
    bad("Parquet with its first bytes alone", put("t.parquet", b"PAR1"), "is a Parquet file that cannot be read"),
    bad("Parquet without rows", put("t.parquet", parquet(arrow().slice(0, 0))), "has no rows"),
    bad("Feather cut short", put("t.feather", feathered(arrow())[:100]), "Arrow .Feather. file that cannot be read"),
    bad(
        "places in a stream of Arrow that lead out of it",
        put(
            "t.arrows",
            ipc(arrow(), pa.ipc.new_stream).replace(struct.pack("<3i", 3, 7, 11), struct.pack("<3i", 3, 2**30, 11)),
        ),
        "is a stream of Arrow that cannot be read",
    ),
    bad("ORC cut short", put("t.orc", orced(arrow())[:100]), "is an ORC file that cannot be read"),
)
RECORD_FILES = (
    good("a record a line", put("t.jsonl", LINES)),
    good("records", put("t.json", json.dumps(RECORDS))),
    good("records named .csv", put("t.csv", json.dumps(RECORDS, indent=2))),
    good("records within an answer", put("t.json", json.dumps({"ok": True, "count": 24, "rows": RECORDS}))),
    good("columns by name", put("t.json", json.dumps({name: [r[name] for r in RECORDS] for name in KINDS}))),
    good("columns and data", put("t.json", json.dumps({"columns": list(KINDS), "data": [list(r) for r in ROWS]}))),
    good(
        "cells by row label",
        put("t.json", json.dumps({name: {str(n): r[name] for n, r in enumerate(RECORDS)} for name in KINDS})),
    ),
    good("JSON lines packed", put("t.jsonl.gz", gzip.compress(LINES.encode()))),
    good("JSON in UTF-16", put("t.json", json.dumps(RECORDS).encode("utf-16"))),
    Case(
        "records of different keys",
        put(
            "t.jsonl",
            "".join(
                json.dumps({"x": n / 2, "t": "ab"[n % 2]} | ({"late": n} if n > 20 else {})) + "\n" for n in range(24)
            ),
        ),
        shape=SHAPE,
        columns={"x": "numeric", "late": "numeric"},
    ),
    Case(
        "lists, records and truths within records",
        put(
            "t.json",
            json.dumps(
                [
                    {"x": n / 2, "tags": ["a", n % 2], "ok": n % 2 == 0, "in": {"k": "é"}, "t": "ab"[n % 2]}
                    for n in range(24)
                ]
            ),
        ),
        shape=(24, 5),
        columns={"ok": "boolean"},
        values={"tags": ['["a", 0]'], "in": ['{"k": "é"}']},
    ),
    bad("a torn line", put("t.jsonl", LINES + '{"x": 1, "ci'), "line 25: this is no JSON"),
    bad("a torn list", put("t.json", json.dumps(RECORDS)[:-40]), "is no whole JSON file"),
    bad("numbers without names", put("t.json", "[1, 2, 3]"), "is JSON but no table"),
    bad("an empty list", put("t.json", "[]"), "is JSON but no table"),
    bad("a hundred thousand brackets", put("t.json", "[" * 100_000), "is no whole JSON file"),
)
WORKBOOKS = (
    good("a workbook", put("t.xlsx", workbook(*SHEET))),
    good("a workbook named .csv", put("t.csv", workbook(*SHEET))),
    good("a workbook under a title", put("t.xlsx", workbook(("Sales 2021",), (), ("Till 3",), (), *SHEET))),
    good("an empty sheet before the table", put("t.xlsx", workbook(*SHEET, sheets=("Cover", "Data")))),
    good(
        "empty rows and columns around the table",
        put("t.xlsx", workbook((), *((None, *row, None) for row in SHEET), ())),
    ),
    good("an OpenDocument sheet", put("t.ods", ods())),
    Case(
        "dates, truths and gaps",
        put(
            "t.xlsx",
            workbook(
                ("day", "ok", "n", "t"),
                *((MOMENTS[n], n % 2 == 0, None if n == 3 else n, "ab"[n % 2]) for n in range(24)),
            ),
        ),
        shape=(24, 4),
        columns={"day": "datetime", "ok": "boolean", "n": "numeric"},
    ),
    Case(
        "numbers among text",
        put(
            "t.xlsx", workbook(("code", "n", "t"), *((n if n % 2 else f"k{n}", n / 2, "ab"[n % 2]) for n in range(24)))
        ),
        shape=SHAPE,
        columns={"code": "categorical"},
        values={"code": ["k0", "1", "k2", "3"]},
    ),
    bad("an empty workbook", put("t.xlsx", workbook()), "is empty; give a sheet"),
    bad("a header alone in a sheet", put("t.xlsx", workbook(("x", "t"))), "has a header and no rows"),
    bad("a workbook cut short", put("t.xlsx", workbook(*SHEET)[:900]), "is a damaged or locked zip file"),
    bad(
        "a document of words",
        put("t.docx", zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"x"})),
        "is a damaged workbook or none",
    ),
    bad(
        "an old workbook cut short", put("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "damaged workbook"
    ),
)
DATABASES = (
    good("SQLite with one table", lambda folder: sqlite(folder, "sales")),
    bad(
        "SQLite with two tables", lambda folder: sqlite(folder, "sales", "staff"), "2 tables: sales, staff; choose one"
    ),
    bad("SQLite without a table", sqlite, "is empty"),
    bad("SQLite cut short", put("t.db", b"SQLite format 3\0" + bytes(84)), "fails: "),
)
PARTS = (
    good(
        "a folder of Parquet parts",
        folder_of({"part-1.parquet": parquet(HALF), "part-2.parquet": parquet(REST), "_SUCCESS": b"", ".crc": b"x"}),
    ),
    Case(
        "folders that name a column",
        folder_of({"year=2020/a.parquet": parquet(HALF), "year=2021/a.parquet": parquet(HALF)}),
        shape=(24, 4),
        values={"year": [2020.0]},
    ),
    Case(
        "parts whose numbers are whole in one",
        folder_of(
            {
                "a.parquet": parquet(pa.table({"x": list(range(12)), "t": GOOD_LABELS[:12]})),
                "b.parquet": parquet(pa.table({"x": [n / 2 for n in range(12)], "t": GOOD_LABELS[:12]})),
            }
        ),
        shape=(24, 2),
        columns={"x": "numeric"},
    ),
    bad(
        "parts of different columns",
        folder_of({"a.parquet": parquet(HALF), "b.parquet": parquet(HALF.drop_columns(["city"]))}),
        "has a column 'city' and",
    ),
    bad("parts of two formats", folder_of({"a.parquet": parquet(HALF), "b.csv": TEXT}), "must be of one format"),
    bad("an empty folder", folder_of({"_SUCCESS": b""}), "is a folder"),
)
FOREIGN = (
    bad("a page that says 404", put("t.csv", "<!DOCTYPE html>\n<html><body>Not Found</body></html>"), "is a web page"),
    bad("a page in UTF-16", put("t.csv", "<html><body>Not Found</body></html>".encode("utf-16")), "is a web page"),
    bad("XML", put("t.csv", '<?xml version="1.0"?><a/>'), "is XML and not a table"),
    bad(
        "a pointer of Git LFS",
        put("t.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        "is a pointer of Git LFS",
    ),
    bad("a picture", put("t.csv", b"\x89PNG\r\n\x1a\n" + bytes(50)), "a PNG picture"),
    bad("a PDF", put("t.csv", b"%PDF-1.7\n"), "a PDF"),
    bad("a pickle", put("t.csv", b"\x80\x04\x95" + bytes(20)), "a Python pickle"),
    bad("an Avro file", put("t.avro", b"Obj\x01" + bytes(20)), "an Avro file"),
    bad("a tar archive", put("t.csv", bytes([65] * 257) + b"ustar" + bytes(300)), "a tar archive"),
    bad("an encrypted Parquet file", put("t.parquet", b"PARE" + bytes(20) + b"PARE"), "an encrypted Parquet file"),
    bad("noise", put("t.csv", bytes(range(256)) * 4), "bytes that no text holds"),
    bad("noise without controls", put("t.csv", bytes(range(0x80, 0x100)) * 8), "cannot be decoded"),
    bad("no file", lambda folder: folder / "none.csv", "there is no file"),
)
CASES = (*ENCODINGS, *TEXTS, *PACKED, *COLUMNAR, *RECORD_FILES, *WORKBOOKS, *DATABASES, *PARTS, *FOREIGN)
