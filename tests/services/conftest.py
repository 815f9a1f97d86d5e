"""What tests of services begin with: two departments with their posts, three services, and a few words to act in.

`ministry` makes everything by name: `ministry.submit("passports", "2026-10", transactions=1200)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from penholder import seal
from penholder.measure.values import Absence
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role
from penholder.services import registrations, submissions
from penholder.services.cells import Cell
from penholder.services.models import ChannelKind, Service
from penholder.services.periods import parse
from penholder.services.registrations import Described, NewService

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()


@dataclass
class Ministry:
    """A small government that keeps a register of services."""

    at: datetime = NOON
    posts: dict[str, Post] = field(default_factory=dict)

    def body(self, key: str) -> Organisation:
        body, _ = Organisation.objects.get_or_create(key=key, defaults={"name": key.title()})
        return body

    def acting(self, name: str, role: str = Role.LEADER, body: str = "interior") -> Acting:
        """The person with this name, who holds a post of that role in that organisation."""
        key = f"{body}-{role}-{name}"
        if key not in self.posts:
            self.posts[key] = Post.objects.create(
                organisation=self.body(body), key=key, title=str(Role(role).label), role=role
            )
            person, _ = Person.objects.get_or_create(email=f"{name}@example.org", defaults={"name": name.title()})
            Holding.objects.create(post=self.posts[key], person=person, since=datetime(2020, 1, 1, tzinfo=UTC))
        return Acting(post=self.posts[key], person=Person.objects.get(email=f"{name}@example.org"))

    def service(self, key: str, *channels: str, body: str = "interior", **said) -> Service:
        described = Described(name=key.replace("-", " ").capitalize(), organisation=self.body(body), **said)
        new = NewService(key, described, channels or (ChannelKind.DIGITAL, ChannelKind.PHONE))
        return registrations.register(new=new, as_of=date(2024, 1, 1), said_on=TODAY, by=None, at=self.at)

    def cells(self, service: str, period: str, /, **given) -> list[Cell]:
        """Cells from words: `transactions=10`, `digital__transactions=4`, `started=None` (not provided)."""
        cells = []
        for name, said in given.items():
            channel, _, quantity = name.rpartition("__")
            absent = said if isinstance(said, Absence) else Absence.NOT_PROVIDED
            value = absent if said is None or said is absent else Decimal(str(said))
            cells.append(
                Cell(service, parse(period), quantity.replace("_", "-"), value, channel.replace("_", "-"), name)
            )
        return cells

    def submit(
        self, service: str, period: str, /, *, by=None, reason="", said_on=TODAY, published=False, at=None, **given
    ):
        cells = self.cells(service, period, **given)
        return submissions.submit(
            cells=cells,
            how="form",
            source=f"{service} {period}",
            digest=seal.digest(repr(cells)),
            said_on=said_on,
            by=by,
            at=at or self.at,
            on=TODAY,
            reason=reason,
            published=published,
        )


@pytest.fixture
def ministry(db) -> Ministry:
    ministry = Ministry()
    ministry.service("passports", "digital", "assisted-digital", "phone")
    ministry.service("licences", "digital", "post")
    ministry.service("pensions", "digital", "phone", body="work")
    return ministry
