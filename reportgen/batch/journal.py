"""What a batch planned, began and ended: an append-only file of lines, each with its checksum, each synced to the disk.

A file rather than SQLite, whose WAL wants shared memory that network file systems lack, while batches write to them. A
lock allows one writer, so that a line is all that ever has to be whole: one cut short by a kill or a full disk fails
its checksum and is cut off at the next start, and the dataset is audited again, to the same bytes. At a start the file
is written anew without what was superseded, if that is most of it, and renamed into place. Readers need no lock.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import Path
from sys import intern
from typing import Any, Literal, Self

from pydantic import ValidationError

from reportgen.batch.result import Past, Result, past_of
from reportgen.errors import OutputError

Event = Literal["planned", "running", "done", "failed", "dropped"]
MOST_PAST = 13
"""Earlier results that are kept of a dataset: with the last one, two weeks of nights."""
SMALL = 1_000_000
"""Bytes below which a journal is not worth writing anew."""


@dataclass(frozen=True)
class State:
    """Where a dataset stands: the last event, the hash of what it was about, and its last result with those before."""

    event: Event = "planned"
    hash: str | None = None
    result: Result | None = None
    past: tuple[Past, ...] = ()

    def followed_by(self, event: Event, hashed: str | None, result: Result | None) -> "State":
        """The state after another result; the last one is past."""
        return State(event, hashed, result, _with_past(self))


def read_states(files: Iterable[Path]) -> dict[str, State]:
    """Where every dataset stands by the journals of a folder, the latest line of each winning."""
    states: dict[str, State] = {}
    for line in merge(*(_lines(file) for file in files), key=lambda line: str(line.get("at", ""))):
        _take(states, line)
    return states


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with suppress(FileNotFoundError), file.open("rb") as stream:
        for raw in stream:
            if (line := _decoded(raw)) is not None:
                yield line


def _decoded(raw: bytes) -> dict[str, Any] | None:
    sum_, _, text = raw.rstrip(b"\n").partition(b" ")
    if not text or sum_ != _sum(text):
        return None
    line = json.loads(text)
    return line if isinstance(line, dict) else None


def _sum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()


def _encoded(line: Mapping[str, Any]) -> bytes:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _sum(text) + b" " + text + b"\n"


def _take(states: dict[str, State], line: dict[str, Any]) -> None:
    """Bring one dataset's state up to a line; a line of a later version that cannot be read is passed over."""
    key, event = str(line.get("key")), line.get("event")
    state = states.get(key, State())
    try:
        if event == "kept":
            past = tuple(_shared(Past._make(one)) for one in line["past"])
            states[key] = State(line["state"], line["hash"], _result(line), past)
        elif event in ("done", "failed"):
            states[key] = state.followed_by(event, line["hash"], _result(line))
        elif event in ("planned", "running", "dropped"):
            states[key] = replace(state, event=event)
    except (ValidationError, KeyError, TypeError):
        return


def _result(line: dict[str, Any]) -> Result | None:
    return None if line.get("result") is None else Result.model_validate(line["result"])


def _with_past(state: State) -> tuple[Past, ...]:
    """The results before the next one: those that were kept, and the last where it came to a report."""
    last = state.result
    if last is None or last.status != "done":
        return state.past
    return (*state.past, _shared(past_of(last)))[-MOST_PAST:]


def _shared(past: Past) -> Past:
    """The same with one copy of each word for all datasets: there are thousands of them, with the same few words."""
    return Past._make(intern(value) if isinstance(value, str) else value for value in past)


class Journal:
    """The one writer of a journal, which holds the lock of its folder."""

    def __init__(self, file: Path) -> None:
        """Open a journal to append to, cutting off a line that was not finished. Raises OutputError."""
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            _new(file).unlink(missing_ok=True)
            _compact(file)
            self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
            self._end = _sound_end(file)
            os.ftruncate(self._handle, self._end)
            sync_folder(file.parent)
        except OSError as error:
            raise OutputError(f"the journal {file} cannot be written: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._handle)

    def planned(self, keys: Iterable[str], at: str) -> None:
        """Note which datasets are to be audited, all in one stroke."""
        self._append([{"at": at, "event": "planned", "key": key} for key in keys])

    def note(self, key: str, event: Event, at: str, hash_: str | None = None, result: Result | None = None) -> None:
        """Note that a dataset's audit began, ended or was dropped. Raises OutputError where the disk takes no more."""
        line: dict[str, Any] = {"at": at, "event": event, "key": key}
        if result is not None:
            line |= {"hash": hash_, "result": result.model_dump(mode="json", exclude_defaults=True)}
        self._append([line])

    def _append(self, lines: list[dict[str, Any]]) -> None:
        content = b"".join(_encoded(line) for line in lines)
        try:
            _write_all(self._handle, content, self._end)
            os.fsync(self._handle)
        except OSError as error:
            os.ftruncate(self._handle, self._end)
            raise OutputError(f"the journal {self.file} cannot be written: {error.strerror or error}") from None
        self._end += len(content)


def _write_all(handle: int, content: bytes, place: int) -> None:
    left = memoryview(content)
    while left:
        written = os.pwrite(handle, left, place)
        left, place = left[written:], place + written


def _sound_end(file: Path) -> int:
    """The length of the file up to its last whole line."""
    end = 0
    with file.open("rb") as stream:
        for raw in stream:
            if not raw.endswith(b"\n"):
                break
            end += len(raw)
    return end


def _compact(file: Path) -> None:
    """Write a journal anew with one line a dataset, where that is much shorter; renamed into place, so whole or not."""
    if not file.exists() or file.stat().st_size < SMALL:
        return
    states = read_states([file])
    lines = b"".join(_encoded(_kept(key, state)) for key, state in states.items())
    if len(lines) * 2 > file.stat().st_size:
        return
    new = _new(file)
    with new.open("wb") as stream:
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)


def _new(file: Path) -> Path:
    return file.with_suffix(".new")


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder, where the system can be asked to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _kept(key: str, state: State) -> dict[str, Any]:
    return {
        "at": state.result.at if state.result else "",
        "event": "kept",
        "key": key,
        "state": state.event,
        "hash": state.hash,
        "result": state.result and state.result.model_dump(mode="json", exclude_defaults=True),
        "past": state.past,
    }
