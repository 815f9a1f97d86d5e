"""Several processes on one database: what is typed and pointed at in one is seen in the other."""

from __future__ import annotations

import asyncio

from tests.web.live.editors import alike
from tests.web.live.scenes import play, point


def test_two_processes_on_one_database_agree(who, two):
    first, second = two

    async def scene():
        async with who("Pia", first) as pia, who("Ben", second) as ben:
            for number in range(15):
                await pia.type(f"p{number} ", at=0)
                await ben.type(f"b{number} ")
                await asyncio.sleep(0.02)
            text = await alike(pia, ben)
            assert all(f"{name}{number} " in text for name in "pb" for number in range(15))

    play(scene())


def test_cursors_are_seen_from_another_process(who, two):
    first, second = two

    async def scene():
        async with who("Pia", first) as pia, who("Ben", second) as ben:
            await point(ben)
            await pia.until(lambda: [one["name"] for one in pia.cursors] == ["Ben"])
            await point(pia)
            await ben.until(lambda: {one["name"] for one in ben.cursors} == {"Pia", "Ben"})
            await ben.go()
            await pia.until(lambda: [one["name"] for one in pia.cursors] == ["Pia"])

    play(scene())


def test_the_cursor_of_a_process_that_was_killed_is_gone_when_it_has_said_nothing_for_a_while(
    who, server, another, run
):

    async def scene():
        async with who("Pia", server) as pia, who("Ben", another) as ben:
            await point(ben)
            await pia.until(lambda: pia.cursors)
            await asyncio.to_thread(another.kill)
            await asyncio.to_thread(
                run,
                "from datetime import timedelta\nfrom penholder.drafting import presences\n"
                "from penholder.drafting.models import Presence\n"
                "Presence.objects.filter(document__key=KEY).exclude(cursors=[]).update(at=timezone.now() - presences.LASTING)",
            )
            await pia.until(lambda: not pia.cursors)

    play(scene())
