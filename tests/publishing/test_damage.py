"""One damaged cell in any table is named, or stands on the list of what is not in the record; nothing stops the proof."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.mischief import unguarded
from tests.publishing.test_proofs import shown  # noqa: F401 - a fixture

from penholder.agreement import answers, delegations, editorials, links, looks, remarks, rounds
from penholder.agreement.models import Remark
from penholder.drafting.models import SealedSection
from penholder.people import invitations, organisations, posts, successions
from penholder.people.models import Role
from penholder.publishing import editions, proofs
from penholder.publishing.models import Edition

pytestmark = pytest.mark.django_db

ROOMS = ("record_", "agreement_", "publishing_", "people_")
# Everything else in the drafting room is drafts, and what was said about them.
OF_DRAFTING = {f"drafting_{name}" for name in ("document", "iteration", "media", "section", "sealedsection", "text")}

# What docs/verify.md says that it cannot see, and why none of it matters.
NOT_IN_THE_RECORD = {
    "agreement_asked": {"id", "reminded_at"},
    "agreement_clearance": {"id"},
    "agreement_disposition": {"id"},
    "agreement_judgement": {"id"},
    "agreement_link": {"id"},
    "agreement_look": {"id"},
    "agreement_round_writers": {"id"},
    "drafting_document": {"clear_before_sealing", "readable_upto"},
    "drafting_section": {"id", "position"},
    "drafting_sealedsection": {"id"},
    "people_alias": {"id"},
    "people_holding": {"id"},
    "people_invitation": {"id"},
    "people_person": {"id", "email", "name", "password", "last_login", "is_active", "language", "joined_at"},
    "people_succession": {"id"},
    "publishing_edition": {"id"},
    "publishing_withdrawal": {"id"},
    "record_checkpoint": {"id"},
}


@pytest.fixture
def eventful(office, shown):  # noqa: F811
    """An edition that was withdrawn, and a round that went on, with something in nearly every table and column."""
    pen, health = office.acting("pen"), office.acting("health")
    people_come_and_go(office)
    office.open(office.seal(vision="# Vision\n\nOther words.\n\nMore words.\n"), carry="editorial", message="Please.")
    inside = remarks.make(
        asked_id=office.asked("treasury").pk, klass="b", body="Say it.", section="leaders",
        passage=passage_of(office.round.iteration, "leaders"), by=office.acting("clerk"), at=office.later(),
    )  # fmt: skip
    office.give("treasury", "content-if", conditions=["Say who pays."], reason="It costs.")
    remarks.lodge(remark_id=inside.pk, by=office.acting("treasury"), at=office.later())
    office.give("health", reason="Good.")
    one = Remark.objects.get(klass="a")
    changed = [passage_of(office.round.iteration, "vision")]
    remarks.dispose(remark_id=one.pk, outcome="accepted", reason="Yes.", changed=changed, by=pen, at=office.later())
    remarks.claim_met(remark_id=one.pk, by=pen, at=office.later())
    remarks.settle(remark_id=one.pk, by=office.acting("treasury"), at=office.later())
    remarks.dispose(remark_id=inside.pk, outcome="rejected", reason="No.", by=pen, at=office.later())
    office.give("home")
    office.clear(reason="Agreed.")
    office.withdraw("home", "Not so.")
    before, after = office.round.iteration, office.seal(vision="# Vision\n\nOther words!\n")
    editorials.judge(iteration=after, section="vision", reason="A sign.", since=before, by=pen, at=office.later())
    office.renew(after)
    token = office.link("home")
    by_link = links.acting(token, "Theo", at=office.later())
    asked = office.asked("home")
    looks.show(iteration=after, by=by_link, at=office.later(), asked=asked)
    answers.give(asked_id=asked.pk, stance="nil", seal=after.seal, by=by_link, at=office.later())
    office.link("home")
    editions.withdraw(edition_id=Edition.objects.get().pk, notice="It was wrong.", by=pen, at=office.later())
    given = delegations.give(
        post=office.posts["health"], person=office.person("ada"), since=office.at, until=office.round.deadline_at,
        round=office.round, reason="Away.", by=health, at=office.later(),
    )  # fmt: skip
    delegations.end(delegation_id=given.pk, by=health, at=office.later())
    rounds.remind(round_id=office.open(after, "minister", kind="feedback").pk, by=pen, at=office.later())
    rounds.call_off(round_id=office.round.pk, reason="Not now.", by=pen, at=office.later())


def people_come_and_go(office):
    """Organisations below and after another, a post held before and now, invitations that were accepted and ended."""
    made = {"by": office.acting("pen"), "at": office.later()}
    treasury = office.posts["treasury"].organisation
    mint = organisations.make(name="The Royal Mint", acronym="RM", parent="treasury", **made)
    organisations.put_all(
        [organisations.Named("rm", "The Royal Mint", leader="Deputy Master", strategy_url="https://mint.example/")],
        at=office.later(),
    )
    successions.succeed(
        predecessor=mint, successors=[treasury], kind="merged", on=office.at.date(), reason="It is small.", **made
    )
    clerk = posts.make(organisation=treasury, title="Clerk", role=Role.CONTRIBUTOR, key="treasury-clerk", **made)
    posts.hold(post=clerk, person=office.person("bo"), **made)
    posts.replace(post=clerk, person=office.person("clerk"), by=made["by"], at=office.later())
    office.posts["clerk"] = clerk

    def invite(name):
        email = f"{name.lower()}@example.org"
        return invitations.invite(post=clerk, email=email, name=name, link=str, by=made["by"], at=office.later())

    _, token = invite("Cy")
    invitations.accept(token=token, at=office.later(), person=None)
    taken_back, _ = invite("Di")
    invitations.end(invitation_id=taken_back.pk, by=made["by"], at=office.later())


def passage_of(iteration, section):
    return SealedSection.objects.get(iteration=iteration, key=section).passages[1][0]


def cells(rooms=ROOMS, more=OF_DRAFTING):
    """Table, column, row and value: of every column that has one the longest and the last."""
    with connection.cursor() as cursor:
        names = [
            name for name in connection.introspection.table_names(cursor) if name.startswith(rooms) or name in more
        ]
        for table in names:
            for column in connection.introspection.get_table_description(cursor, table):
                name = f'"{column.name}"'
                told = f"SELECT rowid, typeof({name}), CAST({name} AS TEXT) AS told FROM {table}"
                found = {}
                for order in ("LENGTH(told) DESC, rowid", "rowid DESC"):
                    cursor.execute(f"{told} WHERE {name} IS NOT NULL ORDER BY {order} LIMIT 1")
                    found |= {row[0]: row for row in cursor.fetchall()}
                for row in found.values():
                    yield table, column.name, *row


def damages(kind: str, value: str) -> list[str]:
    """What one byte can become; and for what holds JSON, whole values of another shape."""
    if kind == "real":
        return [str(float(value) + 1)]
    if kind != "text":
        return [str(int(value) + 1)]
    middle = len(value) // 2
    changed = f"{value[:middle]}x{value[middle + 1 :]}"
    return [changed, *((changed.replace("x", '"', 1), "{}", "null") if value[:1] in {"{", "["} else ())]


def unseen(rooms, more, finds, *, but=()):
    """The columns, by table, in which a damaged cell is not found; `but` are pairs of both that are not tried."""
    found: dict[str, set[str]] = {}
    listed = list(cells(rooms, more))
    with unguarded(), connection.cursor() as cursor:
        for table, column, row, kind, value in listed:
            if (table, column) in but:
                continue
            for damage in damages(kind, value):
                mark = transaction.savepoint()
                try:
                    cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE rowid = %s', [damage, row])
                except DatabaseError:
                    pass  # the database itself refused it
                else:
                    if damage != value and not finds():
                        found.setdefault(table, set()).add(column)
                transaction.savepoint_rollback(mark)
    return found


def test_one_damaged_cell_of_any_table_is_named(eventful):
    if connection.vendor != "sqlite":
        pytest.skip("cells are found by SQLite's own row numbers")
    before = proofs.everything()
    assert before.broken == ()

    def finds():
        told = proofs.everything()
        return told.broken or told.unsealed != before.unsealed

    found = unseen(ROOMS, OF_DRAFTING, finds)
    assert {table: columns - NOT_IN_THE_RECORD.get(table, set()) for table, columns in found.items()} == {
        table: set() for table in found
    }
