"""The state diagrams of the docs are those of the tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from penholder.agreement.models import NEXT, REMARK_NEXT, RemarkState, State
from penholder.publishing.models import PLANNED_NEXT, Planned
from penholder.services.models import NEXT as PUBLICATION_NEXT
from penholder.services.models import State as Publication

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "agreement.md"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("diagrams", ROOT / "tools" / "diagrams.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_diagrams_are_drawn_from_the_tables(tool):
    pages = [page.read_text(encoding="utf-8") for page in tool.PAGES]
    for table in tool.tables():
        assert f"<!-- drawn from {table} -->" in "".join(pages)
    for page in pages:
        assert page == tool.redrawn(page, tool.tables()), "run `python tools/diagrams.py`"


def test_a_stale_diagram_would_be_seen(tool):
    page = PAGE.read_text(encoding="utf-8")
    fewer = NEXT | {State.OPEN: frozenset({State.CLOSED})}
    assert tool.redrawn(page, {"NEXT": fewer, "REMARK_NEXT": REMARK_NEXT}) != page


@pytest.mark.parametrize(("table", "states"), [
    (NEXT, State), (REMARK_NEXT, RemarkState), (PLANNED_NEXT, Planned), (PUBLICATION_NEXT, Publication),
])  # fmt: skip
def test_every_state_has_its_place_and_can_be_reached(table, states):
    assert set(table) == set(states)
    reached, waiting = set(), [next(iter(table))]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += table[state]
    assert reached == set(states)
