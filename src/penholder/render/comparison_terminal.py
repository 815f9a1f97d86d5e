"""A comparison as text for a terminal: [-removed-] {+inserted+}, so that it reads the same without colour."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from penholder.render.comparison import CONTEXT, Shown, shown, tame
from penholder.text.compare import Comparison, Run
from penholder.text.passages import Block

_MARKS = {"same": ("", "", ""), "removed": ("[-", "-]", "red strike"), "inserted": ("{+", "+}", "green underline")}


def comparison_text(
    comparison: Comparison, old: Sequence[Block], new: Sequence[Block], *, context: int | None = CONTEXT
) -> Text:
    """For `rich.console.Console.print`, which leaves out colour when NO_COLOR says so; `.plain` is the bare text."""
    text = Text()
    text.append(comparison.summary() + "\n", style="bold")
    for item in shown(comparison, old, new, context=context):
        text.append("\n")
        _append(text, item)
    return text


def runs_text(runs: Sequence[Run]) -> Text:
    """Runs of words, marked and coloured."""
    text = Text()
    for run in runs:
        before, after, style = _MARKS[run.op]
        text.append(before + tame(run.text) + after, style=style or None)
    return text


def _append(text: Text, item: Shown) -> None:
    if item.kind == "skipped":
        text.append(f"  … {item.count} unchanged passage{'s' if item.count > 1 else ''} …\n", style="dim")
        return
    if item.kind == "left" and item.block is not None:
        quoted = " ".join(tame(item.block.plain or item.block.source).split())
        text.append(f"  (moved {'up' if item.up else 'down'}, see {item.number + 1}) {quoted[:60]}\n", style="dim")
        return
    if item.change is None or item.wording is None:
        return
    if item.change.kind != "kept":
        text.append(f"{item.number + 1}. {item.label}", style="bold")
        if item.change.moved:
            text.append(" (stood further down)" if item.up else " (stood further up)")
        text.append("\n")
    if item.wording.rows:
        for row in item.wording.rows:
            text.append("  | ")
            for cell in row:
                text.append(runs_text(cell))
                text.append(" | ")
            text.append("\n")
    else:
        text.append(runs_text(item.wording.runs))
        text.append("\n")
    for note in item.wording.notes:
        text.append(f"  ({tame(note)})\n", style="italic")
