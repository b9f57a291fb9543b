"""One page over all datasets of a batch, and the same for programs: index.html, index.json, index.md, junit.xml."""

import json
import os
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reportgen import __version__
from reportgen.batch.journal import State
from reportgen.batch.locks import FOLDER
from reportgen.batch.plan import Job
from reportgen.batch.progress import reason, told
from reportgen.batch.result import Past, Result, refusal
from reportgen.errors import OutputError
from reportgen.languages import language, locate
from reportgen.render.plain import visible
from reportgen.render.words import render

SCHEMA = "reportgen/batch/1"
INDEX = ("index.json", "index.html", "index.md", "junit.xml")
SCRIPT = "script/batch.js"
LOGS = 150_000
"""Characters of logs that the page holds in all, shared among the failures."""
MOST_IN_MARKDOWN = 200
"""Rows of the Markdown table: those where there is something to look at come first."""
SPARK = (56, 14)
"""Width and height of a spark line in pixels."""

Standing = Literal["failed", "unfit", "caution", "sound", "pending"]
ORDER: tuple[Standing, ...] = ("failed", "unfit", "caution", "pending", "sound")
"""Where to look first."""


@dataclass(frozen=True)
class Change:
    """The key metric against that of the last report: `clear` where the two intervals have no value in common."""

    difference: float | None
    metric: str
    before: str | None
    clear: bool
    other_data: bool


@dataclass(frozen=True)
class Row:
    """One dataset of the index."""

    job: Job
    standing: Standing
    result: Result | None
    past: tuple[Past, ...] = ()

    @property
    def link(self) -> str:
        """The folder of its report, as a relative address."""
        return quote(self.job.key)

    @property
    def log(self) -> str:
        """Its log, as a relative address; empty where it cannot have one."""
        return "" if self.job.refused else f"logs/{quote(self.job.log.name)}"

    @property
    def why(self) -> str:
        """Why it failed, in English; empty where it did not."""
        return reason(self.result) if self.result else ""

    @property
    def change(self) -> Change | None:
        """What changed since the last report, None where this is the first."""
        if not self.past or self.result is None or self.result.level is None:
            return None
        last, score = self.past[-1], self.result.score
        same = score is not None and score.name == last.metric
        difference = score.value - last.value if same and score and _both(score.value, last.value) else None  # type: ignore[operator]
        apart = same and score is not None and _apart((score.low, score.high), (last.low, last.high))
        before = last.level if last.level != self.result.level else None
        other = (self.result.sha256 or "")[:12] != (last.data or "")
        return Change(difference, score.name if score else "", before, apart, other)

    @property
    def spark(self) -> str:
        """The path of a line through the key metric of the reports, the newest at the right; empty below two."""
        score = self.result.score if self.result else None
        values = [past.value for past in self.past if score and past.metric == score.name and past.value is not None]
        if score is None or score.value is None or not values:
            return ""
        return path([*values, score.value])


