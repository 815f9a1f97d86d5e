"""An edition comes from a cleared iteration and from nothing else."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import DEPARTMENTS
from tests.publishing.conftest import approve, sign_off

from penholder.agreement import answers
from penholder.agreement.replay import differences
from penholder.errors import Refused
from penholder.people.models import Role
from penholder.publishing import editions
from penholder.publishing.models import Edition
from penholder.record.models import Entry


def publish(office, iteration, by: str = "pen", **more) -> Edition:
    return editions.publish(iteration=iteration, by=office.acting(by), at=office.later(), **more)


def reasons(refused) -> str:
    return "\n".join(refused.value.reasons)


def test_what_was_signed_off_and_approved_is_published(office, sealed):
    sign_off(office, sealed)
    approve(office, sealed)
    edition = publish(office, sealed, reason="The ministers approved it.")
    assert (edition.number, edition.agreed_elsewhere) == (1, False)
    entry = Entry.objects.get(act="edition.published")
    assert (entry.actor, entry.person, entry.subject) == (office.posts["pen"].words, "Pen", sealed.seal)
    assert differences() == []


def test_what_nobody_was_asked_about_is_not_published_and_every_step_is_named(office, sealed):
    with pytest.raises(Refused) as refused:
        publish(office, sealed)
    assert "Sign-off: no round was held on this very text" in reasons(refused)
    assert "Approval: no round was held on this very text" in reasons(refused)
    assert not Edition.objects.exists()
    assert not Entry.objects.filter(act="edition.published").exists()


def test_having_all_answers_is_not_clearance(office, open_round):
    for department in DEPARTMENTS:
        office.give(department)
    with pytest.raises(Refused) as refused:
        publish(office, open_round.iteration)
    assert "is not cleared; it is “open”" in reasons(refused)


def test_a_text_that_was_edited_after_its_clearance_is_not_published(office, sealed):
    sign_off(office, sealed)
    approve(office, sealed)
    edited = office.seal(vision="# Vision\n\nServices so good that people must use them.\n")
    with pytest.raises(Refused, match="no round was held on this very text"):
        publish(office, edited)


def test_a_withdrawal_between_clearance_and_publication_prevents_it(office, sealed):
    signed = sign_off(office, sealed)
    approve(office, sealed)
    answers.withdraw(
        asked_id=office.asked("health", signed).pk, reason="The figures are wrong.", by=office.acting("health"),
        at=office.later(),
    )  # fmt: skip
    with pytest.raises(Refused, match="is not cleared; it is “cleared, then a signature was withdrawn”"):
        publish(office, sealed)


def test_a_withdrawal_after_publication_is_recorded_and_the_edition_stays(office, sealed):
    signed = sign_off(office, sealed)
    approve(office, sealed)
    edition = publish(office, sealed)
    answers.withdraw(
        asked_id=office.asked("health", signed).pk, reason="Too late, but so be it.", by=office.acting("health"),
        at=office.later(),
    )  # fmt: skip
    assert editions.current() == {"strategy": edition}
    assert differences() == []


def test_only_the_pen_team_publishes_and_everybody_else_reads_why_not(office, sealed):
    sign_off(office, sealed)
    approve(office, sealed)
    with pytest.raises(Refused, match="Only these may schedule, publish, correct or withdraw an edition: Pen team"):
        publish(office, sealed, by="treasury")


def test_who_left_the_pen_team_publishes_no_more(office, sealed):
    sign_off(office, sealed)
    approve(office, sealed)
    office.post("writer", Role.PEN, "centre")
    gone = office.acting("writer", "treasury")
    with pytest.raises(Refused, match="You do not hold the post"):
        editions.publish(iteration=sealed, by=gone, at=office.later())


def test_a_past_that_was_agreed_elsewhere_is_published_and_says_so_for_good(office, sealed):
    edition = publish(office, sealed, agreed_elsewhere=True)
    assert edition.agreed_elsewhere
    assert '"agreed_elsewhere":true' in Entry.objects.get(act="edition.published").facts
