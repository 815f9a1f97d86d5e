"""Organisations, posts and who holds them against the record: what nobody altered holds, the rest is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.mischief import tamper
from tests.people.conftest import NOON

from penholder.people import accounts, invitations, organisations, posts, successions
from penholder.people.models import Holding, Role
from penholder.people.organisations import Named

pytestmark = pytest.mark.django_db

BODIES = [
    Named("hmrc", "HM Revenue & Customs", "HMRC", "department", ("Inland Revenue",), "Director General"),
    Named("voa", "Valuation Office Agency", "VOA", "agency", strategy_url="https://voa.example/"),
]
LATER = NOON + timedelta(days=1)
IN_PLACE_OF_CY = """
UPDATE people_holding SET person_id = (SELECT MIN(id) FROM people_person)
WHERE person_id = (SELECT id FROM people_person WHERE name = 'Cy')
"""


@pytest.fixture
def told(someone):
    """Organisations from an import that came twice, a post that changed hands, a merger, an invitation."""
    organisations.put_all(BODIES, at=NOON)
    organisations.put_all([Named("hmrc", "HM Revenue and Customs", leader="Chief Digital Officer")], at=LATER)
    mint = organisations.make(name="The Mint", parent="hmrc", by=None, at=NOON)
    successions.succeed(
        predecessor=mint, successors=[organisations.find("voa")], kind="merged", on=NOON.date(), reason="It is small.",
        by=None, at=NOON,
    )  # fmt: skip
    leader = posts.find("hmrc-digital-leader")
    posts.hold(post=leader, person=someone("Ada"), by=None, at=NOON)
    posts.replace(post=leader, person=someone("Grace"), by=None, at=LATER)
    clerk = posts.make(organisation=mint, title="Clerk", role=Role.CONTRIBUTOR, by=None, at=NOON)
    _, token = invitations.invite(post=clerk, email="cy@dept.example", link=str, by=None, at=NOON, name="Cy")
    invitations.accept(token=token, at=LATER, person=None)


def named() -> set[str]:
    return {one.where for one in accounts.differences()}


def test_what_imports_and_people_did_holds(told):
    assert Holding.objects.count() == 3
    assert accounts.differences() == []


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE people_post SET role = 'chair' WHERE key = 'the-mint-clerk'", "post the-mint-clerk"),
        ("UPDATE people_post SET title = 'Clerk' WHERE role = 'leader'", "post hmrc-digital-leader"),
        ("UPDATE people_holding SET until = NULL", "holding of hmrc-digital-leader"),
        (IN_PLACE_OF_CY, "holding of the-mint-clerk"),
        ("DELETE FROM people_holding WHERE until IS NOT NULL", "holding of hmrc-digital-leader"),
        ("UPDATE people_organisation SET name = 'HM Revenue & Customs' WHERE key = 'hmrc'", "organisation hmrc"),
        ("UPDATE people_organisation SET parent_id = NULL", "organisation the-mint"),
        ("UPDATE people_alias SET folded = 'treasury' WHERE name = 'Inland Revenue'", "alias “Inland Revenue”"),
        ("UPDATE people_succession SET kind = 'renamed'", "succession of the-mint by voa"),
        ("UPDATE people_invitation SET accepted_at = invited_at", "invitation of cy@dept.example to the-mint-clerk"),
        ("UPDATE people_invitation SET name = 'Di'", "invitation of cy@dept.example to the-mint-clerk"),
    ],
)
def test_what_somebody_altered_is_named(told, sql, where):
    tamper(sql)
    assert named() == {where}
