"""The server is killed, stopped and started: nothing that was acknowledged is lost, and everybody comes back."""

from __future__ import annotations

import asyncio
import random

import pytest
from pycrdt import Doc
from tests.web.live.editors import Editor, alike
from tests.web.live.scenes import play, text_of


@pytest.mark.slow
def test_no_acknowledged_edit_is_lost_when_the_server_is_killed(who, server, run):
    """Twenty times, at any moment."""
    rng = random.Random(11)
    acknowledged: set[str] = set()

    async def scene(turn: int):
        async with who("Pia") as pia, who("Ben") as ben:
            numbered: dict[tuple[Editor, int], str] = {}

            async def keep_typing(editor: Editor, name: str):
                for number in range(10_000):
                    word = f"«{turn}.{name}{number}»"
                    numbered[editor, await editor.type(word)] = word
                    await asyncio.sleep(rng.random() / 50)
                    if editor.code:
                        return

            typing = [asyncio.create_task(keep_typing(pia, "p")), asyncio.create_task(keep_typing(ben, "b"))]
            await pia.until(lambda: pia.kept)
            await asyncio.sleep(rng.random() / 2)
            await asyncio.to_thread(server.kill)
            await asyncio.wait(typing, timeout=20)
            acknowledged.update(word for (editor, number), word in numbered.items() if number in editor.kept)
            # Nobody was shown what is not stored.
            seen = {pia: ben.text(), ben: pia.text()}
            acknowledged.update(word for (editor, _), word in numbered.items() if word in seen[editor])

    for turn in range(20):
        play(scene(turn))
        text = text_of(run)
        lost = [word for word in acknowledged if word not in text]
        assert not lost, f"try {turn}: {len(lost)} of {len(acknowledged)} edits that somebody was told of are gone"
        assert all(text.count(word) == 1 for word in acknowledged)
        server.start()
    assert len(acknowledged) > 40


def test_everybody_comes_back_after_a_restart(who, server):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben:
            await pia.type("before ", at=0)
            await alike(pia, ben)
            await asyncio.to_thread(server.stop)
            await pia.until(lambda: pia.code)
            await pia.type("between ", at=0)
            await asyncio.to_thread(server.start)
            for editor in (pia, ben):
                await editor.go()
                await editor.come()
            assert (await alike(pia, ben)).startswith("between before # Vision")

    play(scene())


def test_a_number_is_somebodys_when_the_server_has_been_started_again_too(who, server):
    async def scene():
        async with who("Pia") as pia:
            await pia.type("mine ", at=0)
            await pia.saved()
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            mo = who("Mo")
            mo.shared.doc = Doc(client_id=pia.shared.doc.client_id)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(mo.come(), 3)
            assert mo.code == 4409
            await pia.go()
            await pia.come()
            await pia.type("still ", at=0)
            await pia.saved()

    play(scene())
