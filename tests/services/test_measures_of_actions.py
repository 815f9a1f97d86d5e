"""An action is measured by figures of services: live until they are published, then as published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.services.conftest import NOON, TODAY

from penholder.delivery import measures
from penholder.delivery.measures import Said
from penholder.delivery.models import Action, MeasureVersion
from penholder.drafting.models import Document
from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.services import publications
from penholder.services.periods import parse

SAID = Said(
    "More people finish", "completion-rate", ("passports", "licences"), Decimal("0.6"), date(2026, 1, 1),
    Decimal("0.7"), date(2027, 1, 1),
)  # fmt: skip


@pytest.fixture
def action(ministry):
    document = Document.objects.create(key="strategy", kind="strategy", title="Strategy")
    return Action.objects.create(document=document, number=7)


def put(said=SAID, **more):
    named = {"strategy": "strategy", "action": 7, "key": "finish", "said_on": TODAY, "by": None, "at": NOON}
    return measures.put(said=said, **named | more)


def test_shares_of_several_services_are_added_up_over_their_counts(ministry, action):
    put()
    ministry.submit("passports", "2026-10", started=300, completed=240)
    ministry.submit("licences", "2026-10", started=100, completed=40)
    ministry.submit("passports", "2026-09", started=100, completed=50)
    (measured,) = measures.read("strategy")
    assert [(one.span.key, one.value, one.had, one.asked) for one in measured.readings] == [
        ("2026-09", 0.5, 1, 2), ("2026-10", 0.7, 2, 2),
    ]  # fmt: skip
    assert (measured.met, measured.last.frozen, measured.last.seals) == (True, False, ())


def test_what_is_published_is_read_with_its_seal(ministry, action):
    put(Said("Finish", "completion-rate", ("pensions",)))
    manager = ministry.acting("moss", Role.SERVICE_MANAGER, body="work")
    leader = ministry.acting("wilf", Role.LEADER, body="work")
    ministry.submit("pensions", "2026-10", by=manager, started=100, completed=80)
    publication = publications.freeze(organisation=ministry.body("work"), span=parse("2026-10"), by=manager, at=NOON)
    for flag in publication.flags.all():
        publications.answer(flag_id=flag.pk, reason="Known.", by=manager, at=NOON)
    publications.check(publication_id=publication.pk, by=manager, at=NOON)
    publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON)
    publications.publish(publication_id=publication.pk, by=leader, at=NOON)
    ministry.submit("pensions", "2026-10", by=manager, completed=90, reason="More.")
    (measured,) = measures.read("strategy", action=7)
    assert (measured.last.value, measured.last.frozen, measured.last.seals) == (0.8, True, (publication.seal,))
    assert measured.met is None, "there is no target"


def test_figures_that_are_no_shares_are_not_averaged(ministry, action):
    put(Said("Cheaper", "cost-per-transaction", ("passports", "licences")))
    ministry.submit("passports", "2026-10", cost_per_transaction=2)
    ministry.submit("licences", "2026-10", cost_per_transaction=4)
    (measured,) = measures.read("strategy")
    assert [(one.value, one.had) for one in measured.readings] == [(None, 2)]


def test_who_aims_lower_is_met_from_below(ministry, action):
    put(Said("Cheaper", "cost-per-transaction", ("passports",), Decimal(9), TODAY, Decimal(5), date(2027, 1, 1)))
    ministry.submit("passports", "2026-09", cost_per_transaction=6)
    assert measures.read("strategy")[0].met is False
    ministry.submit("passports", "2026-10", cost_per_transaction=4)
    assert measures.read("strategy")[0].met is True


def test_a_changed_measure_is_a_newer_version_that_says_why(ministry, action):
    put()
    later = Said(
        SAID.title, SAID.definition, SAID.services, SAID.baseline, SAID.baseline_on, Decimal("0.65"), SAID.due_on
    )
    with pytest.raises(Refused, match="Say why this changes"):
        put(later)
    put(later, reason="A release was put off.")
    with pytest.raises(Refused, match="Nothing would change"):
        put(later, reason="Again.")
    assert [row.target for row in MeasureVersion.objects.order_by("number")] == [Decimal("0.7"), Decimal("0.65")]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said("", "completion-rate", ("passports",)), "needs a title"),
        (Said("A", "wishes", ("passports",)), "no figure “wishes”"),
        (Said("A", "completion-rate", ("nowhere",)), "No service has the key “nowhere”"),
        (Said("A", "completion-rate", ()), "at least one service"),
        (Said("A", "completion-rate", ("passports",), target=Decimal(1)), "the day by which"),
        (Said("A", "completion-rate", ("passports",), baseline=Decimal(1)), "the day on which"),
    ],
)
def test_a_measure_that_measures_nothing_is_refused(ministry, action, said, why):
    with pytest.raises(Refused, match=why):
        put(said)


def test_the_pen_team_says_how_actions_are_measured(ministry, action):
    with pytest.raises(Refused, match="Only these may say by which figures"):
        put(by=ministry.acting("lena", Role.LEADER))
    put(by=ministry.acting("orla", Role.PEN))
    with pytest.raises(Missing):
        put(action=8)
