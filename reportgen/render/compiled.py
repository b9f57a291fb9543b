"""Compiled templates kept beside the templates, as Python keeps compiled modules: compiling takes near a second."""

from contextlib import suppress
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

FORM = 2
"""Goes up when filters are called otherwise: a template compiled before would not hand over the context."""


class Compiled(FileSystemBytecodeCache):
    """Jinja's own cache in a folder `__pycache__`; where that cannot be written, templates are compiled each time.

    What is kept bears a checksum of the template and the versions of Jinja and Python, so nothing outdated is used.
    What is compiled for the sandbox is other Python and bears its name.
    """

    def __init__(self, templates: Path, kind: str = "plain") -> None:
        self._templates = templates
        folder = templates / "__pycache__"
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
        super().__init__(str(folder), f"%s.{kind}{FORM}.jinja")

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Where a template's Python is kept; that of a user's own, which come and go, is not."""
        if filename and Path(filename).is_relative_to(self._templates):
            return super().get_bucket(environment, name, filename, source)
        return Bucket(environment, "", self.get_source_checksum(source))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if the folder can be written."""
        if bucket.key:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, if it can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)
