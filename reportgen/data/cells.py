"""One column's cells: which are missing, what kind the others are, and their clean values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.config import ColumnConfig
from reportgen.data.dates import counted_dates, moments, parse_dates, zoned
from reportgen.data.numerals import EXACT_DIGITS, Writing, tidied
from reportgen.data.sentinels import is_word
from reportgen.data.spellings import (
    MOSTLY,
    Spellings,
    codelike,
    missing_note,
    naive,
    prose,
    spellings,
    stray_note,
)
from reportgen.data.writing import read_numbers
from reportgen.errors import DataError
from reportgen.records.base import Code, Kind

MISSING_NUMBER = frozenset({"-", "--", ".", "..", "None", "none"})
"""Spellings that mean "missing" only where the column's other cells are numbers."""

NO_NUMBER = frozenset(
    (
        *(
            "nd",
            "n.d.",
            "not detected",
            "bdl",
            "<lod",
            "<loq",
            "below detection",
            "tbd",
            "tba",
            "pending",
            "error",
            "err",
        ),
        *("#div/0!", "#num!", "#name?", "#null!", "无", "暂无", "未检出", "待定", "/", "\\"),
    )
)
"""Words that stand for a number that is not there, only where all other cells are numbers; in small letters."""

BOOLEANS = (frozenset({"True", "False"}), frozenset({"true", "false"}), frozenset({"TRUE", "FALSE"}))
"""Only one spelling a column makes booleans; words for yes and no are looked at later, once variants are known."""

LARGEST = 1e100
"""No measurement is larger; what is overflows as soon as it is squared, and counts as an infinity."""

UNPLAIN = rf"^0\d+$|\d{{{EXACT_DIGITS + 1}}}|[A-Za-z]{{2}}|\s"
"""Cells that need a closer look before they count as numbers: codes, long numbers, words (nan, inf), blanks."""

CODE_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:zip|zipcode|zip_?code|post_?code|postal(?:_?code)?|plz|phone|telephone|tel|fax|mobile|ssn|isbn|ean"
    r"|gtin|iban|fips|naics)(?:_?(?:no|nr|num|number|code))?$|邮编|邮政编码|电话|手机号?|身份证号?$"
)
"""Names of what is written in digits and is no amount: nobody adds two of them."""

NEAR = 0.5
"""Where more than half of the cells can be read as numbers or dates and too few for the column to be, it is said."""

MANY_NUMBERS = 20
FEW_ROWS = 10
"""Rows that one category needs before it can be learnt (Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3)."""

Objects = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """A column with clean values, and what had to be decided to get them.

    `why` says why it can be no feature, None where it can; `writing` is how its numbers are written, `order` that of
    its categories where the column brings one.
    """

    kind: Kind
    values: pd.Series
    notes: tuple[Code, ...] = ()
    why: str | None = None
    writing: Writing = field(default_factory=Writing)
    order: tuple[str, ...] = ()


def judge(raw: pd.Series, asked: ColumnConfig | None = None) -> Cells:
    """Tell the kind of a column from its cells and its name, or read it as the user says."""
    asked = asked or ColumnConfig()
    nested = _nested(raw)
    if nested is not None and asked.kind is None:
        return nested
    if asked.kind is not None or asked.format is not None or asked.decimal is not None or asked.missing or asked.order:
        return _as_asked(raw, asked)
    if CODE_NAME.search(str(raw.name)) and _digits(raw):
        return _coded(raw)
    return _by_name(understand(raw), raw)


def understand(raw: pd.Series) -> Cells:
    """Tell the kind of a column from its cells alone."""
    easy = typed(raw) or _plain_numbers(raw)
    return easy if easy is not None else _told(spellings(raw), raw)


def _told(cells: Spellings, raw: pd.Series) -> Cells:
    reasons: tuple[Code, ...] = ()
    for attempt in (_booleans, _numbers, _dates):
        found = attempt(cells, raw)
        if isinstance(found, Cells):
            return found
        reasons += found
    return _categories(cells, raw, reasons)


