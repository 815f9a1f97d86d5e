"""A small government whose text can be agreed, as the tests of agreement have it, and what takes it to publication."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import DEPARTMENTS, office, open_round, sealed  # noqa: F401

from penholder.publishing import editions


def sign_off(office, iteration):  # noqa: F811
    """A sign-off of the iteration, by every department, cleared."""
    signed = office.open(iteration)
    for department in DEPARTMENTS:
        office.give(department)
    office.clear()
    return signed


def approve(office, iteration):  # noqa: F811
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
