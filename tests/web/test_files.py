"""What a reader gets for a published address, header by header."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from penholder.publishing import sites
from penholder.publishing.sites import File, Page, Redirect
from penholder.web.public.application import Behind, FilesFirst
from penholder.web.public.files import Asked, Extent, Published, address_of
from penholder.web.public.headers import allowed, preferences

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
LONG = b"<p>Every board has a digital leader.</p>\n" * 100
FILM = bytes(range(256)) * 8000


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site(settings, tmp_path):
    settings.PENHOLDER_PUBLIC = tmp_path / "public"
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    film = tmp_path / "film.mp4"
    film.write_bytes(FILM)

    def publish(*more, at=NOON):
        pages = [
            Page("/", LONG),
            Page("/strategy/", LONG + b"strategy"),
            Page("/short/", b"short"),
            Page("/data.json", b"{}", "application/json"),
            Page("/404.html", b"<h1>There is no page here</h1>"),
            Page("/média/café/", b"accents"),
            Page("/assets/a-B3xq91.css", b"body{}", "text/css; charset=utf-8", immutable=True),
            Page("/picture.svg", b"<svg/>", "image/svg+xml"),
            File("/media/f1/film.mp4", film),
            Redirect("/old/", "/strategy/#aims"),
            Redirect("/old.html", "/strategy/"),
        ]
        return sites.build(at=at, pages=[*pages, *more])

    publish()
    return publish


@pytest.fixture
def published(site, settings, clock):
    return Published(settings.PENHOLDER_PUBLIC, clock=clock)


def get(published, path, method="GET", **headers):
    return published.answer(Asked(method, path, **{name: value.encode() for name, value in headers.items()}))


def told(answer):
    return {name.decode(): value.decode() for name, value in answer.headers}


def test_a_page_comes_with_everything_a_browser_needs(published):
    answer = get(published, "/")
    assert (answer.status, answer.body) == (200, LONG)
    headers = told(answer)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-length"] == str(len(LONG))
    assert headers["last-modified"] == "Tue, 06 Nov 2012 12:00:00 GMT"
    assert headers["cache-control"] == "public, no-cache"
    assert headers["vary"] == "accept-encoding"
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0.5, gzip;q=1.0", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity;q=1, br;q=0.5", None),
        ("identity;q=0.2, gzip;q=0.3", "gzip"),
        ("identity;q=0", None),
        ("br;q=nonsense, gzip", "gzip"),
        ("br;level=3;q=1", "br"),
        ("", None),
        ("deflate", None),
        ("brotli", None),
        (",,;;==q", None),
    ],
)
def test_the_coding_that_the_reader_wants_most_is_sent(published, wanted, given):
    answer = get(published, "/", encodings=wanted)
    assert told(answer).get("content-encoding") == given
    assert told(answer)["content-length"] == str(len(answer.body))
    assert told(answer)["vary"] == "accept-encoding"


def test_a_file_without_variants_does_not_vary(published):
    assert "vary" not in told(get(published, "/short/", encodings="br"))


def test_each_coding_has_its_own_etag(published):
    tags = {get(published, "/", encodings=coding).etag for coding in ("", "gzip", "br")}
    assert len(tags) == 3


@pytest.mark.parametrize("tag", ["{}", "W/{}", '"x", {}', '"x",W/{} , "y"', "*"])
def test_a_page_that_did_not_change_is_not_sent_again(published, tag):
    etag = get(published, "/", encodings="br").etag.decode()
    answer = get(published, "/", encodings="br", if_none_match=tag.format(etag))
    assert (answer.status, answer.body) == (304, b"")
    assert told(answer)["etag"] == etag
    assert told(answer)["vary"] == "accept-encoding"
    assert "content-length" not in told(answer)


def test_another_etag_gets_the_page_even_when_the_date_would_do(published):
    answer = get(published, "/", if_none_match='"x"', if_modified_since="Tue, 06 Nov 2012 12:00:00 GMT")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Tue, 06 Nov 2012 12:00:00 GMT", 304),
        ("Wed, 07 Nov 2012 12:00:00 GMT", 304),
        ("Tue, 06 Nov 2012 11:59:59 GMT", 200),
        ("yesterday", 200),
        ("Tue, 99 Nov 99999 11:59:59 GMT", 200),
    ],
)
def test_the_date_is_asked_when_no_etag_is(published, since, status):
    assert get(published, "/", if_modified_since=since).status == status


def test_an_address_without_its_slash_leads_to_the_one_with_it(published):
    answer = get(published, "/strategy", query="print=1")
    assert (answer.status, told(answer)["location"]) == (301, "/strategy/?print=1")
    assert told(get(published, "/strategy/index.html"))["location"] == "/strategy/"


def test_an_address_with_accents_is_found_and_led_to_in_ascii(published):
    assert get(published, address_of(b"/m%C3%A9dia/caf%C3%A9/")).body == b"accents"
    assert told(get(published, "/média/café"))["location"] == "/m%C3%A9dia/caf%C3%A9/"


@pytest.mark.parametrize(
    ("path", "to"), [("/old/", "/strategy/#aims"), ("/old", "/strategy/#aims"), ("/old.html", "/strategy/")]
)
def test_an_old_address_leads_on_for_ever(published, path, to):
    answer = get(published, path)
    assert (answer.status, told(answer)["location"]) == (301, to)
    assert get(published, path, method="POST").status == 308


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd", "/..", "//", "//strategy/", "/strategy//", "/./", "/strategy/../", "\0", "/strategy/\0", "/strategy\n/",
        "strategy/", "/STRATEGY/", "/site.json/", "/index.html/", "/releases/", "\\strategy\\", "//evil.example/..", "/" * 5000,
        "/%73trategy/", "/index.html.br", "/strategy/index.html.gz", "/." , "/~root/", "/con", "https://evil.example/",
    ],
)  # fmt: skip
def test_nothing_but_what_was_published_is_found(published, path):
    assert get(published, path) is None


def test_what_is_not_text_is_no_address():
    assert address_of(b"/%ff%fe/") is None
    assert address_of(b"/\xff/") is None


def test_only_reading_is_possible(published):
    answer = get(published, "/", method="DELETE")
    assert (answer.status, told(answer)["allow"]) == (405, "GET, HEAD")


def test_a_page_that_is_not_there_says_so_in_the_sites_own_words(published):
    answer = published.absent(Asked("GET", "/nothing/"))
    assert (answer.status, answer.body) == (404, b"<h1>There is no page here</h1>")
    assert "etag" not in told(answer)


def test_before_the_first_publish_the_answer_says_that(tmp_path):
    assert b"Nothing has been published" in Published(tmp_path).absent(Asked("GET", "/")).body


def test_hashed_assets_may_be_kept_for_ever_and_pages_are_asked_for_again(published):
    assert told(get(published, "/assets/a-B3xq91.css"))["cache-control"] == "public, max-age=31536000, immutable"
    assert told(get(published, "/media/f1/film.mp4"))["cache-control"] == "public, max-age=31536000, immutable"


def test_every_answer_is_closed_to_what_it_does_not_need(published):
    for answer in (
        get(published, "/"),
        get(published, "/old/"),
        get(published, "/", method="PUT"),
        published.unavailable(),
    ):
        headers = told(answer)
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers


def test_a_picture_opened_by_itself_can_run_nothing(published):
    assert "sandbox" in told(get(published, "/picture.svg"))["content-security-policy"]


def test_open_data_may_be_read_from_other_sites(published):
    assert told(get(published, "/data.json"))["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in told(get(published, "/"))


def test_only_behind_tls_are_browsers_told_to_keep_to_it(site, settings):
    published = Published(settings.PENHOLDER_PUBLIC, tls=True)
    assert told(get(published, "/"))["strict-transport-security"].startswith("max-age=31536000")


def test_a_film_is_sent_from_disk_and_in_parts(published):
    whole = get(published, "/media/f1/film.mp4")
    assert isinstance(whole.body, Extent)
    assert told(whole)["accept-ranges"] == "bytes"
    part = get(published, "/media/f1/film.mp4", range="bytes=1000-1999")
    assert part.status == 206
    assert told(part)["content-range"] == f"bytes 1000-1999/{len(FILM)}"
    assert told(part)["content-length"] == "1000"
    assert part.body[1:] == (1000, 1000)


def test_a_part_of_a_page_is_a_part_of_its_plain_form(published):
    part = get(published, "/", range="bytes=3-8", encodings="br")
    assert (part.status, part.body) == (206, LONG[3:9])
    assert "content-encoding" not in told(part)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=90-1000", (90, 100)),
        ("Bytes = 1 - 2", (1, 3)),
        ("bytes=100-", ()),
        ("bytes=-0", ()),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=1", None),
        ("lines=1-2", None),
        ("bytes=--5", None),
        ("bytes=²-3", None),
        ("bytes=99999999999999999999999999-", None),
    ],
)
def test_ranges_as_the_standard_has_them(header, span):
    assert allowed(header.encode("utf-8"), 100) == span


def test_a_range_past_the_end_is_told_how_long_the_file_is(published):
    answer = get(published, "/short/", range="bytes=99-")
    assert (answer.status, told(answer)["content-range"]) == (416, "bytes */5")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{etag}", 206),
        ('"other"', 200),
        ("W/{etag}", 200),
        ("Tue, 06 Nov 2012 12:00:00 GMT", 206),
        ("Tue, 06 Nov 2012 12:00:01 GMT", 200),
    ],
)
def test_a_part_is_only_sent_of_the_file_the_player_began_with(published, condition, status):
    etag = get(published, "/short/").etag.decode()
    assert get(published, "/short/", range="bytes=1-2", if_range=condition.format(etag=etag)).status == status


def test_head_never_asks_for_a_part(published):
    assert get(published, "/short/", method="HEAD", range="bytes=1-2").status == 200


def test_a_new_release_shows_within_a_second_and_not_by_looking_every_time(published, site, clock):
    assert get(published, "/new/") is None
    site(Page("/new/", b"new"), at=NOON + timedelta(hours=1))
    clock.now = 0.5
    assert get(published, "/new/") is None
    clock.now = 1.0
    assert get(published, "/new/").body == b"new"


def test_what_is_in_memory_is_answered_when_the_disk_is_out_of_reach(published, settings, clock):
    get(published, "/")
    (settings.PENHOLDER_PUBLIC / "current").unlink()
    clock.now = 5.0
    assert get(published, "/").body == LONG


def test_memory_has_a_limit(site, settings, clock):
    published = Published(settings.PENHOLDER_PUBLIC, clock=clock, room=5000)
    for path in ("/", "/strategy/", "/short/", "/"):
        assert get(published, path).status == 200
    assert published.size <= 5000
    assert published.size == sum(len(answer.body) for answer in published.kept.values())


def test_preferences_are_remembered_but_not_without_end():
    for number in range(3000):
        preferences(f"gzip;q=0.{number}".encode())
    assert preferences.cache_info().currsize <= 1024


def ask(app, path, method="GET", headers=(), kind="http"):
    """One request through the ASGI door."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "query_string": b"", "headers": list(headers)}
    asyncio.run(app(scope, receive, send))
    return sent


