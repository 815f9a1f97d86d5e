"""Rows that a test put into their tables by hand, written into the record as the acts that make them do."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from penholder.people import entries
from penholder.people.models import Holding, Organisation, Post
from penholder.record import ledger


@transaction.atomic
def note(*, at: datetime) -> None:
    """Note every organisation, every post and every holding that has not ended."""
    acts = [
        entries.of_organisation("organisation.made", row, [alias.name for alias in row.aliases.all()], by=None, at=at)
        for row in Organisation.objects.all()
    ]
    acts += [entries.of_post("post.made", row, by=None, at=at) for row in Post.objects.all()]
    acts += [
        entries.of_holding("post.held", row.post, row.person, by=None, at=row.since)
        for row in Holding.objects.filter(until=None)
    ]
    ledger.append_all(acts)
