"""What a run shows while it works, and how long each step took."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from reportgen.memory import most_held

STEPS = {
    "libraries": "loading the libraries",
    "read": "reading the table",
    "structure": "looking for groups and an order in time",
    "prepare": "splitting and preparing the rows",
    "train": "training the network",
    "refit": "training it anew from other seeds",
    "random_split": "training it on a random split",
    "learn_less": "training it on fewer rows",
    "fit_baselines": "training the baselines",
    "performance": "measuring performance",
    "refits": "comparing it with those trained anew",
    "calibration": "measuring calibration",
    "conformal": "seeing which promises it keeps",
    "thresholds": "trying other thresholds",
    "baselines": "comparing with the baselines",
    "selection": "selecting features",
    "redundancy": "looking for columns that say the same",
    "few_columns": "asking how few columns do",
    "additions": "asking what each column adds",
    "solo": "looking at each feature alone",
    "leaks": "looking for columns that give the target away",
    "without_leaks": "training it with and without them",
    "leak_cost": "asking what they are worth",
    "drift": "holding test rows against training rows",
    "missingness": "asking what empty cells tell",
    "importance": "scoring importance",
    "effects": "following the leading features",
    "agreement": "comparing the methods of importance",
    "surrogates": "fitting surrogates",
    "faithfulness": "holding the explanations against chance",
    "walkthroughs": "taking single predictions apart",
    "single_rows": "asking what would turn them",
    "errors": "examining the errors",
    "labels": "looking for labels that look wrong",
    "neighbours": "looking for the rows nearest to the mistakes",
    "slices": "looking for parts where it is worse",
    "error_tree": "asking what tells right from wrong",
    "fairness": "comparing groups",
    "robustness": "changing its inputs a little",
    "learning_curve": "asking whether there are enough rows",
    "write": "writing the report",
}
"""The words for each step; a step without words is shown by its name."""


class Stopwatch:
    """Times the steps of a run, and tells `show` of each step as it begins.

    `peaks` are the bytes of memory that the process had held at most by the end of each step, where the system tells.

    Within `still()` nothing is shown, and no thread of its own runs.
    """

    def __init__(
        self, show: Callable[[str], None], still: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self._show = show
        self.still = still
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, int] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Run one step; its wall-clock seconds are added to those of the same name."""
        self._show(STEPS.get(step, step))
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - begun
            self.peaks |= {step: peak} if (peak := most_held()) else {}


@contextmanager
def shown(quiet: bool) -> Iterator[Stopwatch]:
    """A stopwatch that shows steps as fits the place: a spinner on a terminal, lines elsewhere, nothing if quiet."""
    if quiet:
        yield Stopwatch(lambda _words: None)
    elif sys.stdout.isatty():
        with _spinner() as stopwatch:
            yield stopwatch
    else:
        yield Stopwatch(lambda words: print(f"reportgen: {words}", flush=True))


@contextmanager
def _spinner() -> Iterator[Stopwatch]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

    @contextmanager
    def still() -> Iterator[None]:
        turning = [thread for thread in threading.enumerate() if thread not in before]
        status.stop()
        for thread in turning:
            thread.join(1.0)
        try:
            yield
        finally:
            status.start()

    before = threading.enumerate()
    with Console().status("reportgen") as status:
        yield Stopwatch(status.update, still)
