"""Attempts that are older than their service keeps: erased by the worker too, not only when events are sealed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from penholder.measure.intake import keeping
from penholder.measure.intake.storage import Storage


def forget(at: datetime) -> int:
    """Erase them, unless that was done today; from the storage as well. Returns how many events they had."""
    folder = Path(settings.PENHOLDER_EVENTS)
    gone = keeping.forget_once_a_day(folder, at=at)
    if gone and settings.PENHOLDER_STORAGE:
        Storage(settings.PENHOLDER_STORAGE).send(folder, grace=False)
    return gone
