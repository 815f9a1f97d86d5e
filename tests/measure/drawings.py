"""Journey definitions that tests share: one straight, one with branches, loops and several ends."""

from __future__ import annotations

from datetime import date, timedelta

from penholder.measure.journey_definitions import JourneyDefinition, Kind, Step

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# A Monday, 2026-11-02 09:00 UTC.
MONDAY = 1_793_610_000_000_000


def straight(service: str = "fishing-licence", *, window: timedelta = timedelta(days=2)) -> JourneyDefinition:
    return JourneyDefinition(
        service=service,
        version=1,
        effective_from=date(2026, 1, 1),
        starts=("start",),
        steps=(
            Step(1, "start"),
            Step(2, "who-you-are", Kind.QUESTION, after=("start",)),
            Step(3, "pay", Kind.QUESTION, after=("who-you-are",)),
            Step(4, "done", after=("pay",), outcome="intended"),
        ),
        window=window,
        idle_after=timedelta(minutes=30),
    )


def branching(service: str = "carers-allowance", *, window: timedelta = timedelta(days=3)) -> JourneyDefinition:
    """Numbers are not in the order of the steps, as happens when steps are added later."""
    return JourneyDefinition(
        service=service,
        version=2,
        effective_from=date(2026, 1, 1),
        starts=("start", "start-by-phone"),
        steps=(
            Step(7, "start"),
            Step(3, "start-by-phone", Kind.TASK),
            Step(9, "can-you-claim", Kind.QUESTION, after=("start", "start-by-phone", "about-you")),
            Step(2, "not-for-you", after=("can-you-claim",), outcome="not-eligible"),
            Step(5, "about-you", Kind.QUESTION, after=("can-you-claim",)),
            Step(1, "partner", Kind.QUESTION, after=("about-you",)),
            Step(8, "evidence", Kind.DOCUMENT, after=("about-you", "partner")),
            Step(4, "sent", after=("evidence", "partner"), outcome="intended"),
            Step(12, "had-it-already", after=("about-you",), outcome="already-done"),
            Step(11, "broke", outcome="error"),
            Step(20, "help", Kind.HELP),
            Step(23, "help-by-phone", Kind.HELP),
            Step(21, "about-you-refused", Kind.VALIDATION_ERROR, of="about-you"),
            Step(22, "came-back", Kind.RESUME),
        ),
        window=window,
        idle_after=timedelta(minutes=30),
    )
