"""`penholder events …`: take events in, seal them, and keep the keys with which services send them."""

from __future__ import annotations

import socket
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click
from rich.markup import escape

from penholder.cli import beside, console
from penholder.cli.funnels import funnel

# More would push the figures off the screen.
_STRANGERS = 10


def folder() -> Path:
    """Where events lie, in the instance that `--home` or PENHOLDER_HOME names. No database is needed for them."""
    home: Path = import_module("penholder.config.instance").home()
    return home / "events"


def send(*, grace: bool = True) -> None:
    """Send what is sealed to the storage that PENHOLDER_STORAGE names, if it names one."""
    address: str = import_module("penholder.config.instance").storage()
    if address:
        from penholder.measure.intake.storage import Storage  # noqa: PLC0415 - loads the client of the storage

        Storage(address).send(folder(), grace=grace)


@click.group(epilog="Example:  penholder events key add permits && penholder events serve --port 8100")
def events() -> None:
    """Take in what happens in the journeys of services, and seal it into the tables that figures read."""


@events.command(epilog="Example:  penholder events serve --host 0.0.0.0 --port 8100")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--fronts",
    type=click.IntRange(0, 64),
    help="How many processes check events for the one that writes them; as many as processors, if not said.",
)
@click.option("--no-seal", is_flag=True, help="Seal nothing; `penholder events seal` runs elsewhere.")
def serve(host: str, port: int, fronts: int | None, *, no_seal: bool) -> None:
    """Take events in at /intake/events until stopped (Ctrl+C). Start no second one for the same events.

    Every minute a program beside it seals what came in, and once a day erases what is older than is kept.
    """
    from penholder.measure.intake import manifests  # noqa: PLC0415 - `--help` must not wait for it

    # One door does not know the other; like uvicorn its applications, it is named.
    server = import_module("penholder.web.intake.server")

    try:
        listening = socket.create_server((host, port), backlog=1024)
    except OSError as problem:
        raise click.ClickException(
            f"{host}:{port} is taken: {problem.strerror or problem}. Stop what is there, or name another --port."
        ) from problem
    click.echo(f"Events are taken in at http://{host}:{listening.getsockname()[1]}/intake/events  (stop with Ctrl+C)")
    sys.stdout.flush()
    where = folder()
    with nullcontext() if no_seal else beside.every_minute("events", "seal"):
        server.serve(
            where,
            listening,
            sealed=manifests.ids_of(where),
            upto=manifests.read(where).upto,
            fronts=server.usual_fronts() if fronts is None else fronts,
        )


@events.command(epilog="Example:  penholder events seal")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON on stdout.")
def seal(*, as_json: bool) -> None:
    """Turn the segments of the log that are finished into the tables that figures read."""
    from penholder.measure.intake import keeping, sealing  # noqa: PLC0415

    now = datetime.now(UTC)
    done = sealing.seal(folder(), at=now)
    gone = keeping.forget_once_a_day(folder(), at=now)
    send(grace=not gone)
    if as_json:
        unknown = [{"service": one.service, "step": one.step, "events": one.events} for one in done.strangers]
        told = {"segments": done.segments, "events": done.events, "journeys": done.journeys, "forgotten": gone}
        console.as_json(told | {"unknown_steps": unknown})
        return
    console.out().print(f"Sealed {done.events:,} events of {done.segments} segments; {done.journeys:,} journeys.")
    for one in done.strangers[:_STRANGERS]:
        console.out().print(
            f"{one.events:,} events of {escape(one.service)} name the step “{escape(one.step)}”, which no version of "
            "its journey knows. Draw it, or name it among the aliases of a step."
        )
    if len(done.strangers) > _STRANGERS:
        console.out().print(f"… and {len(done.strangers) - _STRANGERS} more such steps; --json lists them all.")
    if gone:
        console.out().print(f"{gone:,} events of attempts that are older than is kept were erased.")


