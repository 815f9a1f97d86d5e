"""A room: one draft, in one process, with everybody who has it open. Checked, stored, acknowledged, told to all.

What comes in is gathered for a moment and stored in one transaction on a thread; the shared text itself is only ever
touched in the event loop. Whatever does not go as it should (rubbish, a refusal, a database that fails) ends with the
shared text being read anew from what is stored.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from penholder.web.live import frames, keeping
from penholder.web.live.texts import NOTHING, Full, RoomText, TooLong, merged
from penholder.web.live.visitors import Visitor
from penholder.web.live.whereabouts import Whereabouts

# Long enough that fifty people who type share one transaction, short enough that nobody sees it.
SECONDS_TO_GATHER = 0.03
# How often what other processes stored is looked for, when nobody tells us (Redis does).
SECONDS_BETWEEN_LOOKS = 0.25
# How often another process that has the draft open is told that this one has, and at most how often of its cursors.
SECONDS_BETWEEN_SIGNS = 5.0
SECONDS_BETWEEN_CURSORS = 0.1
# How often everybody's session and post are looked at, though they type nothing.
SECONDS_BETWEEN_ROLLS = 1.0
# Rows of sections follow when so much time has passed; who reads or seals brings them up to date anyway.
SECONDS_BETWEEN_READABLE = 30.0
# Who was away for some seconds is told what they missed out of memory; beyond that they get the whole.
UPDATES_REMEMBERED = 2000
# Whose a number is that the draft knows and no person typed under.
NOBODY = 0

_log = logging.getLogger(__name__)
Run = Callable[..., Awaitable[Any]]


class Member(Protocol):
    """Somebody in the room, by whatever way they came. `reasons` is why they may not write; empty: they may."""

    visitor: Visitor
    client: int
    reasons: tuple[str, ...]

    def put(self, frame: bytes) -> None:
        """Say something to them. Never waits and never fails."""

    def end(self, code: int) -> None:
        """Let them go, with a code of WebSockets."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An update that somebody sent and that is not stored yet. `number` is the sender's own."""

    member: Member
    number: int
    update: bytes


