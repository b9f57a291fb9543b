"""Where a report goes: every file whole or not at all, and never over another dataset's."""

import errno
import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.errors import OutputError
from reportgen.naming import beside_of, folder_name

TABLES = "tables"
"""The folder of the long tables, beside the report."""

FILES = (
    *("report.html", "report.pdf", "report.json", "report.md", "junit.xml", "report.sarif"),
    *("model.keras", "preparer.json", "manifest.json"),
    *(
        f"{TABLES}/{name}.csv"
        for name in (
            *("columns", "selection", "importance", "additions", "alone", "drift", "missingness", "confusion"),
            *("per-class", "wrong-rows", "findings", "finding-columns", "finding-rows"),
        )
    ),
)
"""Every file that a report consists of; those with a folder lie in that folder beside the others."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What a disk says that takes no more."""

STAGE = ".reportgen-"
"""What the name of a folder begins with in which a report waits until all of it is there."""


def default_folder(name: str) -> Path:
    """reports/<name>, the name stripped of everything that could lead out of that folder."""
    return Path("reports") / folder_name(name)


def read_manifest(out: Path) -> dict[str, Any] | None:
    """The manifest of the report in a folder, None where there is none that can be read."""
    try:
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def refuse_other(out: Path, identity: str) -> None:
    """Raise OutputError where `out` holds the report of another dataset, or files of such names that are not ours."""
    dataset = (_ours(out) or {}).get("dataset", {})
    if dataset.get("identity", identity) != identity:
        raise OutputError(
            f"{out} holds the report of another dataset ({dataset['identity']}); choose another folder with --out or "
            "another --name"
        )
    known = listed(out)
    foreign = [name for name in FILES if name not in known and (out / name).exists()]
    foreign += [TABLES] if (out / TABLES).exists() and not (out / TABLES).is_dir() else []
    if foreign:
        raise OutputError(
            f"{out} holds files that reportgen did not write ({', '.join(foreign)}); choose another folder with --out, "
            "or move them away"
        )


def listed(out: Path) -> frozenset[str]:
    """The files in a folder that are a report's: its manifest lists them, or that of one killed while it was moved."""
    manifests = [manifest for folder in (out, *out.glob(f"{STAGE}*")) if (manifest := _ours(folder))]
    names = frozenset(name for manifest in manifests for name in ("manifest.json", *manifest.get("outputs", {})))
    return frozenset(name for name in names if _inside(name))


def _inside(name: str) -> bool:
    """Whether a name leads to a file of the folder itself: a manifest that was tampered with must not reach others."""
    return not Path(name).is_absolute() and ".." not in Path(name).parts


def _ours(folder: Path) -> dict[str, Any] | None:
    manifest = read_manifest(folder)
    return manifest if manifest and str(manifest.get("schema")).startswith("reportgen/") else None


@contextmanager
def staged(out: Path, replaces: Iterable[str] = ()) -> Iterator[Path]:
    """Give a folder to write into, and move its files to `out` once all of them are there.

    Those of `replaces` that lie there and are not among the new files are removed: an older report's would tell another
    story. On any error, Ctrl-C included, nothing is left behind. Raises OutputError where `out`
    cannot be written to.
    """
    stage = _Stage(out / f"{STAGE}{secrets.token_hex(6)}", _missing(out))
    _STAGES.append(stage)
    try:
        _make(out, stage.folder)
        yield stage.folder
        stage.moving = True
        _publish(stage.folder, out, replaces)
    except OSError as error:
        if error.errno in FULL:
            raise OutputError(f"cannot write to the folder {out}: {error.strerror}; nothing was left there") from None
        raise
    finally:
        stage.remove()
        _STAGES.remove(stage)


@dataclass
class _Stage:
    """A folder that is being written into, and the folders that were made for it, the innermost first."""

    folder: Path
    made: tuple[Path, ...]
    moving: bool = False

    def remove(self) -> None:
        """Remove the folder, and those made for it that are empty: all of them unless the files are in place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in self.made:
            try:
                folder.rmdir()
            except OSError:
                return


_STAGES: list[_Stage] = []


def settle(out: Path) -> None:
    """Clear what a killed process left in a folder that nobody writes to: a whole report is moved to its place.

    A report is whole once its manifest lies in the stage and every hash holds, here or there; one that is not is
    removed, with what of it was moved already. The folder goes too, if nothing is left in it.
    """
    for stage in out.glob(f"{STAGE}*"):
        if manifest := _ours(stage):
            if _whole(stage, out, manifest):
                _publish(stage, out, (_ours(out) or {}).get("outputs", {}).keys() - manifest["outputs"].keys())
            else:
                _remove_listed(stage, out, manifest)
        shutil.rmtree(stage)
        with suppress(OSError):
            out.rmdir()


def _whole(stage: Path, out: Path, manifest: dict[str, Any]) -> bool:
    places = {name: stage / name if (stage / name).exists() else out / name for name in manifest.get("outputs", {})}
    return all(place.is_file() and sha256(place) == manifest["outputs"][name] for name, place in places.items())


def _remove_listed(stage: Path, out: Path, manifest: dict[str, Any]) -> None:
    """Take away what was moved of a report that is not whole: it would stand among the files of another."""
    for name in manifest.get("outputs", {}):
        if _inside(name) and not (stage / name).exists():
            _remove(out, name)


def abandon() -> bool:
    """Remove all that is being written, for a process that leaves at once; False where files are moving into place.

    That takes no time, and whoever stopped halfway would leave two reports mixed.
    """
    if any(stage.moving for stage in _STAGES):
        return False
    for stage in _STAGES:
        stage.remove()
    return True


def _publish(folder: Path, out: Path, replaces: Iterable[str]) -> None:
    """Move every file to its place, the manifest last."""
    for stale in replaces:
        if _inside(stale) and not (folder / stale).exists():
            _remove(out, stale)
    for file in sorted(_files(folder), key=lambda file: file.name == "manifest.json"):
        place = out / file.relative_to(folder)
        place.parent.mkdir(exist_ok=True)
        file.replace(place)


def _files(folder: Path) -> list[Path]:
    """Every file in a folder and in those within it, in the order of their names."""
    return sorted(file for file in (*folder.iterdir(), *folder.glob("*/*")) if file.is_file())


def _remove(out: Path, name: str) -> None:
    """Take a file away, and the folder within `out` that it was the last of."""
    (out / name).unlink(missing_ok=True)
    if "/" in name:
        with suppress(OSError):
            (out / name).parent.rmdir()


def _missing(out: Path) -> tuple[Path, ...]:
    """The folder and those of its parents that are not there, the innermost first."""
    return tuple(folder for folder in (out, *out.parents) if not folder.exists())


def _make(out: Path, stage: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {out}: {error.strerror or error}") from None
    try:
        stage.mkdir(mode=0o700)
    except OSError as error:
        raise OutputError(f"cannot write to the folder {out}: {error.strerror or error}") from None


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_parts(source: str, parts: Sequence[Path]) -> str:
    """The SHA-256 of a table in parts: that of the lines that sha256sum prints of them in their folder."""
    lines = (f"{sha256(part)}  {beside_of(source, part)}\n" for part in parts)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write manifest.json over the hashes of every other file in the folder, beside those it already lists."""
    files = {file.relative_to(folder).as_posix(): file for file in _files(folder)}
    hashes = {name: sha256(file) for name, file in files.items() if name != "manifest.json"}
    outputs = manifest.get("outputs", {}) | hashes
    text = json.dumps(manifest | {"outputs": outputs}, indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
