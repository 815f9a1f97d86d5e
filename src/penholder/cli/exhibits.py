"""Fills the demonstration's register of services, with two years of invented figures and the journeys behind some.

What there is to say is data (`penholder/demo/services/register.toml`), told in months before today, so that the newest
figures are always those of last month. Everything goes through the acts that people and services use themselves.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from penholder import demo, seal
from penholder.cli import attempts
from penholder.delivery import measures
from penholder.delivery.models import Action
from penholder.measure.formulas.costs import CostLine
from penholder.measure.values import Absence
from penholder.people import organisations
from penholder.people.acting import Acting, holders_of
from penholder.people.models import Organisation, Post
from penholder.services import (
    assessments,
    costlines,
    journeys,
    publications,
    registrations,
    releases,
    submissions,
    targets,
)
from penholder.services.cells import Cell
from penholder.services.models import Publication, Purpose, Service, Submission
from penholder.services.periods import Span, months
from penholder.services.registrations import Described, NewService

MONTHS = 24
# The newest months: submitted by those who manage the services, and published here. What is older its source published.
OURS = 3
# Organisations that publish their figures here; the last month of the first one waits for its manager.
PUBLISHING = ("dwp", "hmrc", "moj")
# Journeys tell of the last year; before, attempts were counted by hand.
WITH_EVENTS = 12
SOURCE = "monthly-figures.csv"

Told = Mapping[str, Any]


def wanted() -> bool:
    """Whether this is the demonstration's instance and its register is empty."""
    return not Service.objects.exists() and Organisation.objects.filter(key="dwp").exists()


@transaction.atomic
def play(*, at: datetime, events: Path) -> int:
    """Fill the register as if two years had passed. `events` is the folder of the log. Returns how many services."""
    script = tomllib.loads(demo.services().read_text(encoding="utf-8"))
    stage = Exhibits(script, at)
    stage.register()
    stage.submit()
    attempts.play(stage.drawn(), events, at=at)
    stage.publish()
    stage.judge()
    return len(script["service"])


