"""What is read: what waits for whom, the chase list, the timeline, and that none of it costs more as things grow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.query import QuerySet
from django.test.utils import CaptureQueriesContext

from penholder.agreement import delegations, remarks, rounds, standing
from penholder.agreement.models import Answer, Asked, Remark, Round
from penholder.agreement.rules import AskFor
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.errors import Missing
from penholder.people.models import Post, Role, Succession

pytestmark = pytest.mark.django_db


def tasks(office, person: str) -> list[str]:
    return [one.task for one in standing.waits_for(office.person(person), at=office.at)]


def everybody(office):
    for name in ("treasury", "health", "home"):
        office.give(name)


# ── What waits for whom ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_asked_has_to_answer_until_they_have(office, open_round):
    (one,) = standing.waits_for(office.person("treasury"), at=office.at)
    assert (one.task, one.round_key, one.act_as.key) == ("answer", "strategy-1-sign-off", "treasury-leader")
    assert one.left.words == "10 working days left"
    office.give("treasury")
    assert tasks(office, "treasury") == []


def test_a_delegate_and_the_successor_of_a_merged_department_find_what_waits_for_them(office, open_round):
    delegations.give(
        post=office.posts["treasury"],
        person=office.person("ada"),
        since=office.at,
        until=office.at + timedelta(days=3),
        round=open_round,
        by=office.acting("treasury"),
        at=office.at,
    )
    (one,) = standing.waits_for(office.person("ada"), at=office.at)
    assert (one.task, one.on_behalf_of) == ("answer", "Digital Leader, Treasury")
    home, health = office.posts["home"].organisation, office.posts["health"].organisation
    Succession.objects.create(predecessor=home, successor=health, kind="merged", on=office.at.date())
    assert [one.on_behalf_of for one in standing.waits_for(office.person("health"), at=office.at)] == [
        "", "Digital Leader, Home",
    ]  # fmt: skip


def test_a_leader_is_told_of_remarks_to_lodge_and_conditions_to_settle(office, open_round):
    office.post("clerk", Role.CONTRIBUTOR, "treasury")
    remarks.make(
        asked_id=office.asked("treasury").pk, klass="b", body="Hm.", by=office.acting("clerk"), at=office.later()
    )
    office.give("treasury", "content-if", conditions=["Say who pays."])
    assert tasks(office, "treasury") == ["lodge"]
    condition = Remark.objects.get(klass="a")
    remarks.claim_met(remark_id=condition.pk, by=office.acting("pen"), at=office.later())
    assert tasks(office, "treasury") == ["settle", "lodge"]
    assert tasks(office, "clerk") == []


def test_the_chair_is_told_when_everything_is_settled_and_the_pen_team_what_comes_next(office, open_round, sealed):
    assert tasks(office, "chair") == tasks(office, "pen") == []
    everybody(office)
    assert tasks(office, "chair") == ["clear"]
    office.clear()
    assert (tasks(office, "chair"), tasks(office, "pen")) == ([], ["open"])
    office.open(sealed, "minister", kind="approval")
    assert (tasks(office, "minister"), tasks(office, "pen")) == (["answer"], [])
    office.give("minister")
    office.clear()
    assert tasks(office, "pen") == ["publish"]


def test_a_chair_who_wrote_the_text_is_not_told_to_clear_it(office, open_round):
    everybody(office)
    office.hold("pen", "chair")
    assert "clear" not in tasks(office, "pen")


def test_the_pen_team_is_told_of_remarks_newer_texts_and_rounds_to_close(office, open_round, sealed):
    office.give("treasury", "content-if", conditions=["Say who pays."])
    advice = office.open(sealed, "adviser", kind="advice")
    assert tasks(office, "pen") == ["decide"]
    office.at = advice.deadline_at
    assert tasks(office, "pen") == ["decide", "close"]
    office.seal(vision="# Vision\n\nOther words.\n")
    assert tasks(office, "pen") == ["decide", "renew", "renew"]


def test_silence_that_was_taken_as_consent_is_told_last(office, sealed):
    round = office.open(sealed, silence_is_consent=True)
    office.at = round.deadline_at
    rounds.deem(at=office.at)
    assert tasks(office, "treasury") == ["deemed"]


def test_who_withdrew_is_asked_for_a_new_answer(office, open_round):
    office.give("treasury")
    office.withdraw("treasury")
    assert tasks(office, "treasury") == ["answer-again"]


# ── Chase list and timeline ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_chase_list_says_whom_to_ring_and_whether_they_looked(office, open_round):
    office.give("treasury")
    office.look("home")
    rounds.extend(
        round_id=open_round.pk,
        clear_days=1,
        post=office.posts["home"],
        reason="So.",
        by=office.acting("pen"),
        at=office.at,
    )
    first, second = standing.chase(open_round.pk, office.at)
    assert (first.row.organisation, first.holders, first.emails) == ("Health", ("Health",), ("health@example.org",))
    assert first.row.looked_at is None
    assert (second.row.organisation, second.row.looked_at is None) == ("Home", False)


def test_the_timeline_tells_every_act_in_its_order(office, open_round):
    office.give("treasury", "content-if", conditions=["Say who pays."])
    remark = Remark.objects.get()
    pen = office.acting("pen")
    remarks.claim_met(remark_id=remark.pk, by=pen, at=office.later())
    remarks.dispose(remark_id=remark.pk, outcome="accepted", reason="Yes.", by=pen, at=office.later())
    remarks.settle(remark_id=remark.pk, by=office.acting("treasury"), at=office.later())
    assert [event.words for event in standing.timeline(open_round.pk)] == [
        "Sealed the text",
        "Opened: sign-off, 3 asked",
        "Opened the text",
        "Content if conditions are met",
        "Lodged remark 1, (a) a condition of agreeing",
        "Claimed that condition 1 is met",
        "Remark 1: accepted",
        "Settled condition 1",
    ]


@pytest.mark.parametrize(
    "read",
    [
        lambda pk, at: standing.round_standing(pk, at=at),
        lambda pk, _at: standing.matrix(pk),
        lambda pk, _at: standing.timeline(pk),
        lambda pk, _at: standing.since_signed(pk),
    ],
)
def test_a_round_that_is_not_there_is_missing(office, read):
    with pytest.raises(Missing):
        read(404, office.at)


def test_a_carried_answer_says_on_which_iteration_it_was_given(office, open_round):
    everybody(office)
    office.renew(office.seal(order=("skills", "vision", "leaders")))
    row = standing.round_standing(office.round.pk, at=office.at).rows[0]
    assert (row.state, row.from_number) == ("carried", 1)
    assert row.words == "Carried over, nothing in its scope changed"


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────────────────


def queries(read) -> int:
    with CaptureQueriesContext(connection) as caught:
        read()
    return len(caught)


def crowd(office, posts: int, sections: int) -> Round:
    """A sign-off of `sections` sections by `posts` posts of which two thirds have answered, then a newer iteration."""
    body = office.posts["treasury"].organisation
    Post.objects.bulk_create(
        Post(organisation=body, key=f"post-{number}", title=f"Post {number}", role=Role.LEADER)
        for number in range(posts)
    )
    office.texts = {f"s-{number}": f"# Section {number}\n\nWords of it.\n" for number in range(sections)}
    iteration = office.seal()
    asked = [AskFor(post) for post in Post.objects.filter(key__startswith="post-").select_related("organisation")]
    round = rounds.open(iteration=iteration, kind="sign-off", asked=asked, by=office.acting("pen"), at=office.later())
    rows = list(Asked.objects.filter(round=round).order_by("pk"))
    answers = Answer.objects.bulk_create(
        Answer(asked=row, number=1, stance="content", seal=iteration.seal, by_post="Post", at=office.at)
        for row in rows[: posts * 2 // 3]
    )
    for row, answer in zip(rows, answers, strict=False):
        row.answer = row.last_given = answer
    Asked.objects.bulk_update(rows[: len(answers)], ["answer", "last_given"], batch_size=200)
    office.round = round
    return round


def test_a_round_of_500_posts_and_300_sections_is_read_in_few_queries(office):
    round = crowd(office, 500, 300)
    at = office.at
    office.hold("ada", "chair")
    one = Asked.objects.filter(round=round, answer=None).first()
    assert queries(lambda: standing.round_standing(round.pk, at=at)) <= 8
    assert queries(lambda: standing.round_standing(round.pk, at=at, by=office.acting("chair"))) <= 12
    assert queries(lambda: standing.matrix(round.pk)) <= 3
    assert queries(lambda: standing.chase(round.pk, at)) <= 9
    assert queries(lambda: standing.timeline(round.pk)) <= 2
    assert queries(lambda: standing.dispositions(round.series)) <= 2
    assert queries(lambda: standing.since_signed(one.pk)) <= 6
    assert queries(lambda: standing.waits_for(office.person("pen"), at=at)) <= 15
    assert queries(lambda: standing.waits_for(office.person("ada"), at=at)) <= 15
    newer = office.seal(**{"s-7": "# Section 7\n\nOther words of it.\n"})
    assert queries(lambda: office.renew(newer)) <= 40
    assert Asked.objects.filter(round=office.round, answer=None).count() == 500
    assert queries(lambda: standing.matrix(office.round.pk)) <= 3
    counts = standing.matrix(office.round.pk).counts()
    assert (counts["changed-since"], counts["signed-carried"]) == (333, 333 * 299)


def test_queries_do_not_grow_with_posts_or_sections(office):
    few = crowd(office, 3, 2)
    reads = (
        lambda pk: standing.round_standing(pk, at=office.at),
        standing.matrix,
        lambda pk: standing.chase(pk, office.at),
        lambda pk: standing.waits_for(office.person("pen"), at=office.at),
    )
    before = [queries(lambda read=read: read(few.pk)) for read in reads]
    rounds.call_off(round_id=few.pk, reason="Bigger.", by=office.acting("pen"), at=office.later())
    for post in Post.objects.filter(key__startswith="post-"):
        post.key = f"old-{post.pk}"
        post.save()
    many = crowd(office, 60, 30)
    assert [queries(lambda read=read: read(many.pk)) for read in reads] == before


def history(office, count: int, start: int) -> None:
    """So many rounds that ended, each about a document of its own."""
    pen, treasury = office.acting("pen"), office.posts["treasury"]
    for number in range(start, start + count):
        drafts = [Draft("one", "One", f"# One\n\nText {number}.\n")]
        paper = documents.put(key=f"old-{number}", kind="paper", title="Old", sections=drafts)
        at = office.later()
        iteration = iterations.seal(document=paper, label="x", taken_at=at, at=at).iteration
        round = rounds.open(
            iteration=iteration, kind="advice", asked=[AskFor(office.posts["adviser"]), AskFor(treasury)], by=pen, at=at
        )
        rounds.call_off(round_id=round.pk, reason="Long ago.", by=pen, at=office.later())


def rows_read(read) -> int:
    """How many rows the database hands over: what a page pays for beyond its queries."""
    handed = 0
    original = QuerySet._fetch_all

    def fetch(self):
        nonlocal handed
        fresh = self._result_cache is None
        original(self)
        if fresh:
            handed += len(self._result_cache)

    QuerySet._fetch_all = fetch
    try:
        read()
    finally:
        QuerySet._fetch_all = original
    return handed


def test_what_a_page_costs_does_not_grow_with_history(office):
    """10 and 100 rounds that ended: the same queries and rows read. benchmarks/desk.py goes on to 1,000."""
    open_round = office.open(office.seal())
    reads = {
        "round": lambda: standing.round_standing(open_round.pk, at=office.at),
        "matrix": lambda: standing.matrix(open_round.pk),
        "chase": lambda: standing.chase(open_round.pk, office.at),
        "timeline": lambda: standing.timeline(open_round.pk),
        "pen": lambda: standing.waits_for(office.person("pen"), at=office.at),
        "leader": lambda: standing.waits_for(office.person("treasury"), at=office.at),
        "chair": lambda: standing.waits_for(office.person("chair"), at=office.at),
    }
    costs = []
    made = 0
    for wanted in (10, 100):
        history(office, wanted - made, made)
        made = wanted
        costs.append({name: (queries(read), rows_read(read)) for name, read in reads.items()})
    assert costs[0] == costs[1]
