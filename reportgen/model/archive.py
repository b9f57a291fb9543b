"""A saved model without the moment and the memory that it was saved in: the same network is the same file."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

CONFIG, METADATA = "config.json", "metadata.json"
SAVED = "date_saved"
SHARED = "shared_object_id"
"""By which parts of a configuration are one object: Keras writes the address that it had in memory."""


def settle_archive(draft: Path, path: Path) -> None:
    """Write a .keras file again, its members in their order: no dates, and objects numbered as they are met.

    Keras reads neither the date of a member nor that of the metadata, which manifest.json knows better.
    """
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            undated = zipfile.ZipInfo(member.filename)  # of 1980, the first year that a zip file knows
            undated.compress_type, undated.external_attr = member.compress_type, member.external_attr
            undated.create_system = member.create_system
            if member.filename in (CONFIG, METADATA):
                new.writestr(undated, json.dumps(_settled(json.loads(old.read(member)))))
                continue
            undated.file_size = member.file_size  # so that zipfile knows whether the member needs wide fields
            with old.open(member) as source, new.open(undated, "w") as target:
                shutil.copyfileobj(source, target)


def _settled(content: dict[str, Any]) -> dict[str, Any]:
    """A configuration or metadata that depends on the network alone."""
    numbers: dict[int, int] = {}
    return {key: _renumbered(value, numbers) for key, value in content.items() if key != SAVED}


def _renumbered(value: Any, numbers: dict[int, int]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_renumbered(one, numbers) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: numbers.setdefault(one, len(numbers) + 1) if key == SHARED else _renumbered(one, numbers)
        for key, one in value.items()
    }