@dataclass(frozen=True)
class Exhibits:
    """The script, and the months that it speaks of."""

    script: Told
    at: datetime

    @cached_property
    def months(self) -> list[Span]:
        """The last two years of whole months, oldest first."""
        span, found = months(timezone.localdate(self.at)).before(), []
        for _month in range(MONTHS):
            found.append(span)
            span = span.before()
        return found[::-1]

    def moment(self, day: date) -> datetime:
        """Noon of a day, or now if that is earlier."""
        return min(timezone.make_aware(datetime.combine(day, time(12))), self.at)

    def ago(self, count: int) -> date:
        """The first day of the month so many months ago."""
        return self.months[-count].starts_on

    def manager(self, service: Told) -> Post | None:
        """The post that manages a service, if it is there."""
        return Post.objects.filter(key=service.get("manager", "")).select_related("organisation").first()

    def acting(self, post: Post | None) -> Acting | None:
        """A post with who holds it; None where there is none."""
        holders = holders_of(post, at=self.at) if post else []
        return Acting(post=post, person=holders[0]) if post and holders else None

    def register(self) -> None:
        """Services with their channels, releases, targets and programmes."""
        began, at = self.months[0].starts_on, self.moment(self.months[0].starts_on)
        new = [
            NewService(
                one["key"],
                Described(
                    name=one["name"], organisation=organisations.find(one["organisation"]), agency=one["agency"],
                    manager=self.manager(one), purpose=one["purpose"], users=one["users"], needs=one["needs"],
                ),
                tuple(one["channels"]),
            )
            for one in self.script["service"]
        ]  # fmt: skip
        registrations.put_all(new, as_of=began, said_on=began, reason="", by=None, at=at)
        for one in self.script["service"]:
            self._tell(one)

    def _tell(self, one: Told) -> None:
        began, at = self.months[0].starts_on, self.moment(self.months[0].starts_on)
        if "exemplar" in one:
            registrations.choose(key=one["key"], programme=one["exemplar"], since=began, by=None, at=at)
        for months_ago, name, changed in one["releases"]:
            day = self.ago(months_ago)
            releases.tell(key=one["key"], name=name, released_on=day, changed=changed, by=None, at=self.moment(day))
        for definition, value, ahead in one["targets"]:
            due = months(timezone.localdate(self.at), ahead).ends_on
            targets.put(
                key=one["key"], definition=definition, value=Decimal(value), due_on=due, said_on=began, by=None, at=at
            )

    def drawn(self) -> list[tuple[str, Told, list[Span]]]:
        """Draw the journeys, and give what is needed to walk them: service, journey, months."""
        found = []
        for one in self.script["service"]:
            if "journey" in one:
                journey = self.script["journey"][one["journey"]]
                graph = {
                    "service": one["key"], "version": 1, "effective_from": self.months[0].starts_on.isoformat(),
                    "starts": [journey["way"][0]], "steps": json.loads(journey["graph"]), "window": "P7D",
                    "idle_after": "PT30M",
                }  # fmt: skip
                journeys.draw(drawn=journeys.read(graph), by=None, at=self.moment(self.months[0].starts_on))
                found.append((one["key"], journey, self.months[-WITH_EVENTS:]))
        return found

    def submit(self) -> None:
        """Two years of values: the older ones as their source published them, the newest by who manages the service."""
        older = self.months[:-OURS]
        cells = [cell for one in self.script["service"] for span in older for cell in self._cells(one, span)]
        self._take_in(cells, older[-1].ends_on, published=True)
        revised = [cell for cell in cells if cell.service == "visit-visa" and cell.period in older[-4:-2]]
        counted = [_less(cell) for cell in revised if cell.quantity in {"transactions", "started", "completed"}]
        self._take_in(
            counted, older[-1].ends_on + timedelta(days=9), published=True,
            reason="Applications that were withdrawn on the same day had been counted.",
        )  # fmt: skip
        for one in self.script["service"]:
            manager = self.acting(self.manager(one))
            for span in self.months[-OURS:]:
                if one["key"] == "help-for-carers" and span == self.months[-1]:
                    continue  # waits for its manager
                day = span.ends_on + timedelta(days=3)
                ours = one["organisation"] in PUBLISHING
                cells = list(self._cells(one, span))
                if one["key"] == "power-for-another" and span == self.months[-1]:
                    # Its survey is late, so that there is something to explain.
                    cells = [cell for cell in cells if not cell.quantity.startswith(("survey", "satisfied"))]
                self._take_in(cells, day, published=not ours, by=manager if ours else None)
        self._costs()

    def _take_in(
        self, cells: list[Cell], day: date, *, published: bool, by: Acting | None = None, reason: str = ""
    ) -> None:
        at = self.moment(day)
        submissions.submit(
            cells=cells, how=Submission.How.FORM if by else Submission.How.IMPORT,
            source="Monthly form" if by else SOURCE, digest=seal.digest(repr(cells)), said_on=at.date(), by=by, at=at,
            on=at.date(), reason=reason, published=published,
        )  # fmt: skip

    def _costs(self) -> None:
        """One service tells its costs line by line."""
        one = next(each for each in self.script["service"] if each["key"] == "power-for-another")
        for span in self.months[-OURS:]:
            whole = next(cell.value for cell in self._cells(one, span) if cell.quantity == "cost")
            pounds = Decimal(str(whole))
            lines = [
                CostLine("People", (pounds * 62 / 100).quantize(Decimal(1)), "all of it"),
                CostLine("Printing and post", (pounds * 23 / 100).quantize(Decimal(1)), "all of it"),
                CostLine("Building", (pounds * 60 / 100).quantize(Decimal(1)), "by floor space", Decimal("0.25")),
                CostLine("Leaving the old office", Decimal(180000), "all of it", excluded="paid once, in one month"),
            ]
            at = self.moment(span.ends_on + timedelta(days=3))
            costlines.put(key=one["key"], span=span, lines=lines, said_on=at.date(), by=None, at=at)

    def _cells(self, one: Told, span: Span) -> Iterator[Cell]:
        """Every value of one service in one month; the same at every start."""
        place, random = self.months.index(span), Random(f"{one['key']} {span.key}")  # noqa: S311 - invented figures

        def between(pair: list[float]) -> float:
            return (pair[0] + (pair[1] - pair[0]) * place / (MONTHS - 1)) * random.uniform(0.98, 1.02)

        volume = between(one["volume"])
        season = one.get("season", 0.0)
        volume *= 1 + 2 * season if span.starts_on.month == 1 else 1 - season / 6
        digital_since = MONTHS - one.get("digital_since", MONTHS)
        total = 0
        counts: dict[tuple[str, str], int | Absence] = {}
        for channel, shares in one["channels"].items():
            count = round(volume * between(shares) / 100)
            if channel == "digital" and place < digital_since:
                counts[channel, "transactions"] = Absence.NOT_APPLICABLE
                continue
            counts[channel, "transactions"] = count
            total += count
        counts["", "transactions"] = total
        if "journey" not in one or place < MONTHS - WITH_EVENTS:
            counts |= _attempts(counts, between(one["completion"]) / 100)
        counts |= _answers(total, between(one["satisfied"]) / 100)
        counts |= _contacts(round(between(one["contacts"])), between(one["failure"]) / 100)
        counts["", "cost"] = round(total * between(one["cost"]))
        late = MONTHS - place in one.get("late", ())
        for (channel, quantity), count in counts.items():
            value = Absence.NOT_PROVIDED if late else count
            given = value if isinstance(value, Absence) else Decimal(value)
            yield Cell(one["key"], span, quantity, given, channel, f"{quantity}, {channel or 'all channels'}")

    def publish(self) -> None:
        """Figures of three organisations: published, one of them corrected, and the newest waiting to be checked."""
        for key in PUBLISHING:
            body = organisations.find(key)
            leader = self.acting(Post.objects.filter(key=f"{key}-digital-leader").first())
            if leader is None:
                continue
            first, second, last = self.months[-OURS:]
            for span in (first, second):
                self._publish(body, span, leader)
            if key == "hmrc":
                self._correct(body, first, leader)
            if key == "moj":
                at = self.moment(last.ends_on + timedelta(days=12))
                publications.freeze(organisation=body, span=last, by=None, at=at)

    def _publish(self, body: Organisation, span: Span, leader: Acting, **more: str) -> Publication:
        day = span.ends_on + timedelta(days=20 if more else 12)
        at = self.moment(day)
        made = publications.freeze(organisation=body, span=span, by=None, at=at, **more)
        for flag in made.flags.all():
            reason = "The service was changed; the figure is right." if flag.kind == "outlier" else "Not collected yet."
            said = more.get("reason", reason)
            publications.answer(flag_id=flag.pk, reason=said, by=None, at=at)
        publications.check(publication_id=made.pk, by=None, at=at)
        publications.sign(publication_id=made.pk, seal=made.seal, by=leader, at=at)
        return publications.publish(publication_id=made.pk, by=leader, at=at)

    def _correct(self, body: Organisation, span: Span, leader: Acting) -> None:
        one = next(each for each in self.script["service"] if each["key"] == "tax-return")
        wrong = {"started", "completed"}
        cells = [_less(cell) for cell in self._cells(one, span) if cell.quantity in wrong]
        reason = "Attempts of a test team were counted."
        manager = self.acting(self.manager(one))
        self._take_in(cells, span.ends_on + timedelta(days=18), published=False, by=manager, reason=reason)
        self._publish(body, span, leader, purpose=Purpose.CORRECTION, reason=reason)

    def judge(self) -> None:
        """Assessments, and measures of actions."""
        for one in self.script["assessment"]:
            day = self.ago(one["months_ago"])
            report = assessments.Report(
                "2019", one["stage"], one["result"], day, one["panel"],
                tuple(assessments.Found(*point) for point in one["points"]), one["summary"],
                published_on=day + timedelta(days=14),
            )  # fmt: skip
            assessments.record(key=one["service"], report=report, by=None, at=self.moment(day + timedelta(days=14)))
        began = self.months[0].starts_on
        for one in self.script["measure"]:
            if Action.objects.filter(document__key="strategy", number=one["action"]).exists():
                said = measures.Said(
                    one["title"], one["definition"], tuple(one["services"]), Decimal(one["baseline"]), began,
                    Decimal(one["target"]), months(timezone.localdate(self.at), one["months"]).ends_on,
                )  # fmt: skip
                measures.put(
                    strategy="strategy", action=one["action"], key=one["key"], said=said, said_on=began, by=None,
                    at=self.moment(began),
                )  # fmt: skip


