"""A table from its source to a Dataset: read, understood, its unusable rows set aside and counted."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from reportgen.config import Config, ReadingConfig
from reportgen.data.cells import (
    MISSING_NUMBER,
    Cells,
    agreed,
    as_labels,
    judge,
    refuse_infinity,
    understand,
    understand_as,
)
from reportgen.data.columns import describe
from reportgen.data.dirt import clean, codes_of, merge_notes, merge_target, without
from reportgen.data.numerals import Writing
from reportgen.data.reader import reader_of
from reportgen.data.shapes import Dataset
from reportgen.data.sorts import sort_levels
from reportgen.data.source import Raw, Source, read
from reportgen.data.target import Aim, aim, labels_of, nearest, target_name
from reportgen.data.variants import known_as, respelled
from reportgen.errors import DataError
from reportgen.records.base import Code, Facts, Kind
from reportgen.records.dirt import Variants
from reportgen.records.table import Column, Task

LEAST_ROWS = 10
"""Of ten rows two are left to test on and two to choose by: the least number that has a spread."""


def load(source: Source, config: Config) -> Dataset:
    """Read a table and say of every column what it is; rows that cannot be used are left out and counted."""
    raw = read(source, config.reading)
    _refuse_unknown(raw, config)
    target = target_name(list(raw.frame.columns), config)
    _refuse_second_role(target, config)
    _refuse_short(len(raw.frame), raw.name)
    raw = _target_as_asked(raw, target, config)
    raw, several = _one_class_a_spelling(raw, target, config)
    aimed = aim(raw.frame[target], config, least=2 if config.test else 3)
    cells = {name: judge(raw.frame[name], config.columns.get(name)) for name in raw.frame.columns if name != target}
    dataset = _dataset(raw, aimed, agreed(cells, raw.frame, config.columns), several, config)
    _refuse_infinities(dataset.frame, dataset.columns)
    return _with_test(dataset, raw, config) if config.test else dataset


def _target_as_asked(raw: Raw, target: str, config: Config) -> Raw:
    """The target's cells read as the user says, where anything is said of them."""
    asked = config.columns.get(target)
    if asked is None or target not in raw.frame.columns:
        return raw
    return replace(raw, frame=raw.frame.assign(**{target: judge(raw.frame[target], asked).values}))


def _one_class_a_spelling(raw: Raw, target: str, config: Config) -> tuple[Raw, tuple[Variants, ...]]:
    """Classes that are spelled several ways become one each before they are counted."""
    if config.task == "regression":
        return raw, ()
    labels, several = merge_target(raw.frame[target], config.reading)
    return replace(raw, frame=raw.frame.assign(**{target: labels})) if several else raw, several


def _refuse_unknown(raw: Raw, config: Config) -> None:
    """Columns that the user named must be there."""
    names = list(raw.frame.columns)
    for option, columns in _asked(config).items():
        for name in columns:
            if name not in names:
                raise DataError(f"there is no column {name!r} for {option}; {nearest(name, names)}")


def _refuse_second_role(target: str, config: Config) -> None:
    """The target, named or taken for want of a name, serves no other purpose."""
    for option, columns in _asked(config).items():
        if target in columns and option != "[columns]":
            raise DataError(f"the column {target!r} is the target and cannot serve as {option} too")


def _asked(config: Config) -> dict[str, tuple[str, ...]]:
    return {
        "drop": config.drop,
        "group": config.group,
        "time": config.time,
        "protected": config.protected,
        "immutable": config.immutable,
        "[columns]": tuple(config.columns),
    }


def _refuse_short(rows: int, name: str) -> None:
    if rows < LEAST_ROWS:
        raise DataError(
            f"{name} has {rows} rows with a usable target where at least {LEAST_ROWS} are needed: training, validation "
            "and test must each have rows of their own"
        )


