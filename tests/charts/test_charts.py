from __future__ import annotations

import re
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from penholder.charts import draw, read_number, specify
from penholder.errors import Refused

SVG = "{http://www.w3.org/2000/svg}"
TAKE_UP = [["Service", "2012", "2013"], ["Tax", "82%", "85%"], ["Licence", "60%", "-"]]


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("82%", "82", "%"),
        ("82 per cent", "82", "%"),
        ("£1.78bn", "1780000000", "£"),
        ("£1.7 billion", "1700000000", "£"),
        ("1,234", "1234", ""),
        ("1,234,567.5", "1234567.5", ""),
        ("around 15%", "15", "%"),
        ("~20", "20", ""),
        ("-3", "-3", ""),
        ("−£5m", "-5000000", "£"),
        ("30 thousand", "30000", ""),
        (" 0 ", "0", ""),
    ],
)
def test_numbers_as_people_write_them(cell, value, unit):
    number = read_number(cell)
    assert (number.value, number.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("cell", ["", " ", "-", "–", "—", "n/a", "***", "#REF!", "not known"])
def test_unknown_is_not_zero(cell):
    assert read_number(cell).value is None


@pytest.mark.parametrize("cell", ["yes", "1,23", "12 34", "82%%", "Q1 2012", "£", "1e9", "nan", "9" * 60, "１"])
def test_what_is_no_number_is_not_guessed(cell):
    assert read_number(cell) is None


@pytest.mark.parametrize(
    ("kind", "rows", "reason"),
    [
        ("pie", TAKE_UP, "There is no chart “pie”"),
        ("bar", [["a", "b"]], "needs a heading row"),
        ("bar", [["a"], ["b"]], "a column of figures"),
        ("bar", [["a", "b"], ["c"]], "not all as long"),
        ("bar", [["a", "b"], ["c", "many"]], "“many” (c, b) is not a number"),
        ("bar", [["a", "b"], ["c", "5%"], ["d", "£5"]], "not alike: some are in %, some in £"),
        ("bar", [["a", "b"], ["c", ""]], "None of its values is known"),
        ("bar", [["a", "b"], ["c", "-1"]], "below zero"),
        ("share", [["a", "b"], ["c", "70%"], ["d", "40%"]], "make 110%, which is more than a whole"),
        ("share", [["a", "b"], ["c", "70"], ["d", ""]], "not all known"),
        ("stacked", [["a", *"bcdefgh"], ["x", *"1234567"]], "more than 6"),
        ("line", [["a", "b"], ["c", "1"]], "at least two rows"),
        ("bar", [["a", "b"], *([["c", "1"]] * 61)], "more than 60"),
    ],
)
def test_what_cannot_be_drawn_says_why(kind, rows, reason):
    with pytest.raises(Refused, match=re.escape(reason)):
        draw(kind, rows)


def test_a_unit_that_contradicts_the_figures_is_refused():
    with pytest.raises(Refused, match="unit is £, but its figures are in %"):
        specify("bar", TAKE_UP, unit="£")


def test_bare_figures_take_the_unit_of_the_chart():
    assert specify("bar", [["a", "b"], ["c", "82"]], unit="%").series[0].texts == ("82%",)
    assert specify("bar", [["a", "b"], ["c", "82"]], unit="£").series[0].texts == ("£82",)


def test_a_unit_in_words_stands_above_the_chart():
    assert "In thousands" in words(draw("bar", [["a", "b"], ["c", "82"]], unit="thousands"))


def words(svg):
    return [text.text for text in fromstring(svg).iter(f"{SVG}text")]


def widths(svg):
    return [
        float(box.get("width"))
        for box in fromstring(svg).iter(f"{SVG}rect")
        if (box.get("class") or "").startswith("fill")
    ]


def test_bars_are_as_long_as_their_values_and_say_them():
    svg = draw("bar", [["a", "b"], ["c", "80%"], ["d", "40%"], ["e", "0%"], ["f", ""]])
    long, short, none = widths(svg)
    assert long == pytest.approx(2 * short, abs=0.2)
    assert none == 0
    assert words(svg) == ["c", "80%", "d", "40%", "e", "0%", "f", "not known"]


def test_stacks_have_parts_as_long_as_their_values():
    svg = draw("stacked", [["a", "x", "y"], ["b", "30", "10"], ["c", "10", "10"]])
    legend, bars = widths(svg)[:2], widths(svg)[2:]
    assert legend == [16, 16]
    assert bars == pytest.approx([255, 85, 85, 85], abs=0.1)


def test_a_share_of_a_single_column_is_one_whole_bar():
    svg = draw("share", [["Answer", "Share"], ["Yes", "75%"], ["No", "25%"]])
    assert widths(svg)[2:] == pytest.approx([255, 85])
    assert words(svg) == ["Yes", "No", "Share", "75%", "25%"]


def test_shares_of_counts_are_worked_out_and_the_counts_stay():
    assert "30 (75%)" in words(draw("share", [["a", "x", "y"], ["b", "30", "10"]]))


def test_a_share_that_does_not_reach_the_whole_says_so():
    assert "the rest is not stated" in words(draw("share", [["a", "b"], ["c", "40%"], ["d", "30%"]]))[-1]


def test_a_figure_too_wide_for_its_part_stands_below_with_its_name():
    assert "Post 1%" in words(draw("share", [["a", "b"], ["Online", "99%"], ["Post", "1%"]]))


def test_a_line_breaks_where_a_value_is_not_known_and_says_where():
    svg = draw("line", [["q", "n"], ["Q1", "1"], ["Q2", "2"], ["Q3", ""], ["Q4", "4"], ["Q5", "5"]])
    (path,) = [p.get("d") for p in fromstring(svg).iter(f"{SVG}path") if p.get("class") == "line-1"]
    assert (path.count("M"), path.count("L")) == (2, 2)
    assert words(svg)[-1] == "Not known: Q3"


def test_a_line_begins_at_zero():
    svg = draw("line", [["q", "n"], ["Q1", "50"], ["Q2", "100"]])
    first, second = [float(circle.get("cy")) for circle in fromstring(svg).iter(f"{SVG}circle")]
    (axis,) = [p.get("d") for p in fromstring(svg).iter(f"{SVG}path") if p.get("class") == "axis"]
    zero = float(re.match(r"M0 ([0-9.]+)", axis)[1])
    assert zero - second == pytest.approx(2 * (zero - first), abs=0.2)


def test_series_differ_by_more_than_colour():
    svg = draw("bar", [["a", *"bcdefg"], ["x", *"123456"]])
    patterns = [
        re.sub("#[0-9a-f]{6}", "", re.sub('id="[^"]*"', "", p)) for p in re.findall("<pattern.*?</pattern>", svg)
    ]
    assert len(set(patterns)) == 5  # and the first filling is plain
    dashes = re.findall(
        'stroke-dasharray="([^"]+)" class="line', draw("line", [["a", *"bcdefg"], ["x", *"123456"], ["y", *"123456"]])
    )
    assert len(set(dashes)) == 5


def test_every_colour_stands_out_from_the_paper():
    from penholder.charts.canvas import COLOURS

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in COLOURS)


