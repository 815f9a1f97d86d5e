"""Letters about figures that are due: the monthly form by link, and how long is left to fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from penholder.jobs import letters, moments
from penholder.jobs.models import Letter
from penholder.services import monthly, periods, registrations
from penholder.services.models import FormLink


@transaction.atomic
def remind(at: datetime) -> int:
    """Write to whoever has a form that is not submitted, some days before its link ends."""
    today = timezone.localdate(at)
    return letters.write(
        Letter(
            key=f"figures-due:{link.pk}:{today}", kind="figures-due", to=link.email, facts={"link": link.pk}, due_at=at,
            made_at=at,
        )
        for link in monthly.take_reminders(at)
    )  # fmt: skip


def due(facts: Mapping[str, Any], at: datetime) -> dict[str, Any] | None:
    """What such a letter says when it is sent; None when the form was submitted or its link has ended."""
    link = FormLink.objects.select_related("service", "period", "post__organisation").get(pk=facts["link"])
    if link.used_at is not None or link.ended_at is not None or link.expires_at <= at:
        return None
    return {
        "service": registrations.current(link.service).name,
        "period": periods.span(link.period).words,
        "post": link.post.words,
        "moment": moments.said(link.expires_at),
        "days": (timezone.localdate(link.expires_at) - timezone.localdate(at)).days,
        "draft": link.saved_at is not None,
    }