@events.command("import", epilog="Example:  penholder events import permits.csv.gz --service permits --case case_id")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--service", required=True, help="The service whose log it is.")
@click.option("--case", help="The column that names the attempt.")
@click.option("--activity", help="The column that names the step.")
@click.option("--at", "moment", help="The column that says when it happened.")
@click.option("--channel", help="The column that names the channel.")
@click.option("--release", help="The column that names the release.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON on stdout.")
@click.pass_context
def import_(ctx: click.Context, /, *, path: Path, service: str, as_json: bool, **columns: str | None) -> None:
    """Take in the log of a service: CSV, NDJSON or XES, gzipped or not.

    The same log again adds nothing. What cannot be read is listed, and the exit code is then 3.
    """
    from penholder.cli import event_logs  # noqa: PLC0415

    named = {name.replace("moment", "at"): column for name, column in columns.items() if column}
    with console.progress("Taking in") as tell:
        done = event_logs.take_in(folder(), path, service=service, columns=named, at=datetime.now(UTC), tell=tell)
    if as_json:
        console.as_json(done)
    else:
        for line in done["unread"]:
            click.echo(line, err=True)
        console.out().print(
            f"{done['accepted']:,} events taken in, {done['duplicate']:,} were here, {done['refused']:,} not."
        )
        if done["passed_over"]:
            console.out().print(
                f"{done['passed_over']:,} rows were passed over: they say that a task was planned or begun, and an "
                "attempt reaches a step when it is done."
            )
    ctx.exit(3 if done["refused"] else 0)


@events.command(epilog="Example:  penholder events erase permits b7Qm2xVtA91k")
@click.argument("service")
@click.argument("journey")
def erase(service: str, journey: str) -> None:
    """Erase everything about one attempt, JOURNEY, at SERVICE."""
    from penholder.measure.intake import erasing  # noqa: PLC0415

    gone = erasing.erase(folder(), service=service, journey=journey, at=datetime.now(UTC))
    send(grace=False)
    click.echo(f"{gone} events erased.")


@events.command(epilog="Example:  penholder events forget permits --before 2025-01-01")
@click.argument("service")
@click.option("--before", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Attempts that ended before that day.")
def forget(service: str, before: datetime) -> None:
    """Erase every attempt at SERVICE that is older than is kept."""
    from penholder.measure.intake import erasing  # noqa: PLC0415

    gone = erasing.forget(folder(), before={service: before.replace(tzinfo=UTC)}, at=datetime.now(UTC))
    send(grace=False)
    click.echo(f"{gone} events erased.")


@events.command(epilog="Example:  penholder events keep permits --days 400")
@click.argument("service", required=False)
@click.option("--days", type=click.IntRange(min=1), help="Attempts are erased so long after their last event.")
@click.option("--for-good", is_flag=True, help="Attempts are not erased.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON on stdout.")
def keep(service: str | None, days: int | None, *, for_good: bool, as_json: bool) -> None:
    """Say how long attempts at SERVICE are kept; without a SERVICE, list what was said.

    Sealing erases what is older, once a day.
    """
    from penholder.measure.intake import keeping  # noqa: PLC0415

    if service and (days is None) == (not for_good):
        raise click.UsageError("Say either --days, or --for-good.")
    if service:
        keeping.say(folder(), service, days)
    kept = keeping.read(folder())
    if as_json:
        console.as_json(kept)
        return
    for name, count in kept.items():
        click.echo(f"{name}: {count} days after the last event")
    click.echo("Attempts at every other service are kept for good." if kept else "All attempts are kept for good.")


events.add_command(funnel)


@events.group()
def key() -> None:
    """Keys with which services send events."""


@key.command("add", epilog="Example:  penholder events key add permits")
@click.argument("service")
@click.option("--page", is_flag=True, help="For a public page: anybody can read it there.")
def add(service: str, *, page: bool) -> None:
    """Make a key for SERVICE and print it. It is shown this once."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    added = KeyFile(folder() / "keys.json").add(service=service, page=page, at=datetime.now(UTC))
    click.echo(added.secret)


@key.command("list", epilog="Example:  penholder events key list")
@click.option("--json", "as_json", is_flag=True, help="List as JSON on stdout.")
def list_(*, as_json: bool) -> None:
    """List the keys, revoked ones too."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    keys = KeyFile(folder() / "keys.json").all()
    if as_json:
        console.as_json(
            [
                {"name": each.name, "service": each.service, "page": each.page,
                 "added_at": each.added_at.isoformat(),
                 "revoked_at": each.revoked_at.isoformat() if each.revoked_at else None}
                for each in keys
            ]
        )  # fmt: skip
        return
    for each in keys:
        state = f"revoked {each.revoked_at:%Y-%m-%d}" if each.revoked_at else "in use"
        kind = "page" if each.page else "server"
        click.echo(f"{each.name}  {each.service}  {kind}  {each.added_at:%Y-%m-%d}  {state}")


@key.command("revoke", epilog="Example:  penholder events key revoke key_Xn3dLq0a")
@click.argument("name")
def revoke(name: str) -> None:
    """Let nothing in any more with the key NAME, within a second."""
    from penholder.measure.intake.keys import KeyFile  # noqa: PLC0415

    revoked = KeyFile(folder() / "keys.json").revoke(name=name, at=datetime.now(UTC))
    click.echo(f"{revoked.name} of {revoked.service} is revoked.")
