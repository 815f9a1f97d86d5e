"""Suggesting by a link, without an account: what can be done by it, what it shows, and what it never shows."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from tests.agreement.conftest import office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import form, in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement import links, seating
from penholder.drafting import drafts, naming, suggestions, threads, weighing
from penholder.drafting.contributions import Suggestion
from penholder.drafting.edits import Remove, SetText
from penholder.drafting.sealed_texts import read
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def theo(office, open_round):  # noqa: F811
    """An office that opened the Treasury's link and wrote its name; `theo.page` is where it suggests."""
    client = Client()
    client.page = f"/answer/{office.link('treasury')}/"
    client.post(client.page, {"name": "Theo"}, follow=True)
    return client


def seated(office, who):  # noqa: F811
    return seating.seat(office.document, office.acting(who), at=office.at)


def passage(open_round, at: int = 1) -> str:  # noqa: F811
    (leaders,) = (part for part in read(open_round.iteration).sections if part.key == "leaders")
    return leaders.ids[at]


def suggest(client, name: str, **changed):
    sent = {"what": "replace", "section": "leaders", "passage": name, "weight": "b", "reason": "It is clearer."}
    return client.post(f"{client.page}suggest/", sent | changed, follow=True)


def test_an_office_without_an_account_suggests_other_words_and_reads_what_became_of_them(
    office, open_round, theo, signed_in  # noqa: F811
):  # fmt: skip
    assert f"{theo.page}suggest/" in theo.get(theo.page).content.decode()
    assert "In which section does the passage stand?" in words(theo.get(f"{theo.page}suggest/"))
    assert "Suggest a change to passage 3" in words(theo.get(f"{theo.page}suggest/?section=leaders"))
    name = passage(open_round)
    assert "Every department has a leader." in words(theo.get(f"{theo.page}suggest/?passage={name}&what=replace"))
    told = words(suggest(theo, name, proposed="Every department has a leader on its board."))
    assert "This is suggestion 1." in told
    row = Suggestion.objects.get()
    assert (row.by, row.link_for, row.organisation.key, row.author) == (
        "Theo, Digital Leader, Treasury (by a link)", "treasury-leader", "treasury", None,
    )  # fmt: skip
    entry = Entry.objects.get(act="suggestion.made")
    assert (entry.person, "through" in entry.facts and "link" in entry.facts) == ("Theo", True)
    pen = signed_in("pen")
    assert "Theo, Digital Leader, Treasury (by a link)" in words(pen.get(f"/desk/texts/strategy/suggestions/{row.pk}/"))
    # The link is still good for its answer, and afterwards still says what became of the suggestion.
    theo.post(theo.page, form(office.asked("treasury")))
    by = seated(office, "pen")
    suggestions.accept(suggestion_id=row.pk, by=by, at=office.later(), words="Each has one.", reason="Shorter.")
    told = words(theo.get(f"{theo.page}suggestions/"))
    assert "Accepted in part" in told
    assert "Shorter." in told
    assert "Withdraw" not in told


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("insert", {"proposed": "It says who that is."}),
        ("delete", {}),
        ("move", {"target": "vision\n"}),
    ],
)
def test_a_passage_is_added_taken_out_and_moved_by_a_link(open_round, theo, what, more):  # noqa: F811
    name = passage(open_round)
    assert theo.get(f"{theo.page}suggest/?passage={name}&what={what}").context["form"].fields.keys().isdisjoint(
        {"base", "inside"}
    )  # fmt: skip
    suggest(theo, name, what=what, **more)
    row = Suggestion.objects.get()
    assert (row.what, row.section, row.passage, row.quote) == (what, "leaders", name, "Every department has a leader.")


def test_a_suggestion_by_a_link_is_placed_on_the_draft_as_it_stands_by_now(office, open_round, theo):  # noqa: F811
    name, document = passage(open_round), office.document
    text = office.texts["leaders"].replace("has a leader", "has one leader")
    at = office.later()
    drafts.change(document_id=document.pk, edits=[SetText("leaders", text)], by=office.acting("pen"), at=at)
    suggest(theo, name, proposed="Every department has a leader on its board.")
    row = Suggestion.objects.get()
    assert weighing.where(row, naming.names(document)).state == "changed", "the words that were sealed are quoted"
    drafts.change(document_id=document.pk, edits=[Remove("leaders")], by=office.acting("pen"), at=office.later())
    told = suggest(theo, name, proposed="Every department has leaders.")
    assert "Say it as a remark in your answer." in words(told)
    assert "Every department has leaders." in html.unescape(told.content.decode()), "what was written is still there"
    assert Suggestion.objects.count() == 1


def test_a_suggestion_by_a_link_is_discussed_and_withdrawn_by_it(office, open_round, theo):  # noqa: F811
    suggest(theo, passage(open_round), proposed="Every department has a leader on its board.")
    row = Suggestion.objects.get()
    talk = threads.open(
        document_id=row.document_id, body="Which board?", by=seated(office, "pen"), at=office.later(),
        passage=row.passage, suggestion=row,
    )  # fmt: skip
    page = f"{theo.page}suggestions/"
    assert "Which board?" in words(theo.get(page))
    empty = theo.post(page, {"say": talk.pk, f"body-{talk.pk}": " "})
    assert (empty.status_code, "Write what you want to say." in words(empty)) == (409, True)
    theo.post(page, {"say": talk.pk, f"body-{talk.pk}": "The management board."})
    assert talk.said.latest("at").by == "Theo, Digital Leader, Treasury (by a link)"
    assert theo.post(page, {}).status_code == 409
    assert "The suggestion is withdrawn." in words(theo.post(page, {"withdraw": row.pk}, follow=True))
    row.refresh_from_db()
    assert (row.fate, row.ended_by) == ("withdrawn", "Theo, Digital Leader, Treasury (by a link)")


def test_a_link_shows_nothing_that_others_suggested_or_said_and_ends(office, open_round, theo):  # noqa: F811
    name = passage(open_round)
    more = {"document_id": office.document.pk, "section": "leaders", "passage": name, "at": office.later()}
    for who, inside in (("health", False), ("treasury", True), ("treasury", False)):
        by = seated(office, who)
        suggestions.make(what="delete", reason="Not ours to read.", inside=inside, by=by, **more)
    other = Suggestion.objects.get(number=2)
    talk = threads.open(body="Not ours to hear.", by=seated(office, "health"), suggestion=other, **more)
    for page in ("suggest/?section=leaders", "suggestions/"):
        assert "Not ours" not in words(theo.get(f"{theo.page}{page}"))
    assert theo.post(f"{theo.page}suggestions/", {"withdraw": other.pk}).status_code == 404
    assert theo.post(f"{theo.page}suggestions/", {"say": talk.pk, f"body-{talk.pk}": "Hm."}).status_code == 404
    assert Client().get(f"{theo.page}suggest/").headers["Location"] == theo.page, "a name comes first"
    assert Client().post(f"{theo.page}suggestions/", {"withdraw": other.pk}).status_code == 404
    assert suggest(theo, "no-such-passage", what="delete").status_code == 200
    link = office.asked("treasury").links.get()
    links.end(link_id=link.pk, by=office.acting("treasury"), at=office.later())
    for page in ("suggest/", "suggestions/"):
        assert theo.get(f"{theo.page}{page}").status_code == 409
    assert suggest(theo, name, what="delete").status_code == 409
    assert Suggestion.objects.count() == 3
