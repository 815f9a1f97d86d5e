"""Returned documents: what has a place becomes suggestions and threads of their authors, once; the rest is listed."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.agreement.refusals import reasons_of as refused
from tests.drafting.tables import LEADERS, WEEKLY, laid
from tests.formats.word_files import body, p, put_in, run, taken_out

from penholder.drafting import arrivals, naming, outgoing, outlines, suggestions, threads, weighing
from penholder.drafting.contributions import Suggestion, Thread
from penholder.drafting.models import Iteration
from penholder.drafting.returned_files import Arrival
from penholder.errors import Missing, Refused
from penholder.formats.word.placing import REASONS
from penholder.formats.word.reading import read
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def edited(data: bytes, old: str, new: str) -> bytes:
    """The exported file as somebody would send it back: with marks in its words."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as back:
        for entry in package.infolist():
            content = package.read(entry).decode() if entry.filename.endswith("document.xml") else package.read(entry)
            if isinstance(content, str):
                assert old in content
                content = content.replace(old, new)
            back.writestr(entry, content)
    return out.getvalue()


@pytest.fixture
def sent(table) -> bytes:
    return outgoing.iteration(Iteration.objects.get())


@pytest.fixture
def back(sent) -> bytes:
    """Ada of another department replaces “each week” and deletes a sentence."""
    whole = '<w:r><w:t xml:space="preserve">Leaders meet each week in London.</w:t></w:r>'
    parts = run("Leaders meet ") + taken_out("each week") + put_in("every month") + run(" in London.")
    gone = '<w:r><w:t xml:space="preserve">They answer for it.</w:t></w:r>'
    return edited(edited(sent, whole, parts), gone, taken_out("They answer for it.", "Ben"))


def bring(table, data: bytes, who: str = "pen", name: str = "back.docx") -> Arrival:
    return arrivals.bring(
        document_id=table.document.pk, data=data, name=name, by=table.seat(who), at=table.office.later()
    )


def take(table, arrival: Arrival, who: str = "pen", number: int | None = None) -> Arrival:
    return arrivals.take_in(arrival_id=arrival.pk, number=number, by=table.seat(who), at=table.office.later())


def test_changes_become_suggestions_of_their_authors_with_the_times_of_the_file(table, back):
    taken = take(table, bring(table, back))
    rows = {row.by: row for row in Suggestion.objects.all()}
    assert {name: (row.what, row.proposed) for name, row in rows.items()} == {
        "Ada": ("replace", "Leaders meet every month in London."),
        "Ben": ("delete", ""),
    }
    assert {row.made_at for row in rows.values()} == {datetime(2012, 11, 6, 9, 30, tzinfo=UTC)}
    assert all(row.source.startswith("back.docx") and row.author is None for row in rows.values())
    assert [one["number"] for one in taken.receipt["made"]] == [1, 2]


def test_a_document_says_of_which_iteration_it_was_made(table, back):
    seen = arrivals.look(document_id=table.document.pk, data=back, name="back.docx")
    assert (seen.source.iteration.number, seen.source.sure) == (1, True)


def test_without_that_the_nearest_iteration_is_proposed_and_said_to_be_a_guess(table):
    data = body(p(run(LEADERS)), p(run("Leaders meet each "), put_in("long "), run("week in London.")))
    seen = arrivals.look(document_id=table.document.pk, data=data, name="back.docx")
    assert not seen.source.sure
    assert seen.source.share > 0.9
    assert [one.standing.block.source for one in seen.new] == [WEEKLY]


def test_a_document_of_another_text_is_refused(table):
    data = body(p(run("Nothing of this stands in the strategy.")))
    said = refused(lambda: arrivals.look(document_id=table.document.pk, data=data, name="other.docx"))
    assert "not those of this text" in said


def test_the_same_file_twice_doubles_nothing(table, back):
    arrival = bring(table, back)
    take(table, arrival)
    assert bring(table, back).pk == arrival.pk
    again = take(table, arrival)
    assert Suggestion.objects.count() == 2
    assert [one["number"] for one in again.receipt["made"]] == [1, 2]
    assert Entry.objects.filter(act="word.taken-in").count() == 1


def test_of_a_file_that_comes_with_more_only_what_is_new_is_taken_in(table, back):
    take(table, bring(table, back))
    more = edited(
        back,
        "They publish what they decide.</w:t></w:r>",
        f"They publish what they decide.</w:t></w:r>{put_in(' Soon.')}",
    )
    taken = take(table, bring(table, more, name="more.docx"))
    assert len(taken.receipt["made"]) == 1
    assert taken.receipt["here"] == 2
    assert Suggestion.objects.count() == 3


