from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measure.drawings import branching, straight

from penholder.errors import Refused
from penholder.measure import matched, releases, revisions
from penholder.measure.breaks import breaks
from penholder.measure.definitions import DEFINITIONS, definition
from penholder.measure.figures import Coverage
from penholder.measure.formulas.completion import Completion, completion
from penholder.measure.formulas.costs import Cost, CostLine
from penholder.measure.formulas.ease import (
    errors_per_question,
    failure_demand,
    faster,
    pages_of,
    reading_age,
    refusals,
    simpler,
)
from penholder.measure.formulas.satisfaction import Satisfaction
from penholder.measure.formulas.take_up import ChannelClass, TakeUp, take_up
from penholder.measure.intervals import difference, dispersion, share_interval, wilson
from penholder.measure.journey_definitions import JourneyDefinition, Step, objections_to_versions
from penholder.measure.leaving import changes, holm, leaving, two_sided
from penholder.measure.questions import Effort, Funnel, Group, Outcomes, Visit
from penholder.measure.suppression import Sum, suppress
from penholder.measure.values import Absence

GROUP = Group("fishing-licence", 1)


def test_the_first_two_versions_of_take_up_differ_by_assisted_digital():
    completed = {ChannelClass.DIGITAL: 60, ChannelClass.ASSISTED: 20, ChannelClass.OTHER: 20}
    assert take_up(completed, on=date(2014, 5, 1)).share == 0.6
    assert take_up(completed, on=date(2026, 5, 1)).share == 0.8


def test_take_up_of_nothing_is_none_and_not_zero():
    nothing = take_up({}, on=date(2026, 1, 1))
    assert nothing.share is None
    assert nothing.figure(coverage=Coverage(0, 3)).value is Absence.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("digital", "total", "reason"), [(11, 10, "more than the whole"), (-1, 10, "cannot be negative")]
)
def test_volumes_that_cannot_be_are_refused_in_words(digital, total, reason):
    with pytest.raises(Refused, match=reason):
        TakeUp(digital, total, definition("digital-take-up", date(2026, 1, 1)))


def test_a_completion_rate_over_all_attempts_is_refused_with_the_reason():
    with pytest.raises(Refused, match=r"120%, over 100%.*same attempts"):
        Completion(cohort=100, completed=120)


def test_not_eligible_and_done_already_count_as_completed_and_the_young_stay_out():
    answer = Outcomes(
        GROUP, {"intended": 5, "not-eligible": 2, "already-done": 1, "error": 1, "open": 1}, young=30, under_way=20
    )
    figure = completion([answer, answer]).figure()
    assert (figure.value, figure.n, figure.coverage) == (0.8, 20, Coverage(20, 80))
    assert figure.interval.low < 0.8 < figure.interval.high


def test_satisfaction_keeps_its_two_figures_apart():
    answered = Satisfaction((1, 0, 1, 2, 4), offered=100)
    assert answered.share_satisfied().value == 0.75
    assert answered.score().value == pytest.approx((0 + 0.5 + 2 * 0.75 + 4) / 8)
    assert answered.score().definition.key != answered.share_satisfied().definition.key
    assert answered.score().coverage == Coverage(8, 100)
    with pytest.raises(Refused, match="answered a question that 3 were asked"):
        Satisfaction((0, 0, 0, 0, 4), offered=3)


def test_cost_counts_lines_by_their_key_and_leaves_out_what_is_excluded():
    lines = (
        CostLine("staff", Decimal(1000), "time sheets", Decimal("0.5")),
        CostLine("estate", Decimal(400), "floor area", Decimal("0.25")),
        CostLine("policy work", Decimal(900), "all of it", excluded="not a cost of transactions"),
    )
    figure = Cost(lines, 300).figure()
    assert (figure.value, figure.coverage) == (2.0, Coverage(2, 3))
    assert Cost(lines, None).figure().value is Absence.NOT_PROVIDED
    assert Cost(lines, 0).figure().value is Absence.NOT_APPLICABLE
    with pytest.raises(Refused, match="by which key"):
        Cost((CostLine("staff", Decimal(1), ""),), 1)


