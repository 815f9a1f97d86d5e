"""Co-editing as the server sees it: checked, stored, acknowledged, told; and whoever misbehaves harms only themselves."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import struct

import pytest
from pycrdt import Doc, Map, Text
from tests.web.live.editors import Editor, alike
from websockets.exceptions import InvalidStatus

FREEZE = """
from penholder.drafting.models import Document
Document.objects.filter(key=KEY).update(frozen_at=timezone.now(), frozen_by="Pia, Strategy editor", frozen_reason="The round is open")
"""
THAW = """
from penholder.drafting.models import Document
Document.objects.filter(key=KEY).update(frozen_at=None, frozen_by="", frozen_reason="")
"""
READ = """
from penholder.text.canonical import canonical
from penholder.drafting import drafts
from penholder.drafting.models import Document, Section
text = drafts.read(Document.objects.get(key=KEY).pk).section("vision").text
assert Section.objects.get(document__key=KEY, key="vision").text == canonical(text)
print(json.dumps(text))
"""
ASIDE = """
from penholder.drafting.models import SetAside
print(json.dumps([[row.person.name, row.reasons, row.changes] for row in SetAside.objects.filter(document__key=KEY).order_by("pk")]))
"""
SUGGESTED = """
from penholder.drafting.contributions import Suggestion
rows = Suggestion.objects.filter(document__key=KEY)
print(json.dumps([[row.author.name, row.what, row.proposed.strip()] for row in rows]))
"""
WRITERS = """
from penholder.drafting.models import DraftUpdate
print(json.dumps(sorted(set(DraftUpdate.objects.filter(document__key=KEY, sequence__gt=1).values_list("person", "post")))))
"""


def text_of(run) -> str:
    return json.loads(run(READ))


def play(scene):
    return asyncio.run(asyncio.wait_for(scene, 120))


def test_what_several_people_type_at_once_comes_out_the_same_for_all_and_says_who_typed(who, run):
    async def scene():
        rng = random.Random(5)
        async with who("Pia") as pia, who("Ben") as ben, who("Siân") as sian:
            for _ in range(30):
                one = rng.choice([pia, ben, sian])
                await one.type(
                    rng.choice(["£", "dŵr ", "😀", "—", "e\u0301", "word "]), at=rng.randint(0, len(one.text()))
                )
                if rng.random() < 0.3:
                    await asyncio.sleep(0.03)
            return await alike(pia, ben, sian)

    text = play(scene())
    assert text_of(run) == text
    assert {name for name, _ in json.loads(run(WRITERS))} == {"Pia", "Ben", "Siân"}


def test_what_was_typed_without_a_connection_is_merged_on_return(who):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben:
            await pia.go()
            await pia.type("written on a train\n", at=0)
            await ben.type("meanwhile\n")
            await ben.saved()
            await pia.come()
            text = await alike(pia, ben)
            assert text.startswith("written on a train\n")
            assert text.endswith("meanwhile\n")

    play(scene())


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


LOSE_POST = """
from penholder.people.models import Holding
Holding.objects.filter(person__name="Pat").update(until=timezone.now())
"""
SIGN_OUT = """
from django.contrib.sessions.models import Session
from penholder.people.models import Person
ned = str(Person.objects.get(name="Ned").pk)
for session in Session.objects.all():
    if session.get_decoded()["_auth_user_id"] == ned:
        session.delete()
