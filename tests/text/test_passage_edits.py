"""Passages replaced, taken out and put in; which changes touch each other."""

from __future__ import annotations

from penholder.text import passage_edits
from penholder.text.markdown import blocks

TEXT = "# Title\n\nFirst words.\n\n- one\n- two\n\nLast words.\n"


def test_a_passage_is_replaced_and_the_rest_is_untouched():
    new = passage_edits.replaced(TEXT, blocks(TEXT)[1], "Other words.\n\nAnd more.\n")
    assert new == TEXT.replace("First words.", "Other words.\n\nAnd more.")


def test_a_passage_is_taken_out_without_a_gap():
    assert passage_edits.without(TEXT, blocks(TEXT)[1]) == "# Title\n\n- one\n- two\n\nLast words.\n"
    assert passage_edits.without(TEXT, blocks(TEXT)[2]) == TEXT.replace("- one\n", "")
    assert passage_edits.without("Only.\n", blocks("Only.\n")[0]) == ""


def test_a_passage_is_put_in_at_the_beginning_after_another_and_into_a_list():
    found = blocks(TEXT)
    assert passage_edits.inserted(TEXT, None, "Above.").startswith("Above.\n\n# Title\n")
    assert "First words.\n\nNext.\n\n- one" in passage_edits.inserted(TEXT, found[1], "Next.")
    assert "- one\n- more\n- two\n" in passage_edits.inserted(TEXT, found[2], "- more", tight=True)
    assert passage_edits.inserted(TEXT, found[-1], "End.").endswith("Last words.\n\nEnd.\n")
    assert passage_edits.inserted("", None, "All.") == "All.\n"


def test_two_changes_of_the_same_words_collide_and_of_others_do_not():
    quote = "Leaders meet each week in London."
    month, year, place = (quote.replace("each week", words) for words in ("every month", "every year", "each week"))
    assert passage_edits.collide(month, year, quote)
    assert not passage_edits.collide(month, place.replace("London", "Cardiff"), quote)
    assert passage_edits.collide("", place.replace("London", "Cardiff"), quote), "who deletes it touches all of it"
    assert passage_edits.collide(f"{quote} One.", f"{quote} Two.", quote), "both go to one point"
