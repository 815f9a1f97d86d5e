"""A comparison as a tagged PDF (PDF/UA-1) by Typst. The same comparison always gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import Any

import typst

from penholder.render.comparison import CONTEXT, Shown, shown, tame
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
    """The PDF's bytes. No text reaches the program: it comes in as JSON, and the program may read no file at all.

    Tagged always; PDF/UA-1 as long as the fonts that come with Typst have every letter of the text.
    """
    data = {
        "title": tame(title),
        "language": language,
        "summary": comparison.summary(),
        "legend": LEGEND,
        "items": [_item(item) for item in shown(comparison, old, new, context=context)],
    }
    try:
        return _typeset(data, standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # PDF/UA refuses a letter that the fonts here lack (an emoji, another script). Better a box than no page.
        return _typeset(data, standards=[])


def _typeset(data: dict[str, Any], *, standards: list[str]) -> bytes:
    template = files("penholder.render").joinpath("comparison.typ").read_bytes()
    with TemporaryDirectory() as empty:
        made = typst.compile(  # type: ignore[call-overload] # the stub wants `root` to be bytes, as the template is
            template,
            root=empty,
            ignore_system_fonts=True,  # the fonts of this machine would change the bytes
            sys_inputs={"data": json.dumps(data)},
            format="pdf",
            pdf_standards=standards,
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
        "notes": list(map(tame, found.notes)) if found else [],
    }


def _runs(runs: Sequence[Run]) -> list[dict[str, str]]:
    return [{"op": run.op, "text": tame(run.text)} for run in runs]
