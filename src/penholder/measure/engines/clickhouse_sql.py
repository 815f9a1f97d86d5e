"""ClickHouse over the same files: inside our own process by chdb, or a server at an address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from os.path import commonprefix
from typing import Any
from urllib.parse import urlsplit

from penholder.errors import Missing
from penholder.measure.engines.asking import Dialect, Row, SqlEngine
from penholder.measure.intake.stocktakes import Stocktake

# Said outright, because ClickHouse otherwise takes every column of a Parquet file for one that may be empty.
_STRUCTURE = (
    "service String, journey String, channel String, release String, first_at Int64, last_at Int64, path Array(Int64), "
    "bot Bool, definition Int32, started_at Nullable(Int64), ended_at Nullable(Int64), outcome String, "
    "reached Int64"
)


# ClickHouse expands a list of names to a thousand of them at most.
_FILES_AT_ONCE = 500


class _ClickHouse(SqlEngine):
    dialect = Dialect(
        folder="clickhouse",
        week="intDiv(intDiv(began, 86400000000) + 3, 7)",
        month="toYYYYMM(fromUnixTimestamp64Micro(began, 'UTC'))",
        helped="arrayExists(event -> bitAnd(event, 1023) IN ({helps}) AND bitShiftRight(event, 10) "
        "BETWEEN assumeNotNull(started_at) AND assumeNotNull(started_at) + {window}, path)",
    )

    def over_all(self, stocktake: Stocktake) -> None:
        """Answer from a stocktake; addresses of storage that is not Amazon's are told as ClickHouse wants them."""
        if stocktake.endpoint:
            files = tuple(file.replace("s3:/", stocktake.endpoint, 1) for file in stocktake.files)
            stocktake = replace(stocktake, files=files)
        super().over_all(stocktake)

    def journeys(self) -> str:
        """The files, read as one table: addresses through s3(), paths through file()."""
        lists = [self.files[first : first + _FILES_AT_ONCE] for first in range(0, len(self.files), _FILES_AT_ONCE)]
        return _all([self._read(files) for files in lists])

    @staticmethod
    def _read(files: Sequence[str]) -> str:
        listed = files[0]
        if len(files) > 1:
            # The folder that all share stands before the list: a path that begins with a list would not be absolute.
            shared = commonprefix(files).rpartition("/")[0] + "/"  # noqa: RUF071 - cut at a slash; addresses have two
            listed = shared + "{" + ",".join(one.removeprefix(shared) for one in files) + "}"
        reader = "s3" if listed.startswith(("s3:", "http:", "https:")) else "file"
        return f"{reader}({_quoted(listed)}, 'Parquet', {_quoted(_STRUCTURE)})"


def _all(tables: Sequence[str]) -> str:
    """Several tables as one."""
    return tables[0] if len(tables) == 1 else "(" + " UNION ALL ".join(f"SELECT * FROM {one}" for one in tables) + ")"  # noqa: S608 - names of ours


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class ChDB(_ClickHouse):
    """ClickHouse as a library in our own process. One process has one of them at a time."""

    name = "chdb"

    def __init__(self, files: Sequence[str], *, threads: int | None = None) -> None:
        try:
            from chdb import session  # noqa: PLC0415 - an extra; most installations do without
        except ImportError as fault:
            raise Missing("ClickHouse is not installed here. Install penholder[clickhouse].") from fault
        self.over(files)
        # chdb carries no types.
        self.session: Any = session.Session()  # type: ignore[no-untyped-call]
        self.settings = "" if threads is None else f" SETTINGS max_threads = {threads:d}"

    def rows(self, sql: str) -> Iterable[Row]:
        """The rows of a query."""
        answer = str(self.session.query(sql + self.settings, "JSONCompactEachRow"))
        return [json.loads(line) for line in answer.splitlines()]

    def close(self) -> None:
        """Give the memory back, so that the process may have another one."""
        self.session.close()


class ClickHouseServer(_ClickHouse):
    """A ClickHouse server at an address such as https://user:password@host:8443/database.

    The server reads the files itself: give s3:// or https:// addresses, or paths under its own `user_files`.
    """

    name = "clickhouse"

    def __init__(self, files: Sequence[str], *, url: str) -> None:
        try:
            import clickhouse_connect  # noqa: PLC0415 - an extra; most installations do without
        except ImportError as fault:
            raise Missing("The client of ClickHouse is not installed here. Install penholder[clickhouse].") from fault
        self.over(files)
        parts = urlsplit(url)
        self.client = clickhouse_connect.get_client(
            host=parts.hostname or "localhost",
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            secure=parts.scheme == "https",
            username=parts.username or "default",
            password=parts.password or "",
            database=parts.path.strip("/") or "default",
        )

    def rows(self, sql: str) -> Iterable[Row]:
        """The rows of a query."""
        rows: list[Row] = list(self.client.query(sql).result_rows)
        return rows

    def close(self) -> None:
        """Hang up."""
        self.client.close()
