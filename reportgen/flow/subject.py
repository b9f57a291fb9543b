"""The `Subject`: the network and its rows, shown to evidence from outside."""

import pandas as pd

from reportgen.config import Config
from reportgen.data import Dataset, Parts, Prepared, PreparedPart
from reportgen.evidence.base import Fitted, Part, Subject
from reportgen.model import FittedBaseline, Network
from reportgen.records.base import PartName
from reportgen.records.table import DatasetRecord, Profile

RANDOMISED = 8
"""Networks with weights drawn anew, for the sanity check of explanations: enough for a t interval over them."""


def subject_of(
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
        train=part("train", prepared.train, parts.train, prepared, config),
        validation=part("validation", prepared.validation, parts.validation, prepared, config),
        test=part("test", prepared.test, parts.test, prepared, config),
        predict=network.predict,
        gradients=network.gradients,
        randomised=tuple(network.randomised(seed) for seed in range(config.seed, config.seed + RANDOMISED)),
        first_layer=network.first_layer,
        exchanged=network.exchanged,
        baselines=tuple(Fitted(b.name, b.predict, b.settings, b.coefficients, b.importances) for b in baselines),
        protected=config.protected,
        explain_rows=tuple(dict.fromkeys(config.explain_rows)),
        immutable=config.immutable,
        seed=config.seed,
        budget=config.budget,
        costs=config.costs.pair,
    )


def part(name: PartName, encoded: PreparedPart, rows: pd.DataFrame, prepared: Prepared, config: Config) -> Part:
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
