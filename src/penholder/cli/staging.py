"""Puts people and rounds onto the demonstration's desk, by the same acts that people do themselves.

What they do is data (`penholder/demo/desk/desk.toml`), said in working days before today, so that the desk is in the
middle of its work whenever it is loaded. It is played in one transaction: all of it is there, or nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from penholder import demo
from penholder.agreement import answers, clearances, deadlines, delegations, links, looks, remarks, rounds
from penholder.agreement.models import Asked, Remark, Round, State
from penholder.cli import drafting_acts, together_acts
from penholder.drafting import documents, iterations
from penholder.drafting.documents import Draft
from penholder.drafting.manifests import MediaDigest
from penholder.drafting.models import Document, Iteration
from penholder.people import organisations, posts
from penholder.people.acting import Acting, holders_of
from penholder.people.models import Person
from penholder.publishing import editions

# Everybody came so many working days ago, before the first act.
ARRIVED = 60

# The first act of a day is at half past nine; the next ones follow.
MORNING, APART = time(9, 30), timedelta(minutes=7)

# The sealed text on which the desk's work begins; an instance that has another one is somebody's own.
BEGINS_AT = ("strategy", "A paragraph less")

Act = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in to the demonstration: one password for all, who can be tried, and a link without an account."""

    password: str
    token: str
    people: tuple[tuple[str, str, str], ...] = field(default=())  # name, address, what to try


def wanted() -> bool:
    """Whether this instance has the demonstration's strategy and nobody at its desk yet."""
    if Person.objects.exists() or Round.objects.exists():
        return False
    document, label = BEGINS_AT
    latest = Iteration.objects.filter(document__key=document).order_by("-number").first()
    return latest is not None and latest.label == label


