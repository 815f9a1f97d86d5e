"""What readers are told, page by page."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime

import pytest

from penholder.errors import Missing
from penholder.web.public import coverage
from penholder.web.public.drawing import shortened
from penholder.web.public.pages import all_pages

ISLE = datetime(2013, 4, 1, 11, tzinfo=UTC)


def test_the_front_page_counts_answers_and_silences(drawn):
    words = drawn.words("/")
    assert "A Digital Strategy Services so good that people prefer them." in words
    assert "Edition 2, published 15 March 2013." in words
    assert "Lead from the top First things first" in words
    assert "01 Action 1: Leaders Every board has a digital leader 2 of 3 answered 1 silent" in words
    assert "02 Action 2: Managers Every service has a manager 2 of 2 answered" in words
    assert "Dates are kept." in words


def test_the_strategy_is_one_page_with_contents_seal_and_notes(drawn):
    page = drawn.text("/strategy/")
    seal = re.search(r'<meta name="penholder:seal" content="([0-9a-f]{64})">', page)[1]
    assert seal[:16] in page
    assert page.count("<h1") == 1
    assert '<a href="#actions">Actions</a>' in page
    assert 'role="doc-noteref"' in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg' in page
    assert "Elsewhere, before it came here" in page


def test_the_manifest_has_the_seal_that_the_page_prints(drawn):
    for number in (1, 2):
        page = drawn.text(f"/strategy/editions/{number}/")
        seal = re.search(r'penholder:seal" content="([0-9a-f]{64})"', page)[1]
        assert hashlib.sha256(drawn[f"/strategy/editions/{number}/manifest.json"]).hexdigest() == seal


def test_every_page_of_an_edition_carries_its_seal_for_programs_and_for_readers(drawn):
    """The strategy's and those of departments: the newest, each one frozen, and how it was agreed."""
    found = {}
    for address in [address for address in drawn if re.fullmatch(r"/.+/editions/\d+/", address)]:
        seal = hashlib.sha256(drawn[f"{address}manifest.json"]).hexdigest()
        pages = [address, f"{address}agreed/"]
        newest = address.partition("editions/")[0]
        if f'href="{address}"' in drawn.text(newest):
            pages.append(newest)
        for page in pages:
            assert f'<meta name="penholder:seal" content="{seal}">' in drawn.text(page), page
            assert seal[:16] in drawn.words(page), page
        found[newest] = len(pages)
    assert {"/strategy/", "/departments/hmrc/", "/departments/hmt/"} <= found.keys()
    assert set(found.values()) == {3}


def test_an_old_edition_says_that_it_is_old_and_where_the_newest_is(drawn):
    assert "It is not the newest." in drawn.words("/strategy/editions/1/")
    assert "It is also the newest." in drawn.words("/strategy/editions/2/")
    assert "/changes/strategy/1-2/" in drawn.text("/strategy/editions/1/")
    assert b"This sentence will not last." in drawn["/strategy/editions/1/text.md"]


def test_an_action_shows_every_answer_and_every_silence_with_its_days(drawn):
    words = drawn.words("/actions/01/")
    assert "Action 01 · Lead from the top Every board has a digital leader" in words
    assert "2 of 3 have answered." in words
    assert "Communities and Local Government : no response since 6 November 2012 (146 days at publication)" in words
    assert "Not applicable Said on 6 November 2012. Asked on 6 November 2012." in words
    assert "Reason: There is no board. Accepted by Chair." in words


def test_an_action_finds_its_footnote_in_another_section(drawn):
    page = drawn.text("/actions/01/")
    assert "note-missing" not in page
    assert "As people who use them say." in page


def test_the_history_of_an_answer_is_a_redline_with_its_states(drawn):
    page = drawn.text("/actions/01/")
    assert "Changed once since it was first said" in page
    assert "Will do → Already done" in page
    assert "<del>" in page
    assert "<ins>" in page


def test_what_is_proposed_is_shown_as_proposed(drawn):
    words = drawn.words("/actions/02/")
    assert "Not applicable: proposed, not decided" in words
    assert "Proposed, because the answer says: We run no services Nobody has decided it." in words


