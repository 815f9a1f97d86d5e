from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from penholder.agreement import answers, looks, rounds
from penholder.agreement.models import Asked, Kind, Round
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role

# A Wednesday after Easter; ten clear working days end with Wednesday 17 April.
OPENED = datetime(2013, 4, 3, 9, tzinfo=UTC)


@dataclass
class Government:
    """Two departments, a pen team and a chair, each post with its holder; and texts that they agree on."""

    home: Organisation
    acting: dict[str, Acting] = field(default_factory=dict)

    def post(self, key: str, role: Role, language: str = "") -> Acting:
        post = Post.objects.create(organisation=self.home, key=key, title=f"The {key}", role=role)
        person = Person.objects.create_user(f"{key}@dept.example", name=key.title(), language=language)
        Holding.objects.create(post=post, person=person, since=OPENED - timedelta(days=400))
        self.acting[key] = Acting(post=post, person=person)
        return self.acting[key]

    def seal(self, key: str = "paper", at: datetime = OPENED, **sections: str):
        drafts = [Draft(name, name.title(), f"# {name.title()}\n\n{text}\n") for name, text in sections.items()]
        document = documents.put(key=key, kind="paper", title=f"The {key}", sections=drafts)
        return iterations.seal(document=document, label=f"At {at:%d %B}", taken_at=at, at=at).iteration

    def open(self, iteration, *keys: str, at: datetime = OPENED, kind: Kind = Kind.SIGN_OFF, **more) -> Round:
        asked = [rounds.AskFor(self.acting[key].post) for key in keys]
        pen = self.acting["pen"]
        return rounds.open(iteration=iteration, kind=kind, asked=asked, writers=[pen.post], by=pen, at=at, **more)

    def asked(self, round_: Round, key: str) -> Asked:
        return Asked.objects.get(round=round_, post__key=key)

    def answer(self, round_: Round, key: str, *, stance: str = "content", at: datetime, **more):
        asked, by = self.asked(round_, key), self.acting[key]
        looks.show(iteration=round_.iteration, by=by, at=at, asked=asked)
        return answers.give(asked_id=asked.pk, stance=stance, seal=round_.iteration.seal, by=by, at=at, **more)


@pytest.fixture
def government(db) -> Government:
    government = Government(Organisation.objects.create(key="government", name="Government"))
    government.post("pen", Role.PEN)
    government.post("chair", Role.CHAIR)
    government.post("health", Role.LEADER)
    government.post("wales", Role.LEADER, language="cy")
    return government


@pytest.fixture(autouse=True)
def addressed(settings):
    settings.PENHOLDER_ADDRESS = "https://strategy.example"