def test_changes_find_their_words_when_the_draft_has_moved_on(table, back):
    table.edit(LEADERS, "Every department and agency has a leader.")
    table.edit(WEEKLY, "Somebody put this in front.\n\nLeaders meet each week in London and Cardiff.")
    take(table, bring(table, back))
    assert Suggestion.objects.get(by="Ada").proposed == "Leaders meet every month in London and Cardiff."


def test_a_change_to_words_that_were_edited_since_comes_in_for_a_person_to_decide(table, back):
    table.edit(WEEKLY, "Leaders meet when they like.")
    taken = take(table, bring(table, back))
    assert taken.receipt["unplaced"] == []
    row = Suggestion.objects.get(by="Ada")
    assert (row.quote, row.proposed) == (WEEKLY, "Leaders meet every month in London.")
    assert weighing.where(row, naming.names(table.document)).state == "changed"
    with pytest.raises(Refused, match="reads differently now"):
        suggestions.accept(suggestion_id=row.pk, by=table.seat("pen"), at=table.office.later())


def test_a_change_to_a_passage_that_was_removed_since_is_owed_an_answer_too(table, back):
    table.edit(f"{WEEKLY}\n\n", "")
    take(table, bring(table, back))
    row = Suggestion.objects.get(by="Ada")
    assert weighing.where(row, naming.names(table.document)).state == "removed"
    suggestions.reject(
        suggestion_id=row.pk, reason="It says so in annex 2.", by=table.seat("pen"), at=table.office.later()
    )
    assert take(table, bring(table, back)).receipt["unplaced"] == []
    assert Suggestion.objects.count() == 2


def test_what_stood_in_a_section_that_is_gone_is_listed_with_its_reason(table, back):
    seen = arrivals.look(document_id=table.document.pk, data=back, name="back.docx")
    section = seen.new[0].standing.section
    outlines.remove(
        document_id=table.document.pk, section=section, by=table.seat("pen").acting, at=table.office.later()
    )
    taken = take(table, bring(table, back))
    assert {one["by"] for one in taken.receipt["unplaced"]} == {"Ada", "Ben"}
    assert all(one["why"].endswith(".") for one in taken.receipt["unplaced"])


def test_every_reason_is_said_in_words():
    assert set(arrivals.WHY) == set(REASONS)
    assert all(str(words).endswith(".") for words in arrivals.WHY.values())


def test_a_contributor_brings_it_inside_their_department(table, back):
    take(table, bring(table, back, "clerk"), "clerk")
    assert {row.fate for row in Suggestion.objects.all()} == {"inside"}


def test_a_file_of_another_organisation_is_not_there(table, back):
    arrival = bring(table, back, "clerk")
    with pytest.raises(Missing):
        take(table, arrival, "aide")


def test_two_passages_that_became_one_are_two_suggestions_that_say_so(table):
    back = body(p(run(LEADERS), mark="del"), p(run(WEEKLY)))
    seen = take(table, bring(table, back), number=1)
    one, other = Suggestion.objects.order_by("number")
    assert (one.what, one.proposed) == ("replace", f"{LEADERS} {WEEKLY}")
    assert (other.what, other.quote) == ("delete", WEEKLY)
    assert len(seen.receipt["made"]) == 2
    table.accept(one)
    table.accept(other)
    assert f"{LEADERS} {WEEKLY}" in table.text()
    assert table.text().count(WEEKLY) == 1
    take(table, bring(table, back), number=1)
    assert Suggestion.objects.count() == 2


def test_comments_become_threads_with_their_replies_on_the_same_words(table):
    thread = table.discuss("health", "each week")
    data = outgoing.draft(table.document, table.seat("pen"), at=table.office.later())
    (comment,) = read(data, name="a.docx").comments
    assert (comment.text, comment.quote) == ("Who pays for it?", WEEKLY)
    thread.delete()
    take(table, bring(table, data))
    row = Thread.objects.get()
    assert row.by == "Health, Digital Leader, Health"
    assert row.said.get().body == "Who pays for it?"


