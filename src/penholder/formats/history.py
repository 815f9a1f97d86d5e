"""A strategy with its past: a folder with history.toml, and one folder per iteration that holds only what changed.

[[iteration]]
label = "Shared vision"
folder = "01-shared-vision"
at = 2012-06-21T16:00:00Z
stage = "shared vision"
published = false
reason = "…"              # public
author = "…"
removed = ["text/02-old.md"]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from penholder.errors import Refused
from penholder.formats import house
from penholder.formats.folders import climbs_out
from penholder.formats.reading import Snapshot, Unread
from penholder.formats.tables import Table, read_toml


@dataclass(frozen=True, slots=True)
class _Step:
    """One entry of history.toml, checked."""

    label: str
    folder: str
    at: datetime
    stage: str
    published: bool
    reason: str
    author: str
    removed: tuple[str, ...]
    line: int


def looks_like(paths: Iterable[str]) -> bool:
    """Whether a folder with these files is a history folder."""
    return "history.toml" in paths


def count(files: Mapping[str, bytes]) -> int:
    """How many iterations there will be."""
    return len(_steps(files))


def read(files: Mapping[str, bytes]) -> Iterator[Snapshot]:
    """The iterations from the oldest to the newest, one at a time, each a whole strategy."""
    state: dict[str, bytes] = {}
    for step in _steps(files):
        start = f"{step.folder}/"
        changed = {path.removeprefix(start): data for path, data in files.items() if path.startswith(start)}
        lost = [path for path in step.removed if path not in state]
        state = {path: data for path, data in state.items() if path not in step.removed} | changed
        reading = house.read(state)
        here = tuple(_placed(one, step.folder, changed) for one in reading.unread)
        gone = tuple(
            Unread("history.toml", step.line, f"“{step.label}” removes {path}, which was not there.") for path in lost
        )
        yield Snapshot(
            step.label,
            step.at,
            step.folder,
            replace(reading, unread=here + gone),
            step.stage,
            step.published,
            step.reason,
            step.author,
        )


def _placed(unread: Unread, folder: str, changed: Mapping[str, bytes]) -> Unread:
    """The complaint with the path at which a person finds the file; an unchanged file stands in an earlier folder."""
    return replace(unread, file=f"{folder}/{unread.file}") if unread.file in changed else unread


def _steps(files: Mapping[str, bytes]) -> list[_Step]:
    table = read_toml("history.toml", files["history.toml"])
    steps: list[_Step] = []
    for row in table.rows("iteration"):
        step = _step(row)
        if step.folder and not any(path.startswith(f"{step.folder}/") for path in files):
            raise Refused(f"history.toml, line {step.line}: there is no folder {step.folder} with files in it.")
        if any(step.label == earlier.label for earlier in steps):
            raise Refused(f"history.toml, line {step.line}: the label “{step.label}” stands twice.")
        if steps and step.at <= steps[-1].at:
            raise Refused(
                f"history.toml, line {row.line_of('at')}: “{step.label}” is not later than “{steps[-1].label}”. "
                "List the iterations from the oldest to the newest."
            )
        steps.append(step)
    if table.complaints:
        raise Refused([f"{one.file}, line {one.line}: {one.what}" for one in table.complaints])
    if not steps:
        raise Refused("history.toml lists no iteration. Add [[iteration]] with label, folder and at.")
    return steps


def _step(row: Table) -> _Step:
    label, folder = row.text("label"), row.text("folder")
    removed = row.texts("removed")
    if (not folder and not removed) or climbs_out(folder) or "/" in folder.rstrip("/"):
        raise Refused(f"history.toml, line {row.line_of('folder')}: folder must name a folder beside history.toml.")
    if not label:
        raise Refused(f"history.toml, line {row.line_of('label')}: an iteration needs a label.")
    return _Step(
        label,
        folder.rstrip("/"),
        row.moment("at"),
        row.text("stage"),
        row.flag("published", otherwise=True),
        row.text("reason"),
        row.text("author"),
        removed,
        row.first,
    )
