"""Releases of services: what changed for users, and when."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import digests, entries, registrations, rules
from penholder.services.models import ServiceRelease


@transaction.atomic
def tell(
    *, key: str, name: str, released_on: date, changed: str, by: Acting | None, at: datetime
) -> ServiceRelease:  # fmt: skip
    """Say that a service changed on a day. `name` is what its events call the release. Raises Refused, Missing."""
    service = registrations.find(key)
    reasons = rules.objections_to_acting("service.register", by, registrations.current(service).organisation)
    if not name.strip():
        reasons.append(_("A release needs the name that its events give."))
    if not changed.strip():
        reasons.append(_("Say what changed for users."))
    if ServiceRelease.objects.filter(service=service, name=name).exists():
        reasons.append(_("The release “%(name)s” is told already.") % {"name": name})
    if reasons:
        raise Refused(reasons)
    row = ServiceRelease.objects.create(
        service=service, name=name, released_on=released_on, changed=changed, by=entries.words(by), recorded_at=at
    )
    told = entries.told(
        "service.released", key, by=by, at=at, release=name, released_on=released_on, holds=digests.of(row)
    )
    ledger.append_all([told])
    return row