def test_the_asgi_door_gives_the_same_answers(published):
    start, body = ask(
        FilesFirst(published), "/", headers=[(b"accept-encoding", b"gzip"), (b"accept-encoding", b"br;q=0")]
    )
    assert start["status"] == 200
    assert (b"content-encoding", b"gzip") in start["headers"]
    assert body["body"][:2] == b"\x1f\x8b"


def test_a_film_comes_piece_by_piece(published):
    _, *pieces = ask(FilesFirst(published), "/media/f1/film.mp4")
    assert b"".join(piece["body"] for piece in pieces) == FILM
    assert len(pieces) > 3
    assert [piece["more_body"] for piece in pieces][-2:] == [True, False]


def test_head_has_the_headers_and_no_body(published):
    start, body = ask(FilesFirst(published), "/media/f1/film.mp4", method="HEAD")
    assert dict(start["headers"])[b"content-length"] == str(len(FILM)).encode()
    assert body["body"] == b""


def test_what_is_no_file_goes_to_the_application_behind_and_it_is_loaded_once(published):
    loaded = []

    async def behind(scope, receive, send):
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b"behind"})

    def load():
        loaded.append(1)
        return behind, lambda path: path.startswith("/desk/")

    app = FilesFirst(published, Behind(load))
    ask(app, "/")
    assert loaded == []
    assert ask(app, "/desk/")[0]["status"] == 202
    assert ask(app, "/nothing/")[0]["status"] == 404
    assert ask(app, "/desk/x/", method="POST")[0]["status"] == 202
    assert loaded == [1]


