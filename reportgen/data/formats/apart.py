"""ORC, read in a process of its own: its reader in Arrow ends the whole process on some damaged files."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

CONVERT = """
import sys
import pyarrow as pa
from pyarrow import orc
try:
    table = orc.ORCFile(sys.argv[1]).read()
    table.validate(full=True)
    with pa.OSFile(sys.argv[2], "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
except Exception as error:
    sys.exit(str(error) or type(error).__name__)
"""


def read_orc(stream: BinaryIO) -> pa.Table:
    """The table of an ORC file. Raises ValueError where it is damaged, even so that its reader crashes."""
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        source, target = Path(folder) / "table.orc", Path(folder) / "table.arrow"
        with source.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        command = (sys.executable, "-I", "-c", CONVERT, str(source), str(target))
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words, no shell
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise ValueError(said[-1] if done.returncode == 1 and said else "its parts contradict each other")
        with pa.OSFile(str(target), "rb") as file:
            return pa.ipc.open_file(file).read_all()
