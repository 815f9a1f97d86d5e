"""What every engine must say about journeys. The first part is read as the specification; the second part tries to break it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure.drawings import DAY, HOUR, MINUTE, MONDAY, branching, straight

from penholder.measure.journeys import Event
from penholder.measure.judge import Judge
from penholder.measure.questions import Engine, Group, Question

LATER = MONDAY + 60 * DAY


def walk(journey, *steps, drawn=None, at=MONDAY, every=MINUTE, channel="web", release="", bot=False):
    """Events of one journey, a minute apart unless said otherwise; a step may be given as (name, minutes since start)."""
    drawn = drawn or straight()
    events = []
    for place, step in enumerate(steps):
        name, when = step if isinstance(step, tuple) else (step, place)
        events.append(
            Event(drawn.service, journey, at + round(when * every), drawn.number(name), channel, release, bot)
        )
    return events


@pytest.fixture
def funnel(opening):
    """Counts by step name of the one funnel that comes back."""

    def count(events, drawn=None, **asked):
        drawn = drawn or straight()
        (answer,) = opening(events, (drawn,)).funnels(Question((drawn,), at=LATER, **asked))
        return {step.name: answer.reached(step.number) for step in drawn.graph}

    return count


def test_each_step_counts_the_attempts_that_came_to_it_in_order(funnel):
    events = walk("a", "start", "who-you-are", "pay", "done") + walk("b", "start", "who-you-are") + walk("c", "start")
    assert funnel(events) == {"start": 3, "who-you-are": 2, "pay": 1, "done": 1}


def test_a_journey_that_skips_a_step_is_not_counted_after_the_gap(funnel):
    assert funnel(walk("a", "start", "pay", "done")) == {"start": 1, "who-you-are": 0, "pay": 0, "done": 0}


def test_a_step_that_came_too_early_counts_when_it_comes_again(funnel):
    """Where only the first touch of each step is kept, this journey seems to stop at the start."""
    events = walk("a", "start", "pay", "who-you-are", "pay", "done")
    assert funnel(events) == {"start": 1, "who-you-are": 1, "pay": 1, "done": 1}


def test_loops_and_restarts_count_an_attempt_once(funnel):
    events = walk("a", "start", "who-you-are", "start", "who-you-are", "who-you-are", "pay", "start")
    assert funnel(events) == {"start": 1, "who-you-are": 1, "pay": 1, "done": 0}


def test_events_of_the_same_moment_go_by_the_number_of_their_step(funnel):
    together = walk("a", ("done", 0), ("pay", 0), ("start", 0), ("who-you-are", 0))
    assert funnel(together) == {"start": 1, "who-you-are": 1, "pay": 1, "done": 1}


def test_the_order_of_arrival_does_not_matter(funnel):
    events = walk("a", "start", "who-you-are", "pay", "done")
    assert funnel(events[::-1]) == funnel(events)


def test_the_window_opens_with_the_first_start_and_its_last_moment_belongs_to_it(funnel):
    in_time = walk("a", ("start", 0), ("who-you-are", 48 * 60))
    too_late = walk("b", ("start", 0), ("start", 60), ("who-you-are", 48 * 60 + 1 / 60_000_000))
    assert funnel(in_time + too_late)["who-you-are"] == 1


def test_what_lies_before_the_start_leads_nowhere(funnel):
    assert funnel(walk("a", "who-you-are", "start", "pay"))["pay"] == 0


def test_a_journey_without_a_start_is_in_no_funnel(opening):
    drawn = straight()
    assert opening(walk("a", "who-you-are", "pay"), (drawn,)).funnels(Question((drawn,), at=LATER)) == []


def test_branches_part_and_join(funnel):
    drawn = branching()
    by_web = walk("a", "start", "can-you-claim", "about-you", "partner", "sent", drawn=drawn)
    by_phone = walk("b", "start-by-phone", "can-you-claim", "about-you", "evidence", "sent", drawn=drawn)
    counts = funnel(by_web + by_phone, drawn)
    assert counts["sent"] == 2
    assert (counts["partner"], counts["evidence"]) == (1, 1)


def test_steps_that_the_definition_does_not_know_are_in_nobodys_way(funnel):
    strange = [Event("fishing-licence", "a", MONDAY + 1, step, "web") for step in (0, 1023)]
    assert funnel([*walk("a", "start", "who-you-are"), *strange])["who-you-are"] == 1


def test_young_attempts_and_programs_are_not_judged(opening):
    drawn = straight()
    young = walk("a", "start", "who-you-are", "pay", "done", at=LATER - DAY)
    program = walk("b", "start", "who-you-are", bot=True)
    engine = opening(young + program, (drawn,))
    assert engine.funnels(Question((drawn,), at=LATER)) == []
    (answer,) = engine.outcomes(Question((drawn,), at=LATER))
    assert (answer.cohort, answer.young, answer.under_way, answer.bots) == (0, 1, 0, 1)


def test_the_first_completing_end_is_the_outcome_and_an_error_only_where_none_came(opening):
    drawn = branching()
    events = (
        walk("a", "start", "broke", "sent", drawn=drawn)
        + walk("b", "start", "broke", drawn=drawn)
        + walk("c", "start", "not-for-you", "sent", drawn=drawn)
        + walk("d", "start", "had-it-already", drawn=drawn)
        + walk("e", "start", drawn=drawn)
        + walk("f", "came-back", "sent", drawn=drawn)
    )
    (answer,) = opening(events, (drawn,)).outcomes(Question((drawn,), at=LATER))
    assert answer.mature == {"intended": 1, "error": 1, "not-eligible": 1, "already-done": 1, "open": 1}
    assert (answer.cohort, answer.completed, answer.fragments) == (5, 3, 1)


def test_idle_gaps_are_not_time_that_the_service_took(opening):
    drawn = branching()
    events = walk("a", ("start", 0), ("can-you-claim", 10), ("came-back", 300), ("sent", 320), drawn=drawn)
    (answer,) = opening(events, (drawn,)).efforts(Question((drawn,), at=LATER))
    assert (answer.finished, answer.median_time, answer.median_pages, answer.median_questions) == (1, 30 * MINUTE, 3, 1)


def test_answers_are_split_by_channel_release_week_and_month_of_the_start(opening):
    drawn = straight()
    events = walk("a", "start", channel="web", release="v1") + walk(
        "b", "start", channel="phone", at=MONDAY - 12 * HOUR
    )
    events += walk("c", "start", channel="web", at=MONDAY - 3 * DAY)
    question = Question((drawn,), at=LATER, by=("channel", "release", "week", "month"))
    groups = [answer.group for answer in opening(events, (drawn,)).funnels(question)]
    assert groups == [
        Group("fishing-licence", 1, "phone", "", 2965, 202611),
        Group("fishing-licence", 1, "web", "", 2965, 202610),
        Group("fishing-licence", 1, "web", "v1", 2966, 202611),
    ]


def test_visits_count_events_and_the_attempts_behind_them(opening):
    drawn = branching()
    events = walk("a", "start", "about-you", "about-you-refused", "about-you-refused", drawn=drawn)
    events += walk("b", "start", "about-you", "help", drawn=drawn)
    visits = opening(events, (drawn,)).visits(Question((drawn,), at=LATER))
    assert {visit.step: (visit.events, visit.attempts) for visit in visits} == {
        5: (2, 2),
        7: (2, 2),
        20: (1, 1),
        21: (2, 1),
    }


def test_help_is_opened_once_in_an_attempt_at_however_many_steps_of_help(opening):
    drawn = branching()
    events = (
        walk("a", "start", "help", "help", "help-by-phone", drawn=drawn)
        + walk("b", "start", "help-by-phone", drawn=drawn)
        + walk("c", "help", ("start", 10), drawn=drawn)
        + walk("d", "start", ("help", 73 * 60), drawn=drawn)
        + walk("e", "start", "help", drawn=drawn, bot=True)
    )
    (answer,) = opening(events, (drawn,)).outcomes(Question((drawn,), at=LATER))
    assert (answer.cohort, answer.helped) == (4, 2), "not before the start, not after the window, not by programs"


# ── The engines against the judge ────────────────────────────────────────────────────────────────────────────────────

DRAWN = (straight(), branching(), straight("rod-licence", window=timedelta(minutes=45)))


@st.composite
def histories(draw):
    """Many small journeys: loops, repeats, ties, restarts, unknown steps, bots, at the edges of windows, in any order."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    events = []
    for journey in range(draw(st.integers(1, 40))):
        drawn = chance.choice(DRAWN)
        numbers = [*drawn.by_number, *(step.number for step in drawn.graph), 0, 777]
        at = MONDAY + chance.randrange(0, 40 * DAY, HOUR)
        step = chance.choice([drawn.by_name[name].number for name in drawn.starts])
        for _ in range(chance.randint(1, 14)):
            events.append(
                Event(
                    drawn.service,
                    f"j{journey}",
                    at,
                    step,
                    chance.choice(("web", "phone")),
                    chance.choice(("", "r2")),
                    chance.random() < 0.02,
                )
            )
            gap = chance.choice((0, 0, 1, MINUTE, 30 * MINUTE, 30 * MINUTE + 1, 45 * MINUTE, 2 * DAY, 3 * DAY))
            at += gap
            after = [each.number for each in drawn.graph if step in {drawn.by_name[name].number for name in each.after}]
            step = chance.choice(after) if after and chance.random() < 0.7 else chance.choice(numbers)
    chance.shuffle(events)
    by = draw(st.sampled_from([(), ("channel",), ("release", "week"), ("channel", "release", "week", "month")]))
    since = draw(st.sampled_from([0, MONDAY + 5 * DAY]))
    at = draw(st.sampled_from([LATER, MONDAY + 20 * DAY]))
    return events, Question(DRAWN, at=at, by=by, since=since, until=MONDAY + 30 * DAY)


