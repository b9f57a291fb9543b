"""A second process beside a run, for work whose answer is wanted later: a run leaves the other cores idle otherwise.

It is forked once everything is imported and before anything computes, as the workers of a batch are, so that it gives
the very bytes that this process would. Nothing depends on it: where it cannot be had, or ends early for whatever
reason, the work is done here.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from socket import socketpair
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1
_Question = tuple[Callable[..., Any], tuple[Any, ...], bool]
"""A function, its arguments, and whether its answer is wanted."""
OOM_SCORE = "500"
"""Above this process's: where memory runs out, the system shall end the one that can be done without."""


class Beside:
    """The second process, seen from the first: threads carry what is said, so that nobody waits to be heard.

    A pipe holds some hundred kilobytes; with more on its way, who sends would stand still until the other listens.
    """

    def __init__(self, connection: Connection, process: int) -> None:
        self.process = process
        self._connection = connection
        self._questions: SimpleQueue[_Question | None] = SimpleQueue()
        self._awaited: SimpleQueue[Future[Any] | None] = SimpleQueue()
        self._carriers = [threading.Thread(target=carry, daemon=True) for carry in (self._send, self._receive)]
        for carrier in self._carriers:
            carrier.start()

    def begin(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:  # noqa: ANN401
        """Have a module's function called; what is returned waits for its answer, and gives None where there is none.

        What is asked for is done in that order, one thing at a time.
        """
        return self._ask(function, arguments, needed=True)

    def offer(self, function: Callable[..., Any], *arguments: Any) -> None:  # noqa: ANN401
        """Have a function called for what it leaves behind in its process, unless something else waits by then."""
        self._ask(function, arguments, needed=False)

    def close(self) -> None:
        """Stop listening to a process that has ended."""
        self._questions.put(None)
        self._awaited.put(None)
        for carrier in self._carriers:
            carrier.join()
        self._connection.close()

    def _ask(self, function: Callable[..., Any], arguments: tuple[Any, ...], *, needed: bool) -> Callable[[], Any]:
        answer: Future[Any] = Future()
        self._questions.put((function, arguments, needed))
        self._awaited.put(answer)
        return answer.result

    def _send(self) -> None:
        """Write questions out one at a time: those that wait share the rows they are about with this process."""
        while (question := self._questions.get()) is not None:
            with suppress(OSError):  # it has ended, and its answers say so
                self._connection.send_bytes(_written(question))

    def _receive(self) -> None:
        while (awaited := self._awaited.get()) is not None:
            answer = None
            with suppress(Exception):  # whatever it is, who waits for this answer shall not wait for ever
                answer = self._connection.recv()
            awaited.set_result(answer)


def _written(question: _Question) -> bytes | memoryview:
    """The question as bytes; one that cannot be written down gets no answer, and its work is done here."""
    try:
        return ForkingPickler.dumps(question)
    except Exception:  # whatever it is, who waits for this answer shall not wait for ever
        return ForkingPickler.dumps((_unanswered, (), True))


def _unanswered() -> None:
    """Answer for a question that never came."""


@contextmanager
def beside() -> Iterator[Beside | None]:
    """Fork the second process and end it at the end; None where it would have no core, or forking would be unsafe."""
    if not _possible():
        yield None
        return
    here, there = socketpair()
    parent, child = os.getpid(), _fork()
    if not child:
        here.close()
        _work(Connection(there.detach()), parent)
    there.close()
    second = Beside(Connection(here.detach()), child)
    try:
        yield second
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        second.close()


def _possible() -> bool:
    """Elsewhere than on Linux a forked process may not use the system's libraries, nor would it end with this one."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def _fork() -> int:
    """Fork; Python 3.12 warns of the BLAS libraries' threads, which stop and restart by themselves."""
    gc.freeze()  # or looking for garbage would write to, and so copy, the pages that both share
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, AttributeError):
            stream.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work(connection: Connection, parent: int) -> NoReturn:
    """Answer until nobody asks any more; what fails here is left to the first process, which meets the fault itself."""
    try:
        _be_modest(parent)
        while True:
            function, arguments, needed = connection.recv()
            answer = None
            if needed or not connection.poll():
                with suppress(Exception):
                    answer = function(*arguments)
            connection.send(answer)
    finally:
        os._exit(0)


def _be_modest(parent: int) -> None:
    """Say nothing, leave Ctrl-C to the first process, and end with it, whatever ended it."""
    gc.disable()  # what it lays out lives until it ends, and that is soon
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)
    silence = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(silence, number)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123
        score.write(OOM_SCORE)
