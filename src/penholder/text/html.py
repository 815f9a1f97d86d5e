"""House Markdown → HTML: static, sanitised, every passage with its lasting id.

Nothing in the result needs JavaScript or an inline style; a strict Content-Security-Policy (`style-src 'self'`) holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penholder.text import figures
from penholder.text.canonical import canonical
from penholder.text.dialect import parse
from penholder.text.flow import Text, Writer
from penholder.text.headings import Anchors, Entry, tree
from penholder.text.inline import Alone, write_inline
from penholder.text.labels import LABELS
from penholder.text.markdown import said_by_author, spans
from penholder.text.notes import Note, Notes
from penholder.text.options import Options


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that a reader would stumble over; `line` counts from 1 in its canonical form."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure, chart, table or film that can be linked to."""

    kind: str
    id: str
    caption: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One text of a page."""

    html: str
    contents: tuple[Entry, ...]
    figures: tuple[FigureEntry, ...]
    anchors: Mapping[str, str]  # passage id of each heading → its anchor; hand them to the next edition
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Several texts on one page: ids, footnote numbers and definitions are shared. `notes` goes below the last text."""

    texts: tuple[Rendered, ...]
    notes: str

    @property
    def contents(self) -> tuple[Entry, ...]:
        """The contents of all texts, one after the other."""
        return tuple(entry for text in self.texts for entry in text.contents)


def render(source: str, *, ids: Sequence[str] = (), options: Options | None = None) -> Rendered:
    """One text with its footnotes below it. `ids` are the lasting ids of its passages, as `blocks` counts them."""
    page = render_page([(source, ids)], options=options)
    text = page.texts[0]
    return Rendered(text.html + page.notes, text.contents, text.figures, text.anchors, text.problems)


def render_page(texts: Sequence[tuple[str, Sequence[str]]], *, options: Options | None = None) -> Page:
    """Several texts, each with the lasting ids of its passages (or none), as parts of one page."""
    options = options or Options()
    anchors, notes = Anchors(), Notes({**LABELS, **options.labels})
    writers = []
    for number, (source, ids) in enumerate(texts):
        text = _prepare(source, ids)
        writers.append(Writer(text, number, options, anchors, notes, figures.write))
        for passage in ids:
            anchors.reserve(passage)
        _define_notes(writers[-1])
    anchors.reserve("notes-heading")
    for writer in writers:
        writer.reserve_names(options.anchors)
    bodies = [writer.write() for writer in writers]

    def note_body(note: Note) -> str:
        return writers[note.text].note(note.token)

    section = notes.section(note_body, level=options.notes_level)
    for number, label in notes.unused():
        line = writers[number].line_of(notes.defined[number, label][0])
        writers[number].say(line, f"Nothing in the text mentions footnote [^{label}], so it is not shown.")
    return Page(tuple(_rendered(writer, body) for writer, body in zip(writers, bodies, strict=True)), section)


def inline_html(source: str) -> str:
    """A few words of Markdown (a title, a label) as HTML without a paragraph around it."""
    tokens = parse(canonical(source)).tokens
    return " ".join(write_inline(token.children or (), Alone()) for token in tokens if token.type == "inline")


def problems(source: str) -> tuple[Problem, ...]:
    """What a reader of this text would stumble over: directives that make no sense, footnotes that hang loose."""
    return render(source).problems


def _prepare(source: str, ids: Sequence[str]) -> Text:
    parsed = parse(canonical(source))
    found = spans(parsed)
    if ids and len(ids) != len(found):
        msg = f"{len(ids)} lasting ids were given for a text of {len(found)} passages"
        raise ValueError(msg)
    by_token = {span.first: ids[number] if ids else "" for number, span in enumerate(found) if span.kind != "reference"}
    names = [(span.start, said_by_author(parsed, span)) for span in found if span.kind != "footnote"]
    return Text(parsed, by_token, tuple((start, said) for start, said in names if said.name))


def _define_notes(writer: Writer) -> None:
    for index, token in enumerate(writer.text.parsed.tokens):
        if token.type != "footnote_reference_open":
            continue
        label = token.meta["label"]
        if not writer.notes.define(writer.number, label, index, writer.text.passages.get(index, "")):
            writer.say(writer.line_of(index), f"Footnote [^{label}] is defined twice; the first definition stands.")


def _rendered(writer: Writer, body: str) -> Rendered:
    said = sorted(set(writer.problems))
    return Rendered(
        html=body,
        contents=tree(writer.entries),
        figures=tuple(FigureEntry(*figure) for figure in writer.figures),
        anchors=dict(writer.anchored),
        problems=tuple(Problem(line + 1, message) for line, message in said),
    )
