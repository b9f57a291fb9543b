"""Where the reports of a batch lie, and how one that was made elsewhere comes there: whole or not at all.

Only the driver puts a report into its place, and it alone holds the folder's lock. A worker of another machine leaves
what it made under a name of its own, below a folder that this start of the driver opened; the driver moves what it was
told of into place and removes the rest. So a worker that comes late, which an earlier start had asked, can overwrite
nothing: the folder that it would leave its report in is gone, and nobody would look there.
"""

import secrets
import shutil
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reportgen.batch.locks import FOLDER
from reportgen.batch.plan import Job
from reportgen.batch.result import Result
from reportgen.errors import OutputError, ReportgenError
from reportgen.output import STAGE, read_manifest, refuse_other, settle

ARRIVALS = f"{FOLDER}/arrivals"
"""Below the batch's folder: what workers of other machines made and the driver has not taken in yet."""


class EngineError(ReportgenError):
    """What all datasets would meet: workers of another version, a folder that they do not see, a scheduler gone."""


class Store(Protocol):
    """The place of a batch's reports. A `key` is a dataset's folder, a `token` names one attempt to audit it."""

    def show(self, name: str = "") -> str:
        """The address of a file, or of all."""

    def has(self, job: Job, result: Result) -> bool:
        """Whether the report that the journal knows of still lies there, every file of it."""

    def wrap(self, executor: Executor) -> Executor:
        """An executor of this machine whose reports come into this store."""

    def refuse_other(self, job: Job) -> None:
        """Raise OutputError where another dataset's report lies in this one's place."""

    def open(self, part: str) -> str:
        """Make room for arrivals, removing what earlier starts left; the word by which workers know this start."""

    def close(self, start: str) -> None:
        """Remove the room for arrivals and all that nobody took in."""

    def refuse_unseen(self, start: str, host: str) -> None:
        """Raise EngineError where this machine does not see the room that the driver opened."""

    def deliver(self, folder: Path, start: str, token: str) -> None:
        """Leave a report for the driver to take in. Raises OSError where that cannot be done."""

    def take_in(self, key: str, start: str, token: str) -> None:
        """Put a report that was delivered into its place. Raises OutputError where it is not whole."""

    def put(self, file: Path, name: str) -> None:
        """Put one file of the batch's own (index, log) beside the reports."""


@dataclass(frozen=True)
class FolderStore:
    """A folder of this machine, or one that all machines share."""

    folder: Path

    def show(self, name: str = "") -> str:
        """The path of a file, or of the folder."""
        return str(self.folder / name)

    def has(self, job: Job, result: Result | None = None) -> bool:
        """By the manifest, which is moved into place last."""
        return self._has(job.key)

    def _has(self, key: str) -> bool:
        manifest = read_manifest(self.folder / key)
        return manifest is not None and all(
            (self.folder / key / name).is_file() for name in manifest.get("outputs", {})
        )

    def wrap(self, executor: Executor) -> Executor:
        """Itself, whose audits write below the folder."""
        return executor

    def refuse_other(self, job: Job) -> None:
        """By the manifest that lies there."""
        refuse_other(self.folder / job.key, job.identity)

    def open(self, part: str) -> str:
        """A folder with a new name; those of other parts of the batch stay, which are at work beside this one."""
        room = self.folder / ARRIVALS
        for old in room.glob(f"{part}-*" if part else "*"):
            shutil.rmtree(old, ignore_errors=True)
        start = f"{part}-{secrets.token_hex(8)}"
        (room / start).mkdir(parents=True)
        return start

    def close(self, start: str) -> None:
        """Workers that are late find no folder to write into."""
        shutil.rmtree(self.folder / ARRIVALS / start, ignore_errors=True)
        with suppress(OSError):
            (self.folder / ARRIVALS).rmdir()

    def refuse_unseen(self, start: str, host: str) -> None:
        """A machine that does not share the folder would write into one of its own."""
        if not (self.folder / ARRIVALS / start).is_dir():
            raise EngineError(
                f"the worker on {host} does not see the folder {self.folder}; give --out a folder that all workers "
                "share under this name, or object storage such as s3://bucket/audits"
            )

    def deliver(self, folder: Path, start: str, token: str) -> None:
        """The folder's parent is never made here: where the driver removed it, nobody waits for the report."""
        place = self.folder / ARRIVALS / start / token
        place.mkdir()
        for file in sorted(folder.iterdir(), key=_manifest_last):
            shutil.copyfile(file, place / file.name)

    def take_in(self, key: str, start: str, token: str) -> None:
        """Renamed to a stage of the report's own folder, and settled from there, as after a kill."""
        target = self.folder / key
        try:
            target.mkdir(parents=True, exist_ok=True)
            (self.folder / ARRIVALS / start / token).rename(target / f"{STAGE}{token}")
            settle(target)
        except OSError as error:
            raise OutputError(f"cannot write to the folder {target}: {error.strerror or error}") from error
        if not self._has(key):
            raise OutputError(f"the report for {target} did not arrive whole; start the batch again")

    def put(self, file: Path, name: str) -> None:
        """The batch's own files are written in their place."""


def _manifest_last(file: Path) -> tuple[bool, str]:
    return file.name == "manifest.json", file.name


def outputs_of(manifest: Any) -> list[str]:  # noqa: ANN401 - what JSON holds is of many types
    """The files that a manifest lists, itself last."""
    return [*sorted(manifest.get("outputs", {})), "manifest.json"]