class Room:
    """One draft with everybody who has it open."""

    def __init__(
        self, document_id: int, run: Run, clock: Callable[[], datetime], *, process: str, tell: Callable[[int], None]
    ) -> None:
        """`run` calls a function on a thread that may ask the database; `clock` tells the moment.

        `process` is the name of this process; `tell` tells the others, on a thread, to look at this draft at once.
        """
        self.document_id = document_id
        self.members: set[Member] = set()
        self.sequence = 0
        self.cursors = Whereabouts()
        self.text = RoomText(NOTHING)
        self._run = run
        self._clock = clock
        self._process = process
        self._tell_others = tell
        self._owners: dict[int, int] = {}
        self._noted: set[int] = set()
        # Whose text is not the draft's any more, and why: they were told, and come back under another number.
        self._parted: dict[int, tuple[str, ...]] = {}
        self._pending: list[Sent] = []
        self._recent: deque[tuple[int, bytes]] = deque(maxlen=UPDATES_REMEMBERED)
        self._whole: tuple[int, bytes] = (-1, b"")
        self._turn = asyncio.Lock()
        self._work = asyncio.Event()
        self._poke = asyncio.Event()
        self._cursors_moved = False
        self._cursors_untold = True
        self._signed = -SECONDS_BETWEEN_SIGNS
        self._frozen = False
        self._storing = False
        self._told_of = 0
        self._readable = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Read the draft and begin to work. Raises Missing."""
        update, self.sequence = await self._run(keeping.whole, self.document_id, self._clock())
        self.text = RoomText(update)
        self._readable = self.sequence
        self._tasks = [asyncio.create_task(self._keep_on()), asyncio.create_task(self._look_on())]

    async def close(self) -> None:
        """Store what is still to be stored, let the rows follow, and stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self._turn:
            await self._flush()
        await asyncio.gather(*self._errands, return_exceptions=True)
        await self._make_readable()
        await self._run(keeping.leave, self.document_id, self._process, self._clock())

    # Who is here.

    async def claims(self, client: int, visitor: Visitor) -> bool:
        """Whether a client's number is theirs: who comes with it first has it, so nobody writes in another's name.

        That holds when the server has been started again, too. What the draft knows without knowing whose it is, such
        as what the server itself wrote, is nobody's.
        """
        if client not in self._owners:
            owner = await self._run(keeping.owner, self.document_id, client)
            if owner is not None:
                self._noted.add(client)
            elif self.text.knows(client):
                owner = NOBODY
            self._owners.setdefault(client, visitor.person if owner is None else owner)
        return self._owners[client] == visitor.person

    def come_in(self, member: Member, knows: int) -> None:
        """Let somebody in who knows the updates up to `knows`, and tell them what they lack."""
        self.members.add(member)
        facts = {"sequence": self.sequence, "name": member.visitor.name, "colour": member.visitor.colour}
        member.put(frames.welcome(facts, self.since(knows)))
        member.put(frames.state(member.reasons))
        member.put(frames.cursors(self.cursors.everybody()))

    def leave(self, member: Member) -> None:
        """Somebody has gone."""
        self.members.discard(member)
        self.point(member.client, member.visitor, None)

    def since(self, knows: int) -> bytes:
        """What somebody lacks who knows the updates up to `knows`, as one update; the whole when that is long ago."""
        if knows == self.sequence:
            return NOTHING
        if self._recent and self._recent[0][0] <= knows < self.sequence:
            return merged([update for sequence, update in self._recent if sequence > knows])
        if self._whole[0] != self.sequence:
            self._whole = (self.sequence, self.text.shared.since())
        return self._whole[1]

    def point(self, client: int, visitor: Visitor, place: dict[str, Any] | None) -> None:
        """Somebody's cursor is there now; None: nowhere. The name comes from their account."""
        whose = {"client": client, "name": visitor.name, "colour": visitor.colour, "at": self._clock().timestamp()}
        cursor = place and {**place, **whose}
        if self.cursors.put(client, cursor, now=time.monotonic()):
            self._cursors_untold = True
            self._move()

    def _move(self) -> None:
        self._cursors_moved = True
        self._work.set()

    def tell(self, frame: bytes) -> None:
        """Say something to everybody."""
        for member in list(self.members):
            member.put(frame)

    # What they type.

    def take(self, sent: Sent) -> None:
        """Somebody has typed. They hear of it when it is stored, or why it is not."""
        self._pending.append(sent)
        self._work.set()

    async def _keep_on(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(SECONDS_TO_GATHER)
            self._work.clear()
            try:
                async with self._turn:
                    await self._flush()
            except Exception:  # noqa: BLE001 - whatever it was, the others in this room go on
                _log.exception("The room of document %s has trouble", self.document_id)
                self.text.spoilt = True
                await asyncio.sleep(1)
                self._work.set()

    async def _flush(self) -> None:
        if self.text.spoilt:
            await self._read_again()
        if self._cursors_moved:
            self._cursors_moved = False
            self.tell(frames.cursors(self.cursors.everybody()))
            if self._cursors_due():
                self._poke.set()  # a look tells, too
        batch, self._pending = self._pending, []
        if fitting := self._fitting(batch):
            try:
                await self._keep(fitting)
            except Exception:  # noqa: BLE001 - whatever the database says, nobody was told that it is kept
                _log.exception("Updates to the draft of document %s could not be stored", self.document_id)
                self.text.spoilt = True
                # Everybody sends them again when they are back.
                for member in list(self.members):
                    member.end(1013)
        if self.text.spoilt:
            await self._read_again()

    def _fitting(self, batch: Sequence[Sent]) -> list[Sent]:
        """What of a batch fits onto the shared text, which has it from now on. Who sent rubbish has to go."""
        found = []
        for place, sent in enumerate(batch):
            if reasons := sent.member.reasons or self._parted.get(sent.member.client):
                self._refuse(sent, reasons)
                continue
            try:
                why = self.text.take(sent.update, own=sent.member.client)
            except TooLong as problem:
                self._part(sent, keeping.too_long(problem.size, sent.member.visitor))
            except Full:
                self._part(sent, keeping.full(sent.member.visitor))
            else:
                if not why:
                    found.append(sent)
                    continue
                _log.warning("%s sent what is no update: %s", sent.member.visitor.acting.words, why)
                sent.member.end(1007)
            if self.text.spoilt:  # the others' go into a fresh one
                self._pending[:0] = batch[place + 1 :]
                self._work.set()
                break
        return found

    async def _keep(self, fitting: Sequence[Sent]) -> None:
        sent_by = [
            keeping.Typed(sent.update, sent.member.visitor, None if client in self._noted else client)
            for sent in fitting
            for client in [sent.member.client]
        ]
        self._storing = True
        try:
            kept = await self._run(keeping.keep, self.document_id, sent_by, self.sequence, self._clock())
        finally:
            self._storing = False
        self._learn(kept.missed)
        stored = []
        for place, sent in enumerate(fitting):
            if reasons := kept.refused.get(place):
                self.text.spoilt = True
                sent.member.reasons = reasons
                self._part(sent, reasons)
            else:
                self._noted.add(sent.member.client)
                sent.member.put(frames.kept(sent.number))
                stored.append(sent.update)
        if stored:
            self._tell_of(kept.last, merged(stored))
        if self._told_of > self.sequence:
            self._poke.set()

    def _part(self, sent: Sent, reasons: tuple[str, ...]) -> None:
        """Refuse an update, and all that this browser sends from now on, for it builds on that."""
        self._parted[sent.member.client] = reasons
        self._refuse(sent, reasons)

    def _refuse(self, sent: Sent, reasons: Sequence[str]) -> None:
        task = asyncio.create_task(self._set_aside(sent, reasons))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _set_aside(self, sent: Sent, reasons: Sequence[str]) -> None:
        visitor = sent.member.visitor
        aside = False
        try:
            aside = await self._run(
                keeping.put_aside, self.document_id, sent.update, visitor, list(reasons), self._clock()
            )
        finally:
            sent.member.put(frames.refused(sent.number, reasons, aside=aside))

    def _learn(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Take what others have stored, and tell everybody here."""
        if rows:
            update = merged([update for _, update in rows])
            self.text.learn(update)
            self._tell_of(rows[-1][0], update)

    def _tell_of(self, sequence: int, update: bytes) -> None:
        self.sequence = sequence
        self._recent.append((sequence, update))
        self.tell(frames.updates(sequence, update))

    async def _read_again(self) -> None:
        """Forget the shared text for what is stored. What came in between is told like anything that others typed."""
        update, sequence = await self._run(keeping.whole, self.document_id, self._clock())
        rows = await self._run(keeping.since, self.document_id, self.sequence)
        self.text = RoomText(update)
        self._learn([row for row in rows if row[0] <= sequence])

    # What others do meanwhile.

    def poke(self, sequence: int = 0) -> None:
        """Something has changed in this draft: look now. `sequence`, where it is known, is its last update.

        What this room itself is storing is no news to it.
        """
        self._told_of = max(self._told_of, sequence)
        if not sequence or (sequence > self.sequence and not self._storing):
            self._poke.set()

    async def _look_on(self) -> None:
        rolled = readable = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._poke.wait(), SECONDS_BETWEEN_LOOKS)
            self._poke.clear()
            now = time.monotonic()
            try:
                roll = now - rolled >= SECONDS_BETWEEN_ROLLS
                rolled = now if roll else rolled
                await self._look(roll=roll)
                if now - readable >= SECONDS_BETWEEN_READABLE:
                    readable = now
                    await self._make_readable()
            except Exception:  # noqa: BLE001 - a database that is away for a while is looked at again
                _log.exception("The draft of document %s could not be looked at", self.document_id)

    async def _look(self, *, roll: bool) -> None:
        now = time.monotonic()
        if self.cursors.forget([member.client for member in self.members], now=now):
            self._cursors_untold = True
            self._move()
        moved = self._cursors_due()
        sign = self.cursors.here if moved or now - self._signed >= SECONDS_BETWEEN_SIGNS else None
        if sign is not None:
            self._signed, self._cursors_untold = now, False
        # Who is alone looks once a second whether they still are.
        others = roll or self.cursors.others
        look = partial(keeping.glance, others=others)
        found = await self._run(look, self.document_id, self._process, sign, self._clock())
        if moved:
            await self._run(self._tell_others, self.document_id)
        if found.cursors is not None and self.cursors.learn(found.cursors):
            self._move()
        if found.sequence > self.sequence:
            async with self._turn:
                self._learn(await self._run(keeping.since, self.document_id, self.sequence))
        if roll or found.frozen != self._frozen:
            self._frozen = found.frozen
            await self._call_the_roll()

    def _cursors_due(self) -> bool:
        """Whether other processes shall hear now where the cursors in this one are."""
        waited = time.monotonic() - self._signed >= SECONDS_BETWEEN_CURSORS
        return waited and self._cursors_untold and self.cursors.others

    async def _call_the_roll(self) -> None:
        members = list(self.members)
        found = await self._run(keeping.roll, self.document_id, [member.visitor for member in members], self._clock())
        for member, reasons, ended, stranger in zip(members, found.reasons, found.ended, found.strangers, strict=True):
            if ended:
                member.end(4401)
                continue
            if reasons != member.reasons:
                member.reasons = reasons
                member.put(frames.state(reasons))
            if stranger:
                member.end(4403)

    async def _make_readable(self) -> None:
        if self._readable != self.sequence:
            self._readable = self.sequence
            await self._run(keeping.make_readable, self.document_id, self._clock())
