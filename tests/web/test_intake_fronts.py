"""Fronts check events and one process writes them: whichever of them dies, nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from tests.measure.intake.events import batch, delivery, event

from penholder.measure.intake import frames, segments
from penholder.measure.intake.checking import check
from penholder.measure.intake.decoding import decode
from penholder.measure.intake.intake import Intake, Unavailable
from penholder.measure.intake.keys import KeyFile
from penholder.web.intake import lines

NOW = datetime.now(UTC)
# Who is killed while deliveries come in, twenty times; "all, politely" is a stop by SIGTERM.
VICTIMS = ("a front", "the writer", "a front", "all, politely", "a front") * 4


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def _told(first):
    return [event(number, time=NOW.isoformat()) for number in range(first, first + 5)]


class Served:
    """`penholder events serve` with two fronts, on a port that stays the same when it is started again."""

    def __init__(self, home):
        self.home, self.port = home, _free_port()
        self.key = KeyFile(home / "events" / "keys.json").add(service="permits", page=False, at=NOW).secret
        self.start()

    def start(self):
        words = ["--home", str(self.home), "events", "serve", "--port", str(self.port), "--fronts", "2", "--no-seal"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from penholder.cli import main; main()", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert "Events are taken in" in self.process.stdout.readline()

    def fronts(self):
        said = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "intake.fronts"], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in said.stdout.split()]

    def post(self, told):
        """The receipt, or None when there is none."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request(
                "POST", "/intake/events", json.dumps(told).encode(),
                {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
            )  # fmt: skip
            answer = line.getresponse()
            body = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
        return body if answer.status == 200 else None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process.stdout.close()
        told = self.process.stderr.read()
        self.process.stderr.close()
        return code, told


@pytest.fixture
def served(tmp_path):
    running = Served(tmp_path)
    yield running
    if running.process.poll() is None:
        running.stop()


def _wait(holds, seconds=30.0):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def _gone(pid):
    """Whether a process has ended; one that nobody has asked after yet has."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not said.strip() or said.startswith("Z")


@contextmanager
def _sending(served, acknowledged):
    """Send new events until this ends, each delivery again and again until there is a receipt for it."""
    ending = threading.Event()
    numbers = itertools.count(0, 5)

    def send():
        for first in numbers:
            while (said := served.post(_told(first))) is None:
                if ending.is_set():
                    return
            assert said["accepted"] + said["duplicate"] == 5
            acknowledged.append(first)
            if ending.is_set():
                return

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(send) for _ in range(4)]
        yield
        ending.set()
    for sender in senders:
        sender.result()


def test_a_kill_of_any_of_the_processes_loses_nothing_acknowledged_doubles_nothing_and_leaves_none_behind(served):
    chance = random.Random(5)
    acknowledged: list[int] = []
    with _sending(served, acknowledged):
        for what in VICTIMS:
            _wait(lambda: len(served.fronts()) == 2)
            there, enough = served.fronts(), len(acknowledged) + chance.randrange(5, 40)
            _wait(lambda enough=enough: len(acknowledged) >= enough)
            if what == "a front":
                os.kill(chance.choice(there), signal.SIGKILL)
                continue
            if what == "the writer":
                served.process.kill()
                served.process.communicate()
            else:
                assert served.stop()[0] == 0
            _wait(lambda there=there: all(map(_gone, there)))
            served.start()
        so_far = len(acknowledged)
        _wait(lambda: len(acknowledged) >= so_far + 5)
    fronts = served.fronts()
    code, told = served.stop()
    assert (code, len(fronts), all(map(_gone, fronts))) == (0, 2, True)
    assert "another one takes its place" in told
    wal = served.home / "events" / "wal"
    found = Counter(
        digest for n in segments.numbers(wal) for rows in segments.read(wal, n) for digest in frames.digests(rows)
    )
    wanted = {
        digest
        for first in acknowledged
        for digest in check(decode(batch(*map(event, range(first, first + 5)))), delivery()).digests
    }
    assert wanted <= set(found)
    assert set(found.values()) == {1}


def test_the_same_delivery_to_two_fronts_at_once_is_taken_in_once(served):
    _wait(lambda: served.post(_told(0)) is not None)
    with ThreadPoolExecutor(4) as pool:
        for first in range(100, 200, 5):
            said = list(pool.map(served.post, [_told(first)] * 4))
            assert (sum(each["accepted"] for each in said), sum(each["duplicate"] for each in said)) == (5, 15)


def test_a_front_that_cannot_start_ends_the_intake_with_words(tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "keys.json").write_text("no JSON")
    words = ["--home", str(tmp_path), "events", "serve", "--port", "0", "--fronts", "2", "--no-seal"]
    said = subprocess.run(
        [sys.executable, "-c", "from penholder.cli import main; main()", *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    assert "keys.json is damaged" in said.stderr
    assert "A front of the intake cannot start" in said.stderr


@contextmanager
def _line(intake_in):
    """A front's end of a line, in a loop of its own, to a writer that answers from its thread."""

    async def stand():
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        intake = intake_in(loop.call_soon_threadsafe)
        front = lines.FrontLine(lambda: None)
        writer = lines.WriterLine(intake)
        for end, line in ((front, ours), (writer, theirs)):
            line.setblocking(False)
            await loop.create_unix_connection(lambda end=end: end, sock=line)
        return intake, front, writer

    with asyncio.Runner() as runner:
        intake, front, writer = runner.run(stand())

        def ask(*deliveries):
            async def asked():
                said = [asyncio.get_running_loop().create_future() for _ in deliveries]
                for body, answer in zip(deliveries, said, strict=True):
                    front.put(decode(body), delivery(), answer.set_result)
                return await asyncio.wait_for(asyncio.gather(*said), 10)

            return runner.run(asked())

        yield ask, writer
        front.close()
        intake.close()


