"""Which processes have a draft open, and where the cursors in them are: they see one another through the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from penholder.drafting.live_tables import Presence

# A process says every few seconds that it is there; one that has missed two of these is gone.
LASTING = timedelta(seconds=15)
# Rows of processes that were killed are swept by whoever comes next.
SWEPT_AFTER = timedelta(minutes=5)


def tell(document_id: int, process: str, cursors: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """This process has the draft open, and these cursors in it."""
    Presence.objects.update_or_create(
        document_id=document_id, process=process, defaults={"cursors": list(cursors), "at": at}
    )


def others(document_id: int, process: str, *, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """The cursors in each other process that has the draft open. One query."""
    rows = Presence.objects.filter(document_id=document_id, at__gt=at - LASTING).exclude(process=process)
    return dict(rows.order_by("process").values_list("process", "cursors"))


def leave(document_id: int, process: str, *, at: datetime) -> None:
    """This process has the draft open no longer."""
    Presence.objects.filter(document_id=document_id, process=process).delete()
    Presence.objects.filter(document_id=document_id, at__lt=at - SWEPT_AFTER).delete()
