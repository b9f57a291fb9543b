"""Numbers that are shown rounded and carry what they were, so that a table can be sorted and copied without loss."""

from markupsafe import Markup, escape


class Shown(str):
    """A number as a reader sees it, with its value and the ends of its interval as they are."""

    __slots__ = ("exactly",)

    exactly: tuple[float | None, ...]


def kept(text: str, *numbers: object) -> str:
    """The text with the numbers that it shows: a value, or a value and both ends of its interval."""
    if not isinstance(numbers[0], int | float) or isinstance(numbers[0], bool):
        return text
    shown = Shown(text)
    shown.exactly = tuple(number if isinstance(number, int | float) else None for number in numbers)
    return shown


def exact(text: object) -> Markup:
    """The attributes of a tag around a number; none where the text says as much."""
    numbers = getattr(text, "exactly", ())
    if not numbers or (len(numbers) == 1 and str(text) == str(numbers[0])):
        return Markup("")
    named = zip(("value", "low", "high"), numbers, strict=False)
    return Markup("").join(Markup(' data-{}="{}"').format(name, repr(one)) for name, one in named if one is not None)


def measured(text: object, paper: object = False) -> Markup:
    """The text of a number inside a tag that carries it; on paper the text alone."""
    attributes = Markup("") if paper else exact(text)
    return Markup("<span{}>{}</span>").format(attributes, text) if attributes else escape(text)
