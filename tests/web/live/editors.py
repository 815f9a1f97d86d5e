"""People who co-edit without a browser: the same words over the same socket, and what they see."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import secrets
import struct
import urllib.request
from contextlib import suppress
from types import SimpleNamespace

from pycrdt import merge_updates
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from penholder.drafting.shared_texts import SharedText
from penholder.text.splices import Splice

# Six of the pen team, a chair who only reads, and a Leader who does not; their sessions are written down as JSON.
OFFICE = """
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from allauth.account.models import EmailAddress
from penholder.people.models import Holding, Organisation, Person, Post
at = timezone.now()
body = Organisation.objects.create(key="centre", name="The centre")
told = {}
for name, role in (("Pia", "pen"), ("Ben", "pen"), ("Siân", "pen"), ("Mo", "pen"), ("Pat", "pen"), ("Ned", "pen"), ("Carl", "chair"), ("Hanna", "leader")):
    post = Post.objects.create(organisation=body, key=f"post-{role}-{len(told)}", title=f"{role} {len(told)}", role=role)
    someone = Person.objects.create_user(f"{'sian' if name == 'Siân' else name.lower()}@dept.example", "correct horse battery", name=name)
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    Holding.objects.create(post=post, person=someone, since=at - timedelta(days=30))
    session = SessionStore()
    session[SESSION_KEY] = str(someone.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = someone.get_session_auth_hash()
    session.create()
    told[name] = session.session_key
print(json.dumps(told))
"""


class Editor:
    """Somebody who types. `kept` and `refused` are what the server said of each of their updates, by number."""

    def __init__(self, address: str, session: str, key: str = "strategy") -> None:
        self.address = f"{address.replace('http', 'ws', 1)}/desk/live/{key}/"
        self.origin = address
        self.session = session
        self.shared = SharedText()
        self.sequence = 0
        self.number = 0
        self.unsaved: dict[int, bytes] = {}
        self.kept: set[int] = set()
        self.refused: dict[int, dict] = {}
        self.reasons: list[str] = []
        self.cursors: list[dict] = []
        self.code: int | None = None
        self.changed = asyncio.Event()
        self.socket = None
        self._hearing = None

    async def __aenter__(self):
        await self.come()
        return self

    async def __aexit__(self, *_):
        await self.go()

    async def come(self) -> None:
        """Open the socket, say hello, and send again what was not acknowledged."""
        self.socket = await connect(
            self.address,
            origin=self.origin,
            additional_headers={"Cookie": f"session={self.session}"},
            max_size=None,
            open_timeout=60,  # the first to come waits for Django to be loaded
        )
        self.code = None
        self.welcomed = asyncio.Event()
        await self.socket.send(struct.pack(">BQQ", 0, self.shared.doc.client_id, self.sequence))
        self._hearing = asyncio.create_task(self._hear())
        await asyncio.wait_for(self.welcomed.wait(), 20)
        if self.unsaved:
            update = merge_updates(*self.unsaved.values())
            self.unsaved.clear()
            await self._send(update)

    async def go(self) -> None:
        if self._hearing:
            self._hearing.cancel()
        if self.socket:
            await self.socket.close()
        self.socket = None

    async def _hear(self) -> None:
        try:
            async for message in self.socket:
                self._heard(message)
        except ConnectionClosed:
            pass
        self.code = self.socket.close_code
        self.changed.set()

    def _heard(self, message: bytes) -> None:
        kind = message[0]
        if kind == 0:
            (length,) = struct.unpack_from(">I", message, 1)
            facts = json.loads(message[5 : 5 + length])
            self.sequence = facts["sequence"]
            self.shared.doc.apply_update(message[5 + length :])
            self.welcomed.set()
        elif kind == 1:
            self.sequence = struct.unpack_from(">Q", message, 1)[0]
            self.shared.doc.apply_update(message[9:])
        elif kind == 2:
            self.cursors = json.loads(message[1:])
        elif kind == 3:
            number = struct.unpack_from(">I", message, 1)[0]
            self.unsaved.pop(number, None)
            self.kept.add(number)
        elif kind == 4:
            said = json.loads(message[1:])
            self.unsaved.pop(said["number"], None)
            self.refused[said["number"]] = said
        elif kind == 5:
            self.reasons = json.loads(message[1:])["reasons"]
        self.changed.set()

    def splice(self, start: int, end: int, text: str, section: str = "vision") -> bytes:
        """Type here; returns the update."""
        before = self.shared.state
        self.shared.splice(section, [Splice(start, end, text)])
        return self.shared.since(before)

    async def type(self, text: str, at: int | None = None, section: str = "vision") -> int:
        """Type and send, if there is a connection. Returns the number of the update."""
        place = len(self.text(section)) if at is None else at
        return await self._send(self.splice(place, place, text, section))

    async def _send(self, update: bytes) -> int:
        self.number += 1
        self.unsaved[self.number] = update
        if self.socket:
            with suppress(ConnectionClosed):
                await self.socket.send(struct.pack(">BI", 1, self.number) + update)
        return self.number

    def text(self, section: str = "vision") -> str:
        return self.shared.text(section)

    async def until(self, question, seconds: float = 20) -> None:
        """Wait until the question is answered with yes."""

        async def ask():
            while not question():
                self.changed.clear()
                await self.changed.wait()

        await asyncio.wait_for(ask(), seconds)

    async def saved(self) -> None:
        await self.until(lambda: not self.unsaved)


async def alike(*editors: Editor, section: str = "vision") -> str:
    """Wait until everybody sees the same; returns it."""
    for editor in editors:
        await editor.saved()

    async def look():
        while len({editor.text(section) for editor in editors}) > 1:  # noqa: ASYNC110 - any of them may hear next
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), 30)
    return editors[0].text(section)


class Asker:
    """Somebody behind a network that lets no WebSocket through: plain requests, with the token that the page gave."""

    def __init__(self, address: str, session: str, key: str = "strategy") -> None:
        self.address = f"{address}/desk/live/{key}/"
        self.origin = address
        self.session = session
        self.shared = SharedText()
        self.sequence = 0
        self.token = secrets.token_hex(16)

    def ask(self, path: str = "", body: bytes | None = None, *, token: str | None = None, origin: str | None = None):
        """One request; status and body."""
        headers = {"Cookie": f"session={self.session}; csrf={self.token}", "Origin": origin or self.origin}
        if body is not None:
            headers |= {
                "X-CSRFToken": self.token if token is None else token,
                "Content-Type": "application/octet-stream",
            }
        query = f"?client={self.shared.doc.client_id}&after={self.sequence}"
        request = urllib.request.Request(self.address + path + query, data=body, headers=headers)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        try:
            with opener.open(request, timeout=40) as answer:
                return SimpleNamespace(status=answer.status, body=answer.read())
        except urllib.error.HTTPError as problem:
            return SimpleNamespace(status=problem.code, body=problem.read())

    def poll(self):
        """Learn what is new; waits for it."""
        answer = self.ask()
        assert answer.status == 200, answer
        (length,) = struct.unpack_from(">I", answer.body)
        facts = json.loads(answer.body[4 : 4 + length])
        self.sequence = facts["sequence"]
        self.shared.doc.apply_update(answer.body[4 + length :])
        return facts

    def type(self, text: str, section: str = "vision"):
        before = self.shared.state
        place = len(self.shared.text(section))
        self.shared.splice(section, [Splice(place, place, text)])
        return self.ask(body=self.shared.since(before))
