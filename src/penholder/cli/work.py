"""`penholder work`: sends what waits to be sent, and does what the clock asks for."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from penholder.cli import console

# How often a worker beside a server looks whether there is a database to work on yet.
SECONDS_BETWEEN_LOOKS = 5.0


@click.command(epilog="Example:  penholder work --once")
@click.option("--once", is_flag=True, help="Do what is due now, and stop.")
@click.option("--failed", is_flag=True, help="List the letters that could not be sent, and stop.")
@click.option("--again", is_flag=True, help="Let the letters that could not be sent be tried again now, and stop.")
@click.option("--address", default="", help="Where the desk is found, for links in letters, if no setting says so.")
@click.option(
    "--beside", is_flag=True, help="Stop when standard input ends. For `penholder serve`, which starts it so."
)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")
@click.pass_context
def work(
    ctx: click.Context, *, once: bool, failed: bool, again: bool, address: str, beside: bool, as_json: bool
) -> None:
    """Send letters and reminders, deem consent at deadlines, publish what is scheduled; until it is stopped.

    `penholder serve` and `penholder demo` run one beside themselves. Several at once do no harm.
    """
    if failed + again + once > 1:
        raise click.UsageError("Say one of --once, --failed and --again.")
    stop = _stopping(beside=beside)
    if beside and not _wait_for_a_database(stop):
        return
    console.start()
    # jobs stand beside the commands and may not be known to them; like config they are named, not imported.
    if failed:
        ctx.exit(_failed(as_json=as_json))
    if again:
        count = import_module("penholder.jobs.letters").again(at=datetime.now(UTC))
        console.out().print(f"{count} letters are tried again.")
        return
    worker = _worker(address, stop)
    if once:
        done: dict[str, int] = {name: count for name, count in worker.once().items() if name}
        if as_json:
            console.as_json(done)
        ctx.exit(1 if worker.problems() else 0)
    worker.run(stop)


def _worker(address: str, stop: threading.Event) -> Any:
    duties = import_module("penholder.jobs.duties")
    posting = import_module("penholder.jobs.posting")
    jobs = import_module("penholder.jobs.work")
    sender = posting.Sender(clock=import_module("penholder.jobs.clock").now, address=address, stopping=stop.is_set)
    return jobs.Worker(duties.every(sender), tell=_tell)


def _tell(line: str) -> None:
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}  {line}", err=True)


def _stopping(*, beside: bool) -> threading.Event:
    """Set when somebody asks us to stop: by a signal, or, beside a server, by the end of standard input."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if beside:

        def wait() -> None:
            while sys.stdin.buffer.read(1024):
                pass
            stop.set()

        threading.Thread(target=wait, name="end of the server", daemon=True).start()
    return stop


def _wait_for_a_database(stop: threading.Event) -> bool:
    """Wait until the instance has a database; a site that is only served needs none, and none is made for it."""
    settings = import_module("penholder.config.settings")
    described = settings.DATABASES["default"]
    while described["ENGINE"].endswith("sqlite3") and not Path(described["NAME"]).exists():
        if stop.wait(SECONDS_BETWEEN_LOOKS):
            return False
    return not stop.is_set()


def _failed(*, as_json: bool) -> int:
    """Show what could not be sent; 3 when there is something to be seen to."""
    letters = list(import_module("penholder.jobs.letters").failed())
    standing = import_module("penholder.jobs.work").standing()
    if as_json:
        rows = [
            {
                "letter": letter.pk, "to": letter.to, "about": letter.kind or letter.subject, "state": letter.state,
                "attempts": letter.attempts, "made_at": letter.made_at, "problem": letter.problem,
            }
            for letter in letters
        ]  # fmt: skip
        facts = {"waiting": standing.waiting, "failed": standing.failed, "worked_at": standing.worked_at}
        console.as_json({**facts, "letters": rows})
        return 3 if letters else 0
    out = console.out()
    for letter in letters:
        then = "given up" if letter.state == "failed" else f"tried again at {letter.due_at:%H:%M} UTC"
        out.print(
            f"{letter.made_at:%Y-%m-%d %H:%M}  {escape(letter.to)}  {escape(letter.kind or letter.subject)}: "
            f"attempt {letter.attempts}, {then}\n    {escape(letter.problem)}"
        )
    since = f"{standing.worked_at:%Y-%m-%d %H:%M} UTC" if standing.worked_at else "never"
    out.print(f"{standing.waiting} letters wait, {standing.failed} were given up. A worker last ran: {since}.")
    return 3 if letters else 0
