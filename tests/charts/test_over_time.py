from __future__ import annotations

import re
from itertools import pairwise

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from penholder.charts import Marker, Moment, OverTime, Target, csv_of, draw_multiples, draw_over_time, over_time
from penholder.charts.ticks import said, ticks
from penholder.errors import Refused

SVG = "{http://www.w3.org/2000/svg}"
GAP = OverTime(
    "Digital take-up",
    (
        Moment("2012", 0.6, 0.58, 0.62, 900),
        Moment("2013", 0.7, 0.68, 0.72, 900),
        Moment("2014", why="not provided"),
        Moment("2015", why="suppressed"),
        Moment("2016", 0.0, 0.0, 0.01, 900),
        Moment("2017", why="not applicable"),
    ),
    "%",
    (Target(0.82, 2, 5),),
    (Marker(2.5, "June 2014: a new sign-in"),),
)


def named(drawing, kind):
    return [each for each in fromstring(drawing).iter() if kind in each.get("class", "").split()]


def words(drawing):
    return [text.text for text in fromstring(drawing).iter(f"{SVG}text")]


def test_a_line_is_never_joined_over_a_period_without_a_number():
    drawing = draw_over_time(GAP)
    lines = named(drawing, "line-1")
    assert len(lines) == 1
    assert len(re.findall("[ML]", lines[0].get("d"))) == 2
    assert len(named(drawing, "point")) == 3


def test_the_four_things_are_said_differently():
    drawing = draw_over_time(GAP)
    kinds = [each.get("class") for each in named(drawing, "absence")]
    assert kinds == ["absence not-provided", "absence suppressed", "absence not-applicable"]
    told = fromstring(drawing).find(f"{SVG}desc").text
    assert "2014: Not provided; 2015: Suppressed; 2016: 0.0% (between 0.0% and 1.0%); 2017: Not applicable" in told
    below = [text for text in words(drawing) if ":" in text]
    assert "? \u2002Not provided: 2014" in below
    assert "* \u2002Suppressed: 2015" in below
    assert "\u2013 \u2002Not applicable: 2017" in below


def test_targets_and_releases_are_marked_in_words():
    drawing = draw_over_time(GAP)
    assert "Target: 82.0%" in words(drawing)
    assert "1 \u2002June 2014: a new sign-in" in words(drawing)
    assert len(named(drawing, "marker")) == 2


def test_its_table_says_what_the_picture_says():
    table = over_time.rows(GAP)
    assert table[0] == ["Period", "Figure", "From", "To", "Of how many"]
    assert table[1] == ["2012", "60.0%", "58.0%", "62.0%", "900"]
    assert [row[1] for row in table[3:]] == ["Not provided", "Suppressed", "0.0%", "Not applicable"]


def test_a_table_as_csv_runs_nothing_in_a_spreadsheet():
    assert csv_of([["a", None], ["=1+1", 3]]) == "a,\r\n'=1+1,3\r\n"


@pytest.mark.parametrize(
    ("moments", "reason"),
    [
        ((Moment("2012", 1.0),), "at least two periods"),
        ((Moment("2012", 1.0), Moment("2013")), "2013 has no number and does not say why"),
        ((Moment("2012", 1.0), Moment("2013", -1.0)), "below zero"),
        ((Moment("2012", why="suppressed"), Moment("2013", why="suppressed")), "None of its values is known"),
    ],
)
def test_what_is_no_line_is_refused(moments, reason):
    with pytest.raises(Refused, match=reason):
        draw_over_time(OverTime("x", moments))


moments = st.lists(
    st.one_of(
        st.tuples(st.floats(0, 1), st.floats(0, 0.2)).map(
            lambda each: (each[0], max(0.0, each[0] - each[1]), min(1.0, each[0] + each[1]), "")
        ),
        st.sampled_from([(None, None, None, why) for why in over_time.ABSENCES]),
    ),
    min_size=2,
    max_size=40,
).filter(lambda found: any(each[0] is not None for each in found))


@given(moments)
@settings(max_examples=60)
def test_every_number_has_a_point_and_every_neighbour_a_line(found):
    spec = OverTime("x", tuple(Moment(str(2000 + at), *each[:3], 10, each[3]) for at, each in enumerate(found)), "%")
    drawing = draw_over_time(spec)
    assert drawing == draw_over_time(spec)
    known = [each[0] is not None for each in found]
    assert len(named(drawing, "point")) == sum(known)
    joined = sum(len(re.findall("L", line.get("d"))) for line in named(drawing, "line-1"))
    assert joined == sum(one and two for one, two in pairwise(known))
    for text in named(drawing, "value"):
        assert 0 <= float(text.get("x")) <= 340


def test_small_multiples_share_periods_unit_and_scale():
    drawing = draw_multiples([GAP, OverTime("Phone", GAP.moments, "%")], title="By channel")
    assert "2012 \u2192 2017; 0% \u2013 100%" in words(drawing)
    assert len(named(drawing, "line-1")) == 2
    with pytest.raises(Refused, match="one unit"):
        draw_multiples([GAP, OverTime("Phone", GAP.moments)])
    with pytest.raises(Refused, match="same periods"):
        draw_multiples([GAP, OverTime("Phone", GAP.moments[1:], "%")])
    with pytest.raises(Refused, match="13 small lines"):
        draw_multiples([GAP] * 13)


@given(st.floats(1e-6, 1e15))
def test_an_axis_has_few_round_steps_and_reaches_the_highest(highest):
    scale = ticks(highest)
    assert scale[0] == 0
    assert scale[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(scale) <= 6


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.796, "%", "79.6%"),
        (3.274, "£", "£3.27"),
        (1_234_567, "", "1.23m"),
        (1234, "", "1,234"),
        (2.5e9, "£", "£2.5bn"),
    ],
)
def test_values_are_said_as_people_read_them(value, unit, text):
    assert said(value, unit) == text
