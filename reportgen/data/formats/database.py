"""Tables of databases: SQLite and DuckDB files, and whatever SQLAlchemy has a URL for."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote

from reportgen.config import ReadingConfig
from reportgen.data.formats.drawn import Draw
from reportgen.data.formats.origin import on_disk
from reportgen.data.formats.streamed import Chunks, Gathered, at_once, gathered, of_batches, of_rows
from reportgen.data.text import refuse_duplicates
from reportgen.errors import DataError
from reportgen.naming import expanded, is_url, shown

MOST_NAMED = 20
LEAST_OF_DUCKDB = 256_000_000
"""Bytes without which DuckDB cannot sort or group what is larger, on the disk."""
SHARE_OF_DUCKDB = 4
"""One part in so many of the memory there is, for what DuckDB keeps of a file."""


def read_sqlite(stream: BinaryIO, name: str, asked: ReadingConfig, draw: Draw) -> Gathered:
    """A table of an SQLite file or what a query gives, or rows drawn of that; the file is opened for reading alone."""
    with on_disk(stream) as path:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                connection.text_factory = lambda text: text.decode("utf-8", "replace")
                query = asked.sql or _all_of(_quoted(_choice(_sqlite_tables(connection), asked.table, name)))
                connection.execute("BEGIN")  # the same rows each time
                return gathered(partial(_of_sqlite, connection, query, name), draw)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            raise DataError(_failed(name, asked, error)) from None


def _of_sqlite(connection: sqlite3.Connection, query: str, name: str) -> Chunks:
    with closing(connection.execute(query)) as cursor:
        yield from _fetched(cursor.fetchmany, [one[0] for one in cursor.description or ()], name)


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [row[0] for row in found]


def read_duckdb(stream: BinaryIO, name: str, asked: ReadingConfig, draw: Draw) -> Gathered:
    """A table of a DuckDB file or what a query gives, or rows drawn of that; the file is opened for reading alone."""
    duckdb = _duckdb(name)
    with on_disk(stream) as path, tempfile.TemporaryDirectory(prefix="reportgen-") as scratch:
        try:
            with duckdb.connect(str(path), read_only=True) as connection:
                _keep_small(connection, scratch, draw)
                tables = connection.execute(DUCKDB_TABLES).fetchall()
                query = asked.sql or _all_of(_dotted(_choice([one[0] for one in tables], asked.table, name)))
                connection.execute("BEGIN TRANSACTION")
                return gathered(partial(_of_duckdb, connection, query, name), draw)
        except duckdb.Error as error:
            raise DataError(_failed(name, asked, error)) from None


def _keep_small(connection: Any, scratch: str, draw: Draw) -> None:  # noqa: ANN401 - DuckDB's
    """What it sorts or groups beyond its share of the memory waits on the disk, and not beside the file."""
    connection.execute(f"SET temp_directory = '{scratch.replace(chr(39), 2 * chr(39))}'")
    if draw.memory is not None:
        connection.execute(f"SET memory_limit = '{max(LEAST_OF_DUCKDB, draw.memory // SHARE_OF_DUCKDB)}B'")


def _of_duckdb(connection: Any, query: str, name: str) -> Chunks:  # noqa: ANN401
    found = connection.sql(query)
    if found is None:
        raise DataError(f"the query of {name} gives no rows; write a SELECT")
    refuse_duplicates(found.columns, f"the result of {name}")
    begin = getattr(found, "to_arrow_reader", None) or found.fetch_arrow_reader  # as it was called before 1.4
    yield from of_batches(begin(at_once(len(found.columns))))


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


def read_url(source: str, asked: ReadingConfig, draw: Draw) -> tuple[Gathered, str]:
    """What a database gives for a query or a table, or the rows drawn of it, and the name of its kind.

    Nothing is ever written there.

    Raises DataError, with the password left out, where it cannot be reached or the query fails.
    """
    address, said = expanded(source), shown(source)
    kind = _kind(address)
    if kind in ("sqlite", "duckdb"):
        with _path(address, said).open("rb") as file:
            return (read_sqlite if kind == "sqlite" else read_duckdb)(file, said, asked, draw), kind
    return _asked(address, said, asked, draw), kind


def _asked(address: str, said: str, asked: ReadingConfig, draw: Draw) -> Gathered:
    with _connected(address, said, asked) as (sa, connection):
        connection.execution_options(**_careful(connection.dialect.name))
        query = sa.text(asked.sql) if asked.sql else _whole_table(sa, connection, asked.table, said)
        return gathered(partial(_of_url, connection, query, said), draw)


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


def _of_url(connection: Any, query: Any, said: str) -> Chunks:  # noqa: ANN401 - SQLAlchemy's
    with closing(connection.execute(query, execution_options={"stream_results": True})) as result:
        if not result.returns_rows:
            raise DataError(f"the query of {said} gives no rows; write a SELECT")
        names = list(result.keys())
        yield from _fetched(result.yield_per(at_once(len(names))).fetchmany, names, said)


def _driver(url: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's URL
    """PostgreSQL by psycopg, which the extra brings, unless the URL names another driver."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _careful(dialect: str) -> dict[str, Any]:
    """Nothing is written, and a table that is read twice is the same one."""
    return {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"} if dialect == "postgresql" else {}


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


def _fetched(fetch: Callable[[int], Sequence[Any]], names: Sequence[str], name: str) -> Chunks:
    """All rows of a result, some thousands at a time."""
    if not names:
        raise DataError(f"the query of {name} gives no rows; write a SELECT")
    refuse_duplicates(list(names), f"the result of {name}")
    yield from of_rows(names, iter(partial(fetch, at_once(len(names))), []))


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
