"""All evidence about one audit, before anyone judges it."""

from reportgen.records.base import Record, Skipped
from reportgen.records.conformal import Conformal
from reportgen.records.explanation import Importance, Selection, SelectionSummary, Surrogate, Walkthrough
from reportgen.records.leak import SoloScore
from reportgen.records.mistakes import Errors
from reportgen.records.network import Baseline, Calibration, Metric, ModelRecord, Refits, Training
from reportgen.records.table import DatasetRecord, Profile, SplitRecord, Task
from reportgen.records.thresholds import Thresholds


class Dossier(Record):
    """The evidence, key by key as report.json holds it; `skipped` lists what could not be measured, with its reason."""

    dataset: DatasetRecord
    task: Task
    split: SplitRecord
    profile: Profile = Profile()
    model: ModelRecord
    training: Training
    metrics: tuple[Metric, ...]
    refits: Refits | None = None
    calibration: Calibration | None = None
    conformal: Conformal | None = None
    thresholds: Thresholds | None = None
    baselines: tuple[Baseline, ...]
    selection: tuple[Selection, ...] = ()
    selection_summary: SelectionSummary | None = None
    solo: tuple[SoloScore, ...] = ()
    importance: tuple[Importance, ...] = ()
    surrogates: tuple[Surrogate, ...] = ()
    walkthroughs: tuple[Walkthrough, ...] = ()
    errors: Errors
    skipped: tuple[Skipped, ...] = ()

    def metric(self, name: str, split: str = "test", of: str | None = None) -> Metric | None:
        """The metric of that name and part, None where it was not measured."""
        return next((m for m in self.metrics if (m.name, m.split, m.of) == (name, split, of)), None)

    @property
    def key_metric(self) -> str:
        """The name of the metric that the report leads with: accuracy, or r2 for a number."""
        return "r2" if self.task.kind == "regression" else "accuracy"
