"""The whole flow, told once: from the rows of a table to its report."""

import platform
import shlex
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from reportgen import __version__
from reportgen.beside import Beside
from reportgen.clock import now
from reportgen.config import Config
from reportgen.data import (
    Belonging,
    Dataset,
    Matrix,
    Parts,
    Prepared,
    PreparedPart,
    Preparer,
    Source,
    Suspect,
    groups_of,
    load_within,
    measured,
    moments_of,
    prepare,
    profile,
    refold,
    respect,
    split,
    suspects,
    target_numbers,
)
from reportgen.document import Document, Environment, Gates, compose
from reportgen.errors import DataError
from reportgen.evidence import MOST_SENT, collect, identity, solo
from reportgen.evidence.base import Fitted, Leaks, Part, Refit, Refitting, Shrinking, Smaller, Subject, positions
from reportgen.evidence.structure import Look, confirmed, respectable
from reportgen.evidence.structure import judge as judge_structure
from reportgen.findings import decide, judge, leaking, refuse_unfit, refuse_unknown, refuse_unknown_codes, waive
from reportgen.findings import hold as hold_targets
from reportgen.memory import give_back
from reportgen.model import (
    FittedBaseline,
    Network,
    Trial,
    bare,
    course_for,
    fit_baselines,
    group_trial,
    hold,
    hold_again,
    learn_less,
    learn_less_apart,
    measure,
    plan_for,
    refit,
    refits_for,
    telling,
    time_trial,
    to_learn_apart,
    train,
)
from reportgen.model.curve import Apart, Course, sizes
from reportgen.model.refits import Refitted, seeds
from reportgen.records.base import PartName
from reportgen.records.network import Cover
from reportgen.records.structure import Candidate, Structure
from reportgen.records.table import DatasetRecord, Profile, Task
from reportgen.render import warm_up
from reportgen.render.words import worded, worded_verdict

Watch = Callable[[str], AbstractContextManager[None]]
"""Called with the name of each step; the step runs inside what it returns."""

RANDOMISED = 8
"""Networks with weights drawn anew, for the sanity check of explanations: enough for a t interval over them."""
DEALINGS = 2
"""Dealings of the same rows on which what seems to matter is judged again."""

LIBRARIES = ("tensorflow", "keras", "scikit-learn", "numpy", "pandas", "scipy", "matplotlib", "jinja2", "weasyprint")


@dataclass(frozen=True)
class Outcome:
    """The report, and the live things that are saved beside it."""

    document: Document
    network: Network
    prepared: Prepared


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
        return _audit(source, config, config_file, watch, beside)


def _audit(
    source: Source, config: Config, config_file: str | None, watch: Watch, beside: Beside | None = None
) -> Outcome:
    refuse_unknown(config.targets, config.protected)
    refuse_unknown_codes(config.waive)
    day = now().date() if config.waive else None
    with watch("read"):
        dataset, config = load_within(source, config)
        refuse_unfit(config.targets, dataset.task)
    with watch("structure"):
        structure = _structure(dataset, config)
    with watch("prepare"):
        parts, asked, structure = _part_rows(dataset, config, structure)
        _refuse_absent(parts, config.explain_rows)
        rows = profile(parts)
        prepared = prepare(parts)
        together = _Together.of(dataset, asked, structure)
    with watch("leaks"):
        leaks = _leaks(parts, prepared, config, together)
        otherwise = _otherwise(parts, leaks)
        if leaks.excluded:
            parts, prepared, otherwise = _left_out(parts, leaks), _clean(otherwise, leaks), prepared
    with watch("train"):
        lessons = _lessons(prepared, dataset.task, config, together)
        learning, fitting = _begun(beside, lessons, prepared, dataset.task, config) if beside else (None, None)
        network = train(prepared, dataset.task, config)
    if otherwise:
        with watch("without_leaks"):
            leaks = replace(leaks, other=_other_answers(network, otherwise, dataset.task, config))
    with watch("refit"):
        refits = _refits(parts, prepared, network, asked)
    with watch("random_split"):
        random_split, structure = _random_split(parts, prepared, network, asked, structure)
    with watch("learn_less"):
        smaller = _smaller(network, lessons, learning)
    with watch("fit_baselines"), _answered():
        baselines = (fitting and fitting()) or fit_baselines(prepared, dataset.task, config.seed)
        give_back()
    subject = _subject(parts, rows, prepared, network, baselines, config)
    subject = replace(subject, refits=refits, smaller=smaller, leaks=leaks)
    subject = together.in_all(replace(subject, structure=structure, random_split=random_split))
    with _answered():
        begin = partial(beside.begin, _on_threads, config.threads) if beside else None
        dossier = collect(subject, config.selection, timed=watch, begin=begin)
    findings, checks = judge(dossier)
    findings, waivers = waive(findings, config.waive, day) if day else (findings, ())
    gates = Gates(hold_targets(config.targets, dossier, findings), waivers, day)
    verdict = worded_verdict(decide(dossier, findings, gates.targets))
    environment = _environment(dataset, config, config_file)
    document = compose(dossier, worded(findings), checks, verdict, config, environment, gates)
    return Outcome(document, network, prepared)


