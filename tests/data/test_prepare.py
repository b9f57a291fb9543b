"""What the network sees is learnt from training rows alone, is never missing, and can be read back."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.config import Config
from reportgen.data import Parts, Prepared, Preparer, load, prepare, prepare_anew, split
from reportgen.data.codes import CLIP
from reportgen.data.prepare import encoded_columns
from reportgen.data.summary import labelled
from reportgen.errors import DataError
from reportgen.records.base import Code
from reportgen.records.table import Level

N = 300


def mixed(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    number = rng.normal(50, 9, N).round(2)
    number[rng.random(N) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "number": number,
            "tail": np.exp(rng.normal(size=N) * 2),
            "word": rng.choice(["u", "v", "(other)", None], N),
            "many": [f"T{i}" for i in rng.integers(0, 150, N)],
            "truth": rng.choice([True, False], N),
            "moment": pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900 * 24, N), unit="h"),
            "t": rng.choice(["a", "b", "c"], N),
        }
    )


def parts_of(frame: pd.DataFrame, **options: object) -> Parts:
    config = Config(**options)
    return split(load(frame, config), config)


def encoded(prepared: Prepared, feature: str) -> dict[str, int]:
    return {e.name: i for i, e in enumerate(prepared.inputs) if e.feature == feature}


def test_every_kind_is_encoded() -> None:
    prepared = prepare(parts_of(mixed()))
    kinds = {(e.feature, e.kind, e.level or e.part) for e in prepared.inputs}
    assert {("number", "number", None), ("number", "missing", None), ("tail", "number", None)} <= kinds
    assert {
        ("word", "level", "u"),
        ("word", "level", "v"),
        ("word", "level", "(other)"),
        ("word", "missing", None),
    } <= kinds
    assert {("many", "level", "(other)"), ("truth", "level", "true")} <= kinds
    assert {p for f, _, p in kinds if f == "moment"} == {"days", "year", "month", "day", "weekday", "hour"}
    for part in (prepared.train, prepared.validation, prepared.test):
        assert part.x.dtype == np.float32
        assert np.isfinite(part.x).all()
        assert np.abs(part.x).max() <= CLIP
        assert part.rows.tolist() == part.frame.index.tolist()
        assert list(part.frame.columns) == ["number", "tail", "word", "many", "truth", "moment"]
        assert set(part.y.tolist()) == {0, 1, 2}
    assert (prepared.train.x.std(axis=0) > 0).all()


def test_a_network_made_anew_gets_the_same_rows_with_nothing_told_of_columns() -> None:
    parts = parts_of(mixed())
    prepared, anew = prepare(parts), prepare_anew(parts)
    assert anew.inputs == prepared.inputs
    assert encoded_columns(parts) == len(prepared.inputs)
    assert all(np.array_equal(getattr(anew, part).x, getattr(prepared, part).x) for part in ("train", "test"))
    assert anew.columns == ()


@pytest.mark.parametrize("values", [["b", None, "a"], [True, None, False], ["b", 2, None], [None, None], []])
def test_labels_are_texts_whatever_a_column_holds(values: list[object]) -> None:
    wanted = [None if one is None else str(one).lower() for one in values]
    found = labelled(pd.Series(values, dtype=object))
    assert [None if pd.isna(one) else one for one in found] == wanted


def test_training_columns_are_standardised() -> None:
    prepared = prepare(parts_of(mixed()))
    (number, _missing) = encoded(prepared, "number").values()
    present = prepared.train.frame["number"].notna().to_numpy()
    column = prepared.train.x[present, number].astype(float)
    assert (column.mean(), column.std()) == pytest.approx((0, 1), abs=1e-6)


def test_numbers_and_levels_can_be_read_back() -> None:
    prepared = prepare(parts_of(mixed()))
    for part in (prepared.train, prepared.test):
        for position, e in enumerate(prepared.inputs):
            values = part.frame[e.feature]
            column = part.x[:, position].astype(np.float64)
            if e.kind == "missing":
                assert (column == values.isna()).all()
            elif e.kind == "number" and e.part is None:
                inside = values.notna().to_numpy() & (np.abs(column) < CLIP)
                assert (e.centre + e.scale * column)[inside] == pytest.approx(
                    values[inside].to_numpy(), rel=1e-4, abs=1e-4
                )
            elif e.part == "year":
                assert (e.centre + e.scale * column) == pytest.approx(values.dt.year.to_numpy(), abs=1e-3)
            elif e.level in {"u", "v"}:
                assert (column == (values == e.level)).all()


def test_no_level_for_all_others_takes_a_real_levels_name() -> None:
    frame = mixed()
    rng = np.random.default_rng(3)
    frame["word"] = rng.choice(["(other)", "u", *[f"rare {i}" for i in range(60)]], N, p=[0.4, 0.4, *[0.2 / 60] * 60])
    prepared = prepare(parts_of(frame))
    levels = [e.level for e in prepared.inputs if e.feature == "word"]
    assert len(levels) == len(set(levels))
    assert "((other))" in levels


def wild(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """Every value replaced by one that is nothing like it; the target's classes turned round."""
    changed = {}
    for name in frame.columns:
        values = frame[name]
        if name == target:
            changed[name] = values.to_numpy()[::-1]
        elif values.dtype == np.float64:
            changed[name] = np.where(np.arange(len(values)) % 2, 1e9, np.nan)
        elif values.dtype == object:
            changed[name] = pd.Series([f"new {i}" for i in range(len(values))], dtype=object).to_numpy()
        else:
            changed[name] = pd.Timestamp("1900-01-01")
    return pd.DataFrame(changed, index=frame.index).astype({n: frame[n].dtype for n in frame.columns})


