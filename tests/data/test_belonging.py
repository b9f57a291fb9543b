"""Each row's group and moment, numbered alike in all parts and in a file of test rows."""

from dataclasses import replace

import numpy as np
import pandas as pd

from reportgen.config import Config
from reportgen.data import groups_of, load, moments_of


def _dataset(tmp_path):
    frame = pd.DataFrame(
        {"who": list("abcabc") * 10, "day": np.arange(60) // 2, "x": np.arange(60.0), "y": ["u", "v"] * 30}
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    return load(tmp_path / "t.csv", Config(target="y", group=("who",)))


def test_rows_of_one_group_have_one_number_in_both_files(tmp_path):
    dataset = _dataset(tmp_path)
    dataset = replace(dataset, test=dataset.frame.iloc[[3, 4]].set_axis([0, 1]))
    known = groups_of(dataset, ("who",))
    here, there = known.of(np.array([0, 3, 1]), given=False), known.of(np.array([0, 1]), given=True)
    assert here[0] == here[1] == there[0]
    assert here[2] == there[1] != here[0]
    assert groups_of(dataset, ()) is None


def test_moments_rise_with_the_time(tmp_path):
    known = moments_of(_dataset(tmp_path), ("day",))
    numbers = known.of(np.arange(60), given=True)
    assert (np.diff(numbers) >= 0).all()
    assert len(set(numbers)) == 30
