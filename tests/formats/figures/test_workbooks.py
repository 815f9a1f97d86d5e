from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.dimensions import ColumnDimension
from tests.formats.figures.sheets import HEAD, book, noted, read_or_refused, reading, values, wrong

from penholder.errors import Refused
from penholder.formats.figures.reading import Figures

PASSPORT = ("renew-a-passport", "digital", "Apr 2025", "transactions")
ROW = ("Renew a passport", "Digital", "2025-04")


def read(*rows, head=HEAD, change=None, name="figures.xlsx"):
    return reading(book(*rows, head=head, change=change), name)


def repacked(data, **parts):
    """The workbook with parts changed or added (bytes), or left out (None)."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in parts:
                new.writestr(entry, old.read(entry))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def test_numbers_and_days_of_a_workbook_are_read():
    figures = read(
        ("Renew a passport", "Digital", date(2025, 4, 1), 1200),
        ("Renew a passport", "Phone", datetime.fromisoformat("2025-05-01"), 7.0),
        ("Register to vote", None, "2025/26 Q1", "1,500", 12.5),
    )
    assert values(figures)[PASSPORT] == 1200
    assert values(figures)["renew-a-passport", "phone", "May 2025", "transactions"] == 7
    assert len(figures.rows) == 3
    assert not figures.faults


def test_a_formula_without_a_saved_result_is_an_error_and_one_with_it_is_noted():
    unsaved = book((*ROW, "=600+600"))
    assert "not saved" in wrong(reading(unsaved, "f.xlsx"))["D2"]
    with zipfile.ZipFile(io.BytesIO(unsaved)) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml")
    result = re.sub(rb"<v ?/>|<v></v>", b"<v>1200</v>", sheet)
    saved = repacked(unsaved, **{"xl/worksheets/sheet1.xml": result})
    figures = reading(saved, "f.xlsx")
    assert values(figures) == {PASSPORT: 1200}
    assert "formula" in noted(figures)["D2"]


def test_error_cells_dates_shares_and_fractions_where_a_count_belongs_are_told():
    def change(made):
        made.active["D3"].number_format = "0%"
        made.active["D4"].number_format = "0.0%"

    told = wrong(
        read((*ROW, "#REF!"), (*ROW, 0.5), (*ROW, 1.2), (*ROW, date(2025, 4, 1)), (*ROW, 1.5), (*ROW, True), (*ROW, -4),
             change=change)
    )  # fmt: skip
    assert told.keys() == {f"D{row}" for row in range(2, 9)}
    assert "lost what it points to" in told["D2"]
    assert "share" in told["D3"]
    assert "over 100%" in told["D4"]
    assert "date" in told["D5"]


def test_every_row_that_a_merged_cell_touches_is_told():
    def change(made):
        made.active.merge_cells("A2:A3")

    figures = read((*ROW, 1), (None, "Phone", "2025-04", 2), ("Register to vote", "Post", "2025-04", 3), change=change)
    assert wrong(figures).keys() == {"A2", "A3"}
    assert [row.row for row in figures.rows] == [4]


def test_hidden_rows_columns_and_sheets_are_told_and_not_taken():
    def change(made):
        made.active.row_dimensions[2].hidden = True
        hidden = made.create_sheet("Old")
        hidden.append(HEAD)
        hidden.append(("Register to vote", "Post", "2025-04", 3))
        hidden.sheet_state = "hidden"

    figures = read((*ROW, 1), ("Register to vote", "Post", "2025-04", 3), change=change)
    assert [row.row for row in figures.rows] == [3]
    assert "hidden" in wrong(figures)["2"]
    assert [str(note) for note in figures.notes] == ["The sheet “Old” is hidden, and was not read."]

    def hide(made):
        made.active.column_dimensions["D"] = ColumnDimension(made.active, index="D", hidden=True)

    assert read((*ROW, 1), change=hide).rows == ()


def test_every_sheet_with_a_table_is_read_and_the_others_are_named():
    def change(made):
        second = made.create_sheet("May")
        second.append(HEAD)
        second.append(("Renew a passport", "Digital", "2025-05", 3))
        second.append((*ROW, 2))
        made.create_sheet("Remarks").append(["Ask Ada"])
        made.create_sheet("Empty")

    figures = read((*ROW, 1), change=change)
    assert [str(note) for note in figures.notes] == ["The sheet “Remarks” holds no table of figures, and was not read."]
    assert {(fault.sheet, fault.address) for fault in figures.errors} == {("Figures", "D2"), ("May", "D3")}
    assert "Figures!D2" in str(next(fault.told for fault in figures.errors if fault.sheet == "May"))
    assert [(row.sheet, row.row) for row in figures.rows] == [("May", 2)]


GOOD = book((*ROW, 1))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (repacked(GOOD, **{"xl/vbaProject.bin": b"x"}), "macros"), (repacked(GOOD, **{"xl/workbook.bin": b"x"}), "binary"),
        (repacked(GOOD, **{"xl/workbook.xml": None}), "no Excel workbook"),
        (repacked(GOOD, **{"xl/worksheets/sheet1.xml": None}), "missing"),
        (repacked(GOOD, **{"xl/worksheets/sheet1.xml": b"<no"}), "damaged"),
        (repacked(GOOD, **{"xl/worksheets/sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "damaged"),
        (repacked(GOOD, **{"xl/media/blank.bin": b"\0" * 30_000_000}), "200 times"),
        (GOOD[:-100], "damaged"),
    ],
)  # fmt: skip
def test_a_workbook_that_cannot_be_trusted_is_refused_with_what_to_do(data, why):
    with pytest.raises(Refused, match=why):
        reading(data, "figures.xlsx")


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x81\x8d"])
def test_bytes_that_are_called_a_workbook_and_are_none_are_told_so(data):
    for ending in ("xlsx", "XLSX", "xls", "ods"):
        with pytest.raises(Refused, match=r"no workbook, though its name says so.*save it as"):
            reading(data, f"figures.{ending}")


def test_a_table_of_text_that_is_called_a_workbook_is_read():
    assert len(reading("Service,Period,Cost\nRenew a passport,2025-04,5\n", "figures.xlsx").rows) == 1


def test_macros_are_refused_by_name_too():
    with pytest.raises(Refused, match="macros"):
        reading(GOOD, "figures.xlsm")


@pytest.mark.parametrize(
    ("cell", "why"), [("A30000", "20,000 rows"), ("CC2", "60 columns"), ("XFD1048576", "20,000 rows")]
)
def test_a_cell_far_outside_is_refused_before_anything_is_read(cell, why):
    def change(made):
        made.active[cell] = 1

    with pytest.raises(Refused, match=why):
        read((*ROW, 1), change=change)


def test_merges_that_claim_whole_sheets_are_stopped():
    claims = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 2000 + b"</mergeCells></worksheet>"
    with zipfile.ZipFile(io.BytesIO(book(*[(*ROW, 1)] * 900))) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml")
    data = repacked(GOOD, **{"xl/worksheets/sheet1.xml": sheet.replace(b"</worksheet>", claims)})
    with pytest.raises(Refused, match="merged"):
        reading(data, "figures.xlsx")


def test_an_openpyxl_file_and_its_twin_by_libreoffice_give_the_same(tmp_path):
    """The same table, opened and saved by a real spreadsheet: formulas get their results, days stay days."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not here: apt-get install -y libreoffice-calc-nogui")

    def change(made):
        made.active["C2"].number_format = "mmm yyyy"
        made.active.merge_cells("A5:A6")
        made.active.row_dimensions[4].hidden = True

    rows = [
        ("Renew a passport", "Digital", date(2025, 4, 1), "=1000+200"), ("Renew a passport", "Phone", "2025-04", "=1/0"),
        ("Register to vote", "Post", "2025-04", 3), ("Register to vote", "Digital", "2025-04", 4), (None, "Phone", "2025-04", 5),
        ("Register to vote", "Digital", "2025-05", "***"),
    ]  # fmt: skip
    (tmp_path / "made.xlsx").write_bytes(book(*rows, change=change))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path / "made.xlsx"),
    ]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    saved = tmp_path / "out" / "made.xlsx"
    assert saved.is_file(), done.stderr.decode()
    figures = reading(saved.read_bytes(), "made.xlsx")
    assert values(figures)[PASSPORT] == 1200
    assert "formula" in noted(figures)["D2"]
    assert wrong(figures).keys() == {"D3", "4", "A5", "A6"}
    assert "#DIV/0!" in wrong(figures)["D3"]
    assert [row.row for row in figures.rows] == [2, 7]


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(place, change):
    data = GOOD[:place] + change + GOOD[place + len(change) :]
    told = read_or_refused(data, "figures.xlsx")
    assert isinstance(told, Figures) or all(told)


with zipfile.ZipFile(io.BytesIO(GOOD)) as opened:
    CONTENTS = {name: opened.read(name) for name in opened.namelist()}


@given(st.sampled_from(sorted(CONTENTS)), st.data())
def test_a_workbook_with_any_part_changed_inside_is_read_or_refused(name, data):
    old = CONTENTS[name]
    place = data.draw(st.integers(0, len(old)))
    change = data.draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([b"<c/>", b"9999999", b'"', b"<row>", b"</row>"]))
    )
    spoiled = repacked(GOOD, **{name: old[:place] + change + old[place + len(change) :]})
    told = read_or_refused(spoiled, "figures.xlsx")
    assert isinstance(told, Figures) or all(told)
