"""`penholder check`: faults, with the place of each."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from penholder.cli import console
from penholder.errors import Missing, Refused

if TYPE_CHECKING:
    from penholder.formats.faults import Finding

MARKDOWN = {".md", ".markdown"}


@click.command(epilog="Example:  penholder check text/02-introduction.md")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--home", "whole", is_flag=True, help="Check the instance. The same as giving no PATH.")
@click.option("--draft", "document", metavar="DOCUMENT", help="Check the draft of this document of the instance.")
@click.option("--clarity", is_flag=True, help="List every hint for clearer writing too, not only how many there are.")
@click.option("--without", "off", multiple=True, metavar="RULE", help="Do not ask this rule of clear writing.")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
@click.pass_context
def check(
    ctx: click.Context,
    *,
    path: Path | None,
    whole: bool,
    document: str | None,
    clarity: bool,
    off: tuple[str, ...],
    as_json: bool,
) -> None:
    """Look for faults in PATH (a Markdown file, or anything that can be imported), or without PATH in the instance.

    In texts: loose footnotes, broken links, figures without a description, skipped heading levels, titles of actions
    that drift; and hints for clearer writing, which are notes. In the instance also: every seal is recomputed from the
    stored text, the record is followed, and the published files are compared with their index. Of a draft the desk's
    waivers are honoured, and told. The exit code is 3 when something should be mended.
    """
    if sum(map(bool, (path, whole, document))) > 1:
        raise click.UsageError("Give a PATH, --home or --draft; one of them.")
    _known(off)
    if not path:  # files need no instance
        console.start()
    found = _of_path(path, off) if path else _of_draft(document, off) if document else _of_instance()
    if as_json:
        console.as_json([asdict(finding) for finding in found])
    else:
        _show(found, notes=clarity or not (path or document))
    ctx.exit(3 if any(finding.severity != "note" for finding in found) else 0)


def _known(off: tuple[str, ...]) -> None:
    from penholder.text.clarity import RULES  # noqa: PLC0415 - `penholder --help` must not wait for it

    if strange := [rule for rule in off if rule not in RULES]:
        raise click.UsageError(f"There is no rule “{strange[0]}”. The rules are: {', '.join(RULES)}.")


def _of_path(path: Path, off: tuple[str, ...]) -> list[Finding]:
    from penholder.formats import faults  # noqa: PLC0415 - `penholder --help` must not wait for them
    from penholder.formats import open as opening  # noqa: PLC0415

    if path.suffix.lower() in MARKDOWN and path.is_file():
        try:
            source = path.read_text(encoding="utf-8-sig")
            return faults.text(str(path), source, exists=lambda name: (path.parent / name).is_file(), off=off)
        except UnicodeDecodeError as problem:
            raise Refused(f"{path} is not UTF-8 (byte {problem.start}). Save it as UTF-8.") from problem
    return faults.files((snapshot.reading for snapshot in opening.read(path)), off=off)


def _of_draft(key: str, off: tuple[str, ...]) -> list[Finding]:
    from penholder.delivery import checks  # noqa: PLC0415 - after the start
    from penholder.drafting.models import Document  # noqa: PLC0415

    document = Document.objects.filter(key=key).first()
    if document is None:
        known = ", ".join(Document.objects.values_list("key", flat=True)) or "none yet"
        raise Missing(f"There is no document “{key}”. There are: {known}.")
    return checks.draft(document, off=off)


def _of_instance() -> list[Finding]:
    from penholder.delivery import checks  # noqa: PLC0415 - after the start

    with console.progress("Recomputing seals") as tell:
        return checks.instance(progress=tell)


def _show(found: list[Finding], *, notes: bool) -> None:
    out = console.out()
    styles = {"error": "bold red", "warning": "yellow", "note": "dim"}
    for finding in found:
        if finding.severity == "note" and not notes:
            continue
        where = f"{finding.where}:{finding.line}" if finding.line else finding.where
        out.print(f"[{styles[finding.severity]}]{finding.severity}[/] {escape(where)}  {escape(finding.what)}")
    broken = sum(finding.severity == "error" for finding in found)
    doubtful = sum(finding.severity == "warning" for finding in found)
    out.print("All is well." if not broken + doubtful else f"{broken} errors, {doubtful} warnings.")
    hints = sum(finding.severity == "note" for finding in found)
    if hints and not notes:
        out.print(f"[dim]{hints} hints for clearer writing; add --clarity to read them.[/]")
