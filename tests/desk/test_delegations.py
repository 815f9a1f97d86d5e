"""Delegation in the desk: for one thing, for a time, by whoever holds the post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from penholder.agreement.models import Asked, Delegation, Round
from penholder.drafting.models import Document, Iteration

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(leader):
    """The leader's post is asked about the fourth iteration of the strategy."""
    opened = datetime(2013, 4, 1, 9, tzinfo=UTC)
    document = Document.objects.create(key="strategy", title="Digital Strategy", kind="strategy")
    iteration = Iteration.objects.create(
        document=document, number=4, manifest="{}", seal="a" * 64, taken_at=opened, sealed_at=opened
    )
    opened_round = Round.objects.create(
        key="strategy-4-sign-off", series="strategy-4-sign-off", iteration=iteration, kind="sign-off", rule="all",
        opened_at=opened, opened_by="Head of the pen team", clear_days=10, deadline_at=opened + timedelta(days=14),
    )  # fmt: skip
    Asked.objects.create(round=opened_round, post=leader, deadline_at=opened_round.deadline_at, asked_at=opened)
    return opened_round


def given(person, scope, **more):
    return {"email": person.email, "scope": scope, "since": "2012-01-01", "until": "2099-04-05", "reason": ""} | more


def test_a_leader_lets_a_deputy_speak_about_one_text_and_ends_it(grace, make_person, asked, browser_of):
    henry = make_person("Henry")
    client = browser_of(grace)
    assert "Everything about “Digital Strategy”" in client.get("/desk/delegations/").content.decode()
    scope = f"document:{asked.iteration.document_id}"
    page = client.post("/desk/delegations/", given(henry, scope), follow=True).content.decode()
    assert "Henry may speak for Director General, HM Revenue &amp; Customs." in page
    assert "to Sunday 5 April 2099" in page
    (delegation,) = Delegation.objects.all()
    assert delegation.until == datetime(2099, 4, 5, 23, tzinfo=UTC), "midnight in London, in summer"
    assert "Henry for Director General" in browser_of(henry).get("/desk/delegations/").content.decode()
    page = client.post(f"/desk/delegations/{delegation.pk}/end/", follow=True).content.decode()
    assert "The delegation is ended." in page
    assert client.post(f"/desk/delegations/{delegation.pk}/end/").status_code == 409
    assert client.post("/desk/delegations/0/end/").status_code == 404


def test_one_round_can_be_delegated_too(grace, make_person, asked, browser_of):
    client = browser_of(grace)
    client.post("/desk/delegations/", given(make_person("Henry"), f"round:{asked.pk}"))
    assert Delegation.objects.get().round == asked
    assert "on “Digital Strategy”, iteration 4" in client.get("/desk/delegations/").content.decode()


def test_what_is_wrong_is_said_beside_the_field(grace, make_person, asked, browser_of):
    client = browser_of(grace)
    scope = f"round:{asked.pk}"
    page = client.post(
        "/desk/delegations/", given(grace, scope, email="nobody@dept.example", since="soon")
    ).content.decode()
    assert "Nobody here has this address" in page
    assert page.count("govuk-form-group--error") == 2
    henry = make_person("Henry")
    assert client.post("/desk/delegations/", given(henry, scope, until="2012-04-05")).status_code == 409
    assert client.post("/desk/delegations/", given(grace, scope)).status_code == 409
    assert not Delegation.objects.exists()


def test_nobody_delegates_about_what_they_were_not_asked(ada, make_person, asked, browser_of):
    client = browser_of(ada)
    page = client.get("/desk/delegations/").content.decode()
    assert "Digital Strategy" not in page
    assert "Only these may" in page
    client.post("/desk/delegations/", given(make_person("Henry"), f"round:{asked.pk}"))
    assert not Delegation.objects.exists()
    nobody = browser_of(make_person("Mallory"))
    assert "You hold no post." in nobody.get("/desk/delegations/").content.decode()
