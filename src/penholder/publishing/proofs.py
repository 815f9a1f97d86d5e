"""Proving an instance: what was signed was cleared, what was cleared is published, and nothing changed since.

Everything is recomputed from the texts and files themselves and held against the record, whose chain and signed
checkpoints are followed first. What somebody altered, in a table or on disk, is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings

from penholder.agreement import accounts, replay
from penholder.agreement.models import Answer
from penholder.drafting import accounts as drafting_accounts
from penholder.drafting import iterations
from penholder.drafting.models import Iteration, Media, SealedSection
from penholder.people import accounts as people_accounts
from penholder.publishing import accounts as published_accounts
from penholder.publishing import addresses, editions, releases, shown, sites
from penholder.publishing.models import Edition
from penholder.publishing.releases import Release
from penholder.record import verification
from penholder.record.accounts import facts_of
from penholder.record.chain import moment
from penholder.record.findings import Broken
from penholder.record.models import Entry

Progress = Callable[[int, int | None, str], None]


# What reading a damaged row ends in, where its database lets it be read at all.
DAMAGED = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read, and everything that does not hold; `broken` empty means that all of it does.

    `unsealed` is what drafts say that is not sealed yet: nobody signed it, so nothing proves it. `older` counts rows
    that were written before the record held what they say: that they are there is proved, and nothing more.
    """

    entries: int
    checkpoints: int
    iterations: int
    answers: int
    editions: int
    files: int
    broken: tuple[Broken, ...]
    unsealed: tuple[str, ...] = ()
    older: tuple[str, ...] = ()


def everything(*, progress: Progress = lambda _done, _total, _label: None) -> Proof:
    """Check the whole instance. Time grows with what is kept; the record itself is followed in constant memory."""
    total, sealed = Entry.objects.count(), Iteration.objects.count()
    verdict = verification.verify(progress=lambda done: progress(done, total, "record"))
    broken = [Broken(f"record:{verdict.fault.number}", verdict.fault.what)] if verdict.fault else []
    progress(0, None, "people")
    broken += guarded("people", people_accounts.differences)
    progress(0, None, "agreement")
    broken += guarded("agreement", lambda: [Broken("agreement", what) for what in replay.differences()])
    broken += guarded("agreement", accounts.differences)
    for done, found in enumerate(_of_iterations(), start=1):
        broken += found
        progress(done, sealed, "texts")
    published = list(editions.listed())
    broken += guarded("publishing", published_accounts.differences)
    site = releases.current(Path(settings.PENHOLDER_PUBLIC))
    broken += _of_site(site, published, progress)
    files = len(site.entries) if site else 0
    answers = Answer.objects.count()
    try:
        unsealed = tuple(drafting_accounts.unsealed())
    except DAMAGED as problem:
        unsealed = (f"the drafts cannot be read, so rows of them were damaged: {problem!r}.",)
    return Proof(total, verdict.checkpoints, sealed, answers, len(published), files, tuple(broken), unsealed)


def guarded(where: str, check: Callable[[], list[Broken]]) -> list[Broken]:
    """What a check finds. Rows so damaged that they cannot be compared are found as well, and stop nothing else."""
    try:
        return check()
    except DAMAGED as problem:
        return [Broken(where, f"it cannot be read, so rows of it were damaged: {problem!r}.")]


def of_file(path: Path) -> list[str]:
    """Everything that a file of exactly these bytes is here, in words; empty when it was never sealed or published."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found = []
    for release in reversed(releases.kept(Path(settings.PENHOLDER_PUBLIC))):
        found += [
            f"Published as /{entry.path} in the site {release.name}."
            for entry in release.entries.values()
            if entry.sha256 == digest
        ]
    sealed = Iteration.objects.filter(seal=digest).select_related("document").defer("manifest", "events")
    for iteration in sealed:
        edition = Edition.objects.filter(iteration=iteration).first()
        stands = (
            f"published as edition {edition.number} on {moment(edition.published_at)[:10]}"
            if edition
            else "unpublished"
        )
        name = f"{iteration.document.key}:{iteration.number}"
        found.append(f"The manifest of {name}, {stands}. Its seal is {digest}.")
    rows = SealedSection.objects.filter(text=digest).select_related("iteration__document")
    found += [
        f"The text of section “{row.key}” in {row.iteration.document.key}:{row.iteration.number}."
        for row in rows.defer("iteration__manifest", "iteration__events", "passages")
    ]
    found += [f"The file “{row.name}” that sealed texts show." for row in Media.objects.filter(pk=digest)]
    return found


def _of_iterations() -> Iterator[list[Broken]]:
    """What does not hold in each iteration: in itself, and, when it was replaced whole, against the record."""
    rows = Iteration.objects.select_related("document").order_by("document", "number")
    for iteration in rows.iterator(chunk_size=20):
        where = f"{iteration.document.key}:{iteration.number}"
        yield guarded(where, partial(_of_iteration, iteration, where))
    yield guarded("texts", drafting_accounts.differences)


def _of_iteration(iteration: Iteration, where: str) -> list[Broken]:
    problems = iterations.verify(iteration)
    return [Broken(where, problem.removeprefix(f"{where}, ").removeprefix(f"{where}: ")) for problem in problems]


def _of_site(site: Release | None, published: list[Edition], progress: Progress) -> list[Broken]:
    """The site that readers see: its lists against the record, its files against its lists, its texts against seals."""
    noted = Entry.objects.filter(act="site.published").order_by("-number").first()
    if site is None:
        return [Broken("site", "the record tells of a site, and none is here. Publish again.")] if noted else []
    if noted is None or noted.subject != site.name:
        newest = f"that {noted.subject} is" if noted else "of no site"
        broken = [Broken("site", f"{site.name} is shown, and the record tells {newest}. Publish again.")]
    else:
        facts, told = facts_of(noted), shown.digests(site.folder)
        what = f"it is not the one that was published (entry {noted.number}). Publish again."
        broken = [Broken(f"site:{name}", what) for name, digest in told.items() if facts.get(name) != digest]
    for problem in sites.check(progress=progress):
        path, _, what = problem.partition(": ")
        broken.append(Broken(f"site:{path}", what))
    return broken + _of_manifests(site, published)


def _of_manifests(site: Release, published: list[Edition]) -> list[Broken]:
    """Editions that were published by then and whose manifest the site does not hold as it was sealed."""
    broken = []
    for edition in published:
        if edition.published_at is None or edition.published_at > datetime.fromisoformat(site.at):
            continue
        path = f"{addresses.of_edition(edition.document, edition.number).strip('/')}/manifest.json"
        held = site.entries.get(path)
        if held is None or held.sha256 != edition.iteration.seal:
            name = f"{edition.document.key}:{edition.iteration.number}"
            what = "it is not what was sealed" if held else "it is missing, and should be what was sealed"
            broken.append(Broken(f"site:{path}", f"{what} as {name}. Publish again."))
    return broken