def agreed(cells: dict[str, Cells], frame: pd.DataFrame, asked: Mapping[str, ColumnConfig]) -> dict[str, Cells]:
    """One comma a table: where columns show that it parts decimals, one that leaves it open is read so, too."""
    sure = {note.code for cell in cells.values() for note in cell.notes if not note.facts.get("ambiguous")}
    if "decimal_comma" not in sure or "thousands" in sure:
        return cells
    return {
        name: _with_comma(frame[name], asked.get(name, ColumnConfig())) if _open(cell) else cell
        for name, cell in cells.items()
    }


def _open(cell: Cells) -> bool:
    return any(note.code == "thousands" and note.facts.get("ambiguous") for note in cell.notes)


def _with_comma(raw: pd.Series, asked: ColumnConfig) -> Cells:
    found = judge(raw, asked.model_copy(update={"decimal": ","}))
    notes = tuple(
        note.model_copy(update={"facts": {**note.facts, "ambiguous": True}}) if note.code == "decimal_comma" else note
        for note in found.notes
    )
    return replace(found, notes=notes)


def _by_name(cells: Cells, raw: pd.Series) -> Cells:
    """Whole numbers that are dates by their name or their form."""
    way = counted_dates(cells.values) if cells.kind == "numeric" and not cells.notes else None
    if way is None:
        return cells
    stamps = moments(as_labels(raw), way)
    note = Code(code="dates", facts={"column": str(raw.name), "format": way})
    return Cells("datetime", stamps, (note,))


def _digits(raw: pd.Series) -> bool:
    """Cells of nothing but digits (and what stands between them in a telephone number), or whole numbers."""
    if pd.api.types.is_numeric_dtype(raw.dtype) and not pd.api.types.is_bool_dtype(raw.dtype):
        present = raw.dropna()
        return bool(len(present)) and not pd.api.types.is_complex_dtype(raw.dtype) and bool((present % 1 == 0).all())
    cells = spellings(raw)
    hits = np.array([re.fullmatch(r"\+?[\d ()./-]+", text) is not None for text in cells.trimmed], dtype=bool)
    return cells.share(hits) >= MOSTLY


def _coded(raw: pd.Series) -> Cells:
    cells = _categories(spellings(raw), raw)
    return replace(
        cells, kind="categorical", notes=(Code(code="codes_by_name", facts={"column": str(raw.name)}), *cells.notes)
    )


def _as_asked(raw: pd.Series, asked: ColumnConfig) -> Cells:
    """A column as reportgen.toml says; what does not fit is missing, and told."""
    own = spellings(raw, frozenset(text.strip() for text in asked.missing))
    kind = asked.kind or _meant(asked)
    if kind == "numeric":
        easy = typed(raw)
        if easy is not None and easy.kind == "numeric":
            return replace(easy, values=easy.values.mask(as_labels(raw).isin(asked.missing)))
        commas = {",": "decimal_comma", ".": "thousands", None: None}[asked.decimal]
        return _forced_numbers(own, raw, Writing.model_validate({"commas": commas}))
    if kind == "datetime":
        return _forced_dates(own, raw, asked.format)
    if kind == "boolean":
        return _truths_or_categories(own, raw)
    found = _categories(own, raw) if kind else _by_name(_told(own, raw), raw)
    return replace(found, kind=kind or found.kind, why="text" if kind == "text" else None)


def _meant(asked: ColumnConfig) -> Kind | None:
    """The kind that what else was said of a column is about."""
    if asked.format:
        return "datetime"
    return "numeric" if asked.decimal else "categorical" if asked.order else None


def _truths_or_categories(cells: Spellings, raw: pd.Series) -> Cells:
    found = _booleans(cells, raw)
    if isinstance(found, Cells):
        return found
    truths = forced(raw, "boolean")
    lost = int(truths.isna().sum() - cells.spread(cells.missing, True).sum())
    if lost:
        return _categories(cells, raw)
    return Cells("boolean", truths)


def _forced_numbers(cells: Spellings, raw: pd.Series, asked: Writing) -> Cells:
    blank = cells.missing | np.array([text in MISSING_NUMBER for text in cells.trimmed], dtype=bool)
    cells = replace(cells, missing=blank)
    written = read_numbers(cells, str(raw.name), asked)
    strange = np.isnan(written.numbers) & ~cells.missing
    values = pd.Series(cells.spread(written.numbers, np.nan), index=raw.index, name=raw.name)
    notes = written.notes + missing_note(cells, str(raw.name), cells.missing)
    return Cells(
        "numeric",
        values,
        notes + stray_note("text_among_numbers", cells, strange, str(raw.name)),
        None,
        written.writing,
    )