def test_many_deliveries_go_in_one_message_and_each_is_answered(tmp_path):
    with _line(lambda deliver: Intake(tmp_path, room_kept=0, deliver=deliver)) as (ask, _):
        said = ask(
            batch(event(1), event(2)), batch(event(2), event(3, time="2026-10-24T11:59:00Z")),
            batch(event(9, subject="short")), batch(*map(event, range(3000, 7000))), batch(event(1)),
        )  # fmt: skip
    assert [(each.accepted, each.duplicate, each.refused) for each in said] == [
        (2, 0, 0), (1, 1, 0), (0, 0, 1), (4000, 0, 0), (0, 1, 0),
    ]  # fmt: skip
    (rows,) = [rows for rows in segments.read(tmp_path / "wal", 1) if rows.count == 1]
    assert (frames.months(rows), rows.journeys, rows.steps) == ([202610], "attempt-0000", "start")


def test_a_full_disk_is_told_to_the_front_and_nothing_is_remembered(tmp_path, monkeypatch):
    with _line(lambda deliver: Intake(tmp_path, room_kept=0, deliver=deliver)) as (ask, _):
        with monkeypatch.context() as full:
            full.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            (said,) = ask(batch(event(1)))
        assert isinstance(said, Unavailable)
        assert "no space left" in str(said)
        assert [each.accepted for each in ask(batch(event(1)))] == [1]


def test_what_the_writer_did_not_answer_is_refused_when_it_is_gone(tmp_path):
    class Gone(Intake):
        def keep(self, several, answer):
            writer.close()

    with _line(lambda deliver: Gone(tmp_path, room_kept=0, deliver=deliver)) as (ask, writer):
        said = ask(batch(event(1)), batch(event(2)))
        assert [type(each) for each in said] == [Unavailable, Unavailable]
        with pytest.raises(Unavailable, match="is stopping"):
            ask(batch(event(3)))


def test_a_month_that_cannot_be_loaded_refuses_all_that_came_with_it_and_remembers_none(tmp_path):
    broken = {202610}

    def sealed(month):
        if month in broken:
            raise OSError(5, "Input/output error")
        return ()

    with _line(lambda deliver: Intake(tmp_path, room_kept=0, deliver=deliver, sealed=sealed)) as (ask, _):
        old = batch(event(2), event(3, time="2026-10-24T11:59:00Z"))
        assert [type(each) for each in ask(batch(event(1)), old)] == [Unavailable, Unavailable]
        broken.clear()
        assert [each.accepted for each in ask(batch(event(1)), old)] == [1, 2]
