"""Hints for clear writing: what they find, and above all what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penholder.text.clarity import RULES, hints, readability
from penholder.text.promised import WHAT, WHEN, WHO, lacks
from penholder.text.sentences import reading_of, sentences


def rules(*texts, **more):
    return [hint.rule for hint in hints(texts, **more)]


def words(rule, *texts):
    return [hint.words for hint in hints(texts) if hint.rule == rule]


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Departments will raise awareness of what they offer online.", [WHAT, WHEN]),
        ("The Treasury will publish the costs of 12 services by March 2014.", []),
        ("The costs will be published by March 2014.", [WHO]),
        ("The costs will be published by the Treasury by March 2014.", []),
        ("Costs will be cut by using what is there, by March 2014.", [WHO]),
        ("Stakeholders will publish a plan within six months.", [WHO]),
        ("Each department will train 200 managers before the end of 2015.", []),
        ("From April 2014 all new services will be tested by the team.", []),
        ("We will report every quarter on seven services.", []),
        ("The board will meet, and say what it decides.", [WHEN]),
        ("HMRC will continue to improve its forms.", [WHAT, WHEN]),
        ("Government will support all 24 departments in 2014.", [WHO]),
    ],
)
def test_a_promise_that_cannot_be_checked_says_what_it_lacks(sentence, missing):
    assert lacks(sentence) == missing


@pytest.mark.parametrize(
    "sentence",
    [
        "People will only use services that are simple.",  # foretold, not promised
        "Most users will be able to finish at home.",
        "The department has trained 200 managers.",
        "We will:",
        "It was against her will.",
    ],
)
def test_what_promises_nothing_is_left_alone(sentence):
    assert lacks(sentence) == []


def test_a_hint_names_the_text_the_passage_the_line_and_the_words():
    short = "# Aims\n\nShort.\n"
    found = hints([short, "# Later\n\nFine.\n\nDepartments will raise awareness of services.\n"])
    assert [(hint.rule, hint.text, hint.passage, hint.line) for hint in found] == [("promise", 1, 2, 5)]
    assert found[0].words == "Departments will raise awareness of services."
    assert "what could be counted or by when" in found[0].advice


def test_a_sentence_of_25_words_is_long_enough_and_of_26_too_long():
    assert rules(" ".join(["word"] * 25) + ".") == []
    assert rules(" ".join(["word"] * 26) + ".") == ["long-sentence"]


def test_a_full_stop_of_an_abbreviation_or_a_number_ends_no_sentence():
    assert sentences("Dr. Who met e.g. Mrs. Hall at 3.5 GHz. She left. “Really?” He did.") == [
        "Dr. Who met e.g. Mrs. Hall at 3.5 GHz.",
        "She left.",
        "“Really?”",
        "He did.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The Board of Works (BOW) meets. BOW decides.",
        "BOW decides.\n\nThe BOW (Board of Works) meets.",  # explained later still counts: the reader can look it up
        'The <abbr title="Board of Works">BOW</abbr> meets.',
        "BOW\n: the Board of Works",
        "See GOV.UK and mail@BOW.uk in the UK.",
        "THE WHOLE LINE SHOUTS",
        "```\nBOW\n```",
    ],
)
def test_an_acronym_that_is_explained_or_known_is_left_alone(text):
    assert "acronym" not in rules(text)


def test_an_acronym_that_nobody_explains_is_named_once():
    assert words("acronym", "The BOW meets.", "The BOW and the BOWs decide.") == ["BOW"]


def test_a_figure_wants_its_source():
    assert words("number-without-source", "It costs £1.7 billion and 82% agree.") == ["£1.7 billion"]
    for sourced in (
        "It costs £3 million.[^1]\n\n[^1]: Accounts, page 4, says £3 million.",
        "It costs [£3 million](https://example.org/accounts).",
        "It costs £3 million, according to the accounts.",
    ):
        assert rules(sourced) == []
    assert rules("In 2014 the 24 boards met on 3 May.") == []


def test_a_link_says_where_it_leads():
    text = "Read the plan [here](https://example.org). See [**this link**](#aims), or [the plan](#aims). Not ![here](a.png)."
    assert words("link-words", text) == ["here", "**this link**"]


def test_a_rule_can_be_switched_off_and_a_misspelt_one_is_no_rule():
    text = "Departments will raise awareness [here](#x)."
    assert set(rules(text)) == {"promise", "link-words"}
    assert rules(text, off=["promise"]) == ["link-words"]
    with pytest.raises(KeyError):
        hints([text], off=["promises"])


def test_the_reading_age_is_that_of_the_formula():
    # 6 words, 24 letters, 1 sentence: 4.71 × 4 + 0.5 × 6 − 21.43 = 0.41, so grade 1 and age 6.
    assert reading_of(["Some text uses only tiny word."]).age == 6
    assert reading_of([]).age is None
    assert readability(["# Title\n\n- \n"]).age is None


def test_hard_prose_asks_for_more_schooling_than_easy_prose():
    easy = "We ask you once. You tell us. We do it. " * 6
    hard = (
        "Interdepartmental harmonisation necessitates comprehensive organisational transformation, notwithstanding " * 8
    )
    assert "reading-age" not in rules(easy)
    assert "reading-age" in rules(hard)
    assert reading_of([easy]).age < 9 < reading_of([hard]).age


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text):
    for hint in hints([text]):
        assert hint.rule in RULES
        assert hint.line >= 1
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_heading_that_skips_a_level_and_a_picture_without_a_description_are_told():
    text = "## One\n\n#### Three\n\n:::{figure} a.png\nA map.\n:::\n\nSee ![](b.png) here.\n"
    assert [(hint.rule, hint.line) for hint in hints([text])] == [
        ("heading-level", 3),
        ("alt-text", 5),
        ("alt-text", 9),
    ]
    assert rules("## One\n\n### Two\n\n## Three\n\n:::{figure} a.png\n:alt: A map\nA map.\n:::\n") == []
    assert rules("## One\n", "#### Three\n") == ["heading-level"], "levels go on from section to section"


@pytest.mark.parametrize(
    "sentence",
    [
        "No new service will go live unless it meets the standard.",
        "Apps will only be considered once the service works.",
        "Of this, £1.1 to £1.3 billion will be saved by the government.",
        "The majority of the benefits will be achieved by the departments.",
        "The terms will be decided on a case-by-case basis.",
    ],
)
def test_standing_rules_and_forecasts_are_no_promises(sentence):
    assert lacks(sentence) == []


def test_a_body_whose_name_begins_with_government_is_somebody():
    assert lacks("The Government Digital Service will publish 12 guides by March 2014.") == []
    assert lacks("The government will publish 12 guides by March 2014.") == [WHO]


def test_a_figure_that_is_set_needs_no_source_and_one_that_was_found_does():
    assert words("number-without-source", "The target is that 25% of spending goes to small firms.\n") == []
    assert words("number-without-source", "A small firm has up to €50 million, as defined by the Commission.\n") == []
    assert words("number-without-source", "It would save £1.7 to £1.8 billion a year.\n") == ["£1.7 to £1.8 billion"]


def test_an_acronym_with_or_before_it_is_explained_and_words_in_capitals_are_none():
    assert words("acronym", "Small and medium-sized enterprises (or SMEs) gain. Go ON shows how.\n") == []
