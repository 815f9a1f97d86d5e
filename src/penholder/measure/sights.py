"""A journey as those who run its service want to see it: whole, or by channel, release, week or month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from penholder.errors import Missing
from penholder.measure.breaks import Break, breaks
from penholder.measure.intervals import share_interval
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import micros
from penholder.measure.leaving import Difference, Leaving, changes, leaving
from penholder.measure.questions import Dimension, Engine, Group, Outcomes, Question, monday
from penholder.measure.releases import ReleaseComparison, compare


@dataclass(frozen=True)
class Sight:
    """One funnel with how its attempts ended. `title` names what it was split by; "" for all attempts."""

    title: str
    outcomes: Outcomes
    steps: tuple[Leaving, ...]

    @property
    def sentence(self) -> str:
        """How many finished, with an interval, and who is not among them."""
        told = self.outcomes
        interval = share_interval(told.completed, told.cohort)
        if interval is None:
            said = "no attempt has had its time yet"
        else:
            said = (
                f"{told.completed:,} of {told.cohort:,} attempts completed, {told.completed / told.cohort:.1%} "
                f"(95% interval {100 * interval.low:.1f} to {100 * interval.high:.1f})"
            )
        beside = [
            f"{count:,} {words}"
            for count, words in (
                (told.young, "have not had their time yet"),
                (told.bots, "were made by programs"),
                (told.fragments, "have no start"),
            )
            if count
        ]
        return f"{said}. Besides them, {', '.join(beside)}." if beside else f"{said}."


@dataclass(frozen=True)
class Swap:
    """One release beside another. `silent` are steps whose events are missing after it, which nobody can have left."""

    old: str
    new: str
    comparison: ReleaseComparison
    breaks: tuple[Break, ...]
    changes: tuple[Difference, ...]

    @property
    def silent(self) -> frozenset[str]:
        """Steps of which nothing can be said after the release: those that fell silent."""
        return frozenset(broken.step for broken in self.breaks)


def see(engine: Engine, drawn: JourneyDefinition, *, by: Dimension | None, at: datetime) -> tuple[Sight, ...]:
    """The funnels of a journey, by what they are split by."""
    question = Question((drawn,), at=micros(at), by=(by,) if by else ())
    funnels = {funnel.group: funnel for funnel in engine.funnels(question)}
    return tuple(
        Sight(
            _title(answer.group, by), answer, leaving(drawn, funnels[answer.group]) if answer.group in funnels else ()
        )
        for answer in engine.outcomes(question)
    )


def swap(engine: Engine, drawn: JourneyDefinition, old: str, new: str, *, at: datetime) -> Swap:
    """What changed from one release to another. Raises Missing, with those there are, when one has no attempts."""
    question = Question((drawn,), at=micros(at), by=("release",))
    outcomes = engine.outcomes(replace(question, by=("channel", "release")))
    known = sorted({answer.group.release or "" for answer in outcomes})
    for name in (old, new):
        if name not in known:
            there = ", ".join(f"“{each}”" if each else "none" for each in known) or "none"
            raise Missing(f"No attempt says that it was at release “{name}”. Releases that attempts say: {there}.")
    funnels = {funnel.group.release: funnel for funnel in engine.funnels(question)}
    visits = engine.visits(question)
    before, after = ([answer for answer in outcomes if answer.group.release == name] for name in (old, new))
    one, two = (leaving(drawn, funnels[name]) if name in funnels else () for name in (old, new))
    return Swap(
        old,
        new,
        compare(before, after, release=new),
        breaks(
            drawn,
            [visit for visit in visits if visit.group.release == old],
            [visit for visit in visits if visit.group.release == new],
            attempts_before=sum(answer.cohort for answer in before),
            attempts_after=sum(answer.cohort for answer in after),
            release=new,
        ),
        changes(one, two),
    )


def _title(group: Group, by: Dimension | None) -> str:
    if by is None:
        return ""
    if by == "week":
        return f"week of {monday(group.week or 0)}"
    if by == "month":
        return f"{(group.month or 0) // 100}-{(group.month or 0) % 100:02}"
    return (group.channel if by == "channel" else group.release) or f"{by} not said"
