"""Everything that is measured about one trained network: `collect` makes it, in a fixed order."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reportgen.config import SelectionConfig
from reportgen.evidence import (
    baselines,
    calibration,
    error_tree,
    fairness,
    importance,
    mistakes,
    performance,
    refits,
    selection,
    slices,
    solo,
    surrogates,
    walkthrough,
)
from reportgen.evidence.base import NotApplicable, Subject
from reportgen.evidence.predictions import remember
from reportgen.records.base import Skipped
from reportgen.records.dossier import Dossier
from reportgen.records.mistakes import Errors

__all__ = ["collect"]

Progress = Callable[[str], None]
Timed = Callable[[str], AbstractContextManager[None]]
Found = TypeVar("Found")
Other = TypeVar("Other")


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
    subject: Subject, config: SelectionConfig, progress: Progress = _silent, timed: Timed = _untimed
) -> Dossier:
    """Make every analysis of a network, one after the other.

    `progress` hears the name of each before it starts; `timed` gives the context that each runs in.
    """
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
        baselines=analyses.make("baselines", lambda: baselines.measure(known), ()),
        **_selection(known, config, analyses),
        solo=analyses.make("solo", lambda: solo.measure(known), ()),
        importance=analyses.make("importance", lambda: importance.measure(known), ()),
        surrogates=analyses.make("surrogates", lambda: surrogates.measure(known), ()),
        walkthroughs=analyses.make("walkthroughs", lambda: walkthrough.measure(known), ()),
        errors=_errors(known, analyses),
        skipped=tuple(analyses.skipped),
    )


def _selection(subject: Subject, config: SelectionConfig, analyses: _Round) -> dict[str, Any]:
    scores, summary = analyses.make("selection", lambda: selection.measure(subject, config), ((), None))
    return {"selection": scores, "selection_summary": summary}


def _errors(subject: Subject, analyses: _Round) -> Errors:
    """All mistakes, how they fall on the groups of the protected columns, and where else they are many."""
    errors = analyses.make("errors", lambda: mistakes.measure(subject), Errors(measure="error_rate"))
    groups, gaps = analyses.make("fairness", lambda: fairness.measure(subject), ((), ()))
    found, search = analyses.make("slices", lambda: slices.measure(subject), ((), None))
    tree = analyses.make("error_tree", lambda: error_tree.measure(subject), None)
    return errors.model_copy(
        update={"groups": groups, "gaps": gaps, "slices": found, "slice_search": search, "tree": tree}
    )
