"""Passages of a draft have names between two seals, and keep them when it is sealed."""

from __future__ import annotations

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.drafting.tables import LEADERS, TEXTS, WEEKLY, laid

from penholder.drafting import documents, naming, sealed_texts
from penholder.drafting.documents import Draft
from penholder.drafting.models import Document

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def test_a_draft_that_was_not_touched_bears_the_names_of_its_iteration(table):
    iteration = table.document.iterations.get()
    assert [name for part in table.named.parts for name in part.names] == list(sealed_texts.read(iteration).ids)


def test_a_draft_without_an_iteration_has_names_that_stay_while_it_is_written(db):
    documents.put(key="post", kind="post", title="A post", sections=[Draft("one", "One", "First.\n\nSecond words.\n")])
    document = Document.objects.get(key="post")
    first, second = naming.names(document).parts[0].names
    new = "Something new.\n\nFirst.\n\nSecond words, edited.\n"
    documents.put(key="post", kind="post", title="A post", sections=[Draft("one", "One", new)])
    _, again, edited = naming.names(document).parts[0].names
    assert (again, edited) == (first, second)


def test_edits_moves_and_what_is_put_back_keep_their_names(table):
    before = table.passage(WEEKLY).name
    table.edit(WEEKLY, "Leaders meet each week in Cardiff.")
    assert table.passage("Cardiff").name == before
    table.edit("\n\nLeaders meet each week in Cardiff.", "")
    assert table.named.find(before) is None
    table.edit("Skills\n", "Skills\n\nLeaders meet each week in Cardiff.\n", "skills")
    moved = table.passage("Cardiff")
    assert (moved.name, moved.section) == (before, "skills")


def test_a_section_that_did_not_change_is_not_compared_again(table, django_assert_num_queries):
    assert table.named
    document = table.document
    with django_assert_num_queries(5):
        naming.names(document)


def test_what_was_new_in_the_draft_keeps_its_name_when_it_is_sealed(table):
    table.edit(WEEKLY, f"{WEEKLY}\n\nNobody is paid for it.")
    name = table.passage("Nobody is paid").name
    table.office.texts["leaders"] = table.text()
    iteration = table.office.seal()
    assert name in sealed_texts.read(iteration).ids
    assert table.passage("Nobody is paid").name == name


def test_a_name_that_the_iteration_gives_otherwise_still_leads_to_its_passage(table):
    name = table.passage(WEEKLY).name
    # Step by step it stays itself; in one step from the iteration nobody would know it again.
    for words in (
        "Leaders meet each week by telephone.",
        "They all meet weekly by telephone.",
        "All talk weekly by phone.",
    ):
        now = table.passage(name_words(table, name)).block.source
        table.edit(now, words)
        assert table.passage(words).name == name
    table.office.texts["leaders"] = table.text()
    table.office.seal()
    assert table.named.now(name).block.source == "All talk weekly by phone."


def name_words(table, name: str) -> str:
    return table.named.find(name).block.source


def test_merged_passages_lead_to_the_one_that_holds_their_text(table):
    first, second = table.passage(LEADERS).name, table.passage(WEEKLY).name
    table.edit(f"{LEADERS}\n\n{WEEKLY}", f"{LEADERS} {WEEKLY}")
    named = table.named
    assert named.now(first) == named.now(second)
    assert WEEKLY in named.now(second).block.source


def test_two_readers_find_one_naming(table):
    table.edit(WEEKLY, f"{WEEKLY}\n\nNobody is paid for it.")
    assert table.named.parts == table.named.parts
    assert TEXTS["vision"] == table.named.part("vision").text