"""


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


def rubbish():
    """Updates that no editor of ours makes, by what is wrong with them."""
    other = Doc(client_id=77)
    other.get("text:vision", type=Text).insert(0, "in another's name")
    outline = Doc(client_id=78)
    outline.get("sections", type=Map)["evil"] = "x"
    strange = Doc(client_id=79)
    strange.get("text:nowhere", type=Text).insert(0, "x")
    return {
        "bytes": os.urandom(200),
        "cut off": other.get_update()[:-3],
        "another client": other.get_update(),
        "sections": outline.get_update(),
        "no such section": strange.get_update(),
        "a claim of a billion letters": b"\x01\x01\x4d\x00\x04\x01\x0btext:vision\xff\xff\xff\xff\x7f",
        "builds on nothing": b"\x01\x01\x4d\x00\x84\x4d\xff\x01\x01x\x00",
        "deletes what nobody wrote": b"\x00\x01\x4d\x01\x00\x7f",
    }


@pytest.mark.parametrize("kind", sorted(rubbish()))
def test_rubbish_ends_the_one_who_sends_it_and_nobody_else(who, kind):
    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            await mo.socket.send(struct.pack(">BI", 1, 1) + rubbish()[kind])
            await mo.until(lambda: mo.code)
            assert mo.code == 1007
            await pia.type("unharmed ", at=0)
            await pia.saved()
        async with who("Ben") as ben:
            assert ben.text().startswith("unharmed # Vision")

    play(scene())


def test_half_of_an_emoji_that_is_taken_out_spoils_nothing(who):
    """Yrs itself panics over it."""

    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            number = await pia.type("😀", at=0)
            await pia.saved()
            assert number in pia.kept
            client = pia.shared.doc.client_id
            encoded = b""
            while client > 127:
                encoded += bytes([client & 127 | 128])
                client >>= 7
            encoded += bytes([client])
            await mo.socket.send(struct.pack(">BI", 1, 1) + b"\x00\x01" + encoded + b"\x01\x00\x01")
            await mo.until(lambda: mo.code or mo.kept)
            await pia.type("still ", at=1)
            await pia.saved()
            async with who("Ben") as ben:
                assert ben.text() == pia.text()

    play(scene())


def test_who_is_cut_off_or_stalls_or_floods_harms_nobody(who, server):
    async def scene():
        async with who("Pia") as pia, who("Ben") as ben, who("Mo") as mo, who("Siân") as stalled:
            # Cut off by RST in the middle of what is sent to everybody.
            raw = mo.socket.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            mo.socket.transport.abort()
            # Reads nothing any more.
            stalled.socket.transport.pause_reading()
            # More at once than anybody types.
            flood = who("Mo")
            await flood.come()
            for _ in range(400):
                await flood.type(".", section="costs")
            for number in range(20):
                await pia.type(f"{number} ")
            await pia.saved()
            await ben.until(lambda: ben.text() == pia.text())
            big = pia.splice(0, 0, "x" * 2_500_000)
            await flood.socket.send(struct.pack(">BI", 1, 999_999) + big)
            await flood.until(lambda: flood.code)
            assert flood.code == 1009
            await ben.type("the end ")
            await ben.saved()
            stalled.socket.transport.resume_reading()

    play(scene())


def test_names_and_colours_of_cursors_come_from_the_account(who):
    async def scene():
        async with who("Pia") as pia, who("Mo") as mo:
            place = {
                "section": "vision",
                "anchor": "{}",
                "head": "{}",
                "name": "The Minister",
                "colour": 99,
                "client": 1,
            }
            await mo.socket.send(b"\x02" + json.dumps(place).encode())
            await pia.until(lambda: pia.cursors)
            [cursor] = pia.cursors
            assert (cursor["name"], cursor["client"]) == ("Mo", mo.shared.doc.client_id)
            assert cursor["colour"] < 8
            await mo.go()
            await pia.until(lambda: not pia.cursors)

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

    for turn in range(20):
        play(scene(turn))
        text = text_of(run)
        lost = [word for word in acknowledged if word not in text]
        assert not lost, f"try {turn}: {len(lost)} of {len(acknowledged)} acknowledged edits are gone"
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


@pytest.mark.parametrize("through", ["the table", "redis"])
def test_two_processes_on_one_database_agree(request, who, another, through):
    more = {"REDIS_URL": request.getfixturevalue("redis")} if through == "redis" else {}
    first, second = another(**more), another(**more)

    async def scene():
        async with who("Pia", first) as pia, who("Ben", second) as ben:
            for number in range(15):
                await pia.type(f"p{number} ", at=0)
                await ben.type(f"b{number} ")
                await asyncio.sleep(0.02)
            text = await alike(pia, ben)
            assert all(f"{name}{number} " in text for name in "pb" for number in range(15))

    play(scene())


def test_what_a_form_writes_reaches_who_types(who, run):
    async def scene():
        async with who("Pia") as pia:
            await asyncio.to_thread(
                run,
                "from penholder.drafting import drafts\nfrom penholder.drafting.edits import Splice\n"
                "from penholder.drafting.models import Document\nfrom penholder.people.acting import Acting\n"
                "from penholder.people.models import Post\n"
                "drafts.change(document_id=Document.objects.get(key=KEY).pk, edits=[Splice('vision', 0, 0, 'By a form. ')],"
                " by=Acting(Post.objects.filter(role='pen')[0]), at=timezone.now())",
            )
            await pia.until(lambda: pia.text().startswith("By a form. "))
            await pia.type("And live. ", at=0)
            await pia.saved()

    play(scene())
    assert text_of(run).startswith("And live. By a form. # Vision")
