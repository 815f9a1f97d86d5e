"""A comparison as a tagged PDF (PDF/UA-1) by Typst. The same comparison always gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import Any

import typst

from penholder.render.comparison import CONTEXT, Shown, shown
from penholder.text.compare import Comparison, Run
from penholder.text.passages import Block

LEGEND = "[-removed-] is struck out, {+inserted+} is underlined."


def comparison_pdf(
    comparison: Comparison,
    old: Sequence[Block],
    new: Sequence[Block],
    *,
    title: str,
    language: str = "en",
    context: int | None = CONTEXT,
) -> bytes:
    """The PDF's bytes. No text reaches the program: it comes in as JSON, and the program may read no file at all."""
    data = {
        "title": title,
        "language": language,
        "summary": comparison.summary(),
        "legend": LEGEND,
        "items": [_item(item) for item in shown(comparison, old, new, context=context)],
    }
    template = files("penholder.render").joinpath("comparison.typ").read_bytes()
    with TemporaryDirectory() as empty:
        made = typst.compile(  # type: ignore[call-overload] # the stub wants `root` to be of the template's type, bytes
            template,
            root=empty,
            ignore_system_fonts=True,  # the fonts of this machine would change the bytes
            sys_inputs={"data": json.dumps(data)},
            format="pdf",
            pdf_standards=["ua-1"],
        )
    return bytes(made)


def _item(item: Shown) -> dict[str, Any]:
    if item.kind == "skipped":
        words = f"… {item.count} unchanged passage{'s' if item.count > 1 else ''} …"
        return {"label": words, "runs": [], "rows": [], "notes": []}
    if item.kind == "left" and item.block is not None:
        words = f"Moved {'up' if item.up else 'down'}; now change {item.number + 1}"
        quoted = [Run("same", " ".join((item.block.plain or item.block.source).split())[:80])]
        return {"label": words, "runs": _runs(quoted), "rows": [], "notes": []}
    label = ""
    if item.change is not None and item.change.kind != "kept":
        label = f"{item.number + 1}. {item.label}"
    found = item.wording
    return {
        "label": label,
        "runs": _runs(found.runs) if found else [],
        "rows": [[_runs(cell) for cell in row] for row in found.rows] if found else [],
        "notes": list(found.notes) if found else [],
    }


def _runs(runs: Sequence[Run]) -> list[dict[str, str]]:
    return [{"op": run.op, "text": run.text} for run in runs]
