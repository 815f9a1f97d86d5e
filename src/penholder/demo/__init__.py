"""The strategy that `penholder demo` loads: a history folder like any user's, so it goes through the same import."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The history folder of the demonstration strategy."""
    return Path(__file__).parent / "history"


def services() -> Path:
    """The register of services that the demonstration shows, with how their figures went, as data."""
    return Path(__file__).parent / "services" / "register.toml"


def desk() -> list[Path]:
    """Who is at the demonstration's desk and what they did, as data, in working days before today.

    Each file tells of one strand of the work, the first of rounds; all that was done on a day is done in their order.
    """
    folder = Path(__file__).parent / "desk"
    return [folder / "desk.toml", folder / "drafts.toml", folder / "together.toml"]