def _refuse_absent(parts: Parts, wanted: tuple[int, ...]) -> None:
    """Rows that are to be explained must be among those in use; with a test file they are its rows."""
    dataset = parts.dataset
    known, source = (dataset.frame, dataset.source) if dataset.test is None else (parts.test, dataset.test_source)
    absent = [row for row in wanted if row not in known.index]
    if absent:
        drawn = f", and so are those not drawn from {dataset.rows:,}" if dataset.rows_read < dataset.rows else ""
        raise DataError(
            f"row {absent[0]} of {source} cannot be explained: rows count from 0 below the header, the last with a "
            f"usable target is {known.index.max()}, those without one are left out{drawn}; give --explain-row another"
        )


@contextmanager
def _answered() -> Iterator[None]:
    """Hold back a question of scikit-learn: are many classes of few rows meant as numbers? rare_class answers it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        yield


@dataclass(frozen=True)
class _Together:
    """The groups and the moments of all rows, where the user gave them or they were found to matter."""

    groups: Belonging | None
    moments: Belonging | None

    @classmethod
    def of(cls, dataset: Dataset, config: Config, structure: Structure) -> Self:
        """The columns that the split keeps to, or those that flatter a split that could not keep to them."""
        given = bool(config.group or config.time)
        group = None if given else respectable(structure.candidates, "group")
        time = None if given or group else respectable(structure.candidates, "time")
        groups = config.group or (group.columns if group else ())
        moments = config.time or (time.columns if time else ())
        return cls(groups_of(dataset, groups), moments_of(dataset, () if groups else moments))

    def marked(self, part: Part) -> Part:
        """The part with the group or the moment of each row; with a file of test rows these are the test part."""
        given = part.name == "test"
        units, moments = (
            None if known is None else known.of(part.rows, given=given) for known in (self.groups, self.moments)
        )
        return replace(part, units=units, moments=moments)

    def in_all(self, subject: Subject) -> Subject:
        """The subject with every part marked, those of the networks made anew among them."""
        if self.groups is None and self.moments is None:
            return subject
        networks = tuple(replace(one, test=self.marked(one.test)) for one in subject.refits.networks)
        return replace(
            subject,
            train=self.marked(subject.train),
            validation=self.marked(subject.validation),
            test=self.marked(subject.test),
            refits=replace(subject.refits, networks=networks),
        )


def _leaks(parts: Parts, prepared: Prepared, config: Config, together: _Together) -> Leaks:
    """The columns that give the target away, found on training and validation rows alone."""
    task = parts.dataset.task
    train = together.marked(_part("train", prepared.train, parts.train, prepared, config))
    validation = together.marked(_part("validation", prepared.validation, parts.validation, prepared, config))
    groups, classifies = positions(prepared.inputs), task.kind != "regression"
    alone = solo.scores(train, validation, groups, classifies, config.seed)
    account = None if classifies else identity.find(train, validation, tuple(groups))
    columns = leaking(alone, account)
    return Leaks(alone, account, columns, excluded=config.exclude_leaks and bool(columns))


def _left_out(parts: Parts, leaks: Leaks) -> Parts:
    """The same rows with the leaking columns dropped."""
    columns = tuple(
        column.model_copy(update={"role": "dropped", "why": "leak"}) if column.name in leaks.columns else column
        for column in parts.dataset.columns
    )
    return replace(parts, dataset=replace(parts.dataset, columns=columns))


def _otherwise(parts: Parts, leaks: Leaks) -> Prepared | None:
    """The rows prepared without the leaking columns; None where nothing leaks, or nothing else could be learnt."""
    if not leaks.columns:
        return None
    try:
        return prepare(_left_out(parts, leaks))
    except DataError:
        return None


def _clean(otherwise: Prepared | None, leaks: Leaks) -> Prepared:
    if otherwise is None:
        listed = ", ".join(repr(name[:60]) for name in leaks.columns[:5])
        raise DataError(f"without the leaking columns {listed} none is left to learn from; add others, or keep them")
    return otherwise


def _other_answers(network: Network, otherwise: Prepared, task: Task, config: Config) -> npt.NDArray[np.float64]:
    """The test rows' answers of a network made in the same way from other columns."""
    (made,) = refit(network, [otherwise], task, [config.seed])
    return made.predict(otherwise.test.x)


