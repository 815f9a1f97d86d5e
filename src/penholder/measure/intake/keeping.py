"""How long attempts are kept: days by service, in `kept.json` beside the log. What nothing is said of is kept."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from penholder.errors import Refused
from penholder.measure.intake import erasing

# Attempts have to be there until their window has passed, and a year is compared with the one before.
FEWEST_DAYS = 30


def read(folder: Path) -> dict[str, int]:
    """Days by service. Raises Refused when the file is damaged."""
    try:
        return msgspec.json.decode((folder / "kept.json").read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as problem:
        raise Refused(f"{folder / 'kept.json'} is damaged: {problem}. Restore it from a backup.") from problem


def say(folder: Path, service: str, days: int | None) -> None:
    """Keep attempts at a service for so many days after their last event; None: for good."""
    if days is not None and days < FEWEST_DAYS:
        raise Refused(f"Keep attempts for at least {FEWEST_DAYS} days: figures need them until their window is over.")
    kept = read(folder)
    kept.pop(service, None)
    if days is not None:
        kept[service] = days
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / "kept.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(dict(sorted(kept.items())))))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / "kept.json")


def forget_once_a_day(folder: Path, *, at: datetime) -> int:
    """Erase the attempts that are older than is kept, unless that was done today. Returns how many events they had."""
    kept, done = read(folder), folder / "kept.done"
    today = at.date().isoformat()
    if not kept or (done.exists() and done.read_text(encoding="ascii") == today):
        return 0
    before = {service: at - timedelta(days=days) for service, days in kept.items()}
    gone = erasing.forget(folder, before=before, at=at)
    done.write_text(today, encoding="ascii")
    return gone
