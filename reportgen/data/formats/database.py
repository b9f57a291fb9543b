"""Tables of databases: SQLite and DuckDB files, and whatever SQLAlchemy has a URL for."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

import pyarrow as pa

from reportgen.config import ReadingConfig
from reportgen.data.formats.arrow import Columns
from reportgen.errors import DataError
from reportgen.naming import expanded, is_url, shown

CHUNK = 20_000
MOST_NAMED = 20


def read_sqlite(stream: BinaryIO, name: str, asked: ReadingConfig) -> pa.Table:
    """A table of an SQLite file, or what a query of it gives; the file is opened for reading alone."""
    with _on_disk(stream) as path:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                connection.text_factory = lambda text: text.decode("utf-8", "replace")
                query = asked.sql or _all_of(_quoted(_choice(_sqlite_tables(connection), asked.table, name)))
                cursor = connection.execute(query)
                return _fetched(cursor, [one[0] for one in cursor.description or ()], name)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise DataError(_failed(name, asked, error)) from None


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [row[0] for row in found]


def read_duckdb(stream: BinaryIO, name: str, asked: ReadingConfig) -> pa.Table:
    """A table of a DuckDB file, or what a query of it gives; the file is opened for reading alone."""
    duckdb = _duckdb(name)
    with _on_disk(stream) as path:
        try:
            with duckdb.connect(str(path), read_only=True) as connection:
                tables = connection.execute(DUCKDB_TABLES).fetchall()
                query = asked.sql or _all_of(_dotted(_choice([one[0] for one in tables], asked.table, name)))
                found = connection.sql(query)
                if found is None:
                    raise DataError(f"the query of {name} gives no rows; write a SELECT")
                return pa.table(found)
        except duckdb.Error as error:
            raise DataError(_failed(name, asked, error)) from None


DUCKDB_TABLES = (
    "SELECT CASE WHEN table_schema = 'main' THEN table_name ELSE table_schema || '.' || table_name END "
    "FROM information_schema.tables WHERE table_catalog = current_catalog() ORDER BY 1"
)


def _duckdb(name: str) -> Any:  # noqa: ANN401 - a module
    return _extra("duckdb", f"{name} is a DuckDB file, and reading one takes duckdb", "duckdb")


def _extra(module: str, why: str, extra: str) -> Any:  # noqa: ANN401 - a module
    """A library that an extra brings. Raises DataError, which names the extra, where it is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise DataError(f'{why}; run pip install "reportgen[{extra}]"') from None


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[Path]:
    """The file behind a stream, or a copy where the bytes were fetched or unpacked."""
    name = getattr(stream, "name", None)
    if isinstance(name, str) and Path(name).is_file():
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        path = Path(folder) / "database"
        stream.seek(0)
        with path.open("wb") as file:
            while chunk := stream.read(2**20):
                file.write(chunk)
        yield path


def read_url(source: str, asked: ReadingConfig) -> tuple[pa.Table, str]:
    """What a database gives for a query or a table, and the name of its kind; nothing is ever written there.

    Raises DataError, with the password left out, where it cannot be reached or the query fails.
    """
    address, said = expanded(source), shown(source)
    kind = _kind(address)
    if kind in ("sqlite", "duckdb"):
        with _path(address, said).open("rb") as file:
            return (read_sqlite if kind == "sqlite" else read_duckdb)(file, said, asked), kind
    return _asked(address, said, asked), kind


def _asked(address: str, said: str, asked: ReadingConfig) -> pa.Table:
    with _connected(address, said, asked) as (sa, connection):
        connection.execution_options(**_careful(connection.dialect.name))
        query = sa.text(asked.sql) if asked.sql else _whole_table(sa, connection, asked.table, said)
        streamed = {"stream_results": True, "yield_per": CHUNK}
        with closing(connection.execute(query, execution_options=streamed)) as result:
            if not result.returns_rows:
                raise DataError(f"the query of {said} gives no rows; write a SELECT")
            return _fetched(result, list(result.keys()), said)


@contextmanager
def _connected(address: str, said: str, asked: ReadingConfig) -> Iterator[tuple[Any, Any]]:
    """SQLAlchemy and a connection of it; what fails on the way is a DataError without the password."""
    sa = _extra("sqlalchemy", f"{said} is a database, and asking one takes SQLAlchemy", "sql")
    engine = None
    try:
        engine = sa.create_engine(_driver(sa.make_url(address)), poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            yield sa, connection
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError, OSError, ValueError) as error:
        raise DataError(_scrubbed(_failed(said, asked, error), address, sa)) from None
    finally:
        if engine is not None:
            engine.dispose()


