"""The whole flow, told once: from the rows of a table to its report."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

from threadpoolctl import threadpool_limits

from reportgen.beside import Beside
from reportgen.clock import now
from reportgen.config import Config
from reportgen.data import Parts, Prepared, Source, load_within, prepare, profile
from reportgen.document import Document, Gates, compose
from reportgen.evidence import Meanwhile, collect
from reportgen.evidence.base import Leaks, Shrinking, Subject
from reportgen.findings import decide, hold, judge, refuse_unfit, refuse_unknown, refuse_unknown_codes, waive
from reportgen.flow.ahead import begin_ahead, beginning, showing
from reportgen.flow.curve import lessons_for, shrinking
from reportgen.flow.environment import environment_of
from reportgen.flow.leaks import find_leaks, left_out, other_answers, refuse_bare, without_leaks
from reportgen.flow.parting import part_rows, refuse_absent
from reportgen.flow.probing import probe
from reportgen.flow.random_split import split_at_random
from reportgen.flow.refits import refitting
from reportgen.flow.subject import subject_of
from reportgen.flow.together import Together
from reportgen.memory import give_back
from reportgen.model import Network, fit_baselines, train
from reportgen.records.dossier import Dossier
from reportgen.records.structure import Structure
from reportgen.records.table import Profile
from reportgen.render.words import worded, worded_verdict

Watch = Callable[[str], AbstractContextManager[None]]
"""Called with the name of each step; the step runs inside what it returns."""


@dataclass(frozen=True)
class Outcome:
    """The report, and the live things that are saved beside it."""

    document: Document
    network: Network
    prepared: Prepared


@dataclass(frozen=True)
class _Ready:
    """A table before its network: parted, prepared and looked through.

    `config` are the settings with what reading changed, `asked` those that part the rows as they were parted.
    `otherwise` are the rows with the other choice about leaking columns: without them, or with them where they go.
    """

    config: Config
    asked: Config
    parts: Parts
    prepared: Prepared
    profile: Profile
    structure: Structure
    together: Together
    leaks: Leaks
    otherwise: Prepared | None


def _unwatched(_step: str) -> AbstractContextManager[None]:
    return nullcontext()


def audit(
    source: Source,
    config: Config,
    config_file: str | None = None,
    watch: Watch = _unwatched,
    beside: Beside | None = None,
) -> Outcome:
    """Take one table from its rows to its report; with a second process `beside` this one, the same, sooner.

    Raises DataError for a table that cannot be audited, ConfigError where TensorFlow already runs on other threads.
    """
    with threadpool_limits(config.threads):
        day = _judging_day(config)
        table = _ready(source, config, watch)
        network, subject, smaller = _taught(table, watch, beside)
        table = replace(table, parts=_without_rows(table.parts))
        with _answered():
            meanwhile = Meanwhile(beginning(beside, config.threads), smaller, showing(beside, table.config))
            dossier = collect(subject, table.config.selection, timed=watch, meanwhile=meanwhile)
        return Outcome(_document(dossier, table, config_file, day), network, table.prepared)


def _judging_day(config: Config) -> date | None:
    """The day by which waivers are judged, if there are any; refuses first what no table could have."""
    refuse_unknown(config.targets, config.protected)
    refuse_unknown_codes(config.waive)
    return now().date() if config.waive else None


def _ready(source: Source, config: Config, watch: Watch) -> _Ready:
    """Read the table, part its rows, prepare them, and look for columns that give the target away."""
    with watch("read"):
        dataset, config = load_within(source, config)
        refuse_unfit(config.targets, dataset.task)
    with watch("structure"):
        structure = probe(dataset, config)
    with watch("prepare"):
        parts, asked, structure = part_rows(dataset, config, structure)
        refuse_absent(parts, config.explain_rows)
        rows, prepared = profile(parts), prepare(parts)
        together = Together.of(dataset, asked, structure)
    with watch("leaks"):
        leaks = find_leaks(parts, prepared, config, together)
        otherwise = without_leaks(parts, leaks)
        if leaks.excluded:
            parts, prepared, otherwise = left_out(parts, leaks), refuse_bare(otherwise, leaks), prepared
    return _Ready(config, asked, parts, prepared, rows, structure, together, leaks, otherwise)


def _taught(table: _Ready, watch: Watch, beside: Beside | None) -> tuple[Network, Subject, Callable[[], Shrinking]]:
    """Train the network, make it anew in every way that evidence asks about, and fit its rivals.

    Those that learn fewer rows are waited for, or made, when they are asked for.
    """
    config, parts, prepared, leaks = table.config, table.parts, table.prepared, table.leaks
    task = parts.dataset.task
    with watch("train"):
        lessons = lessons_for(prepared, task, config, table.together)
        ahead = begin_ahead(beside, lessons, prepared, task, config)
        network = train(prepared, task, config)
    if table.otherwise:
        with watch("without_leaks"):
            leaks = replace(leaks, other=other_answers(network, table.otherwise, task, config))
    with watch("refit"):
        refits = refitting(parts, prepared, network, table.asked)
        give_back()
    with watch("random_split"):
        random_split, structure = split_at_random(parts, prepared, network, table.asked, table.structure)
    with watch("fit_baselines"), _answered():
        baselines = ahead.baselines() or fit_baselines(prepared, task, config.seed)
        give_back()
    subject = replace(
        subject_of(parts, table.profile, prepared, network, baselines, config),
        leaks=leaks, refits=refits, random_split=random_split, structure=structure,
    )  # fmt: skip

    def smaller() -> Shrinking:
        with watch("learn_less"):
            return shrinking(network, lessons, ahead.smaller())

    return network, table.together.in_all(subject), smaller


def _without_rows(parts: Parts) -> Parts:
    """What the document still needs of the table; evidence holds the rows itself, and wide ones twice are much."""
    train, validation, test = (part.iloc[:0].copy() for part in (parts.train, parts.validation, parts.test))
    dataset = replace(parts.dataset, frame=parts.dataset.frame.iloc[:0].copy(), test=None)
    return replace(parts, dataset=dataset, train=train, validation=validation, test=test)


def _document(dossier: Dossier, table: _Ready, config_file: str | None, day: date | None) -> Document:
    """Judge what was measured, and put it together with what the user asked for."""
    config = table.config
    findings, checks = judge(dossier)
    findings, waivers = waive(findings, config.waive, day) if day else (findings, ())
    gates = Gates(hold(config.targets, dossier, findings), waivers, day)
    verdict = worded_verdict(decide(dossier, findings, gates.targets))
    environment = environment_of(table.parts.dataset, config, config_file)
    return compose(dossier, worded(findings), checks, verdict, config, environment, gates)


@contextmanager
def _answered() -> Iterator[None]:
    """Hold back a question of scikit-learn: are many classes of few rows meant as numbers? rare_class answers it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        yield
