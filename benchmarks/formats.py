"""Audit one table from every kind of source, and show where the reports differ: python benchmarks/formats.py [URL].

URL is a PostgreSQL that may be written to (schema reportgen_formats is made anew). Exit 1 where a report differs in
more than its source's name, its hash, how it was read, and what docs/formats.md says that the format loses.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
from sklearn.datasets import load_iris

import reportgen

OWN = ("source", "sha256", "name", "reading")
"""What a dataset's record says of its source."""


def table() -> pd.DataFrame:
    bunch = load_iris(as_frame=True)
    frame = bunch.frame.rename(columns=lambda name: name.replace(" (cm)", ""))
    frame["herbarium"] = [("Köln", "Wien, 2", "北京")[n % 3] for n in range(len(frame))]
    frame["pressed"] = [n % 5 == 0 for n in range(len(frame))]
    frame["found"] = pd.Timestamp("2020-01-01") + pd.to_timedelta([n * 7 % 400 for n in range(len(frame))], unit="D")
    frame.loc[[3, 70], "sepal width"] = None
    frame["species"] = [bunch.target_names[n] for n in frame.pop("target")]
    return frame


def sources(frame: pd.DataFrame, folder: Path, url: str | None) -> Iterator[tuple[str, object, dict[str, Any]]]:
    frame.to_csv(folder / "t.csv", index=False)
    yield "csv", folder / "t.csv", {}
    frame.to_parquet(folder / "t.parquet")
    yield "parquet", folder / "t.parquet", {}
    frame.to_feather(folder / "t.feather")
    yield "feather", folder / "t.feather", {}
    frame.to_json(folder / "t.jsonl", orient="records", lines=True, date_format="iso", double_precision=15)
    yield "json lines", folder / "t.jsonl", {}
    frame.to_excel(folder / "t.xlsx", index=False)
    yield "excel", folder / "t.xlsx", {}
    with closing(sqlite3.connect(folder / "t.db")) as connection:
        frame.to_sql("t", connection, index=False)
        connection.commit()
    yield "sqlite", folder / "t.db", {}
    yield "polars", pl.DataFrame(frame), {}
    yield "arrow", pa.Table.from_pandas(frame), {}
    yield "pandas", frame, {}
    if url:
        import sqlalchemy as sa  # noqa: PLC0415 - only with a URL

        engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA IF EXISTS reportgen_formats CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA reportgen_formats"))
            frame.to_sql("t", connection, schema="reportgen_formats", index=False)
        yield "postgresql", url, {"table": "reportgen_formats.t"}


def evidence(source: object, reading: dict[str, Any]) -> dict[str, Any]:
    report = reportgen.audit(source, target="species", budget="quick", reading=reading, name="t")
    content: dict[str, Any] = json.loads(report.to_json())
    for key in OWN:
        content["dataset"].pop(key, None)
    content["settings"].pop("reading")
    content["environment"].pop("command")
    return content


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{place}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{place}[{number}]")
    elif one != other:
        yield f"{place}: {str(one)[:60]} | {str(other)[:60]}"


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else None
    odd = 0
    with TemporaryDirectory() as folder:
        first: dict[str, Any] | None = None
        for name, source, reading in sources(table(), Path(folder), url):
            content = evidence(source, reading)
            first = first or content
            found = list(differences(first, content))
            odd += bool(found) and name != "sqlite"
            print(f"{name:12} {len(found)} differences", *found[:5], sep="\n    " if found else " ", flush=True)
    sys.exit(1 if odd else 0)


if __name__ == "__main__":
    main()
