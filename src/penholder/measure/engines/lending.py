"""Storage that pyarrow reads, lent to DuckDB, which asks for files through fsspec."""

from __future__ import annotations

from fsspec import AbstractFileSystem
from fsspec.implementations.arrow import ArrowFSWrapper
from pyarrow.fs import FileSystem


class _Lent(ArrowFSWrapper):  # type: ignore[misc]  # fsspec carries no types
    protocol = ("s3",)
    root_marker = ""

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix("s3://")


def lent(storage: FileSystem) -> AbstractFileSystem:
    """What DuckDB registers, to find s3:// addresses in this storage."""
    return _Lent(storage)
