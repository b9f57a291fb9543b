"""JSON: a record a line, or a list of records, or columns by name."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa

from reportgen.data.formats.arrow import Columns
from reportgen.errors import DataError

CHUNK = 20_000


def read_json(stream: BinaryIO, name: str, encoding: str) -> tuple[pa.Table, str]:
    """The table, and whether it was "json" or "json lines". Raises DataError for JSON that is no table."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    try:
        by_line = _a_record_a_line(text)
        text.seek(0)
        columns = Columns()
        for chunk in _chunks(_lines(text, name) if by_line else iter(_records(_whole(text, name), name))):
            names = dict.fromkeys(key for record in chunk for key in record)
            columns.add({key: [record.get(key) for record in chunk] for key in names}, len(chunk))
    finally:
        text.detach()
    return columns.table(), "json lines" if by_line else "json"


def _a_record_a_line(text: io.TextIOWrapper) -> bool:
    """The first line that holds anything is a record by itself, and another follows it."""
    filled = (line for line in text if line.strip())
    first, second = next(filled, ""), next(filled, "")
    try:
        return isinstance(_parsed(first), dict) and bool(second)
    except ValueError:
        return False


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON is of many types
    """The value of a text. Raises ValueError for what is no JSON, and for what nests too deeply to be a table."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            record = _parsed(line)
        except ValueError as error:
            raise DataError(f"{name}, line {number}: this is no JSON ({_brief(error)}); mend that line") from None
        if not isinstance(record, dict):
            raise DataError(f"{name}, line {number}: this is no JSON object such as {{...}}; write one record a line")
        yield record


def _whole(text: io.TextIOWrapper, name: str) -> Any:  # noqa: ANN401
    try:
        return _parsed(text.read())
    except ValueError as error:
        raise DataError(f"{name} is no whole JSON file ({_brief(error)}); write it again") from None


def _brief(error: ValueError) -> str:
    return str(error).split("\n", maxsplit=1)[0][:120]


def _records(content: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """Records, from a list of them, alone or as the one list of an object, or from columns."""
    if isinstance(content, dict):
        content = _within(content)
    if isinstance(content, list) and content and all(isinstance(one, dict) for one in content):
        return content
    raise DataError(
        f"{name} is JSON but no table; write a list of records such as [{{...}}, {{...}}], or one record a line"
    )


def _within(content: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What pandas and web services wrap a table in: columns and data, columns by name, or one list among facts."""
    names, rows = content.get("columns"), content.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    values = list(content.values())
    if _are_columns(values):
        return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
    if values and all(isinstance(value, dict) for value in values):
        return _by_label(content)
    lists = [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]
    return lists[0] if len(lists) == 1 else content


def _are_columns(values: list[Any]) -> bool:
    """Lists of one length, and not one list of records."""
    if not values or not all(isinstance(value, list) for value in values):
        return False
    alone = len(values) == 1 and all(isinstance(one, dict) for one in values[0])
    return len({len(value) for value in values}) == 1 and not alone


def _by_label(content: Mapping[str, Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """Columns of cells by row label, as `DataFrame.to_json` writes them."""
    labels = list(next(iter(content.values())))
    if not labels or any(list(column) != labels for column in content.values()):
        return content
    return [{name: column[label] for name, column in content.items()} for label in labels]


def _chunks(records: Iterator[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    while chunk := list(islice(records, CHUNK)):
        yield chunk
