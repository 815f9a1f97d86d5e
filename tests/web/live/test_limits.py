"""What is too much at once is refused politely, and what was written is kept aside for its writer."""

from __future__ import annotations

import json

from tests.web.live.scenes import ASIDE, play, text_of

from penholder.drafting.writing import LONGEST_SECTION


def test_a_section_that_would_be_too_long_is_refused_and_put_aside_and_the_draft_stays_readable(who, run):
    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            number = await mo.type("x" * LONGEST_SECTION, at=0)
            await pia.type("goes on ", at=0)
            after = await mo.type("and more", at=0)
            await mo.until(lambda: {number, after} <= set(mo.refused))
            [reason] = mo.refused[number]["reasons"]
            assert f"one holds at most {LONGEST_SECTION}" in reason
            assert mo.refused[number]["aside"]
            assert mo.refused[after]["reasons"] == [reason]
            assert mo.code is None
            await pia.saved()
            assert pia.text().startswith("goes on # Vision")
        async with who("Mo") as mo:
            await mo.type("in pieces ", at=0)
            await mo.saved()

    play(scene())
    assert text_of(run).startswith("in pieces goes on # Vision")
    [[name, _, changes]] = json.loads(run(ASIDE))
    assert name == "Mo"
    assert changes[0]["now"].count("x" * LONGEST_SECTION) == 1


def test_what_is_just_short_enough_is_kept_letter_by_letter_until_it_is_not(who, run):
    async def scene():
        async with who("Pia") as pia:
            left = LONGEST_SECTION - len(pia.text("costs"))
            await pia.type("£" * (left - 1), section="costs")
            await pia.saved()
            await pia.type("—", section="costs")
            await pia.saved()
            await pia.type("somewhere else ", at=0)
            await pia.saved()
            number = await pia.type("!", section="costs")
            await pia.until(lambda: number in pia.refused)

    play(scene())
    assert text_of(run).startswith("somewhere else")
