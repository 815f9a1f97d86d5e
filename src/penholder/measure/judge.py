"""The slow, obvious answers, worked out event by event from what the definitions say. Engines are judged by it.

It shares nothing with the fast ways: no packed numbers, no bits, no numpy, no SQL.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from penholder.measure.journey_definitions import JourneyDefinition, Kind
from penholder.measure.journeys import Event
from penholder.measure.outcomes import COMPLETING, ERROR, INTENDED, OPEN
from penholder.measure.questions import Effort, Funnel, Group, Outcomes, Question, Visit, week_of

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Attempt:
    """One journey as the judge sees it: its events in order, and what a definition makes of them."""

    drawn: JourneyDefinition
    events: tuple[Event, ...]

    @property
    def start(self) -> Event | None:
        """The first event whose step starts the journey."""
        starts = [self.drawn.by_name[name].number for name in self.drawn.starts]
        return next((event for event in self.events if event.step in starts), None)

    @property
    def within(self) -> list[Event]:
        """The events from the microsecond of the start on, until the window closes."""
        if self.start is None:
            return []
        closes = self.start.at + self.drawn.window // _MICROSECOND
        return [event for event in self.events if self.start.at <= event.at <= closes]

    def outcome_of(self, event: Event) -> str | None:
        """The outcome that an event's step stands for, if it is an end."""
        step = self.drawn.by_number.get(event.step)
        return step.outcome if step else None

    @property
    def end(self) -> Event | None:
        """The first completing end; failing that, the first error."""
        completing = [event for event in self.within if self.outcome_of(event) in COMPLETING]
        failing = [event for event in self.within if self.outcome_of(event) == ERROR]
        return (completing + failing + [None])[0]

    @property
    def outcome(self) -> str:
        """How the attempt ended."""
        return (self.end and self.outcome_of(self.end)) or OPEN

    @property
    def reached(self) -> frozenset[int]:
        """Numbers of the steps reached by a way that the graph draws, whatever happened in between."""
        names: set[str] = set()
        for event in self.within:
            step = self.drawn.by_number.get(event.step)
            if step and (step.name in self.drawn.starts or any(before in names for before in step.after)):
                names.add(step.name)
        return frozenset(self.drawn.by_name[name].number for name in names)

    @property
    def furthest(self) -> int:
        """The reached step that stands last in the definition; 0 for none."""
        return ([0] + [step.number for step in self.drawn.steps if step.number in self.reached])[-1]

    @property
    def bot(self) -> bool:
        """Whether any event was flagged as made by a program."""
        return any(event.bot for event in self.events)

    def mature(self, at: int) -> bool:
        """Whether the window has passed."""
        return self.start is not None and self.start.at + self.drawn.window // _MICROSECOND <= at

    @property
    def active_time(self) -> int:
        """Microseconds from start to end without the gaps that count as idle."""
        walked = self.until_end
        gaps = [two.at - one.at for one, two in pairwise(walked)]
        return sum(gap for gap in gaps if gap <= self.drawn.idle_after // _MICROSECOND)

    @property
    def until_end(self) -> list[Event]:
        """The events from the start to the end, with all others of the end's microsecond."""
        return [event for event in self.within if self.end and event.at <= self.end.at]

    @property
    def helped(self) -> bool:
        """Whether help was opened within the window, at whichever of its steps."""
        steps = [self.drawn.by_number.get(event.step) for event in self.within]
        return any(step and step.kind is Kind.HELP for step in steps)

    def shown(self, *kinds: Kind) -> int:
        """How often steps of these kinds were met between start and end."""
        steps = [self.drawn.by_number.get(event.step) for event in self.until_end]
        return sum(1 for step in steps if step and step.kind in kinds)


class Judge:
    """Answers questions about events, in whatever order they came."""

    name = "judge"

    def __init__(self, events: Iterable[Event]) -> None:
        self.journeys: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in events:
            self.journeys[event.service, event.journey].append(event)

    def attempts(self, question: Question) -> Iterable[tuple[Group, Attempt]]:
        """The attempts asked about, each with its group."""
        for (service, _), events in self.journeys.items():
            # Ties go by the number of the step, so that every engine sees them in one order.
            ordered = tuple(sorted(events, key=lambda event: (event.at, event.step, event.channel, event.release)))
            for drawn in question.definitions:
                attempt = Attempt(drawn, ordered)
                said = attempt.start or ordered[0]
                if drawn.service == service and question.since <= said.at < question.until:
                    yield _group(question, drawn, said), attempt

    def _judged(self, question: Question) -> dict[Group, list[Attempt]]:
        grouped: dict[Group, list[Attempt]] = defaultdict(list)
        for group, attempt in self.attempts(question):
            if attempt.mature(question.at) and not attempt.bot:
                grouped[group].append(attempt)
        return dict(sorted(grouped.items()))

    def funnels(self, question: Question) -> list[Funnel]:
        """See `questions.Engine`."""
        return [
            Funnel(group, dict(Counter(attempt.reached for attempt in attempts)))
            for group, attempts in self._judged(question).items()
        ]

    def outcomes(self, question: Question) -> list[Outcomes]:
        """See `questions.Engine`."""
        grouped: dict[Group, list[Attempt]] = defaultdict(list)
        for group, attempt in self.attempts(question):
            grouped[group].append(attempt)
        return [self._outcomes(group, grouped[group], question.at) for group in sorted(grouped)]

    def _outcomes(self, group: Group, attempts: list[Attempt], at: int) -> Outcomes:
        people = [attempt for attempt in attempts if not attempt.bot]
        started = [attempt for attempt in people if attempt.start]
        young = [attempt for attempt in started if not attempt.mature(at)]
        return Outcomes(
            group=group,
            mature=dict(Counter(attempt.outcome for attempt in started if attempt.mature(at))),
            helped=sum(1 for attempt in started if attempt.mature(at) and attempt.helped),
            young=len(young),
            under_way=sum(1 for attempt in young if attempt.outcome == OPEN),
            bots=len(attempts) - len(people),
            fragments=len(people) - len(started),
        )

    def efforts(self, question: Question) -> list[Effort]:
        """See `questions.Engine`."""
        rows = []
        for group, attempts in self._judged(question).items():
            done = [attempt for attempt in attempts if attempt.outcome == INTENDED]
            times = [attempt.active_time for attempt in done]
            rows.append(
                Effort(
                    group=group,
                    finished=len(done),
                    median_time=nearest_rank(times, 5),
                    p90_time=nearest_rank(times, 9),
                    median_pages=nearest_rank([attempt.shown(Kind.PAGE, Kind.QUESTION) for attempt in done], 5),
                    median_questions=nearest_rank([attempt.shown(Kind.QUESTION) for attempt in done], 5),
                    median_documents=nearest_rank([attempt.shown(Kind.DOCUMENT) for attempt in done], 5),
                )
            )
        return rows

    def visits(self, question: Question) -> list[Visit]:
        """See `questions.Engine`."""
        rows = []
        for group, attempts in self._judged(question).items():
            met = [[event.step for event in attempt.within] for attempt in attempts]
            known = {step for steps in met for step in steps if step in attempts[0].drawn.by_number}
            rows += [
                Visit(group, step, sum(steps.count(step) for steps in met), sum(1 for steps in met if step in steps))
                for step in sorted(known)
            ]
        return rows


def _group(question: Question, drawn: JourneyDefinition, said: Event) -> Group:
    when = datetime.fromtimestamp(said.at // 1_000_000, UTC)
    return Group(
        service=drawn.service,
        version=drawn.version,
        channel=said.channel if "channel" in question.by else None,
        release=said.release if "release" in question.by else None,
        week=week_of(said.at) if "week" in question.by else None,
        month=when.year * 100 + when.month if "month" in question.by else None,
    )


def nearest_rank(values: Sequence[int], tenths: int) -> int | None:
    """The least value that `tenths` tenths of the values do not exceed; None of no values."""
    ordered = sorted(values)
    return next((value for rank, value in enumerate(ordered, start=1) if rank * 10 >= tenths * len(ordered)), None)
