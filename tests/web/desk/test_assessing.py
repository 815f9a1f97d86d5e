"""Assessments at the desk: noted point by point, what is missing told at its point, corrected with a reason, and who reads."""

from __future__ import annotations

import pytest
from tests.services.conftest import ministry  # noqa: F401 - a fixture
from tests.web.desk.test_uploading import enter, on_that_day, words  # noqa: F401 - fixtures

from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.services import assessments
from penholder.services.models import Assessment

PAGE = "/desk/services/register/passports/assessments/"
TOLD = {
    "stage": "beta", "held_on": "2026-11-01", "panel": "Three assessors.", "result": "met-with-conditions",
    "summary": "Good, but slow.", "result_2": "met", "evidence_2": "Seen in the lab.",
    "result_10": "not-met", "evidence_10": "No figure is public.",
}  # fmt: skip


def telling(points, **more):
    return {f"result_{number}": "not-looked-at" for number in range(1, points + 1)} | TOLD | more


@pytest.mark.parametrize(("standard", "points"), [("2014", 26), ("2015", 18), ("2019", 14)])
def test_an_assessment_is_noted_point_by_point_of_its_version(ministry, enter, standard, points):  # noqa: F811
    client = enter("ada", Role.ADVISER, "work")
    where = f"{PAGE}add/?standard={standard}"
    assert client.get(where).content.decode().count('name="evidence_') == points
    said = words(client.post(where, telling(points), follow=True))
    assert "The assessment is noted." in said
    assert "Met with conditions Its report is not public." in said
    assert "Not looked at: 1, 3," in said
    (row,) = assessments.of("passports")
    assert (row.standard.key, row.stage, len(row.points), row.points[9].evidence) == (
        standard, "beta", points, "No figure is public.",
    )  # fmt: skip
    assert Entry.objects.filter(act="service.assessed", subject="passports").count() == 1


@pytest.mark.django_db
def test_what_is_missing_is_told_at_its_point(ministry, enter):  # noqa: F811
    client = enter("ada", Role.ADVISER, "work")
    where = f"{PAGE}add/?standard=2019"
    answer = client.post(where, telling(14, evidence_2="", evidence_3="They said so.", panel=""))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert '<a href="#id_evidence_2">Point 2: say what the evidence is.</a>' in html
    assert '<a href="#id_evidence_3">Point 3: there is evidence; say what was found.</a>' in html
    assert "Fill in: Who sat on the panel" in html
    assert "No figure is public." in html, "what was typed stays"
    assert "cannot be met while these points are not: 10" in words(client.post(where, telling(14, result="met")))
    assert "still to come" in words(client.post(where, telling(14, held_on="2062-11-01")))
    assert client.get(f"{PAGE}add/?standard=1999").status_code == 404
    assert not Assessment.objects.exists()


@pytest.mark.django_db
def test_a_correction_begins_with_what_was_told_and_says_why(ministry, enter):  # noqa: F811
    client = enter("ada", Role.ADVISER, "work")
    client.post(f"{PAGE}add/?standard=2019", telling(14))
    first = Assessment.objects.get()
    assert "Seen in the lab." in client.get(f"{PAGE}{first.pk}/").content.decode()
    change = telling(14, result_10="met", result="met", evidence_10="They are public since May.")
    assert "Fill in: Why it changes" in words(client.post(f"{PAGE}{first.pk}/", change))
    said = words(client.post(f"{PAGE}{first.pk}/", change | {"reason": "Misread."}, follow=True))
    assert "Misread." in said
    assert said.index("They are public since May.") < said.index("What was said before")
    assert said.index("What was said before") < said.index("No figure is public.")
    assert client.get(f"{PAGE}{first.pk}/").status_code == 404, "corrected already"


@pytest.mark.django_db
def test_a_report_that_is_not_public_is_read_by_those_who_work_with_the_service(ministry, enter):  # noqa: F811
    adviser, leader = enter("ada", Role.ADVISER, "work"), enter("lena")
    elsewhere = enter("wes", body="work")
    adviser.post(f"{PAGE}add/?standard=2019", telling(14))
    assert "Good, but slow." in words(leader.get(PAGE))
    assert "Good, but slow." not in words(elsewhere.get(PAGE))
    assert leader.get(f"{PAGE}add/?standard=2019").status_code == 409
    assert leader.post(f"{PAGE}add/?standard=2019", telling(14)).status_code == 409
    row = Assessment.objects.get()
    adviser.post(f"{PAGE}{row.pk}/", telling(14, published_on="2026-11-10", reason="It is out."))
    said = words(elsewhere.get(PAGE))
    assert "Its report is public since 10 November 2026." in said
    assert "What was said before" not in said
    assert PAGE in elsewhere.get("/desk/services/register/passports/").content.decode()
