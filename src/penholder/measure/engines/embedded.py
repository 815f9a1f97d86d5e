"""DuckDB in our own process: the engine that is always there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from penholder.measure.engines.asking import Dialect, Row, SqlEngine
from penholder.measure.intake.stocktakes import Stocktake
from penholder.measure.journeys import COLUMNS


def _files(files: Sequence[str], more: str = "") -> str:
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false{more})"


class DuckDB(SqlEngine):
    """Answers from Parquet files with a database in memory; it opens no database file, so it waits for nobody.

    `files` are paths or s3:// addresses, globs allowed. `memory` bounds what it may take, in DuckDB's words ("1GB").
    """

    name = "duckdb"
    dialect = Dialect(
        folder="duckdb",
        week="(started_at // 86400000000 + 3) // 7",
        month="year(make_timestamp(started_at)) * 100 + month(make_timestamp(started_at))",
        helped="len(list_filter(path, lambda event: (event & 1023) IN ({helps}) "
        "AND event >> 10 BETWEEN started_at AND started_at + {window})) > 0",
    )

    _stocktake = Stocktake()

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

    def over(self, files: Sequence[str]) -> None:
        """Answer from these files from now on, and from nothing besides."""
        super().over(files)
        self._stocktake = Stocktake()

    def over_all(self, stocktake: Stocktake) -> None:
        """Answer from a stocktake: its sealed rows but those passed over, and its fresh ones."""
        self.over(stocktake.files)
        self._stocktake = stocktake
        passed_over = pa.table(
            {
                "file": pa.array(
                    np.repeat(list(stocktake.passed_over), list(map(len, stocktake.passed_over.values())))
                ),
                "place": np.concatenate([np.zeros(0, np.int64), *stocktake.passed_over.values()]),
            },
            schema=pa.schema([("file", pa.string()), ("place", pa.int64())]),
        )
        if stocktake.storage is not None and "s3" not in self.connection.list_filesystems():
            # DuckDB's wheel reads files alone; the client of storage that pyarrow has is lent to it.
            from penholder.measure.engines.lending import lent  # noqa: PLC0415 - where there is storage

            self.connection.register_filesystem(lent(stocktake.storage))
        self.connection.register("fresh", stocktake.fresh)
        self.connection.register("passed_over", passed_over)

    @property
    def answers(self) -> bool:
        """Whether it was given anything to answer from."""
        return bool(self.files or len(self._stocktake.fresh))

    def journeys(self) -> str:
        """The files, read as one table; the names of folders say nothing that the columns do not."""
        stock = self._stocktake
        if self.files and not len(stock.fresh):
            return _files(self.files)
        # Rows are told by their numbers only in the files of which some are passed over; the others are read plainly.
        columns = ", ".join(column.name for column in COLUMNS)
        parts = [f"FROM fresh SELECT {columns}"]
        if whole := [file for file in self.files if file not in stock.passed_over]:
            parts.append(f"FROM {_files(whole)} SELECT {columns}")
        if stock.passed_over:
            numbered = _files(list(stock.passed_over), ", filename = true, file_row_number = true")
            parts.append(
                f"FROM {numbered} SELECT {columns} "
                "WHERE NOT EXISTS (FROM passed_over WHERE file = filename AND place = file_row_number)"
            )
        return "(" + " UNION ALL ".join(parts) + ")"

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()
