"""Editions, the changes between them, their outputs, and addresses that last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.errors import Conflict, Refused
from penholder.publishing import addresses, changes, editions, passages
from penholder.publishing.editions import OutputFile
from penholder.publishing.models import Address, Edition, Output

pytestmark = pytest.mark.django_db

NOON = datetime(2012, 11, 6, 12, tzinfo=UTC)
TEXT = """## Actions

### Leaders {#action-01 .action}

Every board names one by April.

### Services {#action-02 .action}

Three are redesigned in each department.

## Annexes

What else there is to say.
"""


def sealed(text: str = TEXT, *, day: int = 0):
    document = documents.put(
        key="strategy", kind="strategy", title="Strategy", sections=[Draft("actions", "Actions", text)]
    )
    at = NOON + timedelta(days=day)
    return iterations.seal(document=document, label=f"day {day}", taken_at=at, at=at).iteration


def published(text: str = TEXT, *, day: int = 0) -> Edition:
    return editions.publish(iteration=sealed(text, day=day), at=NOON + timedelta(days=day), agreed_elsewhere=True)


def test_editions_are_numbered_by_document():
    first, second = published(), published(TEXT.replace("Three", "Four"), day=1)
    assert (first.number, second.number) == (1, 2)
    assert editions.current() == {"strategy": second}


def test_publishing_the_same_iteration_again_gives_the_edition_that_stands():
    iteration = sealed()
    first = editions.publish(iteration=iteration, at=NOON, agreed_elsewhere=True)
    assert editions.publish(iteration=iteration, at=NOON + timedelta(days=1)) == first


def test_an_older_iteration_is_not_published_over_a_newer_one():
    old = sealed()
    published(TEXT.replace("Three", "Four"), day=1)
    with pytest.raises(Refused, match="is older"):
        editions.publish(iteration=old, at=NOON + timedelta(days=2))


def test_a_change_is_told_under_its_action():
    old = published()
    new = published(TEXT.replace("April", "July").replace("What else", "All that"), day=1)
    told = changes.between(old, new).by_action()
    assert set(told) == {0, 1}
    ((change, place),) = told[1]
    assert change.kind == "edited"
    assert place.heading == "Leaders"
    assert told[0][0][1].heading == "Annexes"


def test_what_was_removed_is_told_under_the_action_it_stood_in():
    old = published()
    new = published(TEXT.replace("Three are redesigned in each department.\n", ""), day=1)
    assert [change.kind for change, _ in changes.between(old, new).by_action()[2]] == ["removed"]


def test_editions_of_two_documents_are_not_compared():
    paper = documents.put(key="paper", kind="paper", title="Paper", sections=[Draft("one", "One", "Words.\n")])
    other = iterations.seal(document=paper, label="x", taken_at=NOON, at=NOON).iteration
    with pytest.raises(Refused, match="two different documents"):
        changes.between(published(), editions.publish(iteration=other, at=NOON, agreed_elsewhere=True))


def test_a_passage_that_was_removed_is_still_known_by_the_edition_that_had_it():
    old = published()
    published(TEXT.replace("What else there is to say.\n", ""), day=1)
    everywhere = passages.places()
    gone = [one for one in everywhere.values() if not one.stands]
    assert [(one.block.plain, one.edition, one.first_edition) for one in gone] == [("What else there is to say.", 1, 1)]
    assert all(one.edition == 2 for one in everywhere.values() if one.stands)
    assert old.number == 1


def test_outputs_are_listed_once_with_their_checksums():
    edition = published()
    files = [OutputFile("text.md", "a" * 64, 10, "text/markdown"), OutputFile("text.html", "b" * 64, 20, "text/html")]
    assert editions.record_outputs(edition=edition, outputs=files) == 2
    assert editions.record_outputs(edition=edition, outputs=files) == 0
    redrawn = OutputFile("text.html", "c" * 64, 21, "text/html")
    assert editions.record_outputs(edition=edition, outputs=[redrawn]) == 1
    assert dict(Output.objects.values_list("path", "sha256")) == {"text.md": "a" * 64, "text.html": "c" * 64}


def test_what_is_made_of_the_sealed_text_alone_can_never_have_another_checksum():
    edition = published()
    editions.record_outputs(edition=edition, outputs=[OutputFile("text.md", "a" * 64, 10, "text/markdown")])
    with pytest.raises(Conflict, match="penholder check"):
        editions.record_outputs(edition=edition, outputs=[OutputFile("text.md", "b" * 64, 10, "text/markdown")])


def test_old_addresses_lead_to_the_end_of_the_chain_in_one_step():
    addresses.keep_all({"/a/": "/b/", "/b/": "/strategy/#aims"})
    assert addresses.kept() == {"/a/": "/strategy/#aims", "/b/": "/strategy/#aims"}
    addresses.keep("/b/", "/strategy/")
    assert addresses.kept()["/a/"] == "/strategy/"
    assert Address.objects.count() == 2


@pytest.mark.parametrize("circle", [{"/a/": "/a/"}, {"/a/": "/b/", "/b/": "/a/"}, {"/a/": "/b/#x", "/b/": "/a/#y"}])
def test_addresses_that_lead_round_in_a_circle_are_refused_and_none_is_kept(circle):
    with pytest.raises(Refused, match="round in a circle"):
        addresses.keep_all({"/good/": "/strategy/"} | circle)
    assert not Address.objects.exists()


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "relative/", "/../etc/", "//host/x", "/a\\b"])
def test_an_address_of_another_site_is_refused(path):
    with pytest.raises(Refused, match="not an address on this site"):
        addresses.keep(path, "/strategy/")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefghxyz"), max_size=8))
def test_following_ends_outside_or_is_refused(targets):
    try:
        ends = addresses.follow(targets)
    except Refused:
        return
    assert not set(ends.values()) & set(targets)


@pytest.mark.parametrize(("key", "stands"), [("strategy", "/strategy/"), ("help", "/help-document/")])
def test_a_document_never_stands_where_a_page_of_the_site_does(key, stands):
    document = documents.put(key=key, kind="paper", title="Help", sections=[Draft("one", "One", "Words.\n")])
    assert addresses.of_document(document) == stands
    assert addresses.of_edition(document, 2) == f"{stands}editions/2/"
