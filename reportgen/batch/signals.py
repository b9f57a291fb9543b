"""Ctrl-C and a polite kill, heard by the loop of a batch rather than by whatever line is at work."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"
"""Ends the spinner's line on a terminal."""


@contextmanager
def heeding_signals() -> Iterator[threading.Event]:
    """Turn Ctrl-C and a polite kill into a word to the loop; a second one leaves at once, and the workers with us."""
    stop = threading.Event()

    def heed(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            if sys.stdout and sys.stdout.isatty():
                os.write(sys.stdout.fileno(), SHOW_CURSOR)
            os._exit(INTERRUPTED)
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [signal.SIGTERM]
    numbers += [signal.SIGINT] if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN else []
    before = {number: signal.signal(number, heed) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
