"""The engine that counts the journeys of services: the one that the installation names, over what is there now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from penholder.measure.engines import choose
from penholder.measure.engines.asking import SqlEngine
from penholder.measure.intake import stocktakes


@contextmanager
def engine(folder: Path, *, services: Collection[str] | None = None) -> Iterator[SqlEngine | None]:
    """An engine over the journeys below `folder`, up to the newest event of these services. None where nothing is.

    PENHOLDER_ENGINE names it; DuckDB alone sees what was not sealed yet.
    """
    with stocktakes.opened(folder, services=services) as stocktake:
        if stocktake.empty:
            yield None
            return
        chosen = choose(settings.PENHOLDER_ENGINE)
        try:
            chosen.over_all(stocktake)
            yield chosen if chosen.answers else None
        finally:
            chosen.close()
