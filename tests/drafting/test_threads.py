"""Threads: they follow their passage or say honestly that it is gone, and stay inside a department until lodged."""

from __future__ import annotations

from datetime import date

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.agreement.refusals import reasons_of as refused
from tests.drafting.tables import LEADERS, WEEKLY, laid

from penholder.agreement import seating
from penholder.drafting import threads
from penholder.drafting.contributions import Mention, Thread
from penholder.errors import Missing, Refused
from penholder.people.models import Role, Succession
from penholder.record.models import Entry
from penholder.text.anchors import anchor

pytestmark = [pytest.mark.django_db, pytest.mark.engines]


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def where(table, thread) -> tuple[str, str]:
    found = threads.located(Thread.objects.get(pk=thread.pk), table.named)
    return found.place.state, found.at.section if found.at else ""


def say(table, thread, who, body, **more):
    return threads.say(thread_id=thread.pk, body=body, by=table.seat(who), at=table.office.later(), **more)


def test_a_thread_follows_its_passage_through_an_edit_a_move_and_a_split(table):
    thread = table.discuss("health", WEEKLY, words="each week")
    table.edit("in London", "in London, and online")
    assert where(table, thread) == ("found", "leaders")
    table.edit("\n\nLeaders meet each week in London, and online.", "")
    table.edit("# Skills\n", "# Skills\n\nLeaders meet each week in London, and online.\n", "skills")
    assert where(table, thread) == ("found", "skills")
    table.edit(
        "Leaders meet each week in London, and online.",
        "Leaders meet each week.\n\nThey meet in London, and online.",
        "skills",
    )
    assert where(table, thread) == ("found", "skills")


def test_commented_text_is_cut_and_pasted_split_deleted_and_undone(table):
    thread = table.discuss("health", WEEKLY)
    table.edit(f"\n\n{WEEKLY}", "")
    assert where(table, thread) == ("removed", "")
    assert Thread.objects.get(pk=thread.pk).wording == WEEKLY, "the last wording is kept"
    table.edit("# Vision\n", f"# Vision\n\n{WEEKLY}\n", "vision")
    assert where(table, thread) == ("found", "vision")
    table.edit(WEEKLY, "Leaders meet each week.\n\nThey meet in London.", "vision")
    assert where(table, thread) == ("changed", "vision")
    table.edit("Leaders meet each week.\n\nThey meet in London.", WEEKLY, "vision")
    assert where(table, thread) == ("found", "vision")


def test_the_last_wording_is_that_before_it_was_removed(table):
    thread = table.discuss("health", WEEKLY)
    table.edit("in London", "in Cardiff")
    assert where(table, thread) == ("changed", "leaders")
    table.edit("\n\nLeaders meet each week in Cardiff.", "")
    assert where(table, thread) == ("removed", "")
    assert Thread.objects.get(pk=thread.pk).wording == "Leaders meet each week in Cardiff."


def test_a_thread_on_words_that_came_to_stand_twice_is_not_put_on_either(table):
    thread = table.discuss("health", WEEKLY, words="each week")
    table.edit(WEEKLY, "Boards meet each week or so. Leaders report each week.")
    assert where(table, thread)[0] in {"unsure", "changed"}


def test_a_section_and_the_whole_text_are_discussed_too(table):
    by = table.seat("health")
    for section in ("leaders", ""):
        thread = threads.open(
            document_id=table.document.pk, section=section, body="Is it long?", by=by, at=table.office.later()
        )
        assert threads.located(thread, table.named) is None
    assert "no section “costs”" in refused(
        lambda: threads.open(document_id=table.document.pk, section="costs", body="?", by=by, at=table.office.later())
    )


def test_a_thread_is_resolved_opened_again_and_silent_in_between(table):
    thread = table.discuss("health", WEEKLY)
    say(table, thread, "pen", "The Treasury does.")
    threads.resolve(thread_id=thread.pk, by=table.seat("pen"), at=table.office.later())
    assert "Open it again to say more" in refused(lambda: say(table, thread, "health", "Really?"))
    assert "resolved already" in refused(
        lambda: threads.resolve(thread_id=thread.pk, by=table.seat("home"), at=table.office.later())
    )
    threads.reopen(thread_id=thread.pk, by=table.seat("health"), at=table.office.later())
    say(table, thread, "health", "Really?")
    told = Entry.objects.filter(act__startswith="thread.").order_by("number").values_list("act", flat=True)
    assert list(told) == ["thread.opened", "thread.resolved", "thread.reopened"]
    assert "Really" not in "".join(entry.facts + entry.reason for entry in Entry.objects.all())


