"""Everything that is measured about one trained network: `collect` makes it, in a fixed order."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
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
from reportgen.evidence.base import NotApplicable, Subject
from reportgen.evidence.predictions import remember
from reportgen.records.base import Skipped
from reportgen.records.columns import Redundancy
from reportgen.records.dossier import Dossier
from reportgen.records.fairness import Fairness
from reportgen.records.mistakes import Errors, GroupError, GroupGap

__all__ = ["MOST_SENT", "collect"]

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
    begin: Begin | None = None,
) -> Dossier:
    """Make every analysis of a network, one after the other.

    `progress` hears the name of each before it starts; `timed` gives the context that each runs in. Where there is
    `begin`, the dearest analysis that asks no network is made beside the others.
    """
    few = begin(few_columns.measure, subject.rows_alone) if begin and len(subject.train.y) <= MOST_SENT else None
    known, analyses = remember(subject), _Round(progress, timed)
    scores = analyses.make("performance", lambda: performance.measure(known), ())
    return Dossier(
        dataset=subject.dataset,
        task=subject.task,
        split=subject.split,
        profile=subject.profile,
        model=subject.model,
        training=subject.training,
        metrics=scores,
        refits=analyses.make("refits", lambda: refits.measure(known), None),
        calibration=analyses.make("calibration", lambda: calibration.measure(known, scores), None),
        conformal=analyses.make("conformal", lambda: conformal.measure(known), None),
        thresholds=analyses.make("thresholds", lambda: thresholds.measure(known), None),
        baselines=analyses.make("baselines", lambda: baselines.measure(known), ()),
        **_selection(known, config, analyses),
        redundancy=(alike := analyses.make("redundancy", lambda: redundancy.measure(known), None)),
        few_columns=analyses.make("few_columns", lambda: (few and few()) or few_columns.measure(known), None),
        additions=analyses.make("additions", lambda: additions.measure(known), None),
        solo=analyses.make("solo", lambda: solo.measure(known), ()),
        identity=subject.leaks.identity if subject.leaks else None,
        leak_cost=analyses.make("leak_cost", lambda: leak_cost.measure(known), None),
        drift=analyses.make("drift", lambda: drift.measure(known), None),
        missingness=analyses.make("missingness", lambda: missingness.measure(known), ()),
        **_importance(known, alike, analyses),
        surrogates=analyses.make("surrogates", lambda: surrogates.measure(known), ()),
        walkthroughs=(walks := analyses.make("walkthroughs", lambda: walkthrough.measure(known), ())),
        single_rows=analyses.make("single_rows", lambda: single_rows.measure(known, walks), ()),
        **_errors(known, analyses),
        robustness=analyses.make("robustness", lambda: robustness.measure(known), None),
        structure=analyses.make("structure", lambda: structure.measure(known), None),
        learning_curve=analyses.make("learning_curve", lambda: learning_curve.measure(known), None),
        faithfulness=analyses.make("faithfulness", lambda: faithfulness.measure(known), None),
        skipped=tuple(analyses.skipped),
    )


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


def _errors(subject: Subject, analyses: _Round) -> dict[str, Any]:
    """All mistakes and where they are many; labels that look wrong; the training rows around the surest mistakes."""
    errors = analyses.make("errors", lambda: _mistakes(subject), Errors(measure="error_rate"))
    near = [one.row for one in errors.rows[:MOST_NEAR]]
    labelled = analyses.make("labels", lambda: labels.measure(subject), None)
    around = analyses.make("neighbours", lambda: neighbours.measure(subject, near), None)
    groups, gaps, rates = analyses.make("fairness", lambda: _fairness(subject), ((), (), None))
    found, search = analyses.make("slices", lambda: slices.measure(subject), ((), None))
    tree = analyses.make("error_tree", lambda: error_tree.measure(subject), None)
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
