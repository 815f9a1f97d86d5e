"""Words within a passage as stretches of one look, and as runs of WordprocessingML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from markdown_it.token import Token

from penholder.text.addresses import safe_address


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that look alike. A `note` is the label of a footnote, a `picture` an address; neither shows words."""

    words: str
    face: frozenset[str] = frozenset()  # b, i, code, sup, sub
    link: str = ""
    note: str = ""
    picture: str = ""


_FACES = {"strong": "b", "em": "i"}
_RAW = {"sup": "sup", "sub": "sub"}


def stretches(children: Sequence[Token]) -> list[Stretch]:  # noqa: C901 - one case for each kind of inline token
    """Inline tokens as stretches, in order."""
    found: list[Stretch] = []
    face: frozenset[str] = frozenset()
    links: list[str] = []
    for child in children:
        link = links[-1] if links else ""
        name, _, end = child.type.partition("_")
        if name in _FACES:
            face = face | {_FACES[name]} if end == "open" else face - {_FACES[name]}
        elif child.type == "link_open":
            links.append(_address(str(child.attrGet("href") or "")))
        elif child.type == "link_close":
            links.pop()
        elif child.type == "footnote_ref":
            found.append(Stretch("", note=str(child.meta["label"])))
        elif child.type == "image":
            said = "".join(one.words for one in stretches(child.children or ()))
            found.append(Stretch(said, face, link, picture=str(child.attrGet("src") or "")))
        elif child.type == "html_inline":
            tag = child.content.strip("<>/ ").split(" ")[0].lower()
            if tag == "br":
                found.append(Stretch("\n", face, link))
            elif tag in _RAW:
                face = face - {tag} if child.content.startswith("</") else face | {tag}
        elif child.type in {"softbreak", "hardbreak"}:
            found.append(Stretch(" " if child.type == "softbreak" else "\n", face, link))
        else:
            found.append(Stretch(child.content, face | {"code"} if child.type == "code_inline" else face, link))
    return found


def _address(target: str) -> str:
    safe = safe_address(target) or ""
    return safe if safe.startswith(("https:", "http:", "mailto:", "tel:")) else ""


def sliced(found: Iterable[Stretch], start: int, end: int) -> list[Stretch]:
    """The stretches from one letter to another; what has no words goes with the letter before it."""
    kept: list[Stretch] = []
    at = 0
    for one in found:
        if one.picture:
            if start <= at < end or not one.words:
                kept.append(one)
            at += len(one.words)
            continue
        if one.note or not one.words:
            if start < at <= end or (at == start == 0 and end):
                kept.append(one)
            continue
        first, last = max(start - at, 0), min(end - at, len(one.words))
        if first < last:
            kept.append(replace(one, words=one.words[first:last]))
        at += len(one.words)
    return kept


def run(words: str, face: frozenset[str] = frozenset(), *, gone: bool = False, style: str = "") -> str:
    """A run of words; `gone` writes them as words that were taken out."""
    tag = "delText" if gone else "t"
    said = f'<w:rStyle w:val="{style}"/>' if style else ""
    said += '<w:rStyle w:val="Code"/>' if "code" in face and not style else ""
    said += "<w:b/><w:bCs/>" if "b" in face else ""
    said += "<w:i/><w:iCs/>" if "i" in face else ""
    raised = "superscript" if "sup" in face else "subscript" if "sub" in face else ""
    said += f'<w:vertAlign w:val="{raised}"/>' if raised else ""
    properties = f"<w:rPr>{said}</w:rPr>" if said else ""
    parts = [f'<w:{tag} xml:space="preserve">{escape(line)}</w:{tag}>' if line else "" for line in words.split("\n")]
    return f"<w:r>{properties}{'<w:br/>'.join(parts)}</w:r>"


def runs(
    found: Iterable[Stretch],
    *,
    relation: Callable[[str], str],
    note: Callable[[str], str],
    picture: Callable[[Stretch], str],
    gone: bool = False,
    wrap: tuple[str, str] = ("", ""),
) -> str:
    """Stretches as runs. `relation` gives the id of a link's address, `note` and `picture` what stands for those.

    `wrap` is what each run stands in: the mark of a tracked change.
    """
    made: list[str] = []
    for one in found:
        inside = ""
        if one.note:
            inside = note(one.note)
        elif one.picture:
            inside = picture(one)
        elif one.words:
            inside = run(one.words, one.face, gone=gone, style="Hyperlink" if one.link else "")
        inside = f"{wrap[0]}{inside}{wrap[1]}" if inside else ""
        if one.link and inside:
            inside = f"<w:hyperlink r:id={quoteattr(relation(one.link))}>{inside}</w:hyperlink>"
        made.append(inside)
    return "".join(made)
