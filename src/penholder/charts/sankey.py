"""A journey as a Sankey: steps from top to bottom, as wide as people came to them, and where people leave.

The layout counts whole people: what comes into a step goes on, leaves there, or ends there, to the unit. Where a way
passes a row without stopping, it keeps a place of its own in it, so that nothing lies on anything else.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from penholder.errors import Refused

# What stands beside a name of a step for those who left there.
LEFT = "left"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step. `came` people came to it and `left` of them were never seen again; `end` says that it ends journeys."""

    key: str
    name: str
    came: int
    left: int = 0
    end: bool = False
    good: bool = True  # of an end: whether the person got an answer


@dataclass(frozen=True, slots=True)
class Way:
    """So many people went from one step straight to another."""

    start: str
    end: str
    count: int


@dataclass(frozen=True, slots=True)
class Journey:
    """Steps in order, and the ways between them, all of which lead on."""

    title: str
    stops: tuple[Stop, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A bar of the picture, in people: `offset` from the left of its row, `width` wide.

    `key` is a step, `("left", step)` those who left it, or `(start, end, row)` a way that passes by.
    """

    key: object
    row: int
    offset: float
    width: int
    before: int  # places to its left in the row: gaps come before it


@dataclass(frozen=True, slots=True)
class Ribbon:
    """From a part of one bar to a part of another in the next row; `inset`s are from the left of the bars."""

    start: Place
    end: Place
    start_inset: int
    end_inset: int
    count: int
    leaving: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Bars in rows, and the ribbons between rows that follow each other."""

    rows: tuple[tuple[Place, ...], ...]
    ribbons: tuple[Ribbon, ...]


def objections(journey: Journey) -> list[str]:
    """Every reason why this cannot be drawn: people who appear, vanish or go back; empty when it all adds up."""
    reasons = []
    order = {stop.key: place for place, stop in enumerate(journey.stops)}
    if len(order) != len(journey.stops):
        reasons.append("Two steps have the same key.")
    if not any(stop.came for stop in journey.stops):
        reasons.append("Nobody came to any step.")
    out: dict[str, int] = defaultdict(int)
    into: dict[str, int] = defaultdict(int)
    for way in journey.ways:
        if way.start not in order or way.end not in order:
            reasons.append(f"A way leads from “{way.start}” to “{way.end}”, and one of them is no step.")
            continue
        if order[way.start] >= order[way.end]:
            reasons.append(f"The way from “{way.start}” to “{way.end}” leads back.")
        if way.count < 0:
            reasons.append(f"The way from “{way.start}” to “{way.end}” has a negative count.")
        out[way.start] += way.count
        into[way.end] += way.count
    for stop in journey.stops:
        if into[stop.key] > stop.came:
            reasons.append(f"{into[stop.key]} people went to “{stop.name}”, and {stop.came} came.")
        gone = out[stop.key] + stop.left
        if gone > stop.came or (gone != stop.came and not stop.end):
            reasons.append(f"{stop.came} people came to “{stop.name}”, and {gone} went on or left.")
    return reasons


def lay_out(journey: Journey) -> Layout:
    """Rows of bars and the ribbons between them. Refuses a journey that does not add up, with what does not."""
    if reasons := objections(journey):
        raise Refused(reasons)
    stops = [stop for stop in journey.stops if stop.came]
    ways = [way for way in journey.ways if way.count]
    depth = _depths(stops, ways)
    # A chain of hops for each way, one row at a time; those who leave go one row down and stop.
    hops: list[tuple[object, object, int, int, bool]] = []  # from, to, row of the start, people, leaving
    sizes: dict[object, tuple[int, int]] = {stop.key: (depth[stop.key], stop.came) for stop in stops}
    for way in ways:
        chain: list[object] = [way.start]
        for row in range(depth[way.start] + 1, depth[way.end]):
            passing = (way.start, way.end, row)
            sizes[passing] = (row, way.count)
            chain.append(passing)
        chain.append(way.end)
        for at, (one, two) in enumerate(itertools.pairwise(chain)):
            hops.append((one, two, depth[way.start] + at, way.count, False))
    for stop in stops:
        if stop.left:
            gone = (LEFT, stop.key)
            sizes[gone] = (depth[stop.key] + 1, stop.left)
            hops.append((stop.key, gone, depth[stop.key], stop.left, True))
    places = _places(stops, sizes, hops)
    return Layout(_rows(places), tuple(_ribbons(places, hops)))


def _depths(stops: Sequence[Stop], ways: Sequence[Way]) -> dict[str, int]:
    """The row of each step: one below the lowest step that leads to it. Stops are in order, so one pass is enough."""
    depth = {stop.key: 0 for stop in stops}
    for stop in stops:
        before = [depth[way.start] + 1 for way in ways if way.end == stop.key]
        depth[stop.key] = max(before, default=0)
    return depth


def _places(
    stops: Sequence[Stop],
    sizes: Mapping[object, tuple[int, int]],
    hops: Sequence[tuple[object, object, int, int, bool]],
) -> dict[object, Place]:
    """Each row in the order of where its people come from, those who left last."""
    order: dict[object, int] = {stop.key: at for at, stop in enumerate(stops)}
    places: dict[object, Place] = {}
    for row in range(max(row for row, _ in sizes.values()) + 1):
        here = [key for key, (at, _) in sizes.items() if at == row]
        ranked = sorted(here, key=lambda key: _rank(key, places, hops, order))
        offset = 0
        for at, key in enumerate(ranked):
            places[key] = Place(key, row, offset, sizes[key][1], at)
            offset += sizes[key][1]
    return places


def _rank(
    key: object,
    places: Mapping[object, Place],
    hops: Sequence[tuple[object, object, int, int, bool]],
    order: Mapping[object, int],
) -> tuple[bool, float, int, str]:
    """Those who left stand at the right; the others by the mean place of those who lead to them."""
    leads = [(places[one].offset + places[one].width / 2, count) for one, two, _, count, _ in hops if two == key]
    people = sum(count for _, count in leads)
    middle = sum(at * count for at, count in leads) / people if people else 0.0
    gone = isinstance(key, tuple) and key[0] == LEFT
    return gone, middle, order.get(key, len(order)), str(key)


def _rows(places: Mapping[object, Place]) -> tuple[tuple[Place, ...], ...]:
    rows: dict[int, list[Place]] = defaultdict(list)
    for place in places.values():
        rows[place.row].append(place)
    return tuple(tuple(sorted(rows[row], key=lambda place: place.before)) for row in sorted(rows))


def _ribbons(places: Mapping[object, Place], hops: Sequence[tuple[object, object, int, int, bool]]) -> list[Ribbon]:
    """Ribbons leave and reach a bar in the order of the bars at their other ends, so that fewer cross."""
    start_insets: dict[object, int] = defaultdict(int)
    end_insets: dict[object, int] = defaultdict(int)
    starting = sorted(hops, key=lambda hop: (hop[2], places[hop[0]].before, places[hop[1]].before))
    first = {}
    for hop in starting:
        first[hop[:2]] = start_insets[hop[0]]
        start_insets[hop[0]] += hop[3]
    found = []
    for hop in sorted(hops, key=lambda hop: (hop[2], places[hop[1]].before, places[hop[0]].before)):
        one, two, _, count, leaving = hop
        found.append(Ribbon(places[one], places[two], first[one, two], end_insets[two], count, leaving))
        end_insets[two] += count
    return found
