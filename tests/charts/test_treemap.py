from __future__ import annotations

import itertools

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from penholder.charts import Tile, draw_treemap, treemap
from penholder.charts.treemap import gathered, squarified
from penholder.errors import Refused

SVG = "{http://www.w3.org/2000/svg}"
sizes = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=80).map(lambda found: sorted(found, reverse=True))


@given(sizes)
@settings(max_examples=200)
def test_areas_are_proportional_nothing_overlaps_and_the_whole_is_filled(found):
    placed = squarified(found, 340, 400)
    total = sum(found)
    for size, place in zip(found, placed, strict=True):
        assert place.area == pytest.approx(size / total * 340 * 400, rel=1e-6, abs=1e-6)
        assert place.x >= -1e-6
        assert place.x + place.width <= 340 + 1e-6
        assert place.y >= -1e-6
        assert place.y + place.height <= 400 + 1e-6
    for one, two in itertools.combinations(placed, 2):
        across = min(one.x + one.width, two.x + two.width) - max(one.x, two.x)
        down = min(one.y + one.height, two.y + two.height) - max(one.y, two.y)
        assert across <= 1e-6 or down <= 1e-6


def test_rectangles_are_near_to_squares():
    placed = squarified([6, 6, 4, 3, 2, 2, 1], 600, 400)
    assert max(max(place.width / place.height, place.height / place.width) for place in placed) < 3.01


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300).filter(any))
@settings(max_examples=60)
def test_what_would_be_a_speck_is_gathered_and_nothing_is_lost(found):
    tiles = [Tile(f"Service {at}", size, 0.5) for at, size in enumerate(found)]
    shown = gathered(tiles)
    assert sum(tile.size for tile in shown) == sum(found)
    assert len(shown) <= treemap.MOST_TILES + 1
    assert draw_treemap(tiles) == draw_treemap(list(reversed(tiles)))


def test_what_is_not_known_is_not_nought():
    drawing = draw_treemap([Tile("Passports", 100, None), Tile("Visas", 90, 0.0)])
    assert {each.get("class") for each in fromstring(drawing).iter(f"{SVG}rect")} >= {"tile unknown", "tile level-1"}
    assert "Passports: 100 (52.6%), not known; Visas: 90 (47.4%), 0.0%." in drawing


def test_its_table_holds_what_has_no_area_too():
    table = treemap.rows([Tile("Visas", 0), Tile("Passports", 100, 0.82)])
    assert table[1:] == [["Passports", "100", "100.0%", "82.0%"], ["Visas", "0", "0.0%", "not known"]]


def test_nothing_to_draw_is_refused():
    with pytest.raises(Refused, match="None of the sizes is known"):
        draw_treemap([Tile("Visas", 0)])


def contrast(one, two):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_on_every_rectangle_are_dark_on_light():
    for colour, _ in (*treemap._LEVELS, treemap._NOT_KNOWN):
        assert contrast(colour, "#0b0c0c") >= 7
