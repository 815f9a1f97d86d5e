"""One order for every act: whoever acts in a round locks its row first. On SQLite the transaction is the lock."""

from __future__ import annotations

from django.utils.translation import gettext as _

from penholder.agreement.models import Asked, Remark, Round, State
from penholder.errors import Missing

_WITH = ("iteration__document", "follows")


def round_row(round_id: int) -> Round:
    """The round, locked until the transaction ends, with its iteration and document. Raises Missing."""
    found = Round.objects.select_for_update(of=("self",)).select_related(*_WITH).filter(pk=round_id).first()
    if found is None:
        raise Missing(_("There is no such round. Go back to the list of rounds; it may have been opened elsewhere."))
    return found


def asked(asked_id: int) -> Asked:
    """One asked post as it stands once its round is locked. `asked.round` is the locked row. Raises Missing."""
    round_id = Asked.objects.filter(pk=asked_id).values_list("round", flat=True).first()
    if round_id is None:
        raise Missing(
            _("Nobody is asked here. Go back to what waits for you; the round may have gone on without this post.")
        )
    locked = round_row(round_id)
    row = Asked.objects.select_related("post__organisation", "answer", "last_given").get(pk=asked_id)
    row.round = locked
    return row


def series(key: str) -> Round:
    """The newest round of a series, locked: the one in which its remarks and signatures count now."""
    rows = Round.objects.select_for_update(of=("self",)).select_related(*_WITH)
    rows = rows.filter(series=key).exclude(state=State.REPLACED)
    # A renewal that we waited for has replaced the row we wanted; the next look sees the one that follows it.
    found = rows.first() or rows.first()
    if found is None:
        raise Missing(_("There is no round of the series “%(key)s”. Go back to the list of rounds.") % {"key": key})
    return found


def remark(remark_id: int) -> tuple[Remark, Round]:
    """A remark, and the newest round of its series, locked. Raises Missing."""
    key = Remark.objects.filter(pk=remark_id).values_list("asked__round__series", flat=True).first()
    if key is None:
        raise Missing(_("There is no such remark. Go back to the round and choose it there."))
    locked = series(key)
    found = Remark.objects.select_related("asked__post__organisation", "asked__round").get(pk=remark_id)
    return found, locked
