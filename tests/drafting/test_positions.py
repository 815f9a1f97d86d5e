"""Fractional keys: order as text, and a move that writes one row."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from penholder.drafting.positions import DIGITS, between, ordered

KEYS = st.lists(st.text(DIGITS, min_size=1, max_size=6).map(lambda key: key + "V"), unique=True, max_size=12)


@given(KEYS)
def test_there_is_always_a_key_between_two_others(keys):
    keys = ["", *sorted(keys), ""]
    for before, after in pairwise(keys):
        key = between(before, after)
        assert before < key
        assert not after or key < after


@given(KEYS, st.randoms())
def test_new_keys_stand_in_the_order_that_was_asked_for(keys, random):
    random.shuffle(keys)
    keys = [key if random.random() < 0.7 else "" for key in keys]
    found = ordered(keys)
    assert found == sorted(found)
    assert len(set(found)) == len(keys)


def test_moving_one_section_gives_one_new_key():
    first = ordered([""] * 8)
    moved = [*first[1:], first[0]]
    assert sum(new != old for new, old in zip(ordered(moved), moved, strict=True)) == 1


def test_a_hundred_sections_put_at_one_spot_keep_short_keys():
    low, high = ordered(["", ""])
    for _ in range(100):
        high = between(low, high)
    assert len(high) < 30
