"""No text hurts the page it goes into."""

from hypothesis import given
from hypothesis import strategies as st

from reportgen.render.plain import UNSEEN, elided, markdown, visible


def test_what_cannot_be_seen_is_named() -> None:
    assert visible("a\x07b\u202ec\nd") == "a[U+0007]b[U+202E]c\nd"


def test_markdown_shows_every_letter() -> None:
    assert markdown("a|b`c`\n*d* <i> =x @me") == r"a\|b\`c\` \*d\* &lt;i&gt; =x &#64;me"
    assert markdown("1. x") == "1\\. x"
    assert markdown("- x") == "\\- x"


@given(st.text())
def test_markdown_stays_on_one_line_and_is_never_a_tag(text: str) -> None:
    shown = markdown(text)
    assert "\n" not in shown
    assert "<" not in shown
    assert not UNSEEN.search(shown)


def test_long_text_loses_its_middle() -> None:
    assert elided("x" * 30 + "y" * 40, 21) == "x" * 10 + "…" + "y" * 9
    assert elided("short") == "short"
