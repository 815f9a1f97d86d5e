"""The running server: real sockets, hostile requests, a lost database, a publish under load, a polite end."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings

from penholder.publishing import sites
from penholder.publishing.sites import File, Page, Redirect

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
LONG = b"<p>Every board has a digital leader.</p>\n" * 1500
FILM = os.urandom(3_000_000)


@pytest.fixture
def home(tmp_path):
    return tmp_path


def publish(home, front=b"front", film_bytes=FILM):
    film = home / "film.mp4"
    film.write_bytes(film_bytes)
    pages = [Page("/", front), Page("/long/", LONG), Page("/404.html", b"nothing here"), Redirect("/old", "/long/#x")]
    with override_settings(PENHOLDER_PUBLIC=home / "public", PENHOLDER_CACHE=home / "cache"):
        sites.build(at=NOON, pages=[*pages, File("/media/1/film.mp4", film)])


def start(home, *options):
    environment = os.environ | {"PENHOLDER_HOME": str(home), "PENHOLDER_TLS": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "-c", "from penholder.cli.serve import serve; serve()", "--port", "0", *options],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    line = process.stdout.readline()
    found = re.fullmatch(r"Penholder is at http://127\.0\.0\.1:(\d+)/ .*\n", line)
    assert found, (line, process.stderr.read())
    return process, int(found[1])


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def port(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    publish(home)
    process, port = start(home, "--workers", str(request.param))
    yield port
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors, errors


def get(port, path="/", method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def raw(port, data, *, wait=20.0):
    """Everything the server says to these bytes until it closes or falls silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as line:
        line.sendall(data)
        said = b""
        try:
            while piece := line.recv(1 << 20):
                said += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return said


def test_the_first_and_the_hundredth_answer_are_the_same(port):
    first, body = get(port, "/long/", accept_encoding="gzip")
    for _ in range(20):
        again, same = get(port, "/long/", accept_encoding="gzip")
        assert {k: v for k, v in again.getheaders() if k != "date"} == {
            k: v for k, v in first.getheaders() if k != "date"
        }
        assert same == body
        assert again.getheader("date")
    assert gzip.decompress(body) == LONG


def test_requests_in_a_row_on_one_line_are_answered_in_order(port):
    get(port, "/long/")  # so that one of them is in memory
    asked = b"".join(
        b"%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % each
        for each in [
            (b"GET", b"/long/", b""),
            (b"GET", b"/media/1/film.mp4", b"Range: bytes=0-9\r\n"),
            (b"GET", b"/long/", b""),
            (b"HEAD", b"/long/", b""),
            (b"GET", b"/", b""),
            (b"GET", b"/old", b""),
            (b"POST", b"/", b"Content-Length: 5\r\n"),
        ]
    )
    said = raw(port, asked + b"hello" + b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+) ", said) == [b"200", b"206", b"200", b"200", b"200", b"301", b"405", b"404"]
    assert said.count(LONG) == 2


