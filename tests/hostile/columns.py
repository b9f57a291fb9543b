"""Columns as people really have them, and what each should be read as; and look-alikes that are something else."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
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


LIMITS = (
    written("lead", ["<0.5", "0.7", "1.2", "3.4", "5.6", "0.9"], "numeric", [0.25, 0.7, 1.2], " below detection"),
    written("ct", [">40", "31.5", "28.9", "22.1", "35.0", "19.9"], "numeric", [40, 31.5, 28.9], " above a cap"),
    written("years", ["10+", "1", "2", "3", "4", "5", "6"], "numeric", [10, 1, 2], " with an open end"),
    written(
        "employed", ["< 1 year", "1 year", "2 years", "3 years", "4 years", "5 years", "10+ years"], "numeric", [0.5, 1]
    ),
    written("crowd", ["~200", "150", "~90"], "numeric", [200, 150, 90], " by eye"),
    written("nitrate", ["ND", "1.5", "2.5", "3.5", "4.5"], "numeric", [None, 1.5, 2.5], " not detected in a fifth"),
    written("share", ["#DIV/0!", "0.5", "0.25", "0.75"], "numeric", [None, 0.5], " out of a spreadsheet"),
    written("浓度", ["未检出", "1.5", "2.5", "3.5"], "numeric", [None, 1.5]),
    written("income", ["unknown", "1200", "900", "2500"], "numeric", [None, 1200], " with a word for missing"),
    written("side", ["<=50K", ">50K"], "categorical", ["<=50K"]),
)

PARTS = (
    written("height", ["5 ft 11", "6 ft 0", "4 ft 10"], "numeric", [71, 72, 58]),
    written("height", ["5'11\"", "6'0\"", "5'2\""], "numeric", [71, 72, 62], " in signs"),
    written("weight", ["62 kg (137 lb)", "70 kg (154 lb)", "55 kg (121 lb)"], "numeric", [62, 70, 55], " in two units"),
    written("effect", ["7.0 ± 0.6", "5.1 ± 0.2", "6.4 ± 0.3"], "numeric", [7, 5.1, 6.4]),
    written("odds", ["2.4 (0.9-5.1)", "1.1 (0.8-1.5)"], "numeric", [2.4, 1.1], " with intervals"),
    written("dose", ["5 mg", "7 mg", "500 mcg", "1 g"], "numeric", [5, 7, 0.5, 1000], " in units of one quantity"),
    written("dose", ["5 mg", "500 mg", "2 ml", "1 ml"], "categorical", ["5 mg"], " by weight and by volume"),
    written("size", ["8.5 MB", "300 KB", "1.5 GB", "2 MB"], "numeric", [8.5, 0.3, 1500, 2]),
    written("waited", ["6h 13m", "5h 29m", "45m"], "numeric", [373, 329, 45]),
    written("waited", ["PT6H21M", "PT50M", "PT2H"], "numeric", [22860, 3000, 7200], " in ISO 8601"),
    written("waited", ["2 days 02:00:00", "0 days 00:30:00"], "numeric", [180000, 1800], " as pandas writes it"),
    written("工龄", ["19年0个月", "5年9个月", "3年2个月"], "numeric", [228, 69, 38]),
    written("term", ["3 months", "1 year", "2 years"], "numeric", [3, 12, 24], " in months and years"),
    written("at", ["15:37", "08:05", "23:59"], "numeric", [937, 485, 1439], " of the day"),
    written("at", ["4:05 PM", "12:15 am", "9:30 AM"], "numeric", [965, 15, 570], " by the half day"),
    written("lap", ["1:52:22", "0:59:57", "4:01:54"], "numeric", [6742, 3597, 14514]),
    written("position", ["40.5° N", "33.25° S", "51.5° N"], "numeric", [40.5, -33.25, 51.5]),
    written("position", ["40°30'00\"N", "79°15'00\"W", "8°30'00\"E"], "numeric", [40.5, -79.25, 8.5], " in minutes"),
    written("stars", ["4/5", "3/5", "5/5"], "numeric", [4, 3, 5], " of five"),
    written("score", ["4.5 out of 5", "3.0 out of 5"], "numeric", [4.5, 3]),
    written("loss", ["$(1,200.50)", "$15.00", "$980.99"], "numeric", [-1200.5, 15, 980.99]),
    written("balance", ["1,200.50-", "350.00", "2,100.00"], "numeric", [-1200.5, 350, 2100], " with a minus behind"),
    written("titre", ["1:10", "1:20", "1:40"], "categorical", ["1:10"]),
    written("score", ["2:1", "3:2", "0:0"], "categorical", ["2:1"], " of a match"),
    written("eyes", ["20/20", "20/40", "20/25"], "categorical", ["20/20"]),
    written("pressure", ["120/80", "135/90", "110/70"], "categorical", ["120/80"]),
    written("shirt", ["38 S", "40 M", "42 L"], "categorical", ["38 S"], " in small letters' units"),
    written("period", ["2024年3月", "2023年12月", "2023年7月"], "datetime", [day("2024-03-01")]),
)

PERIODS = (
    written("quarter", ["2024Q3", "2023Q1", "2022Q4"], "datetime", [day("2024-07-01"), day("2023-01-01")]),
    written("quarter", ["Q3 2024", "Q1 2023"], "datetime", [day("2024-07-01")], " ahead"),
    written("季度", ["2024年第三季度", "2023年第一季度"], "datetime", [day("2024-07-01")]),
    written("week", ["2024-W05", "2023-W52"], "datetime", [day("2024-01-29"), day("2023-12-25")]),
    written("month", ["Apr-22", "Jan-21", "Dec-23"], "datetime", [day("2022-04-01")], " of spreadsheets"),
    written(
        "at", ["26/Oct/2023:13:51:36 -0700", "2/Nov/2023:01:00:00 +0000"], "datetime", [day("2023-10-26 20:51:36")]
    ),
    written(
        "at",
        ["Tue, 24 Oct 2023 13:20:36 GMT", "Wed, 25 Oct 2023 01:00:00 GMT"],
        "datetime",
        [day("2023-10-24 13:20:36")],
    ),
    written(
        "at", ["2024-01-11 17:00:00 EST", "2024-07-11 17:00:00 EDT"], "datetime", [day("2024-01-11 22:00")], " by name"
    ),
    written(
        "at", [f"202401{i:02d}153000" for i in range(10, 20)], "datetime", [day("2024-01-10 15:30")], " in 14 digits"
    ),
    written("order_id", [f"202401{i:02d}153000" for i in range(10, 20)], "numeric", [20240110153000], " of 14 digits"),
    written("day", ["March 1st, 2023", "April 22nd, 2023"], "datetime", [day("2023-03-01")], " by its place"),
    written("q", ["Q1", "Q2", "Q3", "Q4"], "categorical", ["Q1"]),
)

CODES = (
    written("ip", ["10.0.0.1", "192.168.1.7", "fe80::1"], "categorical"),
    written("uuid", [f"{i:08x}-75b9-4033-838e-c5321120ec39" for i in range(ROWS)], "text"),
    written("身份证号", [f"11010519491231{i:03d}X" for i in range(ROWS)], "text"),
    written("手机号", [f"138001380{i:02d}" for i in range(ROWS)], "text"),
    written("plz", ["01067", "80331", "20095"], "categorical", ["01067"]),
    written("icd", ["E11.9", "I10", "J45.0"], "categorical", ["E11.9"]),
    written("res", ["1920x1080", "1366x768"], "categorical"),
    written("colour", ["#ff0000", "#00ff00", "#123456"], "categorical"),
    written("血型", ["A", "B", "AB", "O"], "categorical", ["A"]),
    written("户型", ["3室2厅", "2室1厅", "1室1厅"], "categorical", ["3室2厅"]),
    written("Rh", ["A+", "A-", "B+", "O-", "AB+"], "categorical", ["A+"]),
)


def ordered(column: str, levels: Sequence[str], beside: str = "") -> Case:
    """A CSV of one column of levels that have this order, and of one level beside them that has no place in it."""
    cells = [*levels[::2], *levels[1::2], *([beside] if beside else [])]
    case = written(column, cells, "categorical", also=f" from {levels[0]!r}")
    return replace(case, orders={column: tuple(levels)})


ORDERED = (
    ordered("学历", ["高中及以下", "大专", "本科", "硕士及以上"]),
    ordered("学历", ["初中及以下", "高中/中专/技校", "大学专科", "大学本科", "研究生及以上"]),
    ordered("满意度", ["非常不满意", "不太满意", "一般", "比较满意", "非常满意"], "不清楚"),
    ordered("城市级别", ["四线", "三线", "二线", "新一线", "一线"]),
    ordered("风险", ["低风险", "中风险", "高风险"]),
    ordered("等级", ["一级", "二级", "三级", "四级"]),
    ordered("年龄段", ["18岁以下", "18-24岁", "25-34岁", "35岁及以上"]),
    ordered("income", ["Less than $25,000", "$25,000 - $49,999", "$50,000 - $74,999", "$75,000 or more"], "Refused"),
    ordered("age", ["Under 18", "18 to 24", "25 to 34", "35 and over"], "Prefer not to say"),
    ordered("savings", ["<100", "100<=X<500", "500<=X<1000", ">=1000"], "no known savings"),
    ordered("likert", ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"], "Don't know"),
    ordered("likert", ["1 - Strongly disagree", "2 - Disagree", "3 - Neutral", "4 - Agree", "5 - Strongly agree"]),
    ordered("school", ["Less than high school", "High school", "College", "Graduate school"]),
    ordered("contract", ["Month-to-month", "One year", "Two year"]),
    ordered("tenor", ["1M", "3M", "6M", "1Y", "5Y"]),
    ordered("children", ["0", "1", "2", "3 or more"]),
    ordered("installs", ["5+", "1,000+", "10,000+", "1,000,000+"]),
    ordered("grade", ["F", "D", "C", "B", "B+", "A-", "A", "A+"]),
    ordered("sub_grade", ["C2", "C1", "B5", "B1", "A3"]),
    ordered("rating", ["B3", "Ba2", "Baa1", "A2", "Aa1", "Aaa"]),
    ordered("stage", ["IA", "IB", "IIA", "IIIB", "IV"]),
    ordered("stage", ["Stage 1", "Stage 2", "Stage 10"]),
    ordered("asa", ["ASA I", "ASA II", "ASA III"]),
    ordered("stars", ["★", "★★", "★★★"]),
    ordered("protein", ["negative", "trace", "1+", "2+", "3+"]),
    ordered("weight", ["underweight", "normal", "overweight", "obese"]),
    ordered("size", ["S", "M", "L", "XL"], "One size"),
    ordered("priority", ["Low", "Medium", "High", "Critical"]),
)

NO_ORDER = tuple(
    replace(written(name, cells, "categorical", also=" without an order"), orders={name: ()})
    for name, cells in (
        ("borough", ["1 - Manhattan", "2 - Bronx", "3 - Queens"]),
        ("road", ["Route 1", "Route 2", "Route 66"]),
        ("班", ["一班", "二班", "三班"]),
        ("type", ["Type A", "Type B", "Type C"]),
        ("month", ["January", "February", "March"]),
        ("weekday", ["Mon", "Tue", "Wed"]),
        ("gender", ["Male", "Female", "Other"]),
        ("colour", ["red", "dark", "light", "medium"]),
        ("shift", ["before lunch", "after", "night"]),
        ("lane", ["<10", "10-20", "5-15", ">20"]),
        ("group", ["A1", "B2", "C3"]),
        ("language", ["A1", "A2", "B1", "B2"]),
        ("answer", ["agree", "disagree", "yes"]),
    )
)

NAMES = (
    Case("one name twice", twice, error="more than one column called 'a'; give every column a name of its own"),
    Case("no names", nameless, (40, 3), {"column 1": "numeric", "column 2": "categorical"}),
)

CASES: tuple[Case, ...] = (
    *(*NUMBERS, *NO_NUMBERS, *TRUTHS, *DATES, *OTHERS, *NAMES),
    *(*LIMITS, *PARTS, *PERIODS, *CODES, *ORDERED, *NO_ORDER),
)
