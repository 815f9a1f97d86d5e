"""Footnotes of a page: numbered in the order of their first mention, tied to every mention and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape


@dataclass(slots=True)
class Note:
    """One footnote that somebody mentions."""

    number: int
    text: int  # which text of the page defines it
    token: int  # where its definition opens, among that text's tokens
    passage: str  # the lasting id of its definition, "" when it has none
    mentions: list[str] = field(default_factory=list)  # ids of its marks, in order


@dataclass(slots=True)
class Notes:
    """All footnotes of one page. A text's own definition goes before one of the same label in another text."""

    labels: Mapping[str, str]
    defined: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)  # (text, label) → (token, passage)
    elsewhere: dict[str, int] = field(default_factory=dict)  # label → the first text that defines it
    used: dict[tuple[int, str], Note] = field(default_factory=dict)
    order: list[Note] = field(default_factory=list)  # the same notes, by number

    def define(self, text: int, label: str, token: int, passage: str) -> bool:
        """Take in a definition; False when this text has one of that label already, which then stands."""
        if (text, label) in self.defined:
            return False
        self.defined[text, label] = (token, passage)
        self.elsewhere.setdefault(label, text)
        return True

    def mark(self, text: int, label: str) -> str | None:
        """The mark of a footnote where it is mentioned; None when nobody defines it."""
        if (text, label) not in self.defined:
            if label not in self.elsewhere:
                return None
            text = self.elsewhere[label]
        note = self.used.get((text, label))
        if note is None:
            token, passage = self.defined[text, label]
            note = self.used[text, label] = Note(len(self.used) + 1, text, token, passage)
            self.order.append(note)
        number = note.number
        mention = f"note-ref-{number}" if not note.mentions else f"note-ref-{number}-{len(note.mentions) + 1}"
        note.mentions.append(mention)
        name = escape(self.labels["footnote"].format(number=number))
        return (
            f'<sup class="note-ref"><a href="#note-{number}" id="{mention}" role="doc-noteref" '
            f'aria-label="{name}">{number}</a></sup>'
        )

    def unused(self) -> list[tuple[int, str]]:
        """Definitions that nobody mentions, as (text, label)."""
        return [key for key in self.defined if key not in self.used]

    def section(self, write: Callable[[Note], str], *, level: int) -> str:
        """The list of footnotes; `write` gives a note's own words. A note may mention further ones."""
        bodies: list[tuple[Note, str]] = []
        for note in self.order:  # which grows while it is read
            bodies.append((note, write(note)))  # noqa: PERF401 - a comprehension would hide that
        if not bodies:
            return ""
        items = "\n".join(self._item(note, body) for note, body in bodies)
        return (
            '<section class="notes" role="doc-endnotes" aria-labelledby="notes-heading">\n'
            f'<h{level} id="notes-heading">{escape(self.labels["footnotes"])}</h{level}>\n'
            f"<ol>\n{items}\n</ol>\n</section>\n"
        )

    def _item(self, note: Note, body: str) -> str:
        back = "".join(
            f' <a href="#{mention}" role="doc-backlink" aria-label="{escape(self._way_back(note.number, count))}">'
            f"\u21a9\ufe0e{_superscript(count) if len(note.mentions) > 1 else ''}</a>"
            for count, mention in enumerate(note.mentions, start=1)
        )
        # The way back belongs at the end of the last sentence, not on a line of its own.
        body = f"{body[:-4]}{back}</p>" if body.endswith("</p>") else f"{body}<p>{back.lstrip()}</p>"
        passage = f' data-passage="{note.passage}"' if note.passage else ""
        anchor = f'<span class="anchor" id="{note.passage}"></span>' if note.passage else ""
        return f'<li id="note-{note.number}"{passage}>{anchor}{body}</li>'

    def _way_back(self, number: int, mention: int) -> str:
        return self.labels["back" if mention == 1 else "back-again"].format(number=number, mention=mention)


def _superscript(count: int) -> str:
    return f"<sup>{count}</sup>"
