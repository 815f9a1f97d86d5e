"""The page of one section: a plain form that merges with what others save; what is written is never lost on the way."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from penholder.drafting import drafts as texts_of
from penholder.drafting import hands, histories, rules
from penholder.drafting import writing as writes
from penholder.drafting.contributions import Fate, Suggestion, Talk, Thread
from penholder.drafting.histories import Part
from penholder.drafting.models import Document
from penholder.errors import PenholderError, Refused
from penholder.people.acting import Acting
from penholder.text.canonical import canonical
from penholder.web.desk import texts
from penholder.web.desk.access import DeskRequest, signed_in
from penholder.web.desk.clashes import Decided, clashes
from penholder.web.desk.clear import beside
from penholder.web.desk.drafts import crumbs, find, newest

# Where the session keeps what somebody had written when it turned out that they were signed out.
KEPT = "desk.written"
# How long after a page was opened its text is kept for who signs in again: the working day after.
KEEP_SECONDS = 36 * 60 * 60
_signer = signing.TimestampSigner(salt="penholder.desk.writing")


def section(request: HttpRequest, key: str, section: str) -> HttpResponseBase:
    """Read and write one section. Who was signed out meanwhile finds what they wrote after signing in again."""
    if request.method == "POST" and not request.user.is_authenticated:
        _keep(request, key, section)
        return redirect_to_login(request.get_full_path())
    return signed_in(_section)(request, key=key, section=section)


def _keep(request: HttpRequest, key: str, section: str) -> None:
    """Keep what was written, if this form was made by us for somebody who may have written it, and not long ago."""
    text, base = request.POST.get("text", ""), request.POST.get("base", "")
    ours = f"{key}/{section}/"
    try:
        whose = _signer.unsign(request.POST.get("whose", ""), max_age=KEEP_SECONDS)
    except signing.BadSignature:
        return
    if whose.startswith(ours) and max(len(text), len(base)) <= writes.LONGEST_SECTION:
        request.session[KEPT] = {"whose": whose, "text": text, "base": base}


def _section(request: DeskRequest, key: str, section: str) -> HttpResponseBase:
    document, by = find(request, key)
    if request.method == "POST":
        return _post(request, document, section, by)
    reading = texts_of.read(document.pk)
    reading.section(section)
    parts = histories.parts_of(reading.sections)
    sheet = _sheet(request, document, section, by, parts)
    whose = f"{key}/{section}/{request.user.pk}"
    kept = request.session.get(KEPT)
    back = kept if kept and kept.get("whose") == whose else None
    if back:
        del request.session[KEPT]
        messages.info(
            request, _("You were signed out while you wrote. What you wrote is here again; it is not saved yet.")
        )
    if not sheet["objections"]:
        hands.take(document_id=document.pk, section=section, by=by, at=request.at)
    written = back or {"base": sheet["part"].text, "text": sheet["part"].text}
    told = (
        {"base": written["base"], "text": written["text"]} | beside(document, section, parts) | _open(document, section)
    )
    return render(request, "desk/drafts/section.html", sheet | told)


def _open(document: Document, section: str) -> dict[str, int]:
    """How much is suggested to a section and said about it, for who writes in it. Two queries."""
    here = {"document": document, "section": section, "lodged_at__isnull": False}
    return {
        "suggested": Suggestion.objects.filter(fate=Fate.OPEN, **here).count(),
        "discussed": Thread.objects.filter(state=Talk.OPEN, **here).count(),
    }


def _post(request: DeskRequest, document: Document, section: str, by: Acting) -> HttpResponseBase:
    text, base = request.POST.get("text", ""), request.POST.get("base", "")
    if "preview" in request.POST:
        shown = texts.preview(canonical(text), newest(document), address=_address(document))
        return _again(request, document, section, by, preview=shown)
    decided = Decided(request.POST)
    try:
        done = writes.save(
            document_id=document.pk, section=section, base=base, text=text, by=by, at=request.at,
            against=request.POST.get("against", ""), choices=decided.by_section.get(section, ()),
        )  # fmt: skip
    except PenholderError as problem:
        # Frozen, no longer allowed, removed by somebody: the words stay on the page, to be copied.
        reasons = problem.reasons if isinstance(problem, Refused) else (str(problem),)
        return _again(request, document, section, by, reasons=reasons)
    if done.sequence is None:
        context = {
            "document": document,
            "part": Part(section, request.POST.get("title", ""), done.standing),
            "asked": clashes(section, done.merge, decided),
            "again": bool(decided.by_section),
            "base": canonical(base),
            "text": canonical(text),
            "against": done.against,
            "whose": _whose(request, document, section),
            "crumbs": crumbs(document),
        }
        return render(request, "desk/drafts/section_clash.html", context, status=409)
    _tell(request, done)
    return redirect("desk:section", document.key, section)


def _tell(request: DeskRequest, done: writes.Saving) -> None:
    if not done.changed:
        messages.info(request, _("There was nothing to save: the section reads so already."))
    elif done.others:
        messages.success(
            request, _("Saved. Somebody else had changed this section meanwhile; their words and yours are both in it.")
        )
    else:
        messages.success(request, _("Saved."))


def _again(
    request: DeskRequest,
    document: Document,
    section: str,
    by: Acting,
    *,
    preview: SafeString | None = None,
    reasons: tuple[str, ...] = (),
) -> HttpResponseBase:
    """The page once more, with what was written, not with what stands in the draft."""
    sheet = _sheet(request, document, section, by, histories.parts_of(texts_of.read(document.pk).sections))
    written = {"base": request.POST.get("base", ""), "text": request.POST.get("text", "")}
    more = {"preview": preview, "reasons": reasons}
    return render(request, "desk/drafts/section.html", sheet | written | more, status=409 if reasons else 200)


def _sheet(
    request: DeskRequest, document: Document, section: str, by: Acting, parts: tuple[Part, ...]
) -> dict[str, Any]:
    """What stands around the text: the section's title and neighbours, who has it in hand, why one may not write."""
    keys = [part.key for part in parts]
    place = keys.index(section) if section in keys else -1
    held = hands.held(document.pk, at=request.at).get(section, [])
    return {
        "document": document,
        "part": parts[place] if place >= 0 else Part(section, request.POST.get("title", ""), ""),
        "stands": place >= 0,
        "before": parts[place - 1] if place > 0 else None,
        "after": parts[place + 1] if 0 <= place < len(parts) - 1 else None,
        "held": [hand for hand in held if hand.person_id != request.user.pk],
        "objections": rules.objections_to_editing(document, by, request.at),
        "most": writes.LONGEST_SECTION,
        "whose": _whose(request, document, section),
        "crumbs": crumbs(document),
        "preview": None,
    }


def _address(document: Document) -> Any:
    return lambda name: reverse("desk:draft-file", args=[document.key, name])


def _whose(request: DeskRequest, document: Document, section: str) -> str:
    return _signer.sign(f"{document.key}/{section}/{cast('Any', request.user).pk}")
