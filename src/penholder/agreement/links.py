"""Links by which an office without an account answers once, for one post, until a day. No token is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from penholder.agreement import deadlines, locks
from penholder.agreement.models import Asked, Link
from penholder.agreement.rules import objections_to_acting, objections_to_running
from penholder.agreement.voices import hear
from penholder.errors import Missing, Refused
from penholder.people import tokens
from penholder.people.acting import Acting
from penholder.record import ledger
from penholder.record.chain import moment
from penholder.record.ledger import Act

# Separate from every other thing that is signed with the instance's secret.
SALT = "penholder.agreement.link"
# A link that outlives its round is a key under the mat.
LONGEST_DAYS = 60


def objections_to_making(
    asked: Asked, *, by: Acting | None, at: datetime, days: int | None = None, email: str | None = None
) -> list[str]:
    """Every reason why `by` may not make a link: who runs the round may, and who speaks for the asked post."""
    runs = objections_to_acting("round.run", by, at=at)
    reasons = runs if runs and hear(asked, by, at=at).voice is None else []
    reasons = [*reasons, *objections_to_running(asked.round)]
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        reasons.append(
            _("A link lives from 1 to %(longest)s days, not %(days)s.") % {"longest": LONGEST_DAYS, "days": days}
        )
    if email is not None and "@" not in email:
        reasons.append(_("Say to which e-mail address the link goes."))
    return reasons


@transaction.atomic
def make(*, asked_id: int, email: str, days: int, by: Acting, at: datetime) -> tuple[Link, str]:
    """Make a link, and with it the token, which is told once and never kept. One made before for the same post ends."""
    asked = locks.asked(asked_id)
    if objections := objections_to_making(asked, by=by, at=at, days=days, email=email):
        raise Refused(objections)
    asked.links.filter(ended_at=None, used_at=None).update(ended_at=at)
    token, known = tokens.make(SALT)
    link = Link.objects.create(
        asked=asked,
        token_digest=known,
        email=email,
        made_by=by.words,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    ledger.append_all([_entry("link.made", link, by, at)])
    return link, token


@transaction.atomic
def end(*, link_id: int, by: Acting, at: datetime) -> Link:
    """End a link before its time."""
    asked_id = Link.objects.filter(pk=link_id).values_list("asked", flat=True).first()
    if asked_id is None:
        raise Missing(_("There is no such link. Go back to the round."))
    asked = locks.asked(asked_id)
    link = asked.links.get(pk=link_id)
    runs = objections_to_acting("round.run", by, at=at)
    reasons = runs if runs and hear(asked, by, at=at).voice is None else []
    if link.ended_at or link.used_at:
        reasons = [*reasons, _("This link has ended already.")]
    if reasons:
        raise Refused(reasons)
    link.ended_at = at
    link.save(update_fields=["ended_at"])
    link.asked = asked
    ledger.append_all([_entry("link.ended", link, by, at)])
    return link


def _entry(act: str, link: Link, by: Acting, at: datetime) -> Act:
    round = link.asked.round
    facts = {"round": round.key, "post": link.asked.post.key, "expires_at": moment(link.expires_at)}
    seal = round.iteration.seal
    return Act(
        act=act,
        actor=by.post.words,
        person=by.said_name,
        subject=seal,
        at=at,
        facts=facts,
        withheld=beside(link),
    )


def beside(link: Link) -> dict[str, str]:
    """What a link keeps that is not in the record: its token's digest, and where it was sent."""
    return {"token": link.token_digest, "email": link.email}


def _find(token: str) -> Link:
    known = tokens.digest_of(token, SALT)
    rows = Link.objects.select_related(
        "asked__post__organisation", "asked__round__iteration__document", "asked__answer"
    )
    link = rows.filter(token_digest=known).first()
    if link is None:
        raise Missing(_("This link is not known here. Ask the pen team to send a new one."))
    return link


def open(token: str, *, at: datetime) -> Asked:
    """The asked post that a link is for. Raises Missing for one that is not ours, Refused for one that has ended."""
    link = _find(token)
    if link.used_at is not None:
        raise Refused(
            _(
                "This link was used: an answer was given by it (%(deadline)s). To change it, ask the pen team "
                "for a new link."
            )
            % {"deadline": deadlines.words(link.used_at)}
        )
    if link.ended_at is not None or link.expires_at <= at:
        raise Refused(_("This link has ended. Ask the pen team to send a new one."))
    return link.asked


def read_back(token: str, *, at: datetime) -> Link:
    """A link that is good, or by which an answer was given, until the day until which it was made.

    What was suggested by it is read so, and what became of that; nothing is done by it. Raises Missing or Refused.
    """
    link = _find(token)
    if link.ended_at is not None or link.expires_at <= at:
        raise Refused(_("This link has ended. Ask the pen team to send a new one."))
    return link


def acting(token: str, name: str, *, at: datetime) -> Acting:
    """Who acts by a link: the asked post, through the link, with the name that the person wrote."""
    return Acting(post=open(token, at=at).post, name=name.strip(), through="link")
