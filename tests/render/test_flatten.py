"""Text of a chart as one path each."""

from reportgen.render.flatten import flat

GLYPHS = '<defs>\n<path id="A" d="M 0 0 L 64 128 z" transform="scale(0.015625)"/>\n</defs>\n'


def test_glyphs_become_one_path_at_their_places() -> None:
    uses = '<use xlink:href="#A"/>\n<use xlink:href="#A" transform="translate(10 1) scale(0.5)"/>\n'
    assert flat(f"<svg>{GLYPHS}<g>{uses}</g></svg>") == (
        '<svg><g><path transform="scale(0.015625)" d="M 0 0 L 64 128 z M 640 64 L 672 128 z"/>\n</g></svg>'
    )


def test_what_is_built_otherwise_is_left_as_it_is() -> None:
    svg = f'<svg>{GLYPHS}<use xlink:href="#A" x="3"/></svg>'
    assert flat(svg) == svg
    assert flat("<svg/>") == "<svg/>"
