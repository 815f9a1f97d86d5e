"""Publications that wait, corrections and withdrawals: each is recorded, shown, and never a way round the agreement."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from tests.agreement.conftest import DEPARTMENTS
from tests.publishing.conftest import approve, sign_off

from penholder.agreement import answers
from penholder.errors import Conflict, Missing, Refused
from penholder.publishing import checking, editions, proofs, schedules, showing, sites
from penholder.publishing.models import Edition, Planned, Schedule, Withdrawal
from penholder.record.models import Entry

LATER = timedelta(days=2)


@pytest.fixture
def cleared(office, sealed):
    """A strategy that may be published."""
    sign_off(office, sealed)
    approve(office, sealed)
    return sealed


@pytest.fixture
def home(settings, tmp_path):
    settings.PENHOLDER_PUBLIC, settings.PENHOLDER_CACHE = tmp_path / "public", tmp_path / "cache"
    settings.PENHOLDER_RECORD_KEY = tmp_path / "key"
    return tmp_path


def put(office, iteration, after=LATER, by="pen", **more):
    at = office.later()
    return schedules.put(iteration=iteration, publish_at=at + after, by=office.acting(by), at=at, **more)


def next_edition(office, **texts):
    newer = office.seal(**(texts or {"vision": "# Vision\n\nServices so good that people choose them.\n"}))
    sign_off(office, newer)
    approve(office, newer)
    return newer


def test_a_cleared_text_is_published_at_its_moment_and_not_before(office, cleared):
    schedule = put(office, cleared, reason="The day was announced.")
    assert schedules.carry_out(at=schedule.publish_at - timedelta(seconds=1)) == 0
    assert not Edition.objects.exists()
    assert schedules.carry_out(at=schedule.publish_at) == 1
    edition = Edition.objects.get()
    assert (edition.reason, edition.published_at) == ("The day was announced.", schedule.publish_at)
    assert Schedule.objects.get().state == Planned.PUBLISHED
    assert Entry.objects.get(act="edition.published").actor == "The clock of this instance"
    assert schedules.carry_out(at=schedule.publish_at) == 0
    assert proofs.everything().broken == ()


def test_a_signature_withdrawn_before_the_moment_holds_it_back_with_the_reason(office, sealed):
    signed = sign_off(office, sealed)
    approve(office, sealed)
    schedule = put(office, sealed)
    answers.withdraw(
        asked_id=office.asked("health", signed).pk, reason="The figures are wrong.", by=office.acting("health"),
        at=office.later(),
    )  # fmt: skip
    assert schedules.carry_out(at=schedule.publish_at) == 1
    assert not Edition.objects.exists()
    schedule.refresh_from_db()
    assert schedule.state == Planned.HELD_BACK
    assert "is not cleared; it is “cleared, then a signature was withdrawn”" in schedule.ended_because
    assert Entry.objects.get(act="edition.held-back").reason == schedule.ended_because
    assert proofs.everything().broken == ()


def test_a_publication_is_cancelled_with_a_reason_and_once(office, cleared):
    schedule = put(office, cleared)
    cancel = {"schedule_id": schedule.pk, "by": office.acting("pen"), "at": office.later()}
    with pytest.raises(Refused, match="Say why"):
        schedules.cancel(reason=" ", **cancel)
    with pytest.raises(Refused, match="Only these may"):
        schedules.cancel(reason="No.", **cancel | {"by": office.acting("treasury")})
    schedules.cancel(reason="The minister is ill.", **cancel)
    with pytest.raises(Conflict, match="does not wait any more"):
        schedules.cancel(reason="Again.", **cancel)
    assert schedules.carry_out(at=schedule.publish_at) == 0
    assert Entry.objects.get(act="edition.unscheduled").reason == "The minister is ill."
    assert put(office, cleared).state == Planned.WAITING
    assert proofs.everything().broken == ()


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(0), "That moment has passed"),
        (timedelta(days=-1), "That moment has passed"),
        (timedelta(days=500), "more than 400 days ahead"),
    ],
)
def test_a_moment_must_be_to_come_and_not_too_far(office, cleared, after, said):
    with pytest.raises(Refused, match=said):
        put(office, cleared, after=after)


def test_what_is_not_cleared_is_not_scheduled_and_only_the_pen_team_schedules(office, sealed):
    with pytest.raises(Refused) as refused:
        put(office, sealed, by="treasury")
    said = "\n".join(refused.value.reasons)
    assert "Only these may schedule, publish, correct or withdraw an edition: Pen team" in said
    assert "Sign-off: no round was held on this very text" in said
    assert not Schedule.objects.exists()


def test_one_publication_waits_a_document(office, cleared):
    put(office, cleared)
    with pytest.raises(Refused, match="A publication is scheduled already"):
        put(office, cleared)


def test_what_was_published_by_hand_meanwhile_is_not_published_twice(office, cleared):
    schedule = put(office, cleared)
    editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    schedules.carry_out(at=schedule.publish_at)
    assert Edition.objects.count() == 1


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_two_workers_publish_once(office, cleared):
    if connection.vendor == "sqlite":
        pytest.skip("tests on SQLite hold their database in memory, which threads do not share")
    schedule = put(office, cleared)

    def work():
        try:
            schedules.carry_out(at=schedule.publish_at)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert Edition.objects.count() == 1
    assert Entry.objects.filter(act="edition.published").count() == 1


def test_from_the_second_edition_on_the_public_is_told_why(office, cleared):
    publish = {"by": office.acting("pen"), "at": office.later()}
    with pytest.raises(Refused, match="There is no edition yet that this one could correct"):
        editions.publish(iteration=cleared, corrects=True, **publish)
    editions.publish(iteration=cleared, **publish)
    newer = next_edition(office)
    with pytest.raises(Refused, match="Say in public why there is a new edition"):
        editions.publish(iteration=newer, by=office.acting("pen"), at=office.later())
    with pytest.raises(Refused, match="Say in public why"):
        put(office, newer, reason=" ")
    edition = editions.publish(
        iteration=newer, corrects=True, reason="Action 7 named a wrong year.", by=office.acting("pen"),
        at=office.later(),
    )  # fmt: skip
    assert edition.corrects.number == 1
    assert proofs.everything().broken == ()


def test_an_edition_is_withdrawn_once_with_a_notice(office, cleared):
    edition = editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    act = {"edition_id": edition.pk, "by": office.acting("pen"), "at": office.later()}
    for notice, said in [(" ", "Write the notice"), ("x" * 2001, "longer than 2000")]:
        with pytest.raises(Refused, match=said):
            editions.withdraw(notice=notice, **act)
    with pytest.raises(Refused, match="Only these may"):
        editions.withdraw(notice="No.", **act | {"by": office.acting("chair")})
    with pytest.raises(Missing):
        editions.withdraw(notice="No.", **act | {"edition_id": 999})
    editions.withdraw(notice="The figures were wrong.", **act)
    with pytest.raises(Refused, match="withdrawn already"):
        editions.withdraw(notice="Again.", **act)
    with pytest.raises(Refused, match="never changed or deleted"):
        Withdrawal.objects.update(notice="Nothing was wrong.")
    assert proofs.everything().broken == ()


def words(release, path):
    return " ".join(re.sub(r"<[^>]*>", " ", (release / path).read_text(encoding="utf-8").partition("<main")[2]).split())


def test_the_site_follows_by_itself_and_tells_of_corrections_and_withdrawals(office, cleared, home):
    assert showing.catch_up(office.later()) == 0
    first = editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    assert showing.catch_up(office.later()) == 1
    assert showing.catch_up(office.later()) == 0
    newer = next_edition(office)
    told = {"reason": "The vision was not ours.", "by": office.acting("pen")}
    editions.publish(iteration=newer, corrects=True, at=office.later(), **told)
    editions.withdraw(edition_id=first.pk, notice="Do not\nrely on it.", by=office.acting("pen"), at=office.later())
    assert showing.catch_up(office.later()) == 1
    release = home / "public" / "current"
    assert "This edition corrects edition 1. The vision was not ours." in words(release, "strategy/index.html")
    old = words(release, "strategy/editions/1/index.html")
    assert "Edition 1 was withdrawn on 10 September 2012. Do not rely on it. " in old
    assert "Edition 2 corrects this edition. The vision was not ours. Read edition 2" in old
    assert "Services so good that people prefer them." in old
    assert "Withdrawn on 10 September 2012. Do not rely on it." in words(release, "strategy/editions/index.html")
    assert "It was withdrawn by" in words(release, "strategy/editions/1/agreed/index.html")
    checked = checking.check(release / "strategy/editions/1/evidence.zip")
    assert (checked.broken, checked.withdrawn_at[:10]) == ([], "2012-09-10")
    assert checking.check(release / "strategy/editions/2/evidence.zip").broken == []
    assert proofs.everything().broken == ()


def test_what_an_operator_publishes_by_a_command_waits_for_that_command(office, cleared, home):
    editions.publish(iteration=cleared, at=office.later())
    assert not showing.is_behind()


def test_a_site_that_cannot_be_written_leaves_the_one_before_and_is_tried_again(office, cleared, home, monkeypatch):
    editions.publish(iteration=cleared, by=office.acting("pen"), at=office.later())
    showing.catch_up(office.later())
    before = (home / "public" / "current").resolve()
    newer = next_edition(office)
    editions.publish(iteration=newer, reason="Clearer.", by=office.acting("pen"), at=office.later())
    with monkeypatch.context() as broken:
        broken.setattr(sites.shutil, "copyfile", _full)
        broken.setattr(sites.Path, "write_bytes", _full)
        with pytest.raises(Refused, match="There is no room"):
            showing.catch_up(office.later())
    assert (home / "public" / "current").resolve() == before
    assert showing.catch_up(office.later()) == 1


def _full(*_args, **_more):
    raise OSError(28, "No space left on device")


def test_every_department_signs_what_is_published(office, cleared):
    """The gate is that of any other publication: a schedule is no way round it."""
    schedule = put(office, cleared)
    schedules.carry_out(at=schedule.publish_at)
    given = Entry.objects.filter(act="answer.given", subject=cleared.seal)
    assert given.count() == len(DEPARTMENTS) + 1
