"""`penholder …`: each command parses, makes one call, prints, and gives an exit code that means something.

  0  it is done
  1  refused, or the input cannot be used; the message says what is wrong, where, and what to do next
  2  the command was written wrongly
  3  done, and something differs (compare) or problems were found (check)
130  stopped by the keyboard
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from penholder.errors import PenholderError

# Command: the function behind it, and what the list of commands says. Modules load when their command is asked for.
COMMANDS = {
    "demo": ("penholder.cli.demo:demo", "Load the demonstration strategy, publish it and serve it."),
    "import": ("penholder.cli.imports:import_", "Take in a strategy with its history."),
    "iterations": ("penholder.cli.iterations:iterations", "List what was sealed."),
    "compare": ("penholder.cli.compare:compare", "Show what changed between two iterations or two files."),
    "publish": ("penholder.cli.publish:publish", "Write the public site and show it in one step."),
    "word": ("penholder.cli.word:word", "Exchange texts with Word and LibreOffice, tracked changes included."),
    "export": ("penholder.cli.export:export", "Hand the published site over for nginx or a CDN."),
    "serve": ("penholder.cli.serve:serve", "Serve the published site."),
    "people": ("penholder.cli.people:people", "Show and change who holds which post."),
    "services": ("penholder.cli.register:services", "Take in and list services and what they submitted."),
    "work": ("penholder.cli.work:work", "Send letters and reminders, and do what the clock asks for."),
    "events": ("penholder.cli.events:events", "Take in and seal what happens in the journeys of services."),
    "withdraw": ("penholder.cli.withdraw:withdraw", "Say in public that an edition no longer holds."),
    "verify": ("penholder.cli.verify:verify", "Prove that what was signed is what stands and what is published."),
    "check": ("penholder.cli.check:check", "Look for faults in Markdown files, or in the whole instance."),
}


class Commands(click.Group):
    """The group of commands. Says every refusal in one line on stderr, without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a refusal becomes exit code 1 with its reasons."""
        try:
            return super().invoke(ctx)
        except PenholderError as refusal:
            for reason in getattr(refusal, "reasons", None) or [str(refusal)]:
                click.echo(f"penholder: {reason}", err=True)
            ctx.exit(1)
        except Exception as problem:
            if reason := _known(problem):
                click.echo(f"penholder: {reason}", err=True)
                ctx.exit(1)
            raise


def _known(problem: Exception) -> str:
    """What to say of a fault that is nobody's mistake here: a busy database, a full disk. "" for any other."""
    if type(problem).__module__ == "django.db.utils" and "locked" in str(problem):
        return "Another import or publish is writing to this instance. Nothing was changed; try again when it is done."
    if isinstance(problem, OSError) and not isinstance(problem, BrokenPipeError):
        return f"{problem.filename or 'A file'} could not be used: {problem.strerror or problem}."
    return ""


class _Group(Commands):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # names only; get_command loads

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(130)


@click.group(
    cls=_Group,
    epilog="Example:  penholder import ../strategy.bundle && penholder publish && penholder serve",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--home", metavar="FOLDER", help="Where the instance lives. PENHOLDER_HOME says it too; else ./home.")
@click.version_option(package_name="penholder")
def main(home: str | None) -> None:
    """Draft a public strategy, seal it, publish it exactly as sealed, and show whether it is delivered."""
    if home:
        # config stands above the doors and wires them; like Django's settings it is named, not imported.
        import_module("penholder.config.instance").choose(home)
