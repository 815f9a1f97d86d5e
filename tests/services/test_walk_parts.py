"""A journey split by channel, release or month never tells of fewer than five people, not even by subtraction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penholder.services.walk_parts import apart

LEFT, ENDED = frozenset({1}), frozenset({1, 2})
ENDS = frozenset({2})
COUNTS = st.dictionaries(
    st.sampled_from(["digital", "phone", "post"]),
    st.dictionaries(st.sampled_from([LEFT, ENDED, frozenset({1, 3}), frozenset({1, 2, 3})]), st.integers(0, 30)),
)


def whole_of(parts):
    whole = {}
    for sets in parts.values():
        for steps, count in sets.items():
            whole[steps] = whole.get(steps, 0) + count
    return {steps: count for steps, count in whole.items() if count >= 5}


def test_a_channel_that_two_used_takes_another_with_it():
    parts = {"digital": {LEFT: 40}, "phone": {LEFT: 9}, "post": {LEFT: 2}}
    shown = apart({LEFT: 51}, parts, ENDS)
    assert shown == {"digital": {LEFT: 40}, "phone": {}, "post": {}}, "51 less 40 and 9 would be the two"


def test_what_the_whole_leaves_out_stands_in_no_part():
    assert apart({LEFT: 50}, {"digital": {LEFT: 50, ENDED: 8}}, ENDS) == {"digital": {LEFT: 50}}


@given(COUNTS)
def test_nothing_that_is_left_out_is_between_one_and_four(parts):
    whole = whole_of(parts)
    shown = apart(whole, parts, ENDS)
    assert all(count >= 5 for sets in shown.values() for count in sets.values())
    for steps, count in whole.items():
        assert not 0 < count - sum(sets.get(steps, 0) for sets in shown.values()) < 5
    for key, sets in parts.items():
        for ended in (True, False):
            of_part = {steps: count for steps, count in sets.items() if bool(steps & ENDS) is ended}
            out = sum(of_part.values()) - sum(shown[key].get(steps, 0) for steps in of_part)
            assert not 0 < out < 5 or not any(steps in shown[key] for steps in of_part)
