"""Places that keep their names."""

import re

from reportgen.records.finding import Finding, Severity
from reportgen.render.anchors import Anchors


def _finding(code: str, *columns: str) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, columns=columns, message="m", advice="a", section="background")


def test_a_finding_is_named_by_its_code_and_its_columns() -> None:
    found = (_finding("overfit"), _finding("id_column", "mean radius"), _finding("redundant_features", "a_1", "b"))
    assert list(map(Anchors(found), found)) == ["finding-overfit", "finding-id_column-mean-radius",
                                                "finding-redundant_features-a_1-b"]  # fmt: skip


def test_another_finding_before_it_does_not_move_it() -> None:
    one = _finding("id_column", "key")
    assert Anchors((one,))(one) == Anchors((_finding("overfit"), one))(one)


def test_the_same_code_and_columns_again_are_numbered() -> None:
    found = tuple(_finding("weak_slice", "age") for _ in range(3))
    assert list(map(Anchors(found), found)) == [f"finding-weak_slice-age{end}" for end in ("", "-2", "-3")]


def test_any_name_becomes_an_address() -> None:
    names = ("\u5e74\u9f84", "x" * 300, "<b>", "", " ", "\ud800", "../..", "a b")
    found = tuple(_finding("id_column", name) for name in names)
    places = list(map(Anchors(found), found))
    assert len(set(places)) == len(places)
    assert all(re.fullmatch(r"[\w-]{1,80}", place, re.ASCII) for place in places)
