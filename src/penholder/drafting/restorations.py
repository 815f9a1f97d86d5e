"""Bringing a draft back to how it stood before, while others write in it: nothing of theirs goes without being shown.

Three states meet: the draft as whoever restores saw it (`seen`), what is to be restored (`wanted`), and the draft as it
stands by now. What others did since it was seen is merged into what comes back; what clashes is put to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.drafting import drafts, histories, rules, sealed_texts
from penholder.drafting.edits import Edit, Insert, Place, Remove, SetText, SetTitle
from penholder.drafting.histories import Part
from penholder.drafting.models import Document, Iteration
from penholder.drafting.positions import ordered
from penholder.errors import Refused
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.seal import seal as digest_of
from penholder.text.merge import Merge, merge


@dataclass(frozen=True, slots=True)
class Plan:
    """What restoring comes to: the edits, the sections in which passages clash, and what is left as others made it.

    `against` is the digest of the draft that the plan was made for; decisions come back with it.
    """

    edits: tuple[Edit, ...]
    clashing: Mapping[str, Merge] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    against: str = ""


def parts_of(iteration: Iteration) -> tuple[Part, ...]:
    """The sections of an iteration as they were sealed. Two queries."""
    return tuple(Part(part.key, part.title, part.text) for part in sealed_texts.read(iteration).sections)


def digest(parts: Sequence[Part]) -> str:
    """What tells one state of a draft from any other."""
    return digest_of([[part.key, part.title, part.text] for part in parts])


def plan(
    seen: Sequence[Part], wanted: Sequence[Part], now: Sequence[Part], *, choices: Mapping[str, Sequence[str]]
) -> Plan:
    """How the draft that stands `now` becomes what is `wanted`, with what others did since it was `seen`.

    `choices` decide the clashes of a section, by its key, in their order.
    """
    planning = _Planning(seen, now, choices)
    for part in wanted:
        planning.bring(part)
    planning.take_out({part.key for part in wanted})
    planning.put_in_order([part.key for part in wanted])
    return Plan(tuple(planning.edits), planning.clashing, tuple(planning.kept), digest(now))


class _Planning:
    """Gathers edits, section by section."""

    def __init__(self, seen: Sequence[Part], now: Sequence[Part], choices: Mapping[str, Sequence[str]]) -> None:
        self._seen = {part.key: part for part in seen}
        self._now = {part.key: part for part in now}
        self._choices = choices
        self.edits: list[Edit] = []
        self.clashing: dict[str, Merge] = {}
        self.kept: list[str] = []
        self._standing = [part.key for part in now]
        self._seen_order = [part.key for part in seen]

    def bring(self, part: Part) -> None:
        """Let a section read as it did, with what others have written in it since."""
        seen, now = self._seen.get(part.key), self._now.get(part.key)
        if now is None:
            self.edits.append(Insert(part.key, part.title, part.text))
            self._standing.append(part.key)
            if seen is not None:
                self.kept.append(
                    _("“%(title)s” was removed by somebody meanwhile. It is back.") % {"title": part.title}
                )
            return
        base = seen or Part(part.key, "", "")
        if part.title != now.title:
            if now.title == base.title or seen is None:
                self.edits.append(SetTitle(part.key, part.title))
            elif part.title != base.title:
                told = _("“%(now)s” was renamed by somebody meanwhile, and keeps that title.")
                self.kept.append(told % {"now": now.title})
        found = merge(base.text, part.text, now.text)
        decided = self._choices.get(part.key, ())
        if found.clashes and len(decided) != len(found.clashes):
            self.clashing[part.key] = found
            return
        text = found.decided(decided if found.clashes else ())
        if text != now.text:
            self.edits.append(SetText(part.key, text))
        if base.text != now.text and text != part.text:
            told = _("What others wrote in “%(title)s” meanwhile is kept.")
            self.kept.append(told % {"title": now.title})

    def take_out(self, wanted: set[str]) -> None:
        """Remove what did not stand then, but nothing that others have written since the draft was seen."""
        for key, now in self._now.items():
            if key in wanted:
                continue
            if self._seen.get(key) == now:
                self.edits.append(Remove(key))
                self._standing.remove(key)
            else:
                told = _("“%(title)s” was written in by somebody meanwhile, and is kept.")
                self.kept.append(told % {"title": now.title})

    def put_in_order(self, wanted: Sequence[str]) -> None:
        """Let the sections stand in the order of then; those that are kept stay behind the one before them."""
        order = list(wanted)
        for at, key in enumerate(self._standing):
            if key not in order:
                before = next((one for one in reversed(self._standing[:at]) if one in order), None)
                order.insert(order.index(before) + 1 if before else 0, key)
        # Those that stand in order already stay; the fewest are placed anew. Whatever was brought back is at the end.
        place_of = {key: at for at, key in enumerate(self._standing)}
        width = len(str(len(order)))
        current = [f"{place_of[key]:0{width}}1" for key in order]
        after = ordered(current)
        for at, key in enumerate(order):
            if after[at] != current[at]:
                self.edits.append(Place(key, order[at - 1] if at else ""))


@transaction.atomic
def restore(
    *,
    document_id: int,
    wanted: Sequence[Part],
    seen: int,
    label: str,
    reason: str,
    by: Acting,
    at: datetime,
    choices: Mapping[str, Sequence[str]] | None = None,
    against: str = "",
) -> Plan:
    """Bring the draft back. `seen` is the last update of the draft that whoever restores was shown.

    Nothing is done while passages clash: the plan that comes back says which. `choices` decide them, as long as the
    draft is still the one with the digest `against`. Raises Refused with every reason.
    """
    document = Document.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=document_id)
    if objections := objections_to_restoring(document, by, at):
        raise Refused(objections)
    now = histories.parts_of(drafts.read(document_id).sections)
    valid = against == digest(now)
    found = plan(histories.draft_at(document, seen), wanted, now, choices=(choices or {}) if valid else {})
    if found.clashing or not found.edits:
        return found
    drafts.change(document_id=document_id, edits=found.edits, by=by, at=at)
    ledger.append(
        "draft.restored",
        actor=by.post.words,
        person=by.said_name,
        subject=document.key,
        at=at,
        reason=reason.strip(),
        facts={"to": label, "edits": len(found.edits), "kept": list(found.kept)},
    )
    return found


def objections_to_restoring(document: Document, by: Acting, at: datetime) -> list[str]:
    """Every reason why this post may not bring the draft back now."""
    return rules.objections_to_editing(document, by, at)
