"""The register, what was submitted, frozen and asked for by link, held against the record, cell by cell."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from tests.measure.drawings import straight
from tests.mischief import tamper
from tests.publishing.test_damage import unseen
from tests.services.conftest import NOON, TODAY

from penholder.measure.formulas.costs import CostLine as Line
from penholder.people.models import Role
from penholder.publishing import proofs
from penholder.record.models import Entry
from penholder.services import (
    accounts,
    assessments,
    costlines,
    journeys,
    monthly,
    pagetexts,
    publications,
    registrations,
    releases,
    targets,
)
from penholder.services.accounts.sides import Older
from penholder.services.assessments import Found, Report
from penholder.services.models import Purpose
from penholder.services.monthly import Answered
from penholder.services.periods import parse
from penholder.services.registrations import Described, NewService

pytestmark = pytest.mark.django_db

SPAN = parse("2026-10")
HOUR = timedelta(hours=1)

# What docs/verify.md says that it cannot see, and why none of it matters: numbers that this database gives to rows,
# and a form that is being filled in.
NOT_PROVED = {
    "services_formlink": {"draft", "saved_at", "reminded_on"},
}


@pytest.fixture
def busy(ministry):
    """Something in every column of every table that has a meaning."""
    manager, leader = ministry.acting("maud", Role.SERVICE_MANAGER), ministry.acting("lena")
    described(ministry, manager)
    ministry.submit("passports", "2026-09", by=manager, digital__transactions=90, phone__transactions=None, contacts=7)
    ministry.submit("passports", "2026-10", started=20, completed=15, published=True)
    ministry.submit("passports", "2026-10", started=21, published=True, reason="Miscounted.", by=manager)
    link_of("passports", leader, expires=9)
    _link, token = link_of("passports", leader, expires=7)
    monthly.save(token, ANSWERS, at=NOON + HOUR)
    monthly.submit(token, name="Sam", reason="Counted anew.", at=NOON + HOUR)
    monthly.end(link_id=link_of("passports", leader, expires=8)[0].pk, by=leader, at=NOON + HOUR)
    body = ministry.body("interior")
    freezing = {"organisation": body, "span": SPAN, "by": manager}
    first = publications.freeze(**freezing, at=NOON + HOUR)
    publications.discard(publication_id=first.pk, reason="Too early.", by=manager, at=NOON + 2 * HOUR)
    out(publications.freeze(**freezing, at=NOON + 2 * HOUR), manager, leader)
    why = {"purpose": Purpose.CORRECTION, "reason": "One was wrong."}
    out(publications.freeze(**freezing, at=NOON + 4 * HOUR, **why), manager, leader)
    return ministry


ANSWERS = {
    "digital.transactions": Answered("number", "1,000"), "assisted-digital.transactions": Answered("number", "0"),
    "phone.transactions": Answered("not-provided"), ".started": Answered("number", "1200"),
    ".completed": Answered("number", "1000"), ".contacts": Answered("not-applicable"),
}  # fmt: skip


def described(ministry, manager):
    """What the register says of two services, most of it in two versions."""
    said = {"key": "passports", "by": ministry.acting("lena"), "at": NOON}
    fields = {
        "agency": "Office", "purpose": "To get one.", "users": "All.", "needs": "To travel.", "manager": manager.post,
        "url": "https://passports.example", "opened_on": date(2020, 1, 1), "closed_on": date(2030, 1, 1),
    }  # fmt: skip
    registrations.change(**said, as_of=TODAY, said_on=TODAY, reason="Known now.", **fields)
    new = NewService("visas", Described("Visas", ministry.body("interior")), ("digital",), ("Entry clearance",))
    registrations.put_all([new], as_of=TODAY, said_on=TODAY, reason="", by=None, at=NOON)
    for closed in (None, date(2029, 1, 1)):
        registrations.put_channel(**said, channel="phone", kind="phone", opened_on=date(2020, 1, 1), closed_on=closed)
    registrations.descend(
        predecessor="passports", successors=["visas", "licences"], kind="split", on=TODAY, reason="Two.", by=None,
        at=NOON,
    )  # fmt: skip
    registrations.choose(**said, programme="Exemplars", since=TODAY, note="The first.")
    releases.tell(**said, name="2.0", released_on=TODAY, changed="One page less.")
    drawn = replace(straight("passports"), effective_from=date(2026, 1, 1))
    journeys.draw(drawn=drawn, by=None, at=NOON, reason="Begun.")
    journeys.end(key="passports", number=1, on=date(2026, 6, 1), reason="New graph.", by=None, at=NOON)
    page = {"page": "start", "said_on": TODAY, "as_of": TODAY}
    pagetexts.put(**said, **page, words="Apply here.")
    pagetexts.put(**said, **page, words="Apply here. It is free.", reason="The fee is gone.")
    aim = {"definition": "completion-rate", "due_on": date(2027, 1, 1), "said_on": TODAY}
    targets.put(**said, **aim, value=Decimal("0.9000004"))
    targets.put(**said, **aim, value=Decimal("0.8"), reason="Too high.")
    lines = [
        Line("People", Decimal("300.126"), "all of it"),
        Line("Moving", Decimal(5000), "by floor space", Decimal(1) / 3, excluded="once only"),
    ]
    costlines.put(**said, span=SPAN, lines=lines, said_on=TODAY)
    costlines.put(**said, span=SPAN, lines=lines[1:], said_on=TODAY, reason="Paid elsewhere.")
    report = Report(
        "2019", "beta", "met", TODAY, "Three assessors.", (Found(1, "met", "Twelve interviews."),), summary="Good.",
        report_url="https://report.example", published_on=TODAY,
    )  # fmt: skip
    said["by"] = None
    first = assessments.record(**said, report=report)
    again = replace(report, result="met-with-conditions")
    assessments.record(**said, report=again, corrects=first.pk, reason="Misread.")


def link_of(key, leader, *, expires):
    return monthly.make(key=key, span=SPAN, email="sam@example.org", days=expires, by=leader, at=NOON)


def out(publication, manager, leader):
    """The way of a publication to its readers."""
    at = publication.frozen_at
    for flag in publication.flags.all():
        publications.answer(flag_id=flag.pk, reason=" Not collected yet. ", by=manager, at=at)
    publications.check(publication_id=publication.pk, by=manager, at=at)
    publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=at + HOUR)
    publications.publish(publication_id=publication.pk, by=leader, at=at + HOUR)


def test_what_nobody_altered_holds(busy):
    assert accounts.examine() == ([], [])


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE services_serviceversion SET needs = 'None.' WHERE needs <> ''", "version 2 of service passports"),
        ("UPDATE services_channel SET klass = 'other' WHERE kind = 'assisted-digital'",
         "channel assisted-digital of service passports"),
        ("UPDATE services_servicealias SET folded = 'exit'", "name “Entry clearance” of service visas"),
        ("UPDATE services_target SET value = 0.7 WHERE number = 2", "target completion-rate, version 2, of service passports"),
        ("UPDATE services_pagetext SET words = 'Apply.' WHERE number = 2",
         "words of page start, version 2, of service passports"),
        ("UPDATE services_costline SET pounds = 1 WHERE dropped",
         "cost line “People”, version 2, of service passports in 2026-10"),
        ("UPDATE services_assessed SET evidence = 'Six.' WHERE point = 1 AND evidence <> ''",
         "assessment of service passports at beta of 2026-11-20"),
        ("UPDATE services_drawnjourney SET effective_to = NULL", "end of journey 1 of service passports"),
        ("UPDATE services_submitted SET amount = 16 WHERE quantity = 'completed' AND number = 1",
         "completed of passports in 2026-10"),
        ("UPDATE services_submission SET source = 'x' WHERE source = 'Monthly form'", "submission"),
        ("UPDATE services_period SET label = 'October'", "period"),
        ("UPDATE services_flag SET reason = 'Who knows.' WHERE reason <> ''", "answer to flag"),
        ("UPDATE services_formlink SET email = 'eve@example.org'", "link of the form of passports for 2026-10"),
        ("DELETE FROM services_publication_submitters", "submitters of publication interior-2026-10-1"),
        ("DELETE FROM services_servicerelease", "release 2.0 of service passports"),
    ],
)  # fmt: skip
def test_what_somebody_altered_is_named(busy, sql, where):
    tamper(sql)
    found = {one.where for one in accounts.differences()}
    assert found
    assert all(one.startswith(where.rstrip("123")) for one in found)


def test_values_that_are_gone_or_came_from_nowhere_are_told(busy):
    tamper("DELETE FROM services_submitted WHERE quantity = 'contacts' AND number = 1 AND amount IS NOT NULL")
    (one,) = accounts.differences()
    assert one.what == "1 of them are not in their table."


def test_rows_from_before_the_record_held_them_are_counted_and_not_called_broken(busy):
    forget = {"figures.submitted": ("row", "holds", "periods"), "figures.frozen": ("holds", "submitters")}
    for entry in Entry.objects.all():
        for fact in forget.get(entry.act, ("holds", "withheld")):
            facts = entry.facts.partition(f'"{fact}":')
            if facts[1]:
                without(entry, fact)
    tamper(
        "DELETE FROM record_entry WHERE act = 'service.named' OR (act = 'service.channel-put' AND subject = 'visas')"
    )
    broken, older = accounts.examine()
    assert broken == []
    assert "versions of services: 5" in older
    assert {line.partition(":")[0] for line in older} >= {"submitted values", "cost lines", "channels", "other names"}
    tamper("DELETE FROM services_target WHERE number = 2")
    assert {one.where for one in accounts.differences()} == {"target completion-rate, version 2, of service passports"}


def without(entry, fact):
    """The entry as it was written before it told this fact."""
    facts = json.loads(Entry.objects.get(pk=entry.pk).facts)
    facts.pop(fact)
    told = json.dumps(facts).replace("'", "''")
    tamper(f"UPDATE record_entry SET facts = '{told}' WHERE number = {entry.number}")


def test_one_damaged_cell_of_any_table_is_named(busy):
    if connection.vendor != "sqlite":
        pytest.skip("cells are found by SQLite's own row numbers")
    checks = [
        partial(check.differences, Older())
        for check in (accounts.registers, accounts.submitted, accounts.publications, accounts.links)
    ]
    found = unseen(("services_",), (), lambda: any(proofs.guarded("services", check) for check in checks))
    assert {table: columns - {"id", *NOT_PROVED.get(table, ())} for table, columns in found.items()} == {
        table: set() for table in found
    }
