"""What the record is told of each act. The subject is the key of the service or publication, or a digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.record.ledger import Act
from penholder.services import digests
from penholder.services.models import Channel, ServiceAlias


def told(act: str, subject: str, *, by: Acting | None, at: datetime, reason: str = "", **facts: Any) -> Act:
    """One act. `facts` are text, whole numbers, and lists of them; None and numbers with fractions become text."""
    actor, person = (by.post.words, by.said_name) if by else (ledger.OPERATOR, "")
    plain = {name: value if isinstance(value, int | list) else _text(value) for name, value in facts.items()}
    return Act(act=act, actor=actor, person=person, subject=subject[:300], at=at, reason=reason, facts=plain)


def of_channel(row: Channel, *, by: Acting | None, at: datetime) -> Act:
    """A channel of a service as it is from now on."""
    facts: dict[str, Any] = {"class": row.klass, "kind": row.kind, "opened_on": row.opened_on}
    facts |= {"closed_on": row.closed_on, "holds": digests.of(row)}
    return told("service.channel-put", row.service.key, by=by, at=at, channel=row.key, **facts)


def of_alias(row: ServiceAlias, *, by: Acting | None, at: datetime) -> Act:
    """Another name under which a service is found from now on."""
    return told("service.named", row.service.key, by=by, at=at, name=row.name, holds=digests.of(row))


def words(by: Acting | None) -> str:
    """Who acts, in one line that lasts."""
    return by.words if by else ledger.OPERATOR


def _text(value: Any) -> str:
    return "" if value is None else str(value)
