"""Text of a chart as one path each."""

from reportgen.render.flatten import flat

GLYPHS = '<defs>\n<path id="A" d="M 0 0 L 64 128 z" transform="scale(0.015625)"/>\n</defs>\n'
TEXT = '<g style="fill: #000" transform="translate(5 6) scale(0.075 -0.075)">\n'


def test_glyphs_become_one_path_at_their_places() -> None:
    uses = '<use xlink:href="#A"/>\n<use xlink:href="#A" transform="translate(10 1) scale(0.5)"/>\n'
    assert flat(f"<svg>{TEXT}{GLYPHS}{uses}</g></svg>") == (
        '<svg><path style="fill: #000" transform="translate(5 6) scale(0.00117187 -0.00117187)" '
        'd="M 0 0 L 64 128 z M 640 64 L 672 128 z"/></svg>'
    )


def test_a_drawing_that_would_lose_a_glyph_is_left_as_it_is() -> None:
    svg = f'<svg>{TEXT}{GLYPHS}<use xlink:href="#A"/>\n</g><use xlink:href="#A" x="3"/></svg>'
    assert flat(svg) == svg
    assert flat("<svg/>") == "<svg/>"
