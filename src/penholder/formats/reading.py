"""What an importer hands over: somebody else's strategy as plain data, with everything that could not be read named.

Every importer (house folder, Govspeak folder, git history, Word) gives these same classes, so there is one door into
drafting and one report. Nothing here decides anything: "not applicable" is a proposal, silence is computed later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

DocumentKind = Literal["strategy", "departmental", "paper", "case-studies", "post", "report"]
Stance = Literal["unstated", "will-do", "already-done", "partly", "not-applicable", "declined"]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in the source that could not be read, or could only be read by guessing."""

    file: str  # path inside the source, "/" between parts
    line: int  # from 1; 0 when it concerns the whole file
    what: str  # what it is and what to do about it, for a person
    severity: Literal["note", "warning", "error"] = "warning"  # an error stops the import; nothing is written


@dataclass(frozen=True, slots=True)
class ReadSection:
    """One section of a document in house Markdown."""

    key: str  # lasting within the document: "09-principles-and-actions"
    title: str
    markdown: str  # canonical
    file: str  # where it came from
    addresses: tuple[str, ...] = ()  # old addresses of a page of its own: "/digital/strategy/case-studies/fast-stream/"


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document with its sections in reading order."""

    key: str  # "strategy", "assisted-digital", "hmrc"
    kind: DocumentKind
    title: str
    sections: tuple[ReadSection, ...]
    subtitle: str = ""
    organisation: str = ""  # key of the organisation whose document it is; "" for the whole government
    addresses: tuple[str, ...] = ()  # where it used to be published: "/digital/strategy/"; these redirect for ever


@dataclass(frozen=True, slots=True)
class ReadOrganisation:
    """A department or other body, with every other name it was found under."""

    key: str  # "hmrc"
    name: str  # "HM Revenue & Customs"
    acronym: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = "department"
    digital_leader: str = ""  # title of the post that answers for its responses, when the source names it
    strategy_url: str = ""  # where its own strategy was published


@dataclass(frozen=True, slots=True)
class ReadPrinciple:
    """A heading under which actions are grouped."""

    number: int
    title: str
    motto: str = ""
    document: str = "strategy"
    section: str = ""
    name: str = ""  # id of its heading in the house Markdown: "principle-01"


@dataclass(frozen=True, slots=True)
class ReadAction:
    """One numbered promise of the strategy."""

    number: int
    title: str
    principle: int  # number of its principle; 0 when it stands under none
    short_title: str = ""
    document: str = "strategy"
    section: str = ""
    name: str = ""  # id of its heading in the house Markdown: "action-01"
    addresses: tuple[str, ...] = ()  # old addresses of its page


@dataclass(frozen=True, slots=True)
class ReadResponse:
    """What one organisation says that it will do about one action, or the fact that it was asked and said nothing.

    `silent` is True for a placeholder ("Awaiting confirmation") or an empty answer: it was asked, there is no answer.
    """

    action: int
    organisation: str
    markdown: str
    file: str
    line: int
    silent: bool = False
    stance: Stance = "unstated"  # only when the author says so in so many words (house dialect `stance=`)
    reason: str = ""  # the author's reason for "not-applicable", "partly", "declined"
    proposed_not_applicable: str = ""  # the words that led the importer to propose it; a person decides
    asked_on: date | None = None
    accepted_by: str = ""  # post that accepted "not applicable", when the source says so


@dataclass(frozen=True, slots=True)
class Wording:
    """A title that another page gives to an action. One that differs from the action's own is drift."""

    action: int
    title: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture, film, captions file or other file that the text refers to."""

    path: str  # as the house Markdown refers to it: "figures/fig1.png"
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Reading:
    """One state of a whole strategy, as read."""

    documents: tuple[ReadDocument, ...]
    organisations: tuple[ReadOrganisation, ...] = ()
    principles: tuple[ReadPrinciple, ...] = ()
    actions: tuple[ReadAction, ...] = ()
    responses: tuple[ReadResponse, ...] = ()
    wordings: tuple[Wording, ...] = ()
    assets: tuple[Asset, ...] = ()
    unread: tuple[Unread, ...] = ()
    title: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)  # constructs met: {"headings": 365, "include": 12, …}

    @property
    def drift(self) -> tuple[int, ...]:
        """Numbers of the actions that some other page words differently, ascending."""
        titles = {action.number: action.title for action in self.actions}
        return tuple(sorted({w.action for w in self.wordings if w.title != titles.get(w.action, w.title)}))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the source at one moment: what may become an iteration."""

    label: str  # "2012-11-06", a tag, or an iteration's name ("Shared vision")
    at: datetime  # aware
    source: str  # commit id, folder or file that it was read from
    reading: Reading
    stage: str = ""  # "shared vision", "narrative", "full text", "published"; "" unknown
    published: bool = True  # False for a draft iteration that never was an edition
    reason: str = ""  # public reason for the change
    author: str = ""
