"""Whoever sends rubbish, is cut off, stalls or floods harms only themselves."""

from __future__ import annotations

import os
import socket
import struct

import pytest
from pycrdt import Doc, Map, Text
from tests.web.live.scenes import play


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
            # A phone that slept sees everything when it wakes.
            stalled.socket.transport.resume_reading()
            await stalled.until(lambda: stalled.text() == ben.text())

    play(scene())