def _both(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None


def _apart(one: tuple[float | None, float | None], other: tuple[float | None, float | None]) -> bool:
    (low, high), (old_low, old_high) = one, other
    if low is None or high is None or old_low is None or old_high is None:
        return False
    return low > old_high or high < old_low


def path(values: Sequence[float]) -> str:
    """Values as an SVG path of relative steps, the smallest at the bottom; equal ones lie in the middle."""
    width, height = SPARK
    low, high = min(values), max(values)
    scale = (height - 4) / (high - low) if high > low else 0
    step = (width - 4) / (len(values) - 1)
    places = [(round(2 + number * step), _height(value, low, scale)) for number, value in enumerate(values)]
    steps = [(x - old_x, y - old_y) for (old_x, old_y), (x, y) in pairwise([(0, 0), *places])]
    return "m" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")


def _height(value: float, low: float, scale: float) -> int:
    return round(SPARK[1] - 2 - (value - low) * scale) if scale else SPARK[1] // 2


def rows_of(jobs: Iterable[Job], states: Mapping[str, State], hashes: Mapping[str, str]) -> tuple[Row, ...]:
    """One row a dataset, those to look at first; a result of other data or settings than today's is pending."""
    rows = [_row(job, states.get(job.key), hashes.get(job.key)) for job in jobs]
    return tuple(sorted(rows, key=_weight))


def _row(job: Job, state: State | None, hashed: str | None) -> Row:
    if job.refused:
        return Row(job, "failed", refusal(job.refused))
    if state is None or state.result is None or (hashed is not None and state.hash != hashed):
        return Row(job, "pending", None)
    result = state.result
    return Row(job, "failed" if result.failure else result.level or "pending", result, state.past)


def _weight(row: Row) -> tuple[int, int, str]:
    gate = row.result is not None and row.result.gate_failed
    return ORDER.index(row.standing), not gate, row.job.name.casefold()


def write_index(
    out: Path, rows: Sequence[Row], created: str, lang: str, templates: Path | None = None, writer: str = ""
) -> None:
    """Write all four files, each whole or not at all; `writer` is unlike that of any other process at work here.

    Raises OutputError where they cannot be written.
    """
    contents: dict[str, Callable[[], Iterable[str]]] = {
        "index.json": lambda: json_lines(rows, created),
        "index.html": lambda: [to_html(rows, created, lang, templates)],
        "index.md": lambda: [to_markdown(rows, lang, templates)],
        "junit.xml": lambda: [to_junit(rows)],
    }
    for name, text in contents.items():
        _place(out / name, out / FOLDER / f"{name}{writer}.new", text())


def _place(path: Path, waiting: Path, text: Iterable[str]) -> None:
    try:
        with waiting.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.writelines(text)
            stream.flush()
            os.fsync(stream.fileno())
        waiting.replace(path)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None


def totals(rows: Sequence[Row]) -> dict[str, int]:
    """How many datasets stand where, and how many failed their gate."""
    found = Counter(row.standing for row in rows)
    gates = sum(bool(row.result and row.result.gate_failed) for row in rows)
    return {"datasets": len(rows), **{name: found[name] for name in ORDER}, "gates_failed": gates}


def to_json(rows: Sequence[Row], created: str) -> str:
    """The index for programs; its words are English."""
    return "".join(json_lines(rows, created))


def json_lines(rows: Sequence[Row], created: str) -> Iterator[str]:
    """The same line by line, a dataset a line, since all of it at once would be much for thousands of them."""
    head = {"schema": SCHEMA, "reportgen": __version__, "created": created, "totals": totals(rows)}
    yield json.dumps(head)[:-1] + ',\n"datasets": [\n'
    for number, row in enumerate(rows, start=1):
        yield json.dumps(_plain(row), ensure_ascii=False) + (",\n" if number < len(rows) else "\n")
    yield "]}\n"


def _plain(row: Row) -> dict[str, Any]:
    result, change = row.result, row.change
    plain: dict[str, Any] = {
        "name": row.job.name,
        "folder": None if row.job.refused else row.job.key,
        "source": row.job.shown,
        "tags": list(row.job.tags),
        "status": {"failed": "failed", "pending": "pending"}.get(row.standing, "done"),
    }
    if result is None:
        return plain
    score = result.score
    return plain | {
        "audited": result.at or None,
        "seconds": result.seconds,
        "rows": result.rows,
        "target": result.target,
        "task": result.task,
        "sha256": result.sha256,
        "verdict": result.level and {"level": result.level, "text": result.verdict},
        "metric": score and score.model_dump(),
        "findings": result.findings,
        "worst": result.worst and result.worst.model_dump(mode="json", exclude={"said"}),
        "targets_missed": list(result.missed),
        "gate_failed": result.gate_failed,
        "change": change and {"metric": change.metric, "difference": change.difference, "verdict_before": change.before,
                              "intervals_apart": change.clear, "other_data": change.other_data},
        "history": [{"at": past.at, "metric": past.metric, "value": past.value} for past in row.past],
        "files": {name: f"{row.job.key}/{name}" for name in result.files},
        "log": None if row.job.refused else f"logs/{row.job.log.name}",
        "failure": result.failure and {"reason": result.failure.why, "detail": row.why, "log": result.failure.log},
    }  # fmt: skip


def to_html(rows: Sequence[Row], created: str, lang: str, templates: Path | None = None) -> str:
    """The page: one table that sorts, filters and searches by a small script, and reads the same without it."""
    script = _script()
    failures = [row for row in rows if row.standing == "failed"]
    text = render(
        "batch.html.j2",
        lang,
        templates,
        rows=rows,
        failures=failures,
        longest=max(200, min(4000, LOGS // max(1, len(failures)))),
        totals=totals(rows),
        order=ORDER,
        created=created,
        version=__version__,
        language=language(lang).tag,
        script=script,
        script_hash=b64encode(sha256(script.encode()).digest()).decode("ascii"),
    )
    return visible(text.strip()) + "\n"


@lru_cache(maxsize=1)
def _script() -> str:
    return (locate() / SCRIPT).read_text(encoding="utf-8").strip()


def to_markdown(rows: Sequence[Row], lang: str, templates: Path | None = None) -> str:
    """The index as a summary that fits a message: what there is to look at first."""
    return (
        visible(
            render(
                "batch.md.j2", lang, templates, rows=rows, most=MOST_IN_MARKDOWN, totals=totals(rows), order=ORDER
            ).strip()
        )
        + "\n"
    )


def to_junit(rows: Sequence[Row]) -> str:
    """One test case a dataset: a failed gate is a failure, no report an error, one not begun is skipped."""
    cases = [_case(row) for row in rows]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    root = Element("testsuites", {"name": "reportgen", **counts})
    suite = SubElement(root, "testsuite", {"name": "batch", **counts})
    suite.extend(cases)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _gate(result: Result) -> str:
    """What a gate failed by: the targets, or the worst finding."""
    return "; ".join(result.missed) or (result.worst.message if result.worst else told(result))


def _case(row: Row) -> Element:
    seconds = f"{row.result.seconds:.3f}" if row.result else "0"
    case = Element("testcase", {"classname": "reportgen.batch", "name": visible(row.job.name), "time": seconds})
    result = row.result
    if result is None:
        SubElement(case, "skipped", {"message": "not audited yet"})
    elif result.failure:
        error = SubElement(case, "error", {"type": result.failure.why, "message": visible(row.why)})
        error.text = visible(result.failure.log)
    elif result.gate_failed:
        failure = SubElement(case, "failure", {"type": "gate", "message": visible(_gate(result))})
        failure.text = visible(result.verdict)
    else:
        SubElement(case, "system-out").text = visible(result.verdict)
    return case
