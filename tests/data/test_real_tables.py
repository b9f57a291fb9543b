"""Real tables, where they are at hand: the task that a person would see, and roles that a person would give."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import Preparer, load, prepare, profile, read_rows, split

FOLDER = Path(__file__).parents[3] / "shared" / "data"
MANIFEST = FOLDER / "manifest.json"
TABLES = json.loads(MANIFEST.read_text())["datasets"] if MANIFEST.exists() else []
KEYS = {"titanic3": {"name"}, "ames": {"Order", "PID"}, "telco_churn": {"customerID"}}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not TABLES, reason="the real tables are not here")]


@pytest.mark.parametrize("about", TABLES, ids=lambda about: about["name"])
def test_a_real_table_becomes_what_it_is(about) -> None:
    config = Config(target=about["target"])
    dataset = load(FOLDER / about["file"], config)
    assert (dataset.name, dataset.rows, len(dataset.columns)) == (about["name"], about["rows"], about["columns"])
    assert (dataset.sha256, dataset.task.kind) == (about["sha256"], about["task"])
    counts = dataset.frame[about["target"]].value_counts().to_dict() if about.get("class_counts") else None
    assert counts == about.get("class_counts")
    assert {c.name for c in dataset.columns if c.role == "id"} == KEYS.get(about["name"], set())
    prepared = prepare(split(dataset, config))
    for part in (prepared.train, prepared.validation, prepared.test):
        assert np.isfinite(part.x).all()
    again = Preparer.from_json(prepared.preparer.to_json())
    assert (again.transform(prepared.test.frame) == prepared.test.x).all()
    profile(split(dataset, config))
    path = FOLDER / about["file"]
    for raw in (path, pd.read_csv(path, sep=dataset.reading.delimiter, low_memory=False)):
        x = again.transform(read_rows(raw, again.readers))
        for part in (prepared.train, prepared.validation, prepared.test):
            assert (x[part.rows] == (part.x if part.as_new is None else part.as_new)).all()


def test_chinese_names_and_labels_stay_chinese() -> None:
    dataset = load(FOLDER / "penguins_zh.csv.gz", Config(target="物种"))
    assert dataset.task.classes == ("巴布亚企鹅", "帽带企鹅", "阿德利企鹅")
    levels = [e.level for e in prepare(split(dataset, Config())).inputs if e.feature == "岛屿"]
    assert sorted(str(level) for level in levels) == ["托尔格森岛", "梦幻岛", "比斯科岛"]
