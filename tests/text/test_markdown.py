from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from tests.text.markdowns import any_text, house_markdown

from penholder.errors import Refused
from penholder.seal import digest
from penholder.text.attributes import Attributes, read_attributes, split_attributes, write_attributes
from penholder.text.canonical import canonical
from penholder.text.markdown import blocks, plain


def kinds(source):
    return [(block.kind, block.start, block.end) for block in blocks(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", []),
        ("# A\ntext\n\n---", [("heading", 0, 1), ("paragraph", 1, 2), ("rule", 3, 4)]),
        ("A\n=\n\nB\nC\n---", [("heading", 0, 2), ("heading", 3, 6)]),
        ("    code\n\n    more", [("code", 0, 3)]),
        ("```\n\n# no heading\n```\n> a\nlazy", [("code", 0, 4), ("quote", 4, 6)]),
        ("#no space", [("paragraph", 0, 1)]),
        ("####### seven", [("paragraph", 0, 1)]),
        ("\\# escaped", [("paragraph", 0, 1)]),
        ("1986\\. A year", [("paragraph", 0, 1)]),
        ("text\n2. no list", [("paragraph", 0, 2)]),
        ("| a |\n|---|\n| b |\n\nafter", [("table", 0, 3), ("paragraph", 4, 5)]),
        ("[^1]: note\n\n    more\n\nafter", [("footnote", 0, 3), ("paragraph", 4, 5)]),
        ("[a]: /b\n[c]: /d\n\ntext", [("reference", 0, 2), ("paragraph", 3, 4)]),
        ("text\n\n[a]: /b", [("paragraph", 0, 1), ("reference", 2, 3)]),
        ("A\n: b\n\nC\n: d\n: e", [("term", 0, 2), ("term", 3, 6)]),
        (":::{figure} a.png\n# words\n:::\nafter", [("figure", 0, 3), ("paragraph", 3, 4)]),
        ("::::{callout} note\n:::{chart} bar\n:::\n::::\n", [("callout", 0, 4)]),
        (":::{table}\n\n| a |\n|---|\n\n:::", [("table", 0, 6)]),
        (":::{film} a.mp4\nNot closed", [("film", 0, 2)]),
        ("<div>\n\ntext\n\n</div>", [("paragraph", 0, 1), ("paragraph", 2, 3), ("paragraph", 4, 5)]),
        ("```\n:::{figure} a\n```", [("code", 0, 3)]),
    ],
)
def test_passages_and_their_lines(source, found):
    assert kinds(source) == found


def test_every_item_is_its_own_passage_and_what_follows_a_nested_list_too():
    found = blocks("- a\n  still a\n  - b\n\n    still b\n  - c\n\n  again a\n- d\n\n  ```\n  code\n  ```\n1. e\n")
    assert [(b.source, b.level, b.plain) for b in found] == [
        ("- a\n  still a", 1, "a still a"),
        ("  - b\n\n    still b", 2, "b still b"),
        ("  - c", 2, "c"),
        ("  again a", 1, "again a"),
        ("- d\n\n  ```\n  code\n  ```", 1, "d code"),
        ("1. e", 1, "e"),
    ]


def test_an_item_that_holds_only_a_list_is_no_passage_of_its_own():
    assert [(b.source, b.level) for b in blocks("- - a\n  - b\n-\n- c")] == [
        ("- - a", 2),
        ("  - b", 2),
        ("-", 1),
        ("- c", 1),
    ]


def test_a_list_within_a_quotation_belongs_to_the_quotation():
    assert [b.kind for b in blocks("> - a\n> - b\n")] == ["quote"]


def test_headings_tell_their_level_name_classes_and_pairs():
    (block,) = blocks('### Lead *from* the top {#principle-01 .principle .no-toc motto="Say \\"yes\\"" by=hmrc} ###')
    assert (block.level, block.name, block.classes) == (3, "principle-01", ("principle", "no-toc"))
    assert block.attributes == (("motto", 'Say "yes"'), ("by", "hmrc"))
    assert block.plain == "Lead from the top"


@pytest.mark.parametrize(
    "title", ["Sets {1, 2}", "Braces {", "A {#1st}", "A{#b}", "A \\{#b}", "A {}", "A {#a b}", "A {#a} b"]
)
def test_braces_that_are_no_attributes_stay_words(title):
    assert split_attributes(title) == (title, Attributes())


