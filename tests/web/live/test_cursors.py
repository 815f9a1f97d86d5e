"""Whose cursor is where: under the name of the account, in every process, and gone when its owner is."""

from __future__ import annotations

import json

from tests.web.live.scenes import PLACE, play, point

from penholder.web.live.whereabouts import SECONDS_AWAY, Whereabouts


def test_names_and_colours_of_cursors_come_from_the_account(who):
    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            await point(mo, name="The Minister", colour=99, client=1)
            await pia.until(lambda: pia.cursors)
            [cursor] = pia.cursors
            assert (cursor["name"], cursor["client"]) == ("Mo", mo.shared.doc.client_id)
            assert cursor["colour"] < 8
            await mo.go()
            await pia.until(lambda: not pia.cursors)

    play(scene())


def test_plain_requests_point_and_are_pointed_at(who, by_requests):
    asker = by_requests("Ben")
    asker.poll()
    assert asker.ask("cursor/", json.dumps(PLACE).encode()).status == 200
    assert asker.ask("cursor/", b'{"section": 5}').status == 400

    async def scene():
        async with who("Pia") as pia:
            await pia.until(lambda: [one["name"] for one in pia.cursors] == ["Ben"])

    play(scene())


def test_who_has_not_asked_again_is_nowhere():
    places = Whereabouts()
    places.put(5, {"client": 5, "at": 1.0}, now=0.0)
    assert not places.forget([5], now=100.0)
    assert not places.forget([], now=100.0 + SECONDS_AWAY)
    assert places.everybody()
    assert places.forget([], now=101.0 + SECONDS_AWAY)
    assert not places.everybody()


def test_a_cursor_is_where_it_was_seen_last_whatever_process_that_was():
    places = Whereabouts()
    places.put(5, {"client": 5, "at": 1.0}, now=0.0)
    assert places.learn({"another": [{"client": 5, "at": 2.0}, {"client": 6, "at": 0.0}]})
    assert not places.learn({"another": [{"client": 5, "at": 2.0}, {"client": 6, "at": 0.0}]})
    assert sorted((one["client"], one["at"]) for one in places.everybody()) == [(5, 2.0), (6, 0.0)]
    places.put(5, {"client": 5, "at": 3.0}, now=0.0)
    assert {"client": 5, "at": 3.0} in places.everybody()
