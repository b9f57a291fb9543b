"""Whose report it is: brand.toml in a folder of templates, with a logo, colours, a footer and a font."""

import re
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reportgen.charts import covered
from reportgen.errors import ConfigError
from reportgen.lines import line_of
from reportgen.render.faults import nearest
from reportgen.render.palette import (
    DARK,
    GROUNDS,
    LIGHT,
    NAMES,
    PRINT,
    READABLE,
    WORDS,
    Palette,
    least_contrast,
    made_readable,
)
from reportgen.render.picture import Picture, PictureError, picture
from reportgen.render.places import unfit

FILE = "brand.toml"
LARGEST_FONT = 1_500_000
LONGEST = {"name": 80, "footer": 160, "logo.alt": 120}
RESTRICTED = 0x0002  # OS/2 fsType: may not be embedded
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
FONT_KINDS = {".otf": "font/otf", ".ttf": "font/ttf"}
TOO_WIDE = 12.0  # a logo as a ribbon would leave the page

KEYS: dict[str, tuple[str, ...]] = {
    "": ("name", "footer", "logo", "colours", "font"),
    "logo": ("file", "alt"),
    "colours": (*NAMES, "dark"),
    "colours.dark": NAMES,
    "font": ("regular", "bold"),
}
"""Every key of brand.toml, by the table that it stands in."""


@dataclass(frozen=True)
class Logo:
    """The organisation's mark: an address that holds the picture itself, its words, and its width for a height of 1."""

    uri: str
    alt: str
    ratio: float


@dataclass(frozen=True)
class Face:
    """One weight of a font: an address that holds the file itself."""

    weight: int
    uri: str


@dataclass(frozen=True)
class Font:
    """A font of the user's own, under a family name that no other font has."""

    family: str
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class Brand:
    """What brand.toml says; without one, the look that reportgen has of its own."""

    name: str = ""
    footer: str = ""
    logo: Logo | None = None
    font: Font | None = None
    light: Palette = LIGHT
    dark: Palette = DARK
    print: Palette = PRINT

    @property
    def foot(self) -> str:
        """The line at the foot of every page; empty where nothing was said."""
        return " · ".join(part for part in (self.name, self.footer) if part)


PLAIN = Brand()


def brand_of(templates: Path | None) -> Brand:
    """What the folder's brand.toml says; our own look where there is none. Raises ConfigError, with the line."""
    if templates is None or not (templates / FILE).is_file():
        return PLAIN
    files = sorted(path for path in templates.rglob("*") if path.suffix in (".toml", ".svg", ".png", *FONT_KINDS))
    stamp = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file())
    return _read(templates, stamp)


def css_text(text: object) -> Markup:
    """The text as a string of a style sheet inside a page, whatever letters it has."""
    letters = (letter if letter.isalnum() or letter in " .,;:-·/()" else f"\\{ord(letter):06x}" for letter in str(text))
    return Markup(f'"{"".join(letters)}"')  # noqa: S704 - nothing but letters and numbers of letters


@lru_cache(maxsize=8)
def _read(folder: Path, _stamp: object) -> Brand:
    file = _File(folder)
    given = file.given
    colours = given.get("colours", {})
    light, dark = ({key: file.colour(keys, key) for key in NAMES if key in table} for keys, table in
                   ((("colours",), colours), (("colours", "dark"), colours.get("dark", {}))))  # fmt: skip
    if "accent" in light and "accent" not in dark:
        dark["accent"] = made_readable(light["accent"], DARK.with_colours(dark))
    palettes = LIGHT.with_colours(light), DARK.with_colours(dark)
    on_paper = PRINT.with_colours({key: value for key, value in light.items() if key != "paper"})
    file.refuse_faint(palettes[0], "light", light, ("colours",))
    file.refuse_faint(palettes[1], "dark", dark, ("colours", "dark"))
    file.refuse_faint(on_paper, "printed", light, ("colours",))
    return Brand(
        name=file.words("name"),
        footer=file.words("footer"),
        logo=file.logo(),
        font=file.font(),
        light=palettes[0],
        dark=palettes[1],
        print=on_paper,
    )


