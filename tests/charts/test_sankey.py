from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from penholder.charts import Journey, Stop, Way, draw_journey, journeys
from penholder.charts.sankey import lay_out, objections
from penholder.errors import Refused

LICENCE = Journey(
    "A licence",
    (
        Stop("a", "Received", 1434),
        Stop("b", "Checked", 1434, 100),
        Stop("c", "Adjusted", 300, 20),
        Stop("d", "Determined", 1314, 14),
        Stop("e", "Sent", 1250, end=True),
        Stop("f", "Failed", 50, end=True, good=False),
    ),
    (
        Way("a", "b", 1434),
        Way("b", "c", 300),
        Way("b", "d", 1034),
        Way("c", "d", 280),
        Way("d", "e", 1250),
        Way("d", "f", 50),
    ),
)


@st.composite
def journeys_of_people(draw):
    """Whole people who go through up to eight steps, skip some, and leave or end somewhere."""
    size = draw(st.integers(1, 8))
    paths = draw(
        st.lists(
            st.tuples(st.sets(st.integers(0, size - 1), min_size=1), st.booleans(), st.integers(1, 1000)),
            min_size=1,
            max_size=12,
        )
    )
    came, left, went = Counter(), Counter(), Counter()
    for steps, finished, count in paths:
        chain = [str(step) for step in sorted(steps)] + (["end"] if finished else [])
        for key in chain:
            came[key] += count
        for pair in itertools.pairwise(chain):
            went[pair] += count
        if not finished:
            left[chain[-1]] += count
    keys = [*map(str, range(size)), "end"]
    return Journey(
        "x",
        tuple(Stop(key, f"Step {key}", came[key], left[key], end=key == "end") for key in keys),
        tuple(Way(*pair, count) for pair, count in sorted(went.items())),
    )


@given(journeys_of_people())
@settings(max_examples=150)
def test_flows_conserve_and_no_bars_overlap(journey):
    assert objections(journey) == []
    layout = lay_out(journey)
    for row in layout.rows:
        for one, two in itertools.pairwise(row):
            assert two.offset >= one.offset + one.width
            assert two.before == one.before + 1
    came = {stop.key: stop.came for stop in journey.stops if stop.came}
    places = {place.key: place for row in layout.rows for place in row}
    assert {key: place.width for key, place in places.items() if isinstance(key, str)} == came
    into, out = Counter(), Counter()
    for ribbon in layout.ribbons:
        assert ribbon.end.row == ribbon.start.row + 1
        assert ribbon.start_inset + ribbon.count <= ribbon.start.width
        assert ribbon.end_inset + ribbon.count <= ribbon.end.width
        out[ribbon.start.key] += ribbon.count
        into[ribbon.end.key] += ribbon.count
    for key, place in places.items():
        if isinstance(key, str):
            stop = next(each for each in journey.stops if each.key == key)
            assert out[key] == (0 if stop.end else place.width)
        elif key[0] == "left":
            assert into[key] == place.width
        else:
            assert into[key] == out[key] == place.width
    assert draw_journey(journey) == draw_journey(journey)


def test_the_picture_stays_on_its_sheet():
    for box in fromstring(draw_journey(LICENCE)).iter("{http://www.w3.org/2000/svg}rect"):
        if "stop" in box.get("class", ""):
            assert 0 <= float(box.get("x")) <= 340
            assert float(box.get("x")) + float(box.get("width")) <= 340.1


def test_where_people_leave_is_said_in_words():
    drawing = draw_journey(LICENCE)
    assert "100 left here (7.0% of those who came)" in drawing
    assert "Sent, an end: 1,250 (87.2%)" in drawing


def test_its_table_accounts_for_everybody():
    table = journeys.rows(LICENCE)
    assert table[2] == ["Checked", "1,434", "100.0%", "100", "7.0%", "0", "Adjusted 300; Determined 1,034"]
    assert table[5][5] == "1,250"


@pytest.mark.parametrize(
    ("stops", "ways", "reason"),
    [
        ((Stop("a", "A", 5),), (), "5 people came to “A”, and 0 went on or left"),
        ((Stop("a", "A", 5, 5), Stop("b", "B", 1, 1)), (Way("a", "b", 2),), "2 people went to “B”, and 1 came"),
        ((Stop("a", "A", 5, 5), Stop("b", "B", 5)), (Way("b", "a", 5),), "leads back"),
        ((Stop("a", "A", 5, 5),), (Way("a", "z", 5),), "is no step"),
        ((Stop("a", "A", 0),), (), "Nobody came"),
        ((Stop("a", "A", 5, 5), Stop("a", "A", 5, 5)), (), "the same key"),
    ],
)
def test_a_journey_that_does_not_add_up_is_refused(stops, ways, reason):
    with pytest.raises(Refused, match=re.escape(reason)):
        draw_journey(Journey("x", stops, ways))
