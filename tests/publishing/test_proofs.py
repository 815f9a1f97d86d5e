"""What somebody altered, in a table or on disk, is named; what nobody altered holds."""

from __future__ import annotations

import gzip
import json
from functools import partial
from hashlib import sha256

import pytest
from tests.mischief import tamper

from penholder.publishing import proofs, releases, sites
from penholder.publishing import shown as record
from penholder.publishing.sites import Page, Redirect
from penholder.record import checkpoints
from penholder.record.models import Entry
from penholder.seal import manifest_bytes

pytestmark = pytest.mark.django_db

MANIFEST = "/strategy/editions/1/manifest.json"


@pytest.fixture
def shown(published, office, settings, tmp_path):
    """The site of the first edition, published, noted in the record, and signed."""
    settings.PENHOLDER_PUBLIC, settings.PENHOLDER_CACHE = tmp_path / "public", tmp_path / "cache"
    pages = [
        Page("/", b"<!doctype html><title>The strategy</title>" + b"<p>Services so good.</p>" * 100),
        Page(MANIFEST, manifest_bytes(published.iteration.manifest), "application/json"),
        Redirect("/old/", "/"),
    ]
    at = office.later()
    site = sites.build(at=at, pages=pages, then=partial(record.note, at=at))
    checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=at)
    return site.release


def broken() -> dict[str, str]:
    return {one.where: one.what for one in proofs.everything().broken}


def test_what_nobody_altered_holds_and_is_counted(shown):
    proof = proofs.everything()
    assert proof.broken == ()
    assert (proof.checkpoints, proof.iterations, proof.answers, proof.editions, proof.files) == (1, 1, 4, 1, 3)


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE record_entry SET actor = 'Somebody' WHERE number = 3", "record:3"),
        ("UPDATE record_entry SET reason = 'It is wrong.' WHERE act = 'edition.published'", "edition 1 of strategy"),
        ("DELETE FROM record_entry WHERE number = 2", "record:2"),
        ("UPDATE record_checkpoint SET signature = REPLACE(signature, SUBSTR(signature, 1, 2), '00')", "record:"),
        ("UPDATE record_head SET number = number + 1", "record:"),
        ("UPDATE drafting_text SET body = REPLACE(body, 'good', 'bad')", "strategy:1"),
        ("UPDATE drafting_iteration SET label = 'Final'", "strategy:1"),
        ("UPDATE drafting_iteration SET reason = 'Because'", "strategy:1"),
        ("UPDATE drafting_sealedsection SET title = 'Dream' WHERE key = 'vision'", "strategy:1"),
        ("UPDATE drafting_sealedsection SET passages = '[]' WHERE key = 'vision'", "strategy:1"),
        ("UPDATE agreement_answer SET stance = 'nil' WHERE id = (SELECT MIN(id) FROM agreement_answer)", "answer 1 of"),
        ("UPDATE agreement_answer SET reason = 'Gladly.'", "answer 1 of minister-minister in strategy-1-approval"),
        ("UPDATE agreement_answer SET name = 'Nobody'", "answer 1 of home-leader in strategy-1-sign-off"),
        ("UPDATE agreement_answer SET by_post = 'Nobody'", "answer 1 of health-leader in strategy-1-sign-off"),
        ("UPDATE agreement_answer SET on_behalf_of = 'All'", "answer 1 of treasury-leader in strategy-1-sign-off"),
        ("UPDATE agreement_clearance SET by_post = 'The pen team'", "clearance of strategy-1-sign-off"),
        ("UPDATE agreement_clearance SET reason = 'Well'", "clearance of strategy-1-approval"),
        ("UPDATE agreement_round SET rule = 'one'", "agreement"),
        ("UPDATE publishing_edition SET reason = 'It is not.'", "edition 1 of strategy"),
        ("UPDATE publishing_edition SET agreed_elsewhere = TRUE", "edition 1 of strategy"),
        ("UPDATE publishing_edition SET number = 2", "edition 2 of strategy"),
    ],
)
def test_one_alteration_of_a_table_is_named(shown, sql, where):
    tamper(sql)
    assert [one for one in broken() if one.startswith(where)], broken()


