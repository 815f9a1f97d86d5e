"""Opening a round and running it: who is asked, until when, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say

from penholder.agreement import deadlines, process, renewals, rounds, rules, scopes
from penholder.agreement.askings import Terms
from penholder.agreement.models import Carry, How, Kind, Round, Rule
from penholder.drafting.models import Iteration
from penholder.errors import Missing, Refused
from penholder.people import permissions
from penholder.people.models import Post
from penholder.web.desk import scoping
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rounds import find, reader


class Opening(forms.Form):
    """What a round is asked to be. What is left empty is as usual for its kind."""

    seal = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=say("What do you ask for?"), choices=Kind.choices, widget=forms.RadioSelect)
    asked = forms.TypedMultipleChoiceField(
        label=say("Who is asked?"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=()
    )
    clear_days = forms.IntegerField(
        label=say("Clear working days"),
        required=False,
        min_value=1,
        max_value=250,
        help_text=say("Ten for a sign-off and five for anything else, unless you say otherwise."),
    )
    rule = forms.ChoiceField(
        label=say("How many must agree"), required=False, choices=[("", say("As usual for this kind")), *Rule.choices]
    )
    rule_number = forms.IntegerField(label=say("The number, where the rule has one"), required=False, min_value=0)
    silence = forms.BooleanField(
        label=say("Silence means consent, and is recorded as deemed, never as a signature"), required=False
    )
    carry = forms.ChoiceField(
        label=say("When a newer text follows"),
        required=False,
        choices=[("", say("As usual for this kind")), *Carry.choices],
    )
    message = forms.CharField(
        label=say("What you want to say to those who are asked"), required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked"].choices = [(post.pk, post.words) for post in posts]  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """What was chosen, with what is usual where nothing was."""
        given, usual = self.cleaned_data, process.DEFAULTS[self.cleaned_data["kind"]]
        return Terms(
            kind=given["kind"],
            clear_days=given["clear_days"] or usual.clear_days,
            rule=given["rule"] or usual.rule,
            rule_number=usual.rule_number if given["rule_number"] is None else given["rule_number"],
            silence_is_consent=given["silence"],
            carry=given["carry"] or usual.carry,
            message=given["message"],
        )


def open_round(request: DeskRequest, key: str) -> HttpResponseBase:
    """Ask for answers on a document's newest sealed text: a form, then the answers to check, then the act."""
    iteration = Iteration.objects.filter(document__key=key).select_related("document").order_by("-number").first()
    if iteration is None:
        raise Missing(_("This document has no sealed text yet. Seal one first."))
    by = acting(request)
    if objections := permissions.objections("round.open", by.post):
        raise Refused(objections)
    roles = permissions.TABLE["round.answer"][1]
    posts = list(Post.objects.filter(role__in=roles).select_related("organisation").order_by("organisation__name"))
    form = Opening(request.POST or None, posts=posts, initial={"seal": iteration.seal})
    scopes_given = [(name, value) for name, value in request.POST.items() if name.startswith("scope-")]
    context: dict[str, Any] = {"iteration": iteration, "form": form, "scopes": scopes_given}
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return render(request, "desk/rounds/open.html", context)
    if form.cleaned_data["seal"] != iteration.seal:
        words = _("A newer text was sealed meanwhile, iteration %(number)s. Read it, then open the round on that.")
        raise Refused(words % {"number": iteration.number})
    chosen = [post for post in posts if post.pk in set(form.cleaned_data["asked"])]
    terms, sections = form.terms(), scopes.sections_of(iteration)
    asked, wrong = scoping.asked(chosen, list(sections), request.POST)
    if "confirm" in request.POST and not wrong:
        made = rounds.open(
            iteration=iteration, kind=terms.kind, asked=asked, by=by, at=request.at, clear_days=terms.clear_days,
            rule=terms.rule, rule_number=terms.rule_number, silence_is_consent=terms.silence_is_consent,
            carry=terms.carry, message=terms.message,
        )  # fmt: skip
        messages.success(request, _("The round is open. Everybody who is asked is told by e-mail."))
        return redirect("desk:round", made.key)
    for objection in rules.objections_to_opening(iteration=iteration, terms=terms, asked=asked, by=by, at=request.at):
        form.add_error(None, objection)
    if form.errors:
        return render(request, "desk/rounds/open.html", context)
    context |= _to_check(request, terms, chosen, wrong) | {"sections": [title for title, _digest in sections.values()]}
    return render(request, "desk/rounds/open_check.html", context)


