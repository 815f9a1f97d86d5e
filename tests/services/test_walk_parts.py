"""A journey split by channel, release or month never tells of fewer than five people, not even by subtraction."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penholder.services.walk_parts import COMPLETED, OPEN, apart, withheld

LEFT, ENDED = frozenset({1}), frozenset({1, 2})


def classes(steps):
    return COMPLETED if 2 in steps else OPEN


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
    shown = apart({LEFT: 51}, parts, classes)
    assert shown == {"digital": {LEFT: 40}, "phone": {}, "post": {}}, "51 less 40 and 9 would be the two"


def test_what_the_whole_leaves_out_stands_in_no_part():
    assert apart({LEFT: 50}, {"digital": {LEFT: 50, ENDED: 8}}, classes) == {"digital": {LEFT: 50}}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(COUNTS)
def test_nothing_that_is_left_out_is_between_one_and_four(parts):
    whole = whole_of(parts)
    shown = apart(whole, parts, classes)
    assert all(count >= 5 for sets in shown.values() for count in sets.values())
    for steps, count in whole.items():
        assert not 0 < count - sum(sets.get(steps, 0) for sets in shown.values()) < 5
    for key, sets in parts.items():
        for ended in (True, False):
            of_part = {steps: count for steps, count in sets.items() if (classes(steps) == COMPLETED) is ended}
            out = sum(of_part.values()) - sum(shown[key].get(steps, 0) for steps in of_part)
            assert not 0 < out < 5 or not any(steps in shown[key] for steps in of_part)


def test_totals_of_a_part_with_few_are_withheld_with_as_many_more_as_it_takes():
    totals = {"digital": (40, 0, 90), "phone": (20, 0, 30), "post": (2, 0, 60)}
    assert withheld(totals) == {"post", "phone"}, "the two would be the whole less digital and phone"
    assert withheld({"digital": (40, 0, 90), "phone": (20, 0, 0)}) == set()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(st.dictionaries(st.text(max_size=2), st.tuples(*[st.integers(0, 12)] * 3), max_size=5))
def test_what_is_withheld_together_is_never_one_to_four(totals):
    hidden = withheld(totals)
    for at in range(3):
        assert not any(0 < told[at] < 5 for key, told in totals.items() if key not in hidden)
        assert len(hidden) == len(totals) or not 0 < sum(totals[key][at] for key in hidden) < 5