@pytest.mark.parametrize(
    "name", ["index.html", "index.html.gz", "strategy/editions/1/manifest.json", "site.json", "redirects.json"]
)
def test_one_altered_byte_of_a_published_file_is_named(shown, name):
    file = shown / name
    body = bytearray(gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes())
    body[len(body) // 2] ^= 1
    written = gzip.compress(bytes(body)) if name.endswith(".gz") else bytes(body)
    file.unlink()  # a link to the kept variant, which must stay as it is
    file.write_bytes(written)
    assert f"site:{name}" in broken() or "site" in broken()


def test_a_page_that_was_altered_with_its_checksum_in_the_index_is_named(shown):
    page, index = shown / "index.html", shown / releases.INDEX
    page.unlink()
    page.write_bytes(b"<!doctype html><title>Another strategy</title>")
    told = json.loads(index.read_bytes())
    told["files"]["index.html"] = {**told["files"]["index.html"], "sha256": sha256(page.read_bytes()).hexdigest()}
    del told["files"]["index.html"]["variants"]
    index.write_text(json.dumps(told))
    assert broken() == {
        f"site:{releases.INDEX}": f"it is not the one that was published (entry {last()}). Publish again."
    }


def last() -> int:
    return Entry.objects.latest("number").number


def test_a_site_that_was_put_in_the_place_of_the_published_one_is_named(shown, office):
    sites.build(at=office.later(), pages=[Page("/", b"<!doctype html><title>Mine</title>")])
    assert "is shown, and the record tells that" in broken()["site"]


def test_an_older_site_that_was_put_back_is_named(shown, office, settings):
    at = office.later()
    manifest = Page(MANIFEST, (shown / MANIFEST.strip("/")).read_bytes(), "application/json")
    pages = [Page("/", b"<!doctype html><title>Corrected</title>"), manifest]
    newer = sites.build(at=at, pages=pages, then=partial(record.note, at=at))
    assert broken() == {}
    current = settings.PENHOLDER_PUBLIC / "current"
    current.unlink()
    current.symlink_to(shown)
    assert broken() == {
        "site": f"{shown.name} is shown, and the record tells that {newer.release.name} is. Publish again."
    }


@pytest.mark.parametrize(("pages", "says"), [([], "it is missing"), ([b"{}"], "it is not what was sealed")])
def test_a_site_that_was_published_without_what_was_sealed_is_named(shown, office, pages, says):
    at = office.later()
    made = [Page(MANIFEST, body, "application/json") for body in pages]
    sites.build(at=at, pages=[Page("/", b"<!doctype html>"), *made], then=partial(record.note, at=at))
    found = broken()
    assert list(found) == [f"site:{MANIFEST.strip('/')}"]
    assert found[f"site:{MANIFEST.strip('/')}"].startswith(says)


def test_a_site_that_vanished_is_missed(shown, settings):
    (settings.PENHOLDER_PUBLIC / "current").unlink()
    assert broken()["site"].startswith("the record tells of a site, and none is here")


def test_a_published_file_is_known_by_its_bytes(shown, published, tmp_path):
    copy = tmp_path / "copy.json"
    copy.write_bytes((shown / MANIFEST.strip("/")).read_bytes())
    assert proofs.of_file(copy) == [
        f"Published as {MANIFEST} in the site {shown.name}.",
        f"The manifest of strategy:1, published as edition 1 on 2012-09-10. Its seal is {published.iteration.seal}.",
    ]
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert proofs.of_file(copy) == []


def test_a_section_is_known_by_the_bytes_of_its_text(shown, office, tmp_path):
    copy = tmp_path / "vision.md"
    copy.write_text(office.texts["vision"], encoding="utf-8")
    assert proofs.of_file(copy) == ["The text of section “vision” in strategy:1."]
