"""Two versions of one published table compared, cell by cell: a figure that was public and changed is a revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from penholder.measure.values import Absence, Value, known

Key = TypeVar("Key", bound=Hashable)


class Change(StrEnum):
    """What became of a cell that stands in both versions."""

    REVISED = "revised"  # a number became another number
    SUPPLIED = "supplied"  # a reason became a number
    WITHDRAWN = "withdrawn"  # a number became a reason
    REWORDED = "reworded"  # a reason became another reason


@dataclass(frozen=True)
class Revision(Generic[Key]):
    """One cell that differs."""

    key: Key
    before: Value
    after: Value

    @property
    def change(self) -> Change:
        """Which kind of change it is; only `REVISED` and `WITHDRAWN` take back what was public."""
        match known(self.before), known(self.after):
            case True, True:
                return Change.REVISED
            case False, True:
                return Change.SUPPLIED
            case True, False:
                return Change.WITHDRAWN
        return Change.REWORDED


@dataclass(frozen=True)
class Comparison(Generic[Key]):
    """The revisions between two versions, and the cells that stand in one of them only."""

    revisions: tuple[Revision[Key], ...]
    added: tuple[Key, ...]
    dropped: tuple[Key, ...]

    def counts(self) -> Counter[Change]:
        """How many changes there are of each kind."""
        return Counter(each.change for each in self.revisions)


def compare(before: Mapping[Key, Value], after: Mapping[Key, Value]) -> Comparison[Key]:
    """Compare two versions; 0 is a number, and equal numbers are equal however they were written."""
    return Comparison(
        revisions=tuple(
            Revision(key, value, after[key]) for key, value in before.items() if key in after and after[key] != value
        ),
        added=tuple(key for key in after if key not in before and after[key] is not Absence.NOT_PROVIDED),
        dropped=tuple(key for key in before if key not in after and before[key] is not Absence.NOT_PROVIDED),
    )
