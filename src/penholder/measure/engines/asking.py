"""A question made into SQL for one engine, and rows made into answers. `Dialect` names what differs by engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from penholder.errors import Refused
from penholder.measure.intake.stocktakes import Stocktake
from penholder.measure.journey_definitions import JourneyDefinition, Kind
from penholder.measure.outcomes import OPEN
from penholder.measure.questions import Effort, Funnel, Group, Outcomes, Question, Visit
from penholder.measure.readings import shape_of

Row = Sequence[Any]

_MICROSECOND = timedelta(microseconds=1)
# Stands for "no step" in a list that may not be empty.
_NO_STEP = "-1"


@dataclass(frozen=True)
class Dialect:
    """How one engine says what all need: the week and the month of a start, and whether help was opened."""

    folder: str  # of the SQL files
    week: str
    month: str
    helped: str  # whether an attempt met a step of help within its window


@dataclass(frozen=True)
class _Drawn:
    """What a definition puts into a query, apart from the name of its service."""

    version: int
    window: int
    idle: int
    numbers: tuple[int, ...]
    known: tuple[int, ...]
    pages: tuple[int, ...]
    questions: tuple[int, ...]
    documents: tuple[int, ...]
    helps: tuple[int, ...]


@cache
def _drawn(definition: JourneyDefinition) -> _Drawn:
    shape = shape_of(definition)

    def of(*kinds: Kind) -> tuple[int, ...]:
        return tuple(step.number for step in definition.steps if step.kind in kinds)

    return _Drawn(
        version=definition.version,
        window=shape.window,
        idle=definition.idle_after // _MICROSECOND,
        numbers=shape.numbers,
        known=tuple(sorted(definition.by_number)),
        pages=of(Kind.PAGE, Kind.QUESTION),
        questions=of(Kind.QUESTION),
        documents=of(Kind.DOCUMENT),
        helps=of(Kind.HELP),
    )


class SqlEngine(ABC):
    """An engine that speaks SQL over the sealed files. Services that draw the same graph are asked about together."""

    name: str
    dialect: Dialect
    files: tuple[str, ...] = ()

    def over(self, files: Sequence[str]) -> None:
        """Answer from these files from now on: the parts of the newest stocktake, as paths or addresses."""
        self.files = tuple(files)

    def over_all(self, stocktake: Stocktake) -> None:
        """Answer from a stocktake, as far as this engine can: all but DuckDB read what is sealed of it.

        Raises Refused when the engine does not find the files where they are: it would count nothing, and not say so.
        """
        self.over(stocktake.files)
        if not stocktake.files:
            return
        ((seen,),) = self.rows(f"SELECT count(*) FROM {self.journeys()}")  # noqa: S608 - names of ours
        if int(seen) != stocktake.sealed:
            raise Refused(
                f"The engine “{self.name}” sees {int(seen):,} of {stocktake.sealed:,} sealed attempts. It reads the "
                f"files itself, so it must find {stocktake.files[0]} under that name."
            )

    @property
    def answers(self) -> bool:
        """Whether it was given anything to answer from."""
        return bool(self.files)

    @abstractmethod
    def close(self) -> None:
        """Give back what the engine holds."""

    @abstractmethod
    def rows(self, sql: str) -> Iterable[Row]:
        """The rows of a query."""

    @abstractmethod
    def journeys(self) -> str:
        """What stands behind FROM for the journeys table."""

    def funnels(self, question: Question) -> list[Funnel]:
        """See `questions.Engine`."""
        found: dict[Group, dict[frozenset[int], int]] = defaultdict(lambda: defaultdict(int))
        for drawn, group, (reached, attempts) in self._answers("funnels", question):
            steps = frozenset(number for place, number in enumerate(drawn.numbers, 1) if int(reached) >> place & 1)
            found[group][steps] += int(attempts)
        return [Funnel(group, dict(found[group])) for group in sorted(found)]

    def outcomes(self, question: Question) -> list[Outcomes]:
        """See `questions.Engine`."""
        mature: dict[Group, dict[str, int]] = defaultdict(dict)
        others: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for _, group, (outcome, bot, fragment, ripe, helped, attempts) in self._answers("outcomes", question):
            count, other = int(attempts), others[group]
            if bot:
                other["bots"] += count
            elif fragment:
                other["fragments"] += count
            elif ripe:
                mature[group][outcome] = mature[group].get(outcome, 0) + count
                other["helped"] += count if helped else 0
            else:
                other["young"] += count
                other["under_way"] += count if outcome == OPEN else 0
        return [Outcomes(group=group, mature=mature[group], **others[group]) for group in sorted(others)]

    def efforts(self, question: Question) -> list[Effort]:
        """See `questions.Engine`."""
        answers = [
            Effort(group, int(done), *(int(value) if done else None for value in values))
            for _, group, (done, *values) in self._answers("efforts", question)
        ]
        return sorted(answers, key=lambda effort: effort.group)

    def visits(self, question: Question) -> list[Visit]:
        """See `questions.Engine`."""
        answers = [
            Visit(group, int(step), int(events), int(attempts))
            for _, group, (step, events, attempts) in self._answers("visits", question)
        ]
        return sorted(answers, key=lambda visit: (visit.group, visit.step))

    def _answers(self, name: str, question: Question) -> Iterable[tuple[_Drawn, Group, Row]]:
        """The rows of one of the SQL files, over every graph that the question asks about."""
        alike: dict[_Drawn, list[str]] = defaultdict(list)
        for definition in question.definitions:
            alike[_drawn(definition)].append(definition.service)
        text = (files(__package__) / self.dialect.folder / f"{name}.sql").read_text(encoding="utf-8")
        for drawn, services in alike.items():
            for service, channel, release, week, month, *rest in self.rows(
                self._filled(text, question, drawn, services)
            ):
                group = Group(
                    service=service,
                    version=drawn.version,
                    channel=channel if "channel" in question.by else None,
                    release=release if "release" in question.by else None,
                    week=int(week) if "week" in question.by else None,
                    month=int(month) if "month" in question.by else None,
                )
                yield drawn, group, rest

    def _filled(self, text: str, question: Question, drawn: _Drawn, services: Sequence[str]) -> str:
        """A SQL file with its places filled: numbers of ours, and keys that hold nothing to escape."""

        def steps(numbers: Sequence[int]) -> str:
            return ", ".join(map(str, numbers)) or _NO_STEP

        places = {
            "journeys": self.journeys(),
            # Keys of services are letters, digits and hyphens; a definition with another key cannot be made.
            "services": ", ".join(f"'{service}'" for service in services),
            "channel": "channel" if "channel" in question.by else "''",
            "release": "release" if "release" in question.by else "''",
            "week": self.dialect.week if "week" in question.by else "0",
            "month": self.dialect.month if "month" in question.by else "0",
            # Without a step of help nothing has to be looked at, and no path is read.
            "helped": self.dialect.helped if drawn.helps else "1 = 0",
            "helps": steps(drawn.helps),
            "version": str(drawn.version),
            "window": str(drawn.window),
            "idle": str(drawn.idle),
            "since": str(question.since),
            "until": str(question.until),
            "at": str(question.at),
            "known": steps(drawn.known),
            "pages": steps(drawn.pages),
            "questions": steps(drawn.questions),
            "documents": steps(drawn.documents),
        }
        for place, value in places.items():
            text = text.replace(f"{{{place}}}", value)
        return text
