"""Publishing at the desk: what stands in the way is said, a check comes before the act, and others read why not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.agreement.conftest import MONDAY, office, sealed  # noqa: F401 - fixtures
from tests.publishing.conftest import approve, sign_off
from tests.web.desk.test_rounds import signed_in, words  # noqa: F401 - fixtures

from penholder.publishing import editions
from penholder.publishing.models import Edition, Planned, Schedule

pytestmark = pytest.mark.django_db
PAGE = "/desk/texts/strategy/publish/"


@pytest.fixture(autouse=True)
def tomorrow(monkeypatch):
    """The pages read one clock; here it stands a day after everything else was done."""
    clock = SimpleNamespace(now=lambda: MONDAY + timedelta(days=1))
    monkeypatch.setattr("penholder.web.desk.access.timezone", clock)


@pytest.fixture
def cleared(office, sealed):  # noqa: F811
    sign_off(office, sealed)
    approve(office, sealed)
    return sealed


def form(iteration, **more):
    return {"seal": iteration.seal, "reason": "", "when": "now", "day": "", "hour": ""} | more


def test_what_stands_in_the_way_is_said_before_there_is_a_button(office, sealed, signed_in):  # noqa: F811
    answer = signed_in("pen").get(PAGE)
    assert "It cannot be published now, because:" in words(answer)
    assert "Sign-off: not asked on this text" in words(answer)
    assert b"Check before you publish" not in answer.content


def test_a_cleared_text_is_checked_then_published(office, cleared, signed_in):  # noqa: F811
    client = signed_in("pen")
    assert b"Check before you publish" in client.get(PAGE).content
    check = client.post(PAGE, form(cleared, reason="The first."))
    assert "A published edition stays at its address for ever." in words(check)
    assert not Edition.objects.exists()
    assert client.post(PAGE, form(cleared, reason="The first.", change="1")).status_code == 200
    done = client.post(PAGE, form(cleared, reason="The first.", confirm="1"), follow=True)
    assert "Edition 1 is published. The site shows it as soon as it is written" in words(done)
    assert "The newest text is published, as edition 1" in words(done)
    assert Edition.objects.get().reason == "The first."
    client.post(PAGE, form(cleared, confirm="1"))
    assert Edition.objects.count() == 1


def test_it_is_scheduled_on_a_day_and_cancelled(office, cleared, signed_in):  # noqa: F811
    client = signed_in("pen")
    missing = client.post(PAGE, form(cleared, when="later"))
    assert "Give the day on which it is published." in words(missing)
    check = client.post(PAGE, form(cleared, when="later", day="2012-09-20"))
    assert "9:30am on Thursday 20 September 2012" in words(check)
    done = client.post(PAGE, form(cleared, when="later", day="2012-09-20", hour="10:00", confirm="1"), follow=True)
    assert "Iteration 1 is published at 10am on Thursday 20 September 2012, if it is still cleared then." in words(done)
    schedule = Schedule.objects.get()
    refused = client.post(f"/desk/schedules/{schedule.pk}/cancel/", {"reason": ""})
    assert "Say why the publication is cancelled" in words(refused)
    client.post(f"/desk/schedules/{schedule.pk}/cancel/", {"reason": "Not this week."})
    schedule.refresh_from_db()
    assert schedule.state == Planned.CANCELLED


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        ("2012-09-01", "10:00", "That moment has passed"),
        ("2014-09-01", "10:00", "more than 400 days ahead"),
        ("2013-03-31", "01:30", "couldn’t be interpreted"),  # the clocks go forward over it
        ("2012-10-28", "01:30", "couldn’t be interpreted"),  # and back: it comes twice
        ("2012-02-30", "10:00", "no day that we can read"),
        ("2012-09-20", "25:00", "valid time"),
    ],
)
def test_a_moment_that_cannot_be_is_said_at_its_field(cleared, signed_in, day, hour, said):  # noqa: F811
    answer = signed_in("pen").post(PAGE, form(cleared, when="later", day=day, hour=hour, confirm="1"))
    assert said in words(answer).replace("&#x27;", "’")
    assert not Schedule.objects.exists()


def test_a_form_for_an_older_text_is_refused(office, cleared, signed_in):  # noqa: F811
    client = signed_in("pen")
    newer = office.seal(vision="# Vision\n\nOther words.\n")
    sign_off(office, newer)
    approve(office, newer)
    answer = client.post(PAGE, form(cleared, confirm="1"))
    assert "A newer text was sealed meanwhile, iteration 2" in words(answer)
    assert not Edition.objects.exists()


def test_a_correction_needs_its_reason_and_a_withdrawal_its_notice(office, cleared, signed_in):  # noqa: F811
    first = editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    newer = office.seal(vision="# Vision\n\nOther words.\n")
    sign_off(office, newer)
    approve(office, newer)
    client = signed_in("pen")
    answer = client.post(PAGE, form(newer, corrects="on", confirm="1"))
    assert "Say in public why there is a new edition" in words(answer)
    client.post(PAGE, form(newer, corrects="on", reason="A wrong year.", confirm="1"))
    assert Edition.objects.get(number=2).corrects == first
    page = f"/desk/editions/{first.pk}/withdraw/"
    assert client.post(page, {"notice": ""}).status_code == 200
    assert 'href="/desk/texts/" aria-current="true"' in client.get(page).content.decode()
    done = client.post(page, {"notice": "Read edition 2."}, follow=True)
    assert "Withdrawn" in words(done)
    assert "Read edition 2." in words(done)
    assert "withdrawn already" in words(client.get(page))


def test_others_are_told_who_may(office, cleared, signed_in):  # noqa: F811
    edition = editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    client = signed_in("treasury")
    for page in (PAGE, f"/desk/editions/{edition.pk}/withdraw/"):
        assert "Only these may schedule, publish, correct or withdraw an edition" in words(client.get(page))
    assert signed_in("pen").get("/desk/texts/nothing/publish/").status_code == 404


def test_publishing_takes_the_same_queries_however_many_editions_there_are(
    office,  # noqa: F811
    cleared,
    signed_in,  # noqa: F811
    django_assert_max_num_queries,
):
    editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    for number in range(5):
        newer = office.seal(vision=f"# Vision\n\nOther words {number}.\n")
        editions.publish(iteration=newer, agreed_elsewhere=True, at=office.later())
    client = signed_in("pen")
    with django_assert_max_num_queries(20):
        assert client.get(PAGE).status_code == 200
