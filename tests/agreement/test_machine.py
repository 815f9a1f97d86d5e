"""A machine that plays everybody at once: posts, pen team, chair, clock, publisher, and a database that makes mischief.

Whatever the order, four things hold: nothing is published that was not cleared; nothing is cleared over a standing
objection; nobody signs a seal that they were not shown; and the record replays to the state of the tables.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.agreement.conftest import DEPARTMENTS, Office
from tests.mischief import tamper

from penholder.agreement import accounts, answers, delegations, remarks, replay, rounds
from penholder.agreement.models import Answer, Asked, Clearance, Delegation, Look, Remark, Round
from penholder.agreement.rules import NewRemark
from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.publishing import accounts as published_accounts
from penholder.publishing import editions
from penholder.record.models import Entry
from penholder.record.verification import verify

posts = st.sampled_from(DEPARTMENTS)
WORDS = ("One leader.", "Two leaders.", "No leader at all.")
MISCHIEF = (
    "UPDATE agreement_answer SET stance = 'content'",
    "DELETE FROM agreement_answer",
    "UPDATE agreement_look SET post_id = post_id",
    "UPDATE record_entry SET actor = 'Nobody'",
    "DELETE FROM record_entry",
    "UPDATE drafting_iteration SET seal = 'x'",
    "DELETE FROM agreement_disposition",
)
# What whoever owns the database does, round the triggers: what it changes, and where there is something to change.
TAMPERING = (
    ("UPDATE agreement_answer SET stance = 'content' WHERE stance = 'not-content'", "agreement_answer", "not-content"),
    ("UPDATE agreement_answer SET stance = 'not-content' WHERE stance = 'content'", "agreement_answer", "content"),
    ("UPDATE agreement_asked SET answer_id = NULL WHERE answer_id IS NOT NULL", "agreement_answer", ""),
    ("UPDATE agreement_answer SET on_behalf_of = 'Nobody'", "agreement_answer", ""),
    ("UPDATE agreement_remark SET body = 'We are delighted.'", "agreement_remark", ""),
    ("UPDATE agreement_look SET through = 'link'", "agreement_look", ""),
    ("DELETE FROM agreement_disposition", "agreement_disposition", ""),
    ("UPDATE agreement_clearance SET by_post = 'The pen team'", "agreement_clearance", ""),
    ("UPDATE publishing_edition SET agreed_elsewhere = TRUE", "publishing_edition", ""),
    ("UPDATE agreement_delegation SET reason = 'For ever.'", "agreement_delegation", ""),
    ("UPDATE agreement_round SET rule = 'none'", "agreement_round", ""),
)


class Government(RuleBasedStateMachine):
    """One document, three Leaders, a pen team that may also chair by another hat, a chair, and a clock."""

    counts: ClassVar[dict[str, int]] = {"cleared": 0, "published": 0, "refused": 0, "delegated": 0, "tampered": 0}
    tried: ClassVar[set[tuple[str, str, str]]] = set()

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.office = Office()
        self.published: set[str] = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(silence=st.booleans(), rule_=st.sampled_from([("all", 0), ("quorum", 1), ("all-but", 1)]))
    def begin(self, silence, rule_):
        for name in DEPARTMENTS:
            self.office.post(name)
        self.office.post("pen", Role.PEN, "centre")
        self.office.post("chair", Role.CHAIR, "cabinet")
        self.office.hold("pen", "chair")
        self.office.person("deputy")
        self.office.open(
            self.office.seal(kind="paper"), silence_is_consent=silence, rule=rule_[0], rule_number=rule_[1]
        )

    def attempt(self, act):
        """Do it if the rules let it; a refusal must leave nothing behind."""
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                return act()
        except (Refused, Missing):
            self.counts["refused"] += 1
            assert Entry.objects.count() == before
            return None

    def row(self, post) -> Asked:
        return self.office.asked(post)

    @rule(post=posts)
    def look(self, post):
        self.attempt(lambda: self.office.look(post))

    @rule(post=posts, stance=st.sampled_from(["content", "not-content", "nil"]), stale=st.booleans())
    def answer(self, post, stance, stale):
        """Without looking first; now and then with the seal of the first iteration."""
        row = self.row(post)
        seal = Round.objects.order_by("pk").first().iteration.seal if stale else row.round.iteration.seal
        self.attempt(
            lambda: answers.give(
                asked_id=row.pk,
                stance=stance,
                seal=seal,
                reason="So.",
                by=self.office.acting(post),
                at=self.office.later(),
            )
        )

    @rule(post=posts)
    def look_and_sign(self, post):
        self.attempt(lambda: self.office.give(post))

    @rule(post=posts)
    def set_a_condition(self, post):
        self.attempt(lambda: self.office.give(post, "content-if", conditions=[NewRemark("a", "Say who pays.")]))

    @rule(post=posts)
    def withdraw(self, post):
        self.attempt(lambda: self.office.withdraw(post))

    @rule(who=st.sampled_from([*DEPARTMENTS, "pen"]), last=st.booleans())
    def settle(self, who, last):
        remark = Remark.objects.order_by("-pk" if last else "pk").first()
        if remark:
            self.attempt(
                lambda: remarks.settle(remark_id=remark.pk, by=self.office.acting(who), at=self.office.later())
            )

    @rule()
    def decide_about_everything(self):
        for remark in Remark.objects.filter(dispositions=None):
            self.attempt(
                lambda remark=remark: remarks.dispose(
                    remark_id=remark.pk,
                    outcome="accepted",
                    reason="Yes.",
                    by=self.office.acting("pen"),
                    at=self.office.later(),
                )
            )

    @rule(text=st.sampled_from(WORDS))
    def write_seal_and_go_on(self, text):
        iteration = self.office.seal(leaders=f"# Leaders\n\n{text}\n", kind="paper")
        before = self.office.round
        if self.attempt(lambda: self.office.renew(iteration)) is None:
            self.office.round = before

    @rule(person=st.sampled_from(["chair", "pen"]))
    def clear(self, person):
        objecting = Asked.objects.filter(
            round=self.office.round, answer__stance__in=["not-content", "withdrawn"]
        ).exists()
        cleared = self.attempt(lambda: self.office.clear(person=person))
        if cleared:
            self.counts["cleared"] += 1
            assert not objecting
            assert person == "chair"

    @rule(by_deputy=st.booleans(), at_once=st.booleans())
    def agree_and_clear(self, by_deputy, at_once):
        """Everybody signs, one perhaps by a delegate, everything is decided, and perhaps it is published at once.

        The machine seldom gets so far by itself.
        """
        for post in DEPARTMENTS:
            if by_deputy and post == DEPARTMENTS[0]:
                self.the_delegate_answers(post, "content")
            else:
                self.look_and_sign(post)
        self.decide_about_everything()
        self.clear("chair")
        if at_once:
            self.publish()

    @rule(hours=st.sampled_from([1, 30, 24 * 20]))
    def time_passes(self, hours):
        self.office.at += timedelta(hours=hours)
        rounds.deem(at=self.office.at)

    @rule()
    def extend(self):
        self.attempt(
            lambda: rounds.extend(
                round_id=self.office.round.pk,
                clear_days=1,
                reason="So.",
                by=self.office.acting("pen"),
                at=self.office.later(),
            )
        )

    @rule()
    def send_back(self):
        self.attempt(
            lambda: rounds.send_back(
                round_id=self.office.round.pk, reason="So.", by=self.office.acting("chair"), at=self.office.later()
            )
        )

    def delegate(self, post, hours):
        at = self.office.later()
        self.attempt(
            lambda: delegations.give(
                post=self.office.posts[post],
                person=self.office.person("deputy"),
                since=at,
                until=at + timedelta(hours=hours),
                round=self.office.round,
                reason="Away.",
                by=self.office.acting(post),
                at=at,
            )
        )

    @rule(post=posts, stance=st.sampled_from(["content", "not-content"]))
    def the_delegate_answers(self, post, stance):
        """Whoever holds the delegation reads and answers, as long as it lasts; somebody gives one first, if they may."""
        self.delegate(post, 2)
        given = self.attempt(lambda: self.office.give(post, stance, person="deputy", reason="On behalf."))
        if given:
            self.counts["delegated"] += 1
            assert given.on_behalf_of
            assert Delegation.objects.filter(post=self.office.posts[post], until__gt=given.at).exists()

    @rule()
    def publish(self):
        iteration = Round.objects.select_related("iteration__document").get(pk=self.office.round.pk).iteration
        edition = self.attempt(
            lambda: editions.publish(
                iteration=iteration, by=self.office.acting("pen"), at=self.office.later(), reason="It is agreed."
            )
        )
        if edition and edition.iteration_id == iteration.pk:
            self.published.add(iteration.seal)
            self.counts["published"] += 1

    @rule(sql=st.sampled_from(MISCHIEF))
    def make_mischief(self, sql):
        """The database itself is asked to forget or to change its mind."""
        touched = Entry.objects.exists() if "record" in sql else True
        table = sql.split("FROM ")[1] if "FROM" in sql else sql.split()[1]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            touched = cursor.fetchone()[0] > 0
        if touched:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)

    @rule(which=st.sampled_from(TAMPERING))
    def go_round_the_triggers(self, which):
        """What is altered all the same is named; afterwards it is undone."""
        sql, table, stance = which
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}" + (f" WHERE stance = '{stance}'" if stance else ""))
            if not cursor.fetchone()[0]:
                return
        mark = transaction.savepoint()
        tamper(sql)
        assert replay.differences() or accounts.differences() or published_accounts.differences(), sql
        transaction.savepoint_rollback(mark)
        self.counts["tampered"] += 1
        self.tried.add(which)

    @invariant()
    def the_record_replays_to_the_tables(self):
        assert replay.differences() == []

    @invariant()
    def nothing_is_published_that_was_not_cleared(self):
        assert self.published <= set(Clearance.objects.values_list("seal", flat=True))

    @invariant()
    def nobody_signed_what_they_were_not_shown(self):
        looked = set(Look.objects.values_list("iteration__seal", "post"))
        signed = Answer.objects.filter(how="given").exclude(stance="withdrawn").values_list("seal", "asked__post")
        assert set(signed) <= looked

    @invariant()
    def deemed_consent_bears_no_name(self):
        assert not Answer.objects.filter(how="deemed").exclude(name="", person=None).exists()

    @invariant()
    def the_chain_holds(self):
        assert verify().fault is None


@pytest.mark.slow
def test_whatever_everybody_does_the_record_and_the_tables_agree(db):
    # The same runs every time: a law that breaks by chance breaks for somebody else.
    run_state_machine_as_test(
        Government,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_can_walk_the_whole_way(db, monkeypatch):
    """What chance may leave out of a run (a delegate, an edition, each tampering) the machine does here once, in order."""
    monkeypatch.setattr(Government, "counts", dict.fromkeys(Government.counts, 0))
    monkeypatch.setattr(Government, "tried", set())
    machine = Government()
    machine.begin(silence=False, rule_=("all", 0))
    machine.set_a_condition(DEPARTMENTS[1])
    machine.the_delegate_answers(DEPARTMENTS[2], "not-content")
    machine.clear("chair")
    for which in TAMPERING:
        machine.go_round_the_triggers(which)
    machine.decide_about_everything()
    machine.settle(DEPARTMENTS[1], last=True)
    machine.agree_and_clear(by_deputy=True, at_once=True)
    for which in TAMPERING:
        machine.go_round_the_triggers(which)
    for sql in MISCHIEF:
        machine.make_mischief(sql)
    machine.the_record_replays_to_the_tables()
    machine.nothing_is_published_that_was_not_cleared()
    machine.nobody_signed_what_they_were_not_shown()
    machine.the_chain_holds()
    machine.teardown()
    assert all(Government.counts.values()), f"the machine never got there: {Government.counts}"
    assert Government.tried == set(TAMPERING)
