from __future__ import annotations

from hypothesis import given
from tests.text.markdowns import house_markdown

from penholder.text.carrying import Carrying
from penholder.text.leaves import leaves
from penholder.text.markdown import blocks

ALL = """## A [heading](https://x.example/y.z) {#a}

Some *emphasised* words, `code` and \\*stars\\*; R&amp;D[^1] <br> end.

- one
    - inner

> quoted
> lines

| A | B |
|---|---|
| c | d |

[^1]: A note.
"""


def test_paragraphs_headings_and_cells_are_leaves():
    assert [leaf.words for leaf in leaves(ALL)] == [
        "A heading", "Some emphasised words, code and *stars*; R&D end.", "one", "inner", "quoted lines",
        "A", "B", "c", "d", "A note.",
    ]  # fmt: skip


def test_each_letter_is_found_in_the_source():
    passages = blocks(ALL)
    for leaf in leaves(ALL):
        source = passages[leaf.block].source
        for letter, place in zip(leaf.words, leaf.places, strict=True):
            here = source[place]
            assert here == letter or here in "\\&" or letter == " "


@given(house_markdown)
def test_places_only_go_forward_and_point_at_their_letters(source):
    passages = blocks(source)
    for leaf in leaves(source):
        assert list(leaf.places) == sorted(leaf.places)
        if leaf.places:
            assert len(leaf.places) == len(leaf.words)
            letters = passages[leaf.block].source
            assert all(
                letters[at] == letter or letters[at] in "\\&" or letter.isspace()
                for letter, at in zip(leaf.words, leaf.places, strict=True)
            )


@given(house_markdown)
def test_what_did_not_change_is_carried_to_where_it_was(source):
    found = leaves(source)
    carrying = Carrying(found, found)
    for number, leaf in enumerate(found):
        carried = carrying.carry(number, 0, len(leaf.words))
        assert carried == "unsure" or carried == (number, 0, len(leaf.words))
