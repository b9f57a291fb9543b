"""Everything that is measured about one trained network: `collect` makes it, in a fixed order."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from reportgen.config import SelectionConfig
from reportgen.evidence import (
    additions,
    agreement,
    baselines,
    calibration,
    conformal,
    drift,
    effects,
    error_parts,
    error_tree,
    fairness,
    faithfulness,
    few_columns,
    group_rates,
    importance,
    labels,
    leak_cost,
    learning_curve,
    missingness,
    mistakes,
    neighbours,
    performance,
    redundancy,
    refits,
    robustness,
    selection,
    single_rows,
    slices,
    solo,
    structure,
    surrogates,
    thresholds,
    walkthrough,
)
from reportgen.evidence.base import NotApplicable, Shrinking, Subject
from reportgen.evidence.predictions import remember
from reportgen.records.base import Skipped
from reportgen.records.columns import Redundancy
from reportgen.records.dossier import Dossier
from reportgen.records.fairness import Fairness
from reportgen.records.mistakes import Errors, GroupError, GroupGap

__all__ = ["MOST_SENT", "Meanwhile", "collect"]

MOST_NEAR = 20
"""Of so many of the surest mistakes the nearest training rows are looked for."""

Progress = Callable[[str], None]
Timed = Callable[[str], AbstractContextManager[None]]
Begin = Callable[..., Callable[[], Any]]
"""Has a function of some arguments worked out beside this process; what is returned waits for it, None if it failed."""

Found = TypeVar("Found")
Other = TypeVar("Other")


MOST_SENT = 20_000
"""Rows of more than a few megabytes cost more to hand over than they save."""


def _unshown(_dossier: Dossier) -> None:
    """Have nobody make ready for what was measured so far."""


@dataclass(frozen=True)
class Meanwhile:
    """What a second process does while networks are asked here; nothing of it changes what is measured.

    `begin` has a function worked out there. `smaller` waits for the networks that learn fewer rows, where the subject
    comes without them. `shown` is told now and then what has been measured so far, to draw it beforehand.
    """

    begin: Begin | None = None
    smaller: Callable[[], Shrinking] | None = None
    shown: Callable[[Dossier], None] = _unshown


def _silent(analysis: str) -> None:
    """Tell nobody which analysis is next."""


def _untimed(analysis: str) -> AbstractContextManager[None]:
    """Let the time pass unmeasured."""
    return nullcontext()


@dataclass(frozen=True)
class _Round:
    """One round through the analyses, which remembers what did not apply."""

    progress: Progress
    timed: Timed
    skipped: list[Skipped] = field(default_factory=list)

    def make(self, analysis: str, measure: Callable[[], Found], otherwise: Other) -> Found | Other:
        """Make one analysis; where it does not apply, note why and take the other value."""
        self.progress(analysis)
        try:
            with self.timed(analysis):
                return measure()
        except NotApplicable as answer:
            self.skipped.append(Skipped(analysis=analysis, reason=answer.reason, facts={**answer.facts}))
            return otherwise


def collect(
    subject: Subject,
    config: SelectionConfig,
    progress: Progress = _silent,
    timed: Timed = _untimed,
    meanwhile: Meanwhile = Meanwhile(),
) -> Dossier:
    """Make every analysis of a network, one after the other.

    `progress` hears the name of each before it starts; `timed` gives the context that each runs in. Where another
    process works `meanwhile`, analyses that ask no network are made there, and what comes from there is waited for as
    late as can be.
    """
    known, analyses = remember(subject), _Round(progress, timed)
    found = {name: getattr(subject, name) for name in ("dataset", "task", "split", "profile", "model", "training")}
    found |= _performance(known, analyses)
    sent = _sent(known, meanwhile)
    found |= _selection(known, config, analyses)
    found["redundancy"] = alike = analyses.make("redundancy", lambda: redundancy.measure(known), None)
    meanwhile.shown(_so_far(found))
    found |= _columns(known, analyses)
    found |= _importance(known, alike, analyses)
    found |= _explanations(known, analyses)
    found["few_columns"] = analyses.make(
        "few_columns", lambda: sent["few_columns"]() or few_columns.measure(known), None
    )
    meanwhile.shown(_so_far(found))
    found |= _errors(known, analyses, sent)
    whole = replace(known, smaller=meanwhile.smaller()) if meanwhile.smaller else known
    found["robustness"] = analyses.make("robustness", lambda: robustness.measure(whole), None)
    found["structure"] = analyses.make("structure", lambda: structure.measure(known), None)
    found["learning_curve"] = analyses.make("learning_curve", lambda: learning_curve.measure(whole), None)
    meanwhile.shown(_so_far(found))
    found["faithfulness"] = analyses.make("faithfulness", lambda: faithfulness.measure(known), None)
    return Dossier(**found, skipped=tuple(analyses.skipped))


SENT: dict[str, Callable[[Subject], object]] = {
    "few_columns": few_columns.measure,
    "labels": labels.measure,
    "slices": slices.measure,
    "error_tree": error_tree.measure,
}
"""The dearer analyses that need the rows and the networks' answers to those they had not seen, and no network."""


