"""Figures worked out of submitted aggregates, by the formulas of `measure`: one service, one period, every channel.

A formula that refuses its counts gives no figure: the reason is told beside "not provided", and nothing else is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_noop

from penholder.errors import Refused
from penholder.measure.definitions import (
    COMPLETION_RATE,
    COST_PER_TRANSACTION,
    FAILURE_DEMAND,
    HELP_OPENED,
    MEDIAN_TIME,
    SATISFACTION_SCORE,
    SHARE_SATISFIED,
    TAKE_UP,
    TAKE_UP_WITHOUT_ASSISTED,
    Definition,
)
from penholder.measure.figures import Coverage, Figure
from penholder.measure.formulas.completion import Completion
from penholder.measure.formulas.costs import Cost, CostLine
from penholder.measure.formulas.ease import failure_demand, help_opened
from penholder.measure.formulas.satisfaction import Satisfaction
from penholder.measure.formulas.take_up import ChannelClass, TakeUp
from penholder.measure.values import Absence
from penholder.services import quantities
from penholder.services.cells import Given
from penholder.services.whys import Why

# What was submitted, by (channel, quantity).
Values = Mapping[tuple[str, str], Given]

_NO_COVERAGE = Coverage(0, 0)


@dataclass(frozen=True, slots=True)
class Computed:
    """One figure of a channel ("" for all together), and what a reader must be told beside it."""

    channel: str
    figure: Figure
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplied:
    """All that one service gave for one period. `klass` gives the class of each of its channels."""

    values: Values
    klass: Mapping[str, str] = field(default_factory=dict)
    costs: Sequence[CostLine] = ()
    provenance: tuple[str, ...] = ()

    def count(self, quantity: quantities.Quantity, channel: str = "") -> int | None:
        """A count, if it was given as a number."""
        value = self.values.get((channel, quantity.key))
        return int(value) if isinstance(value, Decimal) else None

    def absence(self, *wanted: quantities.Quantity, channel: str = "") -> Absence:
        """Why there is no figure: the one reason that all of these quantities give, else "not provided"."""
        given = [self.values.get((channel, each.key)) for each in wanted]
        reasons = {each for each in given if isinstance(each, Absence)}
        for reason in (Absence.SUPPRESSED, Absence.NOT_APPLICABLE):
            if reason in reasons:
                return reason
        return Absence.NOT_PROVIDED

    def channels(self) -> list[str]:
        """All channels together first, then each of which something was given."""
        return ["", *sorted({channel for channel, _quantity in self.values if channel})]


def compute(given: Supplied) -> Iterator[Computed]:
    """Every figure that something was submitted for; those of which nothing was submitted do not come."""
    for channel in given.channels():
        yield from _completion(given, channel)
        yield from _satisfaction(given, channel)
        yield from _help(given, channel)
        yield from _as_given(given, channel, quantities.MEDIAN_TIME, MEDIAN_TIME)
    yield from _take_up(given)
    yield from _costs(given)
    yield from _failure_demand(given)


def _met(given: Supplied, channel: str, wanted: Iterable[quantities.Quantity]) -> bool:
    return any((channel, each.key) in given.values for each in wanted)


def _worked_out(
    given: Supplied, channel: str, definition: Definition, wanted: Sequence[quantities.Quantity],
    formula: Callable[[list[int]], Figure],
) -> Iterator[Computed]:  # fmt: skip
    """The figure of a formula over counts, if any of them was given; with the reason where it cannot be worked out."""
    if not _met(given, channel, wanted):
        return
    counts = [given.count(each, channel) for each in wanted]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        missing = [each.title for each, count in zip(wanted, counts, strict=True) if count is None]
        absent = given.absence(*wanted, channel=channel)
        said = Why.of(gettext_noop("There is no number for: %(missing)s."), missing=missing)
        yield Computed(channel, Figure(definition, absent, 0, _NO_COVERAGE, None, given.provenance), (said,))
        return
    try:
        figure = formula(known)
    except Refused as refusal:
        absent = Absence.NOT_PROVIDED
        yield Computed(channel, Figure(definition, absent, 0, _NO_COVERAGE, None, given.provenance), refusal.reasons)
        return
    yield Computed(channel, figure)


def _as_given(
    given: Supplied, channel: str, quantity: quantities.Quantity, definition: Definition
) -> Iterator[Computed]:
    value = given.values.get((channel, quantity.key))
    if value is None:
        return
    said = Why.of(gettext_noop("Worked out by its source; how many cases it stands on is not known."))
    shown = value if isinstance(value, Absence) else float(value)
    yield Computed(channel, Figure(definition, shown, 0, _NO_COVERAGE, None, given.provenance), (said,))


def _completion(given: Supplied, channel: str) -> Iterator[Computed]:
    wanted = (quantities.STARTED, quantities.COMPLETED)
    if not _met(given, channel, wanted):
        yield from _as_given(given, channel, quantities.COMPLETION_RATE, COMPLETION_RATE)
        return
    yield from _worked_out(
        given, channel, COMPLETION_RATE, wanted,
        lambda counts: Completion(cohort=counts[0], completed=counts[1]).figure(provenance=given.provenance),
    )  # fmt: skip


def _satisfaction(given: Supplied, channel: str) -> Iterator[Computed]:
    wanted = (quantities.SURVEY_OFFERED, *quantities.LEVELS)
    if not _met(given, channel, wanted):
        yield from _as_given(given, channel, quantities.SHARE_SATISFIED, SHARE_SATISFIED)
        return
    for definition in (SHARE_SATISFIED, SATISFACTION_SCORE):

        def formula(counts: list[int], definition: Definition = definition) -> Figure:
            answers = Satisfaction(tuple(counts[1:]), counts[0])
            figure = answers.share_satisfied() if definition is SHARE_SATISFIED else answers.score()
            return Figure(figure.definition, figure.value, figure.n, figure.coverage, figure.interval, given.provenance)

        yield from _worked_out(given, channel, definition, wanted, formula)


def _help(given: Supplied, channel: str) -> Iterator[Computed]:
    if (channel, quantities.HELP_OPENED.key) in given.values:
        yield from _worked_out(
            given, channel, HELP_OPENED, (quantities.HELP_OPENED, quantities.STARTED),
            lambda counts: help_opened(with_help=counts[0], attempts=counts[1]),
        )  # fmt: skip


def _failure_demand(given: Supplied) -> Iterator[Computed]:
    wanted = (quantities.CONTACTS_FAILURE, quantities.CONTACTS_CLASSIFIED, quantities.CONTACTS)
    yield from _worked_out(
        given, "", FAILURE_DEMAND, wanted,
        lambda counts: failure_demand(failures=counts[0], classified=counts[1], contacts=counts[2]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Volumes:
    """Completed transactions of a service: by class of channel, of all channels, and how many channels gave any."""

    by_class: Mapping[ChannelClass, int]
    total: int | None
    had: int
    asked: int


def volumes(given: Supplied) -> Volumes:
    """The volumes that were given. The total is the one that was given, else the sum where every channel gave one."""
    by_class: dict[ChannelClass, int] = {}
    had = 0
    named = set(given.klass) | {channel for channel, key in given.values if channel and key == "transactions"}
    for channel in named:
        count = given.count(quantities.TRANSACTIONS, channel)
        if count is not None:
            klass = ChannelClass(given.klass.get(channel, ChannelClass.OTHER.value))
            by_class[klass] = by_class.get(klass, 0) + count
            had += 1
    total = given.count(quantities.TRANSACTIONS)
    if total is None and named and had == len(named):
        total = sum(by_class.values())
    return Volumes(by_class, total, had, len(named))


def _take_up(given: Supplied) -> Iterator[Computed]:
    """Both definitions, so that a change of definition is not taken for a change of the service."""
    if not any(key == "transactions" for _channel, key in given.values):
        return
    found = volumes(given)
    digital = found.by_class.get(ChannelClass.DIGITAL)
    assisted = found.by_class.get(ChannelClass.ASSISTED, 0)
    coverage = Coverage(found.had, found.asked)
    for definition in (TAKE_UP_WITHOUT_ASSISTED, TAKE_UP):
        if digital is None or found.total is None:
            absent = _absence_of_volumes(given)
            yield Computed("", Figure(definition, absent, 0, coverage, None, given.provenance))
            continue
        part = digital + (assisted if definition is TAKE_UP else 0)
        try:
            figure = TakeUp(part, found.total, definition).figure(coverage=coverage, provenance=given.provenance)
        except Refused as refusal:
            absent = Absence.NOT_PROVIDED
            yield Computed("", Figure(definition, absent, 0, coverage, None, given.provenance), refusal.reasons)
            continue
        yield Computed("", figure)


def _absence_of_volumes(given: Supplied) -> Absence:
    digital = [channel for channel, klass in given.klass.items() if klass == ChannelClass.DIGITAL.value]
    if not digital:
        return Absence.NOT_APPLICABLE  # it has no digital channel
    found = {given.absence(quantities.TRANSACTIONS, channel=channel) for channel in ("", *digital)}
    return Absence.SUPPRESSED if Absence.SUPPRESSED in found else Absence.NOT_PROVIDED


def _costs(given: Supplied) -> Iterator[Computed]:
    lines = tuple(given.costs)
    whole = given.values.get(("", quantities.COST.key))
    if not lines and isinstance(whole, Decimal):
        lines = (CostLine(quantities.COST.words, whole, "all of it"),)
    if lines:
        try:
            figure = Cost(lines, volumes(given).total).figure(provenance=given.provenance)
        except Refused as refusal:
            absent = Figure(COST_PER_TRANSACTION, Absence.NOT_PROVIDED, 0, _NO_COVERAGE, None, given.provenance)
            yield Computed("", absent, refusal.reasons)
        else:
            yield Computed("", figure)
        return
    for channel in given.channels():
        yield from _as_given(given, channel, quantities.COST_PER_TRANSACTION, COST_PER_TRANSACTION)
