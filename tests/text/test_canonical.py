from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from tests.text.markdowns import any_text, house_markdown

from penholder.errors import Refused
from penholder.seal import digest
from penholder.text.canonical import canonical
from penholder.text.dialect import PARSER

PROSE = "Take-up rose to 82\u00a0% — na\u00efve?\n\n- caf\u00e9\n- £1.78bn\n"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("a", "a\n"),
        ("a\n\n\n", "a\n"),
        ("\n\n\na", "a\n"),
        ("\n\n    code", "    code\n"),
        ("\ufeffa\r\nb\rc", "a\nb\nc\n"),
        ("a\ufeffb", "ab\n"),
        ("a\u2028b\x0bc\x85d", "a\nb\nc\nd\n"),
        ("nul \x00 bell \x07", "nul \ufffd bell \ufffd\n"),
        ("half \ud800 pair", "half \ufffd pair\n"),
        ("a \nb\t\nc", "a\nb\nc\n"),
        ("#\u00a0Title", "# Title\n"),
        ("cafe\u0301", "caf\u00e9\n"),
    ],
)
def test_one_spelling(typed, written):
    assert canonical(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a  \nb", "a\\\nb\n"),
        ("a     \nb", "a\\\nb\n"),
        ("a\\\nb", "a\\\nb\n"),
        ("a  \n\nb", "a\n\nb\n"),
        ("a  ", "a\n"),
        ("# a  \nb", "# a\nb\n"),
        ("- a  \n  b", "- a\\\n  b\n"),
        ("> a  \n> b", "> a\\\n> b\n"),
        ("`a  \nb`", "`a\nb`\n"),
        ("```\na  \nb\n```", "```\na\nb\n```\n"),
        ("**a  \nb** [c  \nd](/e)", "**a\\\nb** [c\\\nd](/e)\n"),
        ("a\\   \nb", "a\\\\\\\nb\n"),
        ("a\\ \nb", "a\\\\\nb\n"),
        ("a\\\\  \nb", "a\\\\\\\nb\n"),
        ("**a**  \nb", "**a**\\\nb\n"),
        ("_  \nx_", "\\_\\\nx_\n"),
        ("**a.**  \nb", "**a.** \\\nb\n"),
        ("a\n*  \nb", "a\n\\*\\\nb\n"),
        ("one  \ntwo  \nthree", "one\\\ntwo\\\nthree\n"),
    ],
)
def test_a_hard_break_is_kept_and_never_made(typed, written):
    assert canonical(typed) == written
    assert _shape(written) == _shape(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a\u00a0b", "a b\n"),
        ("a\u00a0b `c\u00a0d` e\u00a0f", "a b `c\u00a0d` e f\n"),
        ("```\na\u00a0b\n```\nc\u00a0d", "```\na\u00a0b\n```\nc d\n"),
        ("    a\u00a0b\n\nc\u00a0d", "    a\u00a0b\n\nc d\n"),
        ("a `b\u00a0c\n\nd\u00a0e`", "a `b c\n\nd e`\n"),
    ],
)
def test_a_no_break_space_is_a_space_except_in_code(typed, written):
    assert canonical(typed) == written


def test_no_break_spaces_that_turn_text_into_code_and_back_come_to_rest():
    source = "-\u00a0x\n\n      a\u00a0b\n\n\u00a0\u00a0\u00a0\u00a0c\u00a0d\n"
    assert canonical(canonical(source)) == canonical(source)


@pytest.mark.parametrize(
    "variant",
    [
        unicodedata.normalize("NFD", PROSE),
        PROSE.replace("\n", "\r\n"),
        "\ufeff" + PROSE,
        PROSE.replace("\n", "  \n"),
        PROSE.replace("\u00a0", " "),
        PROSE + "\n\n",
    ],
)
def test_variants_of_a_text_have_one_digest(variant):
    assert variant != PROSE
    assert digest(canonical(variant)) == digest(canonical(PROSE))


def test_a_line_of_fifty_megabytes_is_refused_at_once():
    with pytest.raises(Refused, match="reads up to 20,000,000"):
        canonical("x" * 50_000_000)


def test_a_line_of_over_a_megabyte_is_refused_by_its_number():
    with pytest.raises(Refused, match=r"Line 3: it has 1,000,001 characters"):
        canonical("a\n\n" + "x" * 1_000_001)


@settings(deadline=None)
@given(any_text)
@example("\u00a0\u00a0\u00a0\u00a0a\u00a0b")
@example("`a\u00a0b\n`c\u00a0d`")
@example("\\\u00a0\u00a0\n0")
def test_the_canonical_form_is_at_rest(source):
    once = canonical(source)
    assert canonical(once) == once


@settings(deadline=None)
@given(any_text)
def test_the_canonical_form_is_what_it_says(source):
    text = canonical(source)
    assert unicodedata.is_normalized("NFC", text)
    assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))
    assert text.splitlines() == text.split("\n")[:-1]
    assert all(line == line.rstrip(" \t") for line in text.splitlines())
    assert not set(text) & set("\ufeff\r\x00")
    text.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(house_markdown)
@example("a\\  \nb")
@example("_  \n:alt: x_")
@example("`a  \n b\\ \nc`  \nd")
@example("a  \n***  \nb  \n===")
@example("|a  |\n|-  |\n|b\\  |  \nc  ")
def test_canonical_text_reads_as_it_did(source):
    assert _shape(canonical(source)) == _shape(source)


@settings(deadline=None)
@given(house_markdown)
def test_unicode_forms_and_line_ends_have_one_digest(source):
    variants = (unicodedata.normalize("NFD", source), unicodedata.normalize("NFC", source).replace("\n", "\r\n"))
    assert {digest(canonical(variant)) for variant in variants} == {digest(canonical(source))}


def _shape(source):
    """What the parser sees, without white space within code and between words."""
    shape = []
    for token in PARSER.parse(source, {}):
        if token.type != "inline":
            content = "\n".join(line.rstrip() for line in token.content.split("\n")).strip("\n")
            shape.append((token.type, token.tag, token.info.strip(), content))
            continue
        for child in token.children:
            words = " ".join(child.content.split())
            if child.type == "text" and not words:
                continue
            alt = "".join(" ".join(inner.content.split()) for inner in child.children or ())
            shape.append((child.type, child.tag, words, child.attrs.get("href"), alt))
    return shape
