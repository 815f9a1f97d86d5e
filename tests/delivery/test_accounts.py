"""What imports took in, what people decided and how actions are measured, held against the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from tests.delivery.readings import NOON, STRATEGY, reading, snapshot
from tests.mischief import tamper
from tests.publishing.test_damage import unseen

from penholder.delivery import accounts, imports, measures, responses
from penholder.delivery.models import Response
from penholder.formats.reading import Wording
from penholder.people import organisations, posts
from penholder.publishing import proofs
from penholder.record.models import Entry
from penholder.services import registrations
from penholder.services.models import ChannelKind
from penholder.services.registrations import Described, NewService

pytestmark = pytest.mark.django_db

WORDS = "This does not apply to us."
PROPOSED = {(1, "hmrc"): {"proposed_not_applicable": WORDS}}


def snapshots():
    answers = {(1, "hmrc"): WORDS, (2, "hmrc"): "We will.", (1, "dclg"): "Done.", (2, "dclg"): ""}
    first = reading(answers=answers, more=PROPOSED, wordings=(Wording(1, "Leaders", "list.md", 3),))
    newer = STRATEGY.replace("Three each", "Four each").replace("Lead from the top", "Lead")
    second = reading(
        strategy=newer,
        answers={(1, "hmrc"): WORDS, (2, "hmrc"): "We did.", (1, "dclg"): "Done."},
        more=PROPOSED,
        wordings=(Wording(1, "Boards", "list.md", 3),),
    )
    return snapshot(0, first), snapshot(1, second)


@pytest.fixture
def taken_in():
    """Two snapshots, an answer that was decided, a measure that was changed."""
    imports.take_in(snapshots(), source="test", at=NOON)
    body = organisations.find("dclg")
    minister = posts.make(organisation=body, title="Minister", role="minister", by=None, at=NOON)
    proposed = Response.objects.get(proposed_stance="not-applicable")
    responses.decide(response_id=proposed.pk, decision="accepted", by=minister, at=NOON, because="It runs none.")
    described = Described(name="Passports", organisation=body)
    new = NewService("passports", described, (ChannelKind.DIGITAL,))
    registrations.register(new=new, as_of=date(2012, 1, 1), said_on=NOON.date(), by=None, at=NOON)
    said = measures.Said(
        "More are finished", "completion-rate", ("passports",), Decimal("0.5"), date(2012, 1, 1), Decimal("0.9"),
        date(2015, 1, 1),
    )  # fmt: skip
    named = {"strategy": "strategy", "action": 1, "key": "passports", "said_on": NOON.date(), "by": None}
    measures.put(said=said, at=NOON, **named)
    measures.put(said=replace(said, target=None, due_on=None), at=NOON + timedelta(days=1), reason="Later.", **named)


def test_what_nobody_altered_holds_and_the_same_import_again_writes_nothing(taken_in):
    assert accounts.differences() == []
    entries = Entry.objects.count()
    imports.take_in(snapshots(), source="test", at=NOON)
    assert Entry.objects.count() == entries
    assert accounts.differences() == []


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE delivery_response SET text = 'We will not.' WHERE text LIKE 'Done.%'", "action 1 of strategy"),
        ("DELETE FROM delivery_ask WHERE ended_on IS NOT NULL", "action 2 of strategy"),
        ("UPDATE delivery_actionversion SET dropped = TRUE WHERE text LIKE 'Four%'", "action 2 of strategy"),
        ("UPDATE delivery_principleversion SET motto = 'Nobody'", "principle 1 of strategy"),
        (
            "UPDATE delivery_response SET decision = 'refused' WHERE decision <> ''",
            "decision on action 1, hmrc, version 1 of strategy",
        ),
        (
            "UPDATE delivery_measureversion SET target = 0.1 WHERE number = 1",
            "measure passports of action 1 of strategy",
        ),
    ],
)
def test_what_somebody_altered_is_named(taken_in, sql, where):
    tamper(sql)
    assert [one.where for one in accounts.differences()] == [where]


def test_one_damaged_cell_of_any_table_is_named(taken_in):
    if connection.vendor != "sqlite":
        pytest.skip("cells are found by SQLite's own row numbers")
    found = unseen(("delivery_",), (), lambda: proofs.guarded("delivery", accounts.differences))
    assert {table: columns - {"id"} for table, columns in found.items()} == {table: set() for table in found}