def test_nothing_is_learnt_from_validation_or_test_rows() -> None:
    parts = parts_of(mixed())
    honest = prepare(parts)
    spoilt = prepare(replace(parts, validation=wild(parts.validation, "t"), test=wild(parts.test, "t")))
    assert spoilt.preparer.to_json() == honest.preparer.to_json()
    assert spoilt.columns == honest.columns
    assert (spoilt.train.x == honest.train.x).all()
    assert np.isfinite(spoilt.test.x).all()


def test_what_training_rows_say_is_learnt() -> None:
    parts = parts_of(mixed())
    assert prepare(replace(parts, train=parts.validation)).preparer.to_json() != prepare(parts).preparer.to_json()


def test_json_carries_the_preparer_whole() -> None:
    prepared = prepare(parts_of(mixed()))
    text = prepared.preparer.to_json()
    again = Preparer.from_json(text)
    assert again.to_json() == text
    assert again.inputs == prepared.inputs
    assert (again.transform(prepared.test.frame) == prepared.test.x).all()


def test_a_level_that_training_has_not_is_an_other_or_none() -> None:
    parts = parts_of(mixed())
    prepared = prepare(parts)
    row = prepared.test.frame.iloc[:1].copy()
    row["word"], row["many"] = "unseen", "unseen"
    x = prepared.preparer.transform(row)[0]
    assert [x[i] for i in encoded(prepared, "word").values()] == [0, 0, 0, 0]
    many = encoded(prepared, "many")
    assert [name for name, i in many.items() if x[i] == 1] == ["many = (other)"]


def test_treatments_are_told_in_their_order() -> None:
    columns = {c.name: c for c in prepare(parts_of(mixed())).columns}
    told = {name: [step.code for step in column.treatment] for name, column in columns.items()}
    assert told == {
        "number": ["impute_median", "missing_indicator", "standardise", "clip"],
        "tail": ["standardise", "clip"],
        "word": ["one_hot", "missing_level"],
        "many": ["one_hot", "other_level", "target_means_idle"],
        "truth": ["boolean"],
        "moment": ["date_parts", "standardise", "clip"],
        "t": [],
    }
    assert columns["word"].treatment[0] == Code(code="one_hot", facts={"levels": 3})


