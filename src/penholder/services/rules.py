"""What stands in the way of an act on services and their figures. Pure questions; an empty list means yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from penholder.measure.values import Absence
from penholder.people import permissions
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Role
from penholder.services import quantities
from penholder.services.cells import Cell, Given, Ground, Where
from penholder.services.models import NEXT, Flag, Publication, Purpose, State

_WITHOUT_FRACTIONS = "count"

# The pen team acts for everybody; whoever else acts for the organisation of its post alone.
_EVERYWHERE = frozenset({Role.PEN, Role.ADVISER})


def objections_to_acting(act: str, by: Acting | None, organisation: Organisation | None) -> list[str]:
    """Every reason why `by` may not do `act` for services of an organisation. None: by a command on the machine."""
    if by is None:
        return []
    reasons = permissions.objections(act, by.post)
    outside = organisation is not None and by.post.organisation_id != organisation.pk
    if not reasons and outside and by.post.role not in _EVERYWHERE:
        said = _("“%(post)s” acts for services of its own organisation, and this one belongs to %(organisation)s.")
        reasons.append(said % {"post": by.post.words, "organisation": organisation})
    return reasons


def objections_to_managing(by: Acting | None, manager: int | None) -> list[str]:
    """Why a service manager may not give figures of a service that another post manages. A service may have none."""
    if by is None or by.post.role != Role.SERVICE_MANAGER or manager in {None, by.post.pk}:
        return []
    return [
        _("“%(post)s” gives figures of the services that it manages, and this is another one.")
        % {"post": by.post.words}
    ]


def objections_to_cell(cell: Cell, ground: Ground, *, on: date) -> list[str]:
    """Every reason why this cell cannot be taken in, looked at by itself."""
    if cell.service not in ground.services:
        return [_("No service has the key “%(key)s”.") % {"key": cell.service}]
    if cell.quantity not in quantities.BY_KEY:
        return [_("There is no quantity “%(key)s”.") % {"key": cell.quantity}]
    quantity = quantities.BY_KEY[cell.quantity]
    reasons = []
    if cell.channel and not quantity.by_channel:
        reasons.append(_("“%(quantity)s” is given for all channels together.") % {"quantity": quantity.words})
    elif cell.channel and cell.channel not in ground.channels.get(cell.service, ()):
        listed = ", ".join(sorted(ground.channels.get(cell.service, ()))) or _("none")
        reasons.append(
            _("The service has no channel “%(channel)s”. It has: %(listed)s.")
            % {"channel": cell.channel, "listed": listed}
        )
    if cell.period.ends_on > on:
        reasons.append(_("The period %(period)s is not over yet.") % {"period": cell.period.words})
    if not isinstance(cell.value, Absence):
        reasons += _objections_to_amount(cell.value, quantity)
    return reasons


def _objections_to_amount(amount: Decimal, quantity: quantities.Quantity) -> list[str]:
    if not amount.is_finite():
        return [_("This is not a number.")]
    reasons = []
    if amount < 0:
        reasons.append(_("“%(quantity)s” cannot be negative; %(amount)s was given.")
                       % {"quantity": quantity.words, "amount": amount})  # fmt: skip
    if quantity.unit == _WITHOUT_FRACTIONS and amount != amount.to_integral_value():
        reasons.append(
            _("“%(quantity)s” is a count; %(amount)s is no whole number.")
            % {"quantity": quantity.words, "amount": amount}
        )
    if quantity.unit in {"share", "score"} and amount > 1:
        reasons.append(
            _("“%(quantity)s” is a share from 0 to 1; %(amount)s was given. Write 0.85 for 85%%.")
            % {"quantity": quantity.words, "amount": amount}
        )
    return reasons


def objections_to_sums(cells: Iterable[Cell], ground: Ground) -> dict[Where, list[str]]:
    """Parts that would exceed their whole, with what stands already: digital above total, completed above started."""
    values: dict[Where, Given] = {where: known.value for where, known in ground.standing.items()}
    given = {cell.where: cell.value for cell in cells}
    values |= given
    found: dict[Where, list[str]] = {}
    for where in values:
        for whole in _wholes(where):
            if whole in values and (where in given or whole in given):
                reasons = _exceeding(where, values[where], whole, values[whole])
                if reasons:
                    found.setdefault(where if where in given else whole, []).extend(reasons)
    return found


def _wholes(where: Where) -> list[Where]:
    service, period, channel, quantity = where
    found = []
    if channel:
        found.append((service, period, "", quantity))
    known = quantities.BY_KEY.get(quantity)
    if known is not None and known.within:
        found.append((service, period, channel, known.within))
    return found


def _exceeding(part: Where, amount: Given, whole: Where, total: Given) -> list[str]:
    known = quantities.BY_KEY.get(part[3])
    if known is None or known.unit != _WITHOUT_FRACTIONS:
        return []
    if isinstance(amount, Absence) or isinstance(total, Absence) or amount <= total:
        return []
    if part[3] == whole[3]:
        said = _("%(part)s in the channel “%(channel)s” is more than %(whole)s in all channels. Check both.")
        return [said % {"part": f"{amount:f}", "channel": part[2], "whole": f"{total:f}"}]
    said = _("%(part)s of “%(name)s” is more than %(whole)s of “%(of)s”, of which it is a part. Check both.")
    names = {"name": known.words, "of": quantities.BY_KEY[whole[3]].words}
    return [said % {"part": f"{amount:f}", "whole": f"{total:f}", **names}]


def objections_to_freezing(standing: Mapping[str, Publication | None], *, purpose: str, reason: str) -> list[str]:
    """Every reason why figures may not be frozen; `standing` holds what is "prepared" and what is "published" now."""
    reasons = []
    if prepared := standing.get("prepared"):
        reasons.append(
            _("“%(key)s” is being prepared already. Publish it, or discard it with a reason.") % {"key": prepared.key}
        )
    published = standing.get("published")
    if purpose == Purpose.FIRST and published:
        reasons.append(_("“%(key)s” is published already. Freeze a correction, and say why.") % {"key": published.key})
    if purpose != Purpose.FIRST and not published:
        reasons.append(_("Nothing is published for this period, so there is nothing to correct or withdraw."))
    if purpose == Purpose.WITHDRAWAL and published and published.purpose == Purpose.WITHDRAWAL:
        reasons.append(_("What was published for this period is withdrawn already."))
    if purpose != Purpose.FIRST and not reason.strip():
        reasons.append(_("A correction or a withdrawal needs a reason that readers will see."))
    return reasons


def objections_to_moving(publication: Publication, to: State) -> list[str]:
    """Why a publication cannot come into this state from the one it is in."""
    if to in NEXT[State(publication.state)]:
        return []
    return [
        _("“%(key)s” is in the state “%(state)s”, from which that is not possible.")
        % {"key": publication.key, "state": State(publication.state).label}
    ]


def objections_to_checking(publication: Publication, flags: Iterable[Flag]) -> list[str]:
    """Every reason why a publication does not count as checked yet."""
    open_flags = [flag for flag in flags if not flag.reason]
    return objections_to_moving(publication, State.CHECKED) + [
        _("Nobody has said why: %(what)s") % {"what": flag.what} for flag in open_flags
    ]


def objections_to_signing(publication: Publication, *, by: Acting, seal: str) -> list[str]:
    """Every reason why `by` may not sign these figures off. `seal` is that of the figures that were shown."""
    reasons = objections_to_acting("figures.sign", by, publication.organisation)
    reasons += objections_to_moving(publication, State.SIGNED)
    if seal != publication.seal:
        reasons.append(_("You were shown other figures than these. Read them again, then sign."))
    if by.person is None:
        reasons.append(_("Figures are signed off by a person who holds a post. Sign in to do it."))
    elif publication.submitters.filter(pk=by.person.pk).exists():
        reasons.append(_("You submitted figures that are in it, so someone else must sign them off."))
    return reasons


def objections_to_publishing(publication: Publication, *, by: Acting) -> list[str]:
    """Every reason why `by` may not publish these figures."""
    reasons = objections_to_acting("figures.publish", by, publication.organisation)
    return reasons + objections_to_moving(publication, State.PUBLISHED)
