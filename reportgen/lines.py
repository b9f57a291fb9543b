"""Where in a TOML file something stands, for a sentence that names the line."""

import tomllib
from typing import Any


def line_of(text: str, wanted: tuple[str, ...]) -> int:
    """The line, counted from 1, on which the most of these keys are named; 1 where none is."""
    table: tuple[str, ...] = ()
    best = (0, 1)
    for number, (keys, header) in enumerate(_keys(text), start=1):
        table = keys if header else table
        whole = table if header else (*table, *keys)
        if keys and len(whole) > best[0] and whole == wanted[: len(whole)]:
            best = (len(whole), number)
    return best[1]


def line_of_item(text: str, table: str, number: int) -> int:
    """The header of one of several tables of a name, counted from 0; of a list, its own line."""
    headers = [line for line, (keys, header) in enumerate(_keys(text), start=1) if header and keys == (table,)]
    return headers[number] if number < len(headers) else line_of(text, (table,))


def _keys(text: str) -> list[tuple[tuple[str, ...], bool]]:
    """The keys that each line names, as TOML reads them, and whether it is the header of a table."""
    return [(_path(line), line.lstrip().startswith("[")) for line in text.splitlines()]


def _path(line: str) -> tuple[str, ...]:
    """The keys of one line; none where it is no line of its own, as inside of a list."""
    try:
        tree: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(tree, dict) and len(tree) == 1:
        ((key, tree),) = tree.items()
        keys.append(key)
    return tuple(keys)
