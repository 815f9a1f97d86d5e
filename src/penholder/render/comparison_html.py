"""A comparison as an HTML fragment: no script, no inline style, legible without colour and to a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from penholder.render.comparison import CONTEXT, Shown, shown
from penholder.text.compare import Comparison, Run
from penholder.text.passages import Block

# So much of a moved passage is quoted where it was: enough to know it again.
QUOTED = 80

_TAGS = {"removed": "del", "inserted": "ins"}
_Say = Callable[[str], str]


def comparison_html(
    comparison: Comparison,
    old: Sequence[Block],
    new: Sequence[Block],
    *,
    prefix: str = "change",
    context: int | None = CONTEXT,
    say: _Say = str,
) -> str:
    """An ordered list, one item per change. `prefix` begins every id; `say` translates the few words of its own.

    What was inserted is `<ins>`, what was removed `<del>`, each with a hidden word before and after it. A moved passage
    links to where it was, and there a line links to where it is.
    """
    say = cache(say)  # a few words, thousands of times
    items = [item_html(item, prefix=prefix, say=say) for item in shown(comparison, old, new, context=context)]
    if comparison.same:
        items.insert(0, f'<li class="change change-none"><p>{escape(say("Nothing changed."))}</p></li>')
    return f'<ol class="comparison">\n{"".join(items)}</ol>\n'


def runs_html(runs: Sequence[Run], *, say: _Say = str) -> str:
    """Runs of words as text, `<ins>` and `<del>`, escaped."""
    pieces = []
    for run in runs:
        text = escape(run.text)
        if run.op == "same":
            pieces.append(text)
            continue
        tag, word = _TAGS[run.op], escape(say(run.op))
        end = escape(say(f"end of {run.op}"))
        pieces.append(
            f'<{tag}><span class="visually-hidden">[{word}: </span>{text}'
            f'<span class="visually-hidden"> {end}] </span></{tag}>'
        )
    return "".join(pieces)


def item_html(item: Shown, *, prefix: str = "change", say: _Say = str) -> str:
    """One item of the list, for a page that arranges them in its own way."""
    if item.kind == "skipped":
        words = say("1 unchanged passage") if item.count == 1 else say("{count} unchanged passages")
        return f'<li class="change change-skipped"><p>{escape(words.format(count=item.count))}</p></li>\n'
    if item.kind == "left":
        return _left(item, prefix, say)
    assert item.change is not None  # noqa: S101 - for mypy: only a skipped item has none
    assert item.wording is not None  # noqa: S101
    assert item.block is not None  # noqa: S101
    kinds = f"change change-{item.change.kind}" + (" change-moved" if item.change.moved else "")
    parts = [f'<li class="{kinds}" id="{escape(prefix)}-{item.number}">']
    if item.change.kind != "kept":
        parts.append(f'<p class="change-label">{escape(say(item.label))}{_from(item, prefix, say)}</p>')
    if item.wording.rows:
        parts.append(_table(item, say))
    else:
        heading = " change-heading" if item.block.kind == "heading" else ""
        parts.append(f'<p class="change-text{heading}">{runs_html(item.wording.runs, say=say)}</p>')
    parts.extend(f'<p class="change-note">{escape(note)}</p>' for note in item.wording.notes)
    parts.append("</li>\n")
    return "".join(parts)


def _from(item: Shown, prefix: str, say: _Say) -> str:
    if item.change is None or not item.change.moved:
        return ""
    words = say("moved up from here") if item.up else say("moved down from here")
    return f' <a href="#{escape(prefix)}-{item.number}-from">{escape(words)}</a>'


def _left(item: Shown, prefix: str, say: _Say) -> str:
    text = " ".join((item.block.plain or item.block.source).split()) if item.block else ""
    quoted = text if len(text) <= QUOTED else text[: QUOTED - 1].rsplit(" ", 1)[0] + "…"
    words = say("moved up to here") if item.up else say("moved down to here")
    return (
        f'<li class="change change-left" id="{escape(prefix)}-{item.number}-from"><p>“{escape(quoted)}” '
        f'<a href="#{escape(prefix)}-{item.number}">{escape(words)}</a></p></li>\n'
    )


def _table(item: Shown, say: _Say) -> str:
    assert item.wording is not None  # noqa: S101 - for mypy
    head, *body = item.wording.rows
    row = "".join(f'<th scope="col">{runs_html(cell, say=say)}</th>' for cell in head)
    rows = "".join(
        "<tr>" + "".join(f"<td>{runs_html(cell, say=say)}</td>" for cell in cells) + "</tr>" for cells in body
    )
    return f'<table class="change-table"><thead><tr>{row}</tr></thead><tbody>{rows}</tbody></table>'