def _sent(subject: Subject, meanwhile: Meanwhile) -> dict[str, Callable[[], Any]]:
    """What waits for each analysis that another process makes; it gives None where none does, or it came to nothing."""
    if meanwhile.begin is None or len(subject.train.y) > MOST_SENT:
        return dict.fromkeys(SENT, _nothing)
    alone = subject.answers_alone
    return {name: meanwhile.begin(measure, alone) for name, measure in SENT.items()}


def _nothing() -> None:
    """Answer where nobody was asked."""


def _so_far(found: dict[str, Any]) -> Dossier:
    return Dossier(**{"errors": Errors(measure="error_rate"), **found})


def _performance(subject: Subject, analyses: _Round) -> dict[str, Any]:
    """How well the network does, how far its answers may be trusted, and what its rivals reach."""
    scores = analyses.make("performance", lambda: performance.measure(subject), ())
    return {
        "metrics": scores,
        "refits": analyses.make("refits", lambda: refits.measure(subject), None),
        "calibration": analyses.make("calibration", lambda: calibration.measure(subject, scores), None),
        "conformal": analyses.make("conformal", lambda: conformal.measure(subject), None),
        "thresholds": analyses.make("thresholds", lambda: thresholds.measure(subject), None),
        "baselines": analyses.make("baselines", lambda: baselines.measure(subject), ()),
    }


def _columns(subject: Subject, analyses: _Round) -> dict[str, Any]:
    """What each column adds, tells alone or gives away, how it moved, and what its gaps tell."""
    return {
        "additions": analyses.make("additions", lambda: additions.measure(subject), None),
        "solo": analyses.make("solo", lambda: solo.measure(subject), ()),
        "identity": subject.leaks.identity if subject.leaks else None,
        "leak_cost": analyses.make("leak_cost", lambda: leak_cost.measure(subject), None),
        "drift": analyses.make("drift", lambda: drift.measure(subject), None),
        "missingness": analyses.make("missingness", lambda: missingness.measure(subject), ()),
    }


def _explanations(subject: Subject, analyses: _Round) -> dict[str, Any]:
    """Simpler models in the network's place, and single rows taken apart."""
    return {
        "surrogates": analyses.make("surrogates", lambda: surrogates.measure(subject), ()),
        "walkthroughs": (walks := analyses.make("walkthroughs", lambda: walkthrough.measure(subject), ())),
        "single_rows": analyses.make("single_rows", lambda: single_rows.measure(subject, walks), ()),
    }


def _selection(subject: Subject, config: SelectionConfig, analyses: _Round) -> dict[str, Any]:
    scores, summary = analyses.make("selection", lambda: selection.measure(subject, config), ((), None))
    return {"selection": scores, "selection_summary": summary}


def _importance(subject: Subject, alike: Redundancy | None, analyses: _Round) -> dict[str, Any]:
    """How much each feature matters, which way the leading ones move the answer, and how far the methods agree."""
    together = tuple(group.columns for group in alike.groups) if alike else ()
    found = analyses.make("importance", lambda: importance.measure(subject, together), ())
    moved = analyses.make("effects", lambda: effects.measure(subject, found), None)
    agreed = analyses.make("agreement", lambda: agreement.measure(found, subject.seed), None)
    return {"importance": effects.directed(found, moved), "effects": moved, "agreement": agreed}


def _errors(subject: Subject, analyses: _Round, sent: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """All mistakes and where they are many; labels that look wrong; the training rows around the surest mistakes."""
    errors = analyses.make("errors", lambda: _mistakes(subject), Errors(measure="error_rate"))
    near = [one.row for one in errors.rows[:MOST_NEAR]]
    labelled = analyses.make("labels", lambda: sent["labels"]() or labels.measure(subject), None)
    around = analyses.make("neighbours", lambda: neighbours.measure(subject, near), None)
    groups, gaps, rates = analyses.make("fairness", lambda: _fairness(subject), ((), (), None))
    found, search = analyses.make("slices", lambda: sent["slices"]() or slices.measure(subject), ((), None))
    tree = analyses.make("error_tree", lambda: sent["error_tree"]() or error_tree.measure(subject), None)
    told = {"groups": groups, "gaps": gaps, "slices": found, "slice_search": search, "tree": tree}
    return {
        "errors": errors.model_copy(update=told),
        "labels": labelled,
        "neighbours": around,
        "fairness": rates,
    }


def _mistakes(subject: Subject) -> Errors:
    """The mistakes, those that are listed taken apart."""
    found = mistakes.measure(subject)
    return found.model_copy(update={"rows": error_parts.take_apart(subject, found.rows)})


def _fairness(subject: Subject) -> tuple[tuple[GroupError, ...], tuple[GroupGap, ...], Fairness | None]:
    return (*fairness.measure(subject), group_rates.measure(subject))