def _refits(parts: Parts, prepared: Prepared, network: Network, config: Config) -> Refitting:
    """Make the network anew from other seeds, each time on parts drawn and prepared anew where they are drawn at all.

    A draw that cannot be learnt from, by the same rules that refuse such a table, is left out and counted.
    """
    asked = config.refits.count
    count = refits_for(network.plan, network.workshop.size, config.budget) if asked is None else asked
    if not count:
        return Refitting(why_none="too_large_to_refit" if asked is None else "refits_off")
    drawn = [
        (seed, *draw)
        for number, seed in enumerate(seeds(config.seed, count))
        if (draw := _draw(parts, prepared, config, number, seed))
    ]
    made = refit(network, [rows for _, rows, _, _ in drawn], parts.dataset.task, [seed for seed, *_ in drawn])
    networks = tuple(
        _as_refit(rows, anew, made_anew, prepared, config)
        for (_, rows, anew, _), made_anew in zip(drawn, made, strict=True)
    )
    covers = {cover for *_, varied in drawn for cover in (varied, "seed")}
    return Refitting(networks, _most(covers), count - len(networks), "no_other_split")


def _as_refit(rows: Prepared, anew: Parts, network: Refitted, prepared: Prepared, config: Config) -> Refit:
    return Refit(
        test=_part("test", rows.test, anew.test, prepared, config),
        inputs=rows.inputs,
        predict=network.predict,
        train_rows=len(rows.train.y) + len(rows.validation.y),
        notes=network.notes,
        encode=partial(_encode, rows.preparer, anew.dataset.frame),
    )


def _structure(dataset: Dataset, config: Config) -> Structure:
    """Try every column that may name groups or moments: whether a random split flatters a quick learner."""
    nothing = Structure(groups_sought=config.split.find_groups, times_sought=config.split.find_time)
    found = suspects(dataset, config)
    if not found:
        return nothing
    probe = _Probe.of(dataset, config.seed)
    groups = probe.judge([one for one in found if one.kind == "group" and not one.stable])
    best = respectable(groups, "group")
    unit = next((one for one in found if best and one.columns == best.columns), None)
    times = probe.judge([one for one in found if one.kind == "time"], unit)
    groups += probe.judge([one for one in found if one.stable])
    return nothing.model_copy(update={"candidates": (*groups, *times), "set_aside": probe.aside})