def test_a_title_that_another_page_words_differently_is_shown_with_its_place(drawn):
    words = drawn.words("/actions/02/")
    assert "Worded differently elsewhere" in words
    assert "Each service has an owner partials/action02.md, 6 November 2012" in words
    assert "Worded differently elsewhere" not in drawn.words("/actions/01/")


def test_actions_lead_to_their_neighbours(drawn):
    assert 'href="/actions/02/" rel="next"' in drawn.text("/actions/01/")
    assert 'rel="prev"' not in drawn.text("/actions/01/")
    assert 'href="/actions/01/" rel="prev"' in drawn.text("/actions/02/")


def test_a_department_shows_its_answers_its_leader_and_its_own_strategy(drawn):
    words = drawn.words("/departments/hmrc/")
    assert "Answers through: Head of Digital" in words
    assert "2 of 2 actions answered." in words
    assert "How we do it." in words
    assert "Action 01: Leaders Already done" in words
    assert 'href="https://example.org/hmt"' in drawn.text("/departments/hmt/")


def test_a_silent_department_has_a_page_too(drawn):
    words = drawn.words("/departments/dclg/")
    assert "0 of 1 actions answered." in words
    assert "Action 01 Leaders : no response since 6 November 2012" in words
    assert "It has published nothing of its own." in words


def test_a_departments_earlier_answers_stay_at_their_address(drawn):
    assert "We will appoint a leader." in drawn.words("/departments/hmrc/editions/1/")
    assert "Our leader is in post." in drawn.words("/departments/hmrc/editions/2/")


def test_the_matrix_counts_only_what_applies(drawn):
    words = drawn.words("/coverage/")
    # Three departments, two actions: five asked; one is not applicable, accepted; one is silent.
    assert "3 of 4 applicable answers are in; 1 is missing." in words
    page = drawn.text("/coverage/")
    assert page.count('<th scope="row">') == 4
    assert '<td class="is-silent" data-state="silent">' in page
    assert 'role="region" aria-labelledby="matrix-title" tabindex="0"' in page


def test_the_matrix_is_data_too(drawn):
    rows = list(csv.DictReader(io.StringIO(drawn["/coverage.csv"].decode("utf-8-sig"))))
    assert len(rows) == 6
    silent = next(row for row in rows if row["state"] == "silent")
    assert (silent["organisation"], silent["silent_since"], silent["said_on"]) == ("dclg", "2012-11-06", "")
    data = json.loads(drawn["/actions.json"])
    assert data["edition"] == 2
    assert data["actions"][1]["worded_elsewhere"] == [
        {"title": "Each service has an owner", "where": "partials/action02.md"}
    ]
    states = {one["organisation"]: one["state"] for one in data["actions"][0]["responses"]}
    assert states == {"dclg": "silent", "hmrc": "already-done", "hmt": "not-applicable"}


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@now", "\tx", "\rx"])
def test_a_spreadsheet_runs_nothing_that_a_department_wrote(words):
    assert coverage._safe(words) == f"'{words}"
    assert coverage._safe("in 2012 = now") == "in 2012 = now"
    assert coverage._safe(None) == ""
    assert coverage._safe(7) == 7


def test_what_changed_is_shown_by_word_and_a_move_as_a_move(drawn):
    page = drawn.text("/changes/strategy/1-2/")
    words = drawn.words("/changes/strategy/1-2/")
    assert "Reason given Dates are kept." in words
    assert re.search(r"<del>.*?fast.*?</del>", page)
    assert re.search(r"<ins>.*?quick.*?</ins>", page)
    assert "change-moved" in page
    assert re.search(r"\b1 moved\b", words)
    assert "This sentence will not last." in words
    assert "Action 01, HM Revenue & Customs 15 March 2013: answer changed" in words


def test_answers_that_did_not_change_are_not_called_changed(drawn):
    assert "HM Treasury" not in drawn.words("/changes/strategy/1-2/").partition("Answers that changed")[2]


