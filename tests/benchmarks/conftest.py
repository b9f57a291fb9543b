"""A folder with a manifest, as the benchmarks read it."""

import json

import numpy as np
import pandas as pd
import pytest


def frame(rows: int = 200) -> pd.DataFrame:
    """The class follows x and the colour; `answer` gives it away, `key` names rows, `owner` names groups."""
    rng = np.random.default_rng(0)
    x, colour = rng.normal(size=rows), rng.choice(["red", "green", "blue"], rows)
    label = np.where(x + 2 * (colour == "red") + rng.normal(scale=0.3, size=rows) > 1, "yes", "no")
    day = pd.Timestamp(2020, 1, 1) + pd.to_timedelta(rng.integers(900, size=rows), "D")
    table = {
        "key": [f"row {i}" for i in range(rows)],
        "owner": [f"o{i // 2}" for i in range(rows)],
        "x": np.where(rng.random(rows) < 0.1, np.nan, x),
        "colour": np.where(rng.random(rows) < 0.1, "", colour),
        "day": day.strftime("%Y-%m-%d"),
        "answer": label,
        "amount": 1000 + 50 * x + 100 * (colour == "red"),
        "label": label,
    }
    return pd.DataFrame(table)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("tables")
    frame().to_csv(out / "data.csv", index=False)
    common = {"file": "data.csv", "rows": 200, "id_columns": ["key"], "group_column": "owner"}
    entries = [
        {"name": "classes", "target": "label", "leak_columns": ["answer", "amount"], **common},
        {"name": "numbers", "target": "amount", "leak_columns": ["answer", "label"], **common},
    ]
    (out / "manifest.json").write_text(json.dumps({"datasets": entries}), encoding="utf-8")
    return out
