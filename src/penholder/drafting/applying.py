"""Puts what was decided into the draft, through the one door of its text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from penholder.drafting.models import Document, Section
from penholder.drafting.seats import Seat


def apply(*, document: Document, changed: Mapping[str, str], by: Seat, at: datetime) -> None:
    """Let these sections of the draft read so."""
    del by, at
    for key, text in changed.items():
        Section.objects.filter(document=document, key=key).update(text=text)