def _forced_dates(cells: Spellings, raw: pd.Series, way: str | None) -> Cells:
    name = str(raw.name)
    found = typed(raw)
    if found is not None and found.kind == "datetime":
        return found
    texts = pd.Series(cells.trimmed, dtype=object).mask(cells.missing)
    way = (
        way
        or parse_dates(cells)[1]
        or counted_dates(pd.to_numeric(as_labels(raw), errors="coerce").rename(name))
        or "ISO8601"
    )
    parsed = moments(texts, way).to_numpy()
    notes = (
        Code(code="dates", facts={"column": name, "format": way}),
        *missing_note(cells, name, cells.missing),
        *stray_note("text_among_dates", cells, np.isnat(parsed) & ~cells.missing, name),
    )
    return Cells("datetime", pd.Series(cells.spread(parsed, np.datetime64("NaT")), index=raw.index, name=name), notes)


def understand_as(raw: pd.Series, kind: Kind, pattern: str | None = None) -> Cells:
    """Read a column as the kind (and the way of writing dates) of another file's; what does not fit becomes missing."""
    if kind in {"text", "categorical"}:
        return replace(_categories(spellings(raw), raw), kind=kind)
    found = understand(raw) if pattern is None else typed(raw)
    if found is not None and found.kind == kind:
        return found
    if pattern is not None:
        return Cells(kind, moments(as_labels(raw), pattern))
    return Cells(kind, forced(raw, kind), (Code(code="kind_forced", facts={"column": str(raw.name), "kind": kind}),))


def _nested(raw: pd.Series) -> Cells | None:
    """Columns whose cells hold lists, records, JSON, bytes or complex numbers: no features as they are."""
    why = _unfit(raw)
    return _left_out(raw, why) if why else None


def _unfit(raw: pd.Series) -> str | None:
    if pd.api.types.is_complex_dtype(raw.dtype):
        return "complex" if bool((np.imag(raw.to_numpy()) != 0).any()) else None
    present = raw.dropna()
    if raw.dtype not in (object, "str") or not len(present):
        return None
    if raw.dtype == object:
        for why, types in UNFIT.items():
            if present.map(lambda cell, types=types: isinstance(cell, types)).any():
                return why
    head = [str(cell).strip() for cell in present.iloc[:HEAD]]
    if sum(_is_json(text) for text in head) < MOSTLY * len(head):
        return None
    return "nested" if present.map(lambda cell: _is_json(str(cell).strip())).mean() >= MOSTLY else None


UNFIT: dict[str, tuple[type, ...]] = {
    "nested": (list, tuple, dict, set, frozenset, np.ndarray),
    "bytes": (bytes, bytearray, memoryview),
    "complex": (complex, np.complexfloating),
}
"""What a cell may be and no number, date or category is, by the word for why the column is left out."""


HEAD = 50


def _is_json(text: str) -> bool:
    """A list or a record in JSON; lists of Python, in single quotes, too."""
    if not (text[:1] in {"[", "{"} and text[-1:] in {"]", "}"}):
        return False
    try:
        return isinstance(json.loads(text), list | dict)
    except ValueError:
        return "'" in text


def _left_out(raw: pd.Series, why: str) -> Cells:
    texts = [None if gone else str(cell)[:200] for cell, gone in zip(raw, [_gone(cell) for cell in raw], strict=True)]
    return Cells("text", pd.Series(texts, index=raw.index, name=raw.name, dtype=object), why=why)


def _gone(cell: object) -> bool:
    return (
        cell is None
        or (isinstance(cell, float) and np.isnan(cell))
        or cell is pd.NA
        or (isinstance(cell, str) and not cell)
    )


def as_labels(raw: pd.Series) -> pd.Series:
    """Trimmed strings, numbers in their shortest spelling, None where missing: the labels of classes."""
    cells = spellings(raw)
    labels = np.array([None if gone else text for text, gone in zip(cells.trimmed, cells.missing, strict=True)], object)
    return pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)


def first_infinity(values: pd.Series) -> int | None:
    """The row of the first number that is infinite, or as good as that."""
    endless = np.abs(values.to_numpy(dtype=np.float64)) > LARGEST
    return int(values.index[int(endless.argmax())]) if endless.any() else None


