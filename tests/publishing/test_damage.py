"""One damaged cell in any table is named, or stands on the list of what is not in the record; nothing stops the proof."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.mischief import tamper
from tests.publishing.test_proofs import shown  # noqa: F401 - a fixture

from penholder.agreement import delegations, remarks
from penholder.agreement.models import Remark
from penholder.publishing import editions, proofs
from penholder.publishing.models import Edition

pytestmark = pytest.mark.django_db

ROOMS = ("record_", "drafting_", "agreement_", "publishing_")

# What docs/verify.md says that it cannot see. Numbers that only this database gives to rows are nobody's business.
NOT_IN_THE_RECORD = {
    "agreement_answer": {"through", "person_id"},
    "agreement_asked": {"asked_at", "changed", "editorial"},
    "agreement_clearance": {"ended_because", "person_id"},
    "agreement_delegation": {"person_id"},
    "agreement_disposition": {"id", "changed"},
    "agreement_link": {"id", "token_digest", "email"},
    "agreement_look": {"id", "person_id", "post_id"},
    "agreement_remark": {"quote", "made_by", "made_at", "lodged_by", "ended_by", "author_id"},
    "agreement_round": {"message", "clear_days", "ended_at", "ended_because"},
    "agreement_round_writers": {"id"},
    "drafting_document": {"kind", "title", "subtitle", "graveyard"},
    "drafting_iteration": {"stage", "taken_at", "sealed_at", "author", "events"},
    "drafting_section": {"id", "document_id", "key", "position", "title", "text"},
    "drafting_sealedsection": {"id"},
    "publishing_edition": {"id"},
    "publishing_withdrawal": {"id"},
    "record_checkpoint": {"id"},
}


@pytest.fixture
def eventful(office, shown):  # noqa: F811
    """An edition, and a round in progress on the next text with something in nearly every table."""
    office.open(office.seal(vision="# Vision\n\nOther words.\n"))
    office.give("treasury", "content-if", conditions=["Say who pays."], reason="It costs.")
    pen, health, one = office.acting("pen"), office.acting("health"), Remark.objects.get()
    remarks.dispose(remark_id=one.pk, outcome="accepted", reason="Yes.", by=pen, at=office.later())
    office.link("home")
    editions.withdraw(edition_id=Edition.objects.get().pk, notice="It was wrong.", by=pen, at=office.later())
    until = office.round.deadline_at
    delegations.give(
        post=office.posts["health"], person=office.person("ada"), since=office.at, until=until, round=office.round,
        reason="Away.", by=health, at=office.later(),
    )  # fmt: skip


def cells():
    """Table, column, row and the longest value of every column that has one."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith(ROOMS)]
        for table in names:
            for column in connection.introspection.get_table_description(cursor, table):
                cursor.execute(
                    f"SELECT rowid, typeof({column.name}), CAST({column.name} AS TEXT) AS told FROM {table} "
                    f"WHERE {column.name} IS NOT NULL ORDER BY LENGTH(told) DESC, rowid LIMIT 1"
                )
                if row := cursor.fetchone():
                    yield table, column.name, *row


def damages(kind: str, value: str) -> list[str]:
    """What one byte can become; and for what holds JSON, whole values of another shape."""
    if kind != "text":
        return [str(int(value) + 1)]
    middle = len(value) // 2
    changed = [value[:middle] + byte + value[middle + 1 :] for byte in 'x0"']
    return [*changed, *(("{}", "[]", "null", "[1]", '{"sections": [1]}') if value[:1] in {"{", "["} else ())]


def test_one_damaged_cell_of_any_table_is_named(eventful):
    if connection.vendor != "sqlite":
        pytest.skip("cells are found by SQLite's own row numbers")
    assert proofs.everything().broken == ()
    unseen: dict[str, set[str]] = {}
    for table, column, row, kind, value in list(cells()):
        for damage in damages(kind, value):
            if damage == value:
                continue
            spelled = damage.replace("'", "''")
            mark = transaction.savepoint()
            try:
                tamper(f"UPDATE {table} SET {column} = '{spelled}' WHERE rowid = {row}")
            except DatabaseError:
                pass  # the database itself refused it
            else:
                if not proofs.everything().broken:
                    unseen.setdefault(table, set()).add(column)
            transaction.savepoint_rollback(mark)
    assert {table: columns - NOT_IN_THE_RECORD.get(table, set()) for table, columns in unseen.items()} == {
        table: set() for table in unseen
    }
