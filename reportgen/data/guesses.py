"""What columns may be meant for, by their names and values: guesses for a person to confirm, and nothing more."""

import re
from typing import NamedTuple

from reportgen.data.shapes import Dataset
from reportgen.records.table import Column

PROTECTED = frozenset(
    (
        *("sex", "gender", "race", "racial", "ethnic", "ethnicity", "age", "birth", "dob", "birthdate", "birthday"),
        *("religion", "nationality", "citizen", "citizenship", "foreign", "foreigner", "native", "immigrant"),
        *("marital", "married", "marriage", "disability", "disabled", "pregnant", "pregnancy", "orientation", "caste"),
    )
)
"""Words for what laws against discrimination name (EU Charter of Fundamental Rights, article 21)."""

PROTECTED_ZH = re.compile("性别|年龄|出生|民族|种族|国籍|籍贯|户籍|宗教|信仰|婚姻|婚否|残疾|怀孕|性取向|政治面貌")

UNITS = frozenset(
    (
        *("patient", "subject", "person", "customer", "client", "user", "member", "employee", "student", "driver"),
        *("household", "family", "company", "account", "session", "device", "machine", "vehicle", "batch", "site"),
        *("hospital", "clinic", "school", "store", "shop", "branch", "farm"),
    )
)
UNITS_ZH = re.compile(
    "(?:患者|病人|受试者|客户|顾客|用户|会员|员工|学生|家庭|公司|账户|会话|设备|机器|车辆|批次|医院|学校|门店|网点)"
    "(?:编号|代码|号码|号|名称|ID|id)?$"
)
IDENTIFYING = frozenset(("id", "uuid", "guid"))
NUMBERING = frozenset(("no", "nr", "num", "number", "code", "key", "name"))
"""What numbers persons or things only behind their name: an education-num does not, a customer_no does."""
YEARS = frozenset(("year", "yr", "jahr"))
YEARS_ZH = re.compile("年份?$")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
LEAST_GROUPS = 5
"""Fewer groups than this cannot be parted into training, validation and test."""


class Guesses(NamedTuple):
    """Columns by the option that they may be meant for, in the order of the table."""

    drop: tuple[str, ...]
    group: tuple[str, ...]
    time: tuple[str, ...]
    protected: tuple[str, ...]


def guess(dataset: Dataset) -> Guesses:
    """Guess from names, in English or Chinese, and from how often values repeat.

    The target and what the network does not see anyway are not guessed at.
    """
    columns = [column for column in dataset.columns if column.role == "feature"]
    rows = len(dataset.frame)
    groups = tuple(column.name for column in columns if _names_units(column, rows))
    return Guesses(
        drop=tuple(column.name for column in columns if _numbers_rows(column, rows)),
        group=groups,
        time=tuple(column.name for column in columns if _tells_time(column, dataset)),
        protected=tuple(c.name for c in columns if is_protected(c.name) and c.name not in groups),
    )


def is_protected(name: str) -> bool:
    """Tell whether a column's name says that it may hold a protected attribute; `usage` holds no `age`."""
    return not PROTECTED.isdisjoint(words(name)) or PROTECTED_ZH.search(name) is not None


def words(name: str) -> list[str]:
    """The English words of a column's name in small letters: `customerID_no` is customer, id, no."""
    return [word.lower() for word in WORD.findall(name)]


def _names_units(column: Column, rows: int) -> bool:
    """Persons or things that have two rows and more on average."""
    return _names_something(column.name) and LEAST_GROUPS <= column.distinct <= rows / 2


def _names_something(name: str) -> bool:
    said = words(name)
    numbered = said[-1:] and said[-1] in NUMBERING and said[-2:-1] and said[-2] in UNITS
    return bool(said and (said[-1] in UNITS | IDENTIFYING or numbered)) or UNITS_ZH.search(name) is not None


def _numbers_rows(column: Column, rows: int) -> bool:
    """A number or name of its own for most rows: it tells rows apart and nothing about others."""
    return _names_something(column.name) and column.distinct > rows / 2


def _tells_time(column: Column, dataset: Dataset) -> bool:
    if column.kind == "datetime":
        return True
    named = not YEARS.isdisjoint(words(column.name)) or YEARS_ZH.search(column.name) is not None
    if not named or column.kind != "numeric":
        return False
    values = dataset.frame[column.name].dropna()
    return bool(len(values)) and 1800 <= float(values.min()) <= float(values.max()) <= 2200
