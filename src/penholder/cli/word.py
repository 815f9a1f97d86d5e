"""`penholder word …`: texts out as Word and OpenDocument files, and what was done to them back in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from penholder.cli import console
from penholder.errors import Missing, Refused

if TYPE_CHECKING:
    from penholder.drafting.arrivals import Entry, Look
    from penholder.drafting.origins import Source
    from penholder.drafting.seats import Seat
    from penholder.people.models import Post


@click.group(epilog="Example:  penholder word import strategy back.docx --as cabinet-office-pen --dry-run")
def word() -> None:
    """Exchange texts with Word and LibreOffice, tracked changes and comments included."""
    console.start()


@word.command()
@click.argument("name", metavar="ITERATION")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="Of the text.")
def export(name: str, file: Path, language: str) -> None:
    """Write ITERATION (strategy:3, a label, the start of a seal) into FILE, which ends in .docx or .odt.

    An .odt is made by LibreOffice, where that is installed.
    """
    from penholder.drafting import iterations, outgoing  # noqa: PLC0415 - after the start

    kind = file.suffix.lower().removeprefix(".")
    if kind not in outgoing.MEDIA_TYPES:
        raise click.UsageError(f"{file} does not end in .docx or .odt.")
    row = iterations.find(name)
    file.write_bytes(outgoing.iteration(row, "odt" if kind == "odt" else "docx", language=language))
    console.out().print(f"Wrote {escape(str(file))}: {escape(row.document.title)}, iteration {row.number}.")


@word.command("import")
@click.argument("document")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--as", "post_key", metavar="POST", help="Who brings it: the key of a post, as `people list` shows it.")
@click.option(
    "--iteration",
    "number",
    type=int,
    help="Of which iteration it was made, when the file does not say; 0 for the draft as it is now.",
)
@click.option("--dry-run", is_flag=True, help="Say what would come in, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
def import_(
    document: str, file: Path, *, post_key: str | None, number: int | None, dry_run: bool, as_json: bool
) -> None:
    """Take the tracked changes and comments of FILE (.docx or .odt) into the draft of DOCUMENT.

    They become suggestions and discussions under their authors' names, each at exactly its words; what has no place
    is listed. The same file twice changes nothing.
    """
    from penholder.drafting import arrivals  # noqa: PLC0415 - after the start
    from penholder.drafting.models import Document  # noqa: PLC0415

    row = Document.objects.filter(key=document).first()
    if row is None:
        raise Missing(f"There is no document “{document}”. Run `penholder iterations` to see them all.")
    if not dry_run and not post_key:
        raise click.UsageError("Say who brings it, with --as POST; or only look, with --dry-run.")
    data, at = file.read_bytes(), datetime.now(UTC)
    seen = arrivals.look(document_id=row.pk, data=data, name=file.name, number=number)
    if not dry_run and post_key:
        if not seen.source.sure and number is None:
            raise Refused(
                f"{file.name} does not say of which text it was made; nearest is {_made_from(seen.source)} "
                f"({seen.source.share:.0%} of its words). Say so with --iteration {seen.source.number}."
            )
        by = _seat(row.pk, post_key)
        arrival = arrivals.bring(document_id=row.pk, data=data, name=file.name, by=by, at=at)
        arrivals.take_in(arrival_id=arrival.pk, number=number, by=by, at=at)
    if as_json:
        console.as_json(_data(seen))
    else:
        _show(seen, dry_run=dry_run)


def _seat(document_id: int, key: str) -> Seat:
    from penholder.drafting.seats import Seat  # noqa: PLC0415 - after the start
    from penholder.people.acting import Acting  # noqa: PLC0415
    from penholder.people.models import Post  # noqa: PLC0415

    post: Post | None = Post.objects.select_related("organisation").filter(key=key).first()
    if post is None:
        raise Missing(f"There is no post “{key}”. Run `penholder people list` to see them all.")
    return Seat(document_id, Acting(post=post, through="command"), frozenset({post.organisation_id}))


def _data(seen: Look) -> dict[str, Any]:
    return {
        "iteration": seen.source.number,
        "sure": seen.source.sure,
        "share": round(seen.source.share, 4),
        "new": [_entry(one) for one in seen.new],
        "here": [_entry(one) for one in seen.here],
        "unplaced": [_entry(one) for one in seen.unplaced],
        "notes": list(seen.returned.notes),
    }


def _entry(one: Entry) -> dict[str, Any]:
    said = {key: value for key, value in asdict(one.what).items() if key in {"author", "quote", "text"}}
    at = one.what.at
    place = {"section": one.standing.section, "passage": one.standing.name} if one.standing else {}
    return said | {"at": at.isoformat() if at else None, "here": one.here, "why": one.why, "late": one.late, **place}


def _made_from(source: Source) -> str:
    if source.iteration is not None:
        return f"iteration {source.iteration.number}"
    return f"the draft as it stood at {source.at:%Y-%m-%d %H:%M} UTC" if source.at else "the draft as it is now"


def _show(seen: Look, *, dry_run: bool) -> None:
    out = console.out()
    source = seen.source
    sure = "as the file says" if source.sure else f"by its words, {source.share:.0%} of which stand there"
    out.print(f"Made from {_made_from(source)} ({sure}).")
    for note in seen.returned.notes:
        out.print(escape(note))
    verb = "would come in" if dry_run else "came in"
    out.print(f"{len(seen.new)} {verb}, {len(seen.here)} are here already, {len(seen.unplaced)} have no place.")
    if late := sum(one.late for one in seen.new):
        out.print(
            f"Of those that {verb}, {late} stand at passages that were edited or removed since; a person decides."
        )
    for one in seen.unplaced:
        quote = one.what.quote or one.what.text or one.context
        out.print(f"[yellow]no place[/] {escape(one.what.author)}: “{escape(quote[:80])}”  {escape(one.why)}")
