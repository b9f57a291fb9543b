"""Reports in object storage, or wherever else fsspec reaches: s3://, gs://, abfs://, file://.

Such a store cannot rename, lock or append, so that a report is copied file by file: the old manifest is removed first
and the new one written last, and where there is a manifest there is a whole report. The journal needs a file that grows
and reaches the disk line by line, and a lock, and stays on the driver's machine therefore.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.batch.plan import Job
from reportgen.batch.result import Result
from reportgen.batch.store import ARRIVALS, EngineError, outputs_of
from reportgen.errors import ConfigError, OutputError
from reportgen.naming import folder_name
from reportgen.output import STAGE

OPEN = "open"
"""An object that stands for the room of arrivals, since folders do not exist without one."""


def home_of(url: str) -> Path:
    """Where the journal of a batch into a URL lies unless the user says: below the folder that it is started from."""
    name = folder_name(re.sub(r"[:/]+", "_", url.rstrip("/")))
    return Path(".reportgen") / f"{name[:60]}-{hashlib.sha256(url.rstrip('/').encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class ObjectStore:
    """A prefix of an object store. Pickles, so that workers write to the same; credentials are each machine's own."""

    url: str

    @cached_property
    def _found(self) -> tuple[Any, str]:
        fsspec = library()
        try:
            system, path = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise ConfigError(f"{self.url} cannot be written to: {' '.join(str(error).split())}") from None
        return system, str(path).rstrip("/")

    def refuse_unknown(self) -> None:
        """Raise ConfigError where this machine lacks what such an address needs."""
        _ = self._found

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url}

    def __setstate__(self, state: dict[str, str]) -> None:
        object.__setattr__(self, "url", state["url"])

    def _path(self, *names: str) -> str:
        return "/".join((self._found[1], *names))

    def show(self, name: str = "") -> str:
        """The URL of an object, or of all."""
        return "/".join(part for part in (self.url.rstrip("/"), name) if part)

    def _manifest(self, *names: str) -> dict[str, Any] | None:
        system = self._found[0]
        system.invalidate_cache()
        try:
            found = json.loads(system.cat_file(self._path(*names, "manifest.json")))
        except (FileNotFoundError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def has(self, job: Job, result: Result) -> bool:
        """By the manifest, which is written last, and the files that the index leads to; all were listed once."""
        return {"manifest.json", *result.files} <= self._listed.get(job.key, set())

    @cached_property
    def _listed(self) -> dict[str, set[str]]:
        """The names in each report's place, from one look at all: thousands of reports would be as many questions."""
        system, root = self._found
        found: dict[str, set[str]] = {}
        with suppress(FileNotFoundError):
            for path in system.find(root):
                key, _, name = path.removeprefix(root).strip("/").rpartition("/")
                found.setdefault(key, set()).add(name)
        return found

    def wrap(self, executor: Executor) -> Executor:
        """One that copies each report when it is done."""
        return Uploading(executor, self)

    def _names(self, *names: str) -> set[str]:
        system = self._found[0]
        system.invalidate_cache()
        with suppress(FileNotFoundError):
            return {path.rstrip("/").rpartition("/")[2] for path in system.ls(self._path(*names), detail=False)}
        return set()

    def refuse_other(self, job: Job) -> None:
        """By the manifest that lies there."""
        with self._writing(job.key):
            manifest = self._manifest(job.key) or {}
        identity = manifest.get("dataset", {}).get("identity", job.identity)
        if identity != job.identity:
            raise OutputError(
                f"{self.show(job.key)} holds the report of another dataset ({identity}); choose another --out or "
                "another --name"
            )

    def open(self, part: str) -> str:
        """An object with a new name; those of other parts of the batch stay, which are at work beside this one."""
        start = f"{part}-{secrets.token_hex(8)}"
        with self._writing(""):
            for old in self._names(ARRIVALS):
                if old.startswith(f"{part}-") or not part:
                    self._found[0].rm(self._path(ARRIVALS, old), recursive=True)
            self._write(b"", ARRIVALS, start, OPEN)
        return start

    def close(self, start: str) -> None:
        """What a worker leaves here later is removed by the next start."""
        with suppress(OSError):
            self._found[0].rm(self._path(ARRIVALS, start), recursive=True)

    def refuse_unseen(self, start: str, host: str) -> None:
        """A worker with credentials of its own may be let in elsewhere, or nowhere."""
        self._found[0].invalidate_cache()
        try:
            seen = self._found[0].exists(self._path(ARRIVALS, start, OPEN))
        except OSError:
            seen = False
        if not seen:
            raise EngineError(
                f"the worker on {host} does not see {self.url} as this machine does; give it the same credentials and "
                "the same storage"
            )

    def deliver(self, folder: Path, start: str, token: str) -> None:
        """Copied below a name of its own."""
        if not self._found[0].exists(self._path(ARRIVALS, start, OPEN)):
            raise FileNotFoundError(f"nobody waits in {self.show(ARRIVALS)}/{start}")
        for file in sorted(folder.iterdir(), key=lambda file: (file.name == "manifest.json", file.name)):
            self._copy_up(file, ARRIVALS, start, token, file.name)

    def take_in(self, key: str, start: str, token: str) -> None:
        """Copied within the store, by the store itself where it can."""
        system = self._found[0]
        with self._writing(key):
            manifest = self._manifest(ARRIVALS, start, token)
            if manifest is None or not set(outputs_of(manifest)) <= self._names(ARRIVALS, start, token):
                raise OutputError(f"the report for {self.show(key)} did not arrive whole; start the batch again")
            self._clear(key, manifest)
            system.makedirs(self._path(key), exist_ok=True)
            for name in outputs_of(manifest):
                system.cp_file(self._path(ARRIVALS, start, token, name), self._path(key, name))
            system.rm(self._path(ARRIVALS, start, token), recursive=True)

    def place(self, folder: Path, key: str) -> None:
        """Put a report of this machine into its place, and remove it here."""
        with self._writing(key):
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self._clear(key, manifest)
            for name in outputs_of(manifest):
                self._copy_up(folder / name, key, name)
        for file in folder.iterdir():
            if not file.name.startswith(STAGE):
                file.unlink()
        folder.rmdir()

    def put(self, file: Path, name: str) -> None:
        """Copied over the one before."""
        with self._writing(name):
            if file.is_file():
                self._copy_up(file, *name.split("/"))

    def _clear(self, key: str, manifest: dict[str, Any]) -> None:
        """Take the old manifest away, then what the new report has not."""
        old = self._manifest(key)
        if old is None:
            return
        system = self._found[0]
        gone = ["manifest.json", *(name for name in old.get("outputs", {}) if name not in manifest.get("outputs", {}))]
        for name in gone:
            with suppress(FileNotFoundError):
                system.rm_file(self._path(key, name))

    def _copy_up(self, file: Path, *names: str) -> None:
        self._write(file.read_bytes(), *names)

    def _write(self, content: bytes, *names: str) -> None:
        """In one request where the store has such, so that an object is whole or absent."""
        system, path = self._found[0], self._path(*names)
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.pipe_file(path, content)

    @contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        """Say in one sentence what the store refuses, whose libraries raise errors of many kinds."""
        try:
            yield
        except OutputError:
            raise
        except Exception as error:
            words = " ".join(str(error).split()) or type(error).__name__
            raise OutputError(f"cannot write to {self.show(name)}: {words[:300]}") from error


def library() -> Any:  # noqa: ANN401 - a module
    """The fsspec library. Raises ConfigError where it is not there."""
    try:
        import fsspec.core  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError(
            "addresses such as s3:// need fsspec and a library for their kind: pip install fsspec s3fs"
        ) from None
    return fsspec


class Uploading(Executor):
    """An executor of this machine whose reports go to object storage from here, each when it is done."""

    def __init__(self, executor: Executor, store: ObjectStore) -> None:
        self._executor, self._store = executor, store

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Call `fn` on the one argument, a Job."""
        (job,) = args
        outer: Future[Any] = Future()
        try:
            self._store.refuse_other(job)
        except OutputError as error:
            outer.set_exception(error)
            return outer
        inner = self._executor.submit(fn, *args, **kwargs)
        inner.add_done_callback(lambda ended: self._finish(job, ended, outer))
        return outer

    def drop(self) -> None:
        """End what runs and cancel what waits."""
        if drop := getattr(self._executor, "drop", None):
            drop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Shut the other one down."""
        self._executor.shutdown(wait, cancel_futures=cancel_futures)

    def _finish(self, job: Job, inner: Future[Any], outer: Future[Any]) -> None:
        if inner.cancelled() or not outer.set_running_or_notify_cancel():
            outer.cancel()
            return
        try:
            result = self._uploaded(job, inner)
        except BaseException as error:
            outer.set_exception(error)
        else:
            outer.set_result(result)

    def _uploaded(self, job: Job, inner: Future[Any]) -> Any:  # noqa: ANN401
        try:
            result = inner.result()
        finally:
            self._store.put(job.log, f"logs/{job.log.name}")
        if result.status == "done":
            self._store.place(job.folder, job.key)
        return result
