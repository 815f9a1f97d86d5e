"""Which commits of a git history become iterations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["daily", "all", "tags", "commits"]


@dataclass(frozen=True, slots=True)
class Select:
    """What to take from a history.

    "daily": the last commit of each day on which the text changed, the day as its author's clock had it.
    "all": every commit that changed the text. "tags": every tagged commit.
    "commits": those named in `commits`: ids (at least seven digits), tags or branches.
    """

    mode: Mode = "daily"
    commits: tuple[str, ...] = ()
