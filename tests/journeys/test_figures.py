"""Figures in a real browser: a file with errors is previewed and its good rows taken in; a month is given on a phone."""

from __future__ import annotations

import pytest
from tests.journeys import desks

pytestmark = [pytest.mark.browser]

REGISTER = """
import django
django.setup()
from datetime import date, timedelta
from decimal import Decimal
from django.utils import timezone
from allauth.account.models import EmailAddress
from penholder.people.models import Holding, Organisation, Person, Post
from penholder.services import periods, registrations, submissions
from penholder.services.cells import Cell
from penholder.services.registrations import Described, NewService
at = timezone.now()
today = timezone.localdate(at)
body = Organisation.objects.create(key="interior", name="Interior")
posts = {}
for title, role, person in (("Digital Leader", "leader", "Hanna"), ("Manager, passports", "service-manager", "Sam")):
    posts[role] = Post.objects.create(organisation=body, key=f"interior-{role}", title=title, role=role)
    someone = Person.objects.create_user(f"{person.lower()}@dept.example", "correct horse battery", name=person)
    EmailAddress.objects.create(user=someone, email=someone.email, verified=True, primary=True)
    Holding.objects.create(post=posts[role], person=someone, since=at - timedelta(days=30))
said = Described("Renew a passport", body, manager=posts["service-manager"])
registrations.register(new=NewService("passports", said, ("digital", "phone")), as_of=date(2024, 1, 1), said_on=today,
                       by=None, at=at)
month = periods.months(today).before()
cells = [Cell("passports", month.before(), "transactions", Decimal(900), "digital")]
submissions.submit(cells=cells, how="form", source="seed", digest="0" * 64, said_on=today, by=None, at=at, on=today)
"""
FILE = """Service,Channel,Period,Completed transactions
Renew a passport,Digital,2026-01,1200
Renew a pasport,Phone,2026-01,5
Renew a passport,Phone,2026-01,#REF!
"""


@pytest.fixture
def desk(tmp_path, catalogues, built):
    told = desks.environment(tmp_path / "home", PENHOLDER_SECOND_FACTOR="none")
    desks.fill(told, REGISTER)
    with desks.served(told) as address:
        yield address


@pytest.fixture
def window(browser):
    windows = []

    def window(width=1280):
        windows.append(browser.new_context(viewport={"width": width, "height": 800}))
        return windows[-1].new_page()

    yield window
    for one in windows:
        one.close()


def looked_at(page, axe):
    """Nothing is wrong with the page at either width."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert desks.faults(page, axe) == [], (page.url, width)


def test_a_file_with_errors_is_previewed_and_its_good_rows_are_taken_in(desk, window, axe):
    page = window()
    desks.sign_in(page, desk, "hanna")
    page.wait_for_url("**/desk/")
    page.get_by_role("link", name="Services", exact=True).click()
    looked_at(page, axe)
    page.get_by_role("link", name="Send figures").click()
    looked_at(page, axe)
    page.get_by_label("The file").set_input_files(
        {"name": "january.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Show what would happen").click()
    assert page.get_by_text("Do you mean “Renew a passport”").is_visible()
    looked_at(page, axe)
    page.get_by_role("button", name="Take in the good rows").click()
    assert page.get_by_role("alert").get_by_text("2 rows have errors").is_visible()
    looked_at(page, axe)
    page.get_by_label("Take in the 1 good rows").check()
    page.get_by_role("button", name="Take in the good rows").click()
    assert page.get_by_text("The figures are taken in.").is_visible()
    looked_at(page, axe)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what was left out").click()
    left = download.value.path().read_text(encoding="utf-8-sig")
    assert "A3" in left
    assert "#REF!" in left
    page.goto(f"{desk}/desk/services/register/passports/figures/")
    assert page.get_by_role("cell", name="1,200").is_visible()
    looked_at(page, axe)


def test_a_month_is_given_on_a_phone_by_a_link_without_an_account(desk, window, axe):
    page, phone = window(), window(320)
    desks.sign_in(page, desk, "hanna")
    page.wait_for_url("**/desk/")
    assert page.get_by_text("nothing was given for this month yet").is_visible()
    page.goto(f"{desk}/desk/services/register/passports/form/")
    looked_at(page, axe)
    page.get_by_label("E-mail address").fill("sam@dept.example")
    page.get_by_role("button", name="Make a link").click()
    phone.goto(page.locator("code.pd-token").inner_text())
    looked_at(phone, axe)
    phone.get_by_role("group", name="Digital: Completed transactions").get_by_label("Number").fill("1000")
    phone.get_by_role("button", name="Save as a draft").click()
    assert phone.get_by_text("It is saved as a draft.").is_visible()
    phone.get_by_role("button", name="Check before you submit").click()
    assert phone.get_by_role("alert").is_visible()
    looked_at(phone, axe)
    for name, answer in (
        ("Phone: Completed transactions", "I do not know it"),
        ("Attempts completed", "There can be none"),
    ):
        phone.get_by_role("group", name=name).get_by_label(answer).check()
    phone.get_by_role("group", name="Attempts started").get_by_label("Number").fill("0")
    phone.get_by_role("button", name="Check before you submit").click()
    looked_at(phone, axe)
    phone.get_by_label("Your name").fill("Sam")
    phone.get_by_role("button", name="Submit these figures").click()
    assert phone.get_by_role("heading", name="The figures are submitted").is_visible()
    looked_at(phone, axe)
    page.goto(f"{desk}/desk/")
    assert page.get_by_text("nothing was given for this month yet").count() == 0
