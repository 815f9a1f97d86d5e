"""Figures are frozen, explained, signed off by somebody else, and published: what readers got stays provable."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.mischief import tamper
from tests.services.conftest import NOON

from penholder import seal as seals
from penholder.errors import Refused
from penholder.measure.values import Absence
from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.services import accounts, figures, frozen, hiding, publications, values
from penholder.services.models import Flag, FrozenFigure, Purpose, State
from penholder.services.periods import parse

HOUR = timedelta(hours=1)
SPAN = parse("2026-10")


@pytest.fixture
def manager(ministry):
    return ministry.acting("maud", Role.SERVICE_MANAGER)


@pytest.fixture
def leader(ministry):
    return ministry.acting("lena", Role.LEADER)


@pytest.fixture
def given(ministry, manager):
    """October of two services, as their manager submitted it."""
    ministry.submit(
        "passports", "2026-10", by=manager, started=200, completed=150, transactions=150,
        digital__transactions=100, assisted_digital__transactions=20, phone__transactions=30,
    )  # fmt: skip
    ministry.submit("licences", "2026-10", by=manager, started=90, completed=60)
    return ministry


def freeze(given, by, **more):
    return publications.freeze(organisation=given.body("interior"), span=SPAN, by=by, at=NOON, **more)


def explained(publication, by):
    for flag in publication.flags.all():
        publications.answer(flag_id=flag.pk, reason="Not collected yet.", by=by, at=NOON)
    return publications.check(publication_id=publication.pk, by=by, at=NOON)


def published(given, manager, leader, **more):
    publication = explained(freeze(given, manager, **more), manager)
    publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON)
    return publications.publish(publication_id=publication.pk, by=leader, at=NOON + HOUR)


def test_what_is_missing_must_be_explained_before_anybody_signs(given, manager, leader):
    publication = freeze(given, manager)
    missing = {(flag.service.key, flag.definition) for flag in publication.flags.all() if flag.kind == "missing"}
    assert ("passports", "share-satisfied") in missing
    assert ("passports", "completion-rate") not in missing
    with pytest.raises(Refused, match="Nobody has said why"):
        publications.check(publication_id=publication.pk, by=manager, at=NOON)
    with pytest.raises(Refused, match="from which that is not possible"):
        publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON)
    assert explained(publication, manager).state == State.CHECKED


def test_the_leader_signs_and_nobody_who_submitted(given, manager, leader, ministry):
    publication = explained(freeze(given, manager), manager)
    with pytest.raises(Refused, match="Only these may sign off"):
        publications.sign(publication_id=publication.pk, seal=publication.seal, by=manager, at=NOON)
    both = ministry.acting("maud", Role.LEADER)
    with pytest.raises(Refused, match="You submitted figures"):
        publications.sign(publication_id=publication.pk, seal=publication.seal, by=both, at=NOON)
    elsewhere = ministry.acting("wilf", Role.LEADER, body="work")
    with pytest.raises(Refused, match="its own organisation"):
        publications.sign(publication_id=publication.pk, seal=publication.seal, by=elsewhere, at=NOON)
    with pytest.raises(Refused, match="other figures than these"):
        publications.sign(publication_id=publication.pk, seal="0" * 64, by=leader, at=NOON)
    signed = publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON)
    assert signed.signed_by == "Lena, Digital Leader, Interior"


def test_frozen_figures_do_not_follow_what_comes_in_later(given, manager, leader):
    publication = published(given, manager, leader)
    given.submit("passports", "2026-10", by=manager, completed=160, reason="Late returns.", at=NOON + 2 * HOUR)
    shown = figures.read().of("passports", "2026-10", "completion-rate")
    assert (shown.figure.value, shown.origin, shown.seal) == (0.75, "published", publication.seal)
    assert (shown.figure.n, shown.figure.interval is None) == (200, False)
    assert figures.live().of("passports", "2026-10", "completion-rate").figure.value == 0.8
    assert [each.after.quantity for each in values.revisions(internal=True)] == ["completed"]
    assert values.revisions() == [], "what was submitted is not public, only what is frozen of it"


def test_the_seal_is_that_of_the_manifest_that_anyone_can_hash(given, manager, leader):
    publication = published(given, manager, leader)
    told = json.loads(publication.manifest)
    assert seals.seal(told) == seals.digest(publication.manifest) == publication.seal
    assert {line["definition"] for line in told["figures"]} >= {"completion-rate", "transactions", "digital-take-up"}
    acts = Entry.objects.filter(subject=publication.seal).values_list("act", flat=True)
    assert [act for act in acts if act != "figures.flag-answered"] == [
        "figures.frozen", "figures.checked", "figures.signed", "figures.published",
    ]  # fmt: skip
    assert accounts.differences() == []


def test_a_correction_replaces_what_was_published_and_says_why(given, manager, leader):
    first = published(given, manager, leader)
    with pytest.raises(Refused, match="is published already"):
        freeze(given, manager)
    given.submit("passports", "2026-10", by=manager, completed=160, reason="Late returns.", at=NOON)
    second = freeze(given, manager, purpose=Purpose.CORRECTION, reason="Late returns were counted.")
    assert any(flag.kind == "revision" and "75.0%" in flag.what for flag in second.flags.all())
    explained(second, manager)
    publications.sign(publication_id=second.pk, seal=second.seal, by=leader, at=NOON)
    day_after = NOON + timedelta(days=1)
    publications.publish(publication_id=second.pk, by=leader, at=day_after)
    first.refresh_from_db()
    assert (first.state, first.ended_because) == (State.REPLACED, "Late returns were counted.")
    assert json.loads(second.manifest)["replaces"] == first.seal
    told = {each.line.definition: (each.before.value, each.after.value) for each in frozen.revisions()}
    assert told == {"completed": (150, 160), "completion-rate": (0.75, 0.8)}
    rate = ("passports", "2026-10", "completion-rate")
    assert figures.read(as_published_on=NOON.date()).of(*rate).figure.value == 0.75
    assert figures.read(as_published_on=day_after.date()).of(*rate).figure.value == 0.8
    assert accounts.differences() == []


def test_a_withdrawal_is_a_publication_without_figures(given, manager, leader):
    published(given, manager, leader)
    with pytest.raises(Refused, match="needs a reason"):
        freeze(given, manager, purpose=Purpose.WITHDRAWAL)
    withdrawn = published(given, manager, leader, purpose=Purpose.WITHDRAWAL, reason="Counted over other attempts.")
    assert not withdrawn.figures.exists()
    assert figures.read().of("passports", "2026-10", "completion-rate") is None
    with pytest.raises(Refused, match="withdrawn already"):
        freeze(given, manager, purpose=Purpose.WITHDRAWAL, reason="Again.")


def test_only_one_is_prepared_at_a_time_and_it_can_be_discarded(given, manager):
    publication = freeze(given, manager)
    with pytest.raises(Refused, match="being prepared already"):
        freeze(given, manager)
    publications.discard(publication_id=publication.pk, reason="Two services were late.", by=manager, at=NOON)
    assert freeze(given, manager).key == "interior-2026-10-2"


def test_newer_values_stop_a_signature(given, manager, leader):
    publication = explained(freeze(given, manager), manager)
    given.submit("passports", "2026-10", by=manager, completed=151, at=NOON + HOUR)
    with pytest.raises(Refused, match="Newer values came in"):
        publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON + HOUR)


def test_a_figure_far_from_what_it_was_is_flagged(ministry, manager):
    for month in range(1, 10):
        ministry.submit("passports", f"2026-{month:02}", started=1000, completed=700 + month)
    ministry.submit("passports", "2026-10", started=1000, completed=400)
    flags = [flag for flag in freeze(ministry, manager).flags.all() if flag.kind == "outlier"]
    assert [flag.definition for flag in flags] == ["completion-rate"]
    assert "40.0%; before, it was about 70.5%" in flags[0].what


def test_small_counts_are_withheld_with_what_would_give_them_away(ministry, manager):
    ministry.submit(
        "passports", "2026-10", transactions=153,
        digital__transactions=130, assisted_digital__transactions=3, phone__transactions=20,
    )  # fmt: skip
    ministry.submit("licences", "2026-10", started=100, completed=98)
    publication = freeze(ministry, manager)
    told = {
        (each.service.key, each.definition, each.channel): each.status
        for each in FrozenFigure.objects.filter(publication=publication).select_related("service")
    }
    assert told["passports", "transactions", "assisted-digital"] == "suppressed"
    assert told["passports", "transactions", "phone"] == "suppressed", "a total without it would give it away"
    assert told["passports", "transactions", "digital"] == "value"
    assert told["passports", "digital-take-up", ""] == "suppressed"
    assert told["licences", "completed", ""] == "suppressed", "two did not complete"
    assert told["licences", "completion-rate", ""] == "suppressed"
    assert FrozenFigure.objects.filter(status="suppressed").exclude(value=None, n=None, low=None).count() == 0


def test_no_count_can_be_worked_out_from_a_total_over_services(ministry):
    for service, count in (("passports", 3), ("licences", 40), ("pensions", 50)):
        ministry.submit(service, "2026-10", transactions=count)
    withheld = hiding.hidden(list(values.read()), figures.live().figures)
    assert withheld == {("passports", "", "transactions"), ("licences", "", "transactions")}


def test_what_is_suppressed_by_its_source_stays_so(ministry, manager):
    ministry.submit("passports", "2026-10", started=Absence.SUPPRESSED, completed=Absence.SUPPRESSED)
    row = FrozenFigure.objects.get(publication=freeze(ministry, manager), definition="completion-rate")
    assert row.status == "suppressed"


def test_who_changes_a_table_behind_our_back_is_found(given, manager, leader):
    publication = published(given, manager, leader)
    tamper("UPDATE services_frozenfigure SET value = 0.99 WHERE definition = 'completion-rate'")
    (broken,) = accounts.differences()
    assert (broken.where, broken.what) == (
        f"publication {publication.key}", "its figures are not those that were sealed.",
    )  # fmt: skip
    tamper(f"UPDATE services_publication SET seal = '{'0' * 64}'")
    assert {each.what for each in accounts.differences()} == {
        "its manifest is not the one that its seal was made of.", "it is not as it was recorded.",
    }  # fmt: skip


def test_a_flag_that_was_explained_stays_explained_by_its_last_word(given, manager):
    publication = freeze(given, manager)
    flag = publication.flags.first()
    with pytest.raises(Refused, match="Say why this is so"):
        publications.answer(flag_id=flag.pk, reason=" ", by=manager, at=NOON)
    publications.answer(flag_id=flag.pk, reason="First.", by=manager, at=NOON)
    publications.answer(flag_id=flag.pk, reason="Better.", by=manager, at=NOON)
    assert Flag.objects.get(pk=flag.pk).reason == "Better."
