"""The one door through which other people's strategies come in: documents, editions, promises and answers at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter

from django.db import connection, transaction
from django.utils import timezone

from penholder.delivery import accounts, promises, responses
from penholder.delivery.models import Action, Taken
from penholder.delivery.reports import Report
from penholder.delivery.responses import Printed
from penholder.drafting import documents, iterations, media, sealed_texts
from penholder.drafting.documents import Draft
from penholder.drafting.manifests import MediaDigest
from penholder.drafting.models import Document, Iteration
from penholder.formats.reading import Asset, ReadDocument, Reading, Snapshot, Unread
from penholder.people import organisations
from penholder.people.models import Organisation
from penholder.people.organisations import Named
from penholder.publishing import addresses, editions
from penholder.publishing.models import Edition

# Told after each snapshot: how many are done, how many there are when that is known, and the label of this one.
Progress = Callable[[int, int | None, str], None]

# Any number does, as long as every import asks PostgreSQL for the same one. SQLite lets one writer in anyway.
ONE_IMPORT_AT_A_TIME = 20_121_106


def take_in(
    snapshots: Iterable[Snapshot],
    *,
    source: str,
    at: datetime,
    dry_run: bool = False,
    total: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take in the snapshots of one source, oldest first, all or none of them. The same ones again change nothing.

    A dry run does everything and then undoes it, so its report is the real one. An error in the source stops the
    import, undoes it and is in the report. `at` is when this happens. Raises Refused when something may not be.
    """
    report = Report(source=source, dry_run=dry_run)
    with transaction.atomic():
        _wait_for_others()
        door = _Door(report, at)
        for done, snapshot in enumerate(snapshots, start=1):
            door.take(snapshot)
            if progress:
                progress(done, total, snapshot.label)
            if report.errors:
                report.stopped = True
                break
        if not report.stopped:
            door.close(write=not dry_run)
        if report.stopped or dry_run:
            transaction.set_rollback(True)
    return report


def _wait_for_others() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])


@dataclass(slots=True)
class _Hand:
    """What the door holds of one document between snapshots, so that one that has not changed costs no query."""

    read: ReadDocument
    files: tuple[MediaDigest, ...]
    document: Document
    iteration: Iteration
    edition: Edition | None
    promises: Mapping[str, promises.Promise] = field(default_factory=dict)


