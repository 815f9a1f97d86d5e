"""Files on their way in: nothing is taken before somebody says so, and what is wrong is said by its cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from penholder.errors import Missing, Refused
from penholder.people.models import Role
from penholder.services import uploads
from penholder.services.models import Submission, Submitted, Upload

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAD = "Service,Channel,Period,Completed transactions,Attempts started,Attempts completed\n"
GOOD = f"{HEAD}Passports,Digital,2026-09,1200,1500,1200\nPassports,Phone,2026-09,300,,\n"


@pytest.fixture
def leader(ministry):
    return ministry.acting("ada")


def send(text, by, name="september.csv", **more):
    return uploads.send(name=name, data=text.encode(), by=by, at=NOON, **more)


def take(sent, by, *, good_only=False, reason="", at=NOON):
    return uploads.take(upload_id=sent.pk, good_only=good_only, reason=reason, by=by, at=at)


def test_nothing_is_taken_in_before_somebody_says_so(leader):
    sent = send(GOOD, leader)
    told = uploads.preview(sent, by=leader, at=NOON)
    assert (told.rows, told.left_out, told.new, len(told.weighed)) == (2, 0, 4, 4)
    assert Submitted.objects.count() == 0
    done = take(sent, leader)
    assert Submitted.objects.count() == 4
    assert done.told == {"rows": 2, "left_out": 0, "new": 4, "same": 0, "revisions": 0, "changed": 0}
    assert Submission.objects.get().source == "september.csv"


def test_the_same_file_twice_changes_nothing(leader):
    first = send(GOOD, leader)
    assert send(GOOD, leader, name="again.csv").pk == first.pk
    take(first, leader)
    assert take(first, leader).pk == first.pk
    second = take(send(GOOD, leader), leader)
    assert second.submission is None
    assert second.told["same"] == 4
    assert Submission.objects.count() == 1


def test_errors_are_told_by_cell_and_the_good_rows_go_in_only_by_choice(ministry, leader):
    sent = send(
        HEAD + "Passports,Digital,2026-09,1200,1500,1600\n"  # 2: more completed than started
        "Pasports,Digital,2026-09,5,,\n"  # 3
        "Passports,Fax,2026-09,5,,\n"  # 4
        "Pensions,Digital,2026-09,5,,\n"  # 5: another department's
        "Passports,Phone,2026-12,5,,\n"  # 6: not over yet
        "Licences,Post,2026-09,-5,,\n"  # 7
        "Licences,Digital,2026-09,80,,\n",  # 8
        leader,
    )
    told = uploads.preview(sent, by=leader, at=NOON)
    assert {one.address for one in told.errors} == {"F2", "A3", "B4", "D5", "D6", "D7"}
    assert (told.rows, told.left_out) == (1, 6)
    with pytest.raises(Refused, match="6 rows have errors"):
        take(sent, leader)
    done = take(sent, leader, good_only=True)
    assert [(row.service.key, int(row.amount)) for row in Submitted.objects.all()] == [("licences", 80)]
    assert {line[2] for line in done.left_out} == {"F2", "A3", "B4", "D5", "D6", "D7"}


def test_a_part_whose_whole_was_refused_is_weighed_against_what_stands(ministry, leader):
    """The file raises the total, but that row is wrong: then its digital part exceeds the total that stands."""
    ministry.submit("passports", "2026-09", transactions=1000)
    sent = send(f"{HEAD}Passports,All channels,2026-09,9000*,,\nPassports,Digital,2026-09,8000,,\n", leader)
    told = uploads.preview(sent, by=leader, at=NOON)
    assert {one.address for one in told.errors} == {"D2", "D3"}
    assert told.rows == 0
    with pytest.raises(Refused, match="No row"):
        take(sent, leader, good_only=True)


def test_what_changes_a_public_figure_needs_a_reason(ministry, leader):
    ministry.submit("passports", "2026-09", digital__transactions=1000, published=True)
    sent = send(f"{HEAD}Passports,Digital,2026-09,1200,,\n", leader)
    told = uploads.preview(sent, by=leader, at=NOON)
    assert [(one.before, one.cell.value) for one in told.revisions] == [(1000, 1200)]
    with pytest.raises(Refused, match="Say why"):
        take(sent, leader)
    assert take(sent, leader, reason="A counter was broken.").told["revisions"] == 1


def test_what_is_far_from_the_periods_before_is_pointed_out_and_not_refused(ministry, leader):
    for month in range(1, 9):
        ministry.submit("passports", f"2026-{month:02}", digital__transactions=1000 + 10 * month)
    told = uploads.preview(send(GOOD, leader), by=leader, at=NOON)
    assert told.unusual == ()
    sent = send(f"{HEAD}Passports,Digital,2026-09,12000,,\n", leader)
    unusual = uploads.preview(sent, by=leader, at=NOON).unusual
    assert [(one.cell.value, one.usual, one.periods) for one in unusual] == [(12000, 1045, 8)]
    take(sent, leader)


def test_a_question_about_quarters_is_answered_for_the_whole_file(leader):
    sent = send(f"{HEAD}Passports,Digital,Q1 2026,5,,\n", leader)
    told = uploads.preview(sent, by=leader, at=NOON)
    assert told.asks_quarters
    assert told.rows == 0
    sent = uploads.answer(upload_id=sent.pk, quarters="financial", by=leader, at=NOON)
    told = uploads.preview(sent, by=leader, at=NOON)
    assert [one.cell.period.key for one in told.weighed] == ["2026-Q2"]


def test_a_file_is_its_sender_s_alone_and_two_people_send_the_same_one(ministry, leader):
    eve = ministry.acting("eve")
    mine, theirs = send(GOOD, leader), send(GOOD, eve)
    assert mine.pk != theirs.pk
    with pytest.raises(Missing):
        take(mine, eve)
    take(mine, leader)
    assert take(theirs, eve).told["same"] == 4


def test_files_expire_and_receipts_lose_their_bytes(leader):
    sent, waiting = send(GOOD, leader), send(f"{GOOD}\n\n", leader)
    take(sent, leader)
    later = NOON + timedelta(days=4)
    with pytest.raises(Missing, match="not kept any more"):
        uploads.find(waiting.pk, by=leader, at=later)
    assert uploads.forget(later) == 2
    assert [bytes(row.data) for row in Upload.objects.all()] == [b""]
    assert uploads.find(sent.pk, by=leader, at=later).told["new"] == 4


def test_only_so_many_files_of_one_person_wait(leader):
    for number in range(12):
        send(f"{GOOD}\n{' ' * number}\n", leader)
    assert Upload.objects.count() == uploads.MOST_WAITING


def test_who_may_not_submit_figures_sends_none(ministry):
    with pytest.raises(Refused, match="Only these may"):
        send(GOOD, ministry.acting("max", Role.MINISTER))
    with pytest.raises(Refused, match="no table of figures"):
        send("hello", ministry.acting("ada"))


def test_the_pen_team_sends_for_every_department(ministry):
    pen = ministry.acting("pia", Role.PEN, "centre")
    done = take(send(f"{HEAD}Passports,,2026-09,5,,\nPensions,,2026-09,6,,\n", pen), pen)
    assert done.told["new"] == 2
    assert done.submission.organisation is None


def test_a_preview_asks_the_same_number_of_questions_however_long_the_file(leader, django_assert_max_num_queries):
    few, many = (
        send(GOOD, leader),
        send(
            GOOD
            + "".join(
                f"Passports,Digital,{year}-{month:02},9,,\n" for year in range(2012, 2026) for month in range(1, 12)
            ),
            leader,
        ),
    )
    with django_assert_max_num_queries(14):
        uploads.preview(few, by=leader, at=NOON)
    with django_assert_max_num_queries(14):
        uploads.preview(many, by=leader, at=NOON)


EXPLORER = (
    "Abbr,Agency/body,Name of service,Slug,2026-Q3 Vol.,2026-Q3 Digital vol.,2026-Q2 Vol.,Notes\n"
    'Interior,Passports,Passports,passports,"1,200",900,***,x\n'  # 2
    "Interior,,Licences,licences,500,800,-,\n"  # 3: more digital than all
    "Interior,,Licences,licences,500,80,,\n"  # 4: the same service again
    "Interior,,Permits,permits,5,4,,\n"  # 5: not in the register
    "Work,,Pensions,pensions,#REF!,-7,,\n"  # 6
)


def test_the_layout_of_the_transactions_explorer_is_previewed_with_errors_by_cell_and_taken_in_by_choice(ministry):
    pen = ministry.acting("pia", Role.PEN)
    sent = send(EXPLORER, pen, name="explorer.csv")
    told = uploads.preview(sent, by=pen, at=NOON)
    assert [one.address for one in told.errors] == ["F3", "D4", "5", "E6", "F6"]
    assert [(one.address, one.holds) for one in told.remarks] == [("G2", "***"), ("G3", "-")]
    assert "twelve months that ended before it" in told.notes[0]
    assert (told.rows, told.left_out) == (1, 4)
    with pytest.raises(Refused, match="4 rows have errors"):
        take(sent, pen)
    take(sent, pen, good_only=True)
    taken = {
        (row.period.key, row.channel, row.quantity): row.amount for row in Submitted.objects.select_related("period")
    }
    assert taken == {
        ("2025-07_2026-06", "", "transactions"): 1200, ("2025-07_2026-06", "digital", "transactions"): 900,
        ("2025-04_2026-03", "", "transactions"): None,
    }  # fmt: skip


def test_a_table_that_is_not_utf_8_is_refused_with_its_row(ministry):
    with pytest.raises(Refused, match="row 2: this is not UTF-8"):
        uploads.send(
            name="old.csv", data=EXPLORER.replace("Passports,p", "Pass\u00e9,p").encode("latin-1"),
            by=ministry.acting("ada"), at=NOON,
        )  # fmt: skip