def _dataset(raw: Raw, aimed: Aim, cells: dict[str, Cells], several: tuple[Variants, ...], config: Config) -> Dataset:
    target = aimed.task.target
    kinds: dict[str, Kind] = {name: cell.kind for name, cell in cells.items()}
    kinds[target] = "numeric" if aimed.task.kind == "regression" or aimed.task.ordered else "categorical"
    frame = pd.DataFrame({n: aimed.values if n == target else cells[n].values for n in raw.frame.columns})
    judged = {name: kind for name, kind in kinds.items() if name not in config.drop}
    cleaned = clean(frame, raw.frame, judged, target, config.reading)
    sorts = sort_levels(cleaned.frame, judged, cells, target, config)
    frame, kinds = sorts.frame, kinds | sorts.kinds
    known = frame[frame[target].notna()]
    used = _usable(known, aimed.task)
    columns = _count_target(describe(used, kinds, target, config, _whys(cells)), frame[target])
    columns = tuple(_as_read(column, cells.get(column.name), sorts.orders) for column in columns)
    _refuse_short(len(used), raw.name)
    _refuse_featureless(columns)
    notes = raw.reading.notes + aimed.notes + tuple(note for cell in cells.values() for note in cell.notes)
    notes += merge_notes(several) + cleaned.notes + sorts.notes
    return Dataset(
        name=config.name or raw.name,
        source=raw.source,
        sha256=raw.sha256,
        frame=used,
        columns=columns,
        task=aimed.task,
        reading=raw.reading.model_copy(update={"notes": notes}),
        rows=raw.rows or len(frame),
        rows_read=len(frame),
        missing_target_rows=_rows(frame[frame[target].isna()]),
        left_out_rows=_rows(known[~known.index.isin(used.index)]),
        left_out_classes=aimed.left_out,
        dirt=cleaned.dirt.model_copy(update={"variants": _settled(cleaned.dirt.variants, sorts.same) + several}),
        one_spelling=config.reading.variants == "merge",
        writings={name: cell.writing for name, cell in cells.items() if cell.writing != Writing()},
        blank={name: asked.missing for name, asked in config.columns.items() if asked.missing},
        same=sorts.same,
    )


def _settled(variants: tuple[Variants, ...], same: Mapping[str, Mapping[str, str]]) -> tuple[Variants, ...]:
    """Spellings of yes or of no are too short to tell letters from symbols, and their column tells."""
    return tuple(
        one.model_copy(update={"state": "merged"}) if one.state == "unclear" and one.column in same else one
        for one in variants
    )


def _whys(cells: Mapping[str, Cells]) -> dict[str, str]:
    return {name: cell.why for name, cell in cells.items() if cell.why is not None}


def _as_read(column: Column, cells: Cells | None, orders: Mapping[str, tuple[str, ...]]) -> Column:
    """The column with its unit, the share of its cells that could be read as its kind, and the order of its levels."""
    if cells is None:
        return column
    lost = sum(int(str(n.facts["count"])) for n in cells.notes if n.code in {"text_among_numbers", "text_among_dates"})
    read = int(cells.values.notna().sum())
    told = (note for note in cells.notes if note.code in {"unit", "durations", "measures", "clock"})
    unit = next((str(note.facts["unit"]) for note in told if "unit" in note.facts), None)
    readable = read / (read + lost) if read + lost else None
    return column.model_copy(update={"unit": unit, "readable": readable, "order": orders.get(column.name, ())})


def _rows(frame: pd.DataFrame) -> tuple[int, ...]:
    return tuple(int(row) for row in frame.index)


def _usable(frame: pd.DataFrame, task: Task) -> pd.DataFrame:
    """The rows whose class is one of the task's; all of them for regression."""
    return frame if task.kind == "regression" else frame[frame[task.target].isin(task.classes)]


def _count_target(columns: tuple[Column, ...], target: pd.Series) -> tuple[Column, ...]:
    """The target's missing values are counted over all rows, since no other row has any."""
    missing = int(target.isna().sum())
    return tuple(c.model_copy(update={"missing": missing}) if c.role == "target" else c for c in columns)


def _refuse_featureless(columns: tuple[Column, ...]) -> None:
    if any(column.role == "feature" for column in columns):
        return
    reasons = [f"{c.name[:60]!r} ({c.why or c.role})" for c in columns if c.role != "target"]
    listed = ", ".join(reasons[:6]) + (" ..." if len(reasons) > 6 else "") if reasons else "there is no other column"
    raise DataError(f"no column is left to learn from: {listed}; give a table with numbers, categories or dates")


def _refuse_infinities(frame: pd.DataFrame, columns: tuple[Column, ...]) -> None:
    for column in columns:
        if column.kind != "numeric" or column.role not in {"feature", "group", "time"}:
            continue
        refuse_infinity(frame[column.name], column.name)


def _with_test(dataset: Dataset, raw: Raw, config: Config) -> Dataset:
    """Add the file of test rows, read as the main file was understood."""
    asked = ReadingConfig(max_rows=config.reading.max_rows, memory=config.reading.memory)
    other = _target_as_asked(read(str(config.test), asked), dataset.task.target, config)
    lacking = [name for name in raw.frame.columns if name not in other.frame.columns and _needed(dataset, name)]
    if lacking:
        listed = ", ".join(repr(name[:60]) for name in lacking[:5])
        raise DataError(
            f"the test file {other.source} lacks the columns {listed}; it needs the columns of the data file"
        )
    frame, notes, writings = _test_frame(dataset, other)
    _refuse_infinities(frame, dataset.columns)
    reading = dataset.reading.model_copy(update={"notes": dataset.reading.notes + notes})
    dataset = replace(dataset, writings={**writings, **dataset.writings})
    return replace(dataset, test=frame, test_source=other.source, test_sha256=other.sha256, reading=reading)


