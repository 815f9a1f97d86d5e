"""What readers are told of services, page by page, and as data."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from tests.services.conftest import NOON, Ministry

from penholder.measure.intake import drawings
from penholder.measure.values import Absence
from penholder.services import registrations
from penholder.web.public import figures, journeys, services_data, services_tables

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ministry(db):
    return Ministry()


@pytest.fixture
def pages(ministry, draw, settings, tmp_path, first):
    """The site of a ministry with three services in three quarters."""
    settings.PENHOLDER_EVENTS = tmp_path / "events"
    ministry.service("passports", "digital", "assisted-digital", "phone", purpose="Get a passport.", agency="Passports")
    ministry.service("visas")
    ministry.service("licences", body="transport")
    for at, quarter in enumerate(("2026-Q1", "2026-Q2", "2026-Q3")):
        ministry.submit(
            "passports", quarter, published=True, transactions=10_000, digital__transactions=6000 + 1000 * at,
            assisted_digital__transactions=500, phone__transactions=2500 - 1000 * at, started=9000,
            completed=6000 + 500 * at, median_time=600 - 100 * at,
        )  # fmt: skip
    ministry.submit("visas", "2026-Q1", published=True, transactions=700, digital__transactions=0)
    ministry.submit("visas", "2026-Q3", published=True, transactions=Absence.SUPPRESSED, digital__transactions=0)
    ministry.submit("licences", "2026-Q2", published=True, transactions=3000, digital__transactions=1500)
    ministry.submit(
        "licences", "2026-Q2", published=True, transactions=3100, digital__transactions=1500,
        reason="A box was found behind a cupboard.",
    )  # fmt: skip
    registrations.change(
        key="licences", as_of=date(2026, 9, 1), said_on=date(2026, 9, 1), reason="It has a name people know.", by=None,
        at=NOON, name="Driving licences",
    )  # fmt: skip
    return draw(at=NOON)


def test_only_what_was_told_anew_is_drawn_anew(ministry):
    from penholder.services import disclosures
    from penholder.web.public.made_of import Ingredients

    ministry.service("passports")
    ministry.service("visas")
    ministry.submit("passports", "2026-Q3", published=True, transactions=100, digital__transactions=60)
    ministry.submit("visas", "2026-Q3", published=True, transactions=100, digital__transactions=60)
    before, again = (Ingredients(disclosures.read(at=NOON), ()) for _time in range(2))
    assert (before.by_service, before.whole) == (again.by_service, again.whole)
    ministry.submit("visas", "2026-Q3", published=True, transactions=101, reason="Counted again.")
    after = Ingredients(disclosures.read(at=NOON), ())
    assert after.by_service["passports"] == before.by_service["passports"]
    assert after.by_service["visas"] != before.by_service["visas"]
    assert after.whole != before.whole


def test_periods_without_a_number_that_follow_each_other_are_one_row(ministry, draw, events):
    ministry.service("visas")
    for quarter, count in (("2025-Q1", 700), ("2025-Q2", None), ("2025-Q3", None), ("2025-Q4", None), ("2026-Q1", 900)):
        ministry.submit("visas", quarter, published=True, transactions=count, digital__transactions=count and 70)
    words = draw(at=NOON).words("/services/visas/")
    assert "April 2025 to December 2025 (3 periods) Not provided" in words
    assert "Not provided in January 2025 to March 2026 (periods: 5)." in words, "completion rate: never"


def test_a_register_without_services_has_no_pages(take_in, first, draw):
    take_in(first)
    drawn = draw()
    assert not [address for address in drawn if "services" in address]
    assert "/services/" not in drawn.text("/")


def test_the_overview_shows_totals_with_coverage_and_the_same_services_beside(pages):
    words = pages.words("/services/")
    assert "3 services of 2 departments." in words
    assert "All services, July 2026 to September 2026" in words
    assert "Completion rate, 1 of 3 services" in words
    assert "+5.6 points over the 1 service in both periods" in words
    assert "Not provided Share satisfied: given by 0 of 3 services" in words


def test_a_service_answers_its_four_questions_at_a_glance(pages):
    words = pages.words("/services/passports/")
    assert "Do people finish? 77.8% Completion rate Up by 5.6 points since the period before." in words
    assert "Is it faster? 6 min 40 s Time to complete, median Down by 1 min 40 s since the period before." in words
    assert "Is it simpler? Not provided" in words
    assert "Are they satisfied? Not provided" in words


def test_every_figure_stands_beside_its_definition_interval_n_and_source(pages):
    words = pages.words("/services/passports/")
    assert "July 2026 to September 2026 77.8% 76.9% to 78.6% 9,000 9,000 of 9,000 passports 2026-Q3" in words
    assert "Definition 1, in force from 1 January 2013: mature attempts that ended as intended" in words
    assert "/services/definitions/#completion-rate-1" in pages.text("/services/passports/")
    assert 'id="completion-rate-1"' in pages.text("/services/definitions/")


def test_the_four_things_are_said_differently_and_a_gap_is_a_gap(pages):
    words = pages.words("/services/visas/")
    assert "July 2026 to September 2026 Suppressed" in words
    assert "April 2026 to June 2026 Not provided" in words
    assert "January 2026 to March 2026 0.0%" in words
    page = pages.text("/services/visas/")
    for kind in ("is-suppressed", "is-not-provided", "is-value"):
        assert f'class="ph-said {kind}"' in page
    assert 'class="absence suppressed"' in page


def test_a_service_that_goes_first_says_in_what(ministry, draw, events):
    ministry.service("passports")
    registrations.choose(key="passports", programme="The first 25", since=date(2026, 2, 1), by=None, at=NOON)
    assert "It goes first in “The first 25” , since 1 February 2026." in draw(at=NOON).words("/services/passports/")


def test_the_help_for_those_who_cannot_go_online_is_a_channel_of_its_own(pages):
    words = pages.words("/services/passports/")
    assert "Assisted digital 500" in words
    assert "Digital take-up, those who were helped included 85.0%" in words
    assert "Digital take-up without them 80.0%" in words


def test_a_revision_is_listed_with_its_reason(pages):
    words = pages.words("/services/licences/")
    assert "Completed transactions 3,000 3,100 20 November 2026 A box was found behind a cupboard." in words
    assert "A box was found behind a cupboard." in pages.words("/services/changed/")
    assert "Also known as: Licences" in words


def test_what_changed_never_says_why(pages):
    words = pages.words("/services/changed/")
    assert "July 2026 to September 2026, beside April 2026 to June 2026." in words
    assert "Passports Interior 72.2% 77.8% Up by 5.6 points since the period before." in words
    assert "because" not in words.lower()
    assert "Driving licences Transport Digital take-up 48.4%" in words


def test_orders_are_drawn_beforehand_and_what_has_no_number_comes_last(pages):
    page = pages.text("/services/by-volume/")
    places = [page.index(f">{name}</a>") for name in ("Passports", "Driving licences", "Visas")]
    assert places == sorted(places)
    assert 'aria-sort="descending"' in page
    assert 'href="/services/by-cost/"' in page
    by_name = pages.text("/services/by-name/")
    assert by_name.index("Driving licences") < by_name.index("Passports") < by_name.index("Visas")


@pytest.fixture
def events(settings, tmp_path, take_in, first):
    """Where events of an instance with a strategy are sealed."""
    settings.PENHOLDER_EVENTS = tmp_path / "events"
    take_in(first)
    return settings.PENHOLDER_EVENTS


def test_long_lists_are_cut_into_pages(ministry, draw, events):
    for number in range(101):
        ministry.service(f"permit-{number:03}")
    drawn = draw(at=NOON)
    assert "Services 1 to 100 of 101" in drawn.words("/services/by-name/")
    assert "Services 101 to 101 of 101 " in drawn.words("/services/by-name/2/")
    assert 'href="/services/of/interior/2/"' in drawn.text("/services/of/interior/")


def test_a_department_has_its_services_and_the_pages_lead_to_each_other(pages):
    assert "2 services" in pages.words("/services/of/interior/")
    assert "Driving licences" in pages.words("/services/of/transport/")
    assert 'href="/services/of/transport/"' in pages.text("/services/")


def test_everything_is_there_as_data_and_says_what_the_pages_say(pages):
    rows = list(csv.DictReader(io.StringIO(pages["/services/figures.csv"].decode("utf-8-sig"))))
    assert tuple(rows[0]) == services_data.FIGURES
    (rate,) = [
        row
        for row in rows
        if (row["service"], row["period"], row["figure"]) == ("passports", "2026-Q3", "completion-rate")
    ]
    assert (rate["value"], rate["status"], rate["n"]) == ("0.777778", "value", "9000")
    told = json.loads(pages["/services.json"])
    assert [each["key"] for each in told["services"]] == ["licences", "passports", "visas"]
    assert told["services"][2]["newest"]["digital-take-up"]["status"] == "suppressed"
    own = json.loads(pages["/services/passports/service.json"])
    assert own["figures"]
    assert len(own["figures"]) == len([row for row in rows if row["service"] == "passports"])
    lists = {name: list(csv.DictReader(io.StringIO(pages[f"/services/{name}.csv"].decode("utf-8-sig"))))
             for name in ("newest", "departments", "changed", "of/interior/services")}  # fmt: skip
    assert {row["service"] for row in lists["of/interior/services"]} == {"passports", "visas"}
    assert len(lists["newest"]) == 3 * 5
    assert [(row["organisation"], row["services"], row["transactions"]) for row in lists["departments"]] == [
        ("interior", "2", "10000"), ("transport", "1", ""),
    ]  # fmt: skip
    told_anew = {(row["service"], row["figure"]): row["status"] for row in lists["changed"]}
    assert told_anew["passports", "completion-rate"] == "value"
    assert told_anew["licences", "digital-take-up"] == "not-provided"
    for address, words in (
        ("/services/", "departments"),
        ("/services/by-name/", "newest"),
        ("/services/changed/", "changed"),
    ):
        assert f'href="/services/{words}.csv"' in pages.text(address)
    (revision,) = csv.DictReader(io.StringIO(pages["/services/revisions.csv"].decode("utf-8-sig")))
    assert (revision["before"], revision["after"]) == ("3000", "3100")


def test_every_field_is_described():
    words = (ROOT / "docs" / "services-data.md").read_text(encoding="utf-8")
    for column in (
        *services_data.FIGURES,
        *services_data.TOTALS,
        *services_data.REVISIONS,
        *journeys.COLUMNS,
        *services_tables.NEWEST,
        *services_tables.DEPARTMENTS,
        *services_tables.CHANGED,
        *services_tables.FROZEN,
    ):
        assert f"`{column}`" in words, column


def test_every_figure_has_a_title_in_every_language():
    from penholder.measure.definitions import DEFINITIONS

    assert {each.key for each in DEFINITIONS} == set(figures.TITLES)


@pytest.fixture
def walked(ministry, draw, events):
    """The site of one service: 20 attempts, by two channels and before and after a release."""
    from tests.measure.intake.test_sealing import DRAWN, send, step

    from penholder.measure.intake import sealing
    from penholder.services import releases

    ministry.service("permits")
    for name, day in (("1", 1), ("2", 22)):
        releases.tell(
            key="permits", name=name, released_on=date(2026, 9, day), changed="Shorter.", by=None, at=NOON
        )  # fmt: skip
    told, number = [], 0
    for attempt in range(60):
        finishes = attempt % 20 < (12 if attempt < 30 else 6)
        said = {"channel": "phone" if attempt % 3 == 0 else "digital", "release": "1" if attempt < 30 else "2"}
        for minute, name in enumerate(("start", "about-you", "done")[: 3 if finishes else 2]):
            number += 1
            told.append(step(number, name, f"attempt-{attempt:02}", f"2026-09-24T10:{minute:02}:00Z", **said))
    events.mkdir()
    drawings.write(events, [DRAWN])
    send(events, *told)
    sealing.seal(events, at=NOON)
    return draw(at=NOON.replace(year=2027))


def test_a_journey_stands_on_the_page_of_its_service(walked):
    words = walked.words("/services/permits/")
    assert "60 attempts that began in September 2026, by version 1 of the journey" in words
    assert "Most people leave at “About you”: 53.3% of those who come to it." in words
    assert "About you 60 (100.0%) 32 (53.3%) 40.9% to 65.4%" in words


def test_a_journey_is_shown_by_channel_and_by_release(walked):
    words = walked.words("/services/permits/")
    assert "Digital 40 47.5% 32.9% to 62.5% About you (52.5%)" in words
    assert "Phone 20 45.0% 25.8% to 65.8% About you (55.0%)" in words
    assert "1 30 73.3% 55.6% to 85.8% About you (26.7%)" in words
    assert "After release 2 the share that finished changed by \u221253.3 points, from 73.3% to 20.0%" in words
    assert 'id="journey-month"' not in walked.text("/services/permits/"), "one month is no split"


def test_a_journey_is_a_file_that_adds_up(walked):
    rows = list(csv.DictReader(io.StringIO(walked["/services/permits/journey.csv"].decode("utf-8-sig"))))
    assert tuple(rows[0]) == journeys.COLUMNS
    at = {(row["split"], row["part"], row["step"]): row for row in rows}
    assert at["", "", "about-you"]["left"] == "32"
    for split, parts in (("channel", ("digital", "phone")), ("release", ("1", "2"))):
        assert sum(int(at[split, part, "done"]["came"]) for part in parts) == int(at["", "", "done"]["came"])


def test_the_real_register_shows_the_headline_that_misleads_beside_the_one_that_does_not(shared, ministry, events):
    from penholder.services import disclosures, imports, quarters
    from penholder.web.public.register import like_with_like

    name = "services_2018-09-19.csv"
    imports.take_in(
        name, (shared / "services" / name).read_bytes(), said_on=date(2018, 9, 19), at=NOON, on=NOON.date(), reason=""
    )
    told = disclosures.read(at=NOON)
    spans = {told.table.labels[key]: span for key, span in told.table.spans.items() if key in told.table.labels}
    compared = quarters.like_with_like(told, "digital-take-up", spans["2017-Q2"], spans["2017-Q3"])
    shown = like_with_like(compared, "share")
    assert (shown["before"], shown["after"]) == ("90.8%", "79.6%")
    assert (shown["matched_before"], shown["matched_after"]) == ("79.5%", "79.7%")


def test_a_publication_stays_at_its_address_with_the_seal_that_anyone_can_compute(ministry, draw, events):
    import hashlib

    from penholder.people.models import Role
    from penholder.services import publications
    from penholder.services.periods import parse

    ministry.service("passports")
    manager, leader = ministry.acting("maud", Role.SERVICE_MANAGER), ministry.acting("lena", Role.LEADER)
    ministry.submit("passports", "2026-10", by=manager, started=200, completed=150)
    row = publications.freeze(organisation=ministry.body("interior"), span=parse("2026-10"), by=manager, at=NOON)
    for flag in row.flags.all():
        publications.answer(flag_id=flag.pk, reason="Not collected yet.", by=manager, at=NOON)
    publications.check(publication_id=row.pk, by=manager, at=NOON)
    assert "75.0%" not in draw(at=NOON).words("/services/passports/")
    publications.sign(publication_id=row.pk, seal=row.seal, by=leader, at=NOON)
    publications.publish(publication_id=row.pk, by=leader, at=NOON)
    drawn = draw(at=NOON)
    words = drawn.words(f"/services/publications/{row.key}/")
    assert row.seal in words
    assert "Completion rate 75.0%" in words
    assert hashlib.sha256(drawn[f"/services/publications/{row.key}/manifest.json"]).hexdigest() == row.seal
    assert "Do people finish? 75.0%" in drawn.words("/services/passports/")
    assert row.seal in drawn.text("/services/passports/")


def test_an_action_shows_its_measure_with_its_target_and_whether_it_is_frozen(ministry, draw, events):
    from decimal import Decimal

    from penholder.delivery import measures

    ministry.service("passports")
    ministry.submit("passports", "2026-Q3", published=True, started=9000, completed=7000)
    said = measures.Said(
        "More passports are finished",
        "completion-rate",
        ("passports",),
        target=Decimal("0.9"),
        due_on=date(2027, 3, 31),
    )
    measures.put(strategy="strategy", action=1, key="passports", said=said, said_on=NOON.date(), by=None, at=NOON)
    words = draw(at=NOON).words("/actions/01/")
    assert "More passports are finished Completion rate 77.8% in July 2026 to September 2026." in words
    assert "Target 90.0% by 31 March 2027" in words
    assert "The target is not met." in words
    assert "Not yet published here: it may still change" in words


def words_of(answer):
    import re
    from html import unescape

    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


@pytest.fixture
def revised(ministry, draw, events, settings, tmp_path):
    """A count that was published twice, and a service that got another name in between."""
    settings.PENHOLDER_PUBLIC = tmp_path / "public"
    ministry.service("licences", body="transport")
    ministry.service("permits", body="transport")
    for day, count, reason in ((date(2026, 10, 2), 3000, ""), (date(2026, 11, 2), 3100, "A box was found.")):
        ministry.submit(
            "licences", "2026-Q2", published=True, transactions=count, digital__transactions=1500, reason=reason,
            said_on=day,
        )  # fmt: skip
    registrations.change(
        key="licences", as_of=date(2026, 11, 2), said_on=date(2026, 11, 2), reason="People know it so.", by=None,
        at=NOON, name="Driving licences",
    )  # fmt: skip
    return ministry


def ask(client, on, page="/services/licences/"):
    return client.get("/as-published/", {"page": page, "on": on})


def test_any_page_of_services_is_asked_as_it_was_published_on_a_day(revised, client):
    answer = ask(client, "2026-11-02")
    assert "Driving licences" in words_of(answer)
    assert "3,100" in words_of(answer)
    assert ask(client, "2026-10-31").headers["Location"].endswith("on=2026-10-02"), "nothing became public in between"
    answer = ask(client, "2026-10-02")
    words = words_of(answer)
    assert "This page as it was published on 2 October 2026." in words
    assert "Driving" not in words, "it was named so later"
    assert "3,000" in words
    assert "3,100" not in words
    assert "No published figure of this service was changed." in words
    assert "Permits" not in words_of(ask(client, "2026-10-02", "/services/of/transport/")), "nothing was said of it"
    assert 'content="noindex"' in answer.content.decode()
    assert 'href="/as-published/?on=2026-10-02&amp;page=/services/of/transport/"' in answer.content.decode()
    figures_then = ask(client, "2026-10-02", "/services/licences/figures.csv")
    assert ",3000,value," in figures_then.content.decode("utf-8-sig")
    assert figures_then.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(
    ("on", "page", "status", "words"),
    [
        ("soon", "/services/", 400, "Write the day as year, month and day, such as 2026-11-20."),
        ("2020-01-01", "/services/", 400, "Nothing had been published by then. The first day is 2026-10-02."),
        ("2026-10-02", "/services/<b>/", 404, "There was no such page on that day"),
    ],
)
def test_a_day_that_cannot_be_shown_is_answered_with_what_to_do(revised, client, on, page, status, words):  # noqa: PLR0917
    answer = ask(client, on, page)
    assert answer.status_code == status
    assert words in words_of(answer)
    assert b"<b>" not in answer.content


def test_every_page_of_services_asks_for_a_day_and_leads_to_the_days(revised, draw):
    drawn = draw(at=NOON)
    for address in ("/services/", "/services/licences/", "/services/of/transport/", "/services/changed/"):
        page = drawn.text(address)
        assert f'name="page" value="{address}"' in page
        assert 'href="/services/published/"' in page
    assert "2 November 2026 licences 2026-Q2" in drawn.words("/services/published/")


def test_an_action_is_asked_as_it_was_worded_answered_and_measured_on_a_day(revised, take_in, first, second, client):
    from decimal import Decimal

    from penholder.delivery import measures

    take_in(first, second)
    revised.submit("licences", "2026-Q2", published=True, started=9000, completed=7000, said_on=date(2026, 10, 2))
    for target, said_on, reason in (("0.9", date(2026, 10, 5), ""), ("0.8", date(2026, 11, 10), "It was put off.")):
        said = measures.Said(
            "More finish", "completion-rate", ("licences",), target=Decimal(target), due_on=date(2027, 3, 31)
        )
        measures.put(
            strategy="strategy", action=1, key="finish", said=said, said_on=said_on, by=None, at=NOON, reason=reason
        )
    then = words_of(ask(client, "2026-10-05", "/actions/01/"))
    assert "This page as it was published on 5 October 2026." in then
    assert "More finish Completion rate 77.8%" in then
    assert "Target 90.0% by 31 March 2027" in then
    assert "It was put off." not in then
    assert "Target 80.0% by 31 March 2027" in words_of(ask(client, "2026-11-10", "/actions/01/"))
    long_ago = words_of(ask(client, "2012-11-06", "/actions/01/"))
    assert "We will appoint a leader." in long_ago
    assert "Our leader is in post." not in long_ago
    assert "How it is measured" not in long_ago
    assert ask(client, "2026-10-05", "/actions/99/").status_code == 404
    assert 'name="page" value="/actions/01/"' in ask(client, "2026-10-05", "/actions/01/").content.decode()


def test_an_assessment_stands_as_it_was_before_it_was_corrected(revised, client):
    from dataclasses import replace
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from penholder.services import assessments

    report = assessments.Report(
        "2019", "beta", "met", date(2026, 9, 1), "Three.", (assessments.Found(1, "met", "Six interviews."),),
        published_on=date(2026, 10, 5),
    )  # fmt: skip
    one = assessments.record(key="licences", report=report, by=None, at=NOON)
    assessments.record(
        key="licences", report=replace(report, result="met-with-conditions"), corrects=one.pk, reason="Misread.",
        by=None, at=datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("Europe/London")),
    )  # fmt: skip
    told = "1 September 2026, Beta, standard of 2019: Met"
    assert "standard of 2019" not in words_of(ask(client, "2026-10-02"))
    before, after = (words_of(ask(client, day)) for day in ("2026-10-05", "2026-11-10"))
    assert told in before
    assert f"{told} with conditions" not in before
    assert f"{told} with conditions" in after
