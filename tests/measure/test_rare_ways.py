from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penholder.charts.sankey import objections
from penholder.measure.public_logs import LOAN_APPLICATIONS
from penholder.measure.questions import Funnel, Group
from penholder.measure.suppression import SMALLEST_SHOWN
from penholder.measure.ways import journey, without_rare

ENDS = {step.number for step in LOAN_APPLICATIONS.graph if step.outcome}
GROUP = Group("loan-application", 1)
sets = st.dictionaries(
    st.frozensets(st.integers(1, 8)).map(lambda steps: steps | {1}), st.integers(1, 20), min_size=1, max_size=14
)


@given(sets)
def test_nobody_is_found_in_what_is_shown_nor_by_taking_it_from_the_totals(counts):
    funnel = Funnel(GROUP, counts)
    shown, hidden = without_rare(LOAN_APPLICATIONS, funnel)
    assert shown.started + hidden == funnel.started
    drawn = journey(LOAN_APPLICATIONS, shown)
    for stop in drawn.stops:
        assert stop.came == 0 or stop.came >= SMALLEST_SHOWN
        assert stop.left == 0 or stop.left >= SMALLEST_SHOWN
    assert all(way.count >= SMALLEST_SHOWN for way in drawn.ways)
    assert drawn.stops == () or not shown.started or objections(drawn) == []
    for ended in (True, False):
        whole, rest = (
            sum(count for steps, count in one.sets.items() if bool(steps & ENDS) is ended) for one in (funnel, shown)
        )
        if rest:
            assert whole - rest == 0 or whole - rest >= SMALLEST_SHOWN


def test_common_ways_stay_as_they_are():
    funnel = Funnel(GROUP, {frozenset({1, 2}): 50, frozenset({1, 2, 8}): 90})
    assert without_rare(LOAN_APPLICATIONS, funnel) == (funnel, 0)
