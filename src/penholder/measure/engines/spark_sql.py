"""Spark SQL over the same files, through Spark Connect: Spark itself, or Sail, which needs no Java."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from penholder.errors import Missing
from penholder.measure.engines.asking import Dialect, Row, SqlEngine


def _matching(pattern: str) -> Iterable[Path]:
    path = Path(pattern).absolute()
    return Path(path.anchor).glob(str(path.relative_to(path.anchor)))


class Spark(SqlEngine):
    """A Spark Connect endpoint such as sc://localhost:15002. The cluster reads the files itself."""

    name = "spark"
    dialect = Dialect(
        folder="spark",
        week="(started_at DIV 86400000000 + 3) DIV 7",
        month="year(timestamp_micros(started_at)) * 100 + month(timestamp_micros(started_at))",
        helped="size(filter(path, event -> (event & 1023) IN ({helps}) "
        "AND shiftright(event, 10) BETWEEN started_at AND started_at + {window})) > 0",
    )

    def __init__(self, files: Sequence[str], *, remote: str) -> None:
        try:
            from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra; most installations do without
        except ImportError as fault:
            raise Missing("The client of Spark is not installed here. Install penholder[spark].") from fault
        with warnings.catch_warnings():
            # It warns of pandas 3, of which nothing here makes use: rows come as rows.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            self.session = SparkSession.builder.remote(remote).getOrCreate()
        # Months are those of UTC, whatever the cluster thinks of its place.
        self.session.conf.set("spark.sql.session.timeZone", "UTC")
        self.over(files)

    def over(self, files: Sequence[str]) -> None:
        """Answer from these files; they are named one by one, so that names of folders are not taken for columns."""
        super().over(files)
        found = [one for file in files for one in ([file] if "://" in file else sorted(map(str, _matching(file))))]
        if found:
            self.session.read.parquet(*found).createOrReplaceTempView("journeys")

    def rows(self, sql: str) -> Iterable[Row]:
        """The rows of a query."""
        rows: list[Row] = [tuple(row) for row in self.session.sql(sql).collect()]
        return rows

    def journeys(self) -> str:
        """The view over the files."""
        return "journeys"

    def close(self) -> None:
        """End the session; the cluster stays."""
        self.session.stop()
