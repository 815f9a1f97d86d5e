"""Tables that others published come in whole: what is odd is told by its cell, and each version shows what it revises."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from penholder.errors import Refused
from penholder.formats.transactions_explorer import quarter
from penholder.services import figures, imports, standing, totals, values
from penholder.services.models import Service, Submission, Submitted
from penholder.services.periods import Span

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VERSIONS = ("2017-06-06", "2017-10-02", "2018-09-19")
REVISED = (0, 71, 106)

HEAD = "Abbr,Department,Agency/body,Name of service,Slug,2017-Q3 Vol.,2017-Q3 Digital vol.,2017-Q4 Vol.,2017-Q4 Digital vol."


def table(*rows):
    return "\n".join([HEAD, *rows]).encode()


def take_in(data, said_on="2018-01-01", **more):
    name = f"services_{said_on}.csv"
    return imports.take_in(name, data, said_on=date.fromisoformat(said_on), at=NOW, on=NOW.date(), **more)


OLD = table("HMT,HM Treasury,Mint,Coins,coins,100,50,120,60", "HMT,HM Treasury,Mint,Medals,medals,10,-,***,")


@pytest.mark.django_db
def test_each_cell_keeps_what_it_says_and_where_it_stood():
    report = take_in(OLD)
    found = {(v.service, v.period, v.channel): (v.value, v.place) for v in values.read()}
    assert found["coins", "2016-07_2017-06", "digital"] == (Decimal(50), "row 2, column G")
    assert found["medals", "2016-07_2017-06", "digital"][0].value == "not provided"
    assert found["medals", "2016-10_2017-09", ""][0].value == "suppressed"
    assert len(found) == 7, "a blank says nothing"
    assert [(cell.row, cell.column, cell.holds) for cell in report.odd] == [(3, "G", "-"), (3, "H", "***")]
    assert standing.one("coins").now.organisation_name == "HM Treasury"


@pytest.mark.django_db
def test_the_same_table_twice_changes_nothing():
    take_in(OLD)
    again = take_in(OLD, said_on="2018-06-01")
    assert again.nothing_new
    assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_a_newer_version_revises_supplies_and_takes_back():
    take_in(OLD)
    newer = table("HMT,HM Treasury,Mint,Coins and notes,coins,101,50,,60", "HMT,HM Treasury,Mint,Stamps,stamps,1,1,1,1")
    report = take_in(newer, said_on="2018-02-01")
    assert report.changes == {"revised": 1, "withdrawn": 2, "reworded": 1}
    assert report.revisions == 3
    assert (report.new_services, report.unlisted) == (("stamps",), ("medals",))
    assert set(report.changed_services) == {"coins", "medals"}
    coins, medals = standing.one("coins"), standing.one("medals")
    assert (coins.name, coins.former_names) == ("Coins and notes", ("Coins",))
    assert medals.now.closed_on == date(2018, 2, 1)
    assert {each.after.reason for each in values.revisions()} == {"“services_2018-02-01.csv” gives another figure."}
    then = figures.read(as_published_on=date(2018, 1, 15))
    assert then.of("coins", "2016-07_2017-06", "digital-take-up").figure.value == 0.5
    now = figures.read(as_published_on=date(2018, 2, 1))
    assert now.of("coins", "2016-07_2017-06", "digital-take-up").figure.value == pytest.approx(50 / 101)


@pytest.mark.django_db
def test_a_dry_run_reports_all_of_it_and_writes_nothing():
    report = take_in(OLD, dry_run=True)
    assert (report.new, len(report.new_services)) == (7, 2)
    assert not Service.objects.exists()
    assert not Submitted.objects.exists()


@pytest.mark.django_db
def test_an_older_version_does_not_come_after_a_newer_one():
    take_in(OLD, said_on="2018-02-01")
    with pytest.raises(Refused, match="is here already and is newer"):
        take_in(OLD + b"\n", said_on="2018-01-01")


@pytest.fixture
def three(shared, db):
    return [
        take_in((shared / "services" / f"services_{day}.csv").read_bytes(), said_on=day, dry_run=False)
        for day in VERSIONS
    ]


def test_three_real_versions_one_after_another(three, shared):
    assert [report.services for report in three] == [759, 751, 734]
    assert [report.changes.get("revised", 0) for report in three] == list(REVISED)
    assert (three[-1].departments, len(three[-1].periods)) == (18, 21)
    told = Counter(cell.holds for cell in three[-1].odd)
    assert (told["-"], told["#REF!"]) == (61, 3)
    assert all(cell.explanation for cell in three[-1].odd)
    assert sum(not each.now.closed_on for each in standing.listed()) == 734

    headline = totals.take_up(key("2017-Q2"), key("2017-Q3")).told
    assert (round(headline.before.share, 3), round(headline.after.share, 3)) == (0.908, 0.796)
    assert (round(headline.matched_before.share, 3), round(headline.matched_after.share, 3)) == (0.795, 0.797)
    assert next(each for each in three[-1].headlines if each.after_label == "2017-Q3").told == headline

    # What was public on the day of the first version is what the first version says, cell by cell.
    then = {
        (v.service, v.period, v.channel, v.quantity): v.amount
        for v in values.read(as_published_on=date(2017, 6, 6), quantities=["transactions"])
        if v.amount is not None
    }
    assert then == volumes(shared / "services" / "services_2017-06-06.csv")
    stands = {
        (v.service, v.period, v.channel, v.quantity): v.amount
        for v in values.read(quantities=["transactions"])
        if v.amount is not None
    }
    assert stands == volumes(shared / "services" / "services_2018-09-19.csv")
    listed = values.revisions(since=date(2018, 9, 19))
    assert sum(each.after.change == "revised" for each in listed) == 106

    again = take_in((shared / "services" / "services_2018-09-19.csv").read_bytes(), said_on="2018-09-19")
    assert again.nothing_new


def key(label):
    return Span(*quarter(label).days).key


def volumes(file):
    """The volumes of a table, read without any of ours."""
    found = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            for header, held in row.items():
                for name, channel in ((" Vol.", ""), (" Digital vol.", "digital")):
                    if header and header.endswith(name) and held.replace(",", "").strip().isdigit():
                        where = row["Slug"], key(header.removesuffix(name)), channel, "transactions"
                        found[where] = Decimal(held.replace(",", "").strip())
    return found


@pytest.mark.django_db
def test_a_department_that_was_renamed_between_versions_is_one_line():
    from penholder.people.models import Succession
    from penholder.services import disclosures

    pills = "NHS,Pills,pills,100,50,120,60"
    first = take_in(
        table(f"DH,Department of Health,{pills}", "DH,Department of Health,NHS,Teeth,teeth,10,5,,"), "2017-10-02"
    )
    second = take_in(table(f"DHSC,Department of Health and Social Care,{pills}"), "2018-09-19")
    assert (first.renamed, len(second.renamed)) == ((), 1)
    row = Succession.objects.get()
    assert (row.predecessor.key, row.successor.key, row.on) == ("dh", "dhsc", date(2018, 1, 8))
    assert row.reason.endswith("S.I. 2018 No. 378")
    told = disclosures.read(at=NOW)
    assert {key: len(listed) for key, listed in told.by_organisation.items()} == {"dhsc": 2}, "closed before, too"
    assert told.line("dh") == "dhsc"
    before = disclosures.read(at=NOW.replace(year=2017), as_said=True)
    assert set(before.by_organisation) == {"dh"}, "in 2017 it was called so"


def test_periods_are_those_that_the_public_table_says_in_words(shared):
    with (shared / "services" / "transaction-volumes_2018-09-19.csv").open(encoding="utf-8-sig", newline="") as lines:
        headers = next(csv.reader(lines))
    words = [header.removesuffix(": volume") for header in headers if header.endswith(": volume")]
    labels = [f"{year}-Q{number}" for year in range(2012, 2018) for number in range(1, 5)][3:]
    ours = [Span(*quarter(label).days).words for label in labels]
    # One header of the public table says 2015 where its neighbours leave no doubt that it means 2014.
    words[words.index("January 2014 to December 2015")] = "January 2014 to December 2014"
    assert ours == words


def test_weekly_counts_make_a_completion_rate_or_are_refused_with_the_reason(ministry, shared):
    ministry.service("carers-allowance", "digital", body="work")
    ministry.service("lasting-power", "digital", body="work")
    more = {"said_on": date(2014, 1, 27), "at": NOW, "on": NOW.date()}
    data = (shared / "services" / "carers_allowance_journey.json").read_bytes()
    named = {"service": "carers-allowance", "start": "eligibility", "end": "consent-and-declaration"}
    done = imports.take_in_weekly("carers.json", data, **named, **more)
    assert (done.weeks, done.new) == (8, 16)
    rates = figures.read(services=["carers-allowance"]).over_time("carers-allowance", "completion-rate")
    assert all(0 < each.figure.value < 1 for each in rates)
    assert imports.take_in_weekly("carers.json", data, **named, **more).new == 0

    data = (shared / "services" / "lpa_journey.json").read_bytes()
    with pytest.raises(Refused, match=r"over 100%") as refusal:
        imports.take_in_weekly(
            "lpa.json", data, service="lasting-power", start="create/donor", end="create/complete", **more
        )
    assert "gives no completion rate" in refusal.value.reasons[0]
    assert not Submitted.objects.filter(service__key="lasting-power").exists()
    assert Submission.objects.filter(digest=hashlib.sha256(data).hexdigest()).count() == 0
