"""The process that imports everything once and is then forked for each audit.

A fork of a process that has imported but never computed is as good as new: no graph, no seed, no counter of names and
no warning is carried from one table to the next, so that a report has the bytes of a single `run`. A worker that lives
on would save little more and would have to be trusted to forget. Forking is safe because the process has one thread of
its own; the BLAS libraries stop and restart theirs by themselves.

The root forks one sub-process for each slot, which forks one child for each audit and waits for it. When the parent
dies, by whatever signal, every socket ends and all of them leave.
"""

import ctypes
import faulthandler
import gc
import importlib
import os
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from pickle import PicklingError
from typing import Any, NoReturn

from reportgen.errors import ReportgenError
from reportgen.output import abandon

if sys.platform != "win32":
    import resource

PR_SET_PDEATHSIG = 1
THRESHOLDS = (50_000, 5, 5)
"""Containers made, less those freed, before their generation is looked through; then how often before the next one."""
READY = b"r"
"""What the root says once everything is imported."""
OOM_SCORE = "500"
"""Above that of the parent: where memory runs out, the system shall end an audit, not the batch."""


def main() -> NoReturn:
    """Import what was named, then fork a slot for each socket that comes; leave when the parent does."""
    control = socket.socket(fileno=int(sys.argv[1]))
    modules, sys.argv = sys.argv[2].split(",") if sys.argv[2] else [], sys.argv[3:]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent hears Ctrl-C too, and decides
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # slots that end are nobody's business
    _die_with_parent()
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception:
        traceback.print_exc()
        os._exit(1)
    _keep_for_good()
    control.sendall(READY)
    while fds := socket.recv_fds(control, 1, 1)[1]:
        if _fork() == 0:
            control.close()
            _slot(socket.socket(fileno=fds[0]))
        os.close(fds[0])
    os._exit(0)


def _keep_for_good() -> None:
    """Let no audit look for garbage among what was imported, nor write to its pages, which all of them share.

    With Python's own thresholds an audit of a small table collects 870 times, a second of its eight.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def _fork() -> int:
    """Fork; Python 3.12 warns of the BLAS libraries' threads, and the child must not inherit a filter for that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _slot(requests: socket.socket) -> NoReturn:
    """Fork a child for each connection that comes, say its number, and how it ended when it has."""
    _die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(OSError):
        while fds := socket.recv_fds(requests, 1, 1)[1]:
            child = _fork()
            if child == 0:
                requests.close()
                _child(Connection(fds[0]))
            os.close(fds[0])
            requests.sendall(child.to_bytes(8, "big", signed=True))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            requests.sendall(status.to_bytes(8, "big", signed=True))
    os._exit(0)


def _child(connection: Connection) -> NoReturn:
    """Do what the connection says, send what came of it, and leave without a trace of either."""
    _die_with_parent()
    _be_modest()
    faulthandler.enable()
    status = 1
    try:
        function, arguments, options = connection.recv()
        threading.Thread(target=_leave_with, args=(connection,), daemon=True).start()
        _send(connection, _answer(function, arguments, options))
        status = 0
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _answer(function: Any, arguments: Any, options: Any) -> tuple[bool, object]:  # noqa: ANN401 - of any caller
    try:
        return True, function(*arguments, **options)
    except ReportgenError as error:
        return False, error
    except BaseException as error:
        traceback.print_exc()
        return False, RuntimeError(f"{type(error).__name__}: {error}")


def _send(connection: Connection, answer: tuple[bool, object]) -> None:
    try:
        connection.send(answer)
    except (PicklingError, TypeError, AttributeError) as error:
        connection.send((False, RuntimeError(f"what the call gave cannot be sent: {error}")))


def _leave_with(connection: Connection) -> None:
    """Wait for the parent to close its end, which it does only by dying."""
    with suppress(EOFError, OSError):
        connection.recv()
    abandon()
    os._exit(1)


def _die_with_parent() -> None:
    """Ask Linux to end this process with the one that forked it; elsewhere the sockets must do."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _be_modest() -> None:
    """Leave no core file, and be the first to go where the machine's memory runs out."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
        score.write(OOM_SCORE)
