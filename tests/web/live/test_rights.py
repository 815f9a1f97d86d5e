"""Who may write is asked of every update; what comes too late is put aside."""

from __future__ import annotations

import asyncio
import json

import pytest
from pycrdt import Doc
from tests.web.live.editors import Editor, alike
from tests.web.live.scenes import ASIDE, FREEZE, LOSE_POST, SIGN_OUT, SUGGESTED, THAW, play, text_of
from websockets.exceptions import InvalidStatus


def test_a_freeze_is_told_at_once_and_what_came_too_late_is_put_aside(who, run):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben:
            await ben.type("in time ", at=0)
            await alike(pia, ben)
            await ben.go()
            await ben.type("too late ", at=0)
            await asyncio.to_thread(run, FREEZE)
            await pia.until(lambda: pia.reasons)
            assert "The round is open" in pia.reasons[0]
            await ben.come()
            await ben.until(lambda: ben.refused)
            [said] = ben.refused.values()
            assert said["aside"]
            assert "The round is open" in said["reasons"][0]
            assert "too late" not in pia.text()
            await asyncio.to_thread(run, THAW)
            await pia.until(lambda: not pia.reasons)
            await pia.type("again ", at=0)
            await pia.saved()

    play(scene())
    text = text_of(run)
    assert text.startswith("again in time # Vision")
    [[name, reasons, changes]] = json.loads(run(ASIDE))
    assert (name, len(reasons)) == ("Ben", 1)
    assert changes[0]["now"].startswith("too late in time")
    # And it is a suggestion, in the name of who typed it.
    assert json.loads(run(SUGGESTED)) == [["Ben", "replace", "too late in time # Vision"]]


@pytest.mark.parametrize(("name", "act"), [("Pat", LOSE_POST), ("Ned", SIGN_OUT)])
def test_who_may_no_longer_write_is_told_while_the_socket_is_open(who, run, name, act):
    async def scene():
        async with who("Pia") as pia, who(name) as ben:
            await ben.type("before ", at=0)
            await alike(pia, ben)
            await asyncio.to_thread(run, act)
            if act == SIGN_OUT:
                await ben.until(lambda: ben.code)
                assert ben.code == 4401
            else:
                await ben.until(lambda: ben.reasons)
                assert "no longer hold the post" in ben.reasons[0]
                await ben.until(lambda: ben.code)
                assert ben.code == 4403
            await pia.type("goes on ")
            await pia.saved()
            assert "after" not in pia.text()

    play(scene())


def test_strangers_leaders_and_other_sites_are_turned_away(who, server, office):
    async def scene(editor):
        with pytest.raises(InvalidStatus):
            await editor.come()

    play(scene(who("Hanna")))
    play(scene(Editor(server.address, "no-such-session")))
    evil = who("Pia")
    evil.origin = "https://evil.example"
    play(scene(evil))
    play(scene(Editor(server.address, office.sessions["Pia"], key="no-such-text")))


def test_who_only_reads_sees_everything_and_writes_nothing(who):
    async def scene():
        async with who("Carl") as carl, who("Pia") as pia:
            assert "write and seal the text" in carl.reasons[0]
            await pia.type("seen ", at=0)
            await carl.until(lambda: carl.text().startswith("seen "))
            number = await carl.type("unseen ", at=0)
            await carl.until(lambda: number in carl.refused)
            assert "unseen" not in pia.text()

    play(scene())


def test_nobody_takes_the_number_of_somebody_else(who):
    async def scene():
        async with who("Pia") as pia:
            mo = who("Mo")
            mo.shared.doc = Doc(client_id=pia.shared.doc.client_id)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(mo.come(), 3)
            assert mo.code == 4409

    play(scene())
