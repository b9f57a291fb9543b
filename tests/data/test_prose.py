"""Free text as numbers: lengths and hashed n-grams, in any script; kept where they tell the target, and said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from reportgen.config import ColumnConfig, Config
from reportgen.data import Prepared, Preparer, load, prepare, read_rows, split
from reportgen.data.prose import BUCKETS, grams, measured
from reportgen.errors import DataError

SENTENCE = "the a parcel came late again and we have asked twice for our money back shop was kind quick fine"
WORDS = SENTENCE.split()
SIGNS = "我们昨天收到了您寄来的包裹非常满意但是客服回复太慢了希望以后能够改进谢谢支持下次还会再来购买推荐给朋友"


def told(frame: pd.DataFrame | str, **options: object) -> Prepared:
    config = Config(target="y", **options)
    return prepare(split(load(frame, config), config))


def letters(rows: int = 600, seed: int = 0, chinese: bool = False, tells: bool = True) -> pd.DataFrame:
    """Sentences of words by chance; where they tell, angry ones ask for a refund, in most cases."""
    rng = np.random.default_rng(seed)
    angry = rng.random(rows) < 0.5
    said = angry ^ (rng.random(rows) < 0.1) if tells else rng.random(rows) < 0.5
    made = [list(rng.choice(list(SIGNS) if chinese else WORDS, 30 if chinese else 12)) for _ in range(rows)]
    for words, one in zip(made, said, strict=True):
        words.insert(
            int(rng.integers(10)), ("退款" if chinese else "refund") if one else ("好评" if chinese else "thanks")
        )
    texts = [("" if chinese else " ").join(words) for words in made]
    return pd.DataFrame({"x": rng.normal(size=rows), "letter": texts, "y": np.where(angry, "angry", "calm")})


def test_words_stand_alone_and_signs_in_pairs_too() -> None:
    assert list(grams("The CAT_sat")) == ["the", "cat", "sat"]
    assert list(grams("退款ok")) == ["退", "款", "退款", "ok"]
    assert list(grams("退 款")) == ["退", "款"]


def test_a_text_is_its_length_its_words_and_its_sums() -> None:
    made = measured(pd.Series(["to be or not to be", "", None]))
    assert made.shape == (3, 2 + BUCKETS)
    assert_allclose(made[0, :2], [np.log1p(18), np.log1p(6)])
    assert not made[1:].any()
    assert np.abs(made[0, 2:]).sum() * 6**0.5 <= 6 + 1e-9
    assert np.array_equal(made[0], measured(pd.Series(["TO be not or, to be!"]))[0]) is False  # longer by two signs
    assert_allclose(made[0, 2:], measured(pd.Series(["be to; NOT to be... or"]))[0, 2:])


@pytest.mark.parametrize("chinese", [False, True])
def test_text_that_tells_the_target_is_inputs_of_its_column(chinese: bool) -> None:
    prepared = told(letters(chinese=chinese))
    kinds = {(e.kind, e.part) for e in prepared.inputs if e.feature == "letter"}
    assert ("text", "characters") in kinds and any(str(part).startswith("n-grams") for _, part in kinds)
    (column,) = (c for c in prepared.columns if c.name == "letter")
    assert (column.kind, column.role) == ("text", "feature")
    assert [step.code for step in column.treatment] == ["prose"]
    assert np.isfinite(prepared.test.x).all()


def test_text_that_tells_nothing_is_left_out_and_said() -> None:
    """At 5 percent one in twenty is let through."""
    kept = 0
    for seed in range(20):
        prepared = told(letters(seed=seed, rows=300, tells=False))
        (column,) = (c for c in prepared.columns if c.name == "letter")
        kept += column.role == "feature"
        assert column.role == "feature" or column.why == "text_idle"
        assert (column.role == "feature") == any(e.feature == "letter" for e in prepared.inputs)
    assert kept <= 4


def test_text_can_be_left_out_by_a_setting_or_by_name() -> None:
    for options in ({"reading": {"text": "drop"}}, {"drop": ("letter",)}):
        prepared = told(letters(), **options)
        assert {e.feature for e in prepared.inputs} == {"x"}
    assert {c.why for c in told(letters(), reading={"text": "drop"}).columns if c.name == "letter"} == {"text_left_out"}


def test_a_table_of_nothing_but_text_that_tells_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="and free text does not tell the target; add"):
        told(letters(rows=300, seed=1, tells=False)[["letter", "y"]])


def test_short_words_can_be_asked_to_be_read_as_text() -> None:
    frame = letters()
    frame["letter"] = frame["letter"].str.extract("(refund|thanks)")[0]
    assert {e.kind for e in told(frame).inputs if e.feature == "letter"} == {"level"}
    asked = told(frame, columns={"letter": ColumnConfig(kind="text")})
    assert {e.kind for e in asked.inputs if e.feature == "letter"} == {"text"}


def test_the_saved_preparer_reads_text_to_the_last_bit(tmp_path: Path) -> None:
    frame = letters()
    frame.loc[::9, "letter"] = None
    file = tmp_path / "letters.csv"
    frame.to_csv(file, index=False)
    prepared = told(str(file))
    assert any(e.kind == "text" for e in prepared.inputs)
    again = Preparer.from_json(prepared.preparer.to_json())
    raw = pd.read_csv(file).iloc[prepared.test.rows]
    assert np.array_equal(again.transform(read_rows(raw, again.readers)), prepared.test.x)
    assert not any(word in prepared.preparer.to_json() for word in ("refund", "parcel"))
    missing = [i for i, e in enumerate(prepared.inputs) if e.name == "letter is missing"]
    gone = prepared.test.x[:, missing[0]] == 1
    texts = [i for i, e in enumerate(prepared.inputs) if e.kind == "text"]
    assert gone.any() and not prepared.test.x[np.ix_(gone, texts)].any()
