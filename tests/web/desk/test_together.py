"""Working on a draft at the desk: reading, suggesting, deciding, discussing, catching up; and who may not."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from tests.agreement.conftest import office  # noqa: F401 - a fixture
from tests.drafting.tables import LEADERS, WEEKLY, laid
from tests.web.desk.test_rounds import PASSWORD, in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.drafting.contributions import Mention, Suggestion, Thread, Visit, Waypoint
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db
HOME = "/desk/texts/strategy"


@pytest.fixture
def table(office):  # noqa: F811
    return laid(office)


def form_of(client, address: str) -> dict[str, str]:
    """What a form would send if nobody touched it."""
    form = client.get(address).context["form"]
    return {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}


def suggest(client, table, on: str, **changed):
    passage = table.passage(on)
    address = f"{HOME}/suggest/?passage={passage.name}&what={changed.get('what', 'replace')}"
    sent = form_of(client, address) | {"reason": "It is clearer.", "weight": "b"} | changed
    return client.post(f"{HOME}/suggest/", sent)


def test_a_change_is_suggested_accepted_in_part_and_its_author_reads_why(table, signed_in):  # noqa: F811
    clerk, pen = signed_in("clerk"), signed_in("pen")
    assert "Suggest a change to passage 3" in words(clerk.get(f"{HOME}/together/leaders/"))
    done = suggest(clerk, table, WEEKLY, proposed="Leaders meet every month in London.")
    row = Suggestion.objects.get()
    assert done.headers["Location"] == f"{HOME}/suggestions/{row.pk}/"
    assert "[removed: each week end of removed]" in words(pen.get(f"{HOME}/together/leaders/"))
    page = pen.get(f"{HOME}/suggestions/{row.pk}/")
    assert "Accept it as it is" in words(page)
    sent = {"act": "accept", "words": "Leaders meet every other week in London.", "reading": page.context["reading"]}
    refused = pen.post(f"{HOME}/suggestions/{row.pk}/", sent)
    assert refused.status_code == 409
    assert "every other week" in refused.content.decode(), "what was written is still there"
    pen.post(f"{HOME}/suggestions/{row.pk}/", sent | {"reason": "A month is too long."})
    assert "Leaders meet every other week in London." in table.text()
    told = words(clerk.get(f"{HOME}/suggestions/{row.pk}/"))
    assert "Accepted in part" in told
    assert "A month is too long." in told


def test_words_outlive_an_error_a_preview_and_the_end_of_a_session(table, signed_in, client):  # noqa: F811
    clerk = signed_in("clerk")
    bad = suggest(clerk, table, WEEKLY, proposed="Leaders meet daily.", reason=" ")
    assert "Leaders meet daily." in bad.content.decode()
    assert not Suggestion.objects.exists()
    shown = suggest(clerk, table, WEEKLY, proposed="Leaders meet daily.", reason="", preview="")
    assert "What you suggest" in words(shown)
    assert "optional" not in words(shown)
    assert not Suggestion.objects.exists()
    passage = table.passage(WEEKLY).name
    address = f"{HOME}/suggest/?passage={passage}&what=replace"
    sent = form_of(clerk, address) | {"reason": "It is clearer.", "proposed": "Leaders meet daily."}
    away = client.post(f"{HOME}/suggest/", sent)
    assert "/account/login/" in away.headers["Location"]
    client.post("/account/login/", {"login": "clerk@example.org", "password": PASSWORD})
    assert "Leaders meet daily." in client.get(address).content.decode()


def test_a_passage_that_is_edited_while_somebody_writes_keeps_their_suggestion_on_what_they_read(table, signed_in):  # noqa: F811
    clerk, pen = signed_in("clerk"), signed_in("pen")
    address = f"{HOME}/suggest/?passage={table.passage(WEEKLY).name}&what=replace"
    sent = form_of(clerk, address) | {"reason": "It is clearer.", "proposed": "Leaders meet every month in London."}
    table.edit("in London", "in Cardiff")
    clerk.post(f"{HOME}/suggest/", sent)
    row = Suggestion.objects.get()
    assert row.quote == WEEKLY
    page = pen.get(f"{HOME}/suggestions/{row.pk}/")
    assert "Both changes go together like this" in words(page)
    assert "Leaders meet every month in Cardiff." in page.content.decode()
    merged = {"act": "accept", "words": page.context["words"], "reading": page.context["reading"]}
    pen.post(f"{HOME}/suggestions/{row.pk}/", merged)
    row.refresh_from_db()
    assert row.fate == "accepted"


def test_a_base_that_we_did_not_sign_is_not_taken(table, signed_in):  # noqa: F811
    suggest(signed_in("clerk"), table, WEEKLY, proposed="Other.", base="Nobody ever wrote this.")
    assert Suggestion.objects.get().quote == WEEKLY


def test_clashing_suggestions_are_shown_together_and_the_other_must_be_looked_at_again(table, signed_in):  # noqa: F811
    month, year = table.swap("health", "each week", "every month"), table.swap("home", "each week", "every year")
    pen = signed_in("pen")
    page = pen.get(f"{HOME}/suggestions/{month.pk}/")
    assert "These touch the same words" in words(page)
    assert pen.post(f"{HOME}/suggestions/{month.pk}/", {"act": "accept"}).status_code == 409
    pen.post(f"{HOME}/suggestions/{month.pk}/", {"act": "accept", "seen": year.pk})
    assert "look at this one again" in words(pen.get(f"{HOME}/suggestions/")).lower()
    clash = words(pen.get(f"{HOME}/suggestions/{year.pk}/"))
    assert "a person has to say how the passage shall read" in clash


def test_what_is_inside_a_department_is_on_no_page_of_anybody_else(table, signed_in):  # noqa: F811
    inside = table.swap("clerk", "each week", "SECRETLY", inside=True)
    thread = table.discuss("clerk", WEEKLY, "SECRETLY, who pays?", inside=True)
    pages = ("together/", "together/leaders/", "suggestions/", "suggestions.csv", "discussions/", "since/", "timeline/")
    for who in ("pen", "chair", "home"):
        client = signed_in(who)
        for page in pages:
            found = client.get(f"{HOME}/{page}")
            assert found.status_code == 200, (who, page)
            assert "SECRETLY" not in found.content.decode(), (who, page)
            assert "inside your organisation" not in found.content.decode(), (who, page)
        assert client.get(f"{HOME}/suggestions/{inside.pk}/").status_code == 404
        assert client.get(f"{HOME}/discussions/{thread.pk}/").status_code == 404
        assert client.post(f"{HOME}/discussions/{thread.pk}/", {"act": "say", "body": "We see you."}).status_code == 404
    own = signed_in("health")
    assert "SECRETLY" in own.get(f"{HOME}/together/leaders/").content.decode()
    assert "SECRETLY" not in own.get(f"{HOME}/suggestions.csv").content.decode(), "files are handed on"
    assert "SECRETLY" not in "".join(f"{one.facts}{one.reason}" for one in Entry.objects.all())
    own.post(f"{HOME}/suggestions/{inside.pk}/", {"act": "lodge"})
    own.post(f"{HOME}/discussions/{thread.pk}/", {"act": "lodge"})
    assert "SECRETLY" in signed_in("pen").get(f"{HOME}/together/leaders/").content.decode()


def test_who_is_not_asked_gets_reasons_and_a_stranger_the_sign_in_page(table, signed_in, client):  # noqa: F811
    for page in ("together/", "together/leaders/", "suggest/", "suggestions/", "suggestions.csv", "discuss/",
                 "discussions/", "since/", "timeline/"):  # fmt: skip
        assert signed_in("stranger").get(f"{HOME}/{page}").status_code == 409, page
        assert "/account/login/" in client.get(f"{HOME}/{page}").headers["Location"], page
    assert not Visit.objects.filter(person=table.office.people["stranger"]).exists()


def test_opening_a_draft_is_noted_and_the_record_is_told_once(table, signed_in):  # noqa: F811
    for page in ("together/", "together/leaders/"):
        signed_in("clerk").get(f"{HOME}/{page}")
    assert Visit.objects.filter(person=table.office.people["clerk"]).count() == 1
    told = Entry.objects.get(act="draft.shown")
    assert (told.person, told.subject) == ("Clerk", "strategy")


def test_a_discussion_names_people_is_answered_resolved_and_opened_again(table, signed_in):  # noqa: F811
    clerk, pen = signed_in("clerk"), signed_in("pen")
    passage = table.passage(WEEKLY).name
    clerk.post(
        f"{HOME}/discuss/", {"passage": passage, "words": "each week", "body": "@Pen @Nobody why?", "inside": ""}
    )
    thread = Thread.objects.get()
    assert Mention.objects.get().person.name == "Pen"
    page = words(clerk.get(f"{HOME}/discussions/{thread.pk}/"))
    assert "Nobody was told of this by the name of @Nobody" in page
    assert "“each week”" in page
    address = f"{HOME}/discussions/{thread.pk}/"
    pen.post(address, {"act": "say", "body": "It was agreed."})
    pen.post(address, {"act": "resolve"})
    assert clerk.post(address, {"act": "say", "body": "Was it?"}).status_code == 409
    clerk.post(address, {"act": "reopen"})
    assert clerk.post(address, {"act": "say", "body": "Was it?"}).status_code == 302
    assert "Was it?" in words(pen.get(address))
    assert pen.post(address, {"act": "dance"}).status_code == 409


def test_a_thread_on_text_that_was_taken_out_says_so_and_quotes_it(table, signed_in):  # noqa: F811
    thread = table.discuss("health", WEEKLY)
    table.edit(f"\n\n{WEEKLY}", "")
    page = words(signed_in("health").get(f"{HOME}/discussions/{thread.pk}/"))
    assert "The text was removed. It last read: Leaders meet each week in London." in page
    assert "On text that was removed" in words(signed_in("health").get(f"{HOME}/together/leaders/"))


def test_suggestions_are_filtered_and_no_cell_of_the_file_is_a_formula(table, signed_in):  # noqa: F811
    table.swap("health", "each week", "every month", reason="=SUM(A1) is no reason.")
    table.suggest("home", LEADERS, what="delete", weight="a")
    client = signed_in("pen")
    assert "Take this passage out." not in words(client.get(f"{HOME}/suggestions/?organisation=health"))
    assert "No suggestion is so." in words(client.get(f"{HOME}/suggestions/?fate=rejected"))
    rows = list(csv.reader(io.StringIO(client.get(f"{HOME}/suggestions.csv?weight=b").content.decode("utf-8-sig"))))
    assert [row[8] for row in rows[1:]] == ["'=SUM(A1) is no reason."]


@pytest.mark.parametrize("what", ["insert", "delete", "move"])
def test_a_passage_is_added_taken_out_and_moved_by_form(table, signed_in, what):  # noqa: F811
    client = signed_in("clerk")
    sent = {"insert": {"proposed": "Nobody is left out."}, "delete": {}, "move": {"target": "vision\n"}}[what]
    suggest(client, table, WEEKLY, what=what, **sent)
    row = Suggestion.objects.get()
    assert row.what == what
    signed_in("pen").post(f"{HOME}/suggestions/{row.pk}/", {"act": "accept"})
    row.refresh_from_db()
    assert row.fate == "accepted"
    assert (WEEKLY in table.text(), WEEKLY in table.text("vision")) == {
        "insert": (True, False), "delete": (False, False), "move": (False, True),
    }[what]  # fmt: skip


def test_since_you_were_last_here_tells_in_words_what_happened(table, signed_in):  # noqa: F811
    clerk, pen = signed_in("clerk"), signed_in("pen")
    row = table.swap("clerk", "each week", "every month")
    thread = table.discuss("clerk", WEEKLY)
    assert "This is your first visit" in words(clerk.get(f"{HOME}/since/"))
    table.office.later(hours=5)
    pen.post(
        f"{HOME}/suggestions/{row.pk}/",
        {"act": "accept", "words": "Leaders meet every other week in London.", "reason": "Shorter."},
    )
    pen.post(f"{HOME}/discussions/{thread.pk}/", {"act": "say", "body": "It was agreed."})
    back(Visit, "clerk", table)
    page = words(clerk.get(f"{HOME}/since/"))
    assert "Suggestion 1 Accepted in part Shorter." in page
    assert "Leaders : 1 passage edited" in page
    assert "1 new thing was said · you take part" in page


def back(model, who: str, table) -> None:
    """Let somebody have been here a day ago, and the draft have been kept then."""
    day = timedelta(days=1)
    for visit in model.objects.filter(person=table.office.people[who]):
        model.objects.filter(pk=visit.pk).update(began_at=visit.began_at - day, last_at=visit.last_at - day)


def test_daily_letters_are_switched_off_and_on(table, signed_in):  # noqa: F811
    client = signed_in("clerk")
    assert "Send me no daily letters" in words(client.get(f"{HOME}/since/"))
    client.post(f"{HOME}/since/", {"letters": "off"})
    assert "Send me daily letters" in words(client.get(f"{HOME}/since/"))
    client.post(f"{HOME}/since/", {"letters": "on"})
    assert "Send me no daily letters" in words(client.get(f"{HOME}/since/"))


def test_the_draft_is_read_as_it_stood_at_any_moment_beside_what_it_says_now(table, signed_in):  # noqa: F811
    client = signed_in("clerk")
    client.get(f"{HOME}/together/")
    Waypoint.objects.update(at=table.office.at - timedelta(days=2))
    table.edit("each week", "every month")
    page = client.get(f"{HOME}/timeline/?step=1&section=leaders")
    told = words(page)
    assert page.context["count"] == 2
    assert "Leaders meet each week in London." in told
    assert "[removed: each week end of removed] [inserted: every month end of inserted]" in told
    assert "Nothing: the draft says the same now." in words(client.get(f"{HOME}/timeline/"))
    assert client.get(f"{HOME}/timeline/?step=1&section=nothing").status_code == 404


def test_pages_of_a_draft_take_few_queries_however_much_is_suggested(table, signed_in, django_assert_max_num_queries):  # noqa: F811
    for number in range(12):
        table.swap("health", "each week", f"every {number + 2} weeks")
        table.discuss("home", WEEKLY, f"Is {number} enough?")
    client = signed_in("pen")
    client.get(f"{HOME}/together/")
    one, thread = Suggestion.objects.first(), Thread.objects.first()
    for page in ("together/", "together/leaders/", "suggestions/", "discussions/", "since/", "timeline/", "conflicts/",
                 f"suggestions/{one.pk}/", f"discussions/{thread.pk}/", "suggest/?section=leaders&what=insert"):  # fmt: skip
        with django_assert_max_num_queries(20):
            assert client.get(f"{HOME}/{page}").status_code == 200


def test_a_passage_that_moved_between_sections_is_said_to_have_moved(table, signed_in):  # noqa: F811
    clerk = signed_in("clerk")
    clerk.get(f"{HOME}/together/")
    Waypoint.objects.update(at=table.office.at - timedelta(days=1))
    before = (table.office.at - timedelta(hours=1)).isoformat().replace("+", "%2B")
    skills = table.text("skills")
    table.write(leaders=table.text("leaders").replace(f"{WEEKLY}\n\n", ""), skills=f"{skills}\n{WEEKLY}\n")
    for page in (words(clerk.get(f"{HOME}/since/?since={before}")), words(clerk.get(f"{HOME}/timeline/?step=1"))):
        assert "1 passage moved to “Skills”" in page
        assert f"Moved here from “Leaders”: {WEEKLY}" in page
        assert f"Moved to “Skills”: “{WEEKLY}”" in page
        assert "[removed:" not in page


def test_a_conflict_is_decided_on_one_page_by_who_may(table, signed_in):  # noqa: F811
    week, month = table.swap("health", "each week", "weekly"), table.swap("home", "each week", "every month")
    page = signed_in("clerk").get(f"{HOME}/conflicts/")
    assert "Suggestions 1 and 2" in words(page)
    assert b'name="chosen"' not in page.content
    pen = signed_in("pen")
    assert f"{HOME}/conflicts/".encode() in pen.get(f"{HOME}/together/").content
    given = {"among": [week.pk, month.pk], "reason": "A month is enough."}
    missing = pen.post(f"{HOME}/conflicts/", given)
    assert missing.status_code == 409
    assert "Choose one of the suggestions, or none of them." in words(missing)
    assert "A month is enough." in words(missing)
    done = pen.post(f"{HOME}/conflicts/", given | {"chosen": month.pk}, follow=True)
    assert "Suggestion 2 is in the draft" in words(done)
    assert "No suggestion touches the words of another." in words(done)
    assert "every month" in table.text()


def test_a_passage_that_both_changed_is_decided_clash_by_clash(table, signed_in):  # noqa: F811
    row = table.swap("health", "each week", "weekly")
    table.edit("each week", "every month")
    pen = signed_in("pen")
    page = pen.get(f"{HOME}/suggestions/{row.pk}/")
    assert "Take what is suggested" in words(page)
    given = {
        "act": "accept",
        "reading": page.context["reading"],
        "reason": "Both.",
        f"own-s{row.pk}-1": "Leaders meet.",
    }
    kept = pen.post(f"{HOME}/suggestions/{row.pk}/", given | {f"choice-s{row.pk}-1": "theirs"})
    assert "So the passage reads already." in words(kept)
    pen.post(f"{HOME}/suggestions/{row.pk}/", given | {f"choice-s{row.pk}-1": "own"})
    row.refresh_from_db()
    assert (row.fate, row.applied) == ("in-part", "Leaders meet.")
    assert "Leaders meet.\n" in table.text()
