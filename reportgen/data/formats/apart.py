"""ORC, read in a process of its own: its reader in Arrow ends the whole process on some damaged files."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyarrow as pa

from reportgen.data.formats.drawn import Draw
from reportgen.data.formats.origin import on_disk
from reportgen.data.formats.streamed import Gathered, gathered, of_batches

CONVERT = """
import sys
from contextlib import suppress
import pyarrow as pa
from pyarrow import orc
with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
    score.write("500")
try:
    file = orc.ORCFile(sys.argv[1])
    schema = file.schema.with_metadata({"rows": str(file.nrows)})
    with pa.PythonFile(sys.stdout.buffer, mode="w") as sink, pa.ipc.new_stream(sink, schema) as writer:
        for number in range(file.nstripes):
            stripe = pa.Table.from_batches([file.read_stripe(number)])
            stripe.validate(full=True)
            writer.write_table(stripe, max_chunksize=65536)
except Exception as error:
    sys.exit(str(error) or type(error).__name__)
"""


def read_orc(stream: BinaryIO, draw: Draw) -> Gathered:
    """The table of an ORC file, or the rows drawn of it, from another process that holds a stripe at a time.

    Raises ValueError where it is damaged, even so that its reader crashes; MemoryError where the system ended that.
    """
    with on_disk(stream) as path, _told(path) as batches:
        rows = int(batches.schema.metadata[b"rows"])
        table, places, rows = gathered(partial(of_batches, batches), draw, rows)
    return table.replace_schema_metadata(), places, rows


@contextmanager
def _told(path: Path) -> Iterator[pa.ipc.RecordBatchStreamReader]:
    """What the other process tells, which ends with this one's asking."""
    command = (sys.executable, "-I", "-c", CONVERT, str(path))
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words) as process,  # noqa: S603 - no shell
    ):
        told: IO[bytes] = process.stdout  # type: ignore[assignment]
        try:
            yield pa.ipc.open_stream(told)
        except Exception:
            if not told.read(1):  # it has no more to tell: the fault may be its own
                _refuse_failed(process.wait(), words)
            raise
        else:
            _refuse_failed(process.wait(), words)
        finally:
            process.kill()


def _refuse_failed(status: int, words: IO[Any]) -> None:
    if status == -signal.SIGKILL:
        raise MemoryError
    if status:
        words.seek(0)
        said = words.read().decode(errors="replace").strip().splitlines()
        raise ValueError(said[-1] if status == 1 and said else "its parts contradict each other")
