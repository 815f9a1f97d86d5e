from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.formats.figures.cells import Cell
from penholder.formats.figures.numbers import Gap, Kind, Number, read_number
from penholder.formats.figures.told import Told


def of(text, kind=Kind.COUNT, **how):
    read = read_number(Cell(text or None, text), kind, **how)
    return read.value if isinstance(read, Number) else str(read)


@pytest.mark.parametrize("text", ["1234", "1,234", "1 234", "1\u00a0234", "1\u202f234", "1'234", "1’234", "1234.0"])
def test_figures_in_groups_are_one_number(text):
    assert of(text) == 1234


def test_zero_is_a_number_and_four_gaps_are_not():
    assert of("0") == 0
    assert of("") is Gap.BLANK
    assert {of(text) for text in ("-", "–", "..", "[x]", "not available")} == {Gap.NOT_PROVIDED}
    assert {of(text) for text in ("***", "*", "c", "C", "[c]", "suppressed")} == {Gap.SUPPRESSED}
    assert {of(text) for text in ("n/a", "N/A", "[z]", "not applicable")} == {Gap.NOT_APPLICABLE}


def test_a_dot_among_figures_is_a_question():
    assert "1234" in of("1.234")
    assert of("1.234.567") == 1_234_567
    assert "may mean" in of("1,234", semicolons=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-5", "negative"), ("(5)", "negative"), ("−1,200", "negative"), ("12.5", "not whole"), ("1E+05", "shortened"),
        ("12k", "whole number"), ("1.2 million", "whole number"), ("120*", "mark"), ("120 [p]", "mark"),
        ("£12", "money"), ("about 200", "no number"), ("1,23", "no number"), ("99999999999999", "larger"),
        ("50%", "share"), ("105%", "over 100%"), ("12 34", "no number"),
    ],
)  # fmt: skip
def test_what_is_no_count_is_told_with_what_to_do(text, why):
    assert why in of(text)


def test_money_has_pence_and_a_country_s_comma():
    assert of("£1,234.56", Kind.MONEY) == Decimal("1234.56")
    assert of("1.234,50", Kind.MONEY) == Decimal("1234.50")
    assert of("12,50", Kind.MONEY, semicolons=True) == Decimal("12.50")
    assert "no number" in of("12,50", Kind.MONEY)


def test_a_share_is_written_either_way_and_never_exceeds_the_whole():
    assert of("85%", Kind.SHARE) == of("0.85", Kind.SHARE) == Decimal("0.85")
    assert "over 100%" in of("101%", Kind.SHARE)
    assert "85%" in of("85", Kind.SHARE)


@given(st.text(max_size=30), st.sampled_from(Kind), st.booleans())
def test_any_words_are_a_number_a_gap_or_told(text, kind, semicolons):
    read = read_number(Cell(text or None, text), kind, semicolons=semicolons)
    if isinstance(read, Told):
        assert str(read)
    else:
        assert isinstance(read.value, Gap) or read.value >= 0


@given(st.integers(0, 10**12))
def test_every_count_is_read_back_from_each_way_of_grouping_it(count):
    for text in (str(count), f"{count:,}", f"{count:,}".replace(",", " ")):
        assert of(text) == count
