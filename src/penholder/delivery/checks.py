"""Everything that can be checked of an instance and its drafts, in one list. Files are checked by `formats.faults`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from penholder.delivery import standing
from penholder.drafting import drafts, iterations, sealed_texts
from penholder.drafting import hints as drafted
from penholder.drafting.models import Document, Iteration, Waiver
from penholder.errors import Missing
from penholder.formats.faults import Finding
from penholder.publishing import editions, sites
from penholder.record import verification
from penholder.text import clarity, soundness
from penholder.text.canonical import canonical

Progress = Callable[[int, int | None, str], None]


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
