"""`penholder compare`: what changed, on the screen, as data, as a page or as a PDF."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from penholder.cli import console
from penholder.errors import Refused

if TYPE_CHECKING:
    from penholder.text.compare import Comparison
    from penholder.text.passages import Block


@click.command(epilog="Example:  penholder compare strategy:1 strategy:7 --format html --output changes.html")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "json", "html", "pdf"]),
    default="terminal",
    show_default=True,
    help="How to show it.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
@click.option("--whole", is_flag=True, help="Show the unchanged passages too.")
@click.pass_context
def compare(
    ctx: click.Context, *, old: str, new: str, form: str, as_json: bool, output: Path | None, whole: bool
) -> None:
    """Show what changed from OLD to NEW: passages edited, moved, split, merged, removed and inserted, word by word.

    Each is a Markdown file, or an iteration as `penholder iterations` lists them: `strategy:3`, a label, or the start
    of a seal.
    The exit code is 0 when they are the same and 3 when they differ.
    """
    form = "json" if as_json else form
    before, after = _blocks(old), _blocks(new)
    from penholder.text.compare import compare as compared  # noqa: PLC0415 - after --help

    comparison = compared(before, after)
    _show(comparison, before, after, title=f"{old} → {new}", form=form, output=output, whole=whole)
    ctx.exit(0 if comparison.same else 3)


def _blocks(name: str) -> tuple[Block, ...]:
    path = Path(name)
    if path.is_file():
        from penholder.text.markdown import blocks  # noqa: PLC0415

        try:
            return blocks(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as problem:
            raise Refused(f"{path} is not UTF-8 (byte {problem.start}). Save it as UTF-8.") from problem
    console.start()
    from penholder.drafting import iterations, sealed_texts  # noqa: PLC0415

    return sealed_texts.read(iterations.find(name)).blocks


def _show(
    comparison: Comparison,
    old: tuple[Block, ...],
    new: tuple[Block, ...],
    *,
    title: str,
    form: str,
    output: Path | None,
    whole: bool,
) -> None:
    from penholder.render.comparison import CONTEXT  # noqa: PLC0415

    context = None if whole else CONTEXT
    if form == "json":
        _write(comparison.to_json() + "\n", output)
    elif form == "html":
        from penholder.render.comparison_html import comparison_html  # noqa: PLC0415

        body = comparison_html(comparison, old, new, context=context)
        _write(PAGE.format(title=escape(title), summary=escape(comparison.summary()), body=body), output)
    elif form == "pdf":
        from penholder.render.comparison_pdf import comparison_pdf  # noqa: PLC0415

        _write(comparison_pdf(comparison, old, new, title=title, context=context), output)
    else:
        from penholder.render.comparison_terminal import comparison_text  # noqa: PLC0415

        text = comparison_text(comparison, old, new, context=context)
        if output:
            _write(text.plain + "\n", output)
        else:
            console.out().print(text)


def _write(content: str | bytes, output: Path | None) -> None:
    data = content.encode() if isinstance(content, str) else content
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


# A page that stands alone: it may be sent by mail and opened without a network.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1.125rem/1.5 system-ui, sans-serif; color: #0b0c0c }}
body {{ max-width: 45rem; margin: 2rem auto; padding: 0 1rem }}
ins {{ background: #cce2d8; text-decoration: underline }}
del {{ background: #f6d7d2; text-decoration: line-through }}
li {{ margin-bottom: 1rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{summary}</p>
{body}
</main>
</body>
</html>
"""
