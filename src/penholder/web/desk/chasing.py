"""Who is still to answer, and a reminder to all of them at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from penholder.agreement import rounds, rules, standing
from penholder.agreement.models import Asked
from penholder.people import permissions
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rounds import find, reader


def chase(request: DeskRequest, key: str) -> HttpResponseBase:
    """Whose answer is waited for, the nearest deadline first: who they are, whether they looked, when reminded."""
    found = find(key)
    by = reader(request, found)
    if request.method == "POST":
        count = rounds.remind(round_id=found.pk, by=acting(request), at=request.at)
        words = ngettext("%(count)d post is reminded by e-mail.", "%(count)d posts are reminded by e-mail.", count)
        messages.success(request, words % {"count": count})
        return redirect("desk:chase", key)
    rows = standing.chase(found.pk, request.at)
    reminded = dict(Asked.objects.filter(round=found, reminded_at__isnull=False).values_list("pk", "reminded_at"))
    context = {
        "round": found,
        "rows": [{"one": row, "reminded_at": reminded.get(row.row.asked_id)} for row in rows],
        "runs": not permissions.objections("round.run", by.post),
        "objections": rules.objections_to_reminding(found, by=by, at=request.at),
    }
    return render(request, "desk/rounds/chase.html", context)
