"""What is too much at once is refused politely, and what was written is kept aside for its writer."""

from __future__ import annotations

import json

from tests.web.live.scenes import ASIDE, play, text_of

from penholder.drafting.writing import LONGEST_SECTION

# A section of long ago, taken out since: what was written stays in the draft, unseen.
NEARLY_FULL = """
from penholder.drafting import drafts
from penholder.drafting.models import Document
document = Document.objects.get(key=KEY)
drafts.seed(document, at=timezone.now())
shared, last = drafts.load(document)
before = shared.state
shared.ytext("old").insert(0, "x" * 19_990_000)
drafts.store(document, last, [drafts.Typed(shared.since(before))], at=timezone.now())
"""


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


def test_a_draft_that_holds_all_that_is_kept_as_one_says_so_and_keeps_aside_what_is_typed(who, run):
    run(NEARLY_FULL)

    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            await pia.type("Fits. ", at=0)
            await pia.saved()
            number = await mo.type("z" * 20_000, at=0)
            await mo.until(lambda: number in mo.refused)
            assert "Begin another document" in mo.refused[number]["reasons"][0]
            assert mo.refused[number]["aside"]
            assert (mo.code, pia.code) == (None, None)
            await pia.type("Goes on. ", at=0)
            await pia.saved()

    play(scene())
    assert text_of(run).startswith("Goes on. Fits. # Vision")
    [[name, _, changes]] = json.loads(run(ASIDE))
    assert name == "Mo"
    assert "z" * 20_000 in changes[0]["now"]
