"""The link by which an office answers without an account: made, told once, and ended."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.http import require_POST

from penholder.agreement import links
from penholder.agreement.models import Asked, Link
from penholder.errors import Missing, Refused
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting


class Make(forms.Form):
    """To whom a link goes, and how long it is good."""

    email = forms.EmailField(label=say("E-mail address of the office"))
    days = forms.IntegerField(label=say("For how many days"), initial=7, min_value=1, max_value=links.LONGEST_DAYS)


def make(request: DeskRequest, asked_id: int) -> HttpResponseBase:
    """The links of an asked post, and another one, whose address is told in this very answer and nowhere else."""
    rows = Asked.objects.select_related("round__iteration__document", "post__organisation")
    asked = rows.filter(pk=asked_id).first()
    if asked is None:
        raise Missing(_("Nobody is asked here. Go back to what waits for you."))
    by = acting(request)
    form = Make(request.POST or None)
    context = {"asked": asked, "round": asked.round, "form": form}
    if request.method == "POST" and form.is_valid():
        link, token = links.make(asked_id=asked_id, by=by, at=request.at, **form.cleaned_data)
        told = request.build_absolute_uri(reverse("by-link", args=[token]))
        return render(request, "desk/rounds/link.html", context | {"link": link, "told": told})
    if objections := links.objections_to_making(asked, by=by, at=request.at):
        raise Refused(objections)
    context["links"] = [{"row": row, "good": _good(row, request)} for row in asked.links.order_by("-made_at", "-pk")]
    return render(request, "desk/rounds/link.html", context)


def _good(link: Link, request: DeskRequest) -> bool:
    return link.ended_at is None and link.used_at is None and link.expires_at > request.at


@require_POST
def end(request: DeskRequest, link_id: int) -> HttpResponseBase:
    """End a link before its time."""
    link = links.end(link_id=link_id, by=acting(request), at=request.at)
    messages.success(request, _("The link is ended. Nobody can answer by it any more."))
    return redirect("desk:link", link.asked_id)