@dataclass(frozen=True)
class _Probe:
    """The table as the quick learner sees it: numbers, the feature of each column, those that tell the target alone."""

    dataset: Dataset
    seed: int
    x: npt.NDArray[np.float64]
    y: npt.NDArray[Any]
    names: tuple[str, ...]
    aside: tuple[str, ...]

    @classmethod
    def of(cls, dataset: Dataset, seed: int) -> Self:
        """Turn the table into numbers, and see which columns leave nothing for a split to flatter."""
        (x, names), y = measured(dataset), target_numbers(dataset)
        return cls(dataset, seed, x, y, names, telling(x, y, names, len(dataset.task.classes), seed))

    def judge(self, found: list[Suspect], unit: Suspect | None = None) -> tuple[Candidate, ...]:
        """Test columns of one kind, and those that seem to matter again on rows dealt anew.

        Rows of one unit stay together however they are dealt.
        """
        tried = [(one, trial) for one in found if (trial := self._trial(one, unit))]
        looks = [(look, one, trial) for one, trial in tried if (look := self._look(one, trial)).tries]
        first = judge_structure([look for look, _, _ in looks], self._metric)
        return tuple(
            self._confirmed(candidate, one, trial) if candidate.flatters else candidate
            for candidate, (_, one, trial) in zip(first, looks, strict=True)
        )

    def _confirmed(self, candidate: Candidate, one: Suspect, trial: Trial) -> Candidate:
        """The candidate as other dealings of its rows show it: what was chosen for its numbers is judged on others."""
        anew = [trial.dealt_anew(one.kind, self.seed, number) for number in range(DEALINGS)]
        (table,) = (x for known, x in self._tables(one) if known == candidate.known)
        held = hold_again(table, self.y, len(self.dataset.task.classes), anew, self.seed)
        tries = ((candidate.known, held),) if held else ()
        (again,) = judge_structure([replace(_as_look(one, trial), tries=tries)], self._metric)
        return confirmed(candidate, again)

    @property
    def _metric(self) -> str:
        return "r2" if self.dataset.task.kind == "regression" else "accuracy"

    def _trial(self, one: Suspect, unit: Suspect | None) -> Trial | None:
        if one.kind == "group":
            return group_trial(one.codes, self.seed)
        return time_trial(one.codes, unit.codes if unit else None, self.seed)

    def _tables(self, one: Suspect) -> list[tuple[bool, npt.NDArray[np.float64]]]:
        """The table without the columns in question, and with their groups or moments as one column."""
        without = self.x[:, [name not in (*one.columns, *self.aside) for name in self.names]]
        with_them = [(True, np.column_stack([without, one.codes]))] if one.named or one.kind == "time" else []
        return [(False, without), *with_them]

    def _look(self, one: Suspect, trial: Trial) -> Look:
        classes = len(self.dataset.task.classes)
        held = ((known, hold(x, self.y, classes, trial, self.seed)) for known, x in self._tables(one))
        return replace(_as_look(one, trial), tries=tuple((known, found) for known, found in held if found))


def _as_look(one: Suspect, trial: Trial) -> Look:
    return Look(one.kind, one.columns, one.origin, trial.cluster, trial.share, (), one.common, one.stable)


def _part_rows(dataset: Dataset, config: Config, structure: Structure) -> tuple[Parts, Config, Structure]:
    """Part the rows as asked, or by what was found where a random split flatters, with the settings that say so."""
    if config.group or config.time:
        told = {"respected": config.group or config.time, "kind": "group" if config.group else "time"}
        return split(dataset, config), config, structure.model_copy(update={**told, "origin": "given"})
    best = respectable(structure.candidates, "group") or respectable(structure.candidates, "time")
    if best is None:
        return split(dataset, config), config, structure
    if dataset.test is not None:
        told = {"why_not_respected": "test_rows_given"}
        return split(dataset, config), config, structure.model_copy(update=told)
    try:
        marked, asked = respect(dataset, config, best.kind, best.columns)
        parts = split(marked, asked)
        prepare(parts)
    except DataError:
        told = {"why_not_respected": "split_impossible"}
        return split(dataset, config), config, structure.model_copy(update=told)
    told = {"respected": best.columns, "kind": best.kind, "origin": "found"}
    return parts, asked, structure.model_copy(update=told)


def _random_split(
    parts: Parts, prepared: Prepared, network: Network, config: Config, structure: Structure
) -> tuple[Refit | None, Structure]:
    """A network made in the same way on rows parted at random, where the reported split keeps to groups or time."""
    if not structure.respected or parts.dataset.test is not None:
        return None, structure
    asked = config.refits.count
    if asked == 0 or (asked is None and not refits_for(network.plan, network.workshop.size, config.budget)):
        why = "too_large_to_refit" if asked is None else "refits_off"
        return None, structure.model_copy(update={"why_no_random_split": why})
    try:
        anew = split(parts.dataset, config.model_copy(update={"group": (), "time": ()}))
        rows = prepare(anew)
    except DataError:
        return None, structure.model_copy(update={"why_no_random_split": "no_other_split"})
    (made,) = refit(network, [rows], parts.dataset.task, [config.seed])
    return _as_refit(rows, anew, made, prepared, config), structure


