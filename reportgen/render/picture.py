"""A logo as it may stand in a report: an SVG without anything but shapes, or a PNG without its notes."""

import io
import re
import zlib
from base64 import b64encode
from typing import NamedTuple
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 300_000
"""Bytes of a logo: it stands in every page whole."""

MOST_PIXELS = 4_000_000
KEPT_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")

DRAWS = frozenset(
    {"svg", "g", "defs", "symbol", "use", "title", "desc", "style", "path", "rect", "circle", "ellipse", "line"}
    | {"polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "switch"}
)
SILENT = frozenset(
    {"script", "metadata", "set", "animate", "animateMotion", "animateTransform", "animateColor", "mpath", "cursor"}
    | {"view", "discard", "handler", "listener"}
)
"""What draws nothing of its own: it is taken out."""

PLACES = frozenset(
    {
        "id",
        "class",
        "style",
        "transform",
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
    }
    | {"width", "height", "viewBox", "preserveAspectRatio", "points", "offset", "href", "version", "pathLength"}
    | {"gradientUnits", "gradientTransform", "spreadMethod", "patternUnits", "patternContentUnits", "patternTransform"}
    | {"clipPathUnits", "maskUnits", "maskContentUnits", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width"}
    | {"stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset"}
    | {"stroke-opacity", "opacity", "color", "display", "visibility", "clip-path", "clip-rule", "mask", "stop-color"}
    | {"stop-opacity", "overflow", "paint-order", "vector-effect", "shape-rendering", "color-interpolation"}
)
FETCHES = re.compile(r"@|\\|url\(\s*+[\"']?+\s*+(?!#)|expression|javascript:|data:", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px|pt|mm|cm|in)?\s*$")


class Picture(NamedTuple):
    """A picture that stands in the page itself, and how wide it is for its height."""

    uri: str
    ratio: float


class PictureError(ValueError):
    """A picture that does not go into a report; its text says why."""


def picture(content: bytes) -> Picture:
    """The picture of an SVG or a PNG file. Raises PictureError."""
    if len(content) > LARGEST:
        raise PictureError(f"it has {len(content):,} bytes; at most {LARGEST:,} are taken")
    return _png(content) if content.startswith(PNG) else _svg(content)


def _svg(content: bytes) -> Picture:
    try:
        text = content.decode("utf-8-sig")
        if "<!ENTITY" in text.upper():
            raise PictureError("it declares entities of its own; save it as plain SVG")
        root = ET.fromstring(text)  # noqa: S314 - entities are refused above
    except (ET.ParseError, UnicodeDecodeError) as error:
        raise PictureError(f"it is neither a PNG nor an SVG that can be read ({error})") from None
    if _name(root.tag) != "svg":
        raise PictureError("it is neither a PNG nor an SVG")
    root.tag = "svg"
    _clean(root, 0)
    ratio = _ratio(root)
    root.set("xmlns", SVG)
    return Picture(_uri("image/svg+xml", ET.tostring(root, encoding="utf-8")), ratio)


def _name(tag: object) -> str:
    """The name of an element or attribute of SVG; of other vocabularies, and of comments, nothing."""
    text = tag if isinstance(tag, str) else ""
    space, _, name = text.rpartition("}")
    return name if space in ("", "{" + SVG) else ""


def _clean(element: ET.Element, depth: int) -> None:
    """Leave an element's shapes and take out the rest. Raises PictureError for what would be drawn from elsewhere."""
    if depth > 60:
        raise PictureError("its groups are nested too deep; save it as plain SVG")
    for child in list(element):
        name = _name(child.tag)
        if name == "a":  # the link goes, what it goes round stays
            name, child.attrib = "g", {}
        if name and name not in DRAWS and name not in SILENT:
            raise PictureError(_refusal(name))
        if name in DRAWS:
            child.tag = name
            _clean(child, depth + 1)
        else:
            element.remove(child)
    if element.tag == "style" and FETCHES.search(element.text or ""):
        raise PictureError("its style sheet asks for something outside of it")
    element.attrib = _attributes(element)


def _refusal(name: str) -> str:
    if name in ("text", "tspan", "textPath", "tref"):
        return "it holds text, which looks different wherever another font is; turn the text into paths"
    if name == "image":
        return "it holds a picture from elsewhere (<image>); use its shapes, or a PNG"
    return f"it holds <{name}>, which may not stand in a logo; save it as plain SVG with shapes alone"


def _attributes(element: ET.Element) -> dict[str, str]:
    found = {}
    for key, value in element.attrib.items():
        name = "href" if key == f"{{{XLINK}}}href" else _name(key)
        if name not in PLACES:
            continue  # handlers of events, notes of the program that drew it
        if name == "href" and not value.startswith("#"):
            raise PictureError(f"it points to {value[:60]!r}, outside of it")
        if FETCHES.search(value):
            raise PictureError(f"its {name} asks for something outside of it")
        found[name] = value
    return found


def _ratio(root: ET.Element) -> float:
    parts = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    box = [float(part) for part in parts if NUMBER.fullmatch(part)]
    if len(box) != 4:
        sides = [LENGTH.match(root.get(side, "")) for side in ("width", "height")]
        box = [0.0, 0.0, *(float(side[1]) if side else 0.0 for side in sides)]
        root.set("viewBox", " ".join(f"{part:g}" for part in box))
    wide, high = box[2:]
    if wide <= 0 or high <= 0:
        raise PictureError("it has no size; give it a viewBox")
    root.set("width", f"{100 * wide / high:.4g}")
    root.set("height", "100")
    return wide / high


def _png(content: bytes) -> Picture:
    """A PNG without what is written beside its pixels (times, places, programs)."""
    from PIL import Image  # noqa: PLC0415 - where there is a PNG

    chunks = _chunks(content)
    wide, high = (int.from_bytes(chunks[0][1][at : at + 4], "big") for at in (0, 4))
    if not 0 < wide * high <= MOST_PIXELS:
        raise PictureError(f"it is {wide} by {high} pixels; at most {MOST_PIXELS:,} in all are taken")
    slim = PNG + b"".join(_chunk(kind, data) for kind, data in chunks if kind in KEPT_CHUNKS)
    try:
        with Image.open(io.BytesIO(slim), formats=("PNG",)) as image:
            image.load()
    except Exception as error:
        raise PictureError(f"it is a PNG that cannot be read ({error})") from None
    return Picture(_uri("image/png", slim), wide / high)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], len(PNG)
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += 12 + size
    if not found or found[0][0] != b"IHDR" or len(found[0][1]) < 8 or found[-1][0] != b"IEND":
        raise PictureError("it is a PNG that ends too soon")
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"