def refuse_infinity(values: pd.Series, column: str) -> None:
    """Raise DataError where one of the numbers is infinite, or as good as that."""
    row = first_infinity(values)
    if row is not None:
        raise DataError(
            f"the column {column[:60]!r} holds an infinity in row {row} (0 is the first below the header); "
            "put a number there, or leave the cell empty"
        )


def strays(raw: pd.Series) -> bool:
    """Text stands among the numbers of a column that is mostly numeric."""
    return any(note.code == "text_among_numbers" for note in understand(raw).notes)


def typed(raw: pd.Series) -> Cells | None:
    """Columns that come with a type of their own: booleans, numbers, moments; None for text."""
    if pd.api.types.is_bool_dtype(raw.dtype) and raw.dtype != object:
        plain = raw.astype(object)
        return Cells("boolean", plain.where(raw.notna(), None))
    if pd.api.types.is_complex_dtype(raw.dtype):
        return Cells("numeric", pd.Series(np.real(raw.to_numpy()), index=raw.index, name=raw.name))
    if pd.api.types.is_numeric_dtype(raw.dtype):
        values = raw.to_numpy(dtype=np.float64, na_value=np.nan)
        return Cells("numeric", pd.Series(values, index=raw.index, name=raw.name))
    if pd.api.types.is_timedelta64_dtype(raw.dtype):
        seconds = raw.dt.total_seconds().astype(np.float64)
        unit = Code(code="durations", facts={"column": str(raw.name), "unit": "s", "count": int(seconds.notna().sum())})
        return Cells("numeric", seconds, (unit,))
    if pd.api.types.is_datetime64_any_dtype(raw.dtype):
        return Cells("datetime", naive(raw))
    return None


def _plain_numbers(raw: pd.Series) -> Cells | None:
    """A column of nothing but numbers and empty cells, read at once; None where there is anything to decide."""
    if raw.dtype != "str":
        return None
    texts = pa.array(raw)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    if texts.null_count == len(texts) or pc.any(pc.match_substring_regex(texts, UNPLAIN)).as_py():
        return None
    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    values = numbers.to_numpy(zero_copy_only=False)
    return Cells("numeric", pd.Series(np.array(values, dtype=np.float64), index=raw.index, name=raw.name))


def _booleans(cells: Spellings, raw: pd.Series) -> Cells | tuple[Code, ...]:
    present = frozenset(cells.trimmed[~cells.missing])
    if present not in BOOLEANS:
        return ()
    values = np.array(
        [None if m else t.lower() == "true" for t, m in zip(cells.trimmed, cells.missing, strict=True)], object
    )
    spread = pd.Series(cells.spread(values, None), index=raw.index, name=raw.name, dtype=object)
    return Cells("boolean", spread, missing_note(cells, str(raw.name), cells.missing))


def _numbers(cells: Spellings, raw: pd.Series) -> Cells | tuple[Code, ...]:
    """The column as numbers, or the reasons why it is none."""
    name = str(raw.name)
    blank = cells.missing | np.array([text in MISSING_NUMBER or is_word(text) for text in cells.trimmed], dtype=bool)
    known = replace(cells, missing=blank)
    written = read_numbers(known, name)
    share = known.share(~np.isnan(written.numbers))
    if NEAR < share < MOSTLY and (worded := _without_words(known, np.isnan(written.numbers))) is not None:
        blank, known = worded.missing, worded
        written = read_numbers(known, name)
        share = known.share(~np.isnan(written.numbers))
    if codelike(np.array([tidied(text) for text in known.trimmed[~blank]], dtype=object)):
        return (Code(code="codes_by_form", facts={"column": name}),) if share >= MOSTLY else ()
    strange = np.isnan(written.numbers) & ~blank
    if share < MOSTLY:
        reasons = tuple(note for note in written.notes if note.code == "several_units")
        return reasons or _among_text(known, strange, share, name)
    values = pd.Series(known.spread(written.numbers, np.nan), index=raw.index, name=raw.name)
    notes = tuple(note for note in written.notes if note.code != "several_units") + missing_note(known, name, blank)
    notes += stray_note("text_among_numbers", known, strange, name)
    return Cells("numeric", values, notes, writing=written.writing)


