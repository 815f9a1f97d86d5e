"""Captions of films: TTML, SRT and WebVTT → one list of cues → WebVTT and a transcript to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from penholder.errors import Refused

LARGEST = 5_000_000  # bytes; ten hours of speech are a tenth of it
CLOCK = re.compile(r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9})|:(\d{1,3}))?$")
OFFSET = re.compile(r"^(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|f|t)$")
SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
ARROW = re.compile(r"^\s*([\d:.,]{4,20})\s*-->\s*([\d:.,]{4,20})")
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|\{\\[^{}]{0,100}\}")
SENTENCE_END = re.compile(r"[.?!…][\"”’']?$")
# A paragraph of a transcript ends at the first full stop after so many words: about half a minute of speech.
WORDS_IN_A_PARAGRAPH = 75


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said between two moments, in seconds from the start."""

    start: float
    end: float
    words: str


def read(file: str, data: bytes) -> tuple[Cue, ...]:
    """The cues of a captions file in order of time. Raises Refused, naming file and line, when it cannot be read."""
    if len(data) > LARGEST:
        raise Refused(f"{file}: captions of more than {LARGEST:,} bytes. Is this the film itself?")
    beginning = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if beginning.startswith(b"<") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        cues = _ttml(file, data)
    else:
        cues = _timed_text(file, data)
    if not cues:
        raise Refused(f"{file}: there are no captions in it. It should be TTML, SRT or WebVTT with times.")
    return tuple(sorted(cues, key=lambda cue: (cue.start, cue.end)))


def _ttml(file: str, data: bytes) -> list[Cue]:
    try:
        root = defusedxml.ElementTree.fromstring(data)
    except ParseError as wrong:
        line, column = wrong.position
        raise Refused(f"{file}:{line}: the captions are broken XML (column {column + 1}). Repair it there.") from wrong
    except (DefusedXmlException, ValueError, LookupError) as wrong:
        raise Refused(f"{file}: the captions declare entities or an encoding that is not taken in.") from wrong
    rate = next((float(v) for k, v in root.attrib.items() if k.endswith("}frameRate") and v.isdigit() and int(v)), 25.0)
    ticks = next((float(v) for k, v in root.attrib.items() if k.endswith("}tickRate") and v.isdigit() and int(v)), 1.0)
    cues = []
    for number, element in enumerate((e for e in root.iter() if _local(e) == "p"), start=1):
        words = _words(element)
        if not words:
            continue
        start = _seconds(element.get("begin", ""), rate, ticks)
        length = _seconds(element.get("dur", ""), rate, ticks)
        end = _seconds(element.get("end", ""), rate, ticks)
        if end is None and start is not None and length is not None:
            end = start + length
        if start is None or end is None or end < start:
            raise Refused(f"{file}: caption {number} (“{words[:40]}”) has no begin and end that can be read.")
        cues.append(Cue(start, end, words))
    return cues


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _words(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        parts.append(" " if _local(child) == "br" else _words(child) if _local(child) == "span" else "")
        parts.append(child.tail or "")
    return " ".join("".join(parts).split())


def _seconds(value: str, rate: float = 25.0, ticks: float = 1.0) -> float | None:
    """Seconds of `00:00:07.5`, `00:07,500`, `00:00:07:12` (frames), `7.5s`, `700ms`; None when it is none of these."""
    value = value.strip()
    if found := CLOCK.match(value):
        hours, minutes, seconds, part, frames = found.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return whole + (float(f"0.{part}") if part else 0.0) + (int(frames) / rate if frames else 0.0)
    if found := OFFSET.match(value):
        amount = float(found[1])
        unit = found[2]
        return amount * SECONDS[unit] if unit in SECONDS else amount / (rate if unit == "f" else ticks)
    return None


def _timed_text(file: str, data: bytes) -> list[Cue]:
    """SRT and WebVTT: a line with an arrow, then words until an empty line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    cues: list[Cue] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = 0
    while at < len(lines):
        found = ARROW.match(lines[at]) if "-->" in lines[at] else None
        if not found:
            if "-->" in lines[at]:
                raise Refused(f"{file}:{at + 1}: the times of this caption cannot be read.")
            at += 1
            continue
        start, end = _seconds(found[1]), _seconds(found[2])
        if start is None or end is None or end < start:
            raise Refused(f"{file}:{at + 1}: the times of this caption cannot be read.")
        body = []
        at += 1
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            body.append(lines[at])
            at += 1
        if words := " ".join(TAG.sub("", " ".join(body)).split()):
            cues.append(Cue(start, end, words))
    return cues


def webvtt(cues: tuple[Cue, ...]) -> str:
    """The cues as a WebVTT file."""
    blocks = ["WEBVTT"]
    for number, cue in enumerate(cues, start=1):
        words = cue.words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{words}")
    return "\n\n".join(blocks) + "\n"


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{thousandths // 1000:02d}.{thousandths % 1000:03d}"


def transcript(cues: tuple[Cue, ...]) -> str:
    """What is said as paragraphs of whole sentences, in Markdown."""
    paragraphs: list[str] = []
    words: list[str] = []
    for cue in cues:
        words.append(cue.words)
        if sum(len(part.split()) for part in words) >= WORDS_IN_A_PARAGRAPH and SENTENCE_END.search(cue.words):
            paragraphs.append(" ".join(words))
            words = []
    if words:
        paragraphs.append(" ".join(words))
    return "\n\n".join(re.sub(r"([\\`*_\[\]<>#])", r"\\\1", paragraph) for paragraph in paragraphs) + "\n"


def length(cues: tuple[Cue, ...]) -> float:
    """Seconds until the last word is said."""
    return max((cue.end for cue in cues), default=0.0)
