"""Terms of statistics, linked to the glossary where a section names them first."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

PIECE = re.compile(r"(<[^>]*>)")
TAG = re.compile(r"<(/?)(\w+)")
RUNNING = frozenset({"p", "li", "dd"})
"""Where words run on: a link in a heading, a table or a picture would only be in the way."""

KEPT = frozenset({"a", "code", "pre", "svg", "math", "table", "strong", "cite"})


def linked(body: Markup, terms: Iterable[tuple[str, Sequence[str]]]) -> Markup:
    """The page with the first of each term in each section leading to `#term-KEY`; `terms`: keys with their forms."""
    keys = {form.casefold(): key for key, forms in terms for form in forms}
    if not keys:
        return body
    forms = re.compile("|".join(map(_whole, sorted(keys, key=len, reverse=True))), re.IGNORECASE)
    open_: dict[str, int] = dict.fromkeys((*RUNNING, *KEPT), 0)
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        key = keys[match[0].casefold()]
        if key in seen:
            return match[0]
        seen.add(key)
        return f'<a class="term" href="#term-{key}">{match[0]}</a>'

    pieces = []
    for piece in PIECE.split(body):
        tag = TAG.match(piece)
        if tag is None:
            runs = any(open_[name] for name in RUNNING) and not any(open_[name] for name in KEPT)
            pieces.append(forms.sub(link, piece) if runs else piece)
            continue
        if tag[2] == "section":
            seen.clear()
        if tag[2] in open_ and not piece.endswith("/>"):
            open_[tag[2]] += -1 if tag[1] else 1
        pieces.append(piece)
    return Markup("".join(pieces))  # noqa: S704 - it was markup before, and links are of our own forms


def _whole(form: str) -> str:
    """A form as a word of its own and not as a part of a file's name; Chinese has no blanks to tell words by."""
    text = re.escape(form)
    return rf"(?<![\w/-]){text}(?!\w|-|\.\w)" if form.isascii() else text
