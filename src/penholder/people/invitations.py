"""Invitations: a letter with a link that works once and not for ever. It proves the address, and gives the post."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from penholder.errors import Missing, Refused
from penholder.people import entries, posts
from penholder.people.acting import Acting
from penholder.people.models import Holding, Invitation, Person, Post
from penholder.record import ledger

# Long enough for a holiday to end, short enough that a forgotten letter opens nothing.
DAYS = 14
# 256 bits: nobody guesses it. Only its SHA-256 is kept, so that a copy of the database opens nothing either.
BYTES = 32

TOO_OLD = "This invitation is no longer good: it was used, ended, or is too old. Ask for another one."


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def objections_to_inviting(post: Post, *, email: str, by: Acting | None, at: datetime, days: int = DAYS) -> list[str]:
    """Every reason why this address may not be invited to this post; empty means that it may."""
    known = Person.objects.filter(email__iexact=email).first()
    reasons = posts.objections_to_giving(post, by=by, person=known)
    try:
        validate_email(email)
    except ValidationError:
        reasons.append(f"“{email}” is no e-mail address.")
    if not 1 <= days <= 90:
        reasons.append("An invitation is good for 1 to 90 days.")
    if known and Holding.objects.filter(post=post, person=known, until=None).exists():
        reasons.append(f"{known} holds “{post.words}” already.")
    if open_ones(at=at).filter(post=post, email__iexact=email).exists():
        reasons.append(f"{email} has an invitation to this post that is still good. End it to send another one.")
    return reasons


@transaction.atomic
def invite(
    *,
    post: Post,
    email: str,
    link: Callable[[str], str],
    by: Acting | None,
    at: datetime,
    name: str = "",
    days: int = DAYS,
) -> tuple[Invitation, str]:
    """Invite an address to hold a post, and send the letter. `link` makes the address of a page of a token.

    Gives the invitation and its token, which is not kept. Raises Refused.
    """
    email = email.strip().lower()
    posts.find(post.key)
    if reasons := objections_to_inviting(post, email=email, by=by, at=at, days=days):
        raise Refused(reasons)
    token = secrets.token_urlsafe(BYTES)
    actor = by.post.words if by else ledger.OPERATOR
    said = f"{by.said_name}, {actor}" if by and by.said_name else actor
    invitation = Invitation.objects.create(
        post=post,
        email=email,
        name=" ".join(name.split()),
        token_digest=digest(token),
        invited_by=said[:500],
        invited_at=at,
        expires_at=at + timedelta(days=days),
    )
    ledger.append_all([entries.of_invitation("person.invited", invitation, by=by, at=at)])
    send_mail(*letter(invitation, link=link(token)), settings.DEFAULT_FROM_EMAIL, [email])
    return invitation, token


def letter(invitation: Invitation, *, link: str) -> tuple[str, str]:
    """Subject and text of the letter."""
    until = date_format(timezone.localtime(invitation.expires_at), "l j F Y")
    subject = _("Invitation: %(post)s") % {"post": invitation.post.words}
    return subject, _(
        "%(by)s invites you to the desk, as %(post)s.\n\n"
        "Follow this link to accept. It works once, until %(until)s:\n\n%(link)s\n\n"
        "If you do not know what this is about, do nothing."
    ) % {"by": invitation.invited_by, "post": invitation.post.words, "until": until, "link": link}


def find(token: str, *, at: datetime) -> Invitation:
    """The invitation of a token. Raises Missing, in the same words whether it was used, ended, or never there."""
    found = open_ones(at=at).select_related("post__organisation").filter(token_digest=digest(token)).first()
    if found is None:
        raise Missing(TOO_OLD)
    return found


def open_ones(*, at: datetime) -> models.QuerySet[Invitation]:
    """Invitations that could be accepted at that moment."""
    return Invitation.objects.filter(accepted_at=None, ended_at=None, expires_at__gt=at)


def invited(invitation: Invitation) -> Person | None:
    """The person whom the invitation reaches, when they have an account already."""
    return Person.objects.filter(email__iexact=invitation.email).first()


@transaction.atomic
def accept(*, token: str, at: datetime, person: Person | None, name: str = "", password: str | None = None) -> Person:
    """Accept: the person holds the post from now on. Makes their account when they have none. The token is spent.

    `person` is who is signed in; whoever has an account must be, so that a letter alone never opens an account. Raises
    Missing for a token that is not good, Refused for the wrong person.
    """
    row = Invitation.objects.select_for_update().filter(token_digest=digest(token)).first()
    invitation = find(token, at=at)
    known = invited(invitation)
    if known is not None and (person is None or person.pk != known.pk):
        raise Refused("This invitation is for somebody who has an account. Sign in with it, then open the link again.")
    if known is None and person is not None:
        raise Refused(f"You are signed in as {person}, and the invitation went to {invitation.email}. Sign out first.")
    if known is not None and not known.is_active:
        raise Refused("This account has been closed. Ask whoever invited you.")
    if known is None:
        known = Person.objects.create_user(
            invitation.email, password, name=" ".join(name.split()) or invitation.name, joined_at=at
        )
    assert row is not None  # noqa: S101 - it was found under the lock
    row.accepted_at, row.accepted_by = at, known
    row.save(update_fields=["accepted_at", "accepted_by"])
    invitation.accepted_by, acting = known, Acting(post=invitation.post, person=known)
    ledger.append_all([entries.of_invitation("invitation.accepted", invitation, by=acting, at=at)])
    if not Holding.objects.filter(post=invitation.post, person=known, until=None).exists():
        reason = f"Invited by {invitation.invited_by}."
        posts.began(post=invitation.post, person=known, by=acting, at=at, reason=reason)
    return known


@transaction.atomic
def end(*, invitation_id: int, by: Acting | None, at: datetime) -> Invitation:
    """Take an invitation back before it is accepted. Raises Missing and Refused."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("post__organisation")
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None:
        raise Missing("There is no such invitation.")
    reasons = posts.objections_to_giving(invitation.post, by=by)
    if invitation.accepted_at or invitation.ended_at or invitation.expires_at <= at:
        reasons.append("This invitation was accepted, ended or is too old already.")
    if reasons:
        raise Refused(reasons)
    invitation.ended_at = at
    invitation.save(update_fields=["ended_at"])
    ledger.append_all([entries.of_invitation("invitation.ended", invitation, by=by, at=at)])
    return invitation
