"""TensorFlow and Keras, set up to keep quiet and to repeat themselves; every file of this room takes them from here."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from reportgen.errors import ConfigError

ABSL_LINE = re.compile(
    rb"^(WARNING: All log messages before absl|[IW]\d{4} \d\d:|[IW]0000 00:|To enable the following)"
)
"""What TensorFlow's C++ says as it is loaded, before it can be asked not to."""


@contextmanager
def hushed() -> Iterator[None]:
    """Hold back TensorFlow's own lines from file descriptor 2; every other line is passed on at the end."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error to keep clean
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            _release(held.fileno(), kept)


def _release(held: int, kept: int) -> None:
    """Put the true standard error back, and write to it what others than TensorFlow had to say."""
    if sys.stderr:
        sys.stderr.flush()
    os.dup2(kept, 2)
    os.close(kept)
    os.lseek(held, 0, os.SEEK_SET)
    with os.fdopen(os.dup(held), "rb") as lines:
        said = b"".join(line for line in lines if not ABSL_LINE.match(line))
    if said:
        os.write(2, said)


os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
with hushed():
    import keras
    import tensorflow as tf

__all__ = ["fix_threads", "hushed", "keras", "seed_everything", "tf"]


def seed_everything(seed: int, threads: int) -> None:
    """Make TensorFlow repeat itself exactly: one seed, deterministic operations, a fixed number of threads.

    Raises ConfigError where this process already computes on another number of threads.
    """
    fix_threads(threads)
    tf.random.set_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fix_threads(threads: int) -> None:
    """Part sums among so many threads, whatever the machine's cores: how they are parted decides their last digits.

    TensorFlow takes the number before its first operation only. Another one would give other bytes under the same
    settings, so it is refused.
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        running = tf.config.threading.get_intra_op_parallelism_threads() or _cores()
        if running != threads:
            raise ConfigError(
                f"threads = {threads}, but TensorFlow already computes on {running} in this process, which only a new "
                f"process can change; ask for threads = {running}, or start anew"
            ) from None


def _cores() -> int:
    """The cores this process may use, which TensorFlow takes all of when nobody asks for less."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
