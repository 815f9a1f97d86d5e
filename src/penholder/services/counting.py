"""The engine that counts the journeys of services: the one that the installation names, over what is there now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from django.conf import settings

from penholder.measure.engines import choose
from penholder.measure.engines.asking import SqlEngine
from penholder.measure.intake import stocktakes
from penholder.measure.intake.stocktakes import Stocktake
from penholder.measure.intake.storage import Storage


def _stocktake(folder: Path, services: Collection[str] | None) -> AbstractContextManager[Stocktake]:
    if settings.PENHOLDER_STORAGE and (settings.PENHOLDER_ENGINE or not (folder / "wal").exists()):
        return nullcontext(Storage(settings.PENHOLDER_STORAGE).stocktake())
    return stocktakes.opened(folder, services=services)


@contextmanager
def engine(folder: Path, *, services: Collection[str] | None = None) -> Iterator[SqlEngine | None]:
    """An engine over the journeys below `folder`, up to the newest event of these services. None where nothing is.

    PENHOLDER_ENGINE names it; DuckDB alone sees what was not sealed yet. Where events are taken in elsewhere, or by
    another engine than DuckDB, what lies at PENHOLDER_STORAGE is counted, if that is set.
    """
    with _stocktake(folder, services) as stocktake:
        if stocktake.empty:
            yield None
            return
        chosen = choose(settings.PENHOLDER_ENGINE)
        try:
            chosen.over_all(stocktake)
            yield chosen if chosen.answers else None
        finally:
            chosen.close()