class _Door:
    """One import under way."""

    def __init__(self, report: Report, at: datetime) -> None:
        self.report, self.at = report, at
        self.moment: datetime | None = None
        self.taken = list(Taken.objects.order_by("at", "pk"))
        self.hands: dict[str, _Hand] = {}
        self.known: Mapping[str, Organisation] = {}
        self.named: tuple[Named, ...] = ()
        self.facts: object = None
        self.old_addresses: dict[str, str] = {}
        self.assets: dict[str, Asset] = {}  # by digest: the files are written once, when everything else has gone well
        self.files: dict[str, MediaDigest] = {}
        self.counted: set[int] = set()
        self.changed = False

    def take(self, snapshot: Snapshot) -> None:
        """One snapshot. Times never run backwards within an import: a commit may claim to be older than its parent."""
        reading, report = snapshot.reading, self.report
        self.moment = max(self.moment, snapshot.at) if self.moment else snapshot.at
        report.snapshots += 1
        report.first_at = report.first_at or self.moment
        report.last_at = self.moment
        report.count(reading)
        report.note(reading.unread, snapshot.label)
        if report.errors:
            return
        if not any(section.markdown.strip() for one in reading.documents for section in one.sections):
            report.note([Unread("", 0, "This snapshot holds no text and was left out.")], snapshot.label)
            return
        digest = _digest(snapshot)
        earlier = [row for row in self.taken if set(row.documents) & {one.key for one in reading.documents}]
        if same := _taken_already(earlier, digest, self.moment):
            self._count_as_iteration(same)
        elif earlier and self.moment < earlier[-1].at:
            report.skipped += 1
            what = f"Older than what is here already ({earlier[-1].at:%Y-%m-%d %H:%M}), so it cannot be put in between."
            report.note([Unread(snapshot.source, 0, what)], snapshot.label)
        else:
            self._take_new(replace(snapshot, at=self.moment), digest)

    def _take_new(self, snapshot: Snapshot, digest: str) -> None:
        reading = snapshot.reading
        self._know_organisations(reading)
        files = self._hold_assets(reading.assets)
        before = self.report.new["iterations"]
        for read in reading.documents:
            if any(section.markdown.strip() for section in read.sections):
                self._take_document(read, files, snapshot)
        sealed = self.report.new["iterations"] - before
        if snapshot.published:
            self._record_facts(reading, timezone.localdate(snapshot.at))
        self._note_addresses(reading)
        taken = Taken.objects.create(
            at=snapshot.at,
            label=snapshot.label,
            source=snapshot.source,
            digest=digest,
            documents=[one.key for one in reading.documents],
            iterations=sealed,
            taken_at=self.at,
        )
        self.taken.append(taken)
        self.changed = True
        self._count_as_iteration(taken)

    def _count_as_iteration(self, taken: Taken) -> None:
        """Count a snapshot from which something was sealed, once, however often the source repeats it."""
        if taken.iterations and taken.pk not in self.counted:
            self.counted.add(taken.pk)
            self.report.iterations += 1

    def _know_organisations(self, reading: Reading) -> None:
        named = tuple(
            Named(one.key, one.name, one.acronym, one.kind, one.aliases, one.digital_leader, one.strategy_url)
            for one in reading.organisations
        )
        if named and named != self.named:
            self.known, made = organisations.put_all(named, at=self.at)
            self.named = named
            self.report.new["organisations"] += made

    def _hold_assets(self, assets: Sequence[Asset]) -> dict[str, MediaDigest]:
        files = {}
        for asset in assets:
            file = files[asset.path] = media.describe(asset.path, asset.data, asset.media_type)
            self.assets[file.sha256] = asset
        return files

    def _take_document(self, read: ReadDocument, files: Mapping[str, MediaDigest], snapshot: Snapshot) -> None:
        hand = self.hands.get(read.key)
        held = tuple(sorted(files.values(), key=attrgetter("path")))
        if hand is None or (hand.read, hand.files) != (read, held):
            document = documents.put(
                key=read.key,
                kind=read.kind,
                title=read.title,
                subtitle=read.subtitle,
                organisation=self.known.get(read.organisation),
                sections=[Draft(section.key, section.title, section.markdown) for section in read.sections],
            )
            sealing = iterations.seal(
                document=document,
                label=snapshot.label,
                stage=snapshot.stage,
                taken_at=snapshot.at,
                at=self.at,
                source=snapshot.source,
                author=snapshot.author,
                reason=snapshot.reason,
                files=files,
            )
            self.report.new["iterations"] += sealing.new
            for entry in sealing.iteration.manifest["media"]:
                self.files[entry["sha256"]] = files[entry["path"]]
            edition = None if sealing.new else Edition.objects.filter(iteration=sealing.iteration).first()
            hand = self.hands[read.key] = _Hand(read, held, document, sealing.iteration, edition)
            if read.kind in {"strategy", "departmental"}:
                hand.promises = promises.find(sealed_texts.read(sealing.iteration))
        if snapshot.published and hand.edition is None:
            hand.edition = editions.publish(
                iteration=hand.iteration,
                at=snapshot.at,
                reason=snapshot.reason,
                agreed_elsewhere=True,
                written_at=self.at,
            )
            self.report.new["editions"] += 1

    def _record_facts(self, reading: Reading, said_on: date) -> None:
        strategies = {one.document for one in reading.principles} | {one.document for one in reading.actions}
        strategy = next((self.hands[key] for key in sorted(strategies) if key in self.hands), None)
        facts = (
            strategy.iteration.pk if strategy else None,
            reading.principles,
            reading.actions,
            reading.responses,
            reading.wordings,
        )
        if strategy is None or strategy.edition is None or facts == self.facts:
            return
        self.facts, new = facts, self.report.new
        edition, found = strategy.edition, strategy.promises
        new["principles"] += promises.record_principles(
            reading.principles, edition=edition, promises=found, said_on=said_on, at=self.at
        )
        new["actions"] += promises.record_actions(
            reading.actions, edition=edition, promises=found, said_on=said_on, at=self.at
        )
        actions = {row.number: row for row in Action.objects.filter(document=strategy.document)}
        asks, answers = responses.record(
            reading.responses,
            actions=actions,
            organisations=self.known,
            printed=self._printed(),
            said_on=said_on,
            at=self.at,
        )
        new["asks"] += asks
        new["responses"] += answers
        new["wordings"] += responses.record_wordings(reading.wordings, actions=actions, said_on=said_on, at=self.at)

    def _printed(self) -> dict[tuple[int, str], Printed]:
        """Where each answer stands: under the heading `action-NN` of its organisation's own document."""
        printed = {}
        for hand in self.hands.values():
            if hand.read.kind != "departmental" or hand.edition is None:
                continue
            for name, promise in hand.promises.items():
                digits = name.removeprefix("action-")
                if digits.isdecimal():
                    printed[int(digits), hand.read.organisation] = Printed(hand.edition, promise.ids[0])
        return printed

    def _note_addresses(self, reading: Reading) -> None:
        for hand in self.hands.values():
            target = addresses.of_document(hand.document)
            self.old_addresses |= {path: target for path in hand.read.addresses if path != target}
            # A section that was a page of its own is now a heading, whose name is the section's key.
            self.old_addresses |= {path: f"{target}#{s.key}" for s in hand.read.sections for path in s.addresses}
        for action in reading.actions:
            target = addresses.of_action(action.number)
            self.old_addresses |= {path: target for path in action.addresses if path != target}

    def close(self, *, write: bool) -> None:
        """The last things, when every snapshot has gone well: the files, then what speaks of them."""
        self.report.new["addresses"] = addresses.keep_all(self.old_addresses)
        new = media.unknown(self.files)
        self.report.new["media"] = len(new)
        if write:
            for digest in new:
                media.write(digest, self.assets[digest].data)
        media.know([self.files[digest] for digest in new])
        if self.changed:
            accounts.note(at=self.at)


def _taken_already(earlier: Sequence[Taken], digest: str, moment: datetime) -> Taken | None:
    """The row that says that this is here already: one of the very moment, or the one that stood just before it."""
    until_then = [row for row in earlier if row.at <= moment]
    before = [row for row in until_then if row.at < moment]
    candidates = [*before[-1:], *until_then[len(before) :]]
    return next((row for row in reversed(candidates) if row.digest == digest), None)


def _digest(snapshot: Snapshot) -> str:
    """One figure for everything that a snapshot says; how it was read and what could not be are no part of it."""
    reading = snapshot.reading
    said = {
        name: [asdict(one) for one in getattr(reading, name)]
        for name in ("documents", "organisations", "principles", "actions", "responses", "wordings")
    }
    said["assets"] = [
        {"path": asset.path, "sha256": hashlib.sha256(asset.data).hexdigest()} for asset in reading.assets
    ]
    said["snapshot"] = [{"published": snapshot.published, "stage": snapshot.stage}]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