class _File:
    """brand.toml as it is read: what is asked of it is checked, and a fault names its line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / FILE
        if why := unfit(self.path, folder):
            raise ConfigError(f"{self.path}: {why}")
        try:
            self.text = self.path.read_text(encoding="utf-8")
            self.given = tomllib.loads(self.text)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path} cannot be read as UTF-8 text: {error}") from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{self.path} is not valid TOML: {error}") from None
        self._refuse_unknown("", self.given, ())

    def fault(self, keys: tuple[str, ...], words: str) -> ConfigError:
        """The error of one key, which its words begin with."""
        return ConfigError(f"{self.path}, line {line_of(self.text, keys)}: {'.'.join(keys)} {words}")

    def words(self, *keys: str) -> str:
        """A short text, on one line; empty where there is none."""
        found = self._text(keys)
        if found is None:
            return ""
        most = LONGEST[".".join(keys)]
        if not found.strip() or len(found) > most or not found.isprintable():
            raise self.fault(keys, f"has to be one line of 1 to {most} characters")
        if lacking := sorted({letter for letter in found if ord(letter) not in covered() and letter != " "}):
            raise self.fault(
                keys, f"has the character U+{ord(lacking[0]):04X}, which our fonts do not; write it otherwise"
            )
        return found.strip()

    def colour(self, keys: tuple[str, ...], name: str) -> str:
        """A colour as #rrggbb."""
        found = self._text((*keys, name)) or ""
        if not HEX.fullmatch(found):
            raise self.fault((*keys, name), f"= {found!r} is no colour; write it as #rrggbb")
        digits = found[1:].lower()
        return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))

    def refuse_faint(self, palette: Palette, where: str, given: Mapping[str, str], table: tuple[str, ...]) -> None:
        """Raise ConfigError for a colour of text that cannot be read on its ground, where the file chose either."""
        for name in WORDS if given else ():
            colour = getattr(palette, name)
            found, ground = least_contrast(colour, palette)
            if found < READABLE:
                key = name if name in given else next((key for key in GROUNDS if key in given), name)
                better = made_readable(colour, palette)
                faint = f"leaves {name} too faint on the {where} pages: {colour} on {ground}"
                needed = f"has a contrast of {found:.1f}:1, and text needs {READABLE}:1 (WCAG AA); {better} would do"
                raise self.fault((*table, key), f"{faint} {needed}")

    def logo(self) -> Logo | None:
        """The logo, its picture checked and taken in whole."""
        if "logo" not in self.given:
            return None
        keys = ("logo", "file")
        found = self._picture(keys, self._bytes(keys, (".svg", ".png"), 10**7))
        if found.ratio > TOO_WIDE:
            raise self.fault(
                keys, f"is {found.ratio:.0f} times as wide as high; at most {TOO_WIDE:.0f} times fits a page"
            )
        alt = self.words("logo", "alt") or self.words("name")
        if not alt:
            raise self.fault(("logo",), "needs words for those who cannot see it; write alt, or the name above it")
        return Logo(found.uri, alt, round(found.ratio, 4))

    def font(self) -> Font | None:
        """The font, each weight taken in whole."""
        if "font" not in self.given:
            return None
        names = [key for key in KEYS["font"] if key in self.given["font"]]
        if "regular" not in names:
            raise self.fault(("font",), "needs regular, a font file; bold may stand beside it")
        contents = {name: self._font_file(("font", name)) for name in names}
        family = "Brand " + sha256(b"".join(content for content, _ in contents.values())).hexdigest()[:8]
        weights = {"regular": 400, "bold": 700}
        return Font(family, tuple(Face(weights[name], uri) for name, (_, uri) in contents.items()))

    def _font_file(self, keys: tuple[str, ...]) -> tuple[bytes, str]:
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - where there is a font

        content = self._bytes(keys, tuple(FONT_KINDS), LARGEST_FONT)
        try:
            rights = TTFont(BytesIO(content), lazy=True)["OS/2"].fsType
        except Exception:
            raise self.fault(keys, "is no font that can be read; name an .otf or .ttf file") from None
        if rights & 0x000F == RESTRICTED:
            raise self.fault(keys, "is a font whose licence forbids to embed it (fsType 2); choose another")
        kind = FONT_KINDS[Path(str(self._text(keys))).suffix.lower()]
        return content, f"data:{kind};base64,{b64encode(content).decode('ascii')}"

    def _picture(self, keys: tuple[str, ...], content: bytes) -> Picture:
        try:
            return picture(content)
        except PictureError as error:
            raise self.fault(keys, f"= {self._text(keys)!r} does not go into a report: {error}") from None

    def _bytes(self, keys: tuple[str, ...], kinds: tuple[str, ...], largest: int) -> bytes:
        name = self._text(keys)
        if name is None:
            raise self.fault(keys[:-1], f"needs {keys[-1]}, a file ({', '.join(kinds)}) in {self.folder}")
        path = self.folder / name
        if not name.isprintable() or Path(name).suffix.lower() not in kinds:
            raise self.fault(keys, f"= {name!r} has to be a file that ends in {' or '.join(kinds)}")
        if not path.resolve().is_relative_to(self.folder.resolve()) or not path.is_file():
            raise self.fault(keys, f"= {name!r} is no file in {self.folder}")
        if why := unfit(path, self.folder, largest):
            raise self.fault(keys, f"= {name!r}: {why}")
        try:
            return path.read_bytes()
        except OSError as error:
            raise self.fault(keys, f"= {name!r} cannot be read: {error.strerror}") from None

    def _text(self, keys: tuple[str, ...]) -> str | None:
        found: Any = self.given
        for key in keys:
            found = found.get(key, None) if isinstance(found, dict) else None
        if found is not None and not isinstance(found, str):
            raise self.fault(keys, f"= {found!r} has to be a text in quotation marks")
        return found

    def _refuse_unknown(self, table: str, given: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key, value in given.items():
            path = (*keys, key)
            if key not in KEYS[table]:
                known = ", ".join(KEYS[table])
                raise self.fault(path, f"is not known{nearest(key, KEYS[table]) or f'; known here: {known}'}")
            name = ".".join(path)
            if name in KEYS and not isinstance(value, dict):
                raise self.fault(path, f"has to be a table; write [{name}] above its keys")
            if name in KEYS:
                self._refuse_unknown(name, value, path)
