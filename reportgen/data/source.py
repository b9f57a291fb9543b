"""Where a table comes from: a built-in name, a file of any of the known formats, a data frame."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
from sklearn import datasets

from reportgen.data.text import read_text, refuse_duplicates
from reportgen.errors import DataError
from reportgen.naming import is_built_in, stem
from reportgen.records.table import Reading

Loader = Callable[[], Any]
BUILT_IN: dict[str, tuple[Loader, str]] = {
    "iris": (datasets.load_iris, "species"),
    "wine": (datasets.load_wine, "cultivar"),
    "breast_cancer": (datasets.load_breast_cancer, "diagnosis"),
    "digits": (datasets.load_digits, "digit"),
    "diabetes": (datasets.load_diabetes, "progression"),
}
PACKED: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", "gzip", gzip.decompress),
    (b"BZh", "bzip2", bz2.decompress),
    (b"\xfd7zXZ\x00", "xz", lzma.decompress),
)
FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"ARROW1", "an Arrow file"),
)


@dataclass(frozen=True)
class Raw:
    """A table as it was found: columns of strings (text files) or of whatever the source held."""

    name: str
    source: str
    sha256: str
    frame: pd.DataFrame
    reading: Reading


def read(source: str | os.PathLike[str] | pd.DataFrame) -> Raw:
    """Fetch a table as it stands, without judging its columns."""
    if isinstance(source, pd.DataFrame):
        return _from_frame(source, "data", "data frame", "data frame")
    if is_built_in(str(source)):
        return _built_in(str(source))
    return _file(Path(source))


def _from_frame(frame: pd.DataFrame, name: str, source: str, kind: str) -> Raw:
    frame = _plain_names(frame, f"the {source}")
    digest = hashlib.sha256(frame.to_csv(index=False).encode("utf-8", "surrogatepass")).hexdigest()
    return Raw(name, source, digest, frame, Reading(format=kind))


def _plain_names(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """The same table with column names of str and rows numbered from 0."""
    names = [str(name) for name in frame.columns]
    refuse_duplicates(names, source)
    if frame.empty:
        raise DataError(f"{source} has no rows; give a table with rows")
    return frame.set_axis(names, axis="columns").reset_index(drop=True)


def _built_in(name: str) -> Raw:
    load, target = BUILT_IN[name]
    bunch = load()
    frame = pd.DataFrame(bunch.data, columns=[str(n) for n in bunch.feature_names])
    labels = getattr(bunch, "target_names", None)
    frame[target] = bunch.target if labels is None else [str(labels[number]) for number in bunch.target]
    return _from_frame(frame, name, name, "built-in")


def _file(path: Path) -> Raw:
    data = _bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    frame, reading = _parse(_unpack(data, path.name), path.name)
    return Raw(stem(path), str(path), digest, frame, reading)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"there is no file {path}; the built-in tables are {', '.join(BUILT_IN)}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; name one file in it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not data:
        raise DataError(f"{path} is empty; give a table with a line of column names and rows below it")
    return data


def _unpack(data: bytes, name: str) -> bytes:
    if data.startswith(b"PK\x03\x04"):
        return _unzip(data, name)
    for magic, kind, unpack in PACKED:
        if data.startswith(magic):
            try:
                return unpack(data)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                raise DataError(f"{name} is a damaged {kind} file; fetch or pack it again") from None
    return data


def _unzip(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.namelist() if not member.endswith("/")]
            if "[Content_Types].xml" in members or "mimetype" in members:
                raise DataError(f"{name} is an office document, not a table of text; save the sheet as CSV")
            if len(members) != 1:
                raise DataError(f"{name} holds {len(members)} files where one table is wanted; unpack it and name one")
            return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        raise DataError(f"{name} is a damaged or locked zip file; fetch or pack it again") from None


def _parse(data: bytes, name: str) -> tuple[pd.DataFrame, Reading]:
    if data.startswith(b"PAR1"):
        return _parquet(data, name), Reading(format="parquet")
    foreign = next((what for magic, what in FOREIGN if data.startswith(magic)), None)
    if foreign:
        raise DataError(f"{name} is not a table but {foreign}; save the table as CSV or Parquet")
    text = read_text(data, name)
    kind = "tsv" if text.delimiter == "\t" else "csv"
    return text.frame, Reading(format=kind, encoding=text.encoding, delimiter=text.delimiter, notes=text.notes)


def _parquet(data: bytes, name: str) -> pd.DataFrame:
    try:
        frame = pyarrow.parquet.read_table(io.BytesIO(data)).to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:160]
        raise DataError(f"{name} is a Parquet file that cannot be read ({reason}); write it again") from None
    return _plain_names(frame, name)
