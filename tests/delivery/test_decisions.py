from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.delivery.readings import NOON, reading, snapshot

from penholder.delivery import imports, responses
from penholder.delivery.models import Response
from penholder.errors import Refused
from penholder.people.models import Organisation, Post
from penholder.record.models import Entry
from penholder.record.verification import verify

LATER = datetime(2013, 1, 7, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed():
    words = "This does not apply to us."
    answers = {(1, "hmrc"): words, (2, "hmrc"): "We will."}
    told = reading(answers=answers, more={(1, "hmrc"): {"proposed_not_applicable": words}})
    imports.take_in([snapshot(0, told)], source="test", at=NOON)
    return Response.objects.get(proposed_stance="not-applicable")


@pytest.fixture
def minister():
    office = Organisation.objects.create(key="co-test", name="The Office in the middle")
    return Post.objects.create(organisation=office, key="minister", title="Minister")


def test_what_was_proposed_is_not_decided_until_a_person_decides(proposed, minister):
    assert proposed.stance == "unstated"
    decided = responses.decide(
        response_id=proposed.pk, decision="accepted", by=minister, at=LATER, because="It runs no services."
    )
    assert (decided.decision, decided.decided_by, decided.decided_at) == ("accepted", minister, LATER)
    written = Entry.objects.get(act="response.decided")
    assert (written.actor, written.reason) == ("minister", "It runs no services.")
    assert json.loads(written.facts) == {
        "strategy": "strategy", "decision": "accepted", "proposed": "not-applicable",
    }  # fmt: skip


def test_the_organisation_that_answered_may_not_accept_its_own_answer(proposed):
    own = Post.objects.create(organisation=proposed.organisation, key="own", title="Digital Leader")
    with pytest.raises(Refused, match="someone else must"):
        responses.decide(response_id=proposed.pk, decision="accepted", by=own, at=LATER)
    assert not Entry.objects.filter(act="response.decided").exists()


def test_a_decision_is_made_once_and_in_words_that_exist(proposed, minister):
    with pytest.raises(Refused, match="is not a decision"):
        responses.decide(response_id=proposed.pk, decision="maybe", by=minister, at=LATER)
    responses.decide(response_id=proposed.pk, decision="refused", by=minister, at=LATER)
    with pytest.raises(Refused, match="decided already"):
        responses.decide(response_id=proposed.pk, decision="accepted", by=minister, at=LATER)


def test_an_answer_for_which_nothing_was_proposed_cannot_be_decided(proposed, minister):
    other = Response.objects.get(action__number=2)
    with pytest.raises(Refused, match="Nothing was proposed"):
        responses.decide(response_id=other.pk, decision="accepted", by=minister, at=LATER)


def test_an_import_is_written_into_the_record_once(proposed):
    acts = list(Entry.objects.values_list("act", flat=True))
    assert acts.count("iteration.sealed") == acts.count("edition.published") == 2
    assert verify().fault is None
    assert {entry.at for entry in Entry.objects.all()} == {NOON}
