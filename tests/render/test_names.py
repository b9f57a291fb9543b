"""Names cut short still tell columns and classes apart."""

from reportgen.render.names import ShortNames

LONG = [f"measurement_of_the_long_named_quantity_{number:04d}_taken_at_site" for number in range(30)]


def test_names_that_differ_in_their_middle_still_differ_when_they_are_short() -> None:
    short = ShortNames([*LONG, "age"])
    assert len({short(name, 30) for name in LONG}) == len(LONG)
    assert short(LONG[7], 30) == "measurem...0007_taken_at_site"
    assert short("age", 30) == "age"


def test_names_that_differ_at_their_ends_lose_their_middle() -> None:
    first, second = "a" * 40 + "1", "a" * 40 + "2"
    short = ShortNames([first, second])
    assert short(first, 21) == "a" * 10 + "…" + "a" * 8 + "1"


def test_a_text_that_is_no_name_loses_its_middle() -> None:
    assert ShortNames(LONG)("x" * 30 + "y" * 40, 21) == "x" * 10 + "…" + "y" * 9
