"""What is to be mended in files that are not taken in: those of an import, or one text. Needs no instance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from penholder.formats.reading import Reading
from penholder.text import clarity, soundness


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend or to look at. `where` is a file, an iteration or an action; `line` from 1, 0 for the whole."""

    where: str
    line: int
    what: str
    severity: Literal["error", "warning", "note"]


def hints(texts: Sequence[tuple[str, str]], *, off: Sequence[str] = ()) -> list[Finding]:
    """What could be said more clearly in texts of one document, given as (where, text): notes, never faults.

    `off` names rules of `penholder.text.clarity.RULES` that are not asked.
    """
    asked = {*off, *clarity.FAULTS}  # those are told as faults, by `soundness`
    found = clarity.hints([words for _, words in texts], off=asked)
    return [Finding(texts[hint.text][0], hint.line, f"{hint.advice} “{hint.words}”", "note") for hint in found]


def files(readings: Iterable[Reading], *, off: Sequence[str] = ()) -> list[Finding]:
    """Faults of a source that was read but is not taken in, and hints: those of its newest state."""
    newest = None
    for newest in readings:  # noqa: B007 - the last one is wanted, and they come one at a time
        pass
    if newest is None:
        return []
    found = [Finding(one.file, one.line, one.what, one.severity) for one in newest.unread]
    paths = {asset.path for asset in newest.assets}
    for document in newest.documents:
        texts = [section.markdown for section in document.sections]
        problems_of = soundness.problems(texts, exists=paths.__contains__)
        for section, problems in zip(document.sections, problems_of, strict=True):
            found += [Finding(section.file, problem.line, problem.message, "warning") for problem in problems]
        found += hints([(section.file, section.markdown) for section in document.sections], off=off)
    titles = {action.number: action.title for action in newest.actions}
    found += [
        Finding(one.file, one.line, f"Action {one.action:02} is “{titles[one.action]}”; here “{one.title}”.", "warning")
        for one in newest.wordings
        if one.title != titles.get(one.action, one.title)
    ]
    return found


def text(
    name: str, source: str, *, exists: Callable[[str], bool] = lambda _path: False, off: Sequence[str] = ()
) -> list[Finding]:
    """Faults of one Markdown file, and hints. `exists` says which of the files that it names are there."""
    (problems,) = soundness.problems([source], exists=exists)
    faults = [Finding(name, problem.line, problem.message, "warning") for problem in problems]
    return faults + hints([(name, source)], off=off)
