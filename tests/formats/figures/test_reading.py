from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.figures.sheets import noted, read_or_refused, reading, values, wrong

from penholder.errors import Refused
from penholder.formats.figures.numbers import Gap
from penholder.formats.figures.reading import Figures

HEAD = "Service,Channel,Period,Completed transactions,Cost\n"
PASSPORT = ("renew-a-passport", "digital", "Apr 2025", "transactions")


def test_a_plain_table_is_read():
    read = reading(f'{HEAD}Renew a passport,Digital,2025-04,1200,\nrenew-a-passport,,Apr 2025,"1,500",£300.50\n')
    assert values(read) == {
        PASSPORT: 1200,
        ("renew-a-passport", "", "Apr 2025", "transactions"): 1500,
        ("renew-a-passport", "", "Apr 2025", "cost"): Decimal("300.50"),
    }
    assert not read.faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_is_read_in_whatever_letters_it_was_saved(encoding, between, end):
    lines = ["Service,Channel,Period,Completed transactions", "Carer’s Allowance,Online,2025-04,7"]
    text = end.join(line.replace(",", between) for line in lines)
    read = reading(text.encode(encoding))
    assert values(read) == {("carers-allowance", "digital", "Apr 2025", "transactions"): 7}
    assert bool(read.notes) == (encoding == "cp1252")


def test_excel_s_line_that_says_what_stands_between_cells_is_obeyed():
    read = reading("sep=;\r\nService;Period;Completed transactions\r\nRegister to vote;2025-04;12\r\n")
    assert values(read) == {("register-to-vote", "", "Apr 2025", "transactions"): 12}
    assert wrong(reading("sep=;\nService;Period;Completed transactions\nNobody;2025-04;12\n")).keys() == {"A3"}


def test_every_cell_that_is_wrong_is_told_by_its_address_and_the_other_rows_are_kept():
    read = reading(
        HEAD + "Renew a pasport,Digital,2025-04,1,\n"  # 2
        "Renew a passport,Fax,2025-04,1,\n"  # 3
        "Renew a passport,Digital,Q1 2025,1,\n"  # 4
        "Renew a passport,Digital,2025-04,-1,\n"  # 5
        "Renew a passport,Digital,2025-04,#REF!,\n"  # 6
        "Renew a passport,Digital,2025-04,=A1+1,\n"  # 7
        "Renew a passport,Digital,2025-04,1,30\n"  # 8
        ",Digital,2025-04,1,\n"  # 9
        "Pay tax,,2025-04,1,\n"  # 10
        "Tax-A,Digital,2025-04,1,\n"  # 11
        "Register to vote,Post,2025-04,5,\n"  # 12
    )
    told = wrong(read)
    assert told.keys() == {"A2", "B3", "C4", "D5", "D6", "D7", "E8", "A9", "A10", "B11"}
    assert "Renew a passport" in told["A2"]
    assert "Digital, Phone, Post" in told["B3"]
    assert "tax-a, tax-b" in told["A10"]
    assert "all channels together" in told["E8"]
    assert values(read) == {("register-to-vote", "post", "Apr 2025", "transactions"): 5}


def test_the_answer_to_what_quarters_mean_settles_the_question():
    text = HEAD + "Renew a passport,Digital,Q1 2025,1,\n"
    assert wrong(reading(text)).keys() == {"C2"}
    assert values(reading(text, quarters="financial")) == {
        ("renew-a-passport", "digital", "Apr 2025 to Jun 2025", "transactions"): 1
    }


def test_gaps_stay_apart_and_blank_says_nothing():
    rows = [f"Renew a passport,{channel},2025-04,{held},\n" for channel, held in zip(
        ("digital", "phone", "post", ""), ("***", "-", "n/a", ""), strict=True)]  # fmt: skip
    read = reading(HEAD + "".join(rows))
    assert [one.value for row in read.rows for one in row.given] == [
        Gap.SUPPRESSED, Gap.NOT_PROVIDED, Gap.NOT_APPLICABLE
    ]  # fmt: skip
    assert noted(read).keys() == {"D2", "D3", "D4"}


