"""Tables behind URLs: which there are, and whether they changed, by what their server says."""

import json

from reportgen.batch.objects import library
from reportgen.errors import ConfigError

MARKS = (
    *("size", "etag", "lastmodified", "modified", "mtime", "updated", "created", "generation", "versionid"),
    *("checksum", "crc32c", "md5hash", "contentmd5"),
)
"""What servers tell of an object that changes with its bytes, by many names."""


def expand(pattern: str) -> list[str]:
    """The URLs that a pattern matches, sorted. Raises ConfigError where it matches none or cannot be asked."""
    fsspec = library()
    try:
        system, path = fsspec.core.url_to_fs(pattern)
        found = sorted(system.unstrip_protocol(match) for match in system.glob(path))
    except Exception as error:
        raise ConfigError(f"{pattern} cannot be listed: {' '.join(str(error).split())[:300]}") from None
    if not found:
        raise ConfigError(f"{pattern} matches no file; mend the pattern, or name the files")
    return found


def fingerprint(url: str) -> str | None:
    """What changes where the bytes behind a URL do, as far as its server says; None where it cannot be asked."""
    try:
        system, path = library().core.url_to_fs(url)
        told = {key: str(value) for key, value in system.info(path).items() if _bare(key) in MARKS}
    except Exception:
        return None
    return json.dumps(told, sort_keys=True) if told else None


def _bare(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