def test_a_draft_goes_out_with_its_suggestions_and_clean_without(table):
    table.swap("health", "each week", "every month")
    shown = read(outgoing.draft(table.document, table.seat("pen"), at=table.office.later()), name="a.docx")
    assert [(one.quote, one.text, one.author) for one in shown.changes] == [
        ("each week", "every month", "Health, Digital Leader, Health")
    ]
    assert (
        read(
            outgoing.draft(table.document, table.seat("pen"), at=table.office.later(), clean=True), name="a.docx"
        ).changes
        == ()
    )


def test_what_is_inside_another_department_does_not_go_out(table):
    table.swap("clerk", "each week", "every month", inside=True)
    assert read(outgoing.draft(table.document, table.seat("pen"), at=table.office.later()), name="a.docx").changes == ()
    assert (
        len(read(outgoing.draft(table.document, table.seat("clerk"), at=table.office.later()), name="a.docx").changes)
        == 1
    )


def out(table, who: str = "pen") -> bytes:
    """The draft as a file, with what is suggested and said."""
    return outgoing.draft(table.document, table.seat(who), at=table.office.later())


def test_a_draft_that_was_taken_away_is_known_again_and_nothing_that_went_out_with_it_is_doubled(table):
    table.edit(LEADERS, "Every department and every agency has a leader.")
    table.swap("health", "each week", "every month")
    table.discuss("health", "They answer for it.")
    sent = out(table)
    table.edit("They publish what they decide.", "They publish it.")
    whole = '<w:r><w:t xml:space="preserve">Every department and every agency has a leader.</w:t></w:r>'
    kept = run("Every department and every agency has a leader.") + put_in(" And a deputy.")
    seen = arrivals.look(document_id=table.document.pk, data=edited(sent, whole, kept), name="draft.docx")
    assert (seen.source.iteration, seen.source.sure, seen.source.at is None) == (None, True, False)
    assert {one.here for one in seen.here} == {"suggestion 1", "discussion 1"}
    assert [(one.what.author, one.what.text.strip()) for one in seen.new] == [("Ada", "And a deputy.")]
    assert seen.unplaced == []


def test_replies_that_were_written_in_a_file_go_into_the_discussion_that_went_out(table):
    thread = table.discuss("health", WEEKLY)
    data = out(table)
    threads.say(thread_id=thread.pk, body="We do.", by=table.seat("pen"), at=table.office.later())
    replied = out(table)
    thread.said.latest("at").delete()
    assert [one.here for one in arrivals.look(document_id=table.document.pk, data=data, name="a.docx").entries] == [
        "discussion 1"
    ]
    threads.resolve(thread_id=thread.pk, by=table.seat("pen"), at=table.office.later())
    take(table, bring(table, replied))
    assert list(thread.said.values_list("body", "by")) == [
        ("Who pays for it?", "Health, Digital Leader, Health"),
        ("We do.", "Pen, Pen team, Centre"),
    ]
    thread.refresh_from_db()
    assert (thread.state, Thread.objects.count()) == ("open", 1)


def test_a_file_of_a_draft_that_lost_what_it_said_of_itself_is_nearest_to_the_draft(table):
    table.edit(LEADERS, "Nobody but the board appoints a leader for each and every department and agency.")
    words = "Nobody but the board appoints a leader for each and every department"
    data = body(p(run(words), taken_out(" and agency"), run(".")), p(run(WEEKLY)))
    seen = arrivals.look(document_id=table.document.pk, data=data, name="draft.docx")
    assert (seen.source.iteration, seen.source.sure, seen.source.number) == (None, False, 0)
    assert len(seen.new) == 1
    named = arrivals.look(document_id=table.document.pk, data=data, name="draft.docx", number=1)
    assert named.source.number == 1


def test_an_iteration_goes_out_with_what_is_suggested_to_it_and_comes_back_without_doubling_it(table, back):
    take(table, bring(table, back))
    row = table.swap("health", "publish what they decide", "publish it")
    table.edit("Every department has the skills it needs.", "Every department has skills.", key="skills")
    table.swap("health", "has skills", "has many skills")
    data = outgoing.iteration(Iteration.objects.get(), by=table.seat("pen"))
    shown = read(data, name="a.docx")
    assert {one.author for one in shown.changes} == {"Ada", "Ben", row.by}, "the last one quotes what is not sealed"
    seen = arrivals.look(document_id=table.document.pk, data=data, name="a.docx")
    assert (seen.source.number, seen.source.sure) == (1, True)
    assert [one.what.text for one in (*seen.new, *seen.unplaced)] == []
    assert {one.here for one in seen.here} == {"suggestion 1", "suggestion 2", "suggestion 3"}
