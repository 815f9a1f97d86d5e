"""Targets: what a figure of a service is to be, by when. A changed target is a newer version that says why."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.measure.definitions import DEFINITIONS
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import cells, digests, entries, registrations, rules
from penholder.services.models import Service, Target

_UNITS = {each.key: each.unit for each in DEFINITIONS}


@transaction.atomic
def put(
    *, key: str, definition: str, value: Decimal | None, due_on: date, said_on: date, by: Acting | None, at: datetime,
    reason: str = "",
) -> Target:  # fmt: skip
    """Say what a figure is to be by a day; None gives the target up. Raises Refused, Missing."""
    service = Service.objects.select_for_update().get(pk=registrations.find(key).pk)
    reasons = rules.objections_to_acting("service.register", by, registrations.current(service).organisation)
    before = Target.objects.filter(service=service, definition=definition, superseded_by=None).first()
    unit = _UNITS.get(definition)
    if unit is None:
        reasons.append(
            _("There is no figure “%(key)s”. There are: %(listed)s.")
            % {"key": definition, "listed": ", ".join(dict.fromkeys(_UNITS))}
        )
    if value is not None and (value < 0 or (unit in {"share", "score"} and value > 1)):
        reasons.append(_("“%(value)s” cannot be the value of this figure.") % {"value": value})
    if before is None and value is None:
        reasons.append(_("There is no target to give up."))
    if before is not None and not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    if before is not None and (before.value, before.due_on) == (value, due_on):
        reasons.append(_("Nothing would change."))
    if reasons:
        raise Refused(reasons)
    row = Target.objects.create(
        service=service, definition=definition, number=before.number + 1 if before else 1,
        value=None if value is None else cells.kept(value), due_on=due_on,
        said_on=said_on, recorded_at=at, by=entries.words(by), reason=reason if before else "", supersedes=before,
    )  # fmt: skip
    told = entries.told(
        "target.put", key, by=by, at=at, reason=reason, definition=definition, value=value, due_on=due_on,
        number=row.number, holds=digests.of(row),
    )  # fmt: skip
    ledger.append_all([told])
    return row