def _less(cell: Cell) -> Cell:
    """A count without the tenth part that should not have been in it."""
    value = cell.value if isinstance(cell.value, Absence) else (cell.value * 9 / 10).quantize(Decimal(1))
    return Cell(cell.service, cell.period, cell.quantity, value, cell.channel, cell.place)


def _attempts(counts: Mapping[tuple[str, str], int | Absence], rate: float) -> dict[tuple[str, str], int | Absence]:
    online = counts.get(("digital", "transactions"), 0)
    if isinstance(online, Absence):
        return {}
    started = round(online * 1.1)
    return {("", "started"): started, ("", "completed"): min(started, round(started * rate))}


def _answers(total: int, share: float) -> dict[tuple[str, str], int | Absence]:
    offered = total // 12
    answered = offered // 3
    good = round(answered * share)
    bad = answered - good
    levels = (bad // 3, bad // 4, bad - bad // 3 - bad // 4, good * 2 // 5, good - good * 2 // 5)
    told: dict[tuple[str, str], int | Absence] = {
        ("", f"satisfied-{level}"): count for level, count in enumerate(levels, start=1)
    }
    return {("", "survey-offered"): offered, **told}


def _contacts(contacts: int, share: float) -> dict[tuple[str, str], int | Absence]:
    looked_into = contacts // 3
    failures = round(looked_into * share)
    return {("", "contacts"): contacts, ("", "contacts-classified"): looked_into, ("", "contacts-failure"): failures}