def kept(home: Path) -> SignIn | None:
    """How to sign in, as it was kept when the desk was set up; None where that was not done."""
    try:
        known = json.loads((home / "demo-sign-in.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return SignIn(known["password"], known["token"], tuple(tuple(row) for row in known["people"]))


def keep(home: Path, sign_in: SignIn) -> None:
    """Write down how to sign in, for the owner of the home alone."""
    known = {"password": sign_in.password, "token": sign_in.token, "people": sign_in.people}
    handle = os.open(home / "demo-sign-in.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=2, ensure_ascii=False)


@transaction.atomic
def play(*, at: datetime) -> SignIn:
    """Set the desk up as if everything had happened in the working days before `at`."""
    scripts = [tomllib.loads(file.read_text(encoding="utf-8")) for file in demo.desk()]
    stage = Stage(at=at)
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    posts_, people_ = ([one for script in scripts for one in script.get(name, ())] for name in ("post", "person"))
    people = stage.fill(posts_, people_, password)
    acts = [act for script in scripts for act in script["act"]]
    for act in sorted(acts, key=lambda act: -act["day"]):
        stage.do(act)
    return SignIn(password, stage.token, tuple(people))


class Stage:
    """The instance while it is being set up: which moment it is, and who acts."""

    def __init__(self, *, at: datetime) -> None:
        self._today = timezone.localdate(at)
        self._taken: dict[int, int] = {}
        self._acts: dict[str, Callable[[Act, datetime], object]] = {
            "seal": self._seal, "open": self._open, "answer": self._answer, "remark": self._remark,
            "dispose": self._dispose, "renew": self._renew, "claim-met": self._claim_met, "settle": self._settle,
            "clear": self._clear, "publish": self._publish, "close": self._close, "delegate": self._delegate,
            "link": self._link, "extend": self._extend, "deem": self._deem,
        }  # fmt: skip
        others = {**drafting_acts.ACTS, **together_acts.ACTS}
        self._acts |= {name: partial(act, self.acting) for name, act in others.items()}
        self._now = at
        self.token = ""

    def fill(self, made: list[Act], arrived: list[Act], password: str) -> list[tuple[str, str, str]]:
        """Make the posts and the people who hold them. Returns those who are worth trying."""
        at = self._moment(ARRIVED)
        for one in made:
            organisation = organisations.find(one["organisation"])
            posts.make(organisation=organisation, title=one["title"], role=one["role"], key=one["key"], by=None, at=at)
        tried = []
        hashed = make_password(password)  # once for everybody: it is made to be slow
        for one in arrived:
            email = f"{one['name'].lower().replace(' ', '.')}@demo.example"
            person = Person.objects.create(email=email, password=hashed, name=one["name"], joined_at=at)
            for key in one["posts"]:
                posts.hold(post=posts.find(key), person=person, by=None, at=at)
            if "show" in one:
                tried.append((one["name"], email, one["show"]))
        return tried

    def do(self, act: Act) -> None:
        """Do one act of the script at its moment."""
        self._acts[act["do"]](act, self._moment(act["day"]))

    def _moment(self, days: int) -> datetime:
        """A moment on the n-th working day before today, later than every one that was taken on that day before."""
        number = self._taken[days] = self._taken.get(days, -1) + 1
        return timezone.make_aware(datetime.combine(self._day(days), MORNING) + number * APART)

    def _day(self, days: int) -> date:
        day = self._today
        while days:
            day -= timedelta(days=1)
            days -= deadlines.is_working_day(day)
        return day

    def acting(self, key: str, at: datetime) -> Acting:
        """Who holds a post at that moment, as them; the first when it is shared."""
        post = posts.find(key)
        return Acting(post=post, person=holders_of(post, at=at)[0])

    def _round(self, act: Act) -> Round:
        found = Round.objects.filter(iteration__document__key=act["document"], kind=act.get("kind", "sign-off"))
        return found.select_related("iteration__document").exclude(state=State.REPLACED).latest("pk")

    def _asked(self, act: Act) -> Asked:
        rows = Asked.objects.filter(
            round__iteration__document__key=act["document"], post__key=act["post"], round__state=State.OPEN
        )
        return rows.select_related("round__iteration__document", "post__organisation").latest("pk")

    def _seal(self, act: Act, at: datetime) -> None:
        document = Document.objects.get(key=act["document"])
        latest = document.iterations.latest("number")
        drafts = {section.key: Draft(section.key, section.title, section.text) for section in document.sections.all()}
        for change in act["change"]:
            old = drafts[change["section"]]
            if change["find"] not in old.text:
                raise LookupError(f"{act['document']} {change['section']} does not say “{change['find']}”.")
            text = old.text.replace(change["find"], change["put"])
            drafts[change["section"]] = Draft(old.key, old.title, text)
        documents.put(
            key=document.key, kind=document.kind, title=document.title, subtitle=document.subtitle,
            organisation=document.organisation, sections=list(drafts.values()),
        )  # fmt: skip
        files = {
            row["path"]: MediaDigest(row["path"], row["sha256"], row["size"], row["type"])
            for row in latest.manifest["media"]
        }
        by = self.acting(act["by"], at)
        iterations.seal(
            document=document, label=act["label"], reason=act["reason"], stage=latest.stage, files=files,
            author=by.said_name, actor=by.post.words, taken_at=at, at=at,
        )  # fmt: skip

    def _open(self, act: Act, at: datetime) -> None:
        asked = [rounds.AskFor(posts.find(key), tuple(sections)) for key, *sections in act["asked"]]
        by = self.acting(act["by"], at)
        rounds.open(
            iteration=Iteration.objects.filter(document__key=act["document"]).latest("number"),
            kind=act["kind"], asked=asked, silence_is_consent=act.get("silence", False), writers=[by.post],
            message=act["message"], by=by, at=at,
        )  # fmt: skip

    def _answer(self, act: Act, at: datetime) -> None:
        asked = self._asked(act)
        by = self.acting(act["post"], at)
        if "by" in act:
            by = Acting(post=asked.post, person=self.acting(act["by"], at).person)
        looks.show(iteration=asked.round.iteration, by=by, at=at, asked=asked)
        lodged = [answers.NewRemark(klass, body, section) for klass, section, body in act.get("remarks", ())]
        answers.give(
            asked_id=asked.pk, stance=act["stance"], seal=asked.round.iteration.seal, reason=act.get("why", ""),
            conditions=lodged, by=by, at=at,
        )  # fmt: skip

    def _remark(self, act: Act, at: datetime) -> None:
        asked, by = self._asked(act), self.acting(act["by"], at)
        looks.show(iteration=asked.round.iteration, by=by, at=at, asked=asked)
        for klass, section, body in act["remarks"]:
            remarks.make(asked_id=asked.pk, klass=klass, section=section, body=body, by=by, at=at)

    def _remark_of(self, act: Act) -> int:
        return Remark.objects.get(asked__round__series=self._round(act).series, number=act["remark"]).pk

    def _dispose(self, act: Act, at: datetime) -> None:
        by = self.acting(act["by"], at)
        remarks.dispose(remark_id=self._remark_of(act), outcome=act["outcome"], reason=act["reason"], by=by, at=at)

    def _claim_met(self, act: Act, at: datetime) -> None:
        remarks.claim_met(remark_id=self._remark_of(act), by=self.acting(act["by"], at), at=at)

    def _settle(self, act: Act, at: datetime) -> None:
        by = self.acting(act["post"], at)
        looks.show(iteration=self._round(act).iteration, by=by, at=at, asked=self._asked(act))
        remarks.settle(remark_id=self._remark_of(act), by=by, at=at)

    def _renew(self, act: Act, at: datetime) -> None:
        newest = Iteration.objects.filter(document__key=act["document"]).latest("number")
        rounds.renew(round_id=self._round(act).pk, iteration=newest, by=self.acting(act["by"], at), at=at)

    def _clear(self, act: Act, at: datetime) -> None:
        round_, by = self._round(act), self.acting(act["by"], at)
        looks.show(iteration=round_.iteration, by=by, at=at)
        clearances.clear(round_id=round_.pk, seal=round_.iteration.seal, reason=act["reason"], by=by, at=at)

    def _publish(self, act: Act, at: datetime) -> None:
        by = self.acting(act["by"], at)
        editions.publish(iteration=self._round(act).iteration, at=at, reason=act["reason"], by=by)

    def _close(self, act: Act, at: datetime) -> None:
        round_ = Round.objects.filter(iteration__document__key=act["document"], state=State.OPEN).latest("pk")
        rounds.close(round_id=round_.pk, reason=act["reason"], by=self.acting(act["by"], at), at=at)

    def _delegate(self, act: Act, at: datetime) -> None:
        until = deadlines.deadline(at, act["days"])
        [person] = holders_of(posts.find(act["to"]), at=at)
        delegations.give(
            post=posts.find(act["post"]), person=person, document=self._round(act).iteration.document, since=at,
            until=until, reason=act["why"], by=self.acting(act["post"], at), at=at,
        )  # fmt: skip

    def _link(self, act: Act, at: datetime) -> None:
        asked, by = self._asked(act), self.acting(act["by"], at)
        _, self.token = links.make(asked_id=asked.pk, email=act["to"], days=act["days"], by=by, at=at)

    def _extend(self, act: Act, at: datetime) -> None:
        round_, by = self._round(act), self.acting(act["by"], at)
        for key in act["posts"]:
            rounds.extend(
                round_id=round_.pk, post=posts.find(key), clear_days=act["days"], reason=act["reason"], by=by, at=at
            )

    def _deem(self, act: Act, at: datetime) -> None:
        del at
        midnight = deadlines.end_of(self._day(act["day"]))
        rounds.deem(at=min(midnight + timedelta(minutes=1), self._now))
