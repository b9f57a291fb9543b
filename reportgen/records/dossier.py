"""All evidence about one audit, before anyone judges it."""

from reportgen.records.base import Record, Skipped
from reportgen.records.columns import Additions, FewColumns, Redundancy
from reportgen.records.conformal import Conformal
from reportgen.records.drift import Drift, Missingness
from reportgen.records.effects import Effects
from reportgen.records.explanation import Importance, Selection, SelectionSummary, Surrogate, Walkthrough
from reportgen.records.fairness import Fairness
from reportgen.records.labels import Labels, Neighbours
from reportgen.records.leak import Identity, LeakCost, SoloScore
from reportgen.records.learning_curve import LearningCurve
from reportgen.records.mistakes import Errors
from reportgen.records.network import Baseline, Calibration, Metric, ModelRecord, Refits, Training
from reportgen.records.robustness import Robustness
from reportgen.records.rows import SingleRow
from reportgen.records.structure import Structure
from reportgen.records.table import DatasetRecord, Profile, SplitRecord, Task
from reportgen.records.thresholds import Thresholds
from reportgen.records.trust import Agreement, Faithfulness


class Dossier(Record):
    """The evidence, key by key as report.json holds it; `skipped` lists what could not be measured, with its reason."""

    dataset: DatasetRecord
    task: Task
    split: SplitRecord
    profile: Profile = Profile()
    structure: Structure | None = None
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
    redundancy: Redundancy | None = None
    few_columns: FewColumns | None = None
    additions: Additions | None = None
    solo: tuple[SoloScore, ...] = ()
    identity: Identity | None = None
    leak_cost: LeakCost | None = None
    drift: Drift | None = None
    missingness: tuple[Missingness, ...] = ()
    importance: tuple[Importance, ...] = ()
    effects: Effects | None = None
    surrogates: tuple[Surrogate, ...] = ()
    faithfulness: Faithfulness | None = None
    agreement: Agreement | None = None
    walkthroughs: tuple[Walkthrough, ...] = ()
    single_rows: tuple[SingleRow, ...] = ()
    errors: Errors
    fairness: Fairness | None = None
    robustness: Robustness | None = None
    learning_curve: LearningCurve | None = None
    labels: Labels | None = None
    neighbours: Neighbours | None = None
    skipped: tuple[Skipped, ...] = ()

    def metric(self, name: str, split: str = "test", of: str | None = None) -> Metric | None:
        """The metric of that name and part, None where it was not measured."""
        return next((m for m in self.metrics if (m.name, m.split, m.of) == (name, split, of)), None)

    @property
    def key_metric(self) -> str:
        """The name of the metric that the report leads with: accuracy, or r2 for a number."""
        return "r2" if self.task.kind == "regression" else "accuracy"
