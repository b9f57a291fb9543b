"""A report fetches nothing, whoever wrote its templates: a page is looked through for what a browser would load."""

import re
from html.parser import HTMLParser
from pathlib import Path

from reportgen.errors import RenderError

LOADING = frozenset({"src", "srcset", "poster", "background", "data", "formaction", "action", "ping", "manifest"})
TAGS = frozenset({"link", "base", "iframe", "frame", "object", "embed", "applet", "portal"})
LINKED = frozenset({"image", "use", "feimage"})
ADDRESS = re.compile(r"@import|url\(\s*+[\"']?+\s*+(?!data:|#)[^)]{0,80}", re.IGNORECASE)
POLICY = "default-src 'none'"


def refuse_fetching(page: str, templates: Path) -> None:
    """Raise RenderError where a page would load something, or runs a script without a policy that forbids it to."""
    look = _Look()
    look.feed(page)
    look.close()
    if look.found:
        line, what = look.found
        raise RenderError(
            f"the templates in {templates} make a page that would load {what} (line {line} of the page); a report "
            "fetches nothing: embed it as data:, or leave it out"
        )
    if look.scripts and not look.policy:
        raise RenderError(
            f"the templates in {templates} make a page with a script and without the policy {POLICY}; keep the line "
            "of Content-Security-Policy that report.html.j2 has"
        )


class _Look(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: tuple[int, str] | None = None
        self.scripts = self.policy = self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        given = {name: value or "" for name, value in attrs}
        self.scripts |= tag == "script" or any(name.startswith("on") for name in given)
        self.policy |= tag == "meta" and POLICY in given.get("content", "") and "http-equiv" in given
        attached = tag == "link" and given.get("rel") == "attachment" and given.get("href", "").startswith("data:")
        if tag in TAGS and not attached:
            self._note(f"<{tag}>")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self._note("another page (http-equiv refresh)")
        for name, value in given.items():
            self._look_at(tag, name, value)

    def _look_at(self, tag: str, name: str, value: str) -> None:
        loads = name in LOADING or (name in ("href", "xlink:href") and tag in LINKED)
        if loads and value.strip() and not value.strip().lower().startswith(("data:", "#")):
            self._note(value)
        if name == "style":
            self._look_at_style(value)

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._style:
            self._look_at_style(data)

    def _look_at_style(self, text: str) -> None:
        if address := ADDRESS.search(text):
            self._note(address[0])

    def _note(self, what: str) -> None:
        self.found = self.found or (self.getpos()[0], " ".join(what.split())[:80])
