"""What the user asked for: options of the command line over reportgen.toml over defaults."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from reportgen.errors import ConfigError
from reportgen.languages import ENGLISH, languages
from reportgen.lines import line_of, line_of_item
from reportgen.memory import read_bytes
from reportgen.naming import shown
from reportgen.records.base import Record
from reportgen.records.card import Card
from reportgen.records.gates import Goals, Waiver, flat_targets, read_goal

Budget = Literal["quick", "standard", "thorough"]
Format = Literal["html", "pdf", "json", "csv", "md", "junit", "sarif"]
Paper = Literal["a4", "letter"]
Width = Annotated[int, Field(ge=1)]
FORMATS: tuple[Format, ...] = ("html", "pdf", "json", "csv", "md", "junit")


MOST_EXPLAINED = 50
"""Rows that may be asked to be explained: each costs up to a second, and half a page."""


class SplitConfig(Record):
    """`[split]`: the shares of validation and test rows; training takes the rest.

    `find_groups` and `find_time` look for columns that name groups or moments, and keep to those that matter.
    """

    validation: float = Field(default=0.2, gt=0, lt=0.5)
    test: float = Field(default=0.2, gt=0, lt=0.5)
    find_groups: bool = True
    find_time: bool = True


class ReadingConfig(Record):
    """`[reading]`: what becomes of numbers that stand for "missing", of a category's spellings, and of free text.

    `encoding` and `delimiter` are of text files, `sheet` of a workbook, `table` or `sql` (a query) of a database; None
    lets the file decide. They are about the data, and not about a test file. Of a table with more than `max_rows` rows
    so many are drawn at random; fewer where the audit would otherwise take more than `memory` bytes ("2G").
    """

    sentinels: Literal["missing", "keep"] = "missing"
    variants: Literal["merge", "keep"] = "merge"
    text: Literal["hash", "drop"] = "hash"
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    table: str | None = None
    sql: str | None = None
    max_rows: int = Field(default=1_000_000, ge=1_000)
    memory: Annotated[int | None, BeforeValidator(read_bytes)] = None

    @property
    def part(self) -> str | None:
        """Which part of the source is the dataset, where it has several."""
        return self.sql or self.table or self.sheet


class ColumnConfig(Record):
    """`[columns."its name"]`: how one column is to be read; what is None or empty the table decides.

    `missing` are cells that stand for "missing" besides the usual ones, `order` the categories from the least to the
    greatest, `format` how dates are written ("%d/%m/%Y", "ISO8601", "unix seconds", "Excel days"), `decimal` the sign
    before the decimals.
    """

    kind: Literal["numeric", "categorical", "datetime", "text", "boolean"] | None = None
    missing: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    format: str | None = None
    decimal: Literal[",", "."] | None = None


class ModelConfig(Record):
    """`[model]`: the network's settings; None lets the kind, the budget and the table decide.

    `kind = "article"` is the little net of the article that reportgen began with; what stands beside it still wins.
    `loss` is of a number that is predicted, `class_weights` and `calibrate` are of classes.
    """

    kind: Literal["network", "article"] = "network"
    members: int | None = Field(default=None, ge=1, le=64)
    embedding: Literal["none", "piecewise", "periodic"] | None = None
    bins: int | None = Field(default=None, ge=2, le=256)
    embedding_width: int | None = Field(default=None, ge=1, le=64)
    hidden: tuple[Width, ...] | None = None
    loss: Literal["squared_error", "huber"] | None = None
    class_weights: Literal["none", "balanced"] | None = None
    calibrate: bool | None = None
    schedule: Literal["cosine", "constant"] | None = None
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    weight_decay: float | None = Field(default=None, ge=0)
    dropout: float | None = Field(default=None, ge=0, lt=1)
    batch: int | None = Field(default=None, ge=1)
    epochs: int | None = Field(default=None, ge=1)
    patience: int | None = Field(default=None, ge=1)


class SelectionConfig(Record):
    """`[selection]`: the error rate of the selection rule, and its number of shuffles and resamples."""

    alpha: float = Field(default=0.05, gt=0, lt=1)
    shuffles: int = Field(default=200, ge=20)
    resamples: int = Field(default=30, ge=5)


class RefitConfig(Record):
    """`[refits]`: how often the network is made anew from another seed; None lets the budget and the table decide."""

    count: int | None = Field(default=None, ge=0, le=100)


class CurveConfig(Record):
    """`[learning_curve]`: how often each share of the training rows is learnt; None as with refits, 0 for never."""

    draws: int | None = Field(default=None, ge=0, le=20)


class CostConfig(Record):
    """`[costs]`: what each kind of mistake costs where there are two classes, in any unit; None leaves cost out.

    Where one is named alone, the other costs 1.
    """

    false_positive: float | None = Field(default=None, gt=0)
    false_negative: float | None = Field(default=None, gt=0)

    @property
    def pair(self) -> tuple[float, float] | None:
        """The cost of a false positive and of a false negative, None where none was named."""
        if self.false_positive is None and self.false_negative is None:
            return None
        return self.false_positive or 1.0, self.false_negative or 1.0


class Settings(Record):
    """What decides an audit's numbers; it stands in report.json, so that the audit can be made again.

    `threads` is among it, since how a sum is parted among threads decides its last digits. `immutable` columns are left
    as they are where the report says what would turn an answer.
    """

    target: str | None = None
    test: str | None = None
    name: str | None = None
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    drop: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()
    exclude_leaks: bool = False
    explain_rows: tuple[Annotated[int, Field(ge=0)], ...] = Field(default=(), max_length=MOST_EXPLAINED)
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    budget: Budget = "standard"
    threads: int = Field(default=1, ge=1, le=64)
    reading: ReadingConfig = ReadingConfig()
    columns: dict[str, ColumnConfig] = {}
    split: SplitConfig = SplitConfig()
    model: ModelConfig = ModelConfig()
    selection: SelectionConfig = SelectionConfig()
    refits: RefitConfig = RefitConfig()
    learning_curve: CurveConfig = CurveConfig()
    costs: CostConfig = CostConfig()


def _spoken(code: str) -> str:
    """A language that there are translations for."""
    if code not in languages():
        known = " or ".join(repr(one) for one in languages())
        raise PydanticCustomError("language", "Input should be {known}", {"known": known})
    return code


class Config(Settings):
    """Everything the user can ask for: what decides the numbers, and how they are shown and judged.

    `paper` is the size of the PDF's pages.
    `targets_not_shown` says whether a target that the rows can neither show met nor missed fails the run.
    """

    lang: Annotated[str, AfterValidator(_spoken)] = ENGLISH
    paper: Paper = "a4"
    format: tuple[Format, ...] = FORMATS
    fail_on: Literal["critical", "warning", "never"] = "never"
    templates: str | None = None
    card: Card = Card()
    targets: Goals = ()
    targets_not_shown: Literal["fail", "pass"] = "pass"
    waive: tuple[Waiver, ...] = ()

    @property
    def settings(self) -> Settings:
        """The part that decides the numbers."""
        return Settings.model_validate({name: getattr(self, name) for name in Settings.model_fields})


def load_config(path: Path | None, options: Mapping[str, Any]) -> Config:
    """Read reportgen.toml, if one is named, and lay the options that were given over it.

    Raises ConfigError, with the line of the file, for what is unknown or makes no sense.
    """
    text = _read(path) if path else ""
    return _build(_parse(text, path), options, text, path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration file {path}; name another, or leave --config out") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration file {path} cannot be read as UTF-8 text: {error}") from None


def _parse(text: str, path: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None


def _build(settings: dict[str, Any], options: Mapping[str, Any], text: str, path: Path | None) -> Config:
    given = {key: value for key, value in options.items() if value is not None and value not in ((), {})}
    settings = located(settings, text, path) if path else settings
    validate(settings, text, path)
    if isinstance(given.get("reading"), dict):  # an option of the command line leaves its neighbours as they are
        given["reading"] = settings.get("reading", {}) | given["reading"]
    return validate(settings | given)


def validate(
    settings: Mapping[str, Any], text: str = "", path: Path | None = None, also: tuple[str, ...] = ()
) -> Config:
    """The settings as a Config; a ConfigError names the line of `text`, the file they stand in, if there is one.

    `also` are keys that are known there, too.
    """
    try:
        config = Config.model_validate(settings)
        if config.test is not None and shown(config.test) != config.test:
            raise ConfigError(
                f"{shown(config.test)} holds a secret, and the report names it; write ${{NAME}} there instead"
            )
        return config
    except ValidationError as error:
        raise ConfigError(_sentence(error, text, path, also)) from None


def _sentence(error: ValidationError, text: str, path: Path | None, also: tuple[str, ...]) -> str:
    first = error.errors()[0]
    keys = tuple(str(key) for key in first["loc"])
    name = ".".join(keys)
    where = f"{path}, line {_line(text, keys)}: " if path else "option "
    if keys[0] == "waive" and len(keys) > 1:
        where = f"{path}, line {line_of_item(text, 'waive', int(keys[1]))}: " if path else "option "
        name = f"waive.{keys[2]}" if len(keys) > 2 else "waive"  # the line says which of them it is
    if first["type"] == "extra_forbidden":
        known = (*(() if keys[:-1] else also), *_known(keys[:-1]))
        return f"{where}there is no option {name!r}; known here: {', '.join(known)}"
    if first["type"] == "missing" and keys[0] == "waive":
        return f"{where}a waiver needs code, reason, by (who answers for it) and until (a date); {keys[-1]} is missing"
    return f"{where}{name} = {first['input']!r} makes no sense: {first['msg'].lower()}"


def _known(table: tuple[str, ...]) -> list[str]:
    record: Any = Config
    for key in table:
        if get_origin(record) is dict:
            record = get_args(record)[1]
        else:
            record = get_args(record)[0] if key.isdigit() else record.model_fields[key].annotation
    return [name for name in record.model_fields if name != "place"]


def _line(text: str, keys: tuple[str, ...]) -> int:
    """The line on which the last key stands below its table, counted from 1."""
    table: tuple[str, ...] = ()
    names = tuple(key for key in keys if not key.isdigit())
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        table = tuple(part.strip(" \"'") for part in header[1].split(".")) if header else table
        key = re.match(r"\s*([\"']?)([^\"'=#\[]+?)\1\s*=", line)
        if (header and table == names) or (key and (*table, *key[2].strip().split(".")) == names):
            return number
    return 1


def located(settings: dict[str, Any], text: str, path: Path | None) -> dict[str, Any]:
    """The settings with the place of each target and waiver beside it: who judges their names has no file."""
    placed = dict(settings)
    targets, waivers = settings.get("targets"), settings.get("waive")
    if isinstance(targets, dict):
        placed["targets"] = tuple(
            read_goal(".".join(keys), asked, f"{path}, line {line_of(text, ('targets', *keys))}: ")
            for keys, asked in flat_targets(targets)
        )
    if isinstance(waivers, list) and all(isinstance(waiver, dict) for waiver in waivers):
        placed["waive"] = [_placed(waiver, text, path, number) for number, waiver in enumerate(waivers)]
    return placed


def _placed(waiver: dict[str, Any], text: str, path: Path | None, number: int) -> dict[str, Any]:
    place = f"{path}, line {line_of_item(text, 'waive', number)}: "
    if "place" in waiver:
        raise ConfigError(f"{place}there is no option 'waive.place'; known here: {', '.join(_known(('waive', '0')))}")
    return waiver | {"place": place}
