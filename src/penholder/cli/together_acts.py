"""What those who are asked leave with a draft on the demonstration's desk: suggestions and discussion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from penholder.agreement import seating
from penholder.drafting import naming, suggestions, threads
from penholder.drafting.contributions import What
from penholder.drafting.models import Document
from penholder.drafting.naming import Standing
from penholder.people.acting import Acting

Act = Mapping[str, Any]
# Who holds a post at a moment.
Who = Callable[[str, datetime], Acting]


def _passage(document: Document, words: str) -> Standing:
    for part in naming.names(document).parts:
        for one in part.passages:
            if words in one.block.source:
                return one
    raise LookupError(f"{document.key} does not say “{words}”.")


def _suggest(who: Who, act: Act, at: datetime) -> None:
    """Suggest `new` for `old` in the passage that says `on`."""
    document = Document.objects.get(key=act["document"])
    standing = _passage(document, act["on"])
    suggestions.make(
        document_id=document.pk,
        what=What.REPLACE,
        section=standing.section,
        passage=standing.name,
        proposed=standing.block.source.replace(act["old"], act["new"]),
        weight=act["weight"],
        reason=act["reason"],
        by=seating.seat(document, who(act["by"], at), at=at),
        at=at,
    )


def _discuss(who: Who, act: Act, at: datetime) -> None:
    """Begin to discuss the passage that says `on`; `replies` are posts and what they say."""
    document = Document.objects.get(key=act["document"])
    standing = _passage(document, act["on"])
    thread = threads.open(
        document_id=document.pk,
        section=standing.section,
        passage=standing.name,
        body=act["body"],
        inside=act.get("inside", False),
        by=seating.seat(document, who(act["by"], at), at=at),
        at=at,
    )
    for number, (post, body) in enumerate(act.get("replies", ()), start=1):
        later = at + timedelta(minutes=number)
        threads.say(thread_id=thread.pk, body=body, by=seating.seat(document, who(post, later), at=later), at=later)


ACTS: Final[Mapping[str, Callable[[Who, Act, datetime], None]]] = {"suggest": _suggest, "discuss": _discuss}