def test_faster_and_simpler_say_who_finished_and_nothing_where_nobody_did():
    effort = Effort(GROUP, 3, 90_000_000, 120_000_000, 7, 4, 1)
    assert [figure.value for figure in (*faster(effort), *simpler(effort))] == [90, 120, 4, 7, 1]
    nobody = Effort(GROUP, 0, None, None, None, None, None)
    assert {figure.value for figure in (*faster(nobody), *simpler(nobody))} == {Absence.NOT_APPLICABLE}


def test_the_question_that_is_refused_most_comes_first():
    drawn = branching()
    rows = refusals(drawn, [Visit(GROUP, 5, 10, 10), Visit(GROUP, 21, 15, 8), Visit(GROUP, 9, 10, 10)])
    assert (rows[0].name, rows[0].errors) == ("about-you", 1.5)
    assert errors_per_question(rows).value == 0.75


def test_reading_age_and_failure_demand():
    drawn = branching()
    said = "The applicant's circumstances necessitate verification of all documentation. We check it."
    age = reading_age((said, *("" for _step in pages_of(drawn)[1:])))
    # 76 letters in 11 words and two sentences: 4.71 × 76 / 11 + 0.5 × 11 / 2 − 21.43 = 13.9, rounded up and plus 5.
    assert (age.value, age.n, age.coverage.had) == (19, 11, 1)
    assert (age.coverage.asked, reading_age(("",)).value) == (len(pages_of(drawn)), Absence.NOT_PROVIDED)
    assert failure_demand(failures=2, classified=8, contacts=20).coverage == Coverage(8, 20)
    with pytest.raises(Refused, match="each must lie between"):
        failure_demand(failures=9, classified=8, contacts=20)


def test_wilson_gives_the_published_bounds():
    """Newcombe 1998, table I: 81 of 263 and 15 of 148 and 0 of 20."""
    low, high = wilson([81, 15, 0], [263, 148, 20])
    assert np.round(low, 4).tolist() == [0.2553, 0.0624, 0.0]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605, 0.1611]


def test_the_difference_of_shares_has_the_published_bounds():
    """Newcombe 1998, table II, method 10: 56 of 70 less 48 of 80."""
    interval = difference(48, 80, 56, 70)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)


@given(trials=st.integers(1, 10**7), share=st.floats(0, 1))
def test_an_interval_holds_its_share_and_stays_between_nothing_and_all(trials, share):
    successes = round(trials * share)
    interval = share_interval(successes, trials)
    assert 0 <= interval.low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= interval.high <= 1
    wider = share_interval(successes, trials, spread=4.0)
    assert wider.high - wider.low >= interval.high - interval.low - 1e-12


def test_periods_that_differ_more_than_chance_widen_the_interval():
    assert dispersion([50, 50, 50], [100, 100, 100]) == 1.0
    assert dispersion([20, 80], [100, 100]) == pytest.approx(72.0)
    assert dispersion([5], [10]) == 1.0


def test_one_small_count_takes_a_second_one_with_it():
    counts = {"north": 3, "south": 40, "east": 9, "all": 52}
    told = suppress(counts, [Sum("all", ("north", "south", "east"))])
    assert told.cells == {"north": Absence.SUPPRESSED, "south": 40, "east": Absence.SUPPRESSED, "all": 52}
    assert (told.small, told.complements) == ({"north"}, {"east"})


def test_zero_is_shown():
    assert suppress({"a": 0, "b": 9, "all": 9}, [Sum("all", ("a", "b"))]).cells["a"] == 0


def test_a_second_table_of_the_same_cells_does_not_give_the_first_away():
    """By channel in one table, by week in another: rows and columns of one publication."""
    grid = {("web", 1): 2, ("web", 2): 30, ("phone", 1): 25, ("phone", 2): 50}
    totals = {("web", "all"): 32, ("phone", "all"): 75, ("all", 1): 27, ("all", 2): 80, ("all", "all"): 107}
    sums = [
        Sum(("web", "all"), (("web", 1), ("web", 2))),
        Sum(("phone", "all"), (("phone", 1), ("phone", 2))),
        Sum(("all", 1), (("web", 1), ("phone", 1))),
        Sum(("all", 2), (("web", 2), ("phone", 2))),
        Sum(("all", "all"), (("web", "all"), ("phone", "all"))),
        Sum(("all", "all"), (("all", 1), ("all", 2))),
    ]
    told = suppress(grid | totals, sums)
    assert possibilities(grid | totals, sums, told.cells, ("web", 1)) > 1


