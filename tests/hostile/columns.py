"""Columns as people really have them, and what each should be read as; and look-alikes that are something else."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.hostile.case import Case

ROWS = 60


def written(column: str, cells: Sequence[str], kind: str, values: Sequence[Any] = (), also: str = "") -> Case:
    """A CSV of one column to read, repeated to ROWS cells, beside two that make it a table to learn from."""

    def make(folder: Path) -> Path:
        rows = [cells[i % len(cells)] for i in range(ROWS)]
        frame = pd.DataFrame({column: rows, "x": [i * 7 % 31 for i in range(ROWS)], "t": ["a", "b"] * (ROWS // 2)})
        path = folder / "table.csv"
        frame.to_csv(path, index=False)
        return path

    return _case(f"{column}{also}: {cells[0]!r}", make, column, kind, values)


def typed(column: str, cells: Sequence[Any], kind: str, values: Sequence[Any] = (), also: str = "") -> Case:
    """The same as a Parquet file of whatever type the cells have."""

    def make(folder: Path) -> Path:
        rows = [cells[i % len(cells)] for i in range(ROWS)]
        made = pd.Series(rows, dtype=cells.dtype) if isinstance(cells, pd.Series) else pd.Series(rows)
        frame = pd.DataFrame({column: made, "x": [i * 7 % 31 for i in range(ROWS)], "t": ["a", "b"] * (ROWS // 2)})
        path = folder / "table.parquet"
        frame.to_parquet(path)
        return path

    return _case(f"{column}{also} in Parquet", make, column, kind, values)


def _case(name: str, make: Any, column: str, kind: str, values: Sequence[Any]) -> Case:
    return Case(name, make, (ROWS, 3), {column: kind}, {column: list(values)} if values else {})


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


NUMBERS = (
    written("weight", ["12 kg", "7.5 kg", "103 kg", ""], "numeric", [12, 7.5, 103, None]),
    written("weight", ["12kg", "7.5 KG", "103 kg"], "numeric", [12, 7.5, 103], " glued"),
    written("price", ["$1,200.50", "$15.00", "$980.99"], "numeric", [1200.5, 15, 980.99]),
    written("price", ["1.200,50 €", "15,00 €", "980,99 €"], "numeric", [1200.5, 15, 980.99], " in euro"),
    written("price", ["1.200,50", "15,00", "1.500"], "numeric", [1200.5, 15, 1500], " beside round thousands"),
    written("price", ["EUR 12", "EUR 13.5", "EUR 1,100"], "numeric", [12, 13.5, 1100], " by its code"),
    written("price", [*["$5.20", "$7.90", "$3.10", "$4.00"] * 5, "call us"], "numeric", [5.2, 7.9], " with one word"),
    written("ratio", ["3,5", "0,25", "14"], "numeric", [3.5, 0.25, 14]),
    written("share", ["45 %", "7.5%", "0%"], "numeric", [45, 7.5, 0]),
    written("share", ["12,5 %", "8,0 %", "100 %"], "numeric", [12.5, 8, 100], " with commas"),
    written("profit", ["(1,200)", "350", "2,100"], "numeric", [-1200, 350, 2100]),
    written("profit", ["($12.50)", "$350.00", "$2,100.00"], "numeric", [-12.5, 350, 2100], " in dollars"),
    written("tiny", ["1e3", "2.5E-4", "7"], "numeric", [1000, 0.00025, 7]),
    written("people", ["1\u2009234\u2009567", "12\u2009345", "987"], "numeric", [1234567, 12345, 987]),
    written("people", ["1\u202f234,5", "12\u202f345,0", "987,25"], "numeric", [1234.5, 12345, 987.25], " in French"),
    written("people", ["1 234 567", "12 345", "987"], "numeric", [1234567, 12345, 987], " with blanks"),
    written("people", ["1'234", "12'345", "987"], "numeric", [1234, 12345, 987], " in Swiss"),
    written("people", ["1.234.567", "12.345", "987"], "numeric", [1234567, 12345, 987], " with dots"),
    written("得分", ["１２３", "４５．５", "－７"], "numeric", [123, 45.5, -7]),
    written("change", ["−3.5", "+2", "−0.25"], "numeric", [-3.5, 2, -0.25]),
    written("房价", ["120万", "85.5万", "1.2亿"], "numeric", [1200000, 855000, 120000000]),
    written("薪资", ["1.2万元", "8千元", "3万元"], "numeric", [12000, 8000, 30000]),
    written("年龄", ["35岁", "7岁", "64岁"], "numeric", [35, 7, 64]),
    written("term", [" 36 months", " 60 months", " 48 months"], "numeric", [36, 60, 48]),
    written("installs", ["1.5k", "800", "2M", "30k"], "numeric", [1500, 800, 2000000, 30000]),
    written("temperature", ["21.5 °C", "-3 °C", "8°C"], "numeric", [21.5, -3, 8]),
    written("n", ["12", "15", "?", "-", "N/A", "7"], "numeric", [12, 15, None, None, None, 7]),
)

NO_NUMBERS = (
    written("code", ["00123", "00456", "07890"], "categorical", ["00123"]),
    written("code", ["1-2", "2-1", "3-7", "1-1"], "categorical", ["1-2"], " of two digits"),
    written("version", ["1.2.3", "1.10.0", "2.0.1"], "categorical", ["1.2.3"]),
    written("phone", ["5551234567", "5559876543", "5550001111"], "categorical", ["5551234567"]),
    written("contact", ["+1 555 123 4567", "+1 555 987 6543", "+44 20 7946 0958"], "categorical"),
    written("zip", ["90210", "10001", "60614"], "categorical", ["90210"]),
    typed("zip", [90210, 10001, 60614], "categorical", ["90210"]),
    written("card", ["4111111111111111", "5500005555555559"], "categorical", ["4111111111111111"]),
    written("position", ["40.7128° N", "33.8688° S", "51.5° N"], "categorical"),
    written("wind", ["N", "S", "E", "NW"], "categorical", ["N"]),
    written("seat", ["12A", "14C", "3F"], "categorical", ["12A"]),
    written("shirt", ["38 L", "40 R", "42 S"], "categorical"),
    written("dose", ["5 mg", "500 mcg", "2 ml", "1 g"], "categorical", ["5 mg"], " in four units"),
    written("rate", ["45%", "0.45", "12%", "0.07"], "categorical", ["45%"], " as percent and as share"),
    written("half", ["1", "2", "x", "y"], "categorical", ["1"]),
    written("road", ["Route 66", "Route 1", "Route 101"], "categorical"),
    written("when", ["9 am", "10 am", "11 am"], "categorical"),
    written("address", ["10.0.0.1", "192.168.1.7", "10.0.0.12"], "categorical"),
)

TRUTHS = (
    written("member", ["yes", "no", ""], "boolean", ["yes", "no", None]),
    written("member", ["Y", "N"], "boolean", ["Y", "N"], " in letters"),
    written("member", ["Yes", "No", "Y", "yes", "no"], "boolean", ["Yes", "No", "Yes", "Yes", "No"], " in five ways"),
    written("member", ["TRUE", "FALSE"], "boolean", [True, False], " in capitals"),
    written("会员", ["是", "否"], "boolean", ["是", "否"]),
    written("answer", ["Yes", "No", "Maybe"], "categorical", ["Yes"]),
    written("性别", ["男", "女"], "categorical", ["男"]),
    written("sex", ["M", "F"], "categorical", ["M"]),
    typed("member", pd.Series([True, False, None], dtype="boolean"), "boolean", [True, False, None]),
)

DATES = (
    written("day", ["2024-01-31", "2023-12-01", ""], "datetime", [day("2024-01-31"), day("2023-12-01"), None]),
    written("day", ["31.01.2024", "01.12.2023"], "datetime", [day("2024-01-31")], " in German"),
    written("day", ["01/31/2024", "12/01/2023"], "datetime", [day("2024-01-31")], " in American"),
    written("day", ["31/01/2024", "01/12/2023"], "datetime", [day("2024-01-31")], " in British"),
    written("day", ["2024-01-31", "01.12.2023", "5 Mar 2024"], "datetime", [day("2024-01-31")], " mixed"),
    written("day", ["Jan 31, 2024", "December 1, 2023"], "datetime", [day("2024-01-31")], " in words"),
    written("日期", ["2024年1月31日", "2023年12月1日"], "datetime", [day("2024-01-31")]),
    written("at", ["2024-01-31T10:00:00+08:00", "2024-01-31T10:00:00Z"], "datetime", [day("2024-01-31 02:00")]),
    written("at", ["1/31/2024 1:05 PM", "12/1/2023 11:59 AM"], "datetime", [day("2024-01-31 13:05")], " after noon"),
    written(
        "day",
        ["20240131", "20231201", "20230704", "20240229", "20220815"],
        "datetime",
        [day("2024-01-31")],
        " in digits",
    ),
    typed("day", [20240131, 20231201, 20230704, 20240229, 20220815], "datetime", [day("2024-01-31")]),
    written("created_at", [str(1706695200 + 86400 * i) for i in range(20)], "datetime", [day("2024-01-31 10:00")]),
    written(
        "timestamp", [str((1706695200 + 86400 * i) * 1000) for i in range(20)], "datetime", [day("2024-01-31 10:00")]
    ),
    written("order_date", [str(45322 + 3 * i) for i in range(20)], "datetime", [day("2024-01-31")]),
    typed("day", [dt.date(2024, 1, 31), dt.date(2023, 12, 1)], "datetime", [day("2024-01-31")], " of dates"),
    typed(
        "at",
        [pd.Timestamp("2024-01-31 10:00", tz="Asia/Shanghai")] * 2,
        "datetime",
        [day("2024-01-31 02:00")],
    ),
    written("amount", [str(20240101 + 37 * i) for i in range(30)], "numeric", [20240101], " of eight digits"),
    written("order_id", [str(20240101 + i) for i in range(28)], "numeric", [20240101]),
    written("days_to_date", [str(45322 + 3 * i) for i in range(20)], "numeric", [45322]),
    written("revenue", [str(1706695200 + 86400 * i) for i in range(20)], "numeric", [1706695200]),
    written("month", ["May", "March", "June"], "categorical", ["May"]),
    written("part", ["1234-12", "4711-05", "8123-11", "9000-01"], "categorical", ["1234-12"]),
    written("release", ["1.2.30", "1.3.11", "2.1.10"], "categorical", ["1.2.30"]),
)

OTHERS = (
    typed("tags", [["a", "b"], ["c"], []], "text"),
    typed("record", [{"a": 1, "b": 2}, {"a": 3, "b": 4}], "text"),
    written("json", ['{"a": 1}', '["x", 2]', "[]"], "text"),
    typed("blob", [b"\x00\x01", b"abc"], "text"),
    typed("money", [Decimal("12.50"), Decimal("7.25"), None], "numeric", [12.5, 7.25, None]),
    typed("waited", [pd.Timedelta(minutes=90), pd.Timedelta(hours=2)], "numeric", [5400, 7200]),
    typed("level", pd.Series(["low", "high", "low"], dtype="category"), "categorical", ["low", "high"]),
    typed("count", pd.Series([1, None, 3], dtype="Int64"), "numeric", [1, None, 3]),
    typed("single", np.array([1.5, 2.5], dtype=np.float32), "numeric", [1.5, 2.5]),
    written("empty", ["", ""], "categorical"),
    written("two\nlines", ["1", "2"], "numeric", [1, 2]),
    written("x" * 3000, ["1", "2"], "numeric", [1, 2]),
    written("rank", ["Gold ", "gold", " GOLD", "silver"], "categorical", ["gold", "gold", "gold", "silver"]),
)


def twice(folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_text("a,b,a\n" + "1,2,x\n2,3,y\n" * 20, encoding="utf-8")
    return path


def nameless(folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_text(",  ,t\n" + "1,x,yes\n2,y,no\n" * 20, encoding="utf-8")
    return path


NAMES = (
    Case("one name twice", twice, error="more than one column called 'a'; give every column a name of its own"),
    Case("no names", nameless, (40, 3), {"column 1": "numeric", "column 2": "categorical"}),
)

CASES: tuple[Case, ...] = (*NUMBERS, *NO_NUMBERS, *TRUTHS, *DATES, *OTHERS, *NAMES)
