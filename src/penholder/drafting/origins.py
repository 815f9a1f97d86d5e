"""From which text a returned document was made: an iteration, or the draft as it stood when it was taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from penholder.drafting import sealed_texts, waypoints
from penholder.drafting.contributions import Waypoint
from penholder.drafting.models import Iteration
from penholder.drafting.naming import Named
from penholder.drafting.parsed import parsed
from penholder.drafting.sealed_texts import SealedPart, SealedText
from penholder.drafting.waypoints import Part
from penholder.errors import Refused
from penholder.formats.word.placing import nearness
from penholder.formats.word.returned import Origin, Returned
from penholder.seal import digest
from penholder.text.compare import compare

# Below this share of the words that stand in any text, a document is of another one.
OWN = 0.2
# What people give for an iteration's number when they mean the draft as it is now.
DRAFT = 0


@dataclass(frozen=True, slots=True)
class Source:
    """The text that a document was made from. `sure`: the document says so itself, by a seal that there is.

    `iteration` is None for a draft: as it stood at the moment `at`, or as it is now (None). `share` says how many of
    the document's words stand there.
    """

    iteration: Iteration | None
    text: SealedText
    sure: bool
    share: float
    at: datetime | None = None

    @property
    def number(self) -> int:
        """The iteration's number; `DRAFT` for a draft."""
        return self.iteration.number if self.iteration else DRAFT


def of_draft(document_key: str, point: Waypoint | None, *, carries: bool) -> Origin:
    """What a file of the draft says of itself, so that it is known again: how the draft stood then."""
    return Origin(document_key, seal=waypoints.seal_of(point) if point else "", carries=carries)


def find(document_id: int, returned: Returned, named: Named, *, number: int | None) -> Source:
    """The text that a document was made from: the one that it names, or `number`, else the nearest. Raises Refused."""
    rows = list(Iteration.objects.filter(document=document_id).defer("manifest", "events").order_by("-number"))
    if not rows:
        raise Refused(_("This text has no iteration yet that a document could have been made from. Seal one first."))
    seal = returned.origin.seal
    own = next((row for row in rows if seal and row.seal == seal), None)
    if number is None and own is None and seal and (point := _waypoint(document_id, seal)) is not None:
        text = _named(waypoints.parts(point), named)
        return _near_enough(Source(None, text, True, nearness(returned, text.text), point.at), returned)
    if number is not None:
        own = next((row for row in rows if row.number == number), None)
        if own is None and number != DRAFT:
            raise Refused(_("There is no iteration %(number)s of this text. Choose another.") % {"number": number})
    asked = [own] if own else [] if number == DRAFT else rows
    texts = sealed_texts.read_many([row.pk for row in asked])
    found = [
        Source(row, texts[row.pk], bool(seal) and row.seal == seal, nearness(returned, texts[row.pk].text))
        for row in asked
    ]
    if own is None:
        draft = SealedText(tuple(SealedPart(p.key, p.title, p.text, digest(p.text), p.names) for p in named.parts))
        found.append(Source(None, draft, False, nearness(returned, draft.text)))
    return _near_enough(max(found, key=lambda one: (one.share, one.number)), returned)


def _near_enough(source: Source, returned: Returned) -> Source:
    if source.share < OWN:
        words = _("The words of %(name)s are not those of this text. Bring it to the text that it was made from.")
        raise Refused(words % {"name": returned.name})
    return source


def _waypoint(document_id: int, seal: str) -> Waypoint | None:
    rows = Waypoint.objects.filter(document=document_id).iterator(200)
    return next((row for row in rows if waypoints.seal_of(row) == seal), None)


def _named(parts: tuple[Part, ...], named: Named) -> SealedText:
    """A draft of then, its passages with the names of what they are now; "" for those that are not there any more."""
    old = [block for part in parts for block in parsed(part.text)]
    now = [standing for part in named.parts for standing in part.passages]
    names = [""] * len(old)
    for change in compare(old, [standing.block for standing in now]).changes:
        for place in change.old if change.new else ():
            names[place] = now[change.new[0]].name
    given = iter(names)
    return SealedText(
        tuple(SealedPart(p.key, p.title, p.text, p.digest, tuple(next(given) for _b in parsed(p.text))) for p in parts)
    )
