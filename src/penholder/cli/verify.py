"""`penholder verify`: whether what stands is what was agreed, and what is published is what was sealed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from penholder.cli import console

if TYPE_CHECKING:
    from penholder.publishing.proofs import Proof


@click.command(epilog="Example:  penholder verify --all")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--all", "everything", is_flag=True, help="Verify the whole instance. The same as giving no FILE.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.pass_context
def verify(ctx: click.Context, *, file: Path | None, everything: bool, as_json: bool) -> None:
    """Say whether FILE holds exactly what this instance sealed or published; without FILE, prove the whole instance.

    The whole: the chain of the record and its signed checkpoints, every seal against its text, every signature and
    clearance against the record, acts that the rules forbid, every edition, and every file of the published site. The
    first line names the first broken entry of the record, if there is one. The exit code is 3 when something is broken.
    """
    if file and everything:
        raise click.UsageError("Give a FILE or --all, not both.")
    console.start()
    ctx.exit(_of_file(file, as_json=as_json) if file else _of_instance(as_json=as_json))


def _of_file(file: Path, *, as_json: bool) -> int:
    from penholder.publishing import proofs  # noqa: PLC0415 - after the start

    known = proofs.of_file(file)
    if as_json:
        console.as_json({"file": str(file), "known": known})
    elif known:
        for what in known:
            console.out().print(escape(what))
    else:
        console.out().print(
            f"{escape(str(file))} is not what this instance sealed or published: no file has its checksum."
        )
    return 0 if known else 3


def _of_instance(*, as_json: bool) -> int:
    from penholder.publishing import proofs  # noqa: PLC0415 - after the start

    with console.progress("Verifying") as tell:
        proof = proofs.everything(progress=tell)
    if as_json:
        console.as_json({"holds": not proof.broken, **asdict(proof)})
    else:
        _show(proof)
    return 3 if proof.broken else 0


def _show(proof: Proof) -> None:
    out = console.out()
    for one in proof.broken:
        out.print(f"[bold red]broken[/]  {escape(one.where)}: {escape(one.what)}")
    said = (
        f"{proof.entries} entries of the record, {proof.checkpoints} signed checkpoints, {proof.iterations} sealed "
        f"texts, {proof.answers} answers, {proof.editions} editions and {proof.files} published files"
    )
    count = len(proof.broken)
    holds = f"{count} {'thing does' if count == 1 else 'things do'} not hold." if count else "All of it holds."
    out.print(f"Read {said}. {holds}")
