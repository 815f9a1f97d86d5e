from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penholder.charts.sankey import objections
from penholder.measure.leaving import leaving
from penholder.measure.public_logs import LOAN_APPLICATIONS, MUNICIPAL_PERMITS
from penholder.measure.questions import Funnel, Group
from penholder.measure.ways import journey

GROUP = Group("municipal-permit-receipt", 1)


def test_an_attempt_goes_through_its_steps_in_the_order_of_the_definition():
    funnel = Funnel(GROUP, {frozenset({1, 2, 4, 5}): 90, frozenset({1, 2, 3, 4, 5}): 7, frozenset({1, 2}): 3})
    drawn = journey(MUNICIPAL_PERMITS, funnel)
    assert [(stop.key, stop.came, stop.left) for stop in drawn.stops] == [
        ("received", 100, 0),
        ("checked", 100, 3),
        ("adjusted", 7, 0),
        ("determined", 97, 0),
        ("confirmation-sent", 97, 0),
    ]
    assert [(way.start, way.end, way.count) for way in drawn.ways] == [
        ("received", "checked", 100),
        ("checked", "adjusted", 7),
        ("checked", "determined", 90),
        ("adjusted", "determined", 7),
        ("determined", "confirmation-sent", 97),
    ]


sets = st.dictionaries(
    st.frozensets(st.integers(1, 8)).map(lambda steps: steps | {1}), st.integers(1, 500), min_size=1, max_size=10
)


@given(sets)
def test_every_funnel_adds_up_and_leaves_where_leaving_says(counts):
    funnel = Funnel(GROUP, counts)
    drawn = journey(LOAN_APPLICATIONS, funnel)
    assert objections(drawn) == []
    assert {stop.key: stop.left for stop in drawn.stops if not stop.end} == {
        row.step: row.left for row in leaving(LOAN_APPLICATIONS, funnel)
    }