def test_the_picture_is_named_and_says_every_value():
    svg = fromstring(draw("bar", TAKE_UP, ident="fig-1", title="Take-up"))
    assert (svg.get("role"), svg.get("aria-labelledby"), svg.get("aria-describedby")) == (
        "img",
        "fig-1-title",
        "fig-1-desc",
    )
    assert svg.find(f"{SVG}title").text == "Bar chart: Take-up"
    assert svg.find(f"{SVG}desc").text == "Tax: 2012 82%, 2013 85%; Licence: 2012 60%, 2013 not known."


def test_words_come_in_the_language_of_the_page():
    assert "anhysbys" in words(draw("bar", [["a", "b"], ["c", "1"], ["d", ""]], words={"unknown": "anhysbys"}))


labels = st.text(max_size=60)
cells = st.sampled_from(["1", "82", "0", "", "-", "1,234", "0.5", "3 million"]) | st.integers(0, 10**20).map(str)


@settings(deadline=None)
@given(st.sampled_from(["bar", "stacked", "share", "line"]), labels, st.integers(1, 6).flatmap(
    lambda width: st.lists(st.tuples(labels, *[cells] * width), min_size=1, max_size=8)
))  # fmt: skip
def test_any_table_is_drawn_the_same_twice_within_its_sheet_or_refused(kind, title, rows):
    table = [["Label", *[f"S{n}" for n in range(len(rows[0]) - 1)]], *[list(row) for row in rows]]
    table = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in table]
    try:
        svg = draw(kind, table, title="".join(c for c in title if c.isprintable()))
    except Refused:
        return
    assert svg == draw(kind, table, title="".join(c for c in title if c.isprintable()))
    assert "style=" not in re.sub(">[^<]*<", "", svg)
    sheet = fromstring(svg)
    width, height = map(float, sheet.get("viewBox").split()[2:])
    for box in sheet.iter(f"{SVG}rect"):
        if box.get("class"):
            assert 0 <= float(box.get("x")) <= float(box.get("x")) + float(box.get("width")) <= width + 0.2
            assert float(box.get("y")) + float(box.get("height")) <= height