def _needed(dataset: Dataset, name: str) -> bool:
    return any(c.name == name and c.role in {"feature", "target", "group", "time"} for c in dataset.columns)


def _test_frame(dataset: Dataset, other: Raw) -> tuple[pd.DataFrame, tuple[Code, ...], dict[str, Writing]]:
    """The test rows with the main file's columns and kinds; rows without a known target are left out and counted.

    What the main file left open (no number of it has a comma) the test file decides: its ways of writing come last.
    """
    target = dataset.task.target
    values, notes = {}, list(_extra(dataset, other))
    writings: dict[str, Writing] = {}
    if other.rows is not None:
        notes.append(Code(code="test_rows_drawn", facts={"rows": len(other.frame), "of": other.rows}))
    for column in dataset.columns:
        if column.name not in other.frame.columns:
            values[column.name] = pd.Series([None] * len(other.frame), dtype=object)
            continue
        raw = other.frame[column.name]
        cells = _test_target(raw, dataset.task) if column.name == target else _as_main(raw, column, dataset)
        if column.kind == "numeric" and cells.writing != Writing():
            writings[column.name] = cells.writing
        values[column.name] = _as_in_data(cells.values, dataset, column)
        notes += [note.model_copy(update={"facts": {**note.facts, "file": "test"}}) for note in cells.notes]
    frame = pd.DataFrame(values)
    known = _usable(frame[frame[target].notna()], dataset.task)
    if known.empty:
        raise DataError(
            f"no row of the test file {other.source} has a target that training knows; check its {target!r}"
        )
    if len(known) < len(frame):
        notes.append(Code(code="test_rows_left_out", facts={"count": len(frame) - len(known), "rows": len(frame)}))
    return known, tuple(notes), writings


def _as_main(raw: pd.Series, column: Column, dataset: Dataset) -> Cells:
    """A column of the test file, read as that of the main file was."""
    words = column.name in dataset.same
    if words or column.name in dataset.writings or column.name in dataset.blank:
        kind: Kind = "categorical" if column.kind == "text" else column.kind
        return _with_lost(Cells(column.kind, reader_of(dataset, column.name, kind, ()).read(raw)), raw, dataset)
    found = understand_as(raw, column.kind, _pattern(dataset, column.name))
    return found if found.notes else _with_lost(found, raw, dataset)


def _with_lost(cells: Cells, raw: pd.Series, dataset: Dataset) -> Cells:
    """Say which cells of the test file could not be read as the main file's kind, and count as missing."""
    code = {"numeric": "text_among_numbers", "datetime": "text_among_dates"}.get(cells.kind)
    if code is None or raw.dtype.kind in "iufbM":
        return cells
    texts = as_labels(raw)
    blank = {*MISSING_NUMBER, *dataset.blank.get(str(raw.name), ())}
    lost = texts[(cells.values.isna() & texts.notna() & ~texts.isin(blank)).to_numpy()]
    if lost.empty:
        return cells
    rows, examples = tuple(int(row) for row in lost.index), tuple(str(text)[:40] for text in lost.unique()[:5])
    facts: Facts = {"column": str(raw.name), "count": len(lost), "examples": examples, "rows": rows}
    return replace(cells, notes=(*cells.notes, Code(code=code, facts=facts)))


def _as_in_data(values: pd.Series, dataset: Dataset, column: Column) -> pd.Series:
    """Test values cleaned by what the data file taught: its codes for "missing", its spelling of each category."""
    if column.kind == "numeric" and column.role != "target":
        return without(values, codes_of(dataset.dirt.sentinels, column.name))
    if (column.kind != "categorical" and column.name not in dataset.same) or not dataset.one_spelling:
        return values
    known = dataset.task.classes if column.role == "target" else dataset.frame[column.name].dropna().unique()
    return respelled(values, *known_as(known))


def _pattern(dataset: Dataset, column: str) -> str | None:
    """How the main file writes the dates of a column."""
    found = (n.facts["format"] for n in dataset.reading.notes if n.code == "dates" and n.facts["column"] == column)
    return next((str(pattern) for pattern in found), None)


def _extra(dataset: Dataset, other: Raw) -> tuple[Code, ...]:
    names = {column.name for column in dataset.columns}
    extra = tuple(str(name) for name in other.frame.columns if name not in names)
    return (Code(code="extra_test_columns", facts={"columns": extra}),) if extra else ()


def _test_target(raw: pd.Series, task: Task) -> Cells:
    """The target of test rows, spelled as the classes are."""
    cells = understand(raw)
    if task.kind == "regression":
        return understand_as(raw, "numeric")
    if not task.ordered:
        return Cells("categorical", as_labels(raw))
    return Cells("categorical", labels_of(cells, raw))
