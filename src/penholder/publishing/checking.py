"""Checking an evidence bundle: its files, its stretch of the record, the text, the agreement and the publication.

Pure, like `penholder.publishing.evidence`. Nothing in the bundle is believed that can be computed from it; the one
thing that it cannot prove is whose the signing key is, so the key is told, and may be demanded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penholder.errors import Refused
from penholder.publishing import evidence, replaying
from penholder.publishing.evidence import Bundle
from penholder.record.chain import START, chained, commitment, sha256, spelled
from penholder.record.findings import Broken
from penholder.record.signatures import is_good
from penholder.seal import manifest_bytes

Progress = Callable[[int, int | None, str], None]


@dataclass(slots=True)
class Checked:
    """What a bundle says and what was read of it; `broken` empty means that all of it holds.

    `steps` are the rounds by which the text was agreed, in words; `keys` are the public keys that signed, hex.
    """

    document: str = ""
    title: str = ""
    edition: int = 0
    seal: str = ""
    published_at: str = ""
    agreed_elsewhere: bool = False
    withdrawn_at: str = ""  # "" for an edition that stands, as far as this bundle tells
    files: int = 0
    sections: int = 0
    entries: int = 0
    shown: int = 0
    checkpoints: int = 0
    keys: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    broken: list[Broken] = field(default_factory=list)

    def breaks(self, where: str, what: str) -> None:
        """Note what does not hold."""
        self.broken.append(Broken(where, what))


def check(path: Path, *, key: str = "", progress: Progress = lambda _done, _total, _label: None) -> Checked:
    """Check a bundle. `key`, in hex, is the signing key that it must have been signed with, if you know it.

    Time grows with the stretch of the record, memory with what is shown of it. Raises Refused for what is no bundle.
    """
    with evidence.opened(path) as bundle:
        checked = Checked()
        try:
            _manifest(bundle, checked)
            _files(bundle, checked)
            shown = _record(bundle, checked, progress)
            digests = _text(bundle, checked)
            _signed_with(key, checked)
            replaying.agreement(shown, digests, checked, _earlier(bundle, checked))
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise Refused(f"This bundle is not put together as one of Penholder is: {problem!r}.") from problem
        return checked


def _manifest(bundle: Bundle, checked: Checked) -> None:
    told = bundle.manifest
    if manifest_bytes(told) != bundle.spelled:
        checked.breaks(evidence.MANIFEST, "it is not spelled by RFC 8785, so it was changed after it was made.")
    document = told["document"]
    checked.document, checked.title = str(document["key"]), str(document["title"])
    checked.edition, checked.seal = int(told["edition"]), str(told["seal"])
    checked.published_at, checked.agreed_elsewhere = str(told["published_at"]), told["agreed_elsewhere"] is True


def _files(bundle: Bundle, checked: Checked) -> None:
    listed = bundle.manifest["files"]
    for name in sorted({*listed, *bundle.names}):
        if name not in listed:
            checked.breaks(name, "it is in the bundle and not in its manifest.")
        elif not bundle.has(name):
            checked.breaks(name, "the manifest lists it, and it is not in the bundle.")
        elif bundle.digest(name) != (listed[name]["sha256"], listed[name]["size"]):
            checked.breaks(name, "it was changed: its checksum is not the one in the manifest.")
        checked.files += 1


def _record(bundle: Bundle, checked: Checked, progress: Progress) -> list[dict[str, Any]]:
    """Follow the stretch from one checkpoint to the next. Returns the entries that are shown, as far as it holds."""
    stretch = bundle.manifest["record"]
    first, last, previous = int(stretch["first"]), int(stretch["last"]), str(stretch["previous"])
    signed = {int(one["number"]): one for one in bundle.data(evidence.CHECKPOINTS)}
    checked.checkpoints, checked.keys = len(signed), tuple(sorted({str(one["key"]) for one in signed.values()}))
    shown: list[dict[str, Any]] = []
    if first == 1 and previous != START:
        checked.breaks("record:1", "the record does not begin at its first entry.")
    if first > 1 and not _fits(signed.pop(first - 1, None), previous):
        checked.breaks(f"record:{first - 1}", "no signed checkpoint fits what stands before the first entry.")
    number, since = first - 1, first
    for number, line in enumerate(bundle.lines(evidence.RECORD), start=first):
        told = json.loads(line)
        digest = str(told["digest"]) if "digest" in told else sha256(spelled(told["entry"]))
        previous = chained(previous, digest)
        if "digest" not in told:
            entry = told["entry"]
            if told["hash"] != previous or entry["number"] != number:
                said = f"one of the entries {since} to {number} was" if since < number else "it was"
                checked.breaks(f"record:{number}", f"{said} changed after it was written, or one is missing.")
                return shown
            if not _shown_as_committed(told):
                checked.breaks(f"record:{number}", "its reason is not the one that was recorded.")
            shown.append(entry)
            since = number + 1
        checkpoint = signed.pop(number, None)
        if checkpoint and not _fits(checkpoint, previous):
            checked.breaks(f"record:{number}", "the signed checkpoint does not fit: an entry before it was changed.")
            return shown
        if number % 2000 == 0:
            progress(number - first, last - first, "record")
    checked.entries, checked.shown = number - first + 1, len(shown)
    if number != last or signed or not _ends_signed(bundle, last):
        checked.breaks(f"record:{number}", "the record of this bundle does not end with a signed checkpoint.")
    return shown


def _ends_signed(bundle: Bundle, last: int) -> bool:
    return any(int(one["number"]) == last for one in bundle.data(evidence.CHECKPOINTS))


def _fits(checkpoint: dict[str, Any] | None, head: str) -> bool:
    if checkpoint is None or checkpoint["hash"] != head:
        return False
    told = {name: str(checkpoint[name]) for name in ("hash", "at", "key", "signature")}
    return is_good(number=int(checkpoint["number"]), **told)


def _shown_as_committed(told: dict[str, Any]) -> bool:
    """Whether what is shown of an entry beside its digest is what the digest holds."""
    return all(
        told["entry"][field] == commitment(str(open_["key"]), str(open_["text"]))
        for field, open_ in told.get("shown", {}).items()
    )


def _text(bundle: Bundle, checked: Checked) -> dict[str, str]:
    """Check the text against its seal. Returns the digest of each section as sealed, by its key."""
    body = bundle.read(evidence.SEALED)
    if hashlib.sha256(body).hexdigest() != checked.seal:
        checked.breaks(evidence.SEALED, f"its checksum is not the seal {checked.seal[:12]}….")
    sealed = bundle.data(evidence.SEALED)
    if any(sealed["document"].get(name) != told for name, told in bundle.manifest["document"].items()):
        checked.breaks(evidence.MANIFEST, "it names another document than the sealed text.")
    texts = []
    for number, section in enumerate(sealed["sections"], start=1):
        name = evidence.section_name(number)
        text = bundle.read(name)
        if hashlib.sha256(text).hexdigest() != section["sha256"]:
            checked.breaks(name, f"it is not the text of section “{section['key']}” that was sealed.")
        texts.append(text)
    checked.sections = len(texts)
    if bundle.read(evidence.PUBLISHED) != b"\n".join(texts):
        checked.breaks(evidence.PUBLISHED, "it is not the text that was sealed.")
    return {str(section["key"]): str(section["sha256"]) for section in sealed["sections"]}


def _earlier(bundle: Bundle, checked: Checked) -> dict[str, dict[str, str]]:
    """The digests of the sections of earlier texts that were signed whole, by seal."""
    found = {}
    for name in bundle.names:
        if name.startswith(evidence.EARLIER):
            seal = name.removeprefix(evidence.EARLIER).removesuffix(".json")
            if hashlib.sha256(bundle.read(name)).hexdigest() != seal:
                checked.breaks(name, "its checksum is not the seal in its name.")
            found[seal] = {str(one["key"]): str(one["sha256"]) for one in bundle.data(name)["sections"]}
    return found


def _signed_with(key: str, checked: Checked) -> None:
    for other in checked.keys:
        if key and other.lower() != key.strip().lower():
            checked.breaks(evidence.CHECKPOINTS, f"they are signed with the key {other}, not with the one you named.")