def _to_check(request: DeskRequest, terms: Terms, chosen: list[Post], wrong: Mapping[int, str]) -> dict[str, Any]:
    """What was chosen, as it is read once more before the act. `wrong` is what is wrong with a post's sections."""
    names = {post.pk: scoping.name_of(post) for post in chosen}
    return {
        "terms": terms,
        "labels": {"kind": Kind(terms.kind).label, "rule": Rule(terms.rule).label, "carry": Carry(terms.carry).label},
        "chosen": [
            {
                "post": post,
                "name": names[post.pk],
                "value": request.POST.get(names[post.pk], ""),
                "wrong": wrong.get(post.pk, ""),
            }
            for post in chosen
        ],
        "end": deadlines.deadline(request.at, terms.clear_days),
        "given": _given(request),
    }


def _given(request: DeskRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent once more: the act takes it from the page that was checked, not from a session."""
    names = [name for name in request.POST if name in Opening.base_fields]
    return [(name, str(value)) for name in names for value in request.POST.getlist(name)]


def run(request: DeskRequest, key: str) -> HttpResponseBase:
    """Everything that can be done with a round while it runs: go on with a newer text, more time, ask, end."""
    found = find(key)
    by = reader(request, found)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Refused(_("Choose what is to be done with the round."))
        after, told = act(request, found)
        messages.success(request, told)
        return redirect("desk:round", after.key)
    newest = Iteration.objects.filter(document=found.iteration.document_id).order_by("-number").first()
    newer = newest if newest and newest.number > found.iteration.number else None
    asked = set(found.asked.values_list("post", flat=True))
    others = Post.objects.filter(role__in=permissions.TABLE["round.answer"][1]).exclude(pk__in=asked)
    context = {
        "round": found,
        "newer": newer,
        "foreseen": _foreseen(found, newer) if newer else [],
        "renewing": rules.objections_to_renewing(found, newer, by=by, at=request.at) if newer else [],
        "objections": rules.objections_to_extending(found, by=by, at=request.at),
        "asked": found.asked.select_related("post__organisation").order_by("post__organisation__name"),
        "others": others.select_related("organisation").order_by("organisation__name"),
    }
    return render(request, "desk/rounds/run.html", context)


def _foreseen(found: Round, newer: Iteration) -> list[dict[str, Any]]:
    """What going on with the newer text would make of each post's answer, in words."""
    titles = {
        key: title
        for key, (title, _digest) in {**scopes.sections_of(found.iteration), **scopes.sections_of(newer)}.items()
    }
    told = []
    for one in renewals.foresee(found.pk, newer):
        how = one.carrying.how
        if how is None:
            words = _("asked again, because something changed") if one.answered else _("asked; it has not answered yet")
        else:
            words = _("stands again, changed back") if how == How.RESTORED else _("stands")
        named = {
            name: [titles.get(key, _("the title")) for key in getattr(one.carrying, name)]
            for name in ("changed", "editorial")
        }
        told.append({"post": one.post, "words": words, **named})
    return told


def _renew(request: DeskRequest, found: Round) -> tuple[Round, str]:
    newest = Iteration.objects.filter(seal=request.POST.get("seal", ""), document=found.iteration.document_id).last()
    if newest is None:
        raise Refused(_("That text is not here. Open the page again and read which text is the newest."))
    after = rounds.renew(round_id=found.pk, iteration=newest, by=acting(request), at=request.at)
    return after, _("The round goes on with the newer text. Only those are asked again whose sections changed.")


def _extend(request: DeskRequest, found: Round) -> tuple[Round, str]:
    days, post = request.POST.get("days", ""), request.POST.get("post", "")
    rounds.extend(
        round_id=found.pk, reason=request.POST.get("reason", ""), by=acting(request), at=request.at,
        clear_days=int(days) if days.isdecimal() and len(days) < 4 else None, post=_post(post) if post else None,
    )  # fmt: skip
    return found, _("There is more time now. Those whom it concerns are told.")


def _ask(request: DeskRequest, found: Round) -> tuple[Round, str]:
    post = _post(request.POST.get("post", ""))
    rounds.ask(round_id=found.pk, post=post, by=acting(request), at=request.at)
    return found, _("“%(post)s” is asked, too.") % {"post": post.words}


def _send_back(request: DeskRequest, found: Round) -> tuple[Round, str]:
    rounds.send_back(round_id=found.pk, reason=request.POST.get("reason", ""), by=acting(request), at=request.at)
    return found, _("The text is sent back to the pen team.")


def _call_off(request: DeskRequest, found: Round) -> tuple[Round, str]:
    rounds.call_off(round_id=found.pk, reason=request.POST.get("reason", ""), by=acting(request), at=request.at)
    return found, _("The round is called off. What was said in it stays in the record.")


def _post(key: str) -> Post:
    found = Post.objects.filter(key=key).select_related("organisation").first()
    if found is None:
        raise Missing(_("There is no such post. Choose one from the list."))
    return found


ACTS: dict[str, Callable[[DeskRequest, Round], tuple[Round, str]]] = {
    "renew": _renew,
    "extend": _extend,
    "ask": _ask,
    "send-back": _send_back,
    "call-off": _call_off,
}