def _encode(preparer: Preparer, table: pd.DataFrame, frame: pd.DataFrame) -> Matrix:
    """Rows as one network sees them; a feature that they lack, since the reported one does not use it, is missing."""
    lacking = [plan.name for plan in preparer.plans if plan.name not in frame]
    missing = [pd.Series(index=frame.index, dtype=table[name].dtype, name=name) for name in lacking]
    return preparer.transform(pd.concat([frame, *missing], axis="columns"))


def _draw(
    parts: Parts, prepared: Prepared, config: Config, number: int, seed: int
) -> tuple[Prepared, Parts, Cover] | None:
    """The table parted and prepared anew, its test rows, and what of it varied; None where it cannot be learnt from."""
    try:
        drawn = refold(parts, config, number, seed)
        varied = _varied(parts, drawn)
        rows = _encoded(prepare(drawn)) if varied != "seed" else prepared
        return rows, _tested(drawn), varied
    except DataError:
        return None


def _encoded(rows: Prepared) -> Prepared:
    """The same without the original values of rows that a network learns from, which it does not see."""
    train, validation = (replace(part, frame=part.frame.iloc[:0].copy()) for part in (rows.train, rows.validation))
    return replace(rows, train=train, validation=validation)


def _tested(drawn: Parts) -> Parts:
    """The same with the test rows alone: of wide tables several draws of all rows fill the memory."""
    dataset = replace(drawn.dataset, frame=drawn.dataset.frame.iloc[:0].copy(), test=None)
    train, validation = (part.iloc[:0].copy() for part in (drawn.train, drawn.validation))
    return replace(drawn, dataset=dataset, train=train, validation=validation)


def _varied(parts: Parts, drawn: Parts) -> Cover:
    """What of the parts was drawn otherwise, if anything was."""
    if not drawn.test.index.equals(parts.test.index):
        return "split"
    return "seed" if drawn.train.index.equals(parts.train.index) else "training_rows"


def _most(covers: set[Cover]) -> tuple[Cover, ...]:
    """The widest of what varied, and the seed: a split drawn anew is training rows drawn anew."""
    widest = [cover for cover in ("split", "training_rows") if cover in covers][:1]
    return (*widest, "seed") if covers else ()


def _lessons(prepared: Prepared, task: Task, config: Config, together: _Together) -> Apart | Shrinking:
    """Which rows networks shall learn that learn fewer of them; or why none shall."""
    asked = config.learning_curve.draws
    if asked == 0 or (asked is None and config.budget == "quick"):
        return Shrinking(why_none="learning_curve_off" if asked == 0 else "not_in_budget")
    if not (every := sizes(len(prepared.train.y))):
        return Shrinking(why_none="too_few_for_learning_curve")
    affordable = course_for(plan_for(prepared, task, config), measure(prepared, task), config.budget)
    course = Course(every, asked) if asked else affordable
    if course is None:
        return Shrinking(why_none="too_large_for_learning_curve")
    units = together.groups.of(prepared.train.rows, given=False) if together.groups else None
    return to_learn_apart(prepared, task, config, course, units)


def _begun(
    beside: Beside, lessons: Apart | Shrinking, prepared: Prepared, task: Task, config: Config
) -> tuple[Callable[[], Any] | None, Callable[[], Any] | None]:
    """Have the second process train on fewer rows, fit the rivals where rows are soon sent, and get ready to print."""
    learning = beside.begin(learn_less_apart, lessons) if isinstance(lessons, Apart) else None
    fitting = None
    if len(prepared.train.y) <= MOST_SENT:
        fitting = beside.begin(_on_threads, config.threads, fit_baselines, bare(prepared), task, config.seed)
    if "pdf" in config.format:
        beside.begin(warm_up, config.lang, Path(config.templates) if config.templates else None)
    return learning, fitting


