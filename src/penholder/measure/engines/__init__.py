"""The engines that count: DuckDB in our own process, ClickHouse, and Spark SQL, all over the same sealed files.

docs/engines.md says which one suits what. One specification, tests/spec, holds all of them to the slow judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from penholder.errors import Refused
from penholder.measure.engines.asking import SqlEngine
from penholder.measure.engines.clickhouse_sql import ChDB, ClickHouseServer
from penholder.measure.engines.embedded import DuckDB
from penholder.measure.engines.spark_sql import Spark
from penholder.measure.intake import stocktakes
from penholder.measure.intake.storage import Storage

__all__ = ["ChDB", "ClickHouseServer", "DuckDB", "Spark", "choose", "over"]


@contextmanager
def over(
    folder: Path, *, services: Collection[str] | None = None, engine: str = "", storage: str = ""
) -> Iterator[SqlEngine | None]:
    """An engine over the journeys below `folder`, up to the newest event of these services. None where nothing is.

    `engine` names it (`choose`); DuckDB alone sees what was not sealed yet. Where events are taken in elsewhere, or an
    engine is named, what lies at the `storage` is counted, if there is one.
    """
    elsewhere = storage and (engine or not (folder / "wal").exists())
    with (
        nullcontext(Storage(storage).stocktake())
        if elsewhere
        else stocktakes.opened(folder, services=services) as stock
    ):
        if stock.empty:
            yield None
            return
        chosen = choose(engine)
        try:
            chosen.over_all(stock)
            yield chosen if chosen.answers else None
        finally:
            chosen.close()


def choose(address: str = "") -> SqlEngine:
    """The engine that an installation has named by its address; DuckDB when it named none. It has no files yet.

    sc://host:port is Spark Connect, http(s)://user:password@host:port/database a ClickHouse server, "chdb" ClickHouse
    in our own process. Raises Refused for anything else, Missing when what speaks to it is not installed.
    """
    if not address:
        return DuckDB([])
    if address == "chdb":
        return ChDB([])
    if address.startswith("sc://"):
        return Spark([], remote=address)
    if address.startswith(("http://", "https://")):
        return ClickHouseServer([], url=address)
    raise Refused(
        f"“{address.partition('://')[0]}” names no engine. Say sc://host:port for Spark Connect, "
        "https://user:password@host:8443/database for ClickHouse, or chdb."
    )
