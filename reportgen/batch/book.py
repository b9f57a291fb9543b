"""The index of a batch while it runs: what stands in it, and when it was last written."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from reportgen.batch.drive import Task, now
from reportgen.batch.journal import State, read_states
from reportgen.batch.locks import alone, journals, suffix
from reportgen.batch.plan import Job, Shard
from reportgen.batch.result import Result, refusal
from reportgen.batch.store import Store
from reportgen.errors import OutputError

SHOWN_EVERY = 60.0
"""Seconds between two indexes while a batch runs; a page that takes long to make is made more seldom."""


class Book:
    """What stands in the index, and when it was last written."""

    def __init__(
        self,
        home: Path,
        store: Store,
        jobs: Sequence[Job],
        tasks: Sequence[Task],
        states: dict[str, State],
        shard: Shard | None,
        look: tuple[str, Path | None],
    ) -> None:
        self.home, self.store, self.jobs, self.tasks, self.states = home, store, jobs, tasks, states
        self._shard, self._look = shard, look
        self._seen = -1
        self._next = time.monotonic() + SHOWN_EVERY

    def standing(self) -> list[Result | None]:
        """What came of each dataset of this process, None where nothing did yet."""
        return [self._result(task) for task in self.tasks]

    def _result(self, task: Task) -> Result | None:
        if task.job.refused:
            return refusal(task.job.refused)
        state = self.states.get(task.job.key)
        return state.result if state and (state.hash == task.hash or task.need in ("unchanged", "failed")) else None

    def checkpoint(self) -> None:
        """Write the index if it is time to and something changed; a full disk will be met elsewhere."""
        if time.monotonic() < self._next:
            return
        ended = sum(result is not None for result in self.standing())
        begun = time.monotonic()
        if ended != self._seen:
            self._seen = ended
            with suppress(OutputError):
                self.write()
        took = time.monotonic() - begun
        self._next = time.monotonic() + max(SHOWN_EVERY, 20 * took)

    def write(self) -> None:
        """Write the index over all datasets of the plan, those of other shards as their journals have them."""
        if self._shard is None:
            self._write(self.states)
            return
        with alone(self.home):
            others = read_states(journals(self.home))
            self._write(self.states | {key: state for key, state in others.items() if not self._shard.holds(key)})

    def _write(self, states: Mapping[str, State]) -> None:
        from reportgen.batch.index import INDEX, rows_of, write_index  # noqa: PLC0415 - the pages' libraries take a second

        hashes = {task.job.key: task.hash for task in self.tasks if not task.job.refused}
        write_index(self.home, rows_of(self.jobs, states, hashes), now(), *self._look, suffix(self._shard))
        for name in INDEX:
            self.store.put(self.home / name, name)
