"""The whole register goes out as CSV and JSON, with every field explained and nothing in it that is not public."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.measure.drawings import straight
from tests.services.conftest import NOON

from penholder.people.models import Role
from penholder.services import assessments, exports, journeys, pagetexts, publications, registrations, targets
from penholder.services.assessments import Found, Report
from penholder.services.periods import parse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "services.md"


@pytest.fixture
def filled(ministry):
    """A published month, a published table with a revision, a target, an assessment, and a value that is not public."""
    manager, leader = ministry.acting("maud", Role.SERVICE_MANAGER), ministry.acting("lena", Role.LEADER)
    ministry.submit("passports", "2026-10", by=manager, started=200, completed=150, transactions=3)
    publication = publications.freeze(
        organisation=ministry.body("interior"), span=parse("2026-10"), by=manager, at=NOON
    )
    for flag in publication.flags.all():
        publications.answer(flag_id=flag.pk, reason="Known.", by=manager, at=NOON)
    publications.check(publication_id=publication.pk, by=manager, at=NOON)
    publications.sign(publication_id=publication.pk, seal=publication.seal, by=leader, at=NOON)
    publications.publish(publication_id=publication.pk, by=leader, at=NOON)
    ministry.submit("pensions", "2026-09", transactions=100, published=True, said_on=date(2026, 10, 1))
    ministry.submit(
        "pensions", "2026-09", transactions=120, published=True, said_on=date(2026, 11, 1), reason="Counted again."
    )
    ministry.submit("licences", "2026-09", started=77, completed=66)
    targets.put(
        key="passports", definition="completion-rate", value=Decimal("0.9"), due_on=date(2027, 1, 1), said_on=NOON.date(),
        by=None, at=NOON,
    )  # fmt: skip
    drawn = replace(straight("passports"), effective_from=date(2026, 1, 1))
    journeys.draw(drawn=drawn, by=None, at=NOON)
    pagetexts.put(
        key="passports", page="start", words="Apply here.", as_of=NOON.date(), said_on=NOON.date(), by=None, at=NOON
    )
    report = Report("2019", "live", "met", date(2026, 1, 1), "Two.", (Found(1, "met", "Seen."),),
                    published_on=date(2026, 2, 1))  # fmt: skip
    assessments.record(key="passports", report=report, by=None, at=NOON)
    return publication


@pytest.mark.parametrize("name", list(exports.TABLES))
def test_every_table_has_rows_with_exactly_the_fields_that_it_explains(filled, name):
    table = exports.TABLES[name]
    rows = list(table.rows())
    assert rows
    assert all([*row] == [field for field, _meaning in table.fields] for row in rows)
    assert all(meaning for _field, meaning in table.fields)
    assert len(list(csv.reader(io.StringIO(table.csv())))) == len(rows) + 1
    told = json.loads(table.json())
    assert (told["fields"], len(told["rows"])) == (dict(table.fields), len(rows))


def test_what_is_not_public_is_in_none_of_them(filled):
    figures = list(exports.TABLES["figures"].rows())
    assert {(row["service"], row["seal"] != "") for row in figures} == {("passports", True), ("pensions", False)}
    values = {(row["service"], row["quantity"]): row["value"] for row in exports.TABLES["values"].rows()}
    assert values["pensions", "transactions"] == 120
    assert values["passports", "transactions"] is None, "three is few"
    assert not any(service == "licences" for service, _quantity in values)
    (revision,) = exports.TABLES["revisions"].rows()
    assert (revision["before"], revision["after"], revision["reason"]) == (100, 120, "Counted again.")


def test_a_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(ministry):
    registrations.change(
        key="passports", name="=HYPERLINK(1)", as_of=NOON.date(), said_on=NOON.date(), reason="x", by=None, at=NOON
    )
    assert "'=HYPERLINK(1)" in exports.TABLES["services"].csv()


def test_the_page_names_every_table_and_field():
    page = PAGE.read_text(encoding="utf-8")
    for name, _meaning, fields in exports.documented():
        assert f"`{name}`" in page
        for field, _means in fields:
            assert f"`{field}`" in page, f"{name}.{field} is not in docs/services.md"
