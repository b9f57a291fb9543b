"""A category that stands as a number beside its inputs is one column still: set, removed and asked about as one."""

import numpy as np
import pandas as pd

from reportgen.config import Config
from reportgen.data import Prepared, load, prepare, split
from reportgen.evidence import solo
from reportgen.evidence.base import Part, Refit, positions
from reportgen.evidence.placing import kind_of, with_level, with_values
from reportgen.evidence.surrogate_tree import shown


def prepared() -> tuple[pd.DataFrame, Prepared]:
    rng = np.random.default_rng(4)
    level = rng.integers(0, 120, 2_000)
    frame = pd.DataFrame({"x": rng.normal(size=2_000), "many": [f"L{n}" for n in level]})
    frame.loc[rng.random(2_000) < 0.1, "many"] = None
    frame["size"] = rng.choice(["small", "medium", "large"], 2_000)
    frame["y"] = rng.normal(size=120)[level] + frame["x"] + rng.normal(size=2_000)
    config = Config(target="y")
    return frame, prepare(split(load(frame, config), config))


def network(made: Prepared) -> Refit:
    test = made.test
    part = Part("test", test.x, test.y, test.rows, test.frame)
    return Refit(part, made.inputs, lambda x: x[:, 0], len(made.train.y))


def test_a_row_set_to_a_level_is_encoded_as_a_row_that_has_it() -> None:
    frame, made = prepared()
    one = network(made)
    assert kind_of(one, "many") == kind_of(one, "size") == "level"
    rows = frame.loc[made.test.rows]
    for feature, values in (("many", ["L3", "L77", "L119", "unseen", None]), ("size", ["small", "large", None])):
        for level in values:
            wanted = made.preparer.transform(rows.assign(**{feature: level}))
            assert np.array_equal(with_level(one, made.test.x, feature, level), wanted), (feature, level)
    shuffled = rows["many"].sample(frac=1, random_state=0).set_axis(rows.index)
    wanted = made.preparer.transform(rows.assign(many=shuffled))
    assert np.array_equal(with_values(one, made.test.x, "many", shuffled), wanted)


def test_all_of_its_inputs_are_the_columns() -> None:
    _, made = prepared()
    groups = positions(made.inputs)
    assert sorted(groups) == ["many", "size", "x"]
    assert sum(len(places) for places in groups.values()) == len(made.inputs)
    kinds = {made.inputs[place].kind for place in groups["many"]}
    assert kinds == {"level", "missing", "code"}
    (code,) = (made.inputs[place] for place in groups["many"] if made.inputs[place].kind == "code")
    assert shown(code) == "many (mean of the target)"


def asked_alone(frame: pd.DataFrame) -> dict[str, float]:
    """What each column reaches alone, as it is asked before training."""
    config = Config(target="y")
    made = prepare(split(load(frame, config), config))
    parts = (Part(one.name, one.x, one.y, one.rows, one.frame) for one in (made.train, made.validation))
    found = solo.scores(*parts, positions(made.inputs), True, 0)
    return {one.feature: one.value for one in found}


def test_leaks_are_looked_for_in_text_and_in_categories_of_many_values() -> None:
    """A text that says the class, and a code that only rows of one class have, tell it; 500 random codes do not."""
    rng = np.random.default_rng(7)
    y = rng.choice(["kept", "left"], 3_000)
    words = rng.choice(["we", "wrote", "to", "them", "twice", "about", "a", "bill", "and", "rang"], (3_000, 9))
    said = np.where(y == "left", "cancellation", "renewal")
    frame = pd.DataFrame(
        {"x": rng.normal(size=3_000), "note": [" ".join([*w, s]) for w, s in zip(words, said, strict=True)]}
    )
    frame["code"] = [f"{c[0]}{n}" for c, n in zip(y, rng.integers(0, 250, 3_000), strict=True)]
    frame["random"] = [f"R{n}" for n in rng.integers(0, 500, 3_000)]
    found = asked_alone(frame.assign(y=y))
    assert found["note"] > 0.95 and found["code"] > 0.95
    assert found["random"] < 0.55
