"""Anchors: found again letter by letter, in the passage and what descends from it, or honestly not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.text.texts import LEADERS, REDESIGN, SKILLS, text

from penholder.errors import Refused
from penholder.text.anchors import Anchor, Kin, anchor, find
from penholder.text.compare import compare
from penholder.text.lineage import minter, trace


def at(words: str, source: str, passage: str = "p-a") -> Anchor:
    return anchor(passage, source, source.index(words), source.index(words) + len(words))


def stepped(*states: list[str]) -> tuple[Anchor, dict[str, str], Kin]:
    """What a draft comes to by these states, and its kin; an anchor can be made on the first with `at`."""
    names = tuple(minter("d", 1)(number) for number in range(len(states[0])))
    became, parts, graveyard = {}, {}, {}
    before = text(states[0])
    for number, state in enumerate(states[1:], start=2):
        after = text(state)
        lineage = trace(compare(before, after), names, after, mint=minter("d", number), graveyard=graveyard)
        for event in lineage.events:
            if event.kind == "merged-into":
                became[event.passage] = event.other
            if event.kind == "split-from":
                parts[event.passage] = event.other
            if event.kind in {"merged-into", "removed"}:
                graveyard[before[event.old].digest] = event.passage
        before, names = after, lineage.ids
    return names, {name: block.source for name, block in zip(names, before, strict=True)}, Kin(became, parts)


def test_words_are_found_where_they_stand_after_an_edit_elsewhere_in_the_passage():
    place = find(at("every year", SKILLS), {"p-a": f"First, {SKILLS}"})
    assert (place.state, place.start) == ("found", SKILLS.index("every year") + 7)


def test_words_that_were_edited_are_changed_and_not_found_nearby():
    place = find(at("every year", SKILLS), {"p-a": SKILLS.replace("every year", "each year"), "p-b": SKILLS})
    assert (place.state, place.passage) == ("changed", "p-a")


def test_a_likely_sentence_in_another_passage_is_never_taken():
    assert find(at("every year", SKILLS), {"p-b": SKILLS}).state == "removed"


def test_one_of_two_equal_words_is_told_by_what_stands_around_it_or_not_at_all():
    source = "Leaders meet in May. Boards meet in May."
    second = anchor("p-a", source, source.rindex("in May"), source.rindex("in May") + 6)
    found = find(second, {"p-a": f"In short: {source}"})
    assert (found.state, found.start) == ("found", 10 + source.rindex("in May"))
    assert find(second, {"p-a": "Leaders meet in May. All meet in June."}).state == "unsure"
    assert find(second, {"p-a": "They always meet in May, we hear, in May."}).state == "unsure"


def test_words_follow_a_split_and_a_merger():
    names, standing, kin = stepped([SKILLS + " " + LEADERS, REDESIGN], [SKILLS, LEADERS, REDESIGN])
    for words in ("every year", "sits on the board"):
        place = find(at(words, f"{SKILLS} {LEADERS}", minter("d", 1)(0)), standing, kin)
        assert place.state == "found"
        assert standing[place.passage][place.start : place.end] == words
    names, standing, kin = stepped([SKILLS, LEADERS, REDESIGN], [f"{SKILLS} {LEADERS}", REDESIGN])
    for number, (words, source) in enumerate((("every year", SKILLS), ("sits on the board", LEADERS))):
        assert find(at(words, source, minter("d", 1)(number)), standing, kin).passage == names[0]


def test_words_that_are_cut_and_pasted_are_found_where_they_were_pasted():
    _, standing, kin = stepped([SKILLS, LEADERS, REDESIGN], [LEADERS, REDESIGN], [LEADERS, REDESIGN, SKILLS])
    place = find(at("every year", SKILLS, minter("d", 1)(0)), standing, kin)
    assert (place.state, place.passage) == ("found", minter("d", 1)(0))


def test_words_that_are_deleted_are_removed_and_found_again_when_that_is_undone():
    _, standing, kin = stepped([SKILLS, LEADERS], [LEADERS])
    assert find(at("every year", SKILLS, minter("d", 1)(0)), standing, kin).state == "removed"
    _, standing, kin = stepped([SKILLS, LEADERS], [LEADERS], [SKILLS, LEADERS])
    assert find(at("every year", SKILLS, minter("d", 1)(0)), standing, kin).state == "found"


def test_an_anchor_outside_its_passage_is_refused_and_one_survives_being_kept():
    with pytest.raises(Refused, match="do not lie in it"):
        anchor("p-a", "short", 2, 9)
    assert Anchor.from_data(at("every", SKILLS).to_data()) == at("every", SKILLS)
    with pytest.raises(Refused, match="not a place"):
        Anchor.from_data({"passage": "p-a"})


WORDS = st.lists(
    st.sampled_from(["£", "—", "’", "ŵ", "the", "board", "meets", "🎉", "by", "May."]), min_size=1, max_size=14
)
PASSAGES = st.lists(WORDS.map(" ".join), min_size=1, max_size=5)


@given(PASSAGES, st.lists(PASSAGES, min_size=1, max_size=4), st.data())
def test_no_anchor_ever_points_at_words_that_differ_from_its_quote(first, later, data):
    number = data.draw(st.integers(0, len(first) - 1))
    start = data.draw(st.integers(0, len(first[number]) - 1))
    end = data.draw(st.integers(start + 1, len(first[number])))
    pointed = anchor(minter("d", 1)(number), first[number], start, end)
    _, standing, kin = stepped(first, *later)
    place = find(pointed, standing, kin)
    if place.state == "found":
        assert standing[place.passage][place.start : place.end] == pointed.quote
        assert place.passage == pointed.passage or place.passage in kin.descendants(pointed.passage, standing)
    elif place.state != "removed":
        assert place.passage in standing


@given(PASSAGES, st.data())
def test_an_anchor_is_found_at_once_where_it_was_made(first, data):
    number = data.draw(st.integers(0, len(first) - 1))
    start = data.draw(st.integers(0, len(first[number])))
    end = data.draw(st.integers(start, len(first[number])))
    place = find(anchor("p-a", first[number], start, end), {"p-a": first[number]})
    assert (place.state, place.start, place.end) == ("found", start, end)
