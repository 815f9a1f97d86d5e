"""What waits for a person about figures, in words and with where it is done."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from penholder.services import waiting
from penholder.services.waiting import Waiting
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest


def listed(request: DeskRequest) -> list[dict[str, str]]:
    """Everything about figures that waits: a title, what is to be done, where. Four queries at most."""
    found = waiting.waits_for(request.posts, today=timezone.localdate(request.at))
    return [
        {"title": _title(one), "words": _words(one), "to": _to(one),
         "act_as": one.act_as.words if len(request.posts) > 1 else ""}
        for one in found
    ]  # fmt: skip


def _title(one: Waiting) -> str:
    return f"{one.name or one.organisation}, {figure_words.period(one.span)}"


def _words(one: Waiting) -> str:
    if one.task == "sign":
        return _("Figures wait for you to sign them off.")
    if one.task == "publish":
        return _("Figures are signed off, and can be published.")
    if one.task == "explain":
        return _("Figures are frozen; say why what was noticed is so.")
    if one.service:
        return _("Nothing was given for this month yet.")
    said = ngettext(
        "Of %(count)s service nothing was given for this month yet.",
        "Of %(count)s services nothing was given for this month yet.",
        one.count,
    )
    return said % {"count": one.count}


def _to(one: Waiting) -> str:
    return reverse("desk:publication", args=[one.publication]) if one.publication else reverse("desk:figures")