def test_every_engine_says_what_the_slow_judge_says_to_the_unit(opening, request):
    # A cluster plans every question anew, which takes it seconds.
    far = {"sail", "spark"} & set(request.node.callspec.params.values())

    @settings(max_examples=8 if far else 25, deadline=None)
    @given(history=histories())
    def agrees(history):
        events, question = history
        compared(opening(events, DRAWN), Judge(events), question)

    agrees()


def test_a_large_history_is_counted_to_the_unit(opening):
    """Ten thousand attempts, so that cores and workers each have a part of every group."""
    chance = random.Random(5)
    drawn = branching()
    names = [step.name for step in drawn.steps]
    events = []
    for journey in range(10_000):
        steps = ["start", *chance.choices(names, k=chance.randint(0, 9))]
        at = MONDAY + chance.randrange(21 * DAY)
        events += walk(f"j{journey}", *steps, drawn=drawn, at=at, every=chance.choice((1, MINUTE, HOUR)))
    compared(opening(events, (drawn,)), Judge(events), Question((drawn,), at=LATER, by=("week",)))


def compared(engine: Engine, judge: Judge, question: Question) -> None:
    assert engine.funnels(question) == judge.funnels(question)
    assert engine.outcomes(question) == judge.outcomes(question)
    assert engine.efforts(question) == judge.efforts(question)
    assert engine.visits(question) == judge.visits(question)