def test_the_same_value_twice_is_taken_once_and_two_values_are_a_question():
    row = "Renew a passport,Digital,2025-04,"
    same = reading(f"{HEAD}{row}5,\n{row}5,\n")
    assert len(same.rows) == 1
    assert noted(same) == {"D3": "The same as D2. It was taken once."}
    two = reading(f"{HEAD}{row}5,\n{row}6,\nRegister to vote,Digital,2025-04,5,\n")
    assert wrong(two).keys() == {"D2", "D3"}
    assert [row.service for row in two.rows] == ["register-to-vote"]


def test_sums_and_words_beside_the_table_are_told_and_not_read():
    read = reading(
        f"Figures of May\n\n{HEAD}Renew a passport,Digital,2025-04,5,\nTotal,,,5,\nSource: the department,,,,\n"
    )
    assert values(read) == {PASSPORT: 5}
    assert noted(read).keys() == {"A5", "A6"}


def test_channels_and_months_may_stand_side_by_side():
    wide = reading("Service,Period,Online transactions,Of which phone,Total\nRenew a passport,2025-04,3,4,9\n")
    assert values(wide) == {
        PASSPORT: 3,
        ("renew-a-passport", "phone", "Apr 2025", "transactions"): 4,
        ("renew-a-passport", "", "Apr 2025", "transactions"): 9,
    }
    months = reading("Service key,Channel,Apr 2025,May 2025\nrenew-a-passport,Digital,3,4\n")
    assert values(months) == {PASSPORT: 3, ("renew-a-passport", "digital", "May 2025", "transactions"): 4}


def test_a_key_and_a_name_that_disagree_are_a_question():
    read = reading("Service key,Service,Period,Completed transactions\nrenew-a-passport,Register to vote,2025-04,3\n")
    assert "Which of them" in wrong(read)["A2"]


def test_a_column_that_means_nothing_here_is_told_and_two_that_say_the_same_take_nothing_in():
    read = reading("Service,Period,Completed transactions,Weather\nRenew a passport,2025-04,3,fine\n")
    assert "Weather" in noted(read)["D1"]
    twice = reading("Service,Period,Transactions,Vol.\nRenew a passport,2025-04,3,4\n")
    assert twice.rows == ()
    assert wrong(twice).keys() == {"D"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"), (b"hello", "no table"), (b"Service,Period\n", "no table"), (b"%PDF-1.7", "PDF"),
        (b"<html><table>", "web page"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b'Service,Period,Cost\n"Renew,2025-04,5\n', "quotation mark"), (b"a\0\x01b\xff", "no text"),
        (b"x" * 5_000_001, "5 MB"), (b"\x81\x8d", "neither"),
        (b"Service,Period,Cost\n" + b"Renew a passport,2025-04,1\n" * 20_001, "20,000 rows"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_of_figures_is_refused_with_what_to_do(data, why):
    with pytest.raises(Refused, match=why):
        reading(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    told = read_or_refused(data)
    assert isinstance(told, Figures) or all(told)


ANY_CELL = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters='"\x00'), max_size=12),
    st.sampled_from(["Renew a passport", "Digital", "2025-04", "Q1 2025", "-", "***", "1,000", "#REF!", "=1", "Total"]),
)


@given(st.lists(st.lists(ANY_CELL, min_size=1, max_size=6), max_size=6))
def test_whatever_stands_below_the_head_is_a_row_or_is_told(rows):
    lines = [",".join('"' + cell.replace("\r", " ").replace("\n", " ") + '"' for cell in row) for row in rows]
    try:
        read = reading(HEAD + "\n".join(lines))
    except Refused:
        return
    kept = {row.row for row in read.rows}
    told = {fault.row for fault in read.faults}
    for number, row in enumerate(rows, start=2):
        given = any(cell.strip() for cell in row[3:5])
        assert number in kept | told or not given
    assert not kept & {fault.row for fault in read.errors}
