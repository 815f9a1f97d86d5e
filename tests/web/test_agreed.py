"""“How this was agreed”: what the public is told, what it is not, and a page that does not say what was sealed."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from contextlib import contextmanager

import pytest
from tests.agreement.conftest import DEPARTMENTS, MONDAY, office, sealed  # noqa: F401 - fixtures
from tests.publishing.conftest import approve, published, sign_off  # noqa: F401 - a fixture

from penholder.agreement import rounds
from penholder.agreement.rules import AskFor
from penholder.errors import Missing, Refused
from penholder.publishing import editions, remote, sites
from penholder.record import checkpoints

pytestmark = pytest.mark.django_db
PAGE = "strategy/editions/1/agreed/index.html"


@pytest.fixture
def home(settings, tmp_path):
    """Folders of its own for the site and the cache."""
    settings.PENHOLDER_PUBLIC, settings.PENHOLDER_CACHE = tmp_path / "public", tmp_path / "cache"
    return tmp_path


@pytest.fixture
def drawn(office, home):  # noqa: F811
    """The site, written once more, as files."""

    def write(*, signed=True):
        if signed:
            checkpoints.sign(key=checkpoints.key_at(home / "key"), at=office.later())
        return sites.build(at=office.later()).release

    return write


def words(release, path):
    body = (release / path).read_text(encoding="utf-8").partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_the_page_tells_who_was_asked_what_they_answered_and_what_cleared_it(published, drawn):  # noqa: F811
    told = words(drawn(), PAGE)
    assert "4 answers were asked for. 4 were given for this very text." in told
    assert "3 asked, 3 answered" in told
    assert "Digital Leader, Health Content 10 September 2012" in told
    assert "The sign-off was declared complete by Chair, Cabinet" in told
    assert "Minister, Cabinet Content 10 September 2012" in told
    assert "It was published as edition 1. It is agreed." in told
    assert published.iteration.seal in told


def test_names_reasons_and_remarks_are_not_told(office, sealed, drawn):  # noqa: F811
    office.open(sealed)
    for department in DEPARTMENTS:
        office.give(department, reason="Between us.", person=department)
    office.clear(reason="They were quick.")
    approve(office, sealed)
    editions.publish(iteration=sealed, by=office.acting("pen"), at=office.later())
    release = drawn()
    for path in ("strategy/editions/1/agreed/index.html", "cy/strategy/editions/1/agreed/index.html"):
        if (release / path).exists():
            told = words(release, path)
            assert "Between us" not in told
            assert "They were quick" not in told


def test_silence_delegates_sections_and_what_was_carried_are_told_as_such(office, drawn):  # noqa: F811
    first = office.seal()
    office.open(
        first, AskFor(office.posts["treasury"], ["vision"]), "health", "home", clear_days=10, silence_is_consent=True
    )
    office.give("treasury")
    newer = office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    office.renew(newer)
    office.give("health")
    office.later(days=30)
    office.clear()
    approve(office, newer)
    editions.publish(iteration=newer, by=office.acting("pen"), at=office.later())
    told = words(drawn(), PAGE)
    assert "Content (signed on 10 September 2012; nothing that it answers for has changed since)" in told
    assert "For these sections: Vision" in told
    assert "Digital Leader, Home Taken to agree, by silence" in told
    assert "Who did not answer in time was taken to agree." in told
    assert "1 is silence that counted as consent." in told


def test_advice_is_told_in_numbers_only(office, sealed, drawn):  # noqa: F811
    office.post("sage", "adviser")
    office.open(sealed, "sage", kind="advice")
    office.give("sage", "advice", reason="Shorter.")
    rounds.close(round_id=office.round.pk, by=office.acting("pen"), at=office.later(), reason="Heard.")
    sign_off(office, sealed)
    approve(office, sealed)
    editions.publish(iteration=sealed, by=office.acting("pen"), at=office.later())
    release = drawn()
    told = words(release, PAGE)
    assert "Advice: 1 asked, 1 answered, until 10 September 2012" in told
    assert "Adviser, Sage" not in told
    assert b"sage-adviser" not in (release / "strategy/editions/1/evidence.zip").read_bytes()


def test_what_was_agreed_elsewhere_says_so(office, sealed, drawn):  # noqa: F811
    sign_off(office, sealed)
    editions.publish(iteration=sealed, at=office.later(), agreed_elsewhere=True)
    told = words(drawn(), PAGE)
    assert "This edition was agreed in another place before it came here." in told
    assert "Digital Leader" not in told


def test_before_the_record_is_signed_the_page_says_when_there_will_be_evidence(published, drawn):  # noqa: F811
    release = drawn(signed=False)
    assert "after the record is next signed" in words(release, PAGE)
    assert not (release / "strategy/editions/1/evidence.zip").exists()
    assert "describedby" not in (release / "strategy/index.html").read_text(encoding="utf-8")


def test_publishing_again_makes_no_evidence_anew_and_forgets_what_nobody_needs(published, drawn, home):  # noqa: F811
    drawn()
    kept = list((home / "cache/evidence").iterdir())
    (home / "cache/evidence/old.zip").write_bytes(b"old")
    drawn()
    assert list((home / "cache/evidence").iterdir()) == kept


@contextmanager
def served(folder):
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path == "/away/":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:9/")
            self.end_headers()
            return
        super().do_GET()


def test_a_page_on_the_web_is_held_against_its_evidence(published, drawn):  # noqa: F811
    release = drawn()
    with served(release) as site:
        for path in ("/strategy/", "/strategy/editions/1/", f"/{PAGE}", "/strategy/editions/1/evidence.zip"):
            checked = remote.check(f"{site}{path}")
            assert (checked.broken, checked.seal) == ([], published.iteration.seal)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "prefer them",
            "tolerate them",
            "the page does not say what was sealed. It says “… so good that people tolerate",
        ),
        ("Every department has a leader.", "", "the page does not say what was sealed"),
        ('penholder:seal" content="', 'penholder:seal" content="0', "it carries the seal 0"),
    ],
)
def test_a_page_that_says_something_else_is_named(published, drawn, old, new, said):  # noqa: F811
    release = drawn()
    page = release / "strategy/index.html"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.unlink()  # it may be shared with another release
    page.write_text(text.replace(old, new), encoding="utf-8")
    with served(release) as site:
        (found,) = remote.check(f"{site}/strategy/").broken
    assert said in found.what


def test_what_cannot_be_checked_at_an_address_is_refused_in_words(published, drawn, home):  # noqa: F811
    release = drawn()
    elsewhere = (release / "strategy/index.html").read_text(encoding="utf-8")
    (release / "elsewhere.html").write_text(
        elsewhere.replace('href="/strategy/editions/1/e', 'href="http://a.example/e')
    )
    (release / "empty.html").write_bytes(b"")
    with served(release) as site:
        for path, kind, said in [
            ("/help/", Refused, "carries no seal"),
            ("/nowhere/", Missing, "404"),
            ("/away/", Refused, "which is another site"),
            ("/elsewhere.html", Refused, "which is another site"),
            ("/empty.html", Refused, "carries no seal"),
        ]:
            with pytest.raises(kind, match=said):
                remote.check(f"{site}{path}")
    for url, kind in [(site, Missing), ("ftp://a.example/", Refused), ("https:///x", Refused)]:
        with pytest.raises(kind):
            remote.check(url)


def test_too_much_is_not_fetched(home):
    (home / "large").write_bytes(b"0" * 200_000)
    with served(home) as site, pytest.raises(Refused, match="which no page or bundle needs"):
        remote.fetch(f"{site}/large", home / "got", most=100_000)
