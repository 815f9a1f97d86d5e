"""The engine that counts the journeys of services: the one that the installation names, over what is there now."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings

from penholder.measure.engines import over
from penholder.measure.engines.asking import SqlEngine


def engine(folder: Path, *, services: Collection[str] | None = None) -> AbstractContextManager[SqlEngine | None]:
    """What `measure.engines.over` gives, with PENHOLDER_ENGINE and PENHOLDER_STORAGE."""
    return over(folder, services=services, engine=settings.PENHOLDER_ENGINE, storage=settings.PENHOLDER_STORAGE)
