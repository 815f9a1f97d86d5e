"""Two organisations, the posts in them, and people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from penholder.people.acting import Acting
from penholder.people.models import Holding, Organisation, Person, Post, Role

NOON = datetime(2013, 4, 2, 11, tzinfo=UTC)


@pytest.fixture
def office(db):
    return Organisation.objects.create(key="cabinet-office", name="Cabinet Office", acronym="CO")


@pytest.fixture
def ministry(db):
    return Organisation.objects.create(key="hmrc", name="HM Revenue & Customs", acronym="HMRC")


@pytest.fixture
def leader(ministry):
    return Post.objects.create(organisation=ministry, key="hmrc-leader", title="Director General", role=Role.LEADER)


@pytest.fixture
def chair(office):
    return Post.objects.create(organisation=office, key="chair", title="Chair", role=Role.CHAIR)


@pytest.fixture
def someone(db):
    return lambda name: Person.objects.create_user(f"{name.lower()}@dept.example", name=name)


@pytest.fixture
def pen(office, someone):
    """Ada, acting as the pen."""
    post = Post.objects.create(organisation=office, key="pen", title="Head of the pen team", role=Role.PEN)
    ada = someone("Ada")
    Holding.objects.create(post=post, person=ada, since=NOON)
    return Acting(post=post, person=ada)


@pytest.fixture
def operator(office, someone):
    """Olive, acting as the operator."""
    post = Post.objects.create(organisation=office, key="operator", title="Operator", role=Role.OPERATOR)
    olive = someone("Olive")
    Holding.objects.create(post=post, person=olive, since=NOON)
    return Acting(post=post, person=olive)
