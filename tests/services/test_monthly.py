"""The monthly form by link: told once, filled in step by step, submitted once, and good for one service and month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from penholder.errors import Missing, Refused
from penholder.people import tokens
from penholder.people.models import Role
from penholder.services import monthly, registrations
from penholder.services.models import FormLink, Submitted
from penholder.services.monthly import Answered
from penholder.services.periods import parse
from penholder.services.waiting import waits_for

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OCTOBER = parse("2026-10")


@pytest.fixture
def leader(ministry):
    return ministry.acting("ada")


@pytest.fixture
def manager(ministry):
    return ministry.acting("sam", Role.SERVICE_MANAGER)


@pytest.fixture
def managed(ministry, leader, manager):
    registrations.change(
        key="passports",
        as_of=NOON.date(),
        said_on=NOON.date(),
        reason="Named.",
        by=leader,
        at=NOON,
        manager=manager.post,
    )
    ministry.submit("passports", "2026-09", digital__transactions=900, phone__transactions=None, contacts=70)
    return manager


def make(by, **more):
    how = {"key": "passports", "span": OCTOBER, "email": "sam@example.org", "days": 7, "by": by, "at": NOON} | more
    return monthly.make(**how)


ANSWERS = {
    "digital.transactions": Answered("number", "1,000"), "assisted-digital.transactions": Answered("number", "0"),
    "phone.transactions": Answered("not-provided"), ".started": Answered("number", "1200"),
    ".completed": Answered("number", "1000"), ".contacts": Answered("not-applicable"),
}  # fmt: skip


def test_the_form_asks_for_the_channels_and_what_was_given_last_month(managed, leader):
    link, _token = make(leader)
    listed = monthly.fields(link)
    assert [one.key for one in listed] == list(ANSWERS)
    assert listed[0].before == 900
    assert str(listed[2].before) == "not provided"
    assert listed[3].before is None


def test_a_draft_is_kept_and_then_submitted_once_in_the_four_ways_of_answering(managed, leader):
    _link, token = make(leader)
    monthly.save(token, {"digital.transactions": Answered("number", "999"), "other": Answered("number", "1")}, at=NOON)
    assert FormLink.objects.get().draft == {"digital.transactions": {"state": "number", "text": "999"}}
    with pytest.raises(Refused, match="0 if there was none"):
        monthly.submit(token, name="Sam", reason="", at=NOON)
    monthly.save(token, ANSWERS, at=NOON)
    with pytest.raises(Refused, match="Write your name"):
        monthly.submit(token, name=" ", reason="", at=NOON)
    monthly.submit(token, name="Sam", reason="", at=NOON)
    given = {
        (row.channel, row.quantity): (row.status, row.amount) for row in Submitted.objects.filter(period__key="2026-10")
    }
    assert given["digital", "transactions"] == ("value", 1000)
    assert given["assisted-digital", "transactions"] == ("value", 0)
    assert given["phone", "transactions"] == ("not-provided", None)
    assert given["", "contacts"] == ("not-applicable", None)
    with pytest.raises(Refused, match="submitted by this link"):
        monthly.submit(token, name="Sam", reason="", at=NOON)
    with pytest.raises(Refused, match="submitted by this link"):
        monthly.open_form(token, at=NOON)


def test_what_cannot_be_is_refused_as_a_whole(managed, leader):
    _link, token = make(leader)
    for wrong, why in (("-3", "negative"), ("12.5", "not whole"), ("1.000", "may mean"), ("lots", "no number")):
        monthly.save(token, ANSWERS | {".started": Answered("number", wrong)}, at=NOON)
        with pytest.raises(Refused, match=why):
            monthly.submit(token, name="Sam", reason="", at=NOON)
    monthly.save(token, ANSWERS | {".started": Answered("number", "900")}, at=NOON)
    with pytest.raises(Refused, match="more than"):
        monthly.submit(token, name="Sam", reason="", at=NOON)
    assert not Submitted.objects.filter(period__key="2026-10").exists()


def test_a_link_ends_when_its_time_is_over_when_it_is_ended_and_when_a_newer_one_is_made(managed, leader):
    link, token = make(leader)
    monthly.save(token, ANSWERS, at=NOON)
    with pytest.raises(Refused, match="has ended"):
        monthly.open_form(token, at=NOON + timedelta(days=7))
    newer, second = make(leader)
    assert newer.draft == FormLink.objects.get(pk=link.pk).draft != {}
    with pytest.raises(Refused, match="has ended"):
        monthly.save(token, ANSWERS, at=NOON)
    monthly.end(link_id=newer.pk, by=leader, at=NOON)
    with pytest.raises(Refused, match="has ended"):
        monthly.open_form(second, at=NOON)
    with pytest.raises(Refused, match="ended already"):
        monthly.end(link_id=newer.pk, by=leader, at=NOON)


def test_a_token_that_was_cut_made_up_or_made_for_something_else_opens_nothing(managed, leader):
    _link, token = make(leader)
    for wrong in (token[:-1], "x", tokens.make("another")[0]):
        with pytest.raises(Missing, match="not whole"):
            monthly.open_form(wrong, at=NOON)
    with pytest.raises(Missing, match="not known"):
        monthly.open_form(tokens.make(monthly.SALT)[0], at=NOON)
    assert token not in str(list(FormLink.objects.values()))


def test_who_may_make_a_link_and_for_what(ministry, managed, leader):
    with pytest.raises(Refused, match="its own organisation"):
        make(ministry.acting("wes", body="work"))
    with pytest.raises(Refused, match="no manager yet"):
        make(leader, key="licences")
    with pytest.raises(Refused, match="not over yet"):
        make(leader, span=parse("2026-11"))
    with pytest.raises(Refused, match="1 to 60 days"):
        make(leader, days=90)


def test_a_service_manager_gives_figures_of_their_own_services_alone(ministry, managed):
    ministry.submit("passports", "2026-10", by=managed, digital__transactions=5)
    ministry.submit("licences", "2026-10", by=managed, digital__transactions=5)
    other = ministry.acting("lea", Role.SERVICE_MANAGER).post
    leader = ministry.acting("ada")
    registrations.change(
        key="licences", as_of=NOON.date(), said_on=NOON.date(), reason="Named.", by=leader, at=NOON, manager=other
    )
    with pytest.raises(Refused, match="services that it manages"):
        ministry.submit("licences", "2026-10", by=managed, digital__transactions=6)


def test_reminders_come_on_their_days_and_once_a_day(managed, leader):
    make(leader)
    assert [link.email for link in monthly.take_reminders(NOON)] == ["sam@example.org"]
    assert monthly.take_reminders(NOON + timedelta(hours=2)) == []
    assert monthly.take_reminders(NOON + timedelta(days=1)) == []
    assert len(monthly.take_reminders(NOON + timedelta(days=5))) == 1


def test_what_is_due_waits_for_its_manager_and_is_counted_for_the_leader(ministry, managed, leader):
    (for_manager,) = waits_for([managed.post], today=NOON.date())
    assert (for_manager.task, for_manager.service, for_manager.span.key) == ("give", "passports", "2026-10")
    (for_leader,) = waits_for([leader.post], today=NOON.date())
    assert (for_leader.task, for_leader.count) == ("give", 1)
    ministry.submit("passports", "2026-10", digital__transactions=5)
    assert waits_for([managed.post, leader.post], today=NOON.date()) == []