def _on_threads(threads: int, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
    """Call a function in another process on as many threads as this one computes on."""
    with threadpool_limits(threads):
        return function(*arguments)


def _smaller(network: Network, lessons: Apart | Shrinking, learning: Callable[[], Any] | None) -> Shrinking:
    """Make the network anew on fewer and fewer of the training rows, unless a second process has done so."""
    if isinstance(lessons, Shrinking):
        return lessons
    made = learning() if learning else None
    if made is None:
        made = learn_less(network, lessons, lessons.task, lessons.course, lessons.config.seed, lessons.units)
    return Shrinking(tuple(Smaller(one.rows, one.draw, one.answers) for one in made))


def _subject(
    parts: Parts,
    rows: Profile,
    prepared: Prepared,
    network: Network,
    baselines: tuple[FittedBaseline, ...],
    config: Config,
) -> Subject:
    """Show evidence the network and its rows from outside."""
    return Subject(
        dataset=_dataset_record(parts.dataset, prepared),
        task=parts.dataset.task,
        split=parts.split,
        profile=rows,
        model=network.record,
        training=network.training,
        inputs=prepared.inputs,
        train=_part("train", prepared.train, parts.train, prepared, config),
        validation=_part("validation", prepared.validation, parts.validation, prepared, config),
        test=_part("test", prepared.test, parts.test, prepared, config),
        predict=network.predict,
        gradients=network.gradients,
        randomised=tuple(network.randomised(seed) for seed in range(config.seed, config.seed + RANDOMISED)),
        first_layer=network.first_layer,
        baselines=tuple(Fitted(b.name, b.predict, b.settings, b.coefficients, b.importances) for b in baselines),
        protected=config.protected,
        explain_rows=tuple(dict.fromkeys(config.explain_rows)),
        immutable=config.immutable,
        seed=config.seed,
        budget=config.budget,
        costs=config.costs.pair,
    )


def _part(name: PartName, encoded: PreparedPart, rows: pd.DataFrame, prepared: Prepared, config: Config) -> Part:
    """One part's arrays; its frame holds the network's features and the protected columns that it does not see."""
    features = [plan.name for plan in prepared.preparer.plans]
    unseen = [column for column in config.protected if column in rows and column not in features]
    known = [*features, *unseen]
    frame = encoded.frame if list(encoded.frame.columns) == known else rows[known]  # not held twice
    return Part(name, encoded.x, encoded.y, encoded.rows, frame, as_new=encoded.as_new)


def _dataset_record(dataset: Dataset, prepared: Prepared) -> DatasetRecord:
    return DatasetRecord(
        name=dataset.name,
        source=dataset.source,
        test_source=dataset.test_source,
        rows=dataset.rows,
        rows_drawn=dataset.rows_read if dataset.rows_read < dataset.rows else None,
        rows_used=len(dataset.frame),
        sha256=dataset.sha256,
        test_sha256=dataset.test_sha256,
        reading=dataset.reading,
        columns=prepared.columns,
    )


def _environment(dataset: Dataset, config: Config, config_file: str | None) -> Environment:
    versions = {"reportgen": __version__, "python": platform.python_version()}
    versions |= {library: version(library) for library in LIBRARIES}
    system = f"{platform.system()} {platform.machine()}"
    return Environment(
        versions=versions, seed=config.seed, platform=system, command=_command(dataset, config, config_file)
    )


def _command(dataset: Dataset, config: Config, config_file: str | None) -> str:
    """The command that makes these numbers again; where they are written and in which language is left out."""
    if dataset.reading.format == "data frame":
        threads = f", threads={config.threads}" if config.threads != Config().threads else ""
        return f"audit(frame, target={dataset.task.target!r}, seed={config.seed}{threads})"
    words = ["reportgen", "run", dataset.source, "--target", dataset.task.target, "--seed", str(config.seed)]
    words += ["--config", config_file] if config_file else []
    for option in ("sheet", "table", "sql"):
        words += [f"--{option}", value] if (value := getattr(config.reading, option)) else []
    most = config.reading.max_rows
    words += ["--max-rows", str(most)] if most != Config().reading.max_rows else []
    for option in ("test", "name"):
        words += [f"--{option}", value] if (value := getattr(config, option)) else []
    for option in ("task", "budget"):
        words += [f"--{option}", value] if (value := getattr(config, option)) not in ("auto", "standard") else []
    words += ["--threads", str(config.threads)] if config.threads != Config().threads else []
    words += ["--exclude-leaks"] if config.exclude_leaks else []
    for option in ("drop", "protected", "group", "time"):
        words += [word for column in getattr(config, option) for word in (f"--{option}", column)]
    words += [word for row in config.explain_rows for word in ("--explain-row", str(row))]
    return shlex.join(words)
