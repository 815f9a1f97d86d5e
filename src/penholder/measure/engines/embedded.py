"""DuckDB in our own process: the engine that is always there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from penholder.measure.engines.asking import Dialect, Row, SqlEngine


class DuckDB(SqlEngine):
    """Answers from Parquet files with a database in memory; it opens no database file, so it waits for nobody.

    `files` are paths or s3:// addresses, globs allowed. `memory` bounds what it may take, in DuckDB's words ("1GB").
    """

    name = "duckdb"
    dialect = Dialect(
        folder="duckdb",
        week="(started_at // 86400000000 + 3) // 7",
        month="year(make_timestamp(started_at)) * 100 + month(make_timestamp(started_at))",
    )

    def __init__(self, files: Sequence[str], *, threads: int | None = None, memory: str | None = None) -> None:
        self.over(files)
        self.connection = duckdb.connect()
        if threads is not None:
            self.connection.execute(f"SET threads = {threads:d}")
        if memory is not None:
            self.connection.execute("SET memory_limit = ?", [memory])

    def rows(self, sql: str) -> Iterable[Row]:
        """The rows of a query."""
        return self.connection.execute(sql).fetchall()

    def journeys(self) -> str:
        """The files, read as one table; the names of folders say nothing that the columns do not."""
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in self.files)
        return f"read_parquet([{listed}], hive_partitioning = false)"

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()
