"""Letters say what happened once, to those whom it concerns, and only what they may know."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.template.loader import get_template
from tests.jobs.conftest import OPENED

import penholder.jobs
from penholder.agreement import answers, clearances, looks, remarks, rounds
from penholder.jobs import letters, notices, wording
from penholder.jobs.models import Letter, Reading, State
from penholder.jobs.wording import Unneeded
from penholder.publishing import editions, schedules
from penholder.record.models import Entry

pytestmark = pytest.mark.django_db

LATER = OPENED + timedelta(hours=2)


def written(kind: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for letter in Letter.objects.filter(**({"kind": kind} if kind else {})).order_by("to"):
        found.setdefault(letter.kind, []).append(letter.to.partition("@")[0])
    return found


def read(to: str, kind: str, at=LATER):
    return wording.compose(Letter.objects.get(kind=kind, to=f"{to}@dept.example"), at=at)


def test_those_who_are_asked_are_told_once_however_often_the_record_is_read(government):
    government.open(government.seal(aim="Better."), "health", "wales", message="Please read the aim.")
    notices.follow(at=LATER)
    notices.follow(at=LATER)
    assert written() == {"asked": ["health", "wales"]}
    assert Reading.objects.get().number == Entry.objects.last().number
    said = read("health", "asked")
    assert said.subject == "Please answer by the end of Wednesday 17 April 2013: The paper"
    for part in ("The health, Government is asked", "Please read the aim.", "https://strategy.example/desk/"):
        assert part in said.body
    assert "10 clear working days are left after today." in " ".join(said.body.split())
    assert all(len(line) <= 72 or " " not in line.strip() for line in said.body.splitlines())


def test_a_letter_speaks_the_language_of_its_reader(government):
    government.open(government.seal(aim="Better."), "health", "wales")
    notices.follow(at=LATER)
    assert "17 Ebrill 2013" in read("wales", "asked").subject
    assert read("wales", "asked").subject != read("health", "asked").subject


def test_what_happened_long_ago_is_no_news(government):
    government.open(government.seal(aim="Better."), "health")
    notices.follow(at=OPENED + notices.NEWS + timedelta(seconds=1))
    assert written() == {}
    assert Reading.objects.get().number == Entry.objects.last().number


def test_the_reading_goes_on_from_where_it_stopped(government, monkeypatch):
    monkeypatch.setattr(notices, "AT_ONCE", 1)
    government.open(government.seal(aim="Better."), "health")
    assert notices.follow(at=LATER) == 1
    assert notices.follow(at=LATER) == 0


def test_reading_that_breaks_off_writes_nothing_and_is_done_again_whole(government, monkeypatch):
    government.open(government.seal(aim="Better."), "health")

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Reading, "save", full)
        with pytest.raises(OSError, match="No space"):
            notices.follow(at=LATER)
    assert written() == {}
    notices.follow(at=LATER)
    assert written() == {"asked": ["health"]}


def test_a_notice_is_dropped_when_its_reader_has_answered_meanwhile(government):
    opened = government.open(government.seal(aim="Better."), "health")
    notices.follow(at=LATER)
    government.answer(opened, "health", at=LATER)
    assert read("health", "asked") == Unneeded("It has been answered.")


def test_who_answers_gets_a_receipt_with_the_seal(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    government.answer(opened, "health", at=LATER)
    notices.follow(at=LATER)
    assert written("receipt") == {"receipt": ["health"]}
    said = read("health", "receipt")
    assert opened.iteration.seal in said.body
    assert "Content" in said.body
    assert "12:00 on Wednesday 3 April 2013" in said.body


def test_only_those_whose_sections_changed_are_asked_again_and_told_which(government):
    asks = [
        rounds.AskFor(government.acting["health"].post, ("aim",)),
        rounds.AskFor(government.acting["wales"].post, ("cost",)),
    ]
    pen = government.acting["pen"]
    first = rounds.open(
        iteration=government.seal(aim="Better.", cost="Nothing."), kind="sign-off", asked=asks,
        writers=[pen.post], by=pen, at=OPENED,
    )  # fmt: skip
    for key in ("health", "wales"):
        government.answer(first, key, at=OPENED)
    second = government.seal(at=LATER, aim="Much better.", cost="Nothing.")
    rounds.renew(round_id=first.pk, iteration=second, by=pen, at=LATER)
    notices.follow(at=LATER)
    assert written("asked-again") == {"asked-again": ["health"]}
    body = read("health", "asked-again").body
    assert "- Aim" in body
    assert "Cost" not in body


def test_silence_that_was_deemed_is_told_as_what_it_is(government):
    opened = government.open(government.seal(aim="Better."), "health", silence_is_consent=True)
    end = opened.deadline_at + timedelta(seconds=1)
    assert rounds.deem(at=end) == 1
    notices.follow(at=end)
    assert written("deemed") == {"deemed": ["health"]}
    assert "not shown as a signature" in " ".join(read("health", "deemed", at=end).body.split())


def test_the_chair_and_the_writers_are_told_of_a_withdrawal_that_ends_a_clearance(government):
    opened = government.open(government.seal(aim="Better."), "health")
    government.answer(opened, "health", at=OPENED)
    chair = government.acting["chair"]
    looks.show(iteration=opened.iteration, by=chair, at=OPENED)
    clearances.clear(round_id=opened.pk, seal=opened.iteration.seal, by=chair, at=OPENED)
    notices.follow(at=OPENED)
    assert written("cleared") == {"cleared": ["health", "pen"]}
    asked = government.asked(opened, "health")
    answers.withdraw(asked_id=asked.pk, reason="We counted again.", by=government.acting["health"], at=LATER)
    notices.follow(at=LATER)
    assert written("withdrawn") == {"withdrawn": ["chair", "pen"]}
    body = " ".join(read("chair", "withdrawn").body.split())
    assert "We counted again." in body
    assert "The clearance has ended" in body
    assert read("health", "cleared") == Unneeded("The clearance does not stand any more.")


def test_only_the_signer_is_asked_whether_a_condition_is_met(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    condition = answers.NewRemark(klass="a", body="Say by when.", section="aim")
    government.answer(opened, "health", stance="content-if", at=OPENED, conditions=[condition])
    remark = government.asked(opened, "health").remarks.get()
    remarks.claim_met(remark_id=remark.pk, by=government.acting["pen"], at=LATER)
    notices.follow(at=LATER)
    assert written("claimed-met") == {"claimed-met": ["health"]}
    assert "Say by when." in read("health", "claimed-met").body
    remarks.settle(remark_id=remark.pk, by=government.acting["health"], at=LATER)
    assert read("health", "claimed-met") == Unneeded("Its signer has decided.")


def test_internal_comments_are_in_no_letter(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    asked = government.asked(opened, "health")
    looks.show(iteration=opened.iteration, by=government.acting["health"], at=OPENED, asked=asked)
    secret = "Between us, this is nonsense"
    remarks.make(asked_id=asked.pk, klass="c", body=secret, by=government.acting["health"], at=OPENED)
    rounds.extend(round_id=opened.pk, clear_days=2, reason="More time", by=government.acting["pen"], at=LATER)
    rounds.call_off(round_id=opened.pk, reason="It was the wrong text.", by=government.acting["pen"], at=LATER)
    notices.follow(at=LATER)
    assert set(written()) == {"asked", "extended", "called-off"}
    for letter in Letter.objects.all():
        said = wording.compose(letter, at=LATER)
        assert isinstance(said, Unneeded) or secret not in said.body


def test_a_new_deadline_is_told_to_those_who_have_not_answered(government):
    opened = government.open(government.seal(aim="Better."), "health", "wales")
    government.answer(opened, "wales", at=OPENED)
    rounds.extend(round_id=opened.pk, clear_days=2, reason="More time", by=government.acting["pen"], at=LATER)
    notices.follow(at=LATER)
    assert written("extended") == {"extended": ["health"]}
    assert "the end of Friday 19 April 2013" in " ".join(read("health", "extended").body.split())


def test_every_kind_of_letter_has_words_and_every_template_a_kind():
    folder = Path(penholder.jobs.__file__).parent / "templates" / "letters"
    assert {path.stem for path in folder.glob("*.txt")} - {"letter"} == set(wording.KINDS)
    for kind in wording.KINDS:
        get_template(f"letters/{kind}.txt")


def test_a_letter_that_was_dropped_says_why(government):
    opened = government.open(government.seal(aim="Better."), "health")
    notices.follow(at=LATER)
    government.answer(opened, "health", at=LATER)
    letter = letters.take(at=LATER)
    letters.drop(letter, because=wording.compose(letter, at=LATER).because, at=LATER)
    assert (Letter.objects.get(kind="asked").state, Letter.objects.get(kind="asked").problem) == (
        State.DROPPED,
        "It has been answered.",
    )


def _cleared(government):
    paper = government.seal(aim="Better.")
    signed = government.open(paper, "health")
    government.answer(signed, "health", at=OPENED + timedelta(minutes=5))
    chair = government.acting["chair"]
    at = OPENED + timedelta(minutes=10)
    clearances.clear(round_id=signed.pk, seal=paper.seal, by=chair, at=at)
    return paper, signed


def test_who_was_asked_is_told_when_the_text_is_published(government):
    paper, _ = _cleared(government)
    pen = government.acting["pen"]
    editions.publish(iteration=paper, by=pen, at=OPENED + timedelta(minutes=15), reason="It is agreed.")
    notices.follow(at=LATER)
    assert written("published") == {"published": ["health", "pen"]}
    said = read("health", "published")
    assert said.subject == "Published: The paper, edition 1"
    for part in ("It is agreed.", "https://strategy.example/paper/editions/1/agreed/", paper.seal):
        assert part in said.body


def test_the_pen_team_and_the_chair_are_told_why_a_publication_was_held_back(government):
    paper, signed = _cleared(government)
    due = OPENED + timedelta(hours=1)
    pen = government.acting["pen"]
    schedules.put(iteration=paper, publish_at=due, by=pen, at=OPENED + timedelta(minutes=15))
    asked, health = government.asked(signed, "health"), government.acting["health"]
    answers.withdraw(asked_id=asked.pk, reason="No.", by=health, at=OPENED + timedelta(minutes=20))
    schedules.carry_out(at=due)
    notices.follow(at=LATER)
    assert written("held-back") == {"held-back": ["chair", "pen"]}
    said = read("pen", "held-back")
    assert said.subject == "Not published: The paper"
    assert "is not cleared" in said.body


def test_who_is_waited_for_gets_one_reminder_when_somebody_presses_the_button(government):
    signed = government.open(government.seal(aim="Better."), "health", "wales")
    government.answer(signed, "wales", at=OPENED + timedelta(minutes=5))
    rounds.remind(round_id=signed.pk, by=government.acting["pen"], at=OPENED + timedelta(minutes=10))
    notices.follow(at=LATER)
    assert written("reminder") == {"reminder": ["health"]}
    assert "The paper" in read("health", "reminder").body
