"""The engines that count: DuckDB in our own process, ClickHouse, and Spark SQL, all over the same sealed files.

docs/engines.md says which one suits what. One specification, tests/spec, holds all of them to the slow judge.
"""

from __future__ import annotations

from collections.abc import Sequence

from penholder.measure.engines.asking import SqlEngine
from penholder.measure.engines.clickhouse_sql import ChDB, ClickHouseServer
from penholder.measure.engines.embedded import DuckDB
from penholder.measure.engines.spark_sql import Spark

__all__ = ["ChDB", "ClickHouseServer", "DuckDB", "Spark", "choose"]


def choose(files: Sequence[str], *, clickhouse: str = "", spark: str = "") -> SqlEngine:
    """The engine that an installation has named by its address; DuckDB when it named none."""
    if clickhouse:
        return ClickHouseServer(files, url=clickhouse)
    if spark:
        return Spark(files, remote=spark)
    return DuckDB(files)
