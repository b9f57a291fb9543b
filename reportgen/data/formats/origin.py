"""Where bytes come from: a file of this machine, an address of the web, an object store."""

import base64
import glob
import http.client
import shutil
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import pyarrow as pa
from pyarrow import fs

from reportgen.errors import DataError
from reportgen.naming import BUILT_IN, expanded, is_url, scheme, shown

IN_MEMORY = 64 * 2**20
"""Fetched and unpacked bytes beyond this many wait on the disk instead."""

PATIENCE = 60
"""Seconds without a byte after which an address is given up."""


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """A source as a stream that can be read again from its beginning.

    Raises DataError, with any password left out, where there is no such thing or it cannot be had.
    """
    place = expanded(source) if is_url(source) else source
    kind = scheme(place) if is_url(place) else "file"
    if kind in ("http", "https"):
        with spooled() as stream:
            _fetch(place, stream)
            yield _full(stream, source)
    elif kind == "file":
        with _file(Path(unquote(urlsplit(place).path)) if is_url(place) else Path(place)) as file:
            yield _full(file, source)
    else:
        with _stored(place) as stream:
            yield _full(stream, source)


def spooled() -> BinaryIO:
    """A place for bytes that goes to the disk once it grows."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))


@contextmanager
def on_disk(stream: BinaryIO) -> Iterator[Path]:
    """The file behind a stream, or a copy where the bytes were fetched or unpacked."""
    name = getattr(stream, "name", None)
    if isinstance(name, str) and Path(name).is_file():
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        path = Path(folder) / "table"
        stream.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(stream, file, 2**20)
        yield path


def _full(stream: BinaryIO, source: str) -> BinaryIO:
    if not stream.read(1):
        raise DataError(f"{shown(source)} is empty; give a table with a line of column names and rows below it")
    stream.seek(0)
    return stream


def _file(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise DataError(f"{path} is a device or a pipe and no file; write the table to a file first")
        return path.open("rb")
    except FileNotFoundError:
        if glob.has_magic(str(path)):
            raise DataError(f"{path} matches no file; mend the pattern, or name the files") from None
        raise DataError(f"there is no file {path}; the built-in tables are {', '.join(BUILT_IN)}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; name one file in it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _fetch(address: str, into: IO[bytes]) -> None:
    """Fetch a file from the web. A name and password before the host become a header, and are not sent elsewhere."""
    said = shown(address)
    try:
        with urllib.request.urlopen(_request(address), timeout=PATIENCE) as answer:  # noqa: S310 - http or https
            shutil.copyfileobj(answer, into, 2**20)
            expected = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        error.close()
        advice = "check the name and password in it" if error.code in (401, 403) else "check the address"
        raise DataError(f"{said} answers {error.code} {error.reason}; {advice}") from None
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise DataError(f"{said} cannot be fetched: {_why(error)}") from None
    if expected and expected.isdecimal() and int(expected) != into.tell():
        raise DataError(f"{said} broke off after {into.tell()} of {expected} bytes; try again")
    into.seek(0)


def _request(address: str) -> urllib.request.Request:
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(  # noqa: S310 - http or https
        urlunsplit(parts._replace(netloc=host, fragment="")), headers={"User-Agent": "reportgen"}
    )
    if at:
        token = base64.b64encode(unquote(user).encode()).decode("ascii")
        request.add_unredirected_header("Authorization", f"Basic {token}")
    return request


def _why(error: Exception) -> str:
    reason: Any = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError | socket.gaierror):
        return "the host is not known" if isinstance(reason, socket.gaierror) else f"no answer in {PATIENCE} s"
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)


def _stored(address: str) -> BinaryIO:
    """An object of a store, through pyarrow: who may read it is the environment's business (AWS_..., GOOGLE_...)."""
    said = shown(address)
    try:
        store, path = fs.FileSystem.from_uri(_patient(address))
        return cast(BinaryIO, store.open_input_file(path))
    except FileNotFoundError:
        raise DataError(f"there is no {said}; check the bucket and the key") from None
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{said} cannot be fetched: {_brief(error, address)}") from None


def _patient(address: str) -> str:
    """The address as pyarrow wants it; Google's store is otherwise asked for a quarter of an hour."""
    if scheme(address) not in ("gs", "gcs") or "retry_limit_seconds=" in address:
        return address
    place = address.replace("gcs://", "gs://", 1)
    return f"{place}{'&' if '?' in place else '?'}retry_limit_seconds={PATIENCE}"


def _brief(error: Exception, address: str) -> str:
    """The first words of a library's complaint, without the secret that the address may hold."""
    words = shown(" ".join(str(error).split())[:300])
    secret = urlsplit(address).password
    return words.replace(secret, "***") if secret else words
