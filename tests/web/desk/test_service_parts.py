"""What is noted about a service at the desk: releases, targets, costs, and the graph of its journey with faults by line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.conftest import NOON, ministry  # noqa: F401 - a fixture
from tests.web.desk.test_uploading import enter, on_that_day, words  # noqa: F401 - fixtures

from penholder.errors import Refused
from penholder.formats.steps import Steps, read_steps
from penholder.measure.intake import drawings, strangers
from penholder.record.models import Entry
from penholder.services import journeys, standing
from penholder.services.models import CostLine

PAGE = "/desk/services/register/passports/"
GRAPH = """number,name,kind,after,start,outcome,of,aliases
1,start,page,,yes,,,begin;open
2,photo,document,start,,,,
3,pay,question,photo;start,,,,
4,done,page,pay,,intended,,
5,refused,page,photo,,not eligible,,
"""
WRONG = GRAPH.replace("2,photo,document", "1,photo,paper").replace("pay,,intended", "play,,fine")


@pytest.fixture(autouse=True)
def events(settings, tmp_path):
    settings.PENHOLDER_EVENTS = tmp_path / "events"
    return settings.PENHOLDER_EVENTS


@pytest.mark.django_db
def test_releases_targets_and_costs_are_noted_with_their_reasons(ministry, enter):  # noqa: F811
    client = enter("ada")
    told = {"name": "2026-10", "released_on": "2026-10-05", "changed": "The photo is taken with a phone."}
    assert "The photo is taken with a phone." in words(client.post(f"{PAGE}release/", told, follow=True))
    assert "told already" in words(client.post(f"{PAGE}release/", told))
    aim = {"definition": "completion-rate", "value": "0.9", "due_on": "2027-12-31"}
    assert "Completion rate: 90.0% by 31 December 2027" in words(client.post(f"{PAGE}target/", aim, follow=True))
    assert "Say why" in words(client.post(f"{PAGE}target/", aim | {"value": "0.95"}))
    chosen = {"programme": "The first 25", "since": "2026-02-01", "note": "Many use it."}
    assert "It goes first in “The first 25”, since 1 February 2026." in words(
        client.post(f"{PAGE}exemplar/", chosen, follow=True)
    )
    assert "chosen for “The first 25” already" in words(client.post(f"{PAGE}exemplar/", chosen))
    costs = {"period": "2026-10", "lines": "Staff | 12,000 | hours | 0.5\nRent | 900 | all of it"}
    assert client.post(f"{PAGE}costs/", costs).status_code == 302
    assert {(row.name, int(row.pounds)) for row in CostLine.objects.all()} == {("Staff", 12000), ("Rent", 900)}
    assert "Line 1" in words(client.post(f"{PAGE}costs/", costs | {"lines": "Staff | a lot | hours"}))
    client.post(f"{PAGE}costs/", {"period": "2026-09", "lines": "Move | 5 | floor space | 1 | once only"})
    shown = client.get(f"{PAGE}costs/")
    assert shown.context["form"].initial == {
        "period": "2026-10", "lines": "Rent | 900.00 | all of it\nStaff | 12000.00 | hours | 0.5",
    }  # fmt: skip
    assert "A line that you take out is dropped." in words(shown)
    assert "September 2026" in words(shown)
    earlier = client.get(f"{PAGE}costs/?period=2026-09").context["form"].initial
    assert earlier["lines"] == "Move | 5.00 | floor space | 1 | once only"
    assert enter("wes", body="work").get(f"{PAGE}costs/").status_code == 409


@pytest.mark.django_db
def test_a_channel_counts_as_is_said_and_keeps_it_when_it_closes(ministry, enter):  # noqa: F811
    client = enter("ada")
    opened = {"kind": "agent", "name": "Filing agents", "klass": "digital", "opened_on": "2020-01-01"}
    assert "Filing agents (counts as digital), since 1 January 2020" in words(
        client.post(f"{PAGE}channel/", opened, follow=True)
    )
    closed = words(client.post(f"{PAGE}channel/", {"kind": "agent", "closed_on": "2026-11-01"}, follow=True))
    assert "Filing agents (counts as digital), since 1 January 2020, closed on 1 November 2026" in closed


@pytest.mark.django_db
def test_a_journey_is_shown_as_a_table_and_kept_when_confirmed(ministry, enter):  # noqa: F811
    client = enter("ada")
    typed = {"text": GRAPH, "effective_from": "2026-10-01", "window": "30", "idle": "30"}
    shown = client.post(f"{PAGE}journey/", typed | {"act": "preview"})
    assert "pay 3 question photo, start" in words(shown)
    assert journeys.definitions(["passports"]) == {}
    assert "is drawn, as version 1" in words(client.post(f"{PAGE}journey/", typed | {"act": "draw"}, follow=True))
    (drawn,) = journeys.definitions(["passports"])["passports"]
    assert (drawn.starts, drawn.by_name["begin"].number, drawn.by_name["refused"].outcome) == (
        ("start",),
        1,
        "not-eligible",
    )
    again = client.get(f"{PAGE}journey/").content.decode()
    assert "1,start,page,,yes,,,begin;open" in again
    assert "both in force" in words(client.post(f"{PAGE}journey/", typed | {"act": "draw"}))
    assert standing.one("passports").name == "Passports"


@pytest.mark.django_db
def test_a_version_is_ended_and_sealing_knows_what_follows_it(ministry, enter, events):  # noqa: F811
    client = enter("ada")
    typed = {"text": GRAPH, "effective_from": "2026-10-01", "window": "30", "idle": "30", "act": "draw"}
    client.post(f"{PAGE}journey/", typed)
    (known,) = drawings.read(events)["passports"]
    assert (known.version, known.effective_to) == (1, None)
    strangers.note(events, [strangers.Stranger("passports", "paiment", 12, NOON)])
    shown = words(client.get(f"{PAGE}journey/"))
    assert "for attempts that start from 1 October 2026 · End it" in shown
    assert "paiment 12 events, sealed on 20 November 2026" in shown
    ending = {"on": "2026-11-01", "reason": "The photo is no step any more."}
    assert "end before it began" in words(client.post(f"{PAGE}journey/1/end/", ending | {"on": "2026-10-01"}))
    assert client.post(f"{PAGE}journey/1/end/", ending | {"reason": " "}).status_code == 422
    assert enter("wes", body="work").post(f"{PAGE}journey/1/end/", ending).status_code == 409
    said = client.post(f"{PAGE}journey/1/end/", ending, follow=True)
    assert "from 1 October 2026 and before 1 November 2026" in words(said)
    assert 'value="2026-11-01"' in said.content.decode(), "the next begins where this one ends"
    assert "ended on" in words(client.post(f"{PAGE}journey/1/end/", ending))
    assert client.get(f"{PAGE}journey/2/end/").status_code == 404
    assert drawings.read(events)["passports"][0].effective_to == date(2026, 11, 1)
    assert Entry.objects.get(act="journey.ended", subject="passports").reason == ending["reason"]
    client.post(f"{PAGE}journey/", typed | {"effective_from": "2026-11-01"})
    assert [each.version for each in drawings.read(events)["passports"]] == [1, 2]


@pytest.mark.django_db
def test_the_words_of_pages_are_noted_with_their_reading_age(ministry, enter, django_assert_max_num_queries):  # noqa: F811
    client = enter("ada")
    assert "Draw it first" in words(client.get(f"{PAGE}pages/"))
    typed = {"text": GRAPH, "effective_from": "2026-10-01", "window": "30", "idle": "30", "act": "draw"}
    client.post(f"{PAGE}journey/", typed)
    assert "The words of no page are known yet" in words(client.get(f"{PAGE}pages/"))
    told = {"words": "Take a photo. Then pay £80.", "as_of": "2026-10-05"}
    assert "“pay” are noted. They can be read at the age of 5" in words(
        client.post(f"{PAGE}pages/3/", told, follow=True)
    )
    assert "Say why" in words(client.post(f"{PAGE}pages/3/", told | {"words": "Pay £80."}))
    assert client.post(f"{PAGE}pages/2/", told).status_code == 404, "a document is no page"
    with django_assert_max_num_queries(20):
        shown = words(client.get(f"{PAGE}pages/"))
    assert "1 of 4" in shown
    assert "4.71 × letters and digits / words" in shown
    assert enter("wes", body="work").post(f"{PAGE}pages/3/", told).status_code == 409
    again = {**typed, "text": client.get(f"{PAGE}journey/").context["form"].initial["text"]}
    assert again["text"].startswith(GRAPH.splitlines()[0])


@pytest.mark.django_db
def test_a_page_keeps_its_words_when_the_journey_is_drawn_anew(ministry, enter):  # noqa: F811
    client = enter("ada")
    graph = {"service": "passports", "version": 1, "effective_from": "2026-01-01", "starts": ["start, here"],
             "steps": [{"number": 1, "name": "start, here", "text": "Apply here."},
                       {"number": 2, "name": "done", "after": ["start, here"], "outcome": "intended"}],
             "window": "P30D", "idle_after": "PT30M"}  # fmt: skip
    journeys.draw(drawn=journeys.read(graph), by=None, at=NOON)
    journeys.end(key="passports", number=1, on=date(2026, 10, 1), reason="Anew.", by=None, at=NOON)
    typed = {"text": client.get(f"{PAGE}journey/").context["form"].initial["text"], "effective_from": "2026-10-01",
             "window": "30", "idle": "30", "act": "draw"}  # fmt: skip
    assert client.post(f"{PAGE}journey/", typed).status_code == 302
    assert journeys.definitions(["passports"])["passports"][1].by_name["start, here"].text == "Apply here."


@pytest.mark.django_db
def test_what_is_wrong_with_a_journey_is_told_by_line(ministry, enter):  # noqa: F811
    client = enter("ada")
    typed = {"text": WRONG, "effective_from": "2026-10-01", "window": "30", "idle": "30", "act": "draw"}
    told = client.post(f"{PAGE}journey/", typed)
    assert told.status_code == 422
    for said in ("Line 3: “paper” is no kind of step", "Line 3: Line 2 has it already", "Line 5: “fine” is no outcome",
                 "Line 5: There is no step “play”"):  # fmt: skip
        assert said in words(told)
    nobody = client.post(f"{PAGE}journey/", typed | {"text": "number,name\n1,start\n"})
    assert "no step starts the journey" in words(nobody)


@given(st.text(max_size=200))
def test_any_words_are_steps_or_told(text):
    try:
        read = read_steps("t", f"number,name,kind,after,start,outcome,of,aliases\n{text}".encode(errors="replace"))
    except Refused:
        return
    assert isinstance(read, Steps)
