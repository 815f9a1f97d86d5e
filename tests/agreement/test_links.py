"""Links and delegations: who may make and end them, and what ends with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penholder.agreement import delegations, links, looks, rules
from penholder.agreement.links import objections_to_making
from penholder.agreement.models import Link
from penholder.agreement.standing import since_signed
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


def test_a_link_is_made_by_who_runs_the_round_or_speaks_for_the_post(office, open_round):
    row = office.asked("treasury")
    assert objections_to_making(row, by=office.acting("pen"), at=office.at) == []
    assert objections_to_making(row, by=office.acting("treasury"), at=office.at) == []
    assert objections_to_making(row, by=office.acting("health"), at=office.at)
    for days, email, said in ((0, "a@example.org", "from 1 to 60 days"), (5, "nobody", "e-mail address")):
        with pytest.raises(Refused, match=said):
            links.make(asked_id=row.pk, email=email, days=days, by=office.acting("pen"), at=office.at)


def test_a_link_can_be_ended_and_then_opens_nothing(office, open_round):
    token = office.link("treasury")
    link = Link.objects.get()
    with pytest.raises(Refused):
        links.end(link_id=link.pk, by=office.acting("health"), at=office.later())
    links.end(link_id=link.pk, by=office.acting("treasury"), at=office.later())
    with pytest.raises(Refused, match="has ended"):
        links.open(token, at=office.at)
    with pytest.raises(Refused, match="has ended already"):
        links.end(link_id=link.pk, by=office.acting("pen"), at=office.later())
    with pytest.raises(Missing):
        links.end(link_id=0, by=office.acting("pen"), at=office.at)
    assert list(Entry.objects.filter(act__startswith="link.").values_list("act", flat=True)) == [
        "link.made",
        "link.ended",
    ]


def test_who_answers_by_a_link_writes_a_name(office, open_round, sealed):
    by = links.acting(office.link("treasury"), "  ", at=office.at)
    with pytest.raises(Refused, match="Write your name"):
        looks.show(iteration=sealed, by=by, at=office.at, asked=office.asked("treasury"))


def test_a_delegation_is_ended_by_either_side_and_by_nobody_else(office, open_round):
    given = delegations.give(
        post=office.posts["treasury"],
        person=office.person("ada"),
        since=office.at,
        until=office.at + timedelta(days=3),
        round=open_round,
        by=office.acting("treasury"),
        at=office.at,
    )
    with pytest.raises(Refused, match="or the delegate, may end"):
        delegations.end(delegation_id=given.pk, by=office.acting("health"), at=office.later())
    delegations.end(delegation_id=given.pk, by=office.acting("treasury", "ada"), at=office.later())
    with pytest.raises(Refused, match="has ended already"):
        delegations.end(delegation_id=given.pk, by=office.acting("treasury"), at=office.later())
    with pytest.raises(Missing):
        delegations.end(delegation_id=0, by=office.acting("treasury"), at=office.at)


def test_a_delegation_ends_after_it_begins_and_goes_to_somebody_who_can_sign_in(office, open_round):
    gone = office.person("ada")
    gone.is_active = False
    gone.save()
    more = {"post": office.posts["treasury"], "by": office.acting("treasury"), "at": office.at, "round": open_round}
    with pytest.raises(Refused) as caught:
        delegations.give(person=gone, since=office.at, until=office.at - timedelta(days=1), **more)
    assert [reason.split(".")[0] for reason in caught.value.reasons] == [
        "Ada can no longer sign in",
        "A delegation ends after it begins, and not in the past",
    ]


def test_nobody_and_who_has_no_post_reads_and_does_nothing(office, open_round, sealed):
    pen = office.posts["pen"]
    assert looks.objections_to_reading(sealed, None, at=office.at)
    assert looks.objections_to_reading(sealed, Acting(office.posts["home"]), at=office.at)
    assert looks.objections_to_reading(sealed, Acting(pen, through="command"), at=office.at) == []
    assert "you hold no post" in rules.objections_to_acting("round.open", None, at=office.at)[0]
    assert "Nobody is signed in" in rules.objections_to_acting("round.open", Acting(pen), at=office.at)[0]
    assert rules.objections_to_answering(office.asked("home"), by=None, at=office.at)


def test_who_can_no_longer_sign_in_does_nothing(office, open_round):
    pen = office.person("pen")
    pen.is_active = False
    pen.save()
    assert rules.objections_to_acting("round.open", office.acting("pen"), at=office.at)


def test_a_new_title_is_a_change_of_its_section_and_of_the_document(office):
    def seal(title, section):
        drafts = [Draft("one", section, "Words.\n"), Draft("two", "Two", "More words.\n")]
        document = documents.put(key="paper", kind="paper", title=title, sections=drafts)
        at = office.later()
        return iterations.seal(document=document, label="x", taken_at=at, at=at).iteration

    treasury, health = office.posts["treasury"], office.posts["health"]
    office.open(seal("Paper", "One"), rules.AskFor(treasury), rules.AskFor(health, ["two"]))
    office.give("treasury")
    office.give("health")
    office.renew(seal("A paper", "First"))
    assert office.asked("health").answer is not None
    since = since_signed(office.asked("treasury").pk)
    assert {section.key: section.kind for section in since.sections} == {"": "renamed", "one": "renamed"}
