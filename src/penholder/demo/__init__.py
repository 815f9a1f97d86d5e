"""The strategy that `penholder demo` loads: a history folder like any user's, so it goes through the same import."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The history folder of the demonstration strategy."""
    return Path(__file__).parent / "history"


def desk() -> Path:
    """Who is at the demonstration's desk and what they did, as data, in working days before today."""
    return Path(__file__).parent / "desk" / "desk.toml"
