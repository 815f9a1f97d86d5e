"""Words within a passage → HTML: emphasis, links, code, pictures, marks of footnotes, and the few raw tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Protocol

import nh3
from markdown_it.token import Token

from penholder.text.addresses import leads_away, safe_address
from penholder.text.markdown import inline_words

_TITLE = re.compile(r"<abbr title=(?:\"([^\"]*)\"|'([^']*)')>", re.IGNORECASE)
_SIMPLE = {"em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>", "strong_close": "</strong>"}
# Raw tags are paired by ourselves; then ammonia, which reads HTML as browsers do, goes over what has any.
_CLEANER = nh3.Cleaner(
    tags={"a", "abbr", "br", "code", "em", "img", "strong", "sub", "sup"},
    attributes={
        "a": {"href", "id", "role", "aria-label", "rel", "title"},
        "abbr": {"title"},
        "img": {"src", "alt", "width", "height", "loading", "decoding", "title"},
        "sup": {"class"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Media:
    """Where a picture, a film or its captions are served; sizes in pixels, 0 when they are not known."""

    address: str
    width: int = 0
    height: int = 0
    media_type: str = ""

    @property
    def size(self) -> str:
        """The attributes that keep the page from jumping when the picture arrives."""
        return f' width="{self.width}" height="{self.height}"' if self.width > 0 and self.height > 0 else ""


class Surroundings(Protocol):
    """What the inline writer asks of the page that it writes on."""

    def link(self, address: str) -> str | None:
        """Where an address leads from this page; None when it may not be linked to."""

    def media(self, address: str) -> Media | None:
        """Where a file that the text names is served; None when there is none."""

    def mark(self, label: str) -> str:
        """The mark of a footnote, as HTML."""


@dataclass(slots=True)
class _Inline:
    """One run of inline tokens while it is written."""

    page: Surroundings
    out: list[str] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)  # what is open, and where in `out` it opened
    link: tuple[str, int] | None = None  # the address of the link that is open, "" when it leads nowhere
    raw: bool = False

    def write(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self.out.append(escape(token.content))
        elif kind in _SIMPLE:
            self._simple(token)
        else:
            _WRITERS.get(kind, _Inline._unknown)(self, token)

    def finish(self) -> str:
        self._unwind(0)
        html = "".join(self.out)
        return _CLEANER.clean(html) if self.raw else html

    def _unknown(self, token: Token) -> None:
        self.out.append(escape(token.content))

    def _simple(self, token: Token) -> None:
        if token.nesting == 1:
            self.opened.append((token.tag, len(self.out)))
        else:
            self._close(token.tag)
        self.out.append(_SIMPLE[token.type])

    def _close(self, tag: str) -> None:
        """Forget `tag`; raw tags opened within it and not closed were words, not tags."""
        for depth in range(len(self.opened) - 1, -1, -1):
            if self.opened[depth][0] == tag:
                self._unwind(depth + 1)
                self.opened.pop()
                return

    def _unwind(self, depth: int) -> None:
        while len(self.opened) > depth:
            tag, at = self.opened.pop()
            if tag.startswith("<"):
                self.out[at] = escape(unescape(self.out[at]))

    def _softbreak(self, _token: Token) -> None:
        self.out.append("\n")

    def _hardbreak(self, _token: Token) -> None:
        self.out.append("<br>\n")

    def _code(self, token: Token) -> None:
        self.out.append(f"<code>{escape(token.content)}</code>")

    def _raw(self, token: Token) -> None:
        self.raw = True
        tag = token.content.lower()
        if tag.startswith("<br"):
            self.out.append("<br>")
        elif tag.startswith("</"):
            self._raw_close("<" + tag[2:-1], token.content)
        elif any(open_tag == "<abbr" for open_tag, _ in self.opened) and tag.startswith("<abbr"):
            self.out.append(escape(token.content))
        elif found := _TITLE.match(token.content):
            self.opened.append(("<abbr", len(self.out)))
            self.out.append(f'<abbr title="{escape(unescape(found[1] or found[2] or ""))}">')
        else:
            self.opened.append((tag[:-1], len(self.out)))
            self.out.append(tag)

    def _raw_close(self, opening: str, typed: str) -> None:
        if self.opened and self.opened[-1][0] == opening:
            self.opened.pop()
            self.out.append(f"</{opening[1:]}>")
        else:
            self.out.append(escape(typed))

    def _link_open(self, token: Token) -> None:
        address = self.page.link(str(token.attrs.get("href", "")))
        self.link = (address or "", len(self.out))
        self.opened.append(("a", len(self.out)))
        if address:
            rel = ' rel="external"' if leads_away(address) else ""
            title = f' title="{escape(str(token.attrs["title"]))}"' if token.attrs.get("title") else ""
            self.out.append(f'<a href="{escape(address)}"{rel}{title}>')

    def _link_close(self, _token: Token) -> None:
        self._close("a")
        address, at = self.link or ("", 0)
        self.link = None
        if address:
            if not "".join(self.out[at + 1 :]).strip():
                self.out.append(escape(address))
            self.out.append("</a>")

    def _image(self, token: Token) -> None:
        alt = inline_words(token.children or ()).strip()
        media = self.page.media(str(token.attrs.get("src", "")))
        if media is None:
            self.out.append(escape(alt))
        elif leads_away(media.address):  # nothing is fetched from other sites; a reader may go there
            inside = f'<a href="{escape(media.address)}" rel="external">{escape(alt or media.address)}</a>'
            self.out.append(escape(alt) if self.link else inside)
        else:
            title = f' title="{escape(str(token.attrs["title"]))}"' if token.attrs.get("title") else ""
            self.out.append(picture(media, alt, extra=title))

    def _mark(self, token: Token) -> None:
        self.out.append(self.page.mark(token.meta["label"]))


_WRITERS: dict[str, Callable[[_Inline, Token], None]] = {
    "softbreak": _Inline._softbreak,  # noqa: SLF001 - a table of its own methods
    "hardbreak": _Inline._hardbreak,  # noqa: SLF001
    "code_inline": _Inline._code,  # noqa: SLF001
    "html_inline": _Inline._raw,  # noqa: SLF001
    "link_open": _Inline._link_open,  # noqa: SLF001
    "link_close": _Inline._link_close,  # noqa: SLF001
    "image": _Inline._image,  # noqa: SLF001
    "footnote_ref": _Inline._mark,  # noqa: SLF001
}


def picture(media: Media, alt: str, *, extra: str = "") -> str:
    """A picture of this site."""
    src = f'<img src="{escape(media.address)}" alt="{escape(alt)}"{media.size}'
    return f'{src} loading="lazy" decoding="async"{extra}>'


def write_inline(children: Sequence[Token], page: Surroundings) -> str:
    """Inline tokens as HTML in which every tag is closed where it was opened."""
    run = _Inline(page)
    for child in children:
        run.write(child)
    return run.finish()


class Alone:
    """Surroundings for a few words on their own: links as they stand, no pictures, no footnotes."""

    def link(self, address: str) -> str | None:
        """The address itself when it is safe."""
        return safe_address(address)

    def media(self, address: str) -> Media | None:  # noqa: ARG002
        """There are none."""
        return None

    def mark(self, label: str) -> str:  # noqa: ARG002
        """There are none."""
        return ""