def test_the_list_of_changes_offers_every_pair(drawn):
    assert 'href="/changes/strategy/1-2/"' in drawn.text("/changes/")


def test_a_passage_that_stands_leads_there_and_a_removed_one_keeps_its_words(drawn):
    gone = [address for address in drawn if address.startswith("/passages/")]
    assert len(gone) >= 1
    removed = next(address for address in gone if "This sentence will not last." in drawn.words(address))
    assert "It stood in editions 1 to 1 and was then removed." in drawn.words(removed)
    assert "/changes/strategy/1-2/" in drawn.text(removed)
    targets = {to for address, to in drawn.redirects.items() if address.startswith("/passages/")}
    assert targets
    for to in targets:
        page, _, anchor = to.partition("#")
        assert f'id="{anchor}"' in drawn.text(page), to


def test_old_addresses_lead_to_the_strategy(drawn):
    assert drawn.redirects["/digital/strategy/"].startswith("/strategy/")


def test_hostile_words_stay_words(drawn):
    assert "<b>managers</b>" not in drawn.text("/actions/02/")


def test_no_page_has_anything_that_the_security_policy_forbids(drawn):
    for address, body in drawn.items():
        if address.endswith(("/", ".html")):
            page = body.decode()
            assert "<style" not in page
            assert not re.search(r"\sstyle=|\son[a-z]+=", page), address
            assert not re.search(r"<script(?![^>]* src=)", page), address
            assert 'rel="canonical"' in page


def test_reading_the_site_takes_the_same_queries_however_much_there_is(
    take_in, first, second, draw, django_assert_num_queries
):
    take_in(first)
    list(all_pages(at=ISLE))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        list(all_pages(at=ISLE))
    take_in(second)
    with django_assert_num_queries(len(few)):
        list(all_pages(at=ISLE))


def test_before_the_first_edition_the_site_says_so(draw):
    drawn = draw()
    assert "No strategy has been published yet" in drawn.words("/")
    assert "This strategy names no actions." in drawn.words("/actions/")
    assert "No department has been asked yet." in drawn.words("/departments/")
    assert "nothing to count" in drawn.words("/coverage/")
    assert "Nothing has been published yet." in drawn.words("/changes/")


def test_with_one_edition_there_is_nothing_to_compare(take_in, first, draw):
    take_in(first)
    assert "There is one edition, published 6 November 2012" in draw().words("/changes/")


def test_without_a_built_style_sheet_it_says_what_to_do(take_in, settings, tmp_path):
    settings.PENHOLDER_ASSETS = tmp_path / "nowhere"
    with pytest.raises(Missing, match="make demo"):
        list(all_pages(at=ISLE))


def test_with_an_address_pages_name_themselves_in_full(take_in, first, draw, settings):
    take_in(first)
    settings.PENHOLDER_ADDRESS = "https://strategy.example/"
    page = draw().text("/actions/01/")
    assert '<link rel="canonical" href="https://strategy.example/actions/01/">' in page
    assert '<meta property="og:url" content="https://strategy.example/actions/01/">' in page


def test_a_description_ends_between_words():
    assert shortened("a b") == "a b"
    assert shortened("word " * 100).endswith("word…")
    assert len(shortened("word " * 100)) <= 160


@pytest.mark.usefixtures("catalogues")
def test_the_site_speaks_welsh_and_says_which_words_are_english(take_in, first, second, draw, settings):
    settings.PENHOLDER_LANGUAGES = ("en", "cy")
    take_in(first, second)
    drawn = draw()
    page = drawn.text("/cy/actions/01/")
    assert '<html lang="cy"' in page
    assert "Wedi’i wneud eisoes" in page
    assert "dim ymateb ers 6 Tachwedd 2012" in page
    assert '<h1 class="ph-title" lang="en">Every board has a digital leader</h1>' in page
    assert 'href="/actions/01/" rel="alternate" lang="en"' in page
    assert 'href="/cy/departments/hmrc/#action-01"' in page
    assert "Already done" in drawn.text("/actions/01/")