def test_a_request_with_a_body_does_not_smuggle_another(port):
    get(port, "/long/")
    inner = b"GET /old HTTP/1.1\r\nHost: x\r\n\r\n"
    said = raw(
        port,
        b"GET /long/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(inner), inner)
        + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    assert re.findall(rb"HTTP/1.1 (\d+) ", said) == [b"200", b"200"]
    said = raw(
        port, b"GET /long/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )
    assert said.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "path",
    [
        b"/../../../../etc/passwd", b"/..%2f..%2fetc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/..\\..\\etc\\passwd", b"/%00", b"/long/%00",
        b"/%ff%fe", b"/%c0%ae%c0%ae/", b"/%", b"/%zz", b"//evil.example/", b"/%2f%2fevil.example", b"/%0d%0aSet-Cookie:%20a=b", b"/\xff\xfe",
        b"/releases/", b"/site.json/..", b"/index.html%00.png", b"/a" * 3000, b"*", b"http://evil.example/nothing", b"/;/../long",
    ],
)  # fmt: skip
def test_hostile_addresses_find_nothing_and_set_nothing(port, path):
    said = raw(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert re.match(rb"HTTP/1.1 (404|400) ", said), said[:300]
    assert b"root:" not in said
    assert b"set-cookie" not in said.lower()
    assert b"evil.example" not in said
    assert get(port)[0].status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 500, b"GET / HTTP/1.1\r\nA\0: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_not_http_is_refused(port, data):
    said = raw(port, data, wait=1.0)
    assert said == b"" or said.startswith(b"HTTP/1.1 400 ")
    assert get(port)[0].status == 200


def test_old_http_is_answered_and_the_line_closed(port):
    get(port, "/long/")
    said = raw(port, b"GET /long/ HTTP/1.0\r\n\r\n")
    assert said.endswith(LONG)


def test_a_film_in_parts_and_unchanged_pages_over_the_wire(port):
    answer, part = get(port, "/media/1/film.mp4", range="bytes=1000000-1999999")
    assert (answer.status, part) == (206, FILM[1000000:2000000])
    assert get(port, "/media/1/film.mp4")[1] == FILM
    etag = get(port, "/long/")[0].getheader("etag")
    answer, body = get(port, "/long/", if_none_match=etag)
    assert (answer.status, body) == (304, b"")


def test_a_reader_who_asks_and_does_not_read_fills_no_memory(home):
    publish(home)
    process, port = start(home)
    get(port, "/long/")
    before = resident(process.pid)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(2)
        try:
            for _ in range(200):
                line.sendall(b"GET /long/ HTTP/1.1\r\nHost: x\r\n\r\n" * 20)  # 4,000 × 60 kB = 240 MB of answers
        except TimeoutError:
            pass
        time.sleep(1)
        assert resident(process.pid) - before < 100_000_000
    process.terminate()
    process.communicate()


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_pages_are_served_when_the_database_is_gone(home):
    publish(home)
    (home / "penholder.sqlite3").write_bytes(b"this is not a database")
    process, port = start(home, "--no-work")  # a worker that tries again would make a new one
    assert get(port, "/long/")[1] == LONG
    (home / "penholder.sqlite3").unlink()
    assert get(port, "/long/")[1] == LONG
    assert get(port, "/nothing/")[0].status == 404
    assert not (home / "penholder.sqlite3").exists()
    process.terminate()
    process.communicate()


def test_a_publish_under_load_shows_the_old_or_the_new_site_and_never_an_error(home):
    publish(home, front=b"0")
    process, port = start(home)
    wrong, shown, ended = [], [], threading.Event()

    def read():
        while not ended.is_set():
            answer, body = get(port)
            shown.append(body)
            if answer.status != 200:
                wrong.append(answer.status)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for edition in range(1, 5):
        publish(home, front=b"%d" % edition)
        time.sleep(0.3)
    deadline = time.monotonic() + 5
    while shown[-1] != b"4" and time.monotonic() < deadline:
        time.sleep(0.05)
    ended.set()
    for reader in readers:
        reader.join()
    process.terminate()
    process.communicate()
    assert wrong == []
    assert shown[-1] == b"4"
    assert set(shown) <= {b"0", b"1", b"2", b"3", b"4"}


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, {0}), (signal.SIGTERM, {0, -signal.SIGTERM})])
def test_it_ends_when_asked_and_finishes_what_it_is_sending(home, how, code):
    publish(home, film_bytes=bytes(40_000_000))  # more than the buffers on the way hold
    process, port = start(home)
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET /media/1/film.mp4 HTTP/1.1\r\nHost: x\r\n\r\n")
        said = line.recv(1000)
        process.send_signal(how)
        time.sleep(0.3)
        while piece := line.recv(1 << 20):
            said += piece
    assert len(said.partition(b"\r\n\r\n")[2]) == 40_000_000
    _, errors = process.communicate(timeout=15)
    assert process.returncode in code
    assert errors == ""


def test_a_port_that_is_taken_is_told(home):
    publish(home)
    process, port = start(home)
    second = subprocess.run(
        [sys.executable, "-c", "from penholder.cli.serve import serve; serve()", "--port", str(port)],
        env=os.environ | {"PENHOLDER_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    process.terminate()
    process.communicate()
    assert second.returncode == 1
    assert f"127.0.0.1:{port} is taken" in second.stderr