def test_an_application_that_cannot_start_does_not_take_the_pages_with_it(published, caplog):
    def load():
        raise RuntimeError("the settings are broken")

    app = FilesFirst(published, Behind(load))
    assert ask(app, "/desk/")[0]["status"] == 503
    assert "the settings are broken" in caplog.text
    assert ask(app, "/")[0]["status"] == 200


def test_a_server_that_speaks_of_life_and_sockets_is_answered(published):
    sent = []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message["type"])

    loaded = []
    behind = Behind(lambda: loaded.append(1) or (None, lambda _: False))

    async def live():
        await FilesFirst(published, behind)({"type": "lifespan"}, receive, send)
        while not loaded:  # noqa: ASYNC110 - it is loaded on a thread
            await asyncio.sleep(0.01)

    asyncio.run(live())
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert ask(FilesFirst(published), "/", kind="websocket")[0]["type"] == "websocket.close"


def test_the_real_application_asks_django_only_for_what_is_no_file(site, settings, monkeypatch):
    from penholder.config import asgi

    monkeypatch.setattr(asgi.app, "published", Published(settings.PENHOLDER_PUBLIC))
    assert ask(asgi.app, "/")[0]["status"] == 200
    assert ask(asgi.app, "/no-such-page/")[0]["status"] == 404
    assert ask(asgi.app, "/no-such-page", method="POST")[0]["status"] == 404


def test_the_index_can_be_read_by_anybody(published, settings):
    assert (
        json.loads((settings.PENHOLDER_PUBLIC / "current" / "redirects.json").read_text())["/old/"] == "/strategy/#aims"
    )
