"""Before the split: whether a random one would flatter, asked of every column that may name groups or moments."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.data import Dataset, Suspect, measured, suspects, target_numbers
from reportgen.evidence.structure import Look, confirmed, judge, respectable
from reportgen.model import Trial, group_trial, hold, hold_again, telling, time_trial
from reportgen.records.structure import Candidate, Structure

DEALINGS = 2
"""Dealings of the same rows on which what seems to matter is judged again."""


def probe(dataset: Dataset, config: Config) -> Structure:
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
        first = judge([look for look, _, _ in looks], self._metric)
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
        (again,) = judge([replace(_as_look(one, trial), tries=tries)], self._metric)
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