def column(values: object, **options: object):
    n = len(values)
    frame = pd.DataFrame({"c": values, "x": np.random.default_rng(4).normal(size=n), "t": ["a", "b"] * (n // 2)})
    prepared = prepare(parts_of(frame, **options))
    return prepared.columns[0], [e for e in prepared.inputs if e.feature == "c"]


def test_a_few_far_values_do_not_squeeze_the_others() -> None:
    values = np.random.default_rng(5).normal(100, 10, 1000)
    values[::150] *= 1000
    told, (number,) = column(values)
    assert told.treatment[0].code == "robust_scale"
    assert (number.centre, number.scale) == pytest.approx((100, 10), rel=0.1)


def test_an_honest_tail_is_standardised() -> None:
    told, _ = column(np.random.default_rng(5).exponential(10, 1000))
    assert told.treatment[0].code == "standardise"


def test_half_zeros_are_standardised() -> None:
    told, (number,) = column(np.where(np.arange(1000) % 10 < 8, 0.0, np.arange(1000.0)))
    assert told.treatment[0].code == "standardise"
    assert number.scale > 0


def test_rare_levels_and_rare_gaps_are_not_learnt() -> None:
    _, inputs = column(["u", "v"] * 500 + ["rare"] * 4)
    assert sorted(str(e.level) for e in inputs) == ["u", "v"]
    told, inputs = column([*np.random.default_rng(6).normal(size=997), None, None, None])
    assert [e.kind for e in inputs] == ["number"]
    assert [step.code for step in told.treatment] == ["impute_median", "standardise", "clip"]


def test_forty_levels_at_most() -> None:
    _, inputs = column([f"L{i % 60}" for i in range(6000)])
    levels = [e.level for e in inputs if e.kind == "level"]
    assert len(levels) == 41
    assert levels[-1] == "(other)"


def test_levels_that_never_repeat_leave_a_column_out() -> None:
    told, inputs = column([f"L{i // 2}" for i in range(600)])
    assert (told.role, told.why, inputs) == ("dropped", "no_learnable_values", [])
    told, inputs = column(["u"] * 999 + ["v"])
    assert (told.role, told.why, inputs) == ("dropped", "no_learnable_values", [])
    assert told.treatment == (Code(code="left_out", facts={"why": "no_learnable_values"}),)


def test_a_column_that_does_not_vary_in_training_is_left_out() -> None:
    parts = parts_of(pd.DataFrame({"c": np.arange(60) / 7, "x": np.arange(60) / 3, "t": ["a", "b"] * 30}))
    prepared = prepare(replace(parts, train=parts.train.assign(c=1.5)))
    assert [e.feature for e in prepared.inputs] == ["x"]
    with pytest.raises(DataError, match="no column has values that repeat or vary"):
        prepare(replace(parts, train=parts.train.assign(c=1.5, x=2.5)))


def test_levels_and_numbers_are_of_training_rows() -> None:
    parts = parts_of(mixed())
    columns = {c.name: c for c in prepare(parts).columns}
    counts = parts.train["word"].value_counts()
    assert {level.label: level.count for level in columns["word"].levels} == counts.to_dict()
    numbers = columns["number"].numbers
    assert numbers is not None
    assert numbers.median == parts.train["number"].median()
    assert numbers.standard_deviation == pytest.approx(parts.train["number"].std(), rel=1e-12)
    assert sum(level.count for level in columns["number"].levels) == parts.train["number"].notna().sum()
    assert len(columns["many"].levels) == 10
    assert columns["many"].other_levels == parts.train["many"].nunique() - 10
    assert [level.label for level in columns["truth"].levels] in (["true", "false"], ["false", "true"])
    assert sum(level.count for level in columns["t"].levels) == len(parts.train)


def test_few_whole_numbers_are_shown_one_by_one() -> None:
    told, _ = column([1.0, 2.0, 2.0, 3.0] * 50)
    assert [level.label for level in told.levels] == ["1", "2", "3"]
    assert isinstance(told.levels[0], Level)


def test_a_regression_keeps_its_numbers() -> None:
    frame = mixed().assign(t=np.random.default_rng(7).normal(size=N))
    parts = parts_of(frame)
    prepared = prepare(parts)
    assert prepared.test.y.dtype == np.float64
    assert (prepared.test.y == parts.test["t"].to_numpy()).all()


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1e100, 1e100)), min_size=30, max_size=60),
    words=st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=30, max_size=60),
)
def test_any_values_become_finite_numbers_and_survive_json(values, words) -> None:
    n = min(len(values), len(words)) // 2 * 2
    frame = pd.DataFrame({"v": pd.array(values[:n], dtype="Float64"), "w": pd.Series(words[:n], dtype=object)})
    frame = frame.assign(x=np.random.default_rng(0).normal(size=n), t=["a", "b"] * (n // 2))
    prepared = prepare(parts_of(frame))
    for part in (prepared.train, prepared.validation, prepared.test):
        assert np.isfinite(part.x).all()
    again = Preparer.from_json(prepared.preparer.to_json())
    assert (again.transform(prepared.test.frame) == prepared.test.x).all()
    for position, e in enumerate(prepared.inputs):
        if e.kind == "number":
            column = prepared.train.x[:, position].astype(np.float64)
            original = prepared.train.frame[e.feature].to_numpy(dtype=np.float64)
            inside = ~np.isnan(original) & (np.abs(column) < CLIP * 0.999)
            assert np.allclose(column[inside], ((original - e.centre) / e.scale)[inside], rtol=1e-5, atol=1e-5)
