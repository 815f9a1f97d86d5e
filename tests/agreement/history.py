"""Rounds that ended, in any number and quickly: what tests and the benchmark of the desk's pages share.

One round that was asked, answered and cleared is copied by the database, with its sealed text, its answers, remarks,
looks and entries. So whatever grows with history is there. The chain of the record is not: `penholder verify` would
name the copies, and only pages are asked for.
"""

from __future__ import annotations

from django.db import connection, transaction

from penholder.agreement.models import Round
from penholder.drafting.models import Iteration
from penholder.record.models import Entry, Head

# What is copied gets its own number and so many times this: more than any row of the original has.
STRIDE = 100_000


@transaction.atomic
def repeat(original: Round, first: int, last: int) -> None:
    """Copy an ended round as number `first` to `last`, each over a sealed text of its own."""
    iteration, key = original.iteration, original.key
    asked = f"SELECT id FROM agreement_asked WHERE round_id = {original.pk}"
    remarks = f"SELECT id FROM agreement_remark WHERE asked_id IN ({asked})"
    named = f"'{key}-' || n.k"
    seal = f"'{iteration.seal[:50]}-' || n.k"
    newest = Iteration.objects.filter(document=iteration.document_id).latest("number").number
    place = f"{newest} + 1 + n.k - {first}"
    moved = "{} + n.k * " + str(STRIDE)

    def to(*columns: str) -> dict[str, str]:
        return {column: moved.format(f"t.{column}") for column in columns}

    def copy(table: str, where: str, changes: dict[str, str]) -> None:
        with connection.cursor() as cursor:
            found = connection.introspection.get_table_description(cursor, table)
            columns = [column.name for column in found]
            told = ", ".join(changes.get(name, f't."{name}"') for name in columns)
            into = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"WITH RECURSIVE n(k) AS (SELECT {first} UNION ALL SELECT k + 1 FROM n WHERE k < {last}) "
                f"INSERT INTO {table} ({into}) SELECT {told} FROM {table} t CROSS JOIN n WHERE {where}"
            )

    copy("drafting_iteration", f"t.id = {iteration.pk}", to("id") | {"number": place, "seal": seal})
    copy("drafting_sealedsection", f"t.iteration_id = {iteration.pk}", to("id", "iteration_id"))
    apart = {"key": named, "series": named, "follows_id": "NULL"}
    copy("agreement_round", f"t.id = {original.pk}", to("id", "iteration_id") | apart)
    copy("agreement_round_writers", f"t.round_id = {original.pk}", to("id", "round_id"))
    copy("agreement_asked", f"t.id IN ({asked})", to("id", "round_id", "answer_id", "last_given_id"))
    copy("agreement_answer", f"t.asked_id IN ({asked})", to("id", "asked_id") | {"seal": seal})
    copy("agreement_remark", f"t.id IN ({remarks})", to("id", "asked_id"))
    copy("agreement_disposition", f"t.remark_id IN ({remarks})", to("id", "remark_id"))
    copy("agreement_look", f"t.iteration_id = {iteration.pk}", to("id", "iteration_id"))
    copy("agreement_clearance", f"t.round_id = {original.pk}", to("id", "round_id") | {"seal": seal})
    head = Head.objects.get(id=1)
    own = Entry.objects.filter(subject=iteration.seal)
    begun, ended_at = own.earliest("number").number, own.latest("number").number
    span = ended_at - begun + 1
    number = f"t.number - {begun} + 1 + {head.number} + (n.k - {first}) * {span}"
    facts = f"""replace(t.facts, '"{key}"', '"{key}-' || n.k || '"')"""
    told = {"number": number, "subject": seal, "facts": facts, "hash": "substr(t.hash, 1, 50) || '-' || n.k"}
    copy("record_entry", f"t.subject = '{iteration.seal}'", told)
    head.number += (last - first + 1) * span
    head.save()
