"""Making evidence bundles of editions. What is in one says `penholder.publishing.evidence`.

A bundle reaches from the signed checkpoint before the first entry that concerns the edition to the first one after the
last. It depends on nothing else, so it is made once and kept in the cache under the digest of what it is made of.
"""

from __future__ import annotations

import hashlib
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max

from penholder.agreement import disclosures
from penholder.agreement.disclosures import Agreement
from penholder.drafting.sealed_texts import SealedText
from penholder.publishing import evidence
from penholder.publishing.guide import GUIDE
from penholder.publishing.models import Edition
from penholder.record import extracts
from penholder.record.accounts import facts_of
from penholder.record.chain import START, moment
from penholder.record.models import Checkpoint, Entry
from penholder.seal import manifest_bytes

# Acts whose reasons are public.
OPEN = frozenset({"edition.published", "edition.withdrawn"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What the bundle of an edition is made of: entries `first` to `last`, some `shown`, of them some `opened`."""

    edition: Edition
    first: int
    last: int
    previous: str
    shown: tuple[int, ...]
    opened: tuple[int, ...]
    checkpoints: tuple[Mapping[str, Any], ...]
    earlier: Mapping[str, Mapping[str, Any]]  # manifests of texts whose signatures were carried over, by seal

    @property
    def about(self) -> dict[str, Any]:
        """The manifest of the bundle, without its files."""
        document = self.edition.document
        return {
            "format": evidence.FORMAT,
            "document": {"key": document.key, "title": document.title, "kind": document.kind},
            "edition": self.edition.number,
            "seal": self.edition.iteration.seal,
            "published_at": moment(self.edition.published_at),
            "agreed_elsewhere": self.edition.agreed_elsewhere,
            "record": {"first": self.first, "last": self.last, "previous": self.previous},
        }

    @property
    def name(self) -> str:
        """What tells this bundle from every other, 64 hexadecimal digits."""
        told = {**self.about, "shown": self.shown, "opened": self.opened, "checkpoints": self.checkpoints}
        guide = hashlib.sha256(GUIDE.encode()).hexdigest()
        return hashlib.sha256(manifest_bytes({**told, "guide": guide})).hexdigest()


@dataclass(slots=True)
class _Ends:
    """Signed checkpoints, by which a stretch of the record is cut out. Memory grows with them: one an hour."""

    rows: list[Mapping[str, Any]]
    numbers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.numbers = [row["number"] for row in self.rows]

    def before(self, number: int) -> Mapping[str, Any] | None:
        at = bisect_left(self.numbers, number)
        return self.rows[at - 1] if at else None

    def after(self, number: int) -> Mapping[str, Any] | None:
        at = bisect_left(self.numbers, number)
        return self.rows[at] if at < len(self.rows) else None


def plans(editions: Collection[Edition], agreements: Mapping[str, Agreement]) -> dict[int, Plan]:
    """What the bundle of each edition is made of, by primary key. Seven queries, however many editions there are.

    An edition whose publication no checkpoint covers yet has no bundle until the record is signed again.
    """
    seals = {edition.iteration.seal for edition in editions}
    carried, judged = disclosures.carried_from(seals), _judgements()
    ends = _ends()
    unsalted = Entry.objects.filter(salt="").aggregate(last=Max("number"))["last"] or 0
    entries = _entries(seals)
    found = {}
    for edition in editions:
        seal = edition.iteration.seal
        shown = [number for number, act, facts in entries[seal] if _concerns(edition, act, facts, agreements[seal])]
        opened = tuple(number for number, act, _ in entries[seal] if act in OPEN and number in shown)
        shown += carried[seal].entries
        if opened and any(row.editorial for row in agreements[seal].cleared):
            shown += [number for number in judged[edition.document.key] if number < opened[0]]
        shown = sorted(set(shown))
        end = ends.after(shown[-1]) if opened else None
        if end is None:
            continue
        start = ends.before(shown[0])
        first = start["number"] + 1 if start else 1
        if first <= unsalted:
            continue
        signed = tuple(one for one in (start, end) if one)
        previous = start["hash"] if start else START
        earlier = carried[seal].manifests
        found[edition.pk] = Plan(edition, first, end["number"], previous, tuple(shown), opened, signed, earlier)
    return found


def made(plan: Plan, text: SealedText) -> Path:
    """The bundle, made unless it is in the cache. One query when it is made, and memory for one section."""
    folder = _folder()
    file = folder / f"{plan.name}.zip"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".part")
        try:
            _write(beside, plan, text)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    return file


def keep_only(files: Collection[Path]) -> None:
    """Forget every other bundle in the cache."""
    for file in _folder().glob("*.*"):
        if file not in files:
            file.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.PENHOLDER_CACHE) / "evidence"


def _ends() -> _Ends:
    rows = Checkpoint.objects.order_by("number", "pk").values("number", "hash", "at", "key", "signature")
    by_number = {row["number"]: {**row, "at": moment(row["at"])} for row in rows}
    return _Ends(list(by_number.values()))


def _entries(seals: Collection[str]) -> Mapping[str, list[tuple[int, str, dict[str, Any]]]]:
    acts = {"iteration.sealed", *OPEN, *disclosures.ACTS}
    found: defaultdict[str, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    for entry in Entry.objects.filter(subject__in=seals, act__in=acts).order_by("number").iterator(2000):
        found[entry.subject].append((entry.number, entry.act, facts_of(entry)))
    return found


def _judgements() -> Mapping[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for entry in Entry.objects.filter(act="change.judged").order_by("number"):
        found[str(facts_of(entry).get("document"))].append(entry.number)
    return found


def _concerns(edition: Edition, act: str, facts: Mapping[str, Any], agreement: Agreement) -> bool:
    """Whether an entry about the text of an edition is one that its bundle shows."""
    if act in disclosures.ACTS:
        return not edition.agreed_elsewhere and facts.get("round") in {row.key for row in agreement.cleared}
    if facts.get("document") != edition.document.key:
        return False
    number = edition.number if act in OPEN else edition.iteration.number
    return bool(facts.get("edition" if act in OPEN else "number") == number)


def _write(path: Path, plan: Plan, text: SealedText) -> None:
    files: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, blocks in _files(plan, text):
            hashed, size = hashlib.sha256(), 0
            with archive.open(_info(name), "w", force_zip64=True) as file:
                for block in blocks:
                    file.write(block)
                    hashed.update(block)
                    size += len(block)
            files[name] = {"sha256": hashed.hexdigest(), "size": size}
        archive.writestr(_info(evidence.MANIFEST), manifest_bytes({**plan.about, "files": files}))


def _files(plan: Plan, text: SealedText) -> Iterator[tuple[str, Iterable[bytes]]]:
    lines = extracts.lines(first=plan.first, last=plan.last, shown=set(plan.shown), opened=set(plan.opened))
    yield evidence.README, [GUIDE.encode()]
    yield evidence.RECORD, (f"{line}\n".encode() for line in lines)
    yield evidence.CHECKPOINTS, [manifest_bytes([dict(one) for one in plan.checkpoints])]
    yield evidence.SEALED, [manifest_bytes(plan.edition.iteration.manifest)]
    for number, section in enumerate(text.sections, start=1):
        yield evidence.section_name(number), [section.text.encode()]
    for seal, manifest in plan.earlier.items():
        yield f"{evidence.EARLIER}{seal}.json", [manifest_bytes(manifest)]
    yield evidence.PUBLISHED, [text.text.encode()]


def _info(name: str) -> zipfile.ZipInfo:
    """An entry of the zip that says nothing of when it was made, so that the same content gives the same bytes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
