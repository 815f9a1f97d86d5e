"""The ways that people took through services, as events tell them: what the public may see of a journey."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from penholder.measure.breaks import Break, breaks
from penholder.measure.engines.asking import SqlEngine
from penholder.measure.intake import drawings
from penholder.measure.journey_definitions import JourneyDefinition
from penholder.measure.journeys import micros
from penholder.measure.leaving import Leaving, leaving
from penholder.measure.questions import Funnel, Group, Outcomes, Question
from penholder.measure.releases import ReleaseComparison, compare
from penholder.measure.suppression import SMALLEST_SHOWN
from penholder.measure.ways import without_rare
from penholder.services import counting, walk_parts
from penholder.services.walk_parts import Part

# A year: long enough that a quiet week does not show, short enough that a page shows how the service is now.
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Walk:
    """The journey of one service over the newest twelve months of starts that are mature.

    Ways that fewer than five people took are left out of `funnel` and counted in `rare`. `first` and `last` are months
    as year × 100 + month. `broken` are steps whose events vanished with a release. `parts` split the same attempts by
    channel, release and month; `compared` sets the attempts of each release beside those of the one before.
    """

    definition: JourneyDefinition
    funnel: Funnel
    rare: int
    first: int
    last: int
    leaving: tuple[Leaving, ...]
    broken: tuple[Break, ...]
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    compared: tuple[ReleaseComparison, ...] = ()


def read(folder: Path, *, at: datetime, releases: Mapping[str, Sequence[str]]) -> dict[str, Walk]:
    """By service, the journeys whose events lie below `folder`; those with the newest definition only.

    `releases` are the names of each service's releases, oldest first. Four queries a graph, however many services.
    """
    newest = {
        service: max(versions, key=lambda one: one.version) for service, versions in drawings.read(folder).items()
    }
    if not newest:
        return {}
    with counting.engine(folder, services=newest.keys()) as engine:
        if engine is None:
            return {}
        question = Question(tuple(newest.values()), at=micros(at), by=("channel", "release", "month"))
        by_service: dict[str, list[Funnel]] = {}
        for funnel in engine.funnels(question):
            by_service.setdefault(funnel.group.service, []).append(funnel)
        broken = _broken(engine, question, newest, releases)
        compared = _compared(engine, question, newest, releases)
    found = {}
    for service, funnels in by_service.items():
        walk = _walk(newest[service], funnels, releases.get(service, ()))
        if walk is not None:
            found[service] = replace(walk, broken=broken.get(service, ()), compared=compared.get(service, ()))
    return found


def _walk(drawn: JourneyDefinition, funnels: Sequence[Funnel], releases: Sequence[str]) -> Walk | None:
    months = sorted({one.group.month or 0 for one in funnels})[-_MONTHS:]
    chosen = [one for one in funnels if (one.group.month or 0) in months]
    sets: dict[frozenset[int], int] = {}
    for funnel in chosen:
        for steps, count in funnel.sets.items():
            sets[steps] = sets.get(steps, 0) + count
    whole, rare = without_rare(drawn, Funnel(Group(drawn.service, drawn.version), sets))
    if not whole.started:
        return None
    parts = walk_parts.split(drawn, whole, chosen, releases=releases)
    return Walk(drawn, whole, rare, months[0], months[-1], leaving(drawn, whole), (), parts)


def _broken(
    engine: SqlEngine,
    question: Question,
    newest: Mapping[str, JourneyDefinition],
    releases: Mapping[str, Sequence[str]],
) -> dict[str, tuple[Break, ...]]:
    """Steps that vanished with a release, for services of which two releases are known."""
    wanted = tuple(drawn for service, drawn in newest.items() if len(releases.get(service, ())) > 1)
    if not wanted:
        return {}
    asked = Question(wanted, at=question.at, by=("release",))
    visits, outcomes = engine.visits(asked), engine.outcomes(asked)
    found: dict[str, tuple[Break, ...]] = {}
    for drawn in wanted:
        listed: list[Break] = []
        names = releases[drawn.service]
        for old, new in itertools.pairwise(names):
            sides = [
                (
                    [each for each in visits if (each.group.service, each.group.release) == (drawn.service, name)],
                    sum(
                        each.cohort
                        for each in outcomes
                        if (each.group.service, each.group.release) == (drawn.service, name)
                    ),
                )
                for name in (old, new)
            ]
            listed += breaks(
                drawn, sides[0][0], sides[1][0], attempts_before=sides[0][1], attempts_after=sides[1][1], release=new
            )
        if listed:
            found[drawn.service] = tuple(listed)
    return found


def _compared(
    engine: SqlEngine,
    question: Question,
    newest: Mapping[str, JourneyDefinition],
    releases: Mapping[str, Sequence[str]],
) -> dict[str, tuple[ReleaseComparison, ...]]:
    """Each release beside the one before, newest first, where enough people finished and did not finish on each side.

    A side of which fewer than five are in one of the two is not compared: a share of it would tell of them.
    """
    wanted = tuple(drawn for service, drawn in newest.items() if len(releases.get(service, ())) > 1)
    if not wanted:
        return {}
    told: dict[tuple[str, str], list[Outcomes]] = {}
    for each in engine.outcomes(Question(wanted, at=question.at, by=("channel", "release"))):
        told.setdefault((each.group.service, each.group.release or ""), []).append(each)
    found: dict[str, tuple[ReleaseComparison, ...]] = {}
    for drawn in wanted:
        listed = []
        for old, new in itertools.pairwise(releases[drawn.service]):
            one = compare(told.get((drawn.service, old), ()), told.get((drawn.service, new), ()), release=new)
            if all(min(done, cohort - done) >= SMALLEST_SHOWN for done, cohort in (one.before, one.after)):
                listed.append(one)
        if listed:
            found[drawn.service] = tuple(reversed(listed))
    return found
