"""What the template of a letter is told, or why the letter need not be sent any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unneeded:
    """Why a letter need not be sent any more."""

    because: str
