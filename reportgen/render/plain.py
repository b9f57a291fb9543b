"""Text that cannot hurt the page it goes into: nothing invisible, nothing that turns text around, no Markdown."""

import re

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
LIST_MARK = re.compile(r"^(\d*)([.)-])(?=\s|$)")
MARKS = re.compile(r"([\\`*_\[\]{}#|$~])")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def _named(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def visible(text: str) -> str:
    """The text with controls, half characters and marks that turn its direction written as [U+202E]."""
    return UNSEEN.sub(_named, text.replace("\r\n", "\n").replace("\r", "\n"))


def markdown(text: object) -> str:
    """The text as Markdown shows it letter by letter, on one line, so that it fits a cell of a table."""
    line = " ".join(visible(str(text)).split())
    escaped = "".join(ENTITIES.get(letter) or MARKS.sub(r"\\\1", letter) for letter in line)
    return LIST_MARK.sub(r"\1\\\2", escaped)


def elided(text: object, length: int = 60) -> str:
    """The text, its middle left out where it is longer than that."""
    whole = str(text)
    if len(whole) <= length:
        return whole
    return f"{whole[: length // 2]}…{whole[-(length // 2 - 1) :]}"
