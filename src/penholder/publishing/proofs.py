"""Proving an instance: what was signed was cleared, what was cleared is published, and nothing changed since.

Everything is recomputed from the texts and files themselves and held against the record, whose chain and signed
checkpoints are followed first. What somebody altered, in a table or on disk, is named.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from penholder.agreement import replay
from penholder.agreement.models import Answer, Clearance, How, Stance
from penholder.drafting import iterations
from penholder.drafting.models import Iteration, Media, SealedSection
from penholder.publishing import addresses, editions, releases, shown, sites
from penholder.publishing.models import Edition
from penholder.record import verification
from penholder.record.models import Entry, moment

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was agreed or published: `where` is an entry, an iteration, a row or a file."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read, and everything that does not hold; `broken` empty means that all of it does."""

    entries: int
    checkpoints: int
    iterations: int
    answers: int
    editions: int
    files: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is to this instance, in words."""

    what: str


def everything(*, progress: Progress = lambda _done, _total, _label: None) -> Proof:
    """Check the whole instance. Time grows with what is kept; the record itself is followed in constant memory."""
    broken: list[Broken] = []
    total = Entry.objects.count()
    verdict = verification.verify(progress=lambda done: progress(done, total, "record"))
    if verdict.fault:
        broken.append(Broken(f"record:{verdict.fault.number}", verdict.fault.what))
    progress(0, None, "agreement")
    broken += [Broken("agreement", what) for what in replay.differences()]
    broken += _of_answers()
    broken += _of_clearances()
    sealed = Iteration.objects.count()
    for done, found in enumerate(_of_iterations(), start=1):
        broken += found
        progress(done, sealed, "texts")
    published = list(editions.listed())
    broken += _of_editions(published)
    files, found = _of_site(published, progress)
    broken += found
    counted = Answer.objects.count()
    return Proof(total, verdict.checkpoints, sealed, counted, len(published), files, tuple(broken))


def of_file(path: Path) -> list[Known]:
    """Everything that a file with exactly these bytes is here; empty when this instance never made or published it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found = []
    for release in reversed(releases.kept(Path(settings.PENHOLDER_PUBLIC))):
        found += [
            Known(f"Published as /{entry.path} in the site {release.name}.")
            for entry in release.entries.values()
            if entry.sha256 == digest
        ]
    sealed = Iteration.objects.filter(seal=digest).select_related("document").defer("manifest", "events")
    for iteration in sealed:
        edition = Edition.objects.filter(iteration=iteration).first()
        said = f"published as edition {edition.number} on {edition.published_at:%Y-%m-%d}" if edition else "unpublished"
        name = f"{iteration.document.key}:{iteration.number}"
        found.append(Known(f"The manifest of {name}, {said}. Its seal is {digest}."))
    rows = SealedSection.objects.filter(text=digest).select_related("iteration__document")
    found += [
        Known(f"The text of section “{row.key}” in {row.iteration.document.key}:{row.iteration.number}.")
        for row in rows.defer("iteration__manifest", "iteration__events", "passages")
    ]
    found += [Known(f"The file “{row.name}” that sealed texts show.") for row in Media.objects.filter(pk=digest)]
    return found


def _of_iterations() -> Iterator[list[Broken]]:
    """What does not hold in each iteration; a text that was replaced whole is found by its seal."""
    recorded = {}
    for entry in Entry.objects.filter(act="iteration.sealed").order_by("number").iterator(2000):
        facts = _facts(entry)
        said = entry.subject, facts.get("label"), facts.get("source"), entry.reason
        recorded[facts.get("document"), facts.get("number")] = said
    rows = Iteration.objects.select_related("document").order_by("document", "number")
    for iteration in rows.iterator(chunk_size=20):
        key = iteration.document.key, iteration.number
        where = f"{key[0]}:{key[1]}"
        found = [
            Broken(where, problem.removeprefix(f"{where}, ").removeprefix(f"{where}: "))
            for problem in iterations.verify(iteration)
        ]
        if recorded.pop(key, None) != (iteration.seal, iteration.label, iteration.source, iteration.reason):
            found.append(Broken(where, "it is not as the record says that it was sealed."))
        yield found
    yield [
        Broken(f"{document}:{number}", "it stands in the record and not in its table.") for document, number in recorded
    ]


def _facts(entry: Entry) -> dict[str, Any]:
    try:
        facts = json.loads(entry.facts)
    except ValueError:
        return {}  # the chain names this entry already
    return facts if isinstance(facts, dict) else {}


def _instant(said: object) -> str:
    """A moment that was written in whatever time zone, as the record spells it; "" for what is none."""
    try:
        return moment(datetime.fromisoformat(str(said)))
    except ValueError:
        return ""