def possibilities(counts, sums, cells, key):
    """In how many ways one cell can be filled, tried one by one, so that all sums hold and nothing is negative."""
    hidden = [each for each, value in cells.items() if value is Absence.SUPPRESSED]
    ways = set()

    def fill(at, values):
        if at == len(hidden):
            full = {**cells, **values}
            if all(full[each.total] == sum(full[part] for part in each.parts) for each in sums):
                ways.add(full[key])
            return
        # Small ones are 1 to 4; complements are tried near the truth, which is enough to find a second way.
        true = counts[hidden[at]]
        span = range(1, 5) if true < 5 else range(max(0, true - 3), true + 4)
        for value in span:
            fill(at + 1, {**values, hidden[at]: value})

    fill(0, {})
    return len(ways)


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=3), min_size=2, max_size=3).filter(
        lambda t: len({len(r) for r in t}) == 1
    )
)
def test_no_small_count_is_the_only_solution_of_the_sums(table):
    width = len(table[0])
    counts = {(r, c): value for r, row in enumerate(table) for c, value in enumerate(row)}
    sums = [Sum((r, "all"), tuple((r, c) for c in range(width))) for r in range(len(table))]
    sums += [Sum(("all", c), tuple((r, c) for r in range(len(table)))) for c in range(width)]
    for each in sums:
        counts[each.total] = sum(counts[part] for part in each.parts)
    told = suppress(counts, sums)
    hidden = [key for key, value in told.cells.items() if value is Absence.SUPPRESSED]
    for small in told.small:
        row = np.array([[(k in s.parts) - (k == s.total) for k in hidden] for s in sums], float)
        unit = np.array([k == small for k in hidden], float)
        assert np.linalg.matrix_rank(np.vstack([row, unit])) > np.linalg.matrix_rank(row)


def test_a_total_that_is_not_the_sum_of_its_parts_is_refused():
    with pytest.raises(Refused, match="not the sum"):
        suppress({"a": 5, "b": 6, "all": 12}, [Sum("all", ("a", "b"))])


def test_a_total_over_other_services_stands_beside_the_matched_one():
    before = {"tax": (99, 100), "licence": (5, 10), "permit": (6, 10)}
    after = {"licence": (6, 10), "permit": (6, 10), "grant": (1, 10)}
    told = matched.compare(before, after, asked=5)
    assert (told.before.share, told.after.share) == (110 / 120, 13 / 30)
    assert (told.matched_before.share, told.matched_after.share) == (0.55, 0.6)
    assert (told.left, told.joined) == (("tax",), ("grant",))
    assert told.mix == pytest.approx(13 / 30 - 110 / 120 - 0.05)


def test_a_revision_is_a_number_that_became_another_one():
    before = {"a": 1, "b": 2, "c": Absence.NOT_PROVIDED, "d": 4, "e": Absence.SUPPRESSED, "gone": 7}
    after = {"a": 1, "b": 0, "c": 3, "d": Absence.NOT_PROVIDED, "e": Absence.NOT_PROVIDED, "new": 8}
    told = revisions.compare(before, after)
    assert {each.key: each.change.value for each in told.revisions} == {
        "b": "revised", "c": "supplied", "d": "withdrawn", "e": "reworded"
    }  # fmt: skip
    assert (told.added, told.dropped) == (("new",), ("gone",))


def funnel(*sets):
    return Funnel(GROUP, {frozenset(steps): count for steps, count in sets})


def test_people_leave_at_the_last_step_that_they_reached():
    rows = leaving(straight(), funnel(([1], 10), ([1, 2], 30), ([1, 2, 3], 5), ([1, 2, 3, 4], 55)))
    assert [(row.step, row.reached, row.left) for row in rows] == [
        ("start", 100, 10),
        ("who-you-are", 90, 30),
        ("pay", 60, 5),
    ]


def test_a_change_at_one_step_is_found_and_chance_at_the_others_is_not():
    before = leaving(straight(), funnel(([1], 100), ([1, 2], 100), ([1, 2, 3], 100), ([1, 2, 3, 4], 700)))
    after = leaving(straight(), funnel(([1], 103), ([1, 2], 200), ([1, 2, 3], 92), ([1, 2, 3, 4], 605)))
    assert [(row.step, row.clear) for row in changes(before, after)] == [
        ("start", False),
        ("who-you-are", True),
        ("pay", False),
    ]


