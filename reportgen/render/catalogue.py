"""The translations, read as they stand: there is no compiled catalogue to forget."""

from gettext import NullTranslations, c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po


class Catalogue(NullTranslations):
    """One language's sentences; what is not translated stays English."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._form = c2py(catalog.plural_expr)
        self._sentences = {message.id: message.string for message in catalog if message.id and message.string}

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        found = self._sentences.get(message)
        return found if isinstance(found, str) else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence in this language, in the form that it has for so many."""
        forms = next((s for key, s in self._sentences.items() if isinstance(key, tuple) and key[0] == msgid1), ())
        found = forms[self._form(n)] if forms else ""
        return found or (msgid1 if n == 1 else msgid2)


def read(file: Path) -> NullTranslations:
    """The sentences of a .po file; none where there is no such file, as for English."""
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as stream:
        return Catalogue(read_po(stream))
