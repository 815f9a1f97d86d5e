"""The door for events, on a real socket: who may come in, what is answered, and in which order."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from tests.measure.intake.test_sealing import DRAWN

from penholder.measure.engines import choose
from penholder.measure.intake import drawings, sealing, stocktakes
from penholder.measure.intake.keys import KeyFile
from penholder.measure.journeys import micros
from penholder.measure.questions import Question

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """A running intake: its address, the folder of its events, and its keys."""
    home = tmp_path_factory.mktemp("home")
    process = _start(home)
    line = process.stdout.readline()
    keys = KeyFile(home / "events" / "keys.json")
    yield line.split()[5].removesuffix("/intake/events"), home / "events", keys
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()


def _start(home, fronts=2):
    return subprocess.Popen(
        [sys.executable, "-c", "from penholder.cli import main; main()", "--home", str(home), "events", "serve", "--port", "0", "--fronts", str(fronts)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PENHOLDER_HOME": str(home)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def key(door):
    return _added(door, page=False)


@pytest.fixture(scope="module")
def page_key(door):
    return _added(door, page=True)


def _added(door, *, page):
    secret = door[2].add(service="permits", page=page, at=NOW).secret
    _until_all_fronts_know(door, secret)
    return secret


def _until_all_fronts_know(door, secret, *, revoked=False):
    """Each front reads the keys anew within a second, and connections go to the fronts in turn."""
    until = datetime.now(UTC) + timedelta(seconds=10)
    in_a_row = 0
    while in_a_row < 4 and datetime.now(UTC) < until:
        in_a_row = in_a_row + 1 if (post(door, [], key=secret)[0] == 403) == revoked else 0


def event(**changes):
    return {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "permits/web", "type": "journey.step",
        "time": datetime.now(UTC).isoformat(), "subject": "attempt-1", "data": {"step": "start"},
    } | changes  # fmt: skip


def post(door, events, *, key=None, query="", body=None, method="POST", path="/intake/events", **headers):
    headers = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(
        door[0] + path + query,
        data=json.dumps(events).encode() if body is None else body,
        headers=headers,
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"null")


def test_a_batch_gets_a_receipt_and_a_retry_a_receipt_for_the_same(door, key):
    told = [event(), event()]
    assert post(door, told, key=key) == (200, {"accepted": 2, "duplicate": 0, "refused": 0, "refusals": []})
    assert post(door, told, key=key)[1]["duplicate"] == 2


def test_gzip_and_lines_are_understood(door, key):
    body = gzip.compress("\n".join(json.dumps(event()) for _ in range(3)).encode())
    status, said = post(door, None, key=key, body=body, Content_Encoding="gzip", Content_Type="application/x-ndjson")
    assert (status, said["accepted"]) == (200, 3)


def test_a_bomb_is_refused(door, key):
    assert post(door, None, key=key, body=gzip.compress(bytes(100_000_000)), Content_Encoding="gzip")[0] == 413


@contextmanager
def _the_line_may_close():
    """The server may close the line before it has read all that it refuses."""
    try:
        yield
    except (urllib.error.URLError, ConnectionError):
        return


def test_ten_megabytes_are_refused(door, key):
    with _the_line_may_close():
        assert post(door, None, key=key, body=b"[" + b" " * 10_000_000 + b"]")[0] == 413


def test_nothing_comes_in_without_a_key(door):
    assert post(door, [event()])[0] == 401
    assert post(door, [event()], key="key_invented")[0] == 403


def test_a_secret_key_in_the_address_is_refused(door, key):
    status, said = post(door, [event()], query=f"?key={key}")
    assert (status, "must not stand in an address" in said["error"]) == (400, True)


def test_a_key_speaks_for_its_service_alone(door, key):
    status, said = post(door, [event(source="passports")], key=key)
    assert (status, said["refusals"][0]["field"]) == (422, "source")


def test_a_page_without_ids_gets_one_for_the_day_and_its_bots_are_counted(door, page_key):
    told = event(subject="")
    status, said = post(door, told, query=f"?key={page_key}", Content_Type="text/plain", User_Agent="ExampleBot/1.0")
    assert (status, said["accepted"]) == (200, 1)


def test_a_server_without_ids_is_told_to_send_them(door, key):
    assert post(door, [event(subject="")], key=key)[1]["refusals"][0]["field"] == "subject"


def test_a_revoked_key_lets_nothing_in(door):
    secret = _added(door, page=False)
    assert post(door, [event()], key=secret)[0] == 200
    door[2].revoke(name=secret[:12], at=NOW)
    _until_all_fronts_know(door, secret, revoked=True)
    assert post(door, [event()], key=secret)[0] == 403


def test_keys_are_not_kept(door, key):
    assert key not in (door[1] / "keys.json").read_text()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"path": "/elsewhere"}, 404), ({"method": "PUT"}, 405), ({"method": "OPTIONS"}, 204),
        ({"Content_Type": "image/png"}, 415), ({"Content_Encoding": "br"}, 400), ({"body": b"[{]"}, 400),
        ({"body": b""}, 400), ({"Penholder_Sent": "noon"}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_words(door, key, changes, status):
    found, said = post(door, [event()], key=key, **changes)
    assert found == status
    assert status == 204 or len(said["error"]) > 15


def test_spans_of_opentelemetry_become_events(door, key):
    def span(number, **attributes):
        told = [{"key": f"penholder.{name}", "value": {"stringValue": value}} for name, value in attributes.items()]
        began = str(int(datetime.now(UTC).timestamp() * 1000) * 1_000_000)
        return {
            "traceId": "5b8aa5a2d2c872e8321cf37308d69df2",
            "spanId": f"{number:016x}",
            "startTimeUnixNano": began,
            "attributes": told,
        }

    def sent(*spans):
        return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": spans}]}]}

    path = {"path": "/intake/v1/traces", "key": key}
    assert post(door, sent(span(1, step="start", journey="attempt-7"), span(2)), **path) == (200, {})
    status, said = post(door, sent(span(3, step="start", journey="me@x.org"), span(4, step="done")), **path)
    assert (status, said["partialSuccess"]["rejectedSpans"]) == (200, "1")
    assert post(door, None, body=b"protobuf", **path)[0] == 400


def _raw(key, body, extra=""):
    return (
        f"POST /intake/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n{extra}\r\n"
    ).encode() + body


def test_requests_in_a_row_are_answered_in_their_order(door, key):
    host, port = door[0].removeprefix("http://").split(":")
    bodies = [json.dumps([event()] * count).encode() for count in range(1, 40)]
    with socket.create_connection((host, int(port))) as line:
        line.sendall(
            b"".join(_raw(key, body, "connection: close\r\n" if body is bodies[-1] else "") for body in bodies)
        )
        told = b"".join(iter(lambda: line.recv(65536), b""))
    found = [json.loads(part)["duplicate"] for part in _bodies(told)]
    assert found == list(range(39))


def _bodies(told):
    while told:
        head, _, told = told.partition(b"\r\n\r\n")
        (length,) = [
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        ]
        yield told[:length]
        told = told[length:]


def test_a_body_in_pieces_is_put_together(door, key):
    host, port = door[0].removeprefix("http://").split(":")
    request = _raw(key, json.dumps([event()]).encode(), "connection: close\r\n")
    with socket.create_connection((host, int(port))) as line:
        for start in range(0, len(request), 50):
            line.sendall(request[start : start + 50])
        assert b'"accepted":1' in b"".join(iter(lambda: line.recv(65536), b""))


def test_a_head_that_came_before_is_known_again_whatever_follows_it(door, key):
    host, port = door[0].removeprefix("http://").split(":")
    bodies = [json.dumps([event()]).encode() for _ in range(7)]
    bodies[4] = json.dumps([event(), event()]).encode()
    assert len({len(body) for body in bodies}) == 2
    requests = [_raw(key, body) for body in bodies]
    pieces = [[requests[0]], [requests[1]], [requests[2][:-90], requests[2][-90:]], [requests[3]], [requests[4]]]
    pieces.append([requests[5] + requests[6]])
    told = []
    with socket.create_connection((host, int(port))) as line, line.makefile("rb") as answers:
        for several in pieces:
            line.sendall(several[0])
            for piece in several[1:]:
                time.sleep(0.01)  # so that it comes alone
                line.sendall(piece)
            told += [_answer(answers) for _ in range(len(several[0]) // len(requests[0]) or 1)]
    assert [each["accepted"] for each in told] == [1, 1, 1, 1, 2, 1, 1]


def _answer(answers):
    length = 0
    while (line := answers.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length"):
            length = int(line.split(b":")[1])
    return json.loads(answers.read(length))


def test_a_second_intake_of_the_same_events_is_refused(door):
    with _start(door[1].parent) as process:
        assert process.wait(20) == 1


def test_a_figure_holds_what_was_posted_at_once_and_sealing_changes_nothing(tmp_path):
    folder = tmp_path / "events"
    secret = KeyFile(folder / "keys.json").add(service="permits", page=False, at=NOW).secret
    drawings.write(folder, [DRAWN])

    def asked():
        later = micros(NOW + timedelta(days=60))
        engine = choose()
        with stocktakes.opened(folder) as stock:
            engine.over_all(stock)
            told = engine.outcomes(Question((DRAWN,), at=later)), engine.funnels(Question((DRAWN,), at=later))
        engine.close()
        return told

    with _start(tmp_path, fronts=0) as process:
        address = process.stdout.readline().split()[5].removesuffix("/intake/events")
        for attempt, steps in {"attempt-one": ("start", "about-you", "done"), "attempt-two": ("start",)}.items():
            told = [event(subject=attempt, data={"step": name}) for name in steps]
            assert post((address,), told, key=secret)[1]["accepted"] == len(steps)
        at_once = asked()
        process.send_signal(signal.SIGINT)
    ((outcomes,), _) = at_once
    assert outcomes.mature == {"intended": 1, "open": 1}
    assert sealing.seal(folder, at=NOW).events == 4
    assert asked() == at_once
