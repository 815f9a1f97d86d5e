"""Where a network lets no WebSocket through, plain requests do the same."""

from __future__ import annotations

import asyncio
import json

from tests.web.live.scenes import FREEZE, play, text_of


def test_plain_requests_do_the_same_where_no_socket_is_let_through(who, by_requests, run):
    asker = by_requests("Ben")
    assert asker.poll()["name"] == "Ben"
    assert asker.type("by post ").status == 200
    assert text_of(run).endswith("by post ")

    async def scene():
        async with who("Pia") as pia:
            assert pia.text().endswith("by post ")
            waiting = asyncio.create_task(asyncio.to_thread(asker.poll))
            await asyncio.sleep(0.5)
            await pia.type("by socket ")
            await waiting
            while "by socket" not in asker.shared.text("vision"):
                await asyncio.to_thread(asker.poll)

    play(scene())


def test_plain_requests_are_examined_alike(by_requests, run):
    asker, leader = by_requests("Ben"), by_requests("Hanna")
    asker.poll()
    assert asker.ask(body=b"rubbish").status == 400
    assert asker.ask(body=b"\x00\x00", token="wrong" * 8).status == 403
    assert asker.ask(body=b"\x00\x00", origin="https://evil.example").status == 403
    assert leader.ask().status == 403
    assert by_requests("Pia").ask(path="nowhere/").status in {302, 404}
    leader.session = "stranger"
    assert leader.ask().status == 401
    run(FREEZE)
    answer = asker.type("late ")
    assert answer.status == 409
    assert "The round is open" in json.loads(answer.body)["reasons"][0]
