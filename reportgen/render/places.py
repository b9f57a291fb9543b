"""Where templates lie: ours, and a user's own, of which none is read that lies outside its folder."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateNotFound, TemplateSyntaxError
from jinja2.loaders import split_template_path

OURS = "reportgen"
"""The folder under which a template of a user's own finds ours, which it may stand in front of."""

LARGEST = 1_000_000
"""Bytes of a template of a user's own."""


class Within(FileSystemLoader):
    """A loader of one folder that follows no link out of it, and says what is wrong with a file that is no text."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """A template's text, its place and whether it is still what was read."""
        path = self._folder.joinpath(*split_template_path(template))
        if not path.is_file():
            raise TemplateNotFound(template)
        if why := unfit(path, self._folder):
            raise TemplateSyntaxError(why, 1, template, str(path))
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError:
            raise TemplateSyntaxError("it is not UTF-8 text", 1, template, str(path)) from None
        except OSError as error:
            raise TemplateSyntaxError(f"it cannot be read: {error.strerror}", 1, template, str(path)) from None


def unfit(path: Path, folder: Path, largest: int = LARGEST) -> str | None:
    """Why a file of a user's folder is not read, None where it is."""
    if not path.resolve().is_relative_to(folder.resolve()):
        return "it leads out of the folder of templates; put the file itself there"
    size = path.stat().st_size
    return f"it has {size:,} bytes; at most {largest:,} are read" if size > largest else None
