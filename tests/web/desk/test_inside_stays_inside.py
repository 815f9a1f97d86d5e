"""What is said inside a department is in nothing that leaves it: pages, exports, letters, the site, its feeds and search, the evidence."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from tests.agreement.conftest import DEPARTMENTS, office, sealed  # noqa: F401 - fixtures
from tests.publishing.conftest import approve
from tests.web.desk.test_rounds import in_september, signed_in  # noqa: F401 - fixtures
from tests.web.test_agreed import drawn, home  # noqa: F401 - fixtures

from penholder.agreement import remarks
from penholder.jobs import notices
from penholder.jobs.models import Letter
from penholder.people.models import Role
from penholder.publishing import editions
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
SECRET = "marmalade"


@pytest.fixture
def talk(office, sealed):  # noqa: F811
    """Something that was only said inside the Treasury, in a round that goes on."""
    office.post("clerk", Role.CONTRIBUTOR, organisation="treasury")
    office.post("scribe", Role.PEN, organisation="treasury")
    office.open(sealed)
    remarks.make(
        asked_id=office.asked("treasury").pk, klass="a", body=f"Ask for {SECRET}.", section="skills",
        by=office.acting("clerk"), at=office.later(),
    )  # fmt: skip
    return office


def unpacked(path: Path) -> bytes:
    body = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(body)
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return body


@pytest.mark.parametrize("who", ["pen", "chair", "health", "scribe"])
def test_no_page_or_export_of_the_desk_tells_it_to_anybody_else(talk, signed_in, who):  # noqa: F811
    client, key, row = signed_in(who), talk.round.key, talk.asked("treasury").pk
    pages = ["", "chase/", "matrix/", "matrix.csv", "remarks/", "remarks.csv", "remarks.odt", "run/"]
    for page in [f"/desk/rounds/{key}/{page}" for page in pages] + [
        "/desk/", f"/desk/answers/{row}/", f"/desk/answers/{row}/inside/",
    ]:  # fmt: skip
        answer = client.get(page)
        body = answer.content
        if page.endswith(".odt") and answer.status_code == 200:
            with zipfile.ZipFile(io.BytesIO(body)) as odt:
                body = odt.read("content.xml")
        assert SECRET.encode() not in body, page


def test_the_pen_team_of_the_same_organisation_is_outside(talk, signed_in):  # noqa: F811
    page = f"/desk/answers/{talk.asked('treasury').pk}/inside/"
    assert signed_in("scribe").get(page).status_code == 409
    assert SECRET in signed_in("clerk").get(page).content.decode()


def test_neither_letters_nor_the_record_nor_what_is_published_hold_it(talk, sealed, drawn):  # noqa: F811
    for name in DEPARTMENTS:
        talk.give(name)
    talk.clear()
    approve(talk, sealed)
    editions.publish(iteration=sealed, by=talk.acting("pen"), at=talk.later())
    notices.follow(at=talk.later())
    assert Letter.objects.exists()
    assert not any(SECRET in f"{letter.__dict__}" for letter in Letter.objects.all())
    assert not any(SECRET in f"{entry.reason}{entry.facts}" for entry in Entry.objects.all())
    release = drawn()
    files = [path for path in release.rglob("*") if path.is_file()]
    assert any(path.suffix == ".zip" for path in files)
    assert [path for path in files if SECRET.encode() in unpacked(path)] == []
