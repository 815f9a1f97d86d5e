"""Files that a text refers to, looked into before they are taken in: what it says it is, small enough, and harmless.

A picture is opened by Pillow; an SVG keeps only the elements and attributes that draw, so that it can neither run a
program nor fetch anything; films and captions must begin as such files begin. Anything else is not taken in.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree
from PIL import Image, UnidentifiedImageError

from penholder.formats.reading import Asset, Unread

# A film of ten minutes in good quality; a picture larger than this is a scan that nobody made smaller.
MOST_BYTES = {"film": 200_000_000, "picture": 20_000_000, "captions": 2_000_000, "svg": 2_000_000}
MOST_PIXELS = 50_000_000  # 7,000 × 7,000; opened it takes 200 MB

PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
FILMS = {".mp4": ("video/mp4", 4, b"ftyp"), ".webm": ("video/webm", 0, b"\x1a\x45\xdf\xa3")}

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# fmt: off
ELEMENTS = frozenset(
    {"svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "text", "tspan", "textPath", "linearGradient", "radialGradient", "stop", "clipPath",
    "mask", "pattern", "marker"}
)
ATTRIBUTES = frozenset(
    {"id", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points",
    "width", "height", "viewBox", "preserveAspectRatio", "transform", "fill", "fill-opacity", "fill-rule",
    "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset",
    "stroke-opacity", "stroke-miterlimit", "opacity", "color", "display", "visibility", "font-family",
    "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "letter-spacing", "dx", "dy",
    "rotate", "textLength", "lengthAdjust", "startOffset", "offset", "stop-color", "stop-opacity",
    "gradientUnits", "gradientTransform", "spreadMethod", "clip-path", "clip-rule", "clipPathUnits", "mask",
    "maskUnits", "maskContentUnits", "patternUnits", "patternContentUnits", "patternTransform", "marker-start",
    "marker-mid", "marker-end", "markerUnits", "markerWidth", "markerHeight", "refX", "refY", "orient", "href",
    "role", "aria-label", "aria-labelledby", "aria-hidden", "lang", "version"}
)
# fmt: on
INSIDE = re.compile(r"#[\w.:-]+")
FETCHES = re.compile(r"url\s*\(\s*(?!['\"]?#)", re.IGNORECASE)


class _NotTaken(Exception):
    """Why a file is left out, in words for a person."""


def _raster(data: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(PICTURES)) as picture:
                kind, (width, height) = str(picture.format), picture.size
                if width * height > MOST_PIXELS:
                    raise _NotTaken(f"the picture is {width} × {height} pixels; make it smaller than {MOST_PIXELS:,}")
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _NotTaken(f"the picture opens to more than {MOST_PIXELS:,} pixels; make it smaller") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as fault:
        raise _NotTaken("it is not a whole PNG, JPEG, GIF, WebP or SVG picture; save it again as one") from fault
    return PICTURES[kind]


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _harmless(attribute: str, value: str) -> bool:
    if attribute in {"href", XLINK_HREF}:
        return bool(INSIDE.fullmatch(value.strip()))
    return attribute in ATTRIBUTES and not FETCHES.search(value) and "\\" not in value


def _clean(element: ET.Element) -> int:
    """Take away, in place and below, what does not draw; how many things were taken away."""
    taken = 0
    for child in list(element):
        namespace, _, local = child.tag.rpartition("}") if isinstance(child.tag, str) else ("", "", "")
        if namespace.lstrip("{") != SVG or local not in ELEMENTS:
            element.remove(child)
            taken += 1
        else:
            taken += _clean(child)
    for attribute in [name for name, value in element.attrib.items() if not _harmless(name, value)]:
        del element.attrib[attribute]
        taken += 1
    return taken


def _svg(data: bytes) -> tuple[bytes, int]:
    try:
        root = SafeTree.fromstring(data, forbid_dtd=False)
    except (ET.ParseError, DefusedXmlException, ValueError, RecursionError) as fault:
        raise _NotTaken(f"the SVG cannot be read safely ({fault}); save it again as plain SVG") from fault
    if root.tag != f"{{{SVG}}}svg":
        raise _NotTaken(f"it says that it is SVG, but begins with <{_local(root.tag)}>")
    try:
        taken = _clean(root)
    except RecursionError as fault:
        raise _NotTaken("the SVG is nested too deeply to be looked through; save it again as plain SVG") from fault
    # Instructions to the reader and document types are no elements: the parser has dropped them, so must the bytes.
    taken += len(re.findall(rb"<\?(?!xml[ \t\r\n])|<!DOCTYPE", data))
    if not taken:
        return data, 0
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True), taken


def _kind(asset: Asset) -> str:
    ending = PurePosixPath(asset.path).suffix.lower()
    if ending in FILMS:
        return "film"
    if ending in {".vtt", ".md"}:
        return "captions"
    return "svg" if ending == ".svg" or asset.data.lstrip()[:5].lower() in {b"<?xml", b"<svg "} else "picture"


def _looked_into(asset: Asset) -> tuple[Asset, int]:
    kind = _kind(asset)
    if len(asset.data) > MOST_BYTES[kind]:
        raise _NotTaken(f"it has {len(asset.data):,} bytes; at most {MOST_BYTES[kind]:,} are taken in")
    ending = PurePosixPath(asset.path).suffix.lower()
    if kind == "film":
        media_type, at, magic = FILMS[ending]
        if asset.data[at : at + len(magic)] != magic:
            raise _NotTaken(f"it ends in {ending} but is not such a film")
        return replace(asset, media_type=media_type), 0
    if kind == "captions":
        try:
            text = asset.data.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise _NotTaken("it is not UTF-8 text; save it as UTF-8") from fault
        if ending == ".vtt" and not text.startswith("WEBVTT"):
            raise _NotTaken("it ends in .vtt but its first line is not WEBVTT")
        return replace(asset, media_type="text/vtt" if ending == ".vtt" else "text/markdown"), 0
    if kind == "svg":
        data, taken = _svg(asset.data)
        return replace(asset, data=data, media_type="image/svg+xml"), taken
    return replace(asset, media_type=_raster(asset.data)), 0


def look_into(assets: Iterable[Asset], *, say: Callable[[Unread], None]) -> tuple[Asset, ...]:
    """The assets that may be taken in, with the type that they really have.

    `say` hears of every other, and of every SVG from which something was taken away.
    """
    good = []
    for asset in assets:
        try:
            looked, taken = _looked_into(asset)
        except _NotTaken as reason:
            say(Unread(asset.path, 0, f"This file was not taken in: {reason}.", "warning"))
            continue
        if taken:
            what = f"{taken} part(s) of this SVG that could run a program or fetch something were taken out."
            say(Unread(asset.path, 0, what, "warning"))
        good.append(looked)
    return tuple(good)
