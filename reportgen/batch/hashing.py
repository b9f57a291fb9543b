"""Whether a dataset is new or changed: one hash of its bytes, its settings and our version."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

from reportgen import __version__
from reportgen.batch.plan import Job
from reportgen.clock import now
from reportgen.naming import is_url, parts_of
from reportgen.output import sha256, sha256_of_parts


def hash_of(job: Job, read: tuple[str | None, str | None] | None = None) -> str:
    """The hash of all that decides the bytes of a dataset's report; a file that cannot be read counts as no bytes.

    `read` are the hashes of the table and of its test file as an audit found them, which may have changed since. A copy
    of a table is another dataset, as it is for the folder of a report; another way to write its path is not. A waiver
    that has ended counts as a change, since the finding it was about counts again.
    """
    config = job.config
    data, test = read or (_file(job.source), config.test and _file(config.test))
    return _digest(
        {
            "version": __version__,
            "dataset": job.identity,
            "data": data,
            "test": test,
            "templates": config.templates and _templates(config.templates),
            "config": config.model_dump(mode="json", exclude={"test", "templates"}),
            "ended": [waiver.until < now().date() for waiver in config.waive],
        }
    )


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _file(path: str) -> str | None:
    """None for what is no plain file, too: a pipe would keep the batch waiting rather than one worker.

    Of a URL it is what its server says of the bytes (a tag, a time), which are not fetched; what cannot be asked (a
    database) counts as changed at each start.
    """
    if is_url(path):
        from reportgen.batch.fetched import fingerprint  # noqa: PLC0415 - needs an extra

        return fingerprint(path) or token_hex(16)
    try:
        if parts := parts_of(path):
            return sha256_of_parts(path, parts)
        return sha256(Path(path)) if Path(path).is_file() else None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=64)
def _templates(folder: str) -> str:
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return _digest([(path.relative_to(folder).as_posix(), _file(str(path))) for path in files])