def test_inside_a_department_nobody_else_sees_answers_or_finds_a_thread_until_it_is_lodged(table):
    thread = table.discuss("clerk", WEEKLY, inside=True)
    say(table, thread, "health", "Shall we ask?")
    for who in ("pen", "home", "chair"):
        assert not Thread.objects.filter(table.seat(who).seen).exists()
        with pytest.raises(Missing, match="no such discussion"):
            say(table, thread, who, "We see you.")
    assert not Entry.objects.filter(act__startswith="thread.").exists()
    assert "leave their organisation" in refused(
        lambda: threads.lodge(thread_id=thread.pk, by=table.seat("clerk"), at=table.office.later())
    )
    lodged = threads.lodge(thread_id=thread.pk, by=table.seat("health"), at=table.office.later())
    assert lodged.number == 1
    say(table, thread, "pen", "The Treasury does.")


def test_a_department_that_is_merged_takes_along_what_was_inside_it(table):
    thread = table.discuss("clerk", WEEKLY, inside=True)
    table.office.post("care", Role.LEADER, "care")
    with pytest.raises(Refused, match="those who are asked"):
        table.seat("care")
    health, care = (table.office.posts[name].organisation for name in ("health", "care"))
    Succession.objects.create(predecessor=health, successor=care, kind="merged", on=date(2012, 9, 10))
    assert Thread.objects.filter(table.seat("care").seen).get() == thread
    assert threads.lodge(thread_id=thread.pk, by=table.seat("care"), at=table.office.later()).number == 1
    assert not Thread.objects.filter(table.seat("home").seen, lodged_at=None).exists()


def test_people_are_named_by_their_whole_names_and_who_names_themselves_is_not_told(table):
    people = seating.people(table.document, at=table.office.at)
    assert {"Pen", "Health", "Clerk", "Home", "Treasury"} <= {one.name for one in people}
    assert "Stranger" not in {one.name for one in people}
    thread = table.discuss("health", WEEKLY, "@Clerk, and @pen: who pays? Not @Nobody, nor me@home.", people=people)
    assert {one.person.name for one in Mention.objects.filter(utterance__thread=thread)} == {"Clerk", "Pen"}
    assert threads.mentioned("@Clerk @Nobody. me@home", people).unknown == ("Nobody",)
    say(table, thread, "health", "As I, @Health, said.", people=people)
    assert Mention.objects.count() == 2
    inside = seating.people(table.document, at=table.office.at, within=table.seat("health").bodies)
    assert {one.name for one in inside} == {"Health", "Clerk"}


def test_of_two_people_with_one_name_nobody_is_meant(table):
    table.office.person("twin").name = "Clerk"
    table.office.people["twin"].save()
    table.office.post("other", Role.CONTRIBUTOR, "home")
    table.office.hold("twin", "other")
    found = threads.mentioned("@Clerk?", seating.people(table.document, at=table.office.at))
    assert (found.people, found.unknown) == ((), ("Clerk",))


def test_what_was_said_in_a_file_keeps_its_author_and_the_place_that_it_had_there(table):
    old = table.passage(WEEKLY)
    table.edit(LEADERS, f"{LEADERS} Nobody is left out.")
    thread = table.discuss(
        "pen", WEEKLY, pointed=anchor(old.name, WEEKLY, 13, 22), author="Rhiannon Jones", source="comments.docx",
        said_at=table.office.at,
    )  # fmt: skip
    assert (thread.by, thread.author, thread.said.get().by) == ("Rhiannon Jones", None, "Rhiannon Jones")
    assert thread.anchor["quote"] == "each week"
    assert where(table, thread) == ("found", "leaders")


def test_nothing_is_said_without_words_or_beyond_reason(table):
    assert "Write what you want to say" in refused(lambda: table.discuss("health", WEEKLY, "  "))
    assert "up to 5000 characters" in refused(lambda: table.discuss("health", WEEKLY, "x" * 5001))
    assert "do not stand in the passage" in refused(lambda: table.discuss("health", WEEKLY, words="each month"))
