"""Showing the site: the record is signed, the site written and noted in the record, and the record signed again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings

from penholder.publishing import shown, sites
from penholder.publishing.sites import Progress, Site
from penholder.record import checkpoints, ledger
from penholder.record.models import Entry

# Acts after which readers should see another site.
ACTS = ("edition.published", "edition.withdrawn")


def show(*, at: datetime, progress: Progress | None = None) -> Site:
    """Write the whole site and show it in one step. As `sites.build`, signed before (for the evidence) and after."""
    key = checkpoints.key_at(settings.PENHOLDER_RECORD_KEY)
    checkpoints.sign(key=key, at=at)
    site = sites.build(at=at, progress=progress, then=partial(shown.note, at=at))
    checkpoints.sign(key=key, at=at)
    return site


def is_behind() -> bool:
    """Whether something was published or withdrawn since the site was shown, by a person or by the clock.

    What the operator does by a command is shown by that command. Two queries.
    """
    last = Entry.objects.filter(act="site.published").order_by("-number").values_list("number", flat=True).first()
    acts = Entry.objects.filter(act__in=ACTS, number__gt=last or 0)
    return acts.exclude(actor=ledger.OPERATOR).exists()


def catch_up(at: datetime) -> int:
    """Show the site anew when it is behind. Returns how many sites were shown."""
    if not is_behind():
        return 0
    show(at=at)
    return 1
