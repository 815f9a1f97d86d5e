"""Iterations of a draft: sealed, compared with each other and with the draft, and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.drafting import drafts as texts_of
from penholder.drafting import hints, histories, restorations, sealings, waypoints
from penholder.drafting.drafts import Reading
from penholder.drafting.histories import Part
from penholder.drafting.models import Document, Iteration
from penholder.drafting.parsed import parsed
from penholder.errors import Conflict, Missing, Refused
from penholder.people.acting import Acting
from penholder.text.compare import compare
from penholder.web.desk import texts
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.clashes import Decided, clashes
from penholder.web.desk.drafts import crumbs, find, newest
from penholder.web.desk.rendering import PlainForm

DRAFT = "draft"
# The stages of `sealings.STAGES`, in the reader's words.
STAGES = (
    ("shared vision", say("Shared vision: what we want, on a page or two")),
    ("narrative", say("Narrative: the argument, its principles and its actions in outline")),
    ("full text", say("Full text: every word that will be signed")),
)


class Sealing(PlainForm):
    """What the iteration is called, and why it is sealed."""

    stage = forms.ChoiceField(
        label=say("Which stage of the work is it?"),
        widget=forms.RadioSelect,
        required=False,
        choices=[*STAGES, ("", say("None of these"))],
    )
    label = forms.CharField(
        label=say("Label"),
        help_text=say("How people will speak of it, for example “After the board of June”."),
        max_length=200,
    )
    reason = forms.CharField(
        label=say("Why it is sealed now"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )
    seen = forms.CharField(widget=forms.HiddenInput)


def seal(request: DeskRequest, key: str) -> HttpResponseBase:
    """What would be sealed, what it changes, what is still to be written; then the act."""
    document, by = find(request, key)
    if objections := sealings.objections_to_sealing(document, by, request.at):
        raise Refused(objections)
    parts = histories.parts_of(texts_of.read(document.pk).sections)
    form = Sealing(request.POST or None, initial={"seen": restorations.digest(parts), "stage": _stage(document)})
    stale = False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = sealings.seal(document_id=document.pk, **given, by=by, at=request.at)
        except Conflict as problem:
            stale = True
            form.add_error(None, str(problem))
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = restorations.digest(parts)  # type: ignore[index]
        except Refused as problem:
            for reason in problem.reasons:
                form.add_error(None, reason)
        else:
            _tell_sealed(request, done)
            return redirect("desk:draft", key)
    latest = newest(document)
    context: dict[str, Any] = {
        "document": document,
        "form": form,
        "latest": latest,
        "unwritten": sealings.unwritten(parts),
        "unclear": hints.counts(hints.of(document)),
        "stale": stale,
        "crumbs": crumbs(document),
    }
    if latest:
        context |= _between(restorations.parts_of(latest), parts)
    return render(request, "desk/drafts/seal.html", context, status=409 if stale else 422 if form.errors else 200)


def _tell_sealed(request: DeskRequest, done: Any) -> None:
    if done.new:
        words = _("Iteration %(number)d is sealed. A round can be opened on it.")
        messages.success(request, words % {"number": done.iteration.number})
    else:
        words = _("Nothing has changed since iteration %(number)d, so nothing was sealed.")
        messages.info(request, words % {"number": done.iteration.number})


def _stage(document: Document) -> str:
    last = Iteration.objects.filter(document=document).order_by("-number").values_list("stage", flat=True).first()
    return last if last in sealings.STAGES else ""


def _between(old: Sequence[Part], new: Sequence[Part]) -> dict[str, Any]:
    """How one state became another: the redline, and the counts in words."""
    before = [block for part in old for block in parsed(part.text)]
    after = [block for part in new for block in parsed(part.text)]
    found = compare(before, after)
    titles = {part.key: part.title for part in old}
    renamed = [(titles[part.key], part.title) for part in new if titles.get(part.key, part.title) != part.title]
    return {
        "same": found.same and not renamed and [part.key for part in old] == [part.key for part in new],
        "redline": texts.redline(found, before, after, prefix="between"),
        "renamed": renamed,
    }


def compared(request: DeskRequest, key: str) -> HttpResponseBase:
    """Any two states beside each other, word by word: iterations, and the draft as it is now."""
    document, _by = find(request, key)
    rows = list(Iteration.objects.filter(document=document).defer("manifest", "events").order_by("number"))
    reading = texts_of.read(document.pk)
    states = {str(row.number): row for row in rows}
    first = request.GET.get("from", str(rows[-1].number) if rows else DRAFT)
    second = request.GET.get("to", DRAFT)
    for name in (first, second):
        if name != DRAFT and name not in states:
            raise Missing(_("This document has no iteration %(number)s.") % {"number": name})
    choices = [(str(row.number), _named(row)) for row in rows] + [(DRAFT, _("The draft as it is now"))]
    context = {
        "document": document,
        "choices": choices,
        "first": first,
        "second": second,
        "crumbs": crumbs(document),
        "names": [dict(choices)[first], dict(choices)[second]],
        **_between(*(_state(states.get(name), reading) for name in (first, second))),
    }
    return render(request, "desk/drafts/compare.html", context)


def _state(row: Iteration | None, reading: Reading) -> tuple[Part, ...]:
    return restorations.parts_of(row) if row else histories.parts_of(reading.sections)


def _named(row: Iteration) -> str:
    return _("Iteration %(number)d, %(label)s") % {"number": row.number, "label": row.label}


def restore(request: DeskRequest, key: str, number: int) -> HttpResponseBase:
    """Bring the draft back to an iteration: what that would change, the act, and what only a person can decide."""
    document, by = find(request, key)
    row = Iteration.objects.filter(document=document, number=number).first()
    if row is None:
        raise Missing(_("This document has no iteration %(number)s.") % {"number": number})
    if objections := restorations.objections_to_restoring(document, by, request.at):
        raise Refused(objections)
    wanted = restorations.parts_of(row)
    if request.method == "POST":
        return _restore(request, document, row, wanted, by)
    reading = texts_of.read(document.pk)
    # What is read now is what others' writing is held against when it is brought back, however much comes until then.
    waypoints.keep(document=reading.document, at=request.at, apart=timedelta(0))
    context = {
        "document": document,
        "iteration": row,
        "seen": reading.sequence,
        "reason": "",
        "crumbs": crumbs(document),
        **_between(histories.parts_of(reading.sections), wanted),
    }
    return render(request, "desk/drafts/restore.html", context)


def _restore(
    request: DeskRequest, document: Document, row: Iteration, wanted: Sequence[Part], by: Acting
) -> HttpResponseBase:
    seen, reason = request.POST.get("seen", ""), request.POST.get("reason", "").strip()
    if not (seen.isascii() and seen.isdigit() and len(seen) < 16):
        raise Refused(_("This form is not whole. Open the page again."))
    if not reason:
        raise Refused(_("Say why the draft goes back to this iteration. Those who write in it will want to know."))
    decided = Decided(request.POST)
    found = restorations.restore(
        document_id=document.pk, wanted=wanted, seen=int(seen), label=_named(row), reason=reason, by=by,
        at=request.at, choices=decided.by_section, against=request.POST.get("against", ""),
    )  # fmt: skip
    if not found.clashing:
        if found.edits:
            messages.success(request, _("The draft reads as in iteration %(number)d again.") % {"number": row.number})
        else:
            messages.info(request, _("The draft reads so already; nothing was changed."))
        for told in found.kept:
            messages.info(request, told)
        return redirect("desk:draft", document.key)
    titles = {part.key: part.title for part in wanted}
    context = {
        "document": document,
        "iteration": row,
        "seen": seen,
        "reason": reason,
        "against": found.against,
        "asked": [(titles[name], clashes(name, merge, decided)) for name, merge in found.clashing.items()],
        "again": bool(decided.by_section),
        "crumbs": crumbs(document),
    }
    return render(request, "desk/drafts/restore_clash.html", context, status=409)
