"""A user who outgrows one machine sets one address, and sees the same figures of services."""

from __future__ import annotations

import pytest
from tests.services.conftest import NOON, ministry  # noqa: F401 - a fixture
from tests.services.test_journeys import licences, sealed  # noqa: F401 - fixtures

from penholder.errors import Refused
from penholder.measure.engines import choose
from penholder.services import attempts, walks
from penholder.services.periods import parse


@pytest.mark.parametrize("engine", ["chdb", "sail"])
def test_the_same_figures_come_from_the_engine_at_an_address(engine, request, sealed, settings):  # noqa: F811
    def asked():
        spans = [parse("2026-09"), parse("2026-10"), parse("2026-Q3")]
        return attempts.figures(sealed, spans, at=NOON), walks.read(sealed, at=NOON, releases={})

    def ordered(told):
        return sorted(told[0], key=repr), told[1]

    embedded = asked()
    assert len(embedded[0]) > 20
    settings.PENHOLDER_ENGINE = "chdb" if engine == "chdb" else request.getfixturevalue("sail")
    assert ordered(asked()) == ordered(embedded)


def test_an_address_of_no_engine_is_refused_with_those_there_are():
    with pytest.raises(Refused, match="sc://host:port"):
        choose("mongodb://localhost")