def test_attributes_are_written_as_they_are_read():
    said = Attributes("action-01", ("action",), (("short", 'A "b" \\ c'), ("by", "hmrc")))
    assert read_attributes(write_attributes(said)[1:-1]) == said
    assert write_attributes(Attributes()) == ""


def test_a_directive_tells_its_name_and_options_in_order():
    (block,) = blocks(":::{figure} a.png\n:name: fig-1\n:alt: A map\n:source: [Us](/u)\nThe *caption*.\n:::")
    assert (block.kind, block.name) == ("figure", "fig-1")
    assert block.attributes == (("argument", "a.png"), ("alt", "A map"), ("source", "[Us](/u)"))
    assert block.plain == "A map [Us](/u) The caption."


def test_a_footnote_is_named_by_its_label():
    assert [(b.kind, b.name, b.plain) for b in blocks("[^why]: Because.")] == [("footnote", "why", "Because.")]


def test_plain_text_has_a_passage_to_a_line_and_no_markup():
    source = "# A *b*\n\nc `d` [e](/f)\\\ng[^1] <sup>2</sup> &amp; ![h](i)\n\n| j | k\\|l |\n|---|---|\n| m | n |\n\n[x]: /y\n"
    assert plain(source) == "A b\nc d e g[^1] 2 & h\nj k|l m n".replace("[^1]", "")


def test_a_cell_keeps_its_escaped_pipe_and_a_row_too_short_gets_empty_cells():
    (block,) = blocks("| a | b |\n|---|---|\n| `x \\| y` | z |\n| only |\n")
    assert block.plain == "a b x | y z only"


@settings(deadline=None)
@given(house_markdown | any_text)
@example("- a\n\n[r]: /u\n\n  b")
@example("> [r]: /u")
@example("- - a\n\n  [r]: /u\n- b")
def test_the_passages_cover_the_text(source):
    text = canonical(source)
    lines = text.split("\n")
    rebuilt, line = [], 0
    for block in blocks(text):
        assert all(not lines[between].strip() for between in range(line, block.start))
        assert line <= block.start < block.end
        assert block.source == "\n".join(lines[block.start : block.end])
        assert block.digest == digest(block.source)
        rebuilt += lines[line : block.start] + block.source.split("\n")
        line = block.end
    assert not "".join(lines[line:]).strip()
    assert "\n".join(rebuilt + lines[line:]) == text


@settings(max_examples=60, deadline=None)
@given(house_markdown)
def test_passages_of_canonical_and_of_typed_text_are_the_same(source):
    assert blocks(source) == blocks(canonical(source)) == blocks(source.replace("\n", "\r\n"))


MEGABYTES = 5_000_000
# What the first lines of an attack look like, and the words of the refusal.
ATTACKS = {
    "open brackets": ("[" * 900 + "\n", "characters"),
    "brackets in a paragraph": ("[" * 90_000 + "\n\n", "Line 1: .* opening brackets"),
    "pictures": ("![" * 90_000 + "\n\n", "Line 1: .* opening brackets"),
    "emphasis": ("*a " * 300 + "\n", "Line 1: a paragraph begins here"),
    "quotations": (">" * 900 + "\n", "Line 1: lists and quotations are nested"),
    "backticks": ("a " + "`" * 900 + "\n", "Line 1: a paragraph begins here"),
    "nested lists": ("".join("  " * depth + "- a\n" for depth in range(40)), "Line [0-9]+: lists and quotations"),
    "directives": (":::{callout} note\n", "Line [0-9]+: more than 8 directives above it are not closed"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_texts_made_to_stall_the_parser_are_refused_by_line(attack):
    unit, words = ATTACKS[attack]
    # A quadratic parser needs hours for these: whoever brings it back sees this test never end.
    with pytest.raises(Refused, match=words):
        blocks(unit * (MEGABYTES // len(unit)))


@pytest.mark.parametrize(
    "unit", ["# a\n", "1. a\n", "T\n: d\n\n", "[^{n}]: x\n\n", "[r{n}]: /u\n", "`a\u00a0b`\n\n", "a  \n", "> a\nb\n"]
)
def test_time_grows_with_the_length_of_a_text_and_not_with_its_square(unit):
    def seconds(repeats):
        text = "".join(unit.replace("{n}", str(n)) for n in range(repeats))
        began = time.process_time()
        blocks(text)
        return time.process_time() - began

    seconds(200)
    few, many = min(seconds(1_000 + n) for n in range(3)), seconds(10_000)
    # Ten times the text: 10 when linear, 100 when quadratic.
    assert many < 40 * max(few, 0.002)
