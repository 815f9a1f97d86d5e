"""Words of the dialect inside a paragraph → house Markdown: superscripts, entities, stray HTML, shortcodes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from penholder.formats.govspeak.attributes import SPAN
from penholder.formats.govspeak.lines import Findings, code_apart

ORDINAL = re.compile(r"(?<=\d)\s?\^(st|nd|rd|th)\^")
RAISED = re.compile(r"\^([\w+\-]{1,20})\^")
ENTITY = re.compile(r"&(#?\w{1,32});")
# Names that the dialect's own processor knew and HTML does not.
OWN_ENTITIES = {"ellipsis": "…"}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})(?=[\s/>])([^<>]{0,5000})>|<[?!][^<>]{0,5000}>", re.DOTALL)
HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
SRC = re.compile(r"""\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
TITLE = re.compile(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
IMAGE = re.compile(
    r'!\[([^\[\]\n]{0,1000})\]\([ \t]{0,9}<?([^\s)<>]{1,2000})>?(?:[ \t\n]{1,9}"([^"]{0,1000})")?[ \t]{0,9}\)'
)
REFERENCE = re.compile(r"\[\^([^\]\s]{1,100})\](?!:)")
MARKERS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
# Elements whose inside is a program, never words.
PROGRAMS = {"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math", "applet"}
SAFE_SCHEMES = {"", "http", "https", "mailto", "tel", "ftp"}
LEFT_OVER = re.compile(
    r"\{(?=:|div\b|include\b|\{|/div|TIMESTAMP|PDF=|navigation\}|page-break\}|(?:big-)?pull\})|\{(?=\{)"
)
HARD_BREAK = re.compile(r" {2,}\n(?=\s*\S)")
FENCE_MARK = re.compile(r"^(\s*(?:>\s?)*)(:{3,})", re.MULTILINE)


class Inline:
    """Turns the words of one file into house Markdown. `picture` and `reference` say what stands for those."""

    def __init__(
        self,
        findings: Findings,
        *,
        picture: Callable[[str, str, str, int], str],
        reference: Callable[[str, str, int], str],
    ) -> None:
        self.findings = findings
        self.picture = picture
        self.reference = reference

    def convert(self, text: str, file: str, line: int) -> str:
        """`text` in house Markdown; code spans stay as they are."""
        parts = [
            part if is_code else self._words(part, file, line + text.count("\n", 0, at))
            for at, part, is_code in code_apart(text)
        ]
        out = "".join(parts)
        return FENCE_MARK.sub(lambda found: f"{found[1]}\\{found[2]}", out)

    def _words(self, text: str, file: str, line: int) -> str:
        if "{" in text:
            text = self.without_marks(text, file, line)
        if "<" in text:
            text = self._tags(text, file, line)
        if "^" in text:
            text = ORDINAL.sub(r"\1", text)
            text = RAISED.sub(lambda m: m[1] if m[1] in {"st", "nd", "rd", "th"} else f"<sup>{m[1]}</sup>", text)
            text = self._references(text, file, line)
        if "&" in text:
            text = ENTITY.sub(lambda found: self._entity(found, file, line), text)
        if "![" in text:
            text = IMAGE.sub(lambda found: self.picture(found[2], found[1], file, line), text)
        if "  \n" in text:
            text = HARD_BREAK.sub("\\\\\n", text)
        return text

    def _references(self, text: str, file: str, line: int) -> str:
        out = []
        at = 0
        for found in REFERENCE.finditer(text):
            line += text.count("\n", at, found.start())
            out += [text[at : found.start()], self.reference(found[1], file, line)]
            at = found.end()
        return "".join([*out, text[at:]])

    def without_marks(self, text: str, file: str, line: int) -> str:
        """`text` without the dialect's marks in braces; those that are broken lose their brace."""

        def note(what: str) -> None:
            self.findings.note(file, line, what)

        if "{TIMESTAMP}" in text:
            self.findings.counts["timestamp"] += 1
            note("“{TIMESTAMP}” stood for the day of the build; it was left out.")
            text = text.replace("{TIMESTAMP}", "")
        if "{PDF=" in text:
            self.findings.counts["pdf"] += 1
            note("“{PDF=…}” pointed to a PDF that was made elsewhere; it was left out.")
            text = re.sub(r"\{PDF=[^{}\n]{0,300}\}", "PDF", text)
        text = SPAN.sub("", text)
        if "{{" in text:
            note("A placeholder in double braces was left out.")
            text = re.sub(r"\{\{[^{}]{0,300}\}\}", "", text)
        if LEFT_OVER.search(text):
            what = "A mark of the dialect is broken here; its words were kept as text. Close it or take it out."
            self.findings.note(file, line, what, "warning")
            while LEFT_OVER.search(text):
                text = LEFT_OVER.sub("", text)
        return text

    def _entity(self, found: re.Match[str], file: str, line: int) -> str:
        name = found[1]
        if name in OWN_ENTITIES:
            self.findings.counts["own_entities"] += 1
            return OWN_ENTITIES[name]
        plain = html.unescape(found[0])
        if plain == found[0]:
            self.findings.note(
                file, line, f"“{found[0]}” is no character that HTML knows; it stays as it is.", "warning"
            )
            return f"&amp;{name};"
        if plain == "\u00a0":
            return " "
        return plain if len(plain) == 1 and plain.isprintable() and ord(plain) > 0x7F else found[0]

    def _tags(self, text: str, file: str, line: int) -> str:
        text = self._without_comments(text, file, line)
        out: list[str] = []
        links: list[str] = []
        at = 0
        skipping = ""
        for found in TAG.finditer(text):
            if skipping:
                if found[2] and found[1] and found[2].lower() == skipping:
                    skipping, at = "", found.end()
                continue
            out.append(text[at : found.start()])
            at = found.end()
            if not found[2]:
                self.findings.note(file, line, "An instruction to a program was left out; a text runs none.")
                continue
            name = found[2].lower()
            if name in PROGRAMS:
                what = f"<{name}> was left out with what is in it; a text runs no programs."
                self.findings.note(file, line, what, "warning")
                skipping = "" if found[1] or name == "embed" or found[3].endswith("/") else name
                continue
            out.append(self._tag(name, found, links, file, line))
        out.append("" if skipping else text[at:])
        out.extend(f"]({href})" if href else "" for href in reversed(links))
        return "".join(out)

    def _without_comments(self, text: str, file: str, line: int) -> str:
        out = []
        at = 0
        while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
            self.findings.note(file, line, "A comment in the source was left out.")
            out.append(text[at:start])
            at = end + 3
        return "".join([*out, text[at:]])

    def _tag(self, name: str, found: re.Match[str], links: list[str], file: str, line: int) -> str:
        closing, rest = bool(found[1]), found[3]
        out = ""
        match name:
            case "br":
                out = "<br>"
            case "sup" | "sub":
                out = f"</{name}>" if closing else f"<{name}>"
            case "abbr":
                title = html.escape(html.unescape(_attribute(TITLE, rest)))
                out = "</abbr>" if closing else f'<abbr title="{title}">'
            case "strong" | "b" | "em" | "i":
                out = MARKERS[name]
            case "a":
                out = self._link(closing, _attribute(HREF, rest), links, file, line)
            case "img":
                out = f"![{_attribute(ALT, rest)}]({_attribute(SRC, rest) or 'picture'})"
            case "span" | "p" | "div" | "u" | "small" | "cite" | "q" | "font" | "center":
                pass  # says nothing that Markdown could say
            case _:
                self.findings.note(file, line, f"The tag <{name}> was left out; its words stay.")
        return out

    def _link(self, closing: bool, address: str, links: list[str], file: str, line: int) -> str:
        if closing:
            href = links.pop() if links else ""
            return f"]({href})" if href else ""
        href = safe_address(address)
        if not href:
            self.findings.note(file, line, "A link without a safe address became plain text.")
        links.append(href)
        return "[" if href else ""


def safe_address(address: str) -> str:
    """`address` when a reader may follow it, fit for a Markdown link; else empty."""
    address = "".join(html.unescape(address).split())
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    if scheme not in SAFE_SCHEMES:
        return ""
    return address.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


def _attribute(pattern: re.Pattern[str], tag: str) -> str:
    found = pattern.search(tag)
    return next((group for group in found.groups() if group), "") if found else ""
