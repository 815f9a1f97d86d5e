"""What every command prints with: tables on stdout, progress on stderr, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Tell = Callable[[int, int | None, str], None]


def start() -> Path:
    """The instance that `--home` or PENHOLDER_HOME names, ready to use."""
    # config stands above the doors and wires them; like Django's settings it is named, not imported.
    home: Path = import_module("penholder.config.instance").start()
    return home


def out() -> Console:
    """Where results go. Colour only where it can be seen, none when NO_COLOR says so."""
    return Console(highlight=False, soft_wrap=True)


def as_json(data: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


@contextmanager
def progress(words: str) -> Iterator[Tell]:
    """A bar on stderr while something long is done; nothing where stderr is not a terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[label]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=None, label="")

        def tell(done: int, total: int | None, label: str) -> None:
            bar.update(task, completed=done, total=total, label=label)

        yield tell