def test_holm_gives_the_values_of_its_paper_style_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_few_leavers_are_compared_exactly():
    """Fisher's tea: 3 of 4 against 1 of 4 has p = 34/70."""
    assert two_sided(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert two_sided(0, 5, 0, 0) == 1.0


def test_a_hundred_comparisons_without_a_difference_hardly_ever_sound_an_alarm():
    chance = np.random.default_rng(8)
    alarms = 0
    for _ in range(200):
        ps = [two_sided(*(int(x) for x in (a, 500, b, 500))) for a, b in chance.binomial(500, 0.1, (8, 2))]
        alarms += min(holm(ps)) < 0.05
    assert alarms <= 20


def visits(counts):
    return [Visit(GROUP, step, count, count) for step, count in counts.items()]


def test_a_step_that_vanishes_with_a_release_is_a_break_and_not_a_drop():
    (found,) = breaks(
        straight(),
        visits({1: 100, 2: 80, 3: 70, 4: 60}),
        visits({1: 100, 3: 69, 4: 60}),
        attempts_before=100,
        attempts_after=100,
        release="v2",
    )
    assert (found.step, found.expected, found.still_met) == ("who-you-are", 80, ("pay", "done"))
    assert "break in the instrumentation and not a drop" in found.sentence()


def test_a_journey_that_fell_silent_or_a_rare_step_is_no_break():
    drawn = straight()
    assert (
        breaks(
            drawn, visits({1: 100, 2: 80, 3: 70}), visits({1: 90}), attempts_before=100, attempts_after=90, release="v2"
        )
        == ()
    )
    assert (
        breaks(
            drawn,
            visits({1: 100, 2: 5, 3: 70}),
            visits({1: 90, 3: 60}),
            attempts_before=100,
            attempts_after=90,
            release="v2",
        )
        == ()
    )


def outcomes(channel, completed, cohort):
    return Outcomes(Group("s", 1, channel=channel), {"intended": completed, "open": cohort - completed})


def test_a_release_that_came_with_another_mix_of_channels_changed_nothing():
    before = [outcomes("web", 900, 1000), outcomes("phone", 50, 100)]
    after = [outcomes("web", 90, 100), outcomes("phone", 500, 1000)]
    told = releases.compare(before, after, release="v2")
    assert told.change == pytest.approx(590 / 1100 - 950 / 1100)
    assert told.matched_change == pytest.approx(0)
    assert "changed by -32.7 percentage points after release v2" in told.sentence()
    assert "same mix of channels it changed by +0.0" in told.sentence().replace("-0.0", "+0.0")
    assert "because" not in told.sentence()


def test_nobody_after_a_release_is_said_and_not_zero():
    told = releases.compare([outcomes("web", 9, 10)], [], release="v2")
    assert told.change is None
    assert "Too few attempts" in told.sentence()


def test_no_figure_has_two_definitions_on_one_day():
    for key in {each.key for each in DEFINITIONS}:
        versions = sorted((each for each in DEFINITIONS if each.key == key), key=lambda each: each.version)
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        for one, two in pairwise(versions):
            assert one.effective_to == two.effective_from
        assert versions[-1].effective_to is None


def test_a_graph_is_refused_with_every_fault():
    with pytest.raises(Refused) as refused:
        JourneyDefinition(
            "s", 1, date(2026, 1, 1), ("a", "z"), (Step(1, "a"), Step(1, "b", after=("y",)), Step(2, "c", outcome="intended")),
            window=straight().window, idle_after=straight().idle_after,
        )  # fmt: skip
    said = " ".join(refused.value.reasons)
    for reason in (
        "two steps bear the number 1",
        "follows “y”",
        "the start “z” is not a step",
        "no way leads from a start to “c”",
    ):
        assert reason in said


def test_two_definitions_in_force_on_one_day_are_an_objection():
    one = straight()
    assert objections_to_versions([one]) == []
    (reason,) = objections_to_versions(
        [one, JourneyDefinition(one.service, 2, date(2026, 6, 1), one.starts, one.steps, one.window, one.idle_after)]
    )
    assert "both in force from 2026-06-01" in reason


def test_the_score_of_one_answer_has_no_interval():
    assert Satisfaction((0, 0, 0, 0, 1), offered=1).score().interval is None
    assert math.isclose(Satisfaction((0, 0, 0, 0, 1), offered=1).score().value, 1.0)
