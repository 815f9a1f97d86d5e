"""A small government whose text can be agreed, as the tests of agreement have it, and what takes it to publication."""

from __future__ import annotations

import pytest
from tests.agreement import conftest as agreement
from tests.agreement.conftest import DEPARTMENTS, Office, open_round, sealed  # noqa: F401
from tests.people.noted import note

from penholder.publishing import editions


@pytest.fixture
def office(db) -> Office:
    """The office of the tests of agreement; the record knows its organisations, its posts and who holds them."""
    made = agreement.manned()
    note(at=made.at)
    return made


def sign_off(office, iteration):
    """A sign-off of the iteration, by every department, cleared."""
    signed = office.open(iteration)
    for department in DEPARTMENTS:
        office.give(department)
    office.clear()
    return signed


def approve(office, iteration):
    """An approval of the iteration by the minister, cleared."""
    approval = office.open(iteration, "minister", kind="approval")
    office.give("minister")
    office.clear()
    return approval


@pytest.fixture
def published(office, sealed):  # noqa: F811
    """The first edition of the strategy, signed off, approved and published."""
    sign_off(office, sealed)
    approve(office, sealed)
    return editions.publish(iteration=sealed, by=office.acting("pen"), at=office.later(), reason="It is agreed.")
