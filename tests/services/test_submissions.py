"""Values come in, are weighed cell by cell, and are never written over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.services.conftest import TODAY

from penholder.errors import Refused
from penholder.measure.revisions import Change
from penholder.measure.values import Absence
from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.services import submissions, values
from penholder.services.models import Submission, Submitted


def standing(**only):
    return {(each.channel, each.quantity): each.value for each in values.read(**only)}


def test_four_things_are_kept_apart(ministry):
    ministry.submit(
        "passports", "2026-10",
        transactions=0, started=None, completed=Absence.NOT_APPLICABLE, digital__transactions=Absence.SUPPRESSED,
    )  # fmt: skip
    assert standing() == {
        ("", "transactions"): Decimal(0),
        ("", "started"): Absence.NOT_PROVIDED,
        ("", "completed"): Absence.NOT_APPLICABLE,
        ("digital", "transactions"): Absence.SUPPRESSED,
    }


def test_the_same_again_changes_nothing(ministry):
    assert ministry.submit("passports", "2026-10", transactions=1200).new == 1
    again = ministry.submit("passports", "2026-10", transactions="1200.0")
    assert (again.submission, again.same) == (None, 1)
    assert Submission.objects.count() == 1
    assert Entry.objects.filter(act="figures.submitted").count() == 1


def test_a_newer_value_stands_and_the_older_one_stays(ministry):
    ministry.submit("passports", "2026-10", transactions=1200)
    receipt = ministry.submit("passports", "2026-10", transactions=1250)
    assert receipt.changes == {Change.REVISED: 1}
    assert receipt.revisions == 0, "nothing was public"
    assert standing() == {("", "transactions"): Decimal(1250)}
    assert [each.amount for each in values.history("passports")] == [1200, 1250]


def test_what_was_public_changes_with_a_reason_and_is_listed(ministry):
    before, after = date(2026, 11, 2), date(2026, 11, 16)
    ministry.submit("passports", "2026-10", transactions=1200, published=True, said_on=before)
    with pytest.raises(Refused, match="changes what was published"):
        ministry.submit("passports", "2026-10", transactions=1250, said_on=after)
    ministry.submit("passports", "2026-10", transactions=1250, reason="Counted twice.", said_on=after, published=True)
    (revision,) = values.revisions()
    assert (revision.before.amount, revision.after.amount, revision.after.reason) == (1200, 1250, "Counted twice.")
    assert [each.amount for each in values.read(as_published_on=date(2026, 11, 15))] == [1200]
    assert [each.amount for each in values.read(as_published_on=after)] == [1250]
    assert list(values.read(as_published_on=date(2026, 11, 1))) == []


def test_a_number_that_is_supplied_later_takes_nothing_back(ministry):
    ministry.submit("passports", "2026-10", transactions=None, published=True)
    receipt = ministry.submit("passports", "2026-10", transactions=9)
    assert (receipt.changes, receipt.revisions) == ({Change.SUPPLIED: 1}, 0)
    assert values.revisions() == []
    assert len(values.revisions(every_change=True, internal=True)) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"transactions": -1}, "cannot be negative"),
        ({"transactions": "1.5"}, "no whole number"),
        ({"completion_rate": 85}, "Write 0.85 for 85%"),
        ({"digital__transactions": 20, "transactions": 10}, "is more than 10 in all channels"),
        ({"started": 10, "completed": 11}, "of which it is a part"),
        ({"fax__transactions": 1}, "has no channel “fax”"),
        ({"digital__contacts": 1}, "for all channels together"),
        ({"wishes": 1}, "no quantity “wishes”"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(ministry, given, why):
    with pytest.raises(Refused, match=why) as refusal:
        ministry.submit("passports", "2026-10", **given)
    assert all(reason.startswith(tuple(given)) for reason in refusal.value.reasons)
    assert not Submitted.objects.exists()


def test_a_part_is_held_against_the_whole_that_stands_already(ministry):
    ministry.submit("passports", "2026-10", transactions=10)
    with pytest.raises(Refused, match="more than 10"):
        ministry.submit("passports", "2026-10", phone__transactions=11)


def test_cells_can_be_taken_in_in_part(ministry):
    cells = ministry.cells("passports", "2026-10", transactions=10, started=-1)
    weighed = submissions.weigh(cells, by=None, on=TODAY)
    assert [bool(one.objections) for one in weighed] == [False, True]
    good = [one.cell for one in weighed if not one.objections]
    submissions.submit(
        cells=good, how="upload", source="a.csv", digest="0" * 64, said_on=TODAY, by=None, at=ministry.at, on=TODAY
    )
    assert standing() == {("", "transactions"): Decimal(10)}


def test_a_period_that_is_not_over_has_no_figures(ministry):
    with pytest.raises(Refused, match="not over yet"):
        ministry.submit("passports", "2026-11", transactions=10)


def test_a_manager_submits_for_the_own_organisation_alone(ministry):
    manager = ministry.acting("maud", Role.SERVICE_MANAGER)
    ministry.submit("passports", "2026-10", transactions=10, by=manager)
    with pytest.raises(Refused, match="its own organisation"):
        ministry.submit("pensions", "2026-10", transactions=10, by=manager)
    with pytest.raises(Refused, match="Only these may submit"):
        ministry.submit("passports", "2026-10", transactions=11, by=ministry.acting("cleo", Role.CHAIR))
    submission = Submission.objects.get()
    assert (submission.person.name, submission.by_post) == ("Maud", "Service manager, Interior")


def test_the_database_refuses_to_change_what_was_submitted(ministry):
    ministry.submit("passports", "2026-10", transactions=10)
    with pytest.raises(Refused):
        Submitted.objects.update(amount=11)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submitted.objects.all()._raw_delete("default")


def test_queries_do_not_grow_with_values(ministry, django_assert_max_num_queries):
    cells = [
        cell
        for month in range(1, 11)
        for cell in ministry.cells("passports", f"2026-{month:02}", transactions=10, started=9, completed=8)
    ]
    with django_assert_max_num_queries(20):
        submissions.submit(
            cells=cells, how="upload", source="a", digest="0" * 64, said_on=TODAY, by=None, at=ministry.at, on=TODAY
        )
