"""`penholder verify`: whether what stands is what was agreed, and what is published is what was sealed."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from penholder.cli import console
from penholder.publishing import checking, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penholder.publishing.checking import Checked
    from penholder.publishing.proofs import Proof
    from penholder.record.findings import Broken


@click.command(epilog="Example:  penholder verify https://strategy.example.org/strategy/editions/2/")
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--all", "everything", is_flag=True, help="Verify the whole instance. The same as naming nothing.")
@click.option("--key", default="", help="The signing key, in hex, that evidence must have been signed with.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.pass_context
def verify(ctx: click.Context, *, target: str | None, everything: bool, key: str, as_json: bool) -> None:
    """Say whether TARGET, a file or an address, holds what was agreed and published; without one, prove the instance.

    An evidence bundle (a zip from the page “How this was agreed”) is checked by itself: no network, no instance. Of a
    URL, the page and its evidence are fetched and the words of the page held against the sealed text. Of any other
    FILE, it says whether this instance sealed or published exactly these bytes.

    The whole instance: the chain of the record and its signed checkpoints, every seal against its text, every signature
    and clearance against the record, acts that the rules forbid, every edition, and every file of the published site.
    What drafts say beyond the last sealed text is told as not sealed: nobody signed it yet.
    The first line names the first broken entry of the record, if there is one. The exit code is 3 when something is
    broken.
    """
    if target and everything:
        raise click.UsageError("Give a file, an address or --all, not several.")
    if target and target.startswith(("http://", "https://")):
        ctx.exit(_of_url(target, key=key, as_json=as_json))
    file = Path(target) if target else None
    if file and not file.is_file():
        raise click.UsageError(f"There is no file {file}. Give a file, or an address that starts with https://.")
    if file and evidence.is_bundle(file):
        ctx.exit(_of_bundle(file, key=key, as_json=as_json))
    if key:
        raise click.UsageError("--key is for evidence: give a bundle, or the address of a page.")
    console.start()
    ctx.exit(_of_file(file, as_json=as_json) if file else _of_instance(as_json=as_json))


def _of_url(url: str, *, key: str, as_json: bool) -> int:
    from penholder.publishing import remote  # noqa: PLC0415 - what it needs is large

    with console.progress("Verifying") as tell:
        checked = remote.check(url, key=key, progress=tell)
    return _report(checked, key=key, as_json=as_json)


def _of_bundle(file: Path, *, key: str, as_json: bool) -> int:
    with console.progress("Verifying") as tell:
        checked = checking.check(file, key=key, progress=tell)
    return _report(checked, key=key, as_json=as_json)


def _report(checked: Checked, *, key: str, as_json: bool) -> int:
    if as_json:
        console.as_json({"holds": not checked.broken, **asdict(checked)})
        return 3 if checked.broken else 0
    out = console.out()
    _show_broken(checked.broken)
    out.print(f"Edition {checked.edition} of “{escape(checked.title)}”, published {checked.published_at[:10]}")
    if checked.withdrawn_at:
        out.print(f"  withdrawn  {checked.withdrawn_at[:10]}")
    out.print(f"  seal       {checked.seal}")
    how = [escape(step) for step in checked.steps] or ["elsewhere, before it came here"]
    for words, step in zip(["agreed", *[""] * len(how)], how, strict=False):
        out.print(f"  {words:<10} {step}")
    out.print(f"  text       {checked.sections} sections, as sealed and as published")
    out.print(f"  record     {checked.entries} entries, {checked.shown} of them shown, between signed checkpoints")
    for other in checked.keys:
        out.print(f"  key        {other}")
    if checked.broken:
        out.print(_not_holding(len(checked.broken)))
    else:
        sure = "" if key else " Whose the key is you must know from elsewhere: compare it, or name it with --key."
        out.print(f"All of it holds.{sure}")
    return 3 if checked.broken else 0


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
    from penholder.delivery import accounts as of_delivery  # noqa: PLC0415 - after the start
    from penholder.publishing import proofs  # noqa: PLC0415
    from penholder.services import accounts as of_services  # noqa: PLC0415

    with console.progress("Verifying") as tell:
        proof = proofs.everything(progress=tell)
    older: list[str] = []

    def services() -> list[Broken]:
        found, before = of_services.examine()
        older.extend(before)
        return found

    found = [*proof.broken, *proofs.guarded("services", services)]
    found += proofs.guarded("delivery", of_delivery.differences)
    proof = replace(proof, broken=tuple(found), older=tuple(older))
    if as_json:
        console.as_json({"holds": not proof.broken, **asdict(proof)})
    else:
        _show(proof)
    return 3 if proof.broken else 0


def _show(proof: Proof) -> None:
    _show_broken(proof.broken)
    said = (
        f"{proof.entries} entries of the record, {proof.checkpoints} signed checkpoints, {proof.iterations} sealed "
        f"texts, {proof.answers} answers, {proof.editions} editions and {proof.files} published files"
    )
    holds = _not_holding(len(proof.broken)) if proof.broken else "All of it holds."
    console.out().print(f"Read {said}. {holds}")
    for what in proof.older:
        console.out().print(
            f"[dim]older than its proof[/]  {escape(what)}, written before the record held what they say."
        )
    for what in proof.unsealed:
        console.out().print(f"[dim]not sealed[/]  {escape(what)}")


def _show_broken(broken: Iterable[Broken]) -> None:
    for one in broken:
        console.out().print(f"[bold red]broken[/]  {escape(one.where)}: {escape(one.what)}")


def _not_holding(count: int) -> str:
    return f"{count} {'thing does' if count == 1 else 'things do'} not hold."