def _of_answers() -> list[Broken]:
    """Every answer against its entry, and every signed section against the text that was sealed."""
    broken, told = [], {}
    scopes: dict[str, dict[str, str]] = {}
    for entry in Entry.objects.filter(act__in=["answer.given", "answer.withdrawn"]).order_by("number").iterator(2000):
        facts = _facts(entry)
        told[facts.get("round"), facts.get("post"), facts.get("number")] = _as_recorded(entry, facts)
        if wanted := facts.get("sections"):
            if entry.subject not in scopes:
                rows = SealedSection.objects.filter(iteration__seal=entry.subject)
                scopes[entry.subject] = dict(rows.values_list("key", "text"))
            broken += [
                Broken(
                    f"record:{entry.number}", f"{facts['post']} signed another text of section “{key}” than is sealed."
                )
                for key, digest in wanted
                if scopes[entry.subject].get(key) != digest
            ]
    stored = Answer.objects.select_related("asked__round__iteration", "asked__post")
    stored = stored.defer("asked__round__iteration__manifest", "asked__round__iteration__events")
    for answer in stored.order_by("pk").iterator(2000):
        key = answer.asked.round.key, answer.asked.post.key, answer.number
        where = f"answer {answer.number} of {key[1]} in {key[0]}"
        if key not in told:
            broken.append(Broken(where, "the record does not know it."))
        elif told.pop(key) != _as_stored(answer):
            broken.append(Broken(where, "it is not as it was recorded."))
        elif answer.seal != answer.asked.round.iteration.seal:
            broken.append(Broken(where, "its seal is not that of the text of its round."))
    return broken + [
        Broken(f"answer {number} of {post} in {key}", "it stands in the record and not in its table.")
        for key, post, number in told
    ]


def _as_recorded(entry: Entry, facts: dict[str, Any]) -> tuple[object, ...]:
    withdrawn = entry.act == "answer.withdrawn"
    stance = str(Stance.WITHDRAWN) if withdrawn else facts.get("stance")
    how = str(How.GIVEN) if withdrawn else facts.get("how")
    if how != How.GIVEN:
        return entry.subject, stance, how
    return entry.subject, stance, how, moment(entry.at), entry.actor, entry.person, entry.on_behalf_of, entry.reason


def _as_stored(answer: Answer) -> tuple[object, ...]:
    if answer.how != How.GIVEN:
        return answer.seal, answer.stance, answer.how
    said = answer.by_post, answer.name, answer.on_behalf_of, answer.reason
    return answer.seal, answer.stance, answer.how, moment(answer.at), *said


def _of_clearances() -> list[Broken]:
    """Every clearance against its entry: who cleared which seal, when and why."""
    told, stored = defaultdict(list), defaultdict(list)
    for entry in Entry.objects.filter(act="round.cleared").order_by("number").iterator(2000):
        told[str(_facts(entry).get("round"))].append(
            (entry.subject, entry.actor, entry.person, moment(entry.at), entry.reason)
        )
    for row in Clearance.objects.select_related("round").order_by("at", "pk").iterator(2000):
        stored[row.round.key].append((row.seal, row.by_post, row.name, moment(row.at), row.reason))
    return [
        Broken(f"clearance of {key}", "it is not as it was recorded.")
        for key in sorted({*told, *stored})
        if told[key] != stored[key]
    ]


def _of_editions(published: list[Edition]) -> list[Broken]:
    """Every edition against its entry: which seal was published, when, why, and whether it was agreed here."""
    told = {}
    for entry in Entry.objects.filter(act="edition.published").order_by("number").iterator(2000):
        facts = _facts(entry)
        said = entry.subject, _instant(facts.get("published_at")), facts.get("agreed_elsewhere"), entry.reason
        told[str(facts.get("document")), facts.get("edition")] = said
    broken = []
    for edition in published:
        key = edition.document.key, edition.number
        elsewhere = edition.agreed_elsewhere
        stored = edition.iteration.seal, moment(edition.published_at), elsewhere, edition.reason
        if told.pop(key, None) != stored:
            broken.append(Broken(f"edition {key[1]} of {key[0]}", "it is not as it was recorded."))
    return broken + [
        Broken(f"edition {number} of {document}", "it stands in the record and not in its table.")
        for document, number in told
    ]


def _of_site(published: list[Edition], progress: Progress) -> tuple[int, list[Broken]]:
    """The site that readers see: its index against the record, its files against its index, its texts against seals."""
    site = releases.current(Path(settings.PENHOLDER_PUBLIC))
    noted = {str(_facts(entry).get("release")): entry for entry in Entry.objects.filter(act="site.published")}
    if site is None:
        return 0, [Broken("site", "the record tells of a site, and none is here. Publish again.")] if noted else []
    entry = noted.get(site.name)
    broken = []
    if entry is None:
        broken.append(Broken("site", f"the record does not tell of the site {site.name}. Publish again."))
    else:
        digests = shown.digests(site.folder)
        broken += [
            Broken(f"site:{name}", f"it is not the one that was published (entry {entry.number}). Publish again.")
            for name, digest in digests.items()
            if _facts(entry).get(name) != digest
        ]
    for problem in sites.check(progress=progress):
        path, _, what = problem.partition(": ")
        broken.append(Broken(f"site:{path}", what))
    newest = {edition.document.key: edition for edition in published}
    for edition in newest.values():
        path = f"{addresses.of_document(edition.document).strip('/')}/manifest.json"
        there = site.entries.get(path)
        if (
            there is not None
            and there.sha256 != edition.iteration.seal
            and edition.published_at <= datetime.fromisoformat(site.at)
        ):
            broken.append(
                Broken(
                    f"site:{path}", f"it is not what was sealed as {edition.document.key}:{edition.iteration.number}."
                )
            )
    return len(site.entries), broken
