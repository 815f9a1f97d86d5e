"""Which attempts a sealed file holds, without reading it: numbers beside it, in order, each with the row it stands for.

`000012.index` beside `000012.parquet` is the sorted numbers (uint64), then as many rows (uint32). It is mapped, not
read, so asking a large archive about a few attempts touches a few pages of each file.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from xxhash import xxh3_64_intdigest

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

_BYTES_OF_AN_ENTRY = 12


def keys(rows: pa.Table) -> Keys:
    """A number for each attempt, by which a file is asked whether it may hold it. Two may share one; strings decide."""
    pairs = zip(rows["service"].to_pylist(), rows["journey"].to_pylist(), strict=True)
    return np.array([xxh3_64_intdigest(f"{service}\0{journey}".encode()) for service, journey in pairs], np.uint64)


def path_of(file: Path) -> Path:
    """Where the index of a sealed file lies."""
    return file.with_suffix(".index")


def write(file: Path, numbers: Keys) -> None:
    """Write the index of a file whose rows have these numbers."""
    order = np.argsort(numbers, kind="stable")
    with path_of(file).open("wb") as there:
        there.write(numbers[order].tobytes() + order.astype(np.uint32).tobytes())
        there.flush()
        os.fsync(there.fileno())


def read(file: Path) -> Keys:
    """The number of each row of a file, in the order of its rows."""
    numbers, places = _mapped(file)
    in_rows = np.empty_like(numbers)
    in_rows[places] = numbers
    return in_rows


def find(file: Path, wanted: Keys) -> Places:
    """The rows, in order, whose number is one of `wanted` (sorted, each once). The shorter list is looked up."""
    numbers, places = _mapped(file)
    if not len(numbers) or not len(wanted):
        return np.zeros(0, np.int64)
    if len(numbers) <= len(wanted):
        at = np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)
        hit = places[wanted[at] == numbers]
    else:
        first = np.searchsorted(numbers, wanted)
        there = first < len(numbers)
        there[there] = numbers[first[there]] == wanted[there]
        first = first[there]
        several = np.searchsorted(numbers, wanted[there], "right") - first
        inner = np.arange(several.sum()) - np.repeat(np.cumsum(several) - several, several)
        hit = places[np.repeat(first, several) + inner]
    return np.sort(hit).astype(np.int64)


def _mapped(file: Path) -> tuple[Keys, npt.NDArray[np.uint32]]:
    beside = path_of(file)
    if not beside.exists():  # sealed before files had one
        numbers = keys(pq.ParquetFile(file).read(["service", "journey"]))
        order = np.argsort(numbers, kind="stable")
        return numbers[order], order.astype(np.uint32)
    size = beside.stat().st_size
    if not size:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint32)
    count = size // _BYTES_OF_AN_ENTRY
    told = np.memmap(beside, np.uint8, "r")
    return told[: count * 8].view(np.uint64), told[count * 8 :].view(np.uint32)
