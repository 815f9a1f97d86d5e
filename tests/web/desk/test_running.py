"""Running a round at the desk: who is asked about what, who is chased, what a newer text would do, what is editorial."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.agreement import history
from tests.agreement.conftest import office, open_round, sealed  # noqa: F401 - fixtures
from tests.web.desk.test_rounds import in_september, signed_in, words  # noqa: F401 - fixtures

from penholder.agreement import remarks, rounds
from penholder.agreement.models import Asked, Judgement, Remark, RemarkState, Round
from penholder.agreement.rules import AskFor, NewRemark
from penholder.people.models import Role
from penholder.record.models import Entry
from penholder.web.desk import scoping

pytestmark = pytest.mark.django_db

PAGES_OF_A_ROUND = ("", "chase/", "editorial/", "matrix/", "remarks/", "run/")


@pytest.mark.parametrize(
    ("written", "found"),
    [("", []), (" 2 ", [2]), ("2, 4-6", [2, 4, 5, 6]), ("6;4–5,4", [4, 5, 6]), (",,", [])],
)
def test_sections_are_written_as_numbers(written, found):
    assert scoping.numbers(written, 6) == found


@pytest.mark.parametrize("written", ["7", "0", "two", "4-2", "1-9999", "-3", "1--2"])
def test_what_is_no_number_of_a_section_is_said(written):
    with pytest.raises(ValueError, match="section"):
        scoping.numbers(written, 6)


def opening(office, sealed, **more):  # noqa: F811
    posts = [office.posts[name].pk for name in ("treasury", "health")]
    return {"seal": sealed.seal, "kind": "sign-off", "asked": posts} | more


def test_each_post_is_asked_about_the_sections_that_were_named(office, sealed, signed_in):  # noqa: F811
    client = signed_in("pen")
    treasury = scoping.name_of(office.posts["treasury"])
    check = client.post("/desk/texts/strategy/open/", opening(office, sealed))
    assert "Who is asked about what" in words(check)
    wrong = client.post("/desk/texts/strategy/open/", opening(office, sealed, confirm="1", **{treasury: "9"}))
    assert "The text has sections 1 to 3, and “9” is none of them." in words(wrong)
    assert not Round.objects.exists()
    back = client.post("/desk/texts/strategy/open/", opening(office, sealed, change="1", **{treasury: "1-2"}))
    assert f'name="{treasury}" value="1-2"' in back.content.decode()
    client.post("/desk/texts/strategy/open/", opening(office, sealed, confirm="1", **{treasury: "1-2"}))
    asked = {row.post.key: row.sections for row in Asked.objects.select_related("post")}
    assert asked == {"treasury-leader": ["vision", "leaders"], "health-leader": []}


def test_those_who_are_waited_for_are_named_and_reminded_once_a_day(office, open_round, signed_in):  # noqa: F811
    office.give("treasury")
    client = signed_in("pen")
    page = f"/desk/rounds/{open_round.key}/chase/"
    told = words(client.get(page))
    assert "2 answers are waited for." in told
    assert "health@example.org" in told
    assert "treasury@example.org" not in told
    assert "2 posts are reminded by e-mail." in words(client.post(page, follow=True))
    assert Entry.objects.get(act="round.reminded").facts.count("-leader") == 2
    assert "They were reminded today." in words(client.get(page))
    assert "They were reminded today." in words(client.post(page))
    assert Entry.objects.filter(act="round.reminded").count() == 1


def test_only_who_runs_a_round_reminds(office, open_round, signed_in):  # noqa: F811
    page = f"/desk/rounds/{open_round.key}/chase/"
    client = signed_in("treasury")
    told = words(client.get(page))
    assert "Remind them all now" not in told
    assert "@example.org" not in told
    assert client.post(page).status_code == 409
    for department in ("treasury", "health", "home"):
        office.give(department)
    assert "Everybody has answered." in words(signed_in("pen").get(page))


def test_what_a_newer_text_does_to_each_answer_is_seen_before(office, sealed, signed_in):  # noqa: F811
    office.open(sealed, AskFor(office.posts["treasury"], ["vision"]), "health", "home")
    office.give("treasury")
    office.give("health")
    office.seal(skills="# Skills\n\nEvery department has the skills that it needs.\n")
    client = signed_in("pen")
    told = words(client.get(f"/desk/rounds/{office.round.key}/run/"))
    assert "Digital Leader, Treasury stands –" in told
    assert "Digital Leader, Health asked again, because something changed Skills" in told
    assert "Digital Leader, Home asked; it has not answered yet –" in told
    assert Round.objects.count() == 1


def test_a_change_is_judged_editorial_by_name_at_the_desk(office, sealed, signed_in):  # noqa: F811
    office.open(sealed, carry="editorial")
    office.give("treasury")
    newer = office.seal(skills="# Skills\n\nEvery department has the skills it needs!\n")
    client = signed_in("pen")
    page = f"/desk/rounds/{office.round.key}/editorial/"
    assert "Why the change of “Skills” is editorial only" in words(client.get(page))
    assert "Say why the change is editorial only" in words(client.post(page, {"section": "skills", "reason": " "}))
    assert "did not change" in words(client.post(page, {"section": "vision", "reason": "A sign."}))
    client.post(page, {"section": "skills", "reason": "A sign only."})
    judgement = Judgement.objects.get()
    assert (judgement.name, judgement.reason, judgement.iteration) == ("Pen", "A sign only.", newer)
    told = words(client.get(page))
    assert "Pen judged this change editorial: A sign only." in told
    assert "Judge “Skills” editorial" not in told
    assert "Digital Leader, Treasury stands –" in words(client.get(f"/desk/rounds/{office.round.key}/run/"))
    assert "Only these may" in words(signed_in("treasury").get(page))


def test_there_is_nothing_to_judge_before_a_newer_text(open_round, signed_in):  # noqa: F811
    page = f"/desk/rounds/{open_round.key}/editorial/"
    assert "No newer text is sealed" in words(signed_in("pen").get(page))


@pytest.fixture
def helper(office):  # noqa: F811
    """Somebody in the Treasury who may remark and not answer."""
    office.post("clerk", Role.CONTRIBUTOR, organisation="treasury")


def test_a_remark_is_made_inside_on_a_passage_and_lodged_by_the_leader(
    office,  # noqa: F811
    open_round,  # noqa: F811
    helper,
    signed_in,  # noqa: F811
):
    asked = office.asked("treasury")
    page = f"/desk/answers/{asked.pk}/inside/"
    clerk = signed_in("clerk")
    chosen = clerk.get(f"{page}?section=leaders").content.decode()
    passage = next(part.split('"')[0] for part in chosen.split('name="passage" value="')[2:])
    refused = clerk.post(page, {"body": "", "klass": "a", "section": "leaders", "passage": passage})
    assert not Remark.objects.exists()
    assert refused.status_code == 200
    clerk.post(page, {"body": "Say who they are.", "klass": "a", "section": "leaders", "passage": passage})
    remark = Remark.objects.get()
    assert (remark.state, remark.passage, remark.number) == (RemarkState.INTERNAL, passage, 0)
    assert remark.quote
    assert "Lodge it" not in words(clerk.get(page))
    assert clerk.post(f"/desk/remarks/{remark.pk}/inside/", {"act": "lodge"}).status_code == 409
    leader = signed_in("treasury")
    assert "Lodge it" in words(leader.get(page))
    leader.post(f"/desk/remarks/{remark.pk}/inside/", {"act": "lodge"})
    remark.refresh_from_db()
    assert (remark.state, remark.number) == (RemarkState.LODGED, 1)


def test_what_is_said_inside_is_seen_by_nobody_outside(office, open_round, helper, signed_in):  # noqa: F811
    asked = office.asked("treasury")
    remarks.make(asked_id=asked.pk, klass="c", body="Between us.", by=office.acting("clerk"), at=office.later())
    page = f"/desk/answers/{asked.pk}/inside/"
    for name in ("pen", "chair", "health"):
        answer = signed_in(name).get(page)
        assert answer.status_code == 409, name
        assert "Between us." not in words(answer)
    remark = Remark.objects.get()
    assert signed_in("pen").post(f"/desk/remarks/{remark.pk}/inside/", {"act": "drop"}).status_code == 409
    signed_in("treasury").post(f"/desk/remarks/{remark.pk}/inside/", {"act": "drop"})
    remark.refresh_from_db()
    assert remark.state == RemarkState.DROPPED


def test_a_decision_names_the_passages_that_changed_for_it(office, sealed, signed_in):  # noqa: F811
    office.open(sealed)
    office.give("treasury", "content-if", conditions=[NewRemark("a", "Say who.", "skills")])
    newer = office.seal(skills="# Skills\n\nEvery department has, by May, the skills it needs.\n")
    office.renew(newer)
    client = signed_in("pen")
    page = client.get(f"/desk/rounds/{office.round.key}/remarks/").content.decode()
    assert "Which passages changed for it" in page
    changed = page.split('name="changed"')[1].split('value="')[1].split('"')[0]
    remark = Remark.objects.get()
    decision = {"outcome": "accepted", "reason": "It says by when."}
    assert client.post(f"/desk/remarks/{remark.pk}/", decision | {"changed": "p-nothing"}).status_code == 409
    client.post(f"/desk/remarks/{remark.pk}/", decision | {"changed": changed})
    assert remark.dispositions.get().changed == [changed]
    assert "1 passage changed for it" in words(client.get(f"/desk/rounds/{office.round.key}/remarks/"))


def test_the_table_of_remarks_is_a_document_for_word_processors(office, open_round, signed_in):  # noqa: F811
    office.give("treasury", "content-if", conditions=["Say who <b>pays</b> & when."])
    answer = signed_in("pen").get(f"/desk/rounds/{open_round.key}/remarks.odt?klass=a")
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.text"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as odt:
        text = odt.read("content.xml").decode()
    assert "Say who &lt;b&gt;pays&lt;/b&gt; &amp; when." in text
    assert "<table:table" in text


def test_these_pages_take_few_queries_however_many_are_asked(
    office,  # noqa: F811
    sealed,  # noqa: F811
    signed_in,  # noqa: F811
    django_assert_max_num_queries,
):
    names = [f"body{number}" for number in range(40)]
    for name in names:
        office.post(name)
    office.open(sealed, *names)
    for name in names[:20]:
        office.give(name)
    office.seal(skills="# Skills\n\nOther skills.\n")
    client, key = signed_in("pen"), office.round.key
    for page in ("chase", "run", "editorial", "remarks"):
        with django_assert_max_num_queries(20):
            assert client.get(f"/desk/rounds/{key}/{page}/").status_code == 200


def questions(asked) -> int:
    """How many questions a page asked; the ends of a transaction, which a test nests, are none."""
    return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in asked.captured_queries)


def test_no_page_of_agreement_costs_more_after_100_rounds_than_after_10(office, sealed, signed_in):  # noqa: F811
    ended = office.open(sealed)
    office.give("treasury", "content-if", conditions=["Say who pays."])
    office.give("health")
    office.give("home", reason="Good.")
    one = Remark.objects.get()
    remarks.dispose(remark_id=one.pk, outcome="accepted", reason="Yes.", by=office.acting("pen"), at=office.later())
    remarks.settle(remark_id=one.pk, by=office.acting("treasury"), at=office.later())
    office.clear()
    pen, leader, costs = signed_in("pen"), signed_in("health"), []
    for first, last in ((1, 9), (10, 99)):
        history.repeat(Round.objects.select_related("iteration").get(pk=ended.pk), first, last)
        running = office.open(office.seal(vision=f"# Vision\n\nWords after {last}.\n"))
        office.give("treasury", "content-if", conditions=["Say when."])
        office.seal(vision=f"# Vision\n\nNewer words after {last}.\n")
        pages = [f"/desk/rounds/{running.key}/{page}" for page in PAGES_OF_A_ROUND]
        pages += ["/desk/", "/desk/texts/", "/desk/texts/strategy/publish/", f"/desk/rounds/{ended.key}/"]
        answering = ["/desk/", f"/desk/answers/{office.asked('health').pk}/", f"/desk/rounds/{running.key}/"]
        told = {}
        for client, path in [*((pen, path) for path in pages), *((leader, path) for path in answering)]:
            client.get(path)  # what a page keeps at its first reading is not counted
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200, path
            told[client is pen, re.sub(r"answers/\d+|strategy-\d+", "…", path)] = questions(asked)
        costs.append(told)
        rounds.call_off(round_id=running.pk, reason="Again.", by=office.acting("pen"), at=office.later())
    assert costs[0] == costs[1]
    assert {page: count for page, count in costs[0].items() if count >= 20} == {}
