"""Sending figures at the desk: template, preview, what is wrong by cell, the decision, the receipt; and who may."""

from __future__ import annotations

import csv
import io
import re
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.services.conftest import NOON, ministry  # noqa: F401 - fixtures

from penholder.people.models import Role
from penholder.services.models import Submitted, Upload

PASSWORD = "correct horse battery"
HEAD = "Service,Channel,Period,Completed transactions\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    monkeypatch.setattr("penholder.web.desk.access.timezone", SimpleNamespace(now=lambda: NOON))


@pytest.fixture
def enter(ministry, settings):  # noqa: F811
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PENHOLDER_SECOND_FACTOR = frozenset()

    def enter(name, role=Role.LEADER, body="interior"):
        person = ministry.acting(name, role, body).person
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.get_or_create(user=person, email=person.email, verified=True, primary=True)
        client = Client()
        assert client.post("/account/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
        return client

    return enter


def words(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode().partition("<main")[2]).split())


def send(client, text, name="september.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/desk/services/figures/", {"file": SimpleUploadedFile(name, data)})


def test_a_file_is_previewed_and_then_taken_in(enter):
    client = enter("ada")
    sent = send(client, f"{HEAD}Passports,Digital,2026-09,1200\nPassports,Phone,2026-09,-\n")
    page = client.get(sent.url)
    assert "2 rows can be taken in" in words(page)
    assert "Completed transactions, Digital September 2026 1,200 new" in words(page)
    assert "not provided" in words(page)
    assert Submitted.objects.count() == 0
    done = client.post(f"{sent.url}take/", {"act": "take"}, follow=True)
    assert "Rows taken in 2" in words(done)
    assert Submitted.objects.count() == 2
    assert "september.csv" in words(client.get("/desk/services/figures/"))


def test_what_is_wrong_stands_by_its_cell_and_the_good_rows_go_in_by_choice(enter):
    client = enter("ada")
    sent = send(
        client, f"{HEAD}Passports,Digital,2026-09,1200\nPasports,Phone,2026-09,5\n=HYPERLINK(1),Phone,2026-09,5\n"
    )
    page = client.get(sent.url)
    assert "1 row can be taken in" in words(page)
    assert "Do you mean “Passports”" in words(page)
    table = list(csv.reader(io.StringIO(client.get(f"{sent.url}errors.csv").content.decode("utf-8-sig"))))
    assert [line[2] for line in table[1:]] == ["A3", "A4"]
    assert table[2][3].startswith("'=")
    refused = client.post(f"{sent.url}take/", {"act": "take"})
    assert refused.status_code == 409
    assert "2 rows have errors" in words(refused)
    done = client.post(f"{sent.url}take/", {"act": "take", "good_only": "yes"}, follow=True)
    assert "Rows left out 2" in words(done)
    left = client.get(f"{sent.url}errors.csv").content.decode()
    assert "Pasports" in left
    assert Submitted.objects.count() == 1


def test_a_public_figure_changes_only_with_a_reason(ministry, enter):  # noqa: F811
    ministry.submit("passports", "2026-09", digital__transactions=1000, published=True)
    client = enter("ada")
    sent = send(client, f"{HEAD}Passports,Digital,2026-09,1200\n")
    assert "What would change public figures" in words(client.get(sent.url))
    assert "Say why" in words(client.post(f"{sent.url}take/", {"act": "take"}))
    done = client.post(f"{sent.url}take/", {"act": "take", "reason": "Counted anew."}, follow=True)
    assert "Counted anew." in words(done)
    page = client.get("/desk/services/register/passports/figures/")
    assert "1,200 (revised: Counted anew.)" in words(page)


def test_quarters_are_asked_about_once_and_a_file_can_be_forgotten(enter):
    client = enter("ada")
    sent = send(client, f"{HEAD}Passports,Digital,Q1 2026,5\n")
    assert "What do quarters and years mean in this file?" in words(client.get(sent.url))
    client.post(f"{sent.url}take/", {"act": "quarters", "quarters": "financial"})
    assert "April 2026 to June 2026" in words(client.get(sent.url))
    client.post(f"{sent.url}take/", {"act": "discard"})
    assert Upload.objects.count() == 0


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(enter):
    client = enter("ada")
    answer = send(client, "nothing of use")
    assert answer.status_code == 422
    assert "no table of figures" in words(answer)
    assert "empty" in words(send(client, ""))
    assert "5 MB is the most" in words(send(client, b"x" * 5_000_001))


