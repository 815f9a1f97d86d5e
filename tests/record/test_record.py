from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.mischief import tamper

from penholder.errors import Refused
from penholder.record import checkpoints, ledger
from penholder.record.chain import START, Fault, Link, body, chained, follow, hash_of, sha256, spelled
from penholder.record.models import Checkpoint, Entry, Head
from penholder.record.verification import verify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def write(count: int) -> None:
    with transaction.atomic():
        ledger.append_all(
            ledger.Act(
                act="iteration.sealed",
                actor="Pen team",
                person="Ada",
                subject=f"seal {number}",
                at=NOON + timedelta(minutes=number),
                facts={"number": number, "note": "£ — ’"},
            )
            for number in range(count)
        )


@pytest.mark.django_db
def test_each_entry_carries_the_hash_of_the_one_before():
    write(3)
    first, second, third = Entry.objects.all()
    assert (first.number, first.previous) == (1, START)
    assert second.previous == first.hash
    assert third.previous == second.hash
    assert json.loads(third.facts) == {"note": "£ — ’", "number": 2}
    assert verify().fault is None


@pytest.mark.django_db
def test_an_act_and_its_record_stand_or_fall_together():
    def act_that_fails():
        with transaction.atomic():
            ledger.append("round.opened", actor="Pen team", subject="x", at=NOON)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        act_that_fails()
    assert not Entry.objects.exists()
    write(1)
    assert Entry.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        ledger.append("round.opened", actor="Pen team", subject="x", at=NOON)


@pytest.mark.django_db
def test_writing_costs_the_same_however_long_the_record_is(django_assert_num_queries):
    write(5)
    with django_assert_num_queries(3):
        ledger.append("round.opened", actor="Pen team", subject="x", at=NOON)
    write(500)
    with django_assert_num_queries(3):
        ledger.append("round.opened", actor="Pen team", subject="x", at=NOON)


@pytest.mark.django_db
def test_django_refuses_to_change_or_remove_an_entry():
    write(2)
    entry = Entry.objects.first()
    for change in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(actor="Eve")):
        with pytest.raises(Refused, match="never changed or deleted"):
            change()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql", ["UPDATE record_entry SET actor = 'Eve'", "DELETE FROM record_entry", "DELETE FROM record_checkpoint"]
)
def test_the_database_itself_refuses_raw_sql(sql, tmp_path):
    write(2)
    checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=NOON)
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize("column", [name for name in asdict(Link(1, *[""] * 9)) if name not in {"number", "at"}])
def test_one_altered_byte_names_the_entry(column):
    write(9)
    tamper(f"UPDATE record_entry SET {column} = '~' || substr({column}, 2) WHERE number = 4")
    fault = verify().fault
    assert fault is not None
    assert fault.number == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "number", "says"),
    [
        ("DELETE FROM record_entry WHERE number = 4", 4, "is missing"),
        ("UPDATE record_entry SET at = '2026-01-01 00:00:00' WHERE number = 4", 4, "was changed"),
        ("UPDATE record_entry SET hash = '~' || substr(hash, 2) WHERE number = 4", 4, "was changed"),
        ("DELETE FROM record_entry WHERE number = 9", 8, "head does not fit"),
        ("UPDATE record_head SET number = 8", 9, "head does not fit"),
    ],
)
def test_a_mischievous_database_is_found_out(sql, number, says):
    write(9)
    tamper(sql)
    fault = verify().fault
    assert fault is not None
    assert (fault.number, says in fault.what) == (number, True)


@pytest.mark.django_db
def test_a_record_written_again_from_an_old_entry_does_not_fit_its_checkpoint(tmp_path):
    write(6)
    checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=NOON)
    tamper("DELETE FROM record_entry WHERE number > 4")
    last = Entry.objects.last()
    Head.objects.update(number=4, hash=last.hash)
    assert "was cut off" in verify().fault.what
    write(4)  # a chain that holds in itself, and is not the one that was signed
    assert "checkpoint at entry 6 does not fit" in verify().fault.what


@pytest.mark.django_db
def test_a_checkpoint_signed_with_another_statement_does_not_fit(tmp_path):
    write(3)
    checkpoint = checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=NOON)
    assert checkpoints.holds(checkpoint)
    checkpoint.at += timedelta(seconds=1)
    assert not checkpoints.holds(checkpoint)
    assert checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=NOON) is None


@pytest.mark.django_db
def test_an_empty_record_needs_no_checkpoint_and_holds(tmp_path):
    assert checkpoints.sign(key=checkpoints.key_at(tmp_path / "key"), at=NOON) is None
    assert verify().fault is None
    assert Checkpoint.objects.count() == 0


def test_the_key_is_kept_from_others_and_a_damaged_one_is_refused(tmp_path):
    path = tmp_path / "keys" / "record"
    checkpoints.key_at(path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    with pytest.raises(Refused, match="5 bytes"):
        checkpoints.key_at(path)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.builds(Link, st.integers(1, 2**53 - 1), *[text] * 10))
def test_the_spelling_that_is_hashed_is_rfc_8785(link):
    import hashlib

    def sha256(data):
        return hashlib.sha256(data).hexdigest()

    told = asdict(link)
    salt, previous = told.pop("salt"), told["previous"]
    if not salt:  # an entry of the time before salts
        assert hash_of(link) == sha256(rfc8785.dumps(told))
        return
    del told["previous"]
    for field in ("person", "reason"):
        key = sha256(f"{salt} {field}".encode())
        told[field] = sha256(f"{key} {told[field]}".encode())
    assert hash_of(link) == sha256(f"{previous} {sha256(rfc8785.dumps(told))}".encode())


def test_an_entry_can_be_shown_without_its_names_and_reasons_and_the_chain_still_holds():
    link = Link(1, "at", "act", "post", "Ada Ash", "", "seal", "ill", "{}", START, "ab" * 32)
    shown = json.dumps(body(link))
    assert "Ada" not in shown
    assert "ill" not in shown
    assert hash_of(link) == chained(START, sha256(spelled(body(link))))
    assert body(replace(link, salt="cd" * 32))["person"] != body(link)["person"]  # equal names look unlike


def test_an_entry_that_lost_its_salt_is_found():
    first = Link(1, "at", "act", "post", "", "", "seal", "", "{}", START, "ab" * 32)
    second = Link(2, "at", "act", "post", "", "", "seal", "", "{}", hash_of(first))
    found = list(follow([(first, hash_of(first)), (second, hash_of(second))]))
    assert isinstance(found[-1], Fault)
    assert found[-1].number == 2


@given(st.lists(text, min_size=1, max_size=20), st.randoms())
def test_any_change_of_a_chain_is_found(reasons, chance: random.Random):
    chain, previous = [], START
    for number, reason in enumerate(reasons, start=1):
        link = Link(number, "", "act", "post", "", "", "seal", reason, "{}", previous)
        previous = hash_of(link)
        chain.append((link, previous))
    assert not any(isinstance(step, Fault) for step in follow(chain))
    at = chance.randrange(len(chain))
    link, stored = chain[at]
    chain[at] = (Link(**{**asdict(link), "reason": link.reason + "."}), stored)
    faults = [step for step in follow(chain) if isinstance(step, Fault)]
    assert [fault.number for fault in faults] == [at + 1]
