"""What a check notices about figures before anybody signs them: what is missing, far off, revised, or cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from penholder.measure.definitions import DEFINITIONS, Definition
from penholder.measure.values import Absence
from penholder.services import quantities, unusual, whys
from penholder.services.figures import FigureOf, Table
from penholder.services.models import FlagKind
from penholder.services.periods import Span
from penholder.services.values import RevisionOf

# The four figures that every department must supply.
# Source: Government Digital Strategy of 2012, and the GOV.UK Service Manual, "Data you must publish".
SUPPLIED = ("completion-rate", "digital-take-up", "share-satisfied", "cost-per-transaction")


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that a check noticed, in words."""

    service: str
    kind: FlagKind
    definition: str
    channel: str
    what: str


def notice(
    services: Mapping[str, str], span: Span, now: Table, before: Table, *, public: Iterable[FigureOf] = (),
    revised: Iterable[RevisionOf] = (),
) -> list[Noticed]:  # fmt: skip
    """Everything that somebody must explain. `services` are names by key; `before` holds earlier periods.

    `public` are the figures that these would replace, and `revised` public values that were changed.
    """
    return [
        *_missing(services, span, now),
        *_outliers(services, span, now, before),
        *_replaced(services, span, now, public),
        *_revised(services, revised),
    ]


def _missing(services: Mapping[str, str], span: Span, now: Table) -> Iterator[Noticed]:
    for key, name in services.items():
        for definition in SUPPLIED:
            found = now.of(key, span.key, definition)
            if found is None:
                yield Noticed(key, FlagKind.MISSING, definition, "",
                              _("%(service)s: nothing was submitted for %(figure)s.")
                              % {"service": name, "figure": _title(definition)})  # fmt: skip
            elif found.figure.value is Absence.NOT_PROVIDED:
                kind = FlagKind.REFUSED if found.why else FlagKind.MISSING
                why = " ".join(whys.said(found.why)) or _("It was not provided.")
                yield Noticed(key, kind, definition, "",
                              _("%(service)s: there is no %(figure)s. %(why)s")
                              % {"service": name, "figure": _title(definition), "why": why})  # fmt: skip


def _outliers(services: Mapping[str, str], span: Span, now: Table, before: Table) -> Iterator[Noticed]:
    earlier: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
    alike = [each for each in before.figures if _length(before, each) == _length_of(span) and not each.channel]
    for each in sorted(alike, key=lambda one: before.spans[one.period]):
        if not isinstance(each.figure.value, Absence) and before.spans[each.period] < span:
            earlier[_series(each)].append(float(each.figure.value))
    for each in now.figures:
        value = each.figure.value
        if each.channel or isinstance(value, Absence) or not _in_force(each.figure.definition, span):
            continue
        usual = unusual.far(float(value), earlier[_series(each)])
        if usual is not None:
            yield Noticed(each.service, FlagKind.OUTLIER, each.figure.definition.key, "",
                          _("%(service)s: %(figure)s is %(value)s; before, it was about %(usual)s.")
                          % {"service": services.get(each.service, each.service),
                             "figure": _(each.figure.definition.title), "value": spelled(each.figure.definition, value),
                             "usual": spelled(each.figure.definition, usual)})  # fmt: skip


def _replaced(services: Mapping[str, str], span: Span, now: Table, public: Iterable[FigureOf]) -> Iterator[Noticed]:
    for each in public:
        definition = each.figure.definition
        found = now.of(each.service, span.key, definition.key, channel=each.channel, version=definition.version)
        value = found.figure.value if found else Absence.NOT_PROVIDED
        if value != each.figure.value and each.figure.value is not Absence.SUPPRESSED:
            yield Noticed(each.service, FlagKind.REVISION, definition.key, each.channel,
                          _("%(service)s: %(figure)s was published as %(before)s and is now %(after)s.")
                          % {"service": services.get(each.service, each.service), "figure": _(definition.title),
                             "before": spelled(definition, each.figure.value),
                             "after": spelled(definition, value)})  # fmt: skip


def _revised(services: Mapping[str, str], revised: Iterable[RevisionOf]) -> Iterator[Noticed]:
    for each in revised:
        yield Noticed(each.after.service, FlagKind.REVISION, each.after.quantity, each.after.channel,
                      _("%(service)s: %(quantity)s was published as %(before)s and is now %(after)s.")
                      % {"service": services.get(each.after.service, each.after.service),
                         "quantity": quantities.BY_KEY[each.after.quantity].words, "before": _given(each.before.value),
                         "after": _given(each.after.value)})  # fmt: skip


def spelled(definition: Definition, value: object) -> str:
    """A value in its unit, short: "74.0%", "£2.36", "not provided"."""
    if isinstance(value, Absence):
        return value.value
    number = float(str(value))
    if definition.unit == "share":
        return f"{number:.1%}"
    return f"£{number:,.2f}" if definition.unit == "pounds" else f"{number:,.4g}"


def _title(key: str) -> str:
    return _(next(each.title for each in DEFINITIONS if each.key == key))


def _given(value: object) -> str:
    return value.value if isinstance(value, Absence) else f"{float(str(value)):,.10g}"


def _series(each: FigureOf) -> tuple[str, str, int]:
    return each.service, each.figure.definition.key, each.figure.definition.version


def _length(table: Table, each: FigureOf) -> int:
    return _length_of(table.spans[each.period])


def _length_of(span: Span) -> int:
    # Months are of different lengths; a week and a month are not compared, and neither are a month and a quarter.
    return span.months or -(span.ends_on - span.starts_on).days


def _in_force(definition: Definition, span: Span) -> bool:
    after = definition.effective_to
    return definition.effective_from <= span.starts_on and (after is None or span.starts_on < after)
