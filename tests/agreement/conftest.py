"""What every test of agreement begins with: bodies and posts, the people who hold them, a sealed strategy, an open round.

`office` makes everything by name and does everything in few words: `office.give("treasury", "content")`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from penholder.agreement import answers, clearances, links, looks, rounds
from penholder.agreement.models import Answer, Asked, Clearance, Round
from penholder.agreement.rules import AskFor, NewRemark
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.drafting.models import Document, Iteration
from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role

# A Monday in a fortnight without a bank holiday in England and Wales.
MONDAY = datetime(2012, 9, 10, 9, tzinfo=UTC)
DEPARTMENTS = ("treasury", "health", "home")
TEXTS = {
    "vision": "# Vision\n\nServices so good that people prefer them.\n",
    "leaders": "# Leaders\n\nEvery department has a leader.\n\nLeaders meet each month.\n",
    "skills": "# Skills\n\nEvery department has the skills it needs.\n",
}


@dataclass
class Office:
    """Everybody and everything of one small government, by name."""

    at: datetime = MONDAY
    texts: dict[str, str] = field(default_factory=lambda: dict(TEXTS))
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    round: Round | None = None

    def post(self, name: str, role: str = Role.LEADER, organisation: str = "") -> Post:
        """The post with this name, made with its organisation and its holder (of the same name) when there is none."""
        if name not in self.posts:
            body, _ = Organisation.objects.get_or_create(
                key=organisation or name, defaults={"name": (organisation or name).title()}
            )
            title = str(Role(role).label)
            self.posts[name] = Post.objects.create(organisation=body, key=f"{name}-{role}", title=title, role=role)
            self.hold(name, name)
        return self.posts[name]

    def person(self, name: str) -> Person:
        """The person with this name, made when there is none."""
        if name not in self.people:
            self.people[name] = Person.objects.create_user(f"{name}@example.org", name=name.title())
        return self.people[name]

    def hold(self, person: str, post: str, since: datetime | None = None) -> Holding:
        """Let a person hold a post, from long before unless told otherwise."""
        return Holding.objects.create(
            person=self.person(person), post=self.posts[post], since=since or MONDAY - timedelta(days=365)
        )

    def acting(self, post: str, person: str = "") -> Acting:
        """A person who acts as a post: its holder of the same name unless told otherwise."""
        return Acting(self.posts[post], self.person(person or post))

    def later(self, **more: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**(more or {"minutes": 1}))
        return self.at

    @property
    def document(self) -> Document:
        """The strategy."""
        return Document.objects.get(key="strategy")

    def seal(self, *, order: tuple[str, ...] = (), kind: str = "strategy", **texts: str | None) -> Iteration:
        """Seal the strategy with these sections changed (None: left out) from what they were."""
        self.texts |= texts
        names = order or [name for name, text in self.texts.items() if text is not None]
        drafts = [Draft(name, self.texts[name].splitlines()[0].lstrip("# "), self.texts[name]) for name in names]
        document = documents.put(key="strategy", kind=kind, title="The strategy", sections=drafts)
        at = self.later()
        return iterations.seal(document=document, label=f"at {at:%d %H:%M}", taken_at=at, at=at).iteration

    def open(self, iteration: Iteration, *asked: str | AskFor, kind: str = "sign-off", **more) -> Round:
        """Open a round as the pen team; posts by name."""
        wanted = [one if isinstance(one, AskFor) else AskFor(self.posts[one]) for one in asked or DEPARTMENTS]
        self.round = rounds.open(
            iteration=iteration, kind=kind, asked=wanted, by=self.acting("pen"), at=self.later(), **more
        )
        return self.round

    def asked(self, post: str, round: Round | None = None) -> Asked:
        """The asked post with this name in the round, or in the one at hand."""
        return Asked.objects.select_related("answer", "round__iteration").get(
            round=round or self.round, post=self.posts[post]
        )

    def look(self, post: str, person: str = "", round: Round | None = None) -> None:
        """Let a post be shown the round's text."""
        row = self.asked(post, round)
        looks.show(iteration=row.round.iteration, by=self.acting(post, person), at=self.later(), asked=row)

    def give(self, post: str, stance: str = "content", *, person: str = "", conditions=(), **more) -> Answer:
        """Read the text, then answer for the post in the round at hand."""
        row = self.asked(post, more.pop("round", None))
        self.look(post, person, row.round)
        remarks = [one if isinstance(one, NewRemark) else NewRemark("a", one) for one in conditions]
        seal = more.pop("seal", row.round.iteration.seal)
        at = more.pop("at", None) or self.later()
        by = self.acting(post, person)
        return answers.give(asked_id=row.pk, stance=stance, seal=seal, by=by, at=at, conditions=remarks, **more)

    def withdraw(self, post: str, reason: str = "We were wrong.", **more) -> Answer:
        """Withdraw in the round at hand."""
        row = self.asked(post, more.pop("round", None))
        return answers.withdraw(asked_id=row.pk, reason=reason, by=self.acting(post), at=self.later(), **more)

    def clear(self, round: Round | None = None, person: str = "", post: str = "chair", **more) -> Clearance:
        """Clear the round at hand as the chair."""
        row = Round.objects.select_related("iteration").get(pk=(round or self.round).pk)
        seal = more.pop("seal", row.iteration.seal)
        return clearances.clear(round_id=row.pk, seal=seal, by=self.acting(post, person), at=self.later(), **more)

    def renew(self, iteration: Iteration, **more) -> Round:
        """Go on with a newer iteration as the pen team."""
        by = self.acting("pen")
        self.round = rounds.renew(round_id=self.round.pk, iteration=iteration, by=by, at=self.later(), **more)
        return self.round

    def link(self, post: str, days: int = 7) -> str:
        """A link's token for an asked post."""
        made = links.make(
            asked_id=self.asked(post).pk,
            email="office@example.org",
            days=days,
            by=self.acting("pen"),
            at=self.later(),
        )
        return made[1]


@pytest.fixture
def office(db) -> Office:
    """A pen team, a chair, a minister, an adviser, three departments with Leaders; nothing is sealed yet."""
    return manned()


def manned() -> Office:
    """What the fixture `office` is."""
    office = Office()
    for name in DEPARTMENTS:
        office.post(name)
    office.post("pen", Role.PEN, "centre")
    office.post("chair", Role.CHAIR, "cabinet")
    office.post("minister", Role.MINISTER, "cabinet")
    office.post("adviser", Role.ADVISER, "board")
    return office


@pytest.fixture
def sealed(office) -> Iteration:
    """The strategy's first iteration, of three sections."""
    return office.seal()


@pytest.fixture
def open_round(office, sealed) -> Round:
    """A sign-off of that iteration by the three Leaders, everybody asked about everything."""
    return office.open(sealed)
