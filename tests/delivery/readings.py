"""A small strategy as an importer would hand it over, made anew for each test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from penholder.formats.reading import (
    Asset,
    ReadDocument,
    Reading,
    ReadOrganisation,
    ReadResponse,
    ReadSection,
    Snapshot,
)
from penholder.formats.reading import Wording as ReadWording
from penholder.formats.structure import departmental_documents, promises

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
ORGANISATIONS = (
    ReadOrganisation(
        "hmrc", "HM Revenue & Customs", "HMRC", ("Revenue and Customs",), digital_leader="Director, Digital"
    ),
    ReadOrganisation("dclg", "Department for Communities and Local Government", "DCLG"),
)
STRATEGY = """## Actions

### Lead from the top {#principle-01 .principle motto="Someone answers for it"}

#### Every board has a digital leader {#action-01 .action short="Leaders"}

Each board names one by April 2013.

#### Services are redesigned {#action-02 .action}

Three each, by March 2014.
"""


def reading(
    *,
    strategy: str = STRATEGY,
    answers: dict[tuple[int, str], str] | None = None,
    more: dict[tuple[int, str], dict] | None = None,
    wordings: tuple[ReadWording, ...] = (),
    assets: tuple[Asset, ...] = (),
    unread: tuple = (),
    addresses: tuple[str, ...] = ("/digital/strategy/",),
) -> Reading:
    """`answers` by (action, organisation); an empty one is a placeholder."""
    document = ReadDocument(
        "strategy",
        "strategy",
        "Strategy",
        (ReadSection("actions", "Actions", strategy, "text/01.md"),),
        addresses=addresses,
    )
    principles, actions = promises([document])
    told = tuple(
        ReadResponse(
            action,
            organisation,
            text,
            f"responses/{organisation}.md",
            1,
            silent=not text,
            **(more or {}).get((action, organisation), {}),
        )
        for (action, organisation), text in (answers or {}).items()
    )
    own = departmental_documents(told, actions, ORGANISATIONS)
    return Reading(
        (document, *own), ORGANISATIONS, principles, actions, told, wordings, assets, unread,
        counts={"headings": 4, "footnote_definitions": 0},
    )  # fmt: skip


def snapshot(day: int, read: Reading, **more) -> Snapshot:
    at = NOON + timedelta(days=day)
    return Snapshot(at.date().isoformat(), at, f"commit{day}", read, **more)
