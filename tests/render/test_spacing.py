"""Chinese words and Latin values with a blank between them, and nothing else changed."""

import pytest

from reportgen.render.numbers import joined
from reportgen.render.spacing import spaced


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("首先是%(list)s（共 %(n)s 列）", {"list": "age", "n": "3"}, "首先是 age（共 3 列）"),
        ("首先是 %(list)s，其次", {"list": "年龄"}, "首先是年龄，其次"),
        ("按%(a)s划分，%(a)s为", {"a": "sex"}, "按 sex 划分，sex 为"),
        ("区间 %(low)s 至 %(high)s", {"low": "+1.0 个百分点", "high": "−2"}, "区间 +1.0 个百分点至 −2"),
        ("列“%(a)s”，%(b)s", {"a": "年龄A组", "b": ""}, "列“年龄A组”，"),
        ("%(a)s after %(b)s", {"a": "年龄", "b": "x"}, "年龄 after x"),
    ],
)
def test_a_blank_stands_where_the_scripts_meet(text: str, values: dict[str, str], expected: str) -> None:
    assert spaced(text, values) % values == expected


def test_lists_keep_their_names_as_they_are() -> None:
    assert joined(["age", "pay 100%"], "zh") == "age 和 pay 100%"
    assert joined(["年龄", "工资"], "zh") == "年龄和工资"
    assert joined(["age", "pay"], "en") == "age and pay"
