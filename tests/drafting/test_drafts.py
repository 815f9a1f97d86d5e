"""The draft: whoever changes it and however, what stays is not touched, rows and updates agree, and nothing doubles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from penholder.drafting import documents, drafts, iterations
from penholder.drafting.documents import Draft
from penholder.drafting.edits import Insert, Place, Remove, SetText, SetTitle, Splice
from penholder.drafting.models import Document, DraftSnapshot, DraftUpdate, Section
from penholder.drafting.shared_texts import SharedText
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Post, Role
from penholder.text import splices
from penholder.text.canonical import canonical

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PROSE = st.text(st.sampled_from("ab \n£—’ŵŷ😀👩\u200d\u0301é"), max_size=40)


@pytest.fixture
def treasury():
    return Organisation.objects.create(key="hmt", name="HM Treasury")


@pytest.fixture
def pen(treasury):
    return Acting(Post.objects.create(organisation=treasury, key="pen", title="Pen", role=Role.PEN), name="Pia")


@pytest.fixture
def leader(treasury):
    return Acting(Post.objects.create(organisation=treasury, key="leader", title="Leader", role=Role.LEADER))


@pytest.fixture
def document():
    return put("# One\n\n£5m — every board’s dŵr 😀.\n", "# Two\n\nSecond.\n", "# Three\n\nThird.\n")


def put(*texts: str, **more) -> Document:
    sections = [Draft(f"s{number}", f"Section {number}", text) for number, text in enumerate(texts, start=1)]
    return documents.put(key="strategy", kind="strategy", title="Strategy", sections=sections, **more)


def change(document, by, *edits, minutes=0):
    at = NOON + timedelta(minutes=minutes)
    return drafts.change(document_id=document.pk, edits=edits, by=by, at=at)


def keys(document) -> list[str]:
    return [section.key for section in drafts.read(document.pk).sections]


def text(document, key="s1") -> str:
    return drafts.read(document.pk).section(key).text


def rows(document) -> list[tuple[str, str, str]]:
    return list(Section.objects.filter(document=document).values_list("key", "title", "text"))


def test_a_draft_that_nobody_has_written_in_reads_as_it_was_put(document):
    reading = drafts.read(document.pk)
    assert reading.sequence == 0
    assert [(one.key, one.title, one.text) for one in reading.sections] == rows(document)
    assert not DraftUpdate.objects.exists()


def test_a_change_is_one_update_and_shows_in_the_rows(document, pen):
    done = change(document, pen, Splice("s1", 7, 10, "£6m", reads="£5m"), SetTitle("s2", "Deuxième"))
    assert done == drafts.Changed(2, frozenset({"s1", "s2"}))
    assert rows(document)[0][2] == "# One\n\n£6m — every board’s dŵr 😀.\n"
    assert rows(document)[1][1] == "Deuxième"
    update = DraftUpdate.objects.get(sequence=2)
    assert (update.post, update.person, update.at) == ("Pen, HM Treasury", "Pia", NOON)


def test_a_text_is_never_seeded_twice(document, pen):
    before = text(document)
    for minutes in range(3):
        change(document, pen, SetTitle("s1", f"Title {minutes}"), minutes=minutes)
    put("# One\n\n£5m — every board’s dŵr 😀.\n", "# Two\n\nSecond.\n", "# Three\n\nThird.\n")
    assert text(document) == before


def test_what_changes_nothing_stores_nothing(document, pen):
    change(document, pen, SetText("s1", "# One\n\nNew.\n"))
    again = change(
        document, pen, SetText("s1", "# One\r\n\r\nNew.   \n\n"), Place("s2", after="s1"), SetTitle("s1", " Section  1")
    )
    assert again.sections == frozenset()
    assert DraftUpdate.objects.count() == 2


def test_an_anchor_stays_with_its_words_when_others_are_rewritten(document, pen):
    change(document, pen, SetTitle("s2", "x"))
    shared, _ = drafts.load(document)
    anchors = shared.anchors("s1", [text(document).index("dŵr")])
    change(document, pen, SetText("s1", "# One\n\n— Intro 😀 —\n\n£5,5m — each and every board’s dŵr.\n"))
    shared, _ = drafts.load(document)
    [place] = shared.places("s1", anchors)
    assert shared.text("s1")[place:].startswith("dŵr")


@settings(max_examples=100)
@given(pieces=st.lists(PROSE, min_size=1, max_size=4), data=st.data())
def test_anchors_stay_with_their_characters_however_they_are_counted(pieces, data):
    shared = SharedText()
    for piece in pieces:  # in several blocks, at any places
        place = data.draw(st.integers(0, len(shared.text("a"))))
        shared.splice("a", [splices.Splice(place, place, piece)])
    now = shared.text("a")
    wanted = data.draw(st.lists(st.integers(0, len(now)), max_size=4))
    anchors = shared.anchors("a", wanted)
    assert shared.text("a") == now
    assert shared.places("a", anchors) == wanted
    inside = data.draw(st.integers(0, len(now)))
    shared.splice("a", [splices.Splice(inside, inside, "ŵ😀’")])
    assert shared.places("a", anchors) == [
        len(now) + 3 if place == len(now) else place + 3 * (place >= inside) for place in wanted
    ]
    start = data.draw(st.integers(0, len(now) + 3))
    end = data.draw(st.integers(start, len(now) + 3))
    before = shared.places("a", anchors)
    shared.splice("a", [splices.Splice(start, end, "")])
    assert shared.places("a", anchors) == [
        place if place < start else max(start, place - (end - start)) for place in before
    ]


@given(PROSE, PROSE)
def test_a_text_is_made_another_by_splices(old, new):
    shared = SharedText()
    shared.splice("a", [splices.Splice(0, 0, old)])
    shared.splice("a", splices.splices(old, new))
    assert shared.text("a") == new


@settings(max_examples=40)
@given(base=PROSE, writers=st.lists(PROSE, min_size=2, max_size=4), data=st.data())
def test_whatever_the_order_everybody_reads_the_same(base, writers, data):
    first = SharedText()
    first.splice("a", [splices.Splice(0, 0, base)])
    made = []
    for wanted in writers:
        own = SharedText([first.since()])
        before = own.state
        own.splice("a", splices.splices(base, wanted))
        made.append(own.since(before))
    one = SharedText([first.since(), *made])
    other = SharedText([first.since(), *data.draw(st.permutations(made)), *made])
    assert one.text("a") == other.text("a")


def test_sections_are_inserted_moved_and_removed(document, pen):
    change(
        document,
        pen,
        Insert("new", "New", "# New\n", after="s1"),
        Insert("last", "Last"),
        Insert("top", "Top", after=""),
    )
    assert keys(document) == ["top", "s1", "new", "s2", "s3", "last"]
    change(document, pen, Place("s3", after=""), Place("top", after="last"), Remove("new"))
    assert keys(document) == ["s3", "s1", "s2", "last", "top"]
    assert [key for key, _, _ in rows(document)] == keys(document)


def test_a_section_that_comes_back_says_what_it_shall_say_and_not_what_it_said(document, pen):
    change(document, pen, Remove("s2"))
    change(document, pen, Insert("s2", "Back", "# Two\n\nAnother.\n"))
    assert text(document, "s2") == "# Two\n\nAnother.\n"


def test_whoever_is_not_of_the_pen_team_is_told_why(document, leader):
    with pytest.raises(Refused, match="write and seal the text"):
        change(document, leader, SetText("s1", "Mine."))
    assert not DraftUpdate.objects.exists()


def test_a_frozen_draft_is_not_written_in_by_anybody(document, pen):
    change(document, pen, SetTitle("s1", "Before"))
    Document.objects.update(frozen_at=NOON, frozen_by="Pen, HM Treasury", frozen_reason="The round is open")
    with pytest.raises(Refused, match="frozen by Pen, HM Treasury: The round is open"):
        change(document, pen, SetText("s1", "Late."))
    with pytest.raises(Refused, match="frozen"):
        put("# One\n", at=NOON)


def test_a_freeze_says_who(document):
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.update(frozen_at=NOON)


def test_importing_into_a_draft_in_which_people_write_is_one_more_update(document, pen):
    change(document, pen, SetText("s1", "# One\n\nBy hand.\n"))
    shared, _ = drafts.load(document)
    anchors = shared.anchors("s3", [2])
    put("# One\n\nFrom outside.\n", "# Two\n\nSecond.\n", "# Three, really\n\nThird.\n")
    assert text(document) == "# One\n\nFrom outside.\n"
    shared, _ = drafts.load(document)
    assert shared.places("s3", anchors) == [2]
    assert [row[2] for row in rows(document)] == [section.text for section in drafts.read(document.pk).sections]
    put("# One\n")
    assert keys(document) == ["s1"]


def test_sealing_takes_what_was_typed_last(document, pen):
    change(document, pen, SetTitle("s1", "x"))
    shared, latest = drafts.load(document)
    before = shared.state
    shared.splice("s2", [splices.Splice(7, 7, "Typed live.  \n\n")])
    drafts.store(document, latest, [drafts.Typed(shared.since(before))], at=NOON)
    sealed = iterations.seal(document=document, label="first", taken_at=NOON, at=NOON).iteration
    assert "Typed live." in sealed.sections.get(key="s2").text.body
    assert rows(document)[1][2] == canonical(shared.text("s2"))


def test_splices_that_no_longer_fit_are_conflicts(document, pen):
    for edits in (
        [Splice("s1", 7, 10, "x", reads="£9m")],
        [Splice("s1", 0, 5, "x"), Splice("s1", 3, 7, "y")],
        [Splice("s1", 0, 500, "x")],
        [Splice("gone", 0, 0, "x")],
        [SetText("gone", "x")],
        [Place("s1", after="gone")],
        [Insert("s1", "Twice")],
    ):
        with pytest.raises(Conflict):
            change(document, pen, *edits)
    assert DraftUpdate.objects.count() == 0


def test_titles_and_keys_that_no_column_holds_are_refused(document, pen):
    for edit in (SetTitle("s1", "x" * 501), Insert("k" * 201, "Key"), Insert("", "No key")):
        with pytest.raises(Refused, match="characters"):
            change(document, pen, edit)


def test_a_section_that_is_not_there_is_missing(document):
    with pytest.raises(Missing, match="no section “gone”"):
        drafts.read(document.pk).section("gone")


def test_updates_are_never_changed_or_deleted(document, pen):
    change(document, pen, SetTitle("s1", "x"))
    with pytest.raises(Refused):
        DraftUpdate.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE drafting_draftupdate SET sequence = 9")


def test_a_snapshot_says_the_same_as_the_updates(document, pen, monkeypatch):
    monkeypatch.setattr(drafts, "UPDATES_BETWEEN_SNAPSHOTS", 3)
    for number in range(5):
        change(document, pen, Splice("s1", 0, 0, f"{number} "))
    drafts.compact(document.pk, at=NOON)
    assert DraftSnapshot.objects.get().sequence == 6
    change(document, pen, Splice("s1", 0, 0, "last "))
    assert text(document).startswith("last 4 3 2 1 0 # One")
    every = SharedText(bytes(row.update) for row in DraftUpdate.objects.all())
    assert every.text("s1") == text(document)


def test_who_shows_drafts_live_is_told_when_it_is_committed(document, pen, django_capture_on_commit_callbacks):
    told = []

    def listen(**facts):
        told.append((facts["document_id"], facts["sequence"]))

    drafts.changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            change(document, pen, SetTitle("s1", "x"))
    finally:
        drafts.changed.disconnect(listen)
    assert told[-1] == (document.pk, 2)
