"""Words are shown whole, cut or wrapped, and only in letters that the fonts have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.fonts import covered, register
from reportgen.charts.words import elided, shown, told_apart, width, wrapped


@pytest.fixture(autouse=True, scope="module")
def _fonts() -> None:
    register()


def test_letters_that_the_fonts_lack_are_shown_by_number() -> None:
    assert shown("a😀b") == "a[U+1F600]b"
    assert shown("한") == "[U+D55C]"
    assert shown("Łódź 花 Ж Ω ≤ مرحبا") == "Łódź 花 Ж Ω ≤ مرحبا"


def test_marks_that_turn_text_around_are_shown_by_number() -> None:
    assert shown("abc\u202edef") == "abc[U+202E]def"


def test_white_space_is_one_space_and_nothing_is_a_pair_of_quotes() -> None:
    assert shown(" a\n\tb  ") == "a b"
    assert shown("") == shown(" \n ") == '""'


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_letter_shown_is_covered(text: str) -> None:
    assert all(ord(letter) in covered() for letter in shown(text))


@given(st.text(max_size=60), st.floats(40, 300))
@settings(max_examples=60, deadline=None)
def test_what_is_cut_or_wrapped_fits(text: str, room: float) -> None:
    assert width(elided(text, room, 8.0), 8.0) <= room
    lines = wrapped(text, room, 8.0, lines=3).split("\n")
    assert len(lines) <= 3
    assert all(width(line, 8.0) <= room for line in lines)


def test_lines_break_between_words_and_never_in_a_number() -> None:
    assert wrapped("capital-gain <= 7073.5", width("capital-gain <= 7073.", 8.0), 8.0) == "capital-gain <=\n7073.5"
    assert wrapped("一个很长的类别", width("一个很", 8.0) + 1, 8.0, lines=3) == "一个很\n长的类\n别"


def test_the_fonts_cover_what_reports_are_written_in() -> None:
    gb2312 = {ord(bytes([lead, trail]).decode("gb2312")) for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFA)}
    assert gb2312 <= covered()
    assert set(range(0x20, 0x7F)) | set(range(0xA1, 0x250)) | set(range(0x410, 0x450)) <= covered()
    assert {ord(sign) for sign in "，。；：？！“”‘’（）《》【】、…—·￥％≤≥×÷±−√∑∞→←↑↓✓✗•€₂²"} <= covered()


KINDS = [f"Disorder of the long named kind number {number:02d}, without complication" for number in range(20)]


def short(label: str) -> str:
    return elided(label, 110, 7.5)


def test_labels_that_would_look_the_same_begin_where_they_part() -> None:
    shown = told_apart(KINDS, short)
    assert len(set(shown)) == len(KINDS)
    assert shown[7].startswith("Disorder...07, without")
    assert all(width(label, 7.5) <= 110 for label in shown)


def test_labels_that_look_different_keep_their_beginning() -> None:
    labels = ["setosa", "versicolor of the many-flowered meadows of the north", "setosa"]
    assert told_apart(labels, short) == [short(label) for label in labels]


def test_of_several_families_of_labels_each_begins_where_its_own_part() -> None:
    labels = [f"{family} with a beginning that fills the room {part}" for family in ("north", "south") for part in "ab"]
    assert told_apart(labels, short) == ["north wi...a", "north wi...b", "south wi...a", "south wi...b"]


def test_labels_that_are_the_same_but_for_what_is_never_shown_stay_alike() -> None:
    assert told_apart(["a  b", "a b"], short) == ["a b", "a b"]
    assert told_apart([], short) == []
