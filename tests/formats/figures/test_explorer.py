"""Which files have the layout of the Transactions Explorer is told from their first row, whatever the file holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.figures.sheets import HEAD, book

from penholder.formats.figures.explorer import is_explorer

FIRST = "\ufeffName of service,Slug,2017-Q4 Transactions processed\r\nPassports,passports,1\r\n".encode()


def test_its_first_row_tells():
    assert is_explorer(FIRST)
    assert not is_explorer(b"Service,Channel,Period\nPassports,Digital,2025-04\n")


@pytest.mark.parametrize(
    "data", [b"", b"\r", b'"', b"Slug\r2017-Q4 x\r", book(("Passports", "Digital", "2025-04"), head=HEAD), FIRST[:12]]
)
def test_anything_else_is_not_it(data):
    assert not is_explorer(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_makes_it_stumble(data):
    assert is_explorer(data) in {True, False}