def test_the_template_comes_prefilled_and_is_read_back(enter):
    client = enter("ada")
    page = client.get("/desk/services/figures/")
    assert 'value="2026-10"' in page.content.decode()
    asked = {"organisation": "interior", "first": "2026-09", "count": "2", "kind": "csv"}
    got = client.get("/desk/services/figures/template/", asked)
    table = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert len(table) == 1 + 2 * (3 + 1 + 2 + 1)
    assert table[1][:4] == ["licences", "Licences", "Digital", "Sep 2026"]
    book = client.get("/desk/services/figures/template/", asked | {"kind": "xlsx"})
    sent = send(client, book.content, "template.xlsx")
    assert "No row of this file can be taken in" in words(client.get(sent.url))
    other = client.get("/desk/services/figures/template/", asked | {"organisation": "work"})
    assert other.status_code == 409


def test_others_files_and_other_roles_get_no_further(enter):
    sent = send(enter("ada"), f"{HEAD}Passports,Digital,2026-09,1200\n")
    assert enter("eve").get(sent.url).status_code == 404
    minister = enter("mia", Role.MINISTER)
    assert minister.get("/desk/services/figures/").status_code == 409
    assert "Only these may" in words(minister.get("/desk/services/figures/"))
    assert Client().get("/desk/services/figures/").url.startswith("/account/login/")
    stranger = enter("wes", body="work")
    assert stranger.get("/desk/services/register/passports/figures/").status_code == 409


def test_the_register_is_listed_filtered_and_described_anew(ministry, enter):  # noqa: F811
    client = enter("pia", Role.PEN, "centre")
    assert "3 of 3 services" in words(client.get("/desk/services/"))
    assert "1 of 3 services" in words(client.get("/desk/services/?q=pass"))
    assert "1 of 3 services" in words(client.get("/desk/services/?organisation=work"))
    body = ministry.body("interior")
    said = {"name": "Feed a heron", "organisation": body.pk, "as_of": "2026-11-01", "channels": ["digital", "phone"]}
    made = client.post("/desk/services/add/", said, follow=True)
    assert "“Feed a heron” is in the register." in words(made)
    page = "/desk/services/register/feed-a-heron/"
    changed = client.post(
        f"{page}change/", said | {"name": "Feed herons", "reason": "They come in flocks."}, follow=True
    )
    assert "They come in flocks." in words(changed)
    assert "Nothing would change" in words(client.post(f"{page}change/", said | {"name": "Feed herons", "reason": "x"}))
    client.post(f"{page}channel/", {"kind": "post", "name": "By letter"})
    assert "By letter" in words(client.get(page))
    gone = {"kind": "merged", "successors": "passports", "on": "2026-11-10", "reason": "One form."}
    assert "Merged into passports on 10 November 2026." in words(client.post(f"{page}follow/", gone, follow=True))


def test_who_may_not_describe_services_is_told_why(enter):
    client = enter("wes", body="work")
    assert "Describe it anew" not in words(client.get("/desk/services/register/passports/"))
    assert "its own organisation" in words(client.get("/desk/services/register/passports/change/"))
    assert enter("mia", Role.MINISTER).get("/desk/services/add/").status_code == 409


def test_pages_ask_the_same_number_of_questions_however_many_services(ministry, enter, django_assert_max_num_queries):  # noqa: F811
    client = enter("ada")
    for number in range(60):
        ministry.service(f"service-{number}")
    for month in range(1, 10):
        ministry.submit("passports", f"2026-{month:02}", digital__transactions=month, started=9, completed=month)
    sent = send(client, f"{HEAD}Passports,Digital,2026-10,1200\n")
    for page in ("/desk/services/", "/desk/services/?page=2", "/desk/services/register/passports/", sent.url,
                 "/desk/services/register/passports/figures/", "/desk/services/figures/"):  # fmt: skip
        with django_assert_max_num_queries(22):
            assert client.get(page).status_code == 200