def _driver(url: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's URL
    """PostgreSQL by psycopg, which the extra brings, unless the URL names another driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _careful(dialect: str) -> dict[str, Any]:
    return {"postgresql_readonly": True} if dialect == "postgresql" else {}


def _whole_table(sa: Any, connection: Any, asked: str | None, said: str) -> Any:  # noqa: ANN401
    """A SELECT of one table, in the order of its primary key where it has one."""
    inspector = sa.inspect(connection)
    schema, _, table = asked.rpartition(".") if asked else ("", "", None)
    if asked and _names(inspector, None).count(asked):
        schema, table = "", asked
    if asked and schema:
        _refuse_schema(inspector, schema, said)
    table = _choice(_names(inspector, schema or None), table, said)
    columns = [sa.column(one["name"]) for one in inspector.get_columns(table, schema=schema or None)]
    keys = inspector.get_pk_constraint(table, schema=schema or None)["constrained_columns"]
    chosen = sa.select(*columns).select_from(sa.table(table, schema=schema or None))
    return chosen.order_by(*[sa.column(key) for key in keys])


def tables_of(source: str, schema: str) -> list[str]:
    """The tables and views of a schema, in the order of their names. Raises DataError as `read_url` does."""
    address, said = expanded(source), shown(source)
    if not is_url(address) or _kind(address) in ("sqlite", "duckdb"):
        return _tables_of_file(_path(address, said), schema, said)
    with _connected(address, said, ReadingConfig()) as (sa, connection):
        inspector = sa.inspect(connection)
        _refuse_schema(inspector, schema, said)
        return _names(inspector, schema)


def _refuse_schema(inspector: Any, schema: str, said: str) -> None:  # noqa: ANN401
    """Raise DataError where the database has no such schema."""
    if schema not in (known := inspector.get_schema_names()):
        raise DataError(f"{said} has no schema {schema!r}; it has {_list(known)}")


def _tables_of_file(path: Path, schema: str, said: str) -> list[str]:
    """The tables of an SQLite file, whose one schema is main, or of a schema of a DuckDB file."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:12] == b"DUCK":
        with _duckdb(said).connect(str(path), read_only=True) as connection:
            listed = [str(one[0]) for one in connection.execute(DUCKDB_TABLES).fetchall()]
        dotted = [tuple(name.split(".", 1)) if "." in name else ("main", name) for name in listed]
    else:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            try:
                dotted = [("main", name) for name in _sqlite_tables(connection)]
            except sqlite3.Error as error:
                raise DataError(_failed(said, ReadingConfig(), error)) from None
    return [name for place, name in dotted if place == schema]


def _kind(address: str) -> str:
    return address.partition("://")[0].partition("+")[0].lower()


def _path(address: str, said: str) -> Path:
    path = Path(unquote(address.partition(":///")[2].partition("?")[0]) if is_url(address) else address)
    if not path.is_file():
        raise DataError(f"there is no file {path}, which {said} names; a path from the root takes four strokes")
    return path


def _names(inspector: Any, schema: str | None) -> list[str]:  # noqa: ANN401
    return sorted({*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)})


def _choice(tables: Sequence[str], asked: str | None, name: str) -> str:
    """The table that was asked for, or the only one; main is the schema that files have."""
    asked = asked.removeprefix("main.") if asked and asked not in tables else asked
    if asked is not None and asked not in tables:
        raise DataError(f"{name} has no table {asked!r}; it has {_list(tables)}")
    if asked is None and len(tables) != 1:
        advice = "; choose one with --table, or write a --sql query" if tables else ""
        raise DataError(f"{name} has {len(tables) or 'no'} tables{': ' if tables else ''}{_list(tables)}{advice}")
    return tables[0] if asked is None else asked


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" ..." if len(names) > MOST_NAMED else "")


def _all_of(table: str) -> str:
    return f"SELECT * FROM {table}"  # noqa: S608 - the table's name is one that the database gave, and quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _dotted(name: str) -> str:
    return ".".join(_quoted(part) for part in name.split("."))


def _fetched(cursor: Any, names: Sequence[str], name: str) -> pa.Table:  # noqa: ANN401 - of any driver
    """All rows of a result, some thousands at a time."""
    from reportgen.data.text import refuse_duplicates  # noqa: PLC0415

    if not names:
        raise DataError(f"the query of {name} gives no rows; write a SELECT")
    refuse_duplicates(list(names), f"the result of {name}")
    columns = Columns()
    columns.add(dict.fromkeys(names, ()), 0)
    while rows := cursor.fetchmany(CHUNK):
        columns.add(dict(zip(names, zip(*rows, strict=True), strict=True)), len(rows))
    return columns.table()


def _failed(name: str, asked: ReadingConfig, error: Exception) -> str:
    words = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
    if isinstance(error, ModuleNotFoundError):
        return f"{name} takes a driver that is not installed ({words}); install it beside SQLAlchemy"
    what = "the query of " if asked.sql else ""
    return f"{what}{name} fails: {words}"


def _scrubbed(sentence: str, address: str, sa: Any) -> str:  # noqa: ANN401
    """The sentence without the password, which some drivers repeat."""
    try:
        secret = sa.make_url(address).password
    except (sa.exc.SQLAlchemyError, ValueError):
        secret = None
    return shown(sentence.replace(str(secret), "***") if secret else sentence)
