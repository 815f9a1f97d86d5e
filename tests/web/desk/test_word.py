"""Word at the desk: a file is looked at before it is taken in, and nobody gets what they may not have."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.drafting.tables import WEEKLY, laid
from tests.drafting.test_arrivals import back, edited, sent  # noqa: F401 - fixtures
from tests.formats.word_files import body, p, put_in, run
from tests.web.desk.test_rounds import signed_in, words  # noqa: F401 - fixtures

from penholder.drafting.contributions import Suggestion
from penholder.drafting.returned_files import Arrival
from penholder.formats import libreoffice
from penholder.formats.word.reading import read

pytestmark = pytest.mark.django_db
PAGE = "/desk/texts/strategy/word/"


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


@pytest.fixture(autouse=True)
def today(monkeypatch, office):  # noqa: F811
    monkeypatch.setattr("penholder.web.desk.access.timezone.now", office.later)


def brought(client, data: bytes, name: str = "back.docx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)}, follow=True)


def test_a_document_is_looked_at_then_taken_in_once(table, back, signed_in):  # noqa: F811
    client = signed_in("pen")
    seen = brought(client, back)
    assert "2 would come in" in words(seen)
    assert "Iteration 1" in words(seen)
    assert "The file says so itself." in words(seen)
    assert not Suggestion.objects.exists()
    page = f"{PAGE}{Arrival.objects.get().pk}/"
    done = client.post(page, {"iteration": ""}, follow=True)
    assert "2 came in." in words(done)
    assert "2 are here already" in words(done)
    assert Suggestion.objects.count() == 2
    again = client.post(page, {"iteration": ""}, follow=True)
    assert "Nothing came in" in words(again)
    assert "back.docx" in words(client.get(PAGE))


def test_a_document_that_does_not_say_where_it_is_from_is_asked_about(table, signed_in):  # noqa: F811
    data = body(p(run(WEEKLY), put_in(" And Cardiff.")))
    seen = brought(signed_in("pen"), data)
    assert "The file does not say." in words(seen)
    assert b'<select class="govuk-select" id="iteration"' in seen.content


def test_what_was_edited_since_comes_in_and_what_has_no_place_is_shown(table, back, signed_in):  # noqa: F811
    table.edit(WEEKLY, "Leaders meet when they like.")
    seen = brought(signed_in("pen"), back)
    assert "It comes in at the passage as it was sent" in words(seen)
    bold = '</w:t></w:r><w:r><w:rPr><w:b/><w:rPrChange w:id="9"/></w:rPr><w:t>'
    formatted = edited(back, "has a leader.", f"has a {bold}leader.")
    assert "Only the formatting was changed" in words(brought(signed_in("pen"), formatted, "bold.docx"))


@pytest.mark.parametrize("data", [b"", b"rubbish", body(p())])
def test_what_cannot_be_read_is_said_beside_the_field(table, signed_in, data):  # noqa: F811
    answer = brought(signed_in("pen"), data)
    assert answer.status_code == 422
    assert b"govuk-error-message" in answer.content
    assert not Arrival.objects.exists()


def test_the_draft_and_its_iterations_are_taken_away(table, signed_in):  # noqa: F811
    client = signed_in("pen")
    table.swap("health", "each week", "every month")
    whole = read(b"".join(client.get(f"{PAGE}draft.docx")), name="a.docx")
    assert len(whole.changes) == 1
    assert read(b"".join(client.get(f"{PAGE}draft.docx?clean=1")), name="a.docx").changes == ()
    sealed = client.get(f"{PAGE}1.docx")
    assert sealed["Content-Disposition"].startswith("attachment")
    assert read(b"".join(sealed), name="a.docx").origin.iteration == 1
    assert client.get(f"{PAGE}1.exe").status_code == 404
    assert client.get(f"{PAGE}9.docx").status_code == 404


@pytest.mark.slow
def test_an_iteration_and_the_draft_with_its_suggestions_are_taken_away_as_opendocument(table, signed_in):  # noqa: F811
    if not libreoffice.program():
        pytest.skip("LibreOffice is not installed")
    data = b"".join(signed_in("pen").get(f"{PAGE}1.odt"))
    assert read(io.BytesIO(data).getvalue(), name="a.odt").origin.iteration == 1
    table.swap("health", "each week", "every month")
    data = b"".join(signed_in("pen").get(f"{PAGE}draft.odt"))
    (change,) = read(io.BytesIO(data).getvalue(), name="a.odt").changes
    assert (change.quote, change.text, change.author) == ("each week", "every month", "Health, Digital Leader, Health")


def test_who_is_not_at_the_draft_gets_nothing(table, back, client, signed_in):  # noqa: F811
    assert client.get(PAGE).status_code == 302
    brought(signed_in("pen"), back)
    page = f"{PAGE}{Arrival.objects.get().pk}/"
    other = signed_in("aide")
    assert other.get(page).status_code == 404
    assert signed_in("pen").get("/desk/texts/nothing/word/").status_code == 404
