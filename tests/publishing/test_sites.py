"""A publish writes the whole site and shows it in one step; whatever goes wrong, the old one stands."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest

from penholder.errors import Conflict, Missing, Refused
from penholder.publishing import releases, sites
from penholder.publishing.sites import File, Page, Redirect, Undrawn

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
LONG = b"<p>Every board has a digital leader.</p>\n" * 100


def no_pages(*, at):
    return []


@pytest.fixture
def public(settings, tmp_path) -> Path:
    settings.PENHOLDER_PUBLIC = tmp_path / "public"
    settings.PENHOLDER_CACHE = tmp_path / "cache"
    settings.PENHOLDER_ASSETS = tmp_path / "no-assets"
    return settings.PENHOLDER_PUBLIC


def publish(*pages, at=NOON, **options):
    return sites.build(at=at, pages=pages, **options)


def read(public: Path, path: str) -> bytes:
    return (public / "current" / path).read_bytes()


def index(public: Path) -> dict:
    return json.loads(read(public, "site.json"))["files"]


def test_a_page_stands_where_its_address_says(public):
    publish(Page("/", b"front"), Page("/actions/01/", b"first"), Page("coverage/coverage.csv", b"a,b", "text/csv"))
    assert read(public, "index.html") == b"front"
    assert read(public, "actions/01/index.html") == b"first"
    assert read(public, "coverage/coverage.csv") == b"a,b"


def test_a_page_made_of_the_same_is_drawn_once(public):
    drawn = []

    def undrawn(made_of, body=LONG):
        return Undrawn("/services/", made_of, lambda: drawn.append(made_of) or body)

    publish(undrawn("first"))
    again = publish(undrawn("first"), at=NOON + timedelta(days=1))
    assert (drawn, again.drawn, again.written) == (["first"], 0, 0)
    assert index(public)["services/index.html"]["made_of"] == "first"
    assert gzip.decompress(read(public, "services/index.html.gz")) == LONG
    publish(undrawn("second", b"other"), at=NOON + timedelta(days=2))
    assert (drawn, read(public, "services/index.html")) == (["first", "second"], b"other")


def test_a_page_that_somebody_altered_on_disk_is_drawn_again(public):
    page = Undrawn("/services/", "same", lambda: LONG)
    publish(page)
    file = public / "current" / "services" / "index.html"
    file.write_bytes(LONG.replace(b"leader", b"dealer"))
    assert publish(page, at=NOON + timedelta(days=1)).drawn == 1
    assert read(public, "services/index.html") == LONG


def test_the_index_names_every_file_with_its_checksum(public):
    publish(Page("/", LONG), Page("/data.json", b"{}", "application/json"))
    assert index(public)["index.html"]["sha256"] == hashlib.sha256(LONG).hexdigest()
    assert index(public)["index.html"]["size"] == len(LONG)
    assert index(public)["data.json"]["type"] == "application/json"
    on_disk = {p.relative_to(public / "current").as_posix() for p in (public / "current").rglob("*") if p.is_file()}
    told = set(index(public)) | {"index.html.br", "index.html.gz", "site.json", "redirects.json"}
    assert on_disk == told


def test_compressed_variants_hold_what_the_page_says(public):
    publish(Page("/", LONG), Page("/photo.png", LONG, "image/png"), Page("/short/", b"short"))
    assert brotli.decompress(read(public, "index.html.br")) == LONG
    assert gzip.decompress(read(public, "index.html.gz")) == LONG
    assert not list((public / "current").glob("photo.png.*"))  # a picture is compressed already
    assert not list((public / "current" / "short").glob("*.br"))  # fits into a packet anyway
    assert index(public)["index.html"]["variants"][".br"] == len(read(public, "index.html.br"))


def test_the_same_pages_give_the_same_compressed_bytes(public):
    publish(Page("/", LONG))
    first = read(public, "index.html.gz"), read(public, "index.html.br")
    for kept in public.parent.glob("cache/compressed/*/*"):
        kept.unlink()
    for folder in (public / "releases").iterdir():
        (folder / "index.html.gz").unlink()
        (folder / "index.html.br").unlink()
    publish(Page("/", LONG))
    assert (read(public, "index.html.gz"), read(public, "index.html.br")) == first


def test_what_did_not_change_is_shared_with_the_release_before_and_keeps_its_date(public):
    publish(Page("/", LONG), Page("/other/", b"old"))
    before = (public / "current" / "index.html").stat().st_ino
    site = publish(Page("/", LONG), Page("/other/", b"new"), at=NOON + timedelta(days=1))
    assert site.written == 1
    assert (public / "current" / "index.html").stat().st_ino == before
    assert index(public)["index.html"]["modified"] == int(NOON.timestamp())
    assert index(public)["other/index.html"]["modified"] == int(NOON.timestamp()) + 86400
    assert (public / "current" / "other" / "index.html").stat().st_mtime == int(NOON.timestamp()) + 86400


def test_a_file_that_somebody_altered_is_not_passed_on(public):
    publish(Page("/", LONG))
    (public / "current" / "index.html").write_bytes(LONG.replace(b"digital", b"analogue"))
    (public / "current" / "index.html.br").write_bytes(brotli.compress(b"something else"))
    publish(Page("/", LONG))
    assert read(public, "index.html") == LONG
    assert brotli.decompress(read(public, "index.html.br")) == LONG


def test_a_damaged_kept_variant_is_made_again(public):
    publish(Page("/", LONG))
    for kept in public.parent.glob("cache/compressed/*/*"):
        kept.unlink()
        kept.write_bytes(b"")
    for folder in (public / "releases").iterdir():
        (folder / "index.html.br").unlink()
    publish(Page("/", LONG))
    assert brotli.decompress(read(public, "index.html.br")) == LONG


def test_variants_of_content_that_no_release_holds_are_forgotten(public):
    for number in range(5):
        publish(Page("/", LONG + str(number).encode()))
    kept = {path.name.partition(".")[0] for path in public.parent.glob("cache/compressed/*/*")}
    assert kept == {hashlib.sha256(LONG + str(number).encode()).hexdigest() for number in (2, 3, 4)}


def test_the_last_three_releases_are_kept(public):
    for number in range(5):
        publish(Page("/", str(number).encode()))
    names = sorted(folder.name for folder in (public / "releases").iterdir())
    assert [name[:6] for name in names] == ["000003", "000004", "000005"]
    assert (public / "current").resolve().name == names[-1]


def test_a_clock_that_goes_back_does_not_hide_the_newest_release(public):
    publish(Page("/", b"first"))
    publish(Page("/", b"second"), at=NOON - timedelta(days=400))
    publish(Page("/", b"third"), at=NOON - timedelta(days=800))
    assert read(public, "index.html") == b"third"
    assert len(releases.kept(public)) == 3


@pytest.mark.parametrize(
    "path", ["../out", "/a/../../out", "a//b", "a/./b", "a\\..\\b", "nul\0", "line\nbreak", "x" * 300]
)
def test_an_address_that_climbs_out_is_refused_and_the_old_site_stands(public, path):
    publish(Page("/", b"old"))
    with pytest.raises(Refused, match=r"address|shorter"):
        publish(Page("/", b"new"), Page(path, b"bad"))
    assert read(public, "index.html") == b"old"
    assert [folder.suffix for folder in (public / "releases").iterdir()] == [""]


@pytest.mark.parametrize(
    "pages",
    [
        [Page("/a/", b"1"), Page("/a/index.html", b"2")],
        [Page("/a", b"1"), Page("/a/b", b"2")],
        [Page("/a/b", b"1"), Page("/a", b"2")],
        [Page("/site.json", b"1")],
        [Page("/x.html", LONG), Page("/x.html.br", b"1", "application/octet-stream")],
    ],
)
def test_two_files_at_one_address_are_refused(public, pages):
    with pytest.raises(Refused, match=r"Two pages want|a page here and a folder there"):
        publish(*pages)
    assert not (public / "current").exists()


def test_an_old_address_leads_on_even_where_only_files_are_served(public):
    publish(
        Page("/strategy/", b"s"), Redirect("/digital/strategy", "/strategy/#aims"), Redirect("/d.html", "/strategy/")
    )
    assert json.loads(read(public, "redirects.json")) == {
        "/d.html": "/strategy/",
        "/digital/strategy/": "/strategy/#aims",
    }
    stub = read(public, "digital/strategy/index.html").decode()
    assert '<link rel="canonical" href="/strategy/#aims">' in stub
    assert '<meta http-equiv="refresh" content="0; url=/strategy/#aims">' in stub
    assert b"/strategy/" in read(public, "d.html")


def test_a_chain_of_old_addresses_leads_to_its_end_at_once(public):
    publish(Page("/new/", b"n"), Redirect("/oldest/", "/older/"), Redirect("/older/", "/new/#here"))
    assert json.loads(read(public, "redirects.json"))["/oldest/"] == "/new/#here"


def test_an_address_that_has_a_page_again_needs_no_redirect(public):
    assert publish(Page("/a/", b"back"), Page("/b/", b"b"), Redirect("/a/", "/b/")).redirects == 0
    assert read(public, "a/index.html") == b"back"


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("/nowhere/", "there is no page"),
        ("//evil.example/", "off the site"),
        ("https://evil.example/", "off the site"),
        ("/old/", "in a circle"),
        ("/a/../../etc/passwd", "there is no page"),
        ("/\\evil.example", "off the site"),
    ],
)
def test_a_redirect_to_nowhere_is_refused(public, to, says):
    with pytest.raises(Refused, match=says):
        publish(Page("/", b"front"), Redirect("/old/", to))


def test_a_hostile_target_cannot_break_out_of_the_stub(public):
    publish(Page('/a"><script>/', b"a"), Redirect("/old/", '/a"><script>/'))
    assert b"<script>" not in read(public, "old/index.html")


def test_a_file_is_copied_with_its_kind(public, tmp_path):
    film = tmp_path / "leaders.mp4"
    film.write_bytes(os.urandom(3_000_000))
    publish(File("/media/abc/leaders.mp4", film))
    assert read(public, "media/abc/leaders.mp4") == film.read_bytes()
    assert index(public)["media/abc/leaders.mp4"]["type"] == "video/mp4"
    assert index(public)["media/abc/leaders.mp4"]["immutable"] is True
    inode = (public / "current/media/abc/leaders.mp4").stat().st_ino
    assert publish(File("/media/abc/leaders.mp4", film)).written == 0
    assert (public / "current/media/abc/leaders.mp4").stat().st_ino == inode


def test_built_assets_that_have_a_hash_in_their_name_may_be_kept_for_ever(public, settings, tmp_path):
    built = settings.PENHOLDER_ASSETS = tmp_path / "built"
    (built / "sub").mkdir(parents=True)
    (built / "site-B3xq91.css").write_bytes(b"body{}" * 400)
    (built / "sub" / "govuk-frontend.svg").write_bytes(b"<svg/>")
    (built / "manifest.json").write_text(json.dumps({"site.ts": {"file": "x.js", "css": ["site-B3xq91.css"]}}))
    settings.PENHOLDER_PAGES = f"{__name__}.no_pages"
    sites.build(at=NOON)
    assert index(public)["assets/site-B3xq91.css"]["immutable"] is True
    assert index(public)["assets/site-B3xq91.css"]["type"] == "text/css; charset=utf-8"
    assert "immutable" not in index(public)["assets/sub/govuk-frontend.svg"]
    assert "assets/manifest.json" not in index(public)


def test_progress_is_told(public):
    told = []
    publish(Page("/", b"1"), Page("/a/", b"2"), progress=lambda *step: told.append(step))
    assert told == [(1, 0, "index.html"), (2, 0, "a/index.html")]


def test_a_second_publish_at_once_waits_and_then_says_so(public):
    with releases.alone(public, wait=0), pytest.raises(Conflict, match=f"by process {os.getpid()} since"):
        publish(Page("/", b"x"), wait=0.1)
    publish(Page("/", b"x"), wait=0)


def test_a_page_that_cannot_be_drawn_leaves_the_old_site(public):
    publish(Page("/", b"old"))

    def pages():
        yield Page("/", LONG)
        raise ValueError("a template is broken")

    with pytest.raises(ValueError, match="template is broken"):
        sites.build(at=NOON, pages=pages())
    assert read(public, "index.html") == b"old"
    assert len(list((public / "releases").iterdir())) == 1


def test_check_finds_what_differs_from_what_was_published(public):
    with pytest.raises(Missing, match="no published site"):
        sites.check()
    publish(Page("/", LONG), Page("/a/", LONG + b"a"), Page("/b/", b"b"), Page("/c/", b"c"))
    assert sites.check() == []
    (public / "current/index.html").write_bytes(b"tampered")
    (public / "current/a/index.html.gz").write_bytes(gzip.compress(b"tampered"))
    (public / "current/b/index.html").unlink()
    said = sites.check(progress=lambda *_: None)
    assert sorted(line.split(":")[0] for line in said) == sorted(["index.html", "a/index.html.gz", "b/index.html"])