def _without_words(cells: Spellings, strange: npt.NDArray[np.bool_]) -> Spellings | None:
    """The cells with words for "missing" taken as that, where that leaves numbers; None where it does not."""
    words = np.array([is_word(text) or text.casefold() in NO_NUMBER for text in cells.trimmed], dtype=bool) & strange
    known = replace(cells, missing=cells.missing | words)
    return known if words.any() and known.share(~strange) >= MOSTLY else None


def _among_text(cells: Spellings, strange: npt.NDArray[np.bool_], share: float, name: str) -> tuple[Code, ...]:
    """Say that many cells are numbers; with the rows of the others where the numbers are measured, and no labels."""
    notes = _half_of_it("numbers_among_text", cells, strange, share, name)
    if not notes or not _measured(cells, strange):
        return notes
    (stray,) = stray_note("numbers_among_text", cells, strange, name)
    return tuple(note.model_copy(update={"facts": {**note.facts, **stray.facts}}) for note in notes)


def _measured(cells: Spellings, strange: npt.NDArray[np.bool_]) -> bool:
    """Whether the numbers of a column that holds words, too, are measures: hardly any is there twice.

    As categories they would have too few rows each to be learnt, where labels repeat; and the others are words, no
    labels with a digit in them (the house 12a, the ticket PC 17599).
    """
    numbers = ~strange & ~cells.missing
    words = not any(letter.isdigit() for text in cells.trimmed[strange] for letter in text)
    distinct = int(np.count_nonzero(numbers))
    return words and distinct >= MANY_NUMBERS and int(cells.counts[numbers].sum()) < FEW_ROWS * distinct


def _half_of_it(
    code: str, cells: Spellings, strange: npt.NDArray[np.bool_], share: float, name: str
) -> tuple[Code, ...]:
    """Say that many cells could be read otherwise, and which could not, where it is more than half."""
    if share <= NEAR:
        return ()
    examples = tuple(str(text)[:40] for text in cells.trimmed[strange][:5])
    return (Code(code=code, facts={"column": name, "share": share, "examples": examples}),)


def _dates(cells: Spellings, raw: pd.Series) -> Cells | tuple[Code, ...]:
    """The column as moments, or the reasons why it is none."""
    name = str(raw.name)
    dated = np.array([any(c.isdigit() for c in t) and 6 <= len(t) <= 40 for t in cells.trimmed], dtype=bool)
    if not dated.any() or cells.share(dated) < MOSTLY:
        return ()
    parsed, ways, sure = parse_dates(cells)
    known = ~np.isnat(parsed)
    if cells.share(known) < MOSTLY:
        return ()
    facts: dict[str, str | int | bool] = {"column": name, "format": ways}
    facts |= {} if sure else {"ambiguous": True}
    zones = zoned(cells)
    facts |= {"zones": zones} if zones else {}
    notes = (
        Code(code="dates", facts=dict(facts)),
        *missing_note(cells, name, cells.missing),
        *stray_note("text_among_dates", cells, ~known & ~cells.missing, name),
    )
    values = pd.Series(cells.spread(parsed, np.datetime64("NaT")), index=raw.index, name=raw.name)
    return Cells("datetime", values, notes)


def _categories(cells: Spellings, raw: pd.Series, reasons: tuple[Code, ...] = ()) -> Cells:
    labels = np.array([None if m else t for t, m in zip(cells.raw, cells.missing, strict=True)], dtype=object)
    values = pd.Series(cells.spread(labels, None), index=raw.index, name=raw.name, dtype=object)
    kind: Kind = "text" if prose(cells) else "categorical"
    known = raw.dtype
    ordered = isinstance(known, pd.CategoricalDtype) and known.ordered
    order = tuple(str(level) for level in raw.cat.categories) if ordered else ()
    return Cells(kind, values, reasons + missing_note(cells, str(raw.name), cells.missing), order=order)


def forced(raw: pd.Series, kind: Kind) -> pd.Series:
    """The cells read as a kind that they may not have, each for itself; what does not fit is missing."""
    texts = as_labels(raw)
    if kind == "numeric":
        return pd.to_numeric(texts, errors="coerce").astype(np.float64)
    if kind == "datetime":
        return moments(texts, "ISO8601")
    truths = {"true": True, "false": False, "1": True, "0": False}
    return texts.map(lambda text: truths.get(text.lower()), na_action="ignore").astype(object)
