"""Which site readers are shown, written into the record: its two lists hold the checksum of every file."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import transaction

from penholder.publishing import releases
from penholder.publishing.sites import Site
from penholder.record import ledger


def digests(release: Path) -> dict[str, str]:
    """SHA-256 of what says which files a release holds and which old addresses it keeps, by the name of each list."""
    return {name: sha256((release / name).read_bytes()).hexdigest() for name in (releases.INDEX, releases.REDIRECTS)}


@transaction.atomic
def note(site: Site, *, at: datetime) -> None:
    """Write into the record that this site is shown from now on."""
    facts = {"release": site.release.name, "files": site.files, **digests(site.release)}
    ledger.append("site.published", actor=ledger.OPERATOR, subject=site.release.name, at=at, facts=facts)
