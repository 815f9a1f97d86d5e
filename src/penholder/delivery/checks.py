"""Everything that can be checked of an instance, or of somebody's files, in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from penholder.delivery import standing
from penholder.drafting import drafts, iterations, sealed_texts
from penholder.drafting import hints as drafted
from penholder.drafting.models import Document, Iteration, Waiver
from penholder.errors import Missing
from penholder.formats.reading import Reading
from penholder.publishing import editions, sites
from penholder.record import verification
from penholder.text import clarity, soundness
from penholder.text.canonical import canonical

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend or to look at. `where` is a file, an iteration or an action; `line` from 1, 0 for the whole."""

    where: str
    line: int
    what: str
    severity: Literal["error", "warning", "note"]


def instance(*, progress: Progress = lambda _done, _total, _label: None) -> list[Finding]:
    """Recompute every seal, follow the record, compare the site with its index, read every current edition for faults.

    What is broken is an error; what a reader would stumble over, and drift, is a warning.
    """
    found = []
    sealed = Iteration.objects.select_related("document").order_by("document", "number")
    total = sealed.count()
    for done, iteration in enumerate(sealed.iterator(chunk_size=20), start=1):
        where = f"{iteration.document.key}:{iteration.number}"
        found += [Finding(where, 0, problem, "error") for problem in iterations.verify(iteration)]
        progress(done, total, where)
    fault = verification.verify().fault
    if fault:
        found.append(Finding(f"record:{fault.number}", 0, fault.what, "error"))
    try:
        found += [Finding("site", 0, problem, "error") for problem in sites.check()]
    except Missing:
        found.append(Finding("site", 0, "Nothing is published yet.", "note"))
    return found + _of_editions() + _of_drift()


def _of_editions() -> list[Finding]:
    current = editions.current()
    texts = sealed_texts.read_many(edition.iteration_id for edition in current.values())
    found = []
    for key, edition in current.items():
        sections = texts[edition.iteration_id].sections
        paths = {file["path"] for file in edition.iteration.manifest["media"]}
        problems_of = soundness.problems([one.text for one in sections], exists=paths.__contains__)
        for section, problems in zip(sections, problems_of, strict=True):
            where = f"{key}, section {section.key}"
            found += [Finding(where, problem.line, problem.message, "warning") for problem in problems]
    return found


def _of_drift() -> list[Finding]:
    try:
        stands = standing.read()
    except Missing:
        return []
    return [
        Finding(
            wording.where,
            wording.line,
            f"Action {action.number:02} is “{action.title}”; here “{wording.title}”.",
            "warning",
        )
        for action in stands.actions
        for wording in action.drift
    ]


def hints(texts: Sequence[tuple[str, str]], *, off: Sequence[str] = ()) -> list[Finding]:
    """What could be said more clearly in texts of one document, given as (where, text): notes, never faults.

    `off` names rules of `penholder.text.clarity.RULES` that are not asked.
    """
    asked = {*off, *clarity.FAULTS}  # those are told as faults, by `soundness`
    found = clarity.hints([words for _, words in texts], off=asked)
    return [Finding(texts[hint.text][0], hint.line, f"{hint.advice} “{hint.words}”", "note") for hint in found]


def draft(document: Document, *, off: Sequence[str] = ()) -> list[Finding]:
    """Faults of a draft as it stands, and the desk's open hints; what is waived there is told with its reason."""
    found = []
    parts = drafts.read(document.pk).sections
    latest = Iteration.objects.filter(document=document).order_by("-number").first()
    paths = {file["path"] for file in latest.manifest["media"]} if latest else set()
    texts = [canonical(part.text) for part in parts]
    for part, problems in zip(parts, soundness.problems(texts, exists=paths.__contains__), strict=True):
        where = f"{document.key}, section {part.key}"
        found += [Finding(where, problem.line, problem.message, "warning") for problem in problems]
    asked = [one for one in drafted.open_ones(drafted.of(document)) if one.rule not in {*off, *clarity.FAULTS}]
    found += [
        Finding(f"{document.key}, section {one.section}", one.line, f"{one.advice} “{one.words}”", "note")
        for one in asked
    ]
    waived = Waiver.objects.filter(document=document, ended_at=None)
    return found + [
        Finding(
            f"{document.key}, passage {row.passage}" if row.passage else document.key,
            0,
            f"“{row.rule}” is waived: {row.reason} ({row.by})",
            "note",
        )
        for row in waived
    ]


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
