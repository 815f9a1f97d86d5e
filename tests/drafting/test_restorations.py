"""An old state comes back while others write: what they wrote since is merged, kept or put to a person, never dropped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.drafting.conftest import TEXTS

from penholder.drafting import drafts, freezes, histories, iterations, outlines, restorations, waypoints
from penholder.drafting.contributions import Waypoint
from penholder.drafting.edits import Insert, Place, Remove, SetText, SetTitle
from penholder.drafting.models import Document, DraftSnapshot, DraftUpdate
from penholder.errors import Refused
from penholder.record.models import Entry


@pytest.fixture
def old(desk):
    """The iteration that will be wanted back; the draft has gone on since."""
    at = desk.later()
    made = iterations.seal(document=desk.document, label="narrative", taken_at=at, at=at).iteration
    desk.change(
        SetText("vision", "## Vision\n\nServices that are cheap.\n\nNobody is left behind by them.\n"),
        Remove("skills"),
        Insert("money", "Money", "## Money\n\nIt costs less.\n"),
        Place("leaders", ""),
        SetTitle("leaders", "Boards"),
    )
    return made


def restore(desk, old, seen, **more):
    return restorations.restore(
        document_id=desk.document.pk,
        wanted=restorations.parts_of(old),
        seen=seen,
        label=old.label,
        reason=more.pop("reason", "The board wants it back."),
        by=desk.pen,
        at=desk.later(),
        **more,
    )


def test_an_old_state_comes_back_whole(desk, old):
    found = restore(desk, old, desk.sequence())
    assert not found.clashing
    assert desk.parts() == restorations.parts_of(old)
    at = desk.later()
    again = iterations.seal(document=desk.document, label="again", taken_at=at, at=at)
    assert again.iteration.seal == old.seal
    entry = Entry.objects.get(act="draft.restored")
    assert (entry.subject, entry.reason) == ("strategy", "The board wants it back.")


def test_restoring_twice_changes_nothing_the_second_time(desk, old):
    restore(desk, old, desk.sequence())
    before = DraftUpdate.objects.count()
    assert not restore(desk, old, desk.sequence()).edits
    assert DraftUpdate.objects.count() == before
    assert Entry.objects.filter(act="draft.restored").count() == 1


def test_while_six_people_write_nothing_of_theirs_is_lost(desk, old):
    seen = desk.sequence()
    writers = [desk.acting(f"writer{number}", "pen", "centre") for number in range(6)]
    leaders = desk.texts()["leaders"]
    desk.change(SetText("leaders", leaders.replace("a leader", "a leader of its own")), by=writers[0])
    desk.change(SetText("money", "## Money\n\nIt costs less, says the Treasury.\n"), by=writers[1])
    desk.change(Insert("annex", "Annex", "## Annex\n\nTables.\n"), by=writers[2])
    desk.change(SetText("vision", desk.texts()["vision"] + "\nA new last line.\n"), by=writers[3])
    desk.change(SetTitle("leaders", "Leaders on boards"), by=writers[4])
    desk.change(SetText("leaders", desk.texts()["leaders"] + "\nAnd a chair.\n"), by=writers[5])
    found = restore(desk, old, seen)
    assert not found.clashing
    texts = desk.texts()
    assert "a leader of its own on its board" in texts["leaders"]
    assert texts["leaders"].endswith("And a chair.\n")
    assert "says the Treasury" in texts["money"], "what somebody wrote in since is not removed"
    assert texts["annex"] == "## Annex\n\nTables.\n"
    assert "so good that people prefer them" in texts["vision"]
    assert texts["vision"].endswith("A new last line.\n")
    assert texts["skills"] == TEXTS["skills"]
    titles = {part.key: part.title for part in desk.parts()}
    assert titles["leaders"] == "Leaders on boards"
    assert len(found.kept) == 5, "each is told to whoever restores"
    assert [part.key for part in desk.parts() if part.key in TEXTS] == list(TEXTS)


def test_what_clashes_waits_for_a_person_and_nothing_is_restored_until_then(desk, old):
    seen = desk.sequence()
    now = desk.texts()["vision"].replace("that are cheap", "that cost nothing")
    desk.change(SetText("vision", now), by=desk.idris)
    found = restore(desk, old, seen)
    assert set(found.clashing) == {"vision"}
    assert desk.texts()["vision"] == now
    assert "skills" not in desk.texts(), "nothing at all is done yet"
    done = restore(desk, old, seen, against=found.against, choices={"vision": ["theirs"]})
    assert not done.clashing
    assert "that cost nothing" in desk.texts()["vision"]
    assert desk.texts()["skills"] == TEXTS["skills"]


def test_a_decision_on_a_draft_that_has_gone_on_is_asked_for_again(desk, old):
    seen = desk.sequence()
    desk.change(SetText("vision", desk.texts()["vision"].replace("cheap", "dear")), by=desk.idris)
    found = restore(desk, old, seen)
    desk.change(SetText("money", "## Money\n\nMore.\n"), by=desk.idris)
    again = restore(desk, old, seen, against=found.against, choices={"vision": ["mine"]})
    assert set(again.clashing) == {"vision"}


def test_a_section_that_somebody_removed_since_is_back_and_said_so(desk, old):
    seen = desk.sequence()
    desk.change(Remove("vision"), by=desk.idris)
    found = restore(desk, old, seen)
    assert desk.texts()["vision"] == TEXTS["vision"]
    assert any("removed by somebody meanwhile" in told for told in found.kept)


def test_a_draft_that_nobody_has_written_in_is_restored_too(desk):
    at = desk.later()
    old = iterations.seal(document=desk.document, label="first", taken_at=at, at=at).iteration
    assert desk.sequence() == 0
    desk.change(SetText("skills", "## Skills\n\nNone.\n"))
    assert [part.text for part in histories.draft_at(desk.document, 0)] == list(TEXTS.values())
    found = restore(desk, old, 0)
    assert set(found.clashing) <= {"skills"}


def test_a_frozen_draft_is_not_restored(desk, old):
    freezes.freeze(document_id=desk.document.pk, reason="Sign-off.", by=desk.idris, at=desk.later())
    with pytest.raises(Refused, match="frozen by Idris, Pen team"):
        restore(desk, old, desk.sequence())


def test_freezing_says_why_stops_writing_and_stands_in_the_record(desk):
    with pytest.raises(Refused, match="Say why"):
        freezes.freeze(document_id=desk.document.pk, reason=" ", by=desk.pen, at=desk.later())
    with pytest.raises(Refused, match="Only these may"):
        freezes.freeze(document_id=desk.document.pk, reason="Mine.", by=desk.leader, at=desk.later())
    freezes.freeze(document_id=desk.document.pk, reason="It is with the Leaders.", by=desk.pen, at=desk.later())
    for verb in (lambda: desk.change(SetText("vision", "x")), lambda: outlined(desk)):
        with pytest.raises(Refused, match="It is with the Leaders"):
            verb()
    with pytest.raises(Refused, match="is frozen by"):
        freezes.freeze(document_id=desk.document.pk, reason="Again.", by=desk.idris, at=desk.later())
    at = desk.later()
    assert iterations.seal(document=desk.document, label="frozen", taken_at=at, at=at).new
    freezes.unfreeze(document_id=desk.document.pk, reason="They have answered.", by=desk.idris, at=desk.later())
    desk.change(SetText("vision", "## Vision\n\nNew.\n"))
    with pytest.raises(Refused, match="not frozen"):
        freezes.unfreeze(document_id=desk.document.pk, reason="Again.", by=desk.idris, at=desk.later())
    acts = [(entry.act, entry.reason) for entry in Entry.objects.filter(act__startswith="draft.").order_by("number")]
    assert acts == [("draft.frozen", "It is with the Leaders."), ("draft.unfrozen", "They have answered.")]


def outlined(desk):
    outlines.remove(document_id=desk.document.pk, section="vision", by=desk.pen, at=desk.later())


def test_who_wrote_lately_is_told_by_stretches(desk):
    for minutes, by in [(1, desk.pen), (2, desk.pen), (1, desk.idris), (90, desk.pen)]:
        text = desk.texts()["skills"] + f"\nLine {desk.at}.\n"
        drafts.change(
            document_id=desk.document.pk, edits=[SetText("skills", text)], by=by, at=desk.later(minutes=minutes)
        )
    told = [(hour.person, hour.updates) for hour in histories.lately(desk.document)]
    assert told == [("Orla", 1), ("Idris", 1), ("Orla", 2)]
    row = histories.with_last_writer(type(desk.document).objects.all()).get()
    assert (row.writer, row.written_at) == ("Orla", desk.at)


def test_a_moment_reads_the_same_from_a_waypoint_a_snapshot_or_every_update(desk, monkeypatch):
    monkeypatch.setattr(drafts, "UPDATES_BETWEEN_SNAPSHOTS", 1)
    desk.change(SetText("skills", "## Skills\n\nNobody has them.\n"))
    drafts.compact(desk.document.pk, at=desk.later())
    snapshot = DraftSnapshot.objects.get().sequence
    desk.change(SetText("skills", "## Skills\n\nSome have them.\n"))
    moment, read = desk.sequence(), desk.parts()
    waypoints.keep(document=Document.objects.get(), at=desk.later(), apart=timedelta(0))
    desk.change(SetText("skills", "## Skills\n\nEverybody has them.\n"))
    assert (snapshot, DraftSnapshot.objects.get().sequence, Waypoint.objects.get().sequence) == (
        snapshot,
        snapshot,
        moment,
    )
    found = [histories.draft_at(desk.document, moment)]
    Waypoint.objects.all().delete()
    found.append(histories.draft_at(desk.document, moment))
    DraftSnapshot.objects.all().delete()
    found.append(histories.draft_at(desk.document, moment))
    assert found == [read, read, read]


def test_what_was_typed_and_taken_back_leaves_one_waypoint_that_shows_the_last_update(desk):
    desk.change(SetText("skills", "## Skills\n\nNobody has them.\n"))
    waypoints.keep(document=Document.objects.get(), at=desk.later(), apart=timedelta(0))
    desk.change(SetText("skills", "## Skills\n\nSome have them.\n"))
    desk.change(SetText("skills", "## Skills\n\nNobody has them.\n"))
    assert waypoints.keep(document=Document.objects.get(), at=desk.later(), apart=timedelta(0)) is None
    assert Waypoint.objects.get().sequence == desk.sequence()
