"""What is noted about a service, in a real browser: assessments and journeys, at both widths with axe."""

from __future__ import annotations

import pytest
from tests.journeys import desks
from tests.journeys.test_figures import REGISTER, looked_at, window  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser]

GRAPH = """number,name,kind,after,start,outcome,of,aliases
1,start,page,,yes,,,
2,photo,document,start,,,,
3,done,page,photo,,intended,,
"""
ADVISER = """
post = Post.objects.create(organisation=body, key="interior-adviser", title="Assessor", role="adviser")
someone = Person.objects.create_user("ada@dept.example", "correct horse battery", name="Ada")
EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
Holding.objects.create(post=post, person=someone, since=at - timedelta(days=30))
"""


@pytest.fixture
def desk(tmp_path, catalogues, built):
    told = desks.environment(tmp_path / "home", PENHOLDER_SECOND_FACTOR="none")
    desks.fill(told, REGISTER + ADVISER)
    with desks.served(told) as address:
        yield address


def test_an_assessment_is_noted_and_corrected(desk, window, axe):  # noqa: F811
    page = window()
    desks.sign_in(page, desk, "ada")
    page.wait_for_url("**/desk/")
    page.goto(f"{desk}/desk/services/register/passports/")
    page.get_by_role("link", name="Assessments", exact=True).click()
    looked_at(page, axe)
    page.get_by_label("Version of the service standard").select_option("2014")
    page.get_by_role("button", name="Note an assessment").click()
    page.get_by_label("How far the service has come").select_option("beta")
    page.get_by_label("Held on").fill("2014-06-03")
    page.get_by_label("Who sat on the panel").fill("Three assessors")
    page.get_by_label("What the panel found of the whole").select_option("met-with-conditions")
    point = page.get_by_role("group", name="9. So simple")
    point.get_by_label("What was found").select_option("not-met")
    page.get_by_role("button", name="Note the assessment").click()
    page.get_by_role("link", name="Point 9: say what the evidence is.").click()
    assert page.evaluate("document.activeElement.id") == "id_evidence_9"
    looked_at(page, axe)
    point.get_by_label("Evidence").fill("Four of nine people gave up.")
    page.get_by_role("button", name="Note the assessment").click()
    assert page.get_by_text("The assessment is noted.").is_visible()
    looked_at(page, axe)
    page.get_by_role("link", name="Correct it").click()
    looked_at(page, axe)
    page.get_by_label("Why it changes").fill("It was five of nine.")
    point.get_by_label("Evidence").fill("Five of nine people gave up.")
    page.get_by_role("button", name="Note the correction").click()
    assert page.get_by_text("Five of nine people gave up.").is_visible()
    looked_at(page, axe)


def test_a_journey_is_drawn_its_pages_are_worded_and_its_version_ended(desk, window, axe):  # noqa: F811
    page = window()
    desks.sign_in(page, desk, "hanna")
    page.wait_for_url("**/desk/")
    page.goto(f"{desk}/desk/services/register/passports/journey/")
    page.get_by_label("The steps, as CSV").fill(GRAPH)
    page.get_by_label("For attempts that start from").fill("2026-10-01")
    page.get_by_role("button", name="Show it as a table").click()
    looked_at(page, axe)
    page.get_by_role("button", name="Keep this version").click()
    looked_at(page, axe)
    page.get_by_role("link", name="What its pages say").click()
    page.get_by_role("link", name="Say what it says").first.click()
    page.get_by_label("What the page says").fill("Take a photo. Then pay £80.")
    looked_at(page, axe)
    page.get_by_role("button", name="Note the words").click()
    assert page.get_by_text("They can be read at the age of 5.").is_visible()
    looked_at(page, axe)
    for other in ("costs", "target", "release", "figures", "change"):
        page.goto(f"{desk}/desk/services/register/passports/{other}/")
        looked_at(page, axe)
    page.goto(f"{desk}/desk/services/register/passports/journey/")
    looked_at(page, axe)
    page.get_by_role("link", name="End it").click()
    page.get_by_label("The first day without it").fill("2026-10-01")
    page.get_by_role("button", name="End this version").click()
    assert page.get_by_role("alert").get_by_text("Fill in: Why").is_visible()
    looked_at(page, axe)
    page.get_by_label("The first day without it").fill("2026-11-01")
    page.get_by_label("Why").fill("The photo is no step any more.")
    page.get_by_role("button", name="End this version").click()
    assert page.get_by_text("and before 1 November 2026").is_visible()
    looked_at(page, axe)
