"""Bytes become the same table whatever their encoding, delimiter and line ends."""

import pandas as pd
import pytest

from reportgen.data.text import find_delimiter, find_encoding, read_text
from reportgen.errors import DataError

CHINESE = "城市,温度,结果\n北京,12,是\n上海,15,否\n广州,20,是\n"
WESTERN = "ville,prix,catégorie\nBesançon,12,élevé\nNîmes,15,bas\nAngoulême,20,élevé\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "gbk"])
def test_chinese_survives_every_encoding(encoding: str) -> None:
    data = CHINESE.encode(encoding)
    if encoding == "utf-16-le":
        data = "\ufeff".encode(encoding) + data
    assert read_text(data, "x").frame["城市"].tolist() == ["北京", "上海", "广州"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252"])
def test_accents_survive_every_encoding(encoding: str) -> None:
    assert read_text(WESTERN.encode(encoding), "x").frame["ville"].tolist() == ["Besançon", "Nîmes", "Angoulême"]


def test_wide_text_without_a_mark() -> None:
    plain = "a,b\n1,2\n" * 20
    assert [find_encoding(plain.encode(e), "x") for e in ("utf-16-le", "utf-16-be")] == ["utf-16-le", "utf-16-be"]


def test_a_guess_is_said() -> None:
    said = [note.facts["encoding"] for note in read_text(WESTERN.encode("latin-1"), "x").notes]
    assert said == ["cp1252"]
    assert read_text(WESTERN.encode(), "x").notes == ()


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x01", bytes(range(256)), b"a,b\n1,\x002\n"])
def test_binary_never_passes_as_text(data: bytes) -> None:
    with pytest.raises(DataError, match="is not a table of text"):
        read_text(data, "x")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(delimiter: str, end: str) -> None:
    lines = [["a", "b", "c"], ["1", "x y", "3"], ["4", f'"5{delimiter}""6"""', "7"]]
    text = end.join(delimiter.join(line) for line in lines) + end
    frame = read_text(text.encode(), "x").frame
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame["b"].tolist() == ["x y", f'5{delimiter}"6"']


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a,b,c\n1;2;3,4,5\n1;2;3,4,5\n", ","),
        ("name|note\nx|one, two; three\ny|four\n", "|"),
        ('a,b\n"1\n;;;",2\n3,4\n', ","),
        ("a\tb c, d\n1\t2\n", "\t"),
    ],
)
def test_the_delimiter_is_what_parts_rows_evenly(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


def test_one_ragged_row_in_many_does_not_hide_the_delimiter() -> None:
    assert find_delimiter("a,b,c\n" + "1,2,3\n" * 50 + "1,2\n") == ","


def test_a_declared_delimiter_is_believed() -> None:
    text = read_text(b"sep=;\r\na,x;b,x\r\n1,2;3,4\r\n", "x")
    assert (text.delimiter, list(text.frame.columns)) == (";", ["a,x", "b,x"])


def test_a_blank_after_every_delimiter_belongs_to_it() -> None:
    frame = read_text(b'a, b, c\n1, "x, y", 3\n', "x").frame
    assert frame.iloc[0].tolist() == ["1", "x, y", "3"]


def test_outer_blanks_of_values_stay() -> None:
    assert read_text(b"a,b\nWD ,1\n", "x").frame["a"].tolist() == ["WD "]


def test_a_nameless_column_gets_a_name_and_a_note() -> None:
    text = read_text(b",b\n0,x\n1,y\n", "x")
    assert list(text.frame.columns) == ["column 1", "b"]
    assert [(n.code, n.facts) for n in text.notes] == [("unnamed_columns", {"columns": ("column 1",)})]


def test_blank_lines_are_no_rows() -> None:
    assert len(read_text(b"a,b\n\n1,2\n\n3,4\n\n", "x").frame) == 2


def test_rows_of_many_chunks_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportgen.data.text.CHUNK_CELLS", 6)
    frame = read_text(("a,b\n" + "".join(f"{i},{i}\n" for i in range(10))).encode(), "x").frame
    assert frame["a"].tolist() == [str(i) for i in range(10)]
    assert frame.index.tolist() == list(range(10))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "sep=;\n", "a title\n"])
def test_a_large_plain_text_is_the_same_table_quickly(end: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ["; näme;;t", "007;x ;;NA", ";;;", " 1,5;-;null;a'b", "#;\t;ü;é" + end, "1e5;;;0"]
    data = (before + end.join([*rows, ""])).encode()
    slow = read_text(data, "x")
    monkeypatch.setattr("reportgen.data.plain.FEWEST_BYTES", 0)
    monkeypatch.setattr("reportgen.data.text.CHUNK_CELLS", 0)  # the careful reader would make a frame a row
    quick = read_text(data, "x")
    pd.testing.assert_frame_equal(quick.frame, slow.frame)
    assert (quick.encoding, quick.delimiter, quick.notes) == (slow.encoding, slow.delimiter, slow.notes)


@pytest.mark.parametrize("more", ['"a;b";c;d', "1;2", "1;2;3;4", "\r1;2;3", "1;2;3\x1a"])
def test_what_is_not_plain_is_read_with_care(more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("x;y;t\n1;2;a\n3;4;b\n" * 1 + "5;6;c\n" * 40 + more).encode()

    def outcome() -> object:
        try:
            return read_text(data, "x").frame.to_numpy().tolist()
        except DataError as error:
            return str(error)

    slow = outcome()
    monkeypatch.setattr("reportgen.data.plain.FEWEST_BYTES", 0)
    assert outcome() == slow
