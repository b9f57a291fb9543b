"""report.json: the evidence as it is, to and fro."""

import json
from pathlib import Path

from pydantic import ValidationError

from reportgen.document import SCHEMA, Document
from reportgen.errors import ReportgenError


def to_json(document: Document) -> str:
    """All evidence as text, the fields in their order; the same document gives the same bytes."""
    return document.model_dump_json(by_alias=True, indent=1) + "\n"


def read_json(path: Path) -> Document:
    """The document that a report.json holds. Raises ReportgenError where it holds none."""
    text = _text(path)
    _check_schema(text, path)
    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(key) for key in first["loc"])
        raise ReportgenError(f"{path} is a damaged report: {place}: {first['msg'].lower()}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ReportgenError(f"there is no report {path}; name the report.json of an audit") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReportgenError(f"{path} cannot be read as a report: {error}") from None


def _check_schema(text: str, path: Path) -> None:
    try:
        content = json.loads(text)
    except ValueError:
        raise ReportgenError(f"{path} is not JSON; name the report.json of an audit") from None
    found = content.get("schema") if isinstance(content, dict) else None
    if found is None:
        raise ReportgenError(f"{path} is not a report; name the report.json of an audit")
    if found != SCHEMA:
        raise ReportgenError(f"{path} has the schema {found!r}, and this version of reportgen reads {SCHEMA!r}")
