"""Links on a page lead to what is there, and nobody is warned of a place that a reader would find."""

from __future__ import annotations

from penholder.text import soundness


def warnings(*texts: str) -> list[str]:
    return [problem.message for text in soundness.problems(texts) for problem in text]


def test_a_link_to_a_heading_is_found_by_the_name_that_is_made_of_its_words():
    assert warnings("## What we will do\n\nSee [how](#what-we-will-do).\n") == []


def test_a_link_leads_to_a_heading_of_another_text_on_the_same_page():
    assert warnings("See [the annex](#support-for-people).\n", "## Support for people\n") == []


def test_two_headings_of_the_same_words_are_two_places():
    text = "## Measures\n\n## Measures\n\n[first](#measures), [second](#measures-2), [third](#measures-3)\n"
    assert warnings(text) == ["A link leads to “#measures-3”, which is not in this document."]


def test_a_heading_that_is_left_out_of_the_contents_can_be_linked_to():
    assert warnings("## Notes on method {.no-toc}\n\n[method](#notes-on-method)\n") == []


def test_a_link_to_nowhere_is_named():
    assert warnings("[gone](#gone)\n") == ["A link leads to “#gone”, which is not in this document."]
