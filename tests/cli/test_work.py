"""The worker as people run it: beside a server or alone, killed in the middle, with a mail server that stalls."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from tests import homes

pytestmark = pytest.mark.slow

PENHOLDER = [sys.executable, "-c", "from penholder.cli import main; main()"]
WRITE = """
import sys
from importlib import import_module
import_module("penholder.config.instance").start()
from penholder.jobs import clock, letters
from penholder.jobs.models import Letter
at = clock.now()
letters.write(Letter(key=name, to=f"{name}@dept.example", subject=f"News for {name}", body="Some.", due_at=at, made_at=at)
              for name in sys.argv[1:])
"""


class Instance:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {"PENHOLDER_HOME": str(home)}

    def put(self, *names: str) -> None:
        subprocess.run([sys.executable, "-c", WRITE, *names], env=self.environment, check=True)

    def start(self, *words: str, **more) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PENHOLDER, *words],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*PENHOLDER, *words], env=self.environment, capture_output=True, text=True, check=False)

    def sql(self, sql: str) -> list[tuple]:
        with sqlite3.connect(self.home / "penholder.sqlite3", timeout=20) as database:
            return database.execute(sql).fetchall()

    def files(self) -> str:
        return "\n".join(path.read_text(encoding="utf-8") for path in (self.home / "mail").glob("*"))


@pytest.fixture
def instance(tmp_path):
    return Instance(homes.begin(tmp_path))


@pytest.fixture
def stalling(instance):
    """A mail server that takes a letter and then says nothing until it is let go."""

    class Box:
        kept, stalls = [], True

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            self.kept.append(message_from_bytes(envelope.content))
            while self.stalls:  # noqa: ASYNC110 - let go by another thread
                await asyncio.sleep(0.02)
            return "250 kept"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    instance.environment["PENHOLDER_MAIL"] = f"smtp+plain://127.0.0.1:{port}"
    yield box
    box.stalls = False
    controller.stop()


def wait(until, seconds: float = 40.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := until():
            return found
        time.sleep(0.05)
    pytest.fail("It did not happen.")


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] or [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for one in (task / "children").read_text().split()
    ]  # fmt: skip


def test_a_worker_killed_in_the_middle_of_a_letter_loses_none_and_doubles_at_most_that_one(instance, stalling):
    instance.put("ada", "bob")
    worker = instance.start("work")
    wait(lambda: stalling.kept)
    worker.kill()
    worker.communicate()
    stalling.stalls = False
    assert instance.sql("SELECT state FROM jobs_letter ORDER BY key") == [("sending",), ("waiting",)]
    assert instance.run("work", "--once").returncode == 0
    assert instance.sql("SELECT state FROM jobs_letter ORDER BY key") == [("sending",), ("sent",)]
    instance.sql(
        "UPDATE jobs_letter SET held_until = '2013-04-03 11:00:00' WHERE state = 'sending'"
    )  # ten minutes later
    assert instance.run("work", "--once").returncode == 0
    assert instance.sql("SELECT state FROM jobs_letter ORDER BY key") == [("sent",), ("sent",)]
    assert [letter["To"] for letter in stalling.kept] == ["ada@dept.example", "bob@dept.example", "ada@dept.example"]
    assert len({letter["Message-ID"] for letter in stalling.kept}) == 2


def test_a_worker_that_is_asked_to_stop_finishes_its_letter(instance, stalling):
    instance.put("ada", "bob")
    worker = instance.start("work")
    wait(lambda: stalling.kept)
    worker.terminate()
    stalling.stalls = False
    assert worker.wait(20) == 0
    worker.communicate()
    assert instance.sql("SELECT state FROM jobs_letter ORDER BY key") == [("sent",), ("waiting",)]


def test_what_could_not_be_sent_is_listed_and_tried_again(instance):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    instance.environment["PENHOLDER_MAIL"] = f"smtp+plain://127.0.0.1:{port}"
    instance.put("ada")
    instance.run("work", "--once")
    shown = instance.run("work", "--failed", "--json")
    assert shown.returncode == 3
    found = json.loads(shown.stdout)
    assert [(letter["to"], letter["attempts"]) for letter in found["letters"]] == [("ada@dept.example", 1)]
    assert "refused" in found["letters"][0]["problem"]
    assert "ada@dept.example" in instance.run("work", "--failed").stdout
    del instance.environment["PENHOLDER_MAIL"]
    assert "1 letters are tried again" in instance.run("work", "--again").stdout
    assert instance.run("work", "--once").returncode == 0
    assert "News for ada" in instance.files()
    assert instance.run("work", "--failed").returncode == 0


def test_a_worker_runs_beside_the_server_is_started_again_and_ends_with_it(instance):
    instance.put("ada")
    server = instance.start("serve", "--port", "0")
    try:
        wait(lambda: "News for ada" in instance.files())
        (first,) = wait(lambda: children(server.pid))
        os.kill(first, signal.SIGKILL)
        instance.put("bob")
        wait(lambda: "News for bob" in instance.files())
        (second,) = wait(lambda: children(server.pid))
        assert second != first
    finally:
        server.kill()  # so that it can say goodbye to nobody
        server.communicate()
    wait(lambda: not Path(f"/proc/{second}").exists() or "Z" in Path(f"/proc/{second}/stat").read_text().split()[2])


def test_a_server_that_is_asked_to_stop_stops_its_worker_first(instance):
    instance.put("ada")
    server = instance.start("serve", "--port", "0")
    wait(lambda: "News for ada" in instance.files())
    (worker,) = children(server.pid)
    server.terminate()
    server.communicate(timeout=20)
    assert not Path(f"/proc/{worker}").exists()


def test_no_database_is_made_for_a_site_that_is_only_served(instance):
    (instance.home / "penholder.sqlite3").unlink()
    server = instance.start("serve", "--port", "0")
    assert server.stdout.readline()
    time.sleep(3)
    assert not (instance.home / "penholder.sqlite3").exists()
    server.terminate()
    assert "Traceback" not in server.communicate(timeout=20)[1]


def test_a_server_without_a_worker_has_none(instance):
    instance.put("ada")
    server = instance.start("serve", "--port", "0", "--no-work")
    assert server.stdout.readline()
    time.sleep(2)
    assert children(server.pid) == []
    server.terminate()
    server.communicate(timeout=20)
    assert instance.sql("SELECT state FROM jobs_letter") == [("waiting",)]
