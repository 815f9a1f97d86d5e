"""Whoever reads Welsh finds no English on the pages about services at the desk."""

from __future__ import annotations

import pytest
from tests.services.conftest import NOON, ministry  # noqa: F401 - a fixture
from tests.web.desk.test_service_parts import GRAPH
from tests.web.desk.test_uploading import enter, on_that_day  # noqa: F401 - fixtures
from tests.web.desk.test_welsh import english_in, left_over, written

from penholder.formats.steps import COLUMNS
from penholder.services import publications
from penholder.services.models import Flag, Publication, ServiceVersion
from penholder.services.periods import parse

pytestmark = pytest.mark.django_db

STORED = ("Operator of this instance", "5,refused,page,photo,,not-eligible,,")
# What comes by mail is “post” in both.
WELSH_TOO = {"post", "Post"}


def test_no_page_about_services_says_in_english_what_welsh_has_words_for(ministry, enter, settings, tmp_path):  # noqa: F811
    settings.PENHOLDER_EVENTS, settings.PENHOLDER_LANGUAGES = tmp_path, ("en", "cy")
    client, page = enter("ada"), "/desk/services/register/passports/"
    for where, told in (
        ("journey/", {"text": GRAPH, "effective_from": "2026-10-01", "window": "30", "idle": "30", "act": "draw"}),
        ("pages/1/", {"words": "Ba.", "as_of": "2026-10-05"}),
        ("target/", {"definition": "completion-rate", "value": "0.9", "due_on": "2027-12-31"}),
        ("costs/", {"period": "2026-10", "lines": "X | 5 | Y"}),
    ):
        assert client.post(page + where, told, HTTP_ACCEPT_LANGUAGE="cy").status_code == 302, where
    ministry.submit("passports", "2026-10", started=20, completed=15, transactions=15)
    publications.freeze(organisation=ministry.body("interior"), span=parse("2026-10"), by=None, at=NOON)
    places = ("", "change/", "channel/", "follow/", "release/", "exemplar/", "target/", "costs/", "journey/", "pages/", "pages/1/",
              "figures/", "assessments/")  # fmt: skip
    pages = [page + place for place in places]
    pages += [
        "/desk/services/add/",
        "/desk/services/figures/",
        "/desk/services/publications/",
        "/desk/services/measures/",
    ]
    pages += [f"/desk/services/publications/{one.key}/" for one in Publication.objects.all()]
    # What was written down keeps the language in which it was; the columns of a table are its own.
    data = [*written(), *ServiceVersion.objects.values_list("name", flat=True), *GRAPH.split(), *STORED]
    data += [*Flag.objects.values_list("what", flat=True), ", ".join(COLUMNS), ",".join(COLUMNS)]
    found = {}
    for where in pages:
        answer = client.get(where, HTTP_ACCEPT_LANGUAGE="cy")
        assert answer.status_code == 200, where
        said = left_over(answer.content.decode(), data)
        if english := english_in(said) - WELSH_TOO:
            found[where] = english, said
    assert found == {}
