from __future__ import annotations

import io

import openpyxl
import pytest
from tests.formats.figures.sheets import CATALOGUE, QUANTITIES, reading

from penholder.formats.figures import templates
from penholder.formats.figures.catalogue import Catalogue, ListedService
from penholder.formats.figures.periods import Period
from penholder.formats.figures.reading import read_figures

MONTHS = (Period(2025, 4), Period(2025, 5), Period(2011, 12))
ROWS = templates.asked(CATALOGUE.services, MONTHS, QUANTITIES)


def filled(data, numbers):
    opened = openpyxl.load_workbook(io.BytesIO(data))
    sheet = opened["Figures"]
    for row in range(2, sheet.max_row + 1):
        for place in numbers:
            sheet.cell(row, place).value = row
    file = io.BytesIO()
    opened.save(file)
    return file.getvalue()


def test_a_row_stands_for_every_service_channel_and_period():
    assert len(ROWS) == 3 * (3 + 1 + 3 + 1 + 1 + 1 + 1 + 1)
    by_channel = templates.asked(CATALOGUE.services, MONTHS, QUANTITIES[:1])
    assert len(by_channel) == 3 * (3 + 3 + 1 + 1 + 1)


@pytest.mark.parametrize(
    "make", [lambda: templates.as_csv(ROWS, QUANTITIES), lambda: templates.as_workbook("T", ROWS, QUANTITIES)]
)
def test_the_empty_template_gives_nothing_and_has_no_fault(make):
    read = reading(make(), "template")
    assert (read.rows, read.faults, read.notes) == ((), (), ())


def test_what_is_filled_in_is_read_back_whole():
    by_channel = [row for row in ROWS if row.channel]
    data = filled(templates.as_workbook("Figures of one department", by_channel, QUANTITIES[:3]), (5, 6, 7))
    read = reading(data, "template.xlsx")
    assert not read.faults
    assert len(read.rows) == len(by_channel)
    assert {(row.service, row.given[0].channel, row.given[0].period) for row in read.rows} == {
        (row.service.key, row.channel, row.period) for row in by_channel
    }


def test_the_workbook_explains_itself_and_checks_what_is_typed():
    opened = openpyxl.load_workbook(io.BytesIO(templates.as_workbook("Figures", ROWS, QUANTITIES)))
    assert opened.sheetnames == ["Figures", "How to fill this in", "Example"]
    said = " ".join(str(cell.value) for row in opened["How to fill this in"].iter_rows() for cell in row if cell.value)
    assert "0 means that you counted" in said
    assert {check.type for check in opened["Figures"].data_validations.dataValidation} == {"custom", "list"}
    assert opened["Figures"].freeze_panes == "E2"
    assert opened["Example"]["E2"].value == 12500


def test_a_name_that_looks_like_a_formula_is_words():
    service = ListedService("sums", "=1+1", (), {})
    rows = templates.asked((service,), MONTHS, QUANTITIES[:1])
    opened = openpyxl.load_workbook(io.BytesIO(templates.as_workbook("T", rows, QUANTITIES[:1])))
    assert opened["Figures"]["B2"].data_type == "s"
    assert b"'=1+1" in templates.as_csv(rows, QUANTITIES[:1])
    read = read_figures(
        "t.csv", templates.as_csv(rows, QUANTITIES[:1]), catalogue=Catalogue((service,)), quantities=QUANTITIES
    )
    assert not read.errors
