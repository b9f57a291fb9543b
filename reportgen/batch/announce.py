"""What a batch says before any work: what it would do, and what it cannot."""

import sys
from collections.abc import Callable, Sequence

from reportgen.batch.drive import Task
from reportgen.batch.plan import Job
from reportgen.batch.store import Store

TODO = {
    "new": "audit",
    "changed": "audit again, changed",
    "fresh": "audit again, asked for",
    "retry": "audit again, failed before",
    "gone": "audit again, its files are gone",
    "unchanged": "done already",
    "failed": "failed before, unchanged (--retry-failed)",
    "refused": "not to be audited",
}


def say_refused(jobs: Sequence[Job]) -> None:
    """Say before any work what cannot be audited as it is called: it stands in the index, and the others go on."""
    refused = [job.refused for job in jobs if job.refused]
    if refused:
        more = f" ({len(refused) - 1} more like it)" if refused[1:] else ""
        print(f"reportgen: {refused[0]}{more}", file=sys.stderr, flush=True)


def show_plan(tasks: Sequence[Task], store: Store, how: str, say: Callable[[str], None]) -> None:
    """Say of every dataset what would be done with it, and how much that is together."""
    for task in tasks:
        if task.job.refused:
            say(f"{task.job.name}: {TODO[task.need]}: {task.job.refused}")
            continue
        target = task.job.config.target or "the last column"
        place = store.show(task.job.key)
        say(f"{task.job.name}: {task.job.shown}, target {target}, into {place}: {TODO[task.need]}")
    todo = sum(task.todo for task in tasks)
    say(f"{todo} of {len(tasks)} to audit, {how}")
