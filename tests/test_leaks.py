"""Leaks are found before training, kept unless asked, left out where asked; either way they are priced."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config, load_config
from reportgen.errors import DataError
from reportgen.pipeline import audit
from tests.runs import reportgen

pytestmark = pytest.mark.slow

QUICK = {
    "target": "outcome",
    "budget": "quick",
    "refits": {"count": 0},
    "learning_curve": {"draws": 0},
    "model": {"kind": "article", "epochs": 15},
}


@dataclass(frozen=True)
class Table:
    frame: pd.DataFrame

    def audited(self, **options: object):
        return audit(self.frame, Config.model_validate({**QUICK, **options}))


@pytest.fixture(scope="module")
def table() -> Table:
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 500)
    frame = pd.DataFrame(
        {
            "age": np.round(40 + 8 * y + 10 * rng.normal(size=500), 3),
            "income": np.round(rng.normal(size=500), 4),
            "refund": np.round(20 * y + rng.normal(size=500), 2),
            "outcome": np.where(y == 1, "yes", "no"),
        }
    )
    return Table(frame)


def column(document, name):
    return next(one for one in document.dataset.columns if one.name == name)


def test_a_leak_is_kept_and_priced(table):
    document = table.audited().document
    (finding,) = (one for one in document.findings if one.code == "target_leakage")
    assert finding.columns == ("refund",)
    assert column(document, "refund").role == "feature"
    cost = document.leak_cost
    assert (cost.columns, cost.excluded) == (("refund",), False)
    assert cost.including.value == document.metric("accuracy").value
    assert cost.difference > 0.2
    assert cost.low > 0


def test_a_leak_is_left_out_where_asked(table):
    outcome = table.audited(exclude_leaks=True)
    document = outcome.document
    (finding,) = (one for one in document.findings if one.code == "target_leakage")
    assert finding.severity.value == "info"
    assert (column(document, "refund").role, column(document, "refund").why) == ("dropped", "leak")
    assert [one.feature for one in document.importance[0].features if one.feature == "refund"] == []
    assert document.leak_cost.excluded
    assert document.leak_cost.without.value == document.metric("accuracy").value < 0.85
    assert document.leak_cost.including.value > 0.95
    assert [plan.name for plan in outcome.prepared.preparer.plans] == ["age", "income"]
    assert document.settings.exclude_leaks


def test_without_a_leak_the_option_changes_nothing(table):
    honest = Table(table.frame.drop(columns="refund"))
    kept, asked = honest.audited().document, honest.audited(exclude_leaks=True).document
    assert kept.metrics == asked.metrics
    assert asked.leak_cost is None


def test_where_nothing_else_is_left_it_says_so(table):
    only = Table(table.frame[["refund", "outcome"]])
    assert only.audited().document.leak_cost is None
    with pytest.raises(DataError, match="without the leaking columns 'refund' none is left"):
        only.audited(exclude_leaks=True)


def test_the_option_of_the_command_line(table, tmp_path: Path):
    table.frame.to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "quick.toml").write_text(
        "[refits]\ncount = 0\n[learning_curve]\ndraws = 0\n[model]\nkind = 'article'\nepochs = 15\n", encoding="utf-8"
    )
    run = reportgen(
        "run", str(tmp_path / "data.csv"), "--exclude-leaks", "--config", str(tmp_path / "quick.toml"), "--budget",
        "quick", "--format", "json", "--out", str(tmp_path / "out"), "--quiet",
    )  # fmt: skip
    assert (run.status, run.err) == (0, "")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["settings"]["exclude_leaks"] is True
    assert "--exclude-leaks" in report["environment"]["command"]
    assert load_config(None, {"exclude_leaks": None}).exclude_leaks is False
