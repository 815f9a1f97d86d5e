"""What people do to drafts on the demonstration's desk: begin, write, order, seal, freeze; by the verbs of drafting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from penholder.delivery.quoting import in_force
from penholder.drafting import beginnings, drafts, freezes, histories, outlines, restorations, sealings
from penholder.drafting.edits import SetText
from penholder.drafting.kinds import TO_WRITE
from penholder.drafting.models import Document, Kind
from penholder.people import organisations
from penholder.people.acting import Acting

Act = Mapping[str, Any]
# Who holds a post at a moment.
Who = Callable[[str, datetime], Acting]


def _begin(who: Who, act: Act, at: datetime) -> None:
    beginnings.begin(
        kind=act["kind"],
        title=act["title"],
        organisation=organisations.find(act["organisation"]) if "organisation" in act else None,
        actions=in_force() if act["kind"] == Kind.DEPARTMENTAL else (),
        by=who(act["by"], at),
        at=at,
    )


def _write(who: Who, act: Act, at: datetime) -> None:
    """Put `text` where the template asks for it, or `put` where the section says `find`."""
    document = Document.objects.get(key=act["document"])
    now = drafts.read(document.pk).section(act["section"]).text
    asked = next((line for line in now.splitlines() if line.startswith(TO_WRITE)), "")
    find = act.get("find", asked)
    if not find or find not in now:
        raise LookupError(f"{act['document']} {act['section']} does not say “{find}”.")
    text = now.replace(find, act.get("put", act.get("text", "")).strip("\n"))
    drafts.change(document_id=document.pk, edits=[SetText(act["section"], text)], by=who(act["by"], at), at=at)


def _order(who: Who, act: Act, at: datetime) -> None:
    """Rename, remove or move one section, as the act says."""
    more: dict[str, Any] = {
        "document_id": Document.objects.get(key=act["document"]).pk,
        "section": act["section"],
        "by": who(act["by"], at),
        "at": at,
    }
    if "title" in act:
        outlines.rename(title=act["title"], **more)
    elif "after" in act:
        outlines.move(after=act["after"], **more)
    else:
        outlines.remove(**more)


def _seal_draft(who: Who, act: Act, at: datetime) -> None:
    document = Document.objects.get(key=act["document"])
    seen = restorations.digest(histories.parts_of(drafts.read(document.pk).sections))
    sealings.seal(
        document_id=document.pk, label=act["label"], stage=act["stage"], reason=act["reason"], seen=seen,
        by=who(act["by"], at), at=at,
    )  # fmt: skip


def _freeze(who: Who, act: Act, at: datetime) -> None:
    document = Document.objects.get(key=act["document"])
    freezes.freeze(document_id=document.pk, reason=act["reason"], by=who(act["by"], at), at=at)


ACTS: Final[Mapping[str, Callable[[Who, Act, datetime], None]]] = {
    "begin": _begin,
    "write": _write,
    "order": _order,
    "seal-draft": _seal_draft,
    "freeze": _freeze,
}
