"""Small plans and benches for tests that open a workshop themselves."""

from dataclasses import replace

import numpy as np

from reportgen.config import ModelConfig
from reportgen.model.layout import find_layout
from reportgen.model.plan import Plan, Size, make_plan
from reportgen.model.workshop import Bench
from tests.model.stand_ins import StandIn, StandInRows


def plan_of(size: Size, loss: str = "log_loss", **settings) -> Plan:
    """A plan of a few units, so that building it costs little; `optimiser` and `starts` may be set as well."""
    asked = {name: settings.pop(name) for name in tuple(settings) if name in ModelConfig.model_fields}
    small = {"hidden": (6, 5), "bins": 4, "embedding_width": 3, "epochs": 2}
    return replace(make_plan(size, loss, ModelConfig(**small | asked), "standard"), **settings)


def size_of(table: StandIn) -> Size:
    layout = find_layout(table.train.x)
    return Size(len(table.train.x), len(layout.numbers), len(layout.flags), max(len(table.task.classes), 1))


def bench_of(table: StandIn) -> Bench:
    """The rows as the network learns them; numbers are standardised by the training rows."""
    if table.task.classes:
        return Bench(find_layout(table.train.x), table.train, table.validation, np.zeros(len(table.task.classes)))
    centre, scale = table.train.y.mean(), table.train.y.std()
    rows = (StandInRows(part.x, (part.y - centre) / scale) for part in (table.train, table.validation))
    return Bench(find_layout(table.train.x), *rows, np.zeros(1))
