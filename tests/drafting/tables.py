"""A draft with people at it: the office of agreement, a strategy that is asked about, and seats by name."""

from __future__ import annotations

from dataclasses import dataclass

from penholder.agreement import seating
from penholder.drafting import documents, naming, suggestions, threads
from penholder.drafting.contributions import Suggestion, Thread
from penholder.drafting.documents import Draft
from penholder.drafting.models import Document, Section
from penholder.drafting.naming import Standing
from penholder.drafting.seats import Seat
from penholder.people.models import Role

VISION = "Services are so good that people prefer them."
WEEKLY = "Leaders meet each week in London."
LEADERS = "Every department has a leader."
TEXTS = {
    "vision": f"# Vision\n\n{VISION}\n",
    "leaders": f"# Leaders\n\n{LEADERS}\n\n{WEEKLY}\n\n- They publish what they decide.\n- They answer for it.\n",
    "skills": "# Skills\n\nEvery department has the skills it needs.\n",
}


@dataclass
class Table:
    """Everybody at one draft, by name, in few words."""

    office: object

    @property
    def document(self) -> Document:
        return Document.objects.get(key="strategy")

    @property
    def named(self) -> naming.Named:
        return naming.names(self.document)

    def seat(self, name: str, person: str = "") -> Seat:
        return seating.seat(self.document, self.office.acting(name, person), at=self.office.at)

    def passage(self, words: str) -> Standing:
        """The passage in which these words stand."""
        return next(one for part in self.named.parts for one in part.passages if words in one.block.source)

    def text(self, key: str = "leaders") -> str:
        return Section.objects.get(document__key="strategy", key=key).text

    def write(self, **texts: str | None) -> None:
        """Bring the draft to another state, as the pen team would; None takes a section out."""
        now = {row.key: row.text for row in Section.objects.filter(document__key="strategy")} | texts
        drafts = [Draft(key, key.title(), text) for key, text in now.items() if text is not None]
        documents.put(key="strategy", kind="strategy", title="The strategy", sections=drafts)

    def edit(self, old: str, new: str, key: str = "leaders") -> None:
        assert old in self.text(key)
        self.write(**{key: self.text(key).replace(old, new)})

    def suggest(self, who: str, words: str, proposed: str = "", **more) -> Suggestion:
        """Somebody suggests that the passage with these words read so; or, with `what`, something else."""
        standing = self.passage(words)
        facts = {"what": "replace", "weight": "b", "reason": "It is clearer."} | more
        return suggestions.make(
            document_id=self.document.pk, section=standing.section, passage=standing.name, proposed=proposed,
            by=self.seat(who), at=self.office.later(), **facts,
        )  # fmt: skip

    def swap(self, who: str, old: str, new: str, **more) -> Suggestion:
        """Somebody suggests other words for some."""
        return self.suggest(who, old, self.passage(old).block.source.replace(old, new), **more)

    def accept(self, row: Suggestion, who: str = "pen", **more) -> Suggestion:
        return suggestions.accept(suggestion_id=row.pk, by=self.seat(who), at=self.office.later(), **more)

    def discuss(self, who: str, on: str, body: str = "Who pays for it?", **more) -> Thread:
        """Somebody begins to discuss the passage with these words."""
        standing = self.passage(on)
        return threads.open(
            document_id=self.document.pk, section=standing.section, passage=standing.name, body=body,
            by=self.seat(who), at=self.office.later(), **more,
        )  # fmt: skip


def laid(office) -> Table:
    """The strategy is sealed and asked about; contributors of two departments and the chair are there, too."""
    office.texts = dict(TEXTS)
    office.open(office.seal())
    office.post("clerk", Role.CONTRIBUTOR, "health")
    office.post("aide", Role.CONTRIBUTOR, "treasury")
    office.post("stranger", Role.LEADER, "transport")
    return Table(office)
