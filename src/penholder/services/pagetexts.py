"""What the pages of a service say, version by version: of these words its reading age is worked out.

The journey says which pages there are. Their words stand apart from it, because a page is worded anew more often than
the journey is drawn anew, and no attempt has to be read again for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.errors import Refused
from penholder.measure.figures import Figure
from penholder.measure.formulas.ease import pages_of, reading_age
from penholder.measure.journey_definitions import JourneyDefinition, in_force
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.services import digests, entries, journeys, registrations, rules
from penholder.services.models import PageText, Service

# The longest page of a service that was met has 1,100 words; a guide or a law is no page that asks something.
MOST_WORDS = 20_000

_DRAWN = "words of the pages of the service, as its journey is drawn with them"


@dataclass(frozen=True, slots=True)
class Worded:
    """What a page says from a day on, as one version tells it."""

    page: str
    number: int
    words: str
    as_of: date
    said_on: date
    by: str
    reason: str


@transaction.atomic
def put(
    *, key: str, page: str, words: str, as_of: date, said_on: date, by: Acting | None, at: datetime, reason: str = ""
) -> PageText:
    """Say what a page says from a day on; no words take back what was said. Raises Refused, Missing."""
    service = Service.objects.select_for_update().get(pk=registrations.find(key).pk)
    version = registrations.current(service)
    reasons = rules.objections_to_acting("figures.submit", by, version.organisation)
    reasons += rules.objections_to_managing(by, version.manager_id)
    before = PageText.objects.filter(service=service, page=page, superseded_by=None).first()
    told = words.replace("\r\n", "\n").strip()
    reasons += _objections(journeys.definitions([key]).get(key, []), page, told)
    reasons += _objections_to_change(before, told, as_of, reason)
    if reasons:
        raise Refused(reasons)
    row = PageText.objects.create(
        service=service, page=page, number=before.number + 1 if before else 1, words=told, as_of=as_of,
        said_on=said_on, recorded_at=at, by=entries.words(by), reason=reason if before else "", supersedes=before,
    )  # fmt: skip
    act = entries.told(
        "page.worded", key, by=by, at=at, reason=reason, page=page, number=row.number, as_of=as_of,
        holds=digests.of(row),
    )  # fmt: skip
    ledger.append_all([act])
    return row


def _objections(drawn: Sequence[JourneyDefinition], page: str, words: str) -> list[str]:
    known = list(dict.fromkeys(step.name for each in drawn for step in pages_of(each)))
    reasons = []
    if not known:
        reasons.append(_("The journey of this service has no pages yet. Draw it first."))
    elif page not in known:
        reasons.append(_("The journey has no page “%(page)s”. It has: %(listed)s.")
                       % {"page": page, "listed": ", ".join(known)})  # fmt: skip
    if len(words) > MOST_WORDS:
        reasons.append(
            _("These are %(count)s letters; a page has at most %(most)s. Give what one page says.")
            % {"count": f"{len(words):,}", "most": f"{MOST_WORDS:,}"}
        )
    return reasons


def _objections_to_change(before: PageText | None, words: str, as_of: date, reason: str) -> list[str]:
    if before is None:
        return [] if words else [_("Write what the page says.")]
    reasons = []
    if before.words == words and before.as_of == as_of:
        reasons.append(_("Nothing would change."))
    if as_of < before.as_of:
        reasons.append(
            _("What the page says from %(day)s on is known already. Give that day or a later one.")
            % {"day": before.as_of}
        )
    if not reason.strip():
        reasons.append(_("Say why this changes; readers will see it."))
    return reasons


def read(services: Iterable[str] | None = None) -> dict[str, tuple[Worded, ...]]:
    """Every version of what pages say, by service; of each page the oldest first. One query."""
    rows = PageText.objects.order_by("service__key", "page", "number")
    rows = rows if services is None else rows.filter(service__key__in=list(services))
    found: defaultdict[str, list[Worded]] = defaultdict(list)
    fields = "page", "number", "words", "as_of", "said_on", "by", "reason"
    for service, *said in rows.values_list("service__key", *fields):
        found[service].append(Worded(*said))
    return {service: tuple(worded) for service, worded in found.items()}


def standing_on(day: date, worded: Iterable[Worded]) -> dict[str, Worded]:
    """By page, the version of what it says that holds on a day: the newest that begins by then."""
    return {each.page: each for each in worded if each.as_of <= day}


def reading_age_on(day: date, drawn: Sequence[JourneyDefinition], worded: Collection[Worded]) -> Figure | None:
    """The reading age of a service on a day, over the pages of its journey whose words are known.

    None where no journey is in force or no words are known. No query.
    """
    graph = in_force(drawn, day)
    if graph is None:
        return None
    held = standing_on(day, worded)
    pages = pages_of(graph)
    told = tuple(held[step.name].words if step.name in held else step.text for step in pages)
    figure = reading_age(told)
    if not figure.n:
        return None
    sources = [] if not any(step.text and step.name not in held for step in pages) else [_DRAWN]
    if ours := [held[step.name] for step in pages if step.name in held and held[step.name].words]:
        last = max(each.said_on for each in ours)
        sources.append(f"words of pages of the service ({len(ours)}), as they were noted by {last}")
    return replace(figure, provenance=tuple(sources))
