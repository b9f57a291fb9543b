"""The command line: its options, its commands, and how it ends."""

import gc
import os
import signal
import sys
from functools import partial
from typing import NoReturn

import typer

from reportgen.cli.commands import OWN, app
from reportgen.cli.leaving import status_of, stop

__all__ = ["app", "main"]

SELDOM = (50_000, 20, 20)
"""How many new objects make Python look for garbage: with its own 700 a run on iris spends a quarter of its time on it.

Nearly all objects of a run live until its end (libraries, graphs, boxes of the PDF); peak memory stays the same. While
libraries load none is looked for: they leave little, and looking once takes a tenth of the time.
"""


def main() -> NoReturn:
    """Run the command line and leave: 0 done, 1 a gate failed, 2 bad input, 3 our own fault, 130 interrupted."""
    ended = partial(stop, os.dup(2) if sys.stderr else os.open(os.devnull, os.O_WRONLY))
    signal.signal(signal.SIGTERM, ended)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # a shell's background job ignores Ctrl-C
        signal.signal(signal.SIGINT, ended)
    gc.set_threshold(*SELDOM)
    status = status_of(partial(typer.main.get_command(app), obj=OWN))
    gc.freeze()  # or Python looks through a million objects once more before it leaves: over a second
    sys.exit(status)
