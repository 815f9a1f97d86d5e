"""What is asked of an engine, and the counts that come back. Every engine and the judge answer in these words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, Protocol

from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.outcomes import COMPLETING

Dimension = Literal["channel", "release", "week", "month"]

_DAY = 86_400_000_000  # microseconds
# 1970 began on a Thursday: three days into a week that starts on Monday.
_DAYS_BEFORE_1970 = 3
_NEVER = (1 << 53) - 1


def week_of(at: int) -> int:
    """The week in which a time lies, counted from the one in which 1970 began; weeks start on Monday, 00:00 UTC."""
    return (at // _DAY + _DAYS_BEFORE_1970) // 7


def monday(week: int) -> date:
    """The day on which a counted week begins."""
    return date(1969, 12, 29) + timedelta(weeks=week)


@dataclass(frozen=True)
class Question:
    """Which attempts are asked about: those of these definitions that started from `since` until before `until`.

    Times are microseconds since 1970. At `at`, an attempt is mature when its window has passed; only mature attempts
    are judged, because those still under way would count as failures. Attempts by programs are counted apart. `by`
    splits the answer; `week` and `month` are those of the start.
    """

    definitions: tuple[JourneyDefinition, ...]
    at: int
    by: tuple[Dimension, ...] = ()
    since: int = 0
    until: int = _NEVER


@dataclass(frozen=True, order=True)
class Group:
    """Whom a row of an answer is about; what the question did not split by is None. Months are year × 100 + month."""

    service: str
    version: int
    channel: str | None = None
    release: str | None = None
    week: int | None = None
    month: int | None = None


@dataclass(frozen=True)
class Funnel:
    """How many mature attempts reached each step, in order, within the window.

    `sets` counts attempts by the set of steps that they reached (numbers of steps); all else follows from it.
    """

    group: Group
    sets: dict[frozenset[int], int]

    @property
    def started(self) -> int:
        """Attempts in this funnel."""
        return sum(self.sets.values())

    def reached(self, step: int) -> int:
        """Attempts that reached a step by a way that the graph draws."""
        return sum(count for steps, count in self.sets.items() if step in steps)


@dataclass(frozen=True)
class Outcomes:
    """How attempts ended. `mature` counts by outcome those whose window has passed.

    `young` are attempts whose window has not passed, `under_way` those of them that have not ended. `bots` were flagged
    as programs. `helped` are mature attempts that opened help, at whichever of its steps. `fragments` have no start:
    they came back to an attempt whose beginning was never sent, or lost it.
    """

    group: Group
    mature: dict[str, int] = field(default_factory=dict)
    young: int = 0
    under_way: int = 0
    helped: int = 0
    bots: int = 0
    fragments: int = 0

    @property
    def cohort(self) -> int:
        """Mature attempts: what rates are a share of."""
        return sum(self.mature.values())

    @property
    def completed(self) -> int:
        """Mature attempts that ended with an answer, be it "not eligible" or "done already"."""
        return sum(self.mature.get(outcome, 0) for outcome in COMPLETING)


@dataclass(frozen=True)
class Effort:
    """What it took those mature attempts that ended as intended. Times are microseconds without idle gaps.

    Medians and ninetieth percentiles are nearest ranks: the least value that half, or nine tenths, do not exceed.
    Pages, questions and documents are counted as often as they were shown, from start to end. None where nobody
    finished.
    """

    group: Group
    finished: int
    median_time: int | None
    p90_time: int | None
    median_pages: int | None
    median_questions: int | None
    median_documents: int | None


@dataclass(frozen=True)
class Visit:
    """How often mature attempts met one step within their window, and how many of the attempts met it at all."""

    group: Group
    step: int
    events: int
    attempts: int


class Engine(Protocol):
    """Anything that answers; rows come sorted by group (and step), and groups without attempts do not come at all."""

    name: str

    def funnels(self, question: Question) -> list[Funnel]:
        """Exact ordered funnels with branches."""
        ...

    def outcomes(self, question: Question) -> list[Outcomes]:
        """How attempts ended, with the young, the programs and the fragments counted apart."""
        ...

    def efforts(self, question: Question) -> list[Effort]:
        """Time, pages, questions and documents of those who finished."""
        ...

    def visits(self, question: Question) -> list[Visit]:
        """How often each known step was met."""
        ...
