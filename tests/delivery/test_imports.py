"""The one door: whole or not at all, the same again changes nothing, facts become versions, silence is computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.delivery.readings import STRATEGY, reading, snapshot

from penholder.delivery import imports, responses, standing
from penholder.delivery.models import ActionVersion, Ask, Response, Stance, Taken
from penholder.delivery.quoting import in_force
from penholder.drafting import iterations, media
from penholder.drafting.models import Document, Iteration, Media
from penholder.errors import Refused
from penholder.formats.reading import Asset, ReadOrganisation, Unread
from penholder.formats.reading import Wording as ReadWording
from penholder.people import organisations
from penholder.people.models import Organisation, Post
from penholder.publishing import addresses
from penholder.publishing.models import Edition

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 23, tzinfo=UTC)
ANSWERS = {(1, "hmrc"): "We have one.", (1, "dclg"): "", (2, "hmrc"): "Three are under way.", (2, "dclg"): ""}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.PENHOLDER_MEDIA = tmp_path / "media"


def take_in(*snapshots, **more):
    return imports.take_in(snapshots, source="test", at=TODAY, **more)


def everything() -> str:
    from django.apps import apps

    return "".join(
        serializers.serialize("json", model.objects.order_by("pk"))
        for room in ("people", "drafting", "publishing", "delivery")
        for model in apps.get_app_config(room).get_models()
    )


def test_the_report_counts_what_the_source_says():
    report = take_in(snapshot(0, reading(answers=ANSWERS)))
    assert (report.principles, report.actions, report.responses, report.silent) == (1, 2, 4, 2)
    assert (report.iterations, report.headings, report.organisations) == (1, 4, 2)
    assert report.new["iterations"] == report.new["editions"] == 2  # the strategy, and what HMRC said


def test_the_same_import_twice_changes_nothing():
    history = [snapshot(0, reading()), snapshot(1, reading(answers=ANSWERS)), snapshot(2, reading(answers=ANSWERS))]
    first = take_in(*history)
    before = everything()
    again = take_in(*history)
    assert everything() == before
    assert again.nothing_new
    assert again.iterations == first.iterations == 2
    assert again.skipped == 0


def test_the_same_folder_on_another_day_is_nothing_new():
    take_in(snapshot(0, reading(answers=ANSWERS)))
    before = everything()
    assert take_in(snapshot(30, reading(answers=ANSWERS))).nothing_new
    assert everything() == before


def test_a_dry_run_reports_the_same_and_writes_nothing(settings):
    picture = Asset("figures/map.png", b"a map", "image/png")
    shown = STRATEGY + "\n:::{figure} figures/map.png\n:alt: A map\n:::\n"
    history = [snapshot(0, reading(strategy=shown, answers=ANSWERS, assets=(picture,)))]
    before = everything()
    dry = take_in(*history, dry_run=True)
    assert everything() == before
    assert not settings.PENHOLDER_MEDIA.exists()
    real = take_in(*history)
    assert (dry.new, dry.to_data() | {"dry_run": False}) == (real.new, real.to_data())
    assert real.new["media"] == 1
    assert media.location(Media.objects.get().digest).read_bytes() == b"a map"


def test_an_error_in_the_source_stops_the_import_and_nothing_is_written():
    bad = Unread("text/02.md", 7, "This include includes itself.", "error")
    before = everything()
    report = take_in(snapshot(0, reading()), snapshot(1, reading(answers=ANSWERS, unread=(bad,))))
    assert report.stopped
    assert [(gap.file, gap.line) for gap in report.errors] == [("text/02.md", 7)]
    assert everything() == before


def test_a_source_that_breaks_off_leaves_nothing_behind():
    def torn():
        yield snapshot(0, reading())
        raise Refused("The bundle is cut short.")

    before = everything()
    with pytest.raises(Refused, match="cut short"):
        imports.take_in(torn(), source="torn", at=TODAY)
    assert everything() == before


def test_a_warning_that_many_snapshots_share_is_said_once():
    odd = Unread("text/02.md", 7, "A picture is missing.")
    report = take_in(snapshot(0, reading(unread=(odd,))), snapshot(1, reading(answers=ANSWERS, unread=(odd,))))
    assert [gap.snapshot for gap in report.unread] == ["2012-11-07"]


def test_an_unchanged_document_gets_no_iteration_of_its_own():
    take_in(snapshot(0, reading(answers=ANSWERS)), snapshot(1, reading(answers=ANSWERS | {(2, "hmrc"): "Four."})))
    counts = {document.key: document.iterations.count() for document in Document.objects.all()}
    assert counts == {"strategy": 1, "hmrc": 2}


def test_imported_editions_say_that_they_were_agreed_elsewhere_and_drafts_are_no_editions():
    take_in(
        snapshot(0, reading(strategy=STRATEGY.replace("Three", "Two")), published=False, stage="narrative"),
        snapshot(1, reading(), reason="First published"),
    )
    edition = Edition.objects.get()
    assert edition.agreed_elsewhere
    assert (edition.number, edition.iteration.number, edition.reason) == (1, 2, "First published")
    assert edition.published_at == snapshot(1, reading()).at


def test_a_draft_makes_no_promise():
    take_in(snapshot(0, reading(answers=ANSWERS), published=False))
    assert not ActionVersion.objects.exists()
    assert not Ask.objects.exists()


def test_a_snapshot_from_before_what_is_here_is_left_out_and_said_so():
    take_in(snapshot(5, reading(answers=ANSWERS)))
    report = take_in(snapshot(1, reading()))
    assert report.skipped == 1
    assert "Older than what is here already" in report.unread[0].what
    assert Taken.objects.count() == 1


def test_a_paper_of_another_time_is_not_held_up_by_the_strategy():
    take_in(snapshot(5, reading(answers=ANSWERS)))
    paper = reading()
    paper = replace(
        paper,
        documents=(replace(paper.documents[0], key="paper", kind="paper", addresses=()),),
        principles=(),
        actions=(),
    )
    assert take_in(snapshot(1, paper)).new["iterations"] == 1
    assert standing.read().counts()["asked"] == 4


def test_a_date_that_moves_is_a_new_version_of_the_action_and_the_old_one_stays():
    take_in(snapshot(0, reading()), snapshot(9, reading(strategy=STRATEGY.replace("March 2014", "July 2014"))))
    action = standing.read().action(2)
    assert [version.text for version in action.versions] == [
        "Three each, by March 2014.\n",
        "Three each, by July 2014.\n",
    ]
    assert [version.said_on for version in action.versions] == [date(2012, 11, 6), date(2012, 11, 15)]
    assert [version.edition for version in action.versions] == [1, 2]
    assert len(standing.read().action(1).versions) == 1


def test_an_action_knows_its_principle_its_short_title_and_its_passages():
    take_in(snapshot(0, reading()))
    action = standing.read().action(1)
    assert (action.title, action.short_title, action.principle) == ("Every board has a digital leader", "Leaders", 1)
    assert len(action.passages) == 2
    principle = standing.read().principles[0]
    assert (principle.title, principle.motto, principle.actions) == (
        "Lead from the top",
        "Someone answers for it",
        (1, 2),
    )


def test_an_action_that_an_edition_no_longer_has_is_dropped_not_forgotten():
    take_in(snapshot(0, reading()), snapshot(1, reading(strategy=STRATEGY.split("#### Services")[0])))
    action = standing.read().action(2)
    assert action.dropped
    assert action.title == "Services are redesigned"
    assert len(action.versions) == 2


def test_silence_is_computed_from_who_was_asked_and_since_when():
    take_in(snapshot(0, reading()), snapshot(44, reading(answers=ANSWERS)))
    answer = standing.read().answers[1, "dclg"]
    assert answer.silent
    assert answer.state == "silent"
    assert answer.silent_since == date(2012, 12, 20)
    assert standing.read().counts()["silent"] == 2
    assert not Response.objects.filter(organisation__key="dclg").exists()


def test_the_source_may_say_when_it_asked():
    asked = {(1, "dclg"): {"asked_on": date(2012, 11, 6)}}
    take_in(snapshot(44, reading(answers=ANSWERS, more=asked)))
    assert standing.read().answers[1, "dclg"].silent_since == date(2012, 11, 6)


def test_an_answer_that_changes_is_a_version_and_one_that_breaks_its_silence_ends_it():
    take_in(
        snapshot(0, reading(answers=ANSWERS)),
        snapshot(1, reading(answers=ANSWERS | {(1, "hmrc"): "We have two.", (1, "dclg"): "Now we have one."})),
    )
    stands = standing.read()
    assert [said.text for said in stands.answers[1, "hmrc"].history] == ["We have one.\n", "We have two.\n"]
    assert not stands.answers[1, "dclg"].silent
    assert stands.counts()["silent"] == 1


def test_an_answer_that_is_taken_back_is_silent_since_that_day():
    take_in(snapshot(0, reading(answers=ANSWERS)), snapshot(3, reading(answers=ANSWERS | {(1, "hmrc"): ""})))
    answer = standing.read().answers[1, "hmrc"]
    assert answer.silent
    assert answer.silent_since == date(2012, 11, 9)
    assert answer.history[0].text == "We have one.\n"


def test_who_is_asked_no_longer_is_no_longer_silent():
    fewer = {cell: text for cell, text in ANSWERS.items() if cell != (1, "dclg")}
    take_in(snapshot(0, reading(answers=ANSWERS)), snapshot(1, reading(answers=fewer)))
    assert standing.read().answer(1, "dclg").state == "not-asked"
    assert standing.read().counts()["asked"] == 3


def test_an_answer_points_to_the_edition_and_the_passage_in_which_it_was_said():
    take_in(snapshot(0, reading(answers=ANSWERS)))
    response = Response.objects.get(action__number=2, organisation__key="hmrc")
    assert response.edition.document.key == "hmrc"
    assert response.passage in [
        row[0] for section in response.edition.iteration.sections.all() for row in section.passages
    ]


def test_not_applicable_is_proposed_and_nothing_until_a_person_decides():
    words = {(2, "hmrc"): {"proposed_not_applicable": "has no transactional services"}}
    report = take_in(snapshot(0, reading(answers=ANSWERS, more=words)))
    assert report.not_applicable_proposed == 1
    response = Response.objects.get(action__number=2, organisation__key="hmrc")
    assert response.stance == Stance.UNSTATED
    assert standing.read().answers[2, "hmrc"].state == "not-applicable-proposed"

    board = Post.objects.create(organisation=Organisation.objects.get(key="dclg"), key="board", title="Board secretary")
    own = Post.objects.get(key="hmrc-digital-leader")
    with pytest.raises(Refused, match="someone else must"):
        responses.decide(response_id=response.pk, decision="accepted", by=own, at=TODAY)
    responses.decide(response_id=response.pk, decision="accepted", by=board, at=TODAY, because="It has none.")
    assert standing.read().answers[2, "hmrc"].state == "not-applicable"
    with pytest.raises(Refused, match="decided already"):
        responses.decide(response_id=response.pk, decision="refused", by=board, at=TODAY)


def test_a_refused_proposal_leaves_a_plain_answer_and_a_new_version_asks_again():
    words = {(2, "hmrc"): {"proposed_not_applicable": "has no transactional services"}}
    take_in(snapshot(0, reading(answers=ANSWERS, more=words)))
    board = Post.objects.create(organisation=Organisation.objects.get(key="dclg"), key="board", title="Board secretary")
    first = Response.objects.get(action__number=2, organisation__key="hmrc")
    responses.decide(response_id=first.pk, decision="refused", by=board, at=TODAY)
    assert standing.read().answers[2, "hmrc"].state == "answered"
    take_in(snapshot(1, reading(answers=ANSWERS | {(2, "hmrc"): "Still none."}, more=words)))
    assert standing.read().answers[2, "hmrc"].state == "not-applicable-proposed"
    with pytest.raises(Refused, match="newer version"):
        responses.decide(response_id=first.pk, decision="accepted", by=board, at=TODAY)


def test_a_stance_in_so_many_words_is_claimed_by_its_author():
    claimed = {(2, "hmrc"): {"stance": "not-applicable", "reason": "It has none.", "accepted_by": "Cabinet Office"}}
    take_in(snapshot(0, reading(answers=ANSWERS, more=claimed)))
    answer = standing.read().answers[2, "hmrc"]
    assert answer.state == "not-applicable"
    assert (answer.current.reason, answer.current.accepted_by) == ("It has none.", "Cabinet Office")


def test_a_title_that_differs_on_another_page_is_drift_until_the_page_is_mended():
    other = ReadWording(2, "Services get redesigned", "pages/02.md", 3)
    same = ReadWording(1, "Every board has a digital leader", "pages/01.md", 3)
    report = take_in(snapshot(0, reading(answers=ANSWERS, wordings=(other, same))))
    assert report.drift == [2]
    assert standing.read().drift() == (2,)
    mended = ReadWording(2, "Services are redesigned", "pages/02.md", 3)
    take_in(snapshot(1, reading(answers=ANSWERS, wordings=(mended, same))))
    assert standing.read().drift() == ()


def test_old_addresses_lead_to_where_the_document_stands_now():
    take_in(snapshot(0, reading()))
    assert addresses.kept() == {"/digital/strategy/": "/strategy/"}


def test_the_old_page_of_a_section_leads_to_its_heading():
    read = reading()
    [section] = read.documents[0].sections
    moved = replace(section, addresses=("/digital/strategy/actions-page/",))
    take_in(snapshot(0, replace(read, documents=(replace(read.documents[0], sections=(moved,)),))))
    assert addresses.kept()["/digital/strategy/actions-page/"] == "/strategy/#actions"


def test_organisations_are_found_by_any_name():
    take_in(snapshot(0, reading(answers=ANSWERS)))
    for name in ("hmrc", "HMRC", "HM Revenue and Customs", "the revenue & customs", "HM  Revenue & Customs"):
        assert organisations.find(name).key == "hmrc"


def test_every_imported_iteration_verifies():
    take_in(snapshot(0, reading()), snapshot(1, reading(answers=ANSWERS)))
    assert [iterations.verify(iteration) for iteration in Iteration.objects.all()] == [[], []]


def test_reading_how_everything_stands_takes_as_many_queries_for_many_versions_as_for_few():
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            standing.read()
        return len(caught)

    take_in(snapshot(0, reading(answers=ANSWERS)))
    few = queries()
    for day in range(1, 6):
        changed = {cell: f"{text} {day}" for cell, text in ANSWERS.items()}
        take_in(snapshot(day, reading(strategy=STRATEGY.replace("Three", f"{day}"), answers=changed)))
    assert queries() == few <= 14


@pytest.mark.parametrize("bodies", [5, 200])
def test_an_import_makes_no_query_for_each_response(bodies, django_assert_max_num_queries):
    base = reading(answers=ANSWERS)
    many = tuple(ReadOrganisation(f"body-{number}", f"Body {number}") for number in range(bodies))
    asked = tuple(replace(base.responses[0], organisation=one.key, markdown="", silent=True) for one in many)
    with django_assert_max_num_queries(
        127
    ):  # 127 at the most for two documents, two editions and all facts, however many there are
        take_in(snapshot(0, replace(base, organisations=base.organisations + many, responses=base.responses + asked)))
    assert Ask.objects.count() == bodies + 4


def test_a_strategy_that_is_only_drafted_is_neither_the_strategy_nor_the_strategy_of_a_department():
    take_in(snapshot(0, reading(answers=ANSWERS)))
    hmrc = Organisation.objects.get(key="hmrc")
    first = Document.objects.order_by("pk").first()
    draft = Document.objects.create(pk=first.pk - 1 or -1, key="another", kind="strategy", title="Another")
    Document.objects.create(key="ours", kind="departmental", title="Ours", organisation=hmrc)
    stands = standing.read()
    assert stands.document != draft.key
    assert stands.organisation("hmrc").document != "ours"


def test_the_actions_in_force_are_quoted_as_the_newest_edition_words_them():
    take_in(snapshot(0, reading(answers=ANSWERS)))
    quoted = in_force()
    assert [one.number for one in quoted] == [action.number for action in standing.read().actions if not action.dropped]
    assert quoted[0].source.endswith(", edition 1")
