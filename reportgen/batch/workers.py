"""An executor whose every call has a process of its own: it may crash, hang or eat memory, and only it is lost."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Literal

from reportgen.batch.limits import Limits, resident
from reportgen.batch.nursery import READY

TICK = 0.1
"""Seconds between two looks at a worker: what it can take beyond its memory is what it can fill in this time."""
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from reportgen.batch.nursery import main; main()"
NO_LIMITS = Limits()
Reason = Literal["signal", "exit", "timeout", "memory", "dropped", "lost"]


class Lost(Exception):  # noqa: N818 - it is the worker that is lost
    """A worker that ended without an answer, and why: `detail` is the signal's name, the exit status or the limit."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class _Call:
    """A function that waits for a worker, what it may take, and the future it will fill."""

    def __init__(
        self,
        work: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]],
        limits: Limits,
        unwanted: threading.Event | None = None,
    ) -> None:
        self.work, self.limits = work, limits
        self.unwanted = unwanted or threading.Event()
        self.future: Future[Any] = Future()


class LocalExecutor(Executor):
    """So many calls at once on this machine, each in a fork of one process that has imported `modules`.

    A call's exception comes as it was raised where it is a ReportgenError, else as a RuntimeError with its words, for
    others need not survive the way; a call that ended without any raises Lost. Raises BrokenExecutor where the modules
    cannot be imported.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits = NO_LIMITS,
        modules: tuple[str, ...] = ("reportgen.api",),
        inherited: tuple[int, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start the process that workers are forked from; `inherited` are files that all of them keep open.

        `environment` is theirs instead of this process's own.
        """
        if not hasattr(os, "fork"):
            raise BrokenExecutor("this system cannot fork processes; run a batch on Linux or macOS")
        self.workers = workers
        self._limits = limits
        self._modules = modules
        self._inherited = inherited
        self._environment = environment
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._dropped = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        self._root: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._control = self._start()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Call a function in a worker; it and its arguments must pickle."""
        return self._put(_Call((fn, args, kwargs), self._limits))

    def submit_within(
        self,
        limits: Limits,
        unwanted: threading.Event,
        fn: Callable[..., Any],
        *args: Any,  # noqa: ANN401
    ) -> Future[Any]:
        """The same within limits of the call's own; once `unwanted` is set, this call is ended and raises Lost."""
        return self._put(_Call((fn, args, {}), limits, unwanted))

    def _put(self, call: _Call) -> Future[Any]:
        if self._closed:
            raise RuntimeError("no calls are taken any more")
        self._calls.put(call)
        return call.future

    def drop(self) -> None:
        """End what runs and cancel what waits; each running call raises Lost."""
        self._dropped.set()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and leave no process behind once the last has been answered."""
        self._closed = True
        if cancel_futures:
            self._dropped.set()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
            self._stop()

    def _start(self) -> socket.socket:
        """Start the process to fork from; Ctrl-C, which reaches it too, waits until it can be ignored."""
        ours, theirs = socket.socketpair()
        words = [sys.executable, "-P", "-c", BOOT, json.dumps(sys.path), str(theirs.fileno())]
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            self._root = subprocess.Popen(  # noqa: S603 - our own program
                [*words, ",".join(self._modules), *sys.argv],
                pass_fds=[theirs.fileno(), *self._inherited],
                stdin=subprocess.DEVNULL,
                env=self._environment,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
            theirs.close()
        ours.settimeout(TICK)
        self._ready = False
        return ours

    def _stop(self) -> None:
        """Let the root go, which leaves by itself unless it is still importing."""
        self._control.close()
        if self._root:
            if not self._ready:
                self._root.kill()
            self._root.wait()

    def _slot(self) -> socket.socket:
        """A socket to a process that forks for one slot; a root that was ended is started again."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._living(), [b"s"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise BrokenExecutor("the process that workers are made from has ended") from None
            except BaseException:
                ours.close()
                raise
        return ours

    def _living(self) -> socket.socket:
        """The socket of a root that has imported everything."""
        if self._root is None or self._root.poll() is not None:
            self._stop()
            self._control = self._start()
        while not self._ready:
            if self._dropped.is_set():
                raise Lost("dropped", "")
            with suppress(TimeoutError):
                if self._control.recv(1) != READY:
                    raise BrokenExecutor("the libraries of an audit cannot be imported; the lines above say why")
                self._ready = True
        return self._control

    def _serve(self) -> None:
        """One slot: answer one call after the other until told to stop."""
        slot: socket.socket | None = None
        while (call := self._calls.get()) is not None:
            if self._dropped.is_set():
                call.future.cancel()
            if not call.future.set_running_or_notify_cancel():
                continue
            try:
                slot = slot or self._slot()
                answer = self._ask(slot, call)
            except _SlotGone:
                _close(slot)
                slot = None
                call.future.set_exception(Lost("signal", "SIGKILL"))
            except BaseException as error:
                call.future.set_exception(error)
            else:
                sound, value = answer
                (call.future.set_result if sound else call.future.set_exception)(value)
            call = None
        _close(slot)

    def _ask(self, slot: socket.socket, call: _Call) -> tuple[bool, Any]:
        """Have one child do the call and wait for what it sends, or for its end."""
        ours, theirs = Pipe()
        with ours:
            with theirs:
                try:
                    socket.send_fds(slot, [b"c"], [theirs.fileno()])
                except OSError:
                    raise _SlotGone from None
            child = _number(slot)
            with suppress(OSError):
                ours.send(call.work)
            why, answer = self._watch(child, ours, call)
            if why:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        status = _number(slot)
        if answer is None:
            raise Lost(*(why or _ending(status)))
        return answer

    def _watch(
        self, child: int, connection: Connection, call: _Call
    ) -> tuple[tuple[Reason, str] | None, tuple[bool, Any] | None]:
        """Wait for an answer within the limits: why to end the child, and what it said."""
        begun, limits = time.monotonic(), call.limits
        while not connection.poll(TICK):
            if self._dropped.is_set() or call.unwanted.is_set():
                return ("dropped", ""), None
            if limits.seconds is not None and time.monotonic() - begun > limits.seconds:
                return ("timeout", f"{limits.seconds:g}"), None
            if limits.memory is not None and (resident(child) or 0) > limits.memory:
                return ("memory", str(limits.memory)), None
        try:
            return None, connection.recv()
        except (EOFError, OSError):
            return None, None


class _SlotGone(Exception):  # noqa: N818
    """The process that forks for a slot has ended, and the child with it."""


def _close(slot: socket.socket | None) -> None:
    if slot:
        slot.close()


def _number(slot: socket.socket) -> int:
    with suppress(OSError):
        got = slot.recv(8, socket.MSG_WAITALL)
        if len(got) == 8:
            return int.from_bytes(got, "big", signed=True)
    raise _SlotGone


def _ending(status: int) -> tuple[Reason, str]:
    if status >= 0:
        return "exit", str(status)
    with suppress(ValueError):
        return "signal", signal.Signals(-status).name
    return "signal", str(-status)
