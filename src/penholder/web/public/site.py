"""Everything that the public site shows, read once with a fixed number of queries and then held as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from penholder.agreement import disclosures
from penholder.agreement.disclosures import Agreement
from penholder.delivery import measures, standing
from penholder.delivery.measures import Measured
from penholder.delivery.standing import Standing
from penholder.drafting import sealed_texts
from penholder.drafting.models import Document, Kind, Media
from penholder.drafting.sealed_texts import SealedText
from penholder.errors import Missing
from penholder.publishing import addresses, bundles, editions
from penholder.publishing.bundles import Plan
from penholder.publishing.models import Edition
from penholder.services import disclosures as disclosed
from penholder.services.disclosures import Disclosed
from penholder.web.public.states import Coverage


@dataclass(frozen=True)
class Publication:
    """A document that has been published, with its editions, oldest first."""

    document: Document
    editions: tuple[Edition, ...]
    texts: Mapping[int, SealedText]

    @property
    def key(self) -> str:
        """Its document's key."""
        return self.document.key

    @property
    def title(self) -> str:
        """Its document's title."""
        return self.document.title

    @property
    def departmental(self) -> bool:
        """True of an organisation's own answers, which are shown on its own page."""
        return self.document.kind == Kind.DEPARTMENTAL and self.document.organisation_id is not None

    @property
    def current(self) -> Edition:
        """The newest edition."""
        return self.editions[-1]

    @property
    def address(self) -> str:
        """Where its newest edition stands."""
        return addresses.of_document(self.document)

    def edition_address(self, number: int) -> str:
        """Where one of its editions stands, frozen."""
        return addresses.of_edition(self.document, number)

    def correction(self, edition: Edition) -> Edition | None:
        """The newest edition that puts a mistake of this one right, if there is one."""
        return next((one for one in reversed(self.editions) if one.corrects_id == edition.pk), None)

    def text(self, edition: Edition) -> SealedText:
        """What one of its editions holds."""
        return self.texts[edition.iteration_id]


@dataclass(frozen=True)
class Site:
    """The whole site at one moment."""

    at: datetime  # in the site's own time zone
    standing: Standing | None
    publications: Mapping[str, Publication]
    old_addresses: Mapping[str, str]
    media: Mapping[str, Media]
    texts: Mapping[int, SealedText]
    agreements: Mapping[str, Agreement]  # by seal
    evidence: Mapping[int, Plan]  # of editions, by primary key; none before the record is signed
    services: Disclosed | None = None  # None while the register of services is empty
    measures: Mapping[int, tuple[Measured, ...]] = field(default_factory=dict)  # by number of their action

    @cached_property
    def coverage(self) -> Coverage:
        """The matrix of actions × organisations."""
        return Coverage(self.standing, self.at.date())

    @property
    def strategy(self) -> Publication | None:
        """The publication whose actions are answered; None before its first edition."""
        return self.publications.get(self.standing.document) if self.standing else None

    @property
    def title(self) -> str:
        """The strategy's title, on every page."""
        return self.strategy.title if self.strategy else ""

    @property
    def papers(self) -> tuple[Publication, ...]:
        """Published documents beside the strategy that are not a department's answers."""
        return tuple(one for one in self.publications.values() if not one.departmental and one is not self.strategy)

    @property
    def in_order(self) -> tuple[Publication, ...]:
        """Every publication: the strategy, then papers, then departments' answers."""
        first = (self.strategy,) if self.strategy else ()
        return (*first, *self.papers, *(one for one in self.publications.values() if one.departmental))

    def departmental(self, organisation: str) -> Publication | None:
        """The published answers of one organisation."""
        return self._departmental.get(organisation)

    @cached_property
    def _departmental(self) -> dict[str, Publication]:
        return {
            one.document.organisation.key: one
            for one in self.publications.values()
            if one.departmental and one.document.organisation
        }


def read(*, at: datetime, figures: bool = True) -> Site:
    """Everything that stands at `at`; without `figures`, nothing of services and measures."""
    try:
        stands: Standing | None = standing.read()
    except Missing:
        stands = None
    rows: dict[str, list[Edition]] = {}
    for edition in editions.listed():
        rows.setdefault(edition.document.key, []).append(edition)
    published = [edition for found in rows.values() for edition in found]
    texts = sealed_texts.read_many(edition.iteration_id for edition in published)
    agreements = disclosures.of_seals({edition.iteration.seal for edition in published})
    return Site(
        at=timezone.localtime(at),
        standing=stands,
        publications={key: Publication(found[0].document, tuple(found), texts) for key, found in rows.items()},
        old_addresses=addresses.kept(),
        media={row.digest: row for row in Media.objects.all()},
        texts=texts,
        agreements=agreements,
        evidence=bundles.plans(published, agreements),
        services=disclosed.read(at=at, events=Path(settings.PENHOLDER_EVENTS)) if figures else None,
        measures=_measures(stands, at) if figures else {},
    )


def _measures(stands: Standing | None, at: datetime) -> dict[int, tuple[Measured, ...]]:
    """The measures of the strategy's actions, as far as their figures are public."""
    found: dict[int, list[Measured]] = {}
    for one in measures.read(stands.document, as_published_on=timezone.localdate(at)) if stands else ():
        found.setdefault(one.action, []).append(one)
    return {number: tuple(listed) for number, listed in found.items()}


def media_address(digest: str, name: str) -> str:
    """The lasting address of a file by its content."""
    return f"/media/{digest[:20]}/{name.rsplit('/', 1)[-1]}"
