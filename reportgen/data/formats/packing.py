"""Compressed files and archives of one member, unpacked by what their first bytes say."""

import bz2
import gzip
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

import pyarrow as pa

from reportgen.data.formats.origin import spooled
from reportgen.errors import DataError

Packing = tuple[bytes, str, Callable[[BinaryIO], Any]]

PACKED: tuple[Packing, ...] = (
    (b"\x1f\x8b", "gzip", lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")),
    (b"BZh", "bzip2", bz2.BZ2File),
    (b"\xfd7zXZ\x00", "xz", lzma.LZMAFile),
    (b"\x28\xb5\x2f\xfd", "Zstandard", lambda stream: pa.input_stream(pa.PythonFile(stream), compression="zstd")),
    (b"\x04\x22\x4d\x18", "LZ4", lambda stream: pa.input_stream(pa.PythonFile(stream), compression="lz4")),
)
DEEPEST = 3
"""Packings within each other: a .csv.gz within a .zip is met, a chain of ten is a trap."""

CHUNK_BYTES = 2**20

ZIP_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError),
    *(OSError, EOFError, ValueError, UnicodeError, KeyError),
)

OFFICE = ("[Content_Types].xml", "mimetype")
"""What every workbook holds that is a zip file."""


@contextmanager
def unpacked(stream: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The bytes within; the stream itself where it is not packed, or is a workbook.

    Raises DataError where the packing is damaged, locked, or holds anything but one file.
    """
    with ExitStack() as kept:
        inner = stream
        for _ in range(DEEPEST):
            outer, inner = inner, _within(inner, name, kept)
            if inner is outer:
                break
        inner.seek(0)
        yield inner


def _within(stream: BinaryIO, name: str, kept: ExitStack) -> BinaryIO:
    """One packing less, or the same stream."""
    stream.seek(0)
    head = stream.read(8)
    stream.seek(0)
    kind = next((packing for packing in PACKED if head.startswith(packing[0])), None)
    if kind is not None:
        return _expanded(stream, name, kind, kept)
    return _unzipped(stream, name, kept) if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else stream


def _expanded(stream: BinaryIO, name: str, packing: Packing, kept: ExitStack) -> BinaryIO:
    _, kind, unpack = packing
    inner = kept.enter_context(spooled())
    try:
        shutil.copyfileobj(unpack(stream), inner, CHUNK_BYTES)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, pa.ArrowException):
        raise DataError(f"{name} is a damaged {kind} file; fetch or pack it again") from None
    return _filled(inner, name)


def _unzipped(stream: BinaryIO, name: str, kept: ExitStack) -> BinaryIO:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if any(mark in names for mark in OFFICE):
                return stream
            members = [one for one in names if not one.endswith("/") and not one.startswith("__MACOSX/")]
            if len(members) != 1:
                raise DataError(f"{name} holds {len(members)} files where one table is wanted; unpack it and name one")
            inner = kept.enter_context(spooled())
            with archive.open(members[0]) as member:
                shutil.copyfileobj(member, inner, CHUNK_BYTES)
            return _filled(inner, name)
    except ZIP_FAULTS:
        raise DataError(f"{name} is a damaged or locked zip file; fetch or pack it again") from None


def _filled(inner: BinaryIO, name: str) -> BinaryIO:
    if not inner.tell():
        raise DataError(
            f"{name} is packed and empty within; give a table with a line of column names and rows below it"
        )
    return inner
