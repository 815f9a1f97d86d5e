"""Reading a sealed text and answering for it: what changed since one's last answer, the whole, the form.

The same page serves who is signed in and who came by a link without an account; opening it is recorded either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from penholder.agreement import (
    answers,
    comparing,
    delegations,
    links,
    looks,
    process,
    receipts,
    rules,
    standing,
    voices,
)
from penholder.agreement.models import Asked, Class
from penholder.agreement.rules import NewRemark
from penholder.drafting import sealed_texts
from penholder.drafting.media import location
from penholder.drafting.models import Iteration
from penholder.drafting.sealed_texts import SealedPart
from penholder.errors import Missing, Refused
from penholder.people.acting import Acting
from penholder.seal import digest
from penholder.text.compare import compare
from penholder.web.desk import texts
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm
from penholder.web.desk.states import STANCES

# Remarks that the form has room for without a script; whoever has more answers again or writes one long one.
ROOM = 3


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came to a text: who they act as, and the addresses that hold for them."""

    asked: Asked
    by: Acting
    here: str
    file: Callable[[str], str]
    alone: bool  # by a link: no menu, no other pages
    other_words: str  # where changes to its passages are suggested
    suggested: str = ""  # where those by a link are read again


class Answering(PlainForm):
    """An answer, bound to the seal of the text above it."""

    stance = forms.ChoiceField(label=gettext_lazy("What do you say to this text?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Your reason, or your advice"),
        help_text=gettext_lazy("Needed for an objection and for advice."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=20_000,
    )
    seal = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, asked: Asked, parts: Sequence[SealedPart], **more: Any) -> None:
        super().__init__(*args, **more)
        self.parts = parts
        self.places: dict[int, tuple[str, str]] = {}  # section and passage of a remark, by its number
        sections = [(part.key, part.title) for part in parts]
        said = process.ANSWERS[asked.round.kind]
        self._choices("stance", [(stance.value, str(STANCES[stance.value].words)) for stance in said])
        for number in range(1, ROOM + 1):
            named = {"number": number}
            self.fields[f"body_{number}"] = forms.CharField(
                label=_("Remark %(number)d") % named,
                widget=forms.Textarea(attrs={"rows": 2}),
                required=False,
                max_length=20_000,
            )
            self.fields[f"klass_{number}"] = forms.ChoiceField(
                label=_("How much hangs on remark %(number)d") % named,
                choices=[("", ""), *((one.value, str(one.label)) for one in Class)],
                required=False,
            )
            self.fields[f"section_{number}"] = forms.ChoiceField(
                label=_("What remark %(number)d is about") % named,
                choices=[("", _("The whole text")), *sections],
                required=False,
            )
            self.fields[f"words_{number}"] = forms.CharField(
                label=_("The words that remark %(number)d is about") % named,
                help_text=_("If it is about one passage: copy some words of it here."),
                required=False,
                max_length=2_000,
            )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """A remark with words says how much hangs on it."""
        given = super().clean() or {}
        for number in range(1, ROOM + 1):
            if given.get(f"body_{number}") and not given.get(f"klass_{number}"):
                self.add_error(f"klass_{number}", _("Choose how much hangs on this remark."))
            if (words := given.get(f"words_{number}")) and given.get(f"body_{number}"):
                self._find(number, words, given.get(f"section_{number}", ""))
        return given

    def _find(self, number: int, words: str, section: str) -> None:
        """The one passage in which these words stand, or why it cannot be told."""
        wanted = _folded(words)
        found = [
            (part.key, name)
            for part in self.parts
            if section in {"", part.key}
            for name, block in zip(part.ids, part.blocks, strict=True)
            if wanted in _folded(block.plain)
        ]
        if len(found) == 1:
            self.places[number] = found[0]
        elif found:
            self.add_error(f"words_{number}", _("These words stand in more than one passage. Copy more of them."))
        else:
            said = _("These words do not stand in the text like this. Copy them from it, or leave this empty.")
            self.add_error(f"words_{number}", said)

    def trios(self) -> list[list[forms.BoundField]]:
        """The fields of each remark together, in the order in which they are filled in."""
        names = ("body", "klass", "section", "words")
        return [[self[f"{name}_{number}"] for name in names] for number in range(1, ROOM + 1)]

    def has_remarks(self) -> bool:
        """Whether one was begun, so that it must not be folded away."""
        return any(self[f"body_{number}"].value() for number in range(1, ROOM + 1))

    def remarks(self) -> list[NewRemark]:
        """The remarks that were written."""
        given = self.cleaned_data
        return [
            NewRemark(
                given[f"klass_{number}"],
                given[f"body_{number}"],
                *self.places.get(number, (given[f"section_{number}"], "")),
            )
            for number in range(1, ROOM + 1)
            if given[f"body_{number}"]
        ]


def _folded(words: str) -> str:
    """Words as they are compared: white space, capitals and the shape of quotation marks aside."""
    return " ".join(words.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}).split()).casefold()


def _asked(asked_id: int) -> Asked:
    return comparing.find(asked_id)


def by_desk(request: DeskRequest, asked_id: int, *, opens: bool = False) -> Door:
    """The door of who is signed in. Raises Refused for who may not read the text; not where `looks.show` asks next."""
    asked = _asked(asked_id)
    iteration = asked.round.iteration
    given = {one.post_id for one in delegations.standing(request.user, request.at)}
    held = {post.pk for post in request.posts}
    as_asked = asked.post_id in held | given
    by = Acting(post=asked.post, person=request.user) if as_asked else request.acting
    objections = [] if by and opens else looks.objections_to_reading(iteration, by, at=request.at, asked=asked)
    if objections:
        raise Refused(objections)
    by = by or acting(request)  # a published text may be read, and nothing answered by who holds no post
    return Door(
        asked,
        by,
        reverse("desk:answer", args=[asked_id]),
        lambda name: reverse("desk:answer-file", args=[asked_id, name]),
        alone=False,
        other_words=reverse("desk:together", args=[iteration.document.key]),
    )


def by_link(request: DeskRequest, token: str) -> Door | None:
    """The door of who came by a link; None until they wrote their name. Raises Missing or Refused for a bad link."""
    asked = _asked(links.open(token, at=request.at).pk)
    name = request.session.get(_kept(token), "")
    if not name:
        return None
    by = links.acting(token, name, at=request.at)
    here = reverse("by-link", args=[token])
    return Door(
        asked,
        by,
        here,
        lambda file: reverse("by-link-file", args=[token, file]),
        alone=True,
        other_words=reverse("by-link-suggest", args=[token]),
        suggested=reverse("by-link-suggestions", args=[token]),
    )


def _kept(token: str) -> str:
    return f"link.{digest(token)[:16]}"


def answer(request: DeskRequest, asked_id: int) -> HttpResponseBase:
    """Read and answer, signed in."""
    return _read_or_answer(request, by_desk(request, asked_id, opens=request.method == "GET"))


def answer_by_link(request: DeskRequest, token: str) -> HttpResponseBase:
    """Read and answer by a link: first one's name, because an answer is given by somebody."""
    if request.method == "POST" and "name" in request.POST:
        links.open(token, at=request.at)
        request.session[_kept(token)] = request.POST["name"].strip()[:200]
        return redirect("by-link", token)
    door = by_link(request, token)
    if door is None:
        asked = _asked(links.open(token, at=request.at).pk)
        return render(request, "desk/rounds/name.html", {"asked": asked, "round": asked.round})
    return _read_or_answer(request, door)


def _read_or_answer(request: DeskRequest, door: Door) -> HttpResponseBase:
    iteration = door.asked.round.iteration
    if request.method != "POST":  # before anything of the text is read: this is what refuses who may not
        looks.show(iteration=iteration, by=door.by, at=request.at, asked=door.asked)
    parts = sealed_texts.read(iteration).sections
    form = Answering(
        request.POST or None,
        asked=door.asked,
        parts=parts,
        initial={"seal": iteration.seal},
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _give(request, door, form)
        except Refused as problem:
            reasons = problem.reasons
    heard = voices.hear(door.asked, door.by, at=request.at)
    stale = _stale(door, request.POST.get("seal", ""))
    words = {
        "door": door,
        "asked": door.asked,
        "round": door.asked.round,
        "iteration": iteration,
        "form": form,
        "reasons": reasons,
        "stale": stale,
        "since": _since(door),
        "sheet": texts.sheet(iteration, parts, page=_page(request), address=door.file),
        "objections": rules.objections_to_answering(door.asked, by=door.by, at=request.at, heard=heard),
        "said": STANCES[door.asked.answer.stance] if door.asked.answer else None,
        "entry": receipts.entry_of(door.asked.answer) if door.asked.answer else None,
        "can_withdraw": not door.alone
        and not rules.objections_to_withdrawing(door.asked, by=door.by, at=request.at, reason="…", heard=heard),
    }
    return render(request, "desk/rounds/answer.html", words, status=409 if reasons else 200)


def _give(request: DeskRequest, door: Door, form: Answering) -> HttpResponseBase:
    given = form.cleaned_data
    made = answers.give(
        asked_id=door.asked.pk,
        stance=given["stance"],
        seal=given["seal"],
        reason=given["reason"],
        conditions=form.remarks(),
        by=door.by,
        at=request.at,
    )
    entry = receipts.entry_of(made)
    if door.alone:
        told = {"made": made, "asked": door.asked, "entry": entry, "suggested": door.suggested}
        return render(request, "desk/rounds/thanks.html", told)
    words = _("Your answer is in the record as entry %(number)s, with the seal of the text that you read.")
    messages.success(request, words % {"number": entry})
    return redirect("desk:answer", door.asked.pk)


def _page(request: DeskRequest) -> int:
    wanted = request.GET.get("page", "1")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1


def _since(door: Door) -> dict[str, Any]:
    """What changed since the post's own last answer; for who gives the first, since the text that was agreed last."""
    since = standing.since_answer(door.asked)
    if since.before is None:
        agreed = comparing.since_agreed(door.asked)
        return {"agreed": agreed, "sections": _redlines(agreed.sections if agreed else ())}
    return {
        "before": since.before,
        "moved": since.moved,
        "restored": since.restored,
        "sections": _redlines(since.sections),
    }


def _redlines(sections: Iterable[standing.SinceSection]) -> list[dict[str, Any]]:
    told = []
    for number, one in enumerate(sections, start=1):
        old, new = one.before.blocks if one.before else (), one.after.blocks if one.after else ()
        shown = texts.redline(one.comparison, old, new, prefix=f"since-{number}") if one.comparison else ""
        told.append({"one": one, "redline": shown})
    return told


def _stale(door: Door, seal: str) -> dict[str, Any] | None:
    """What stands between the text that a form was made for and the one that is asked about now; None when nothing."""
    here = door.asked.round.iteration
    now = Asked.objects.filter(
        round__series=door.asked.round.series, post=door.asked.post_id, round__next=None
    ).select_related("round__iteration")
    newest = now.first() or door.asked
    after = newest.round.iteration
    other = seal and seal != here.seal
    before = Iteration.objects.filter(seal=seal, document=here.document_id).first() if other else here
    if before is None or before.seal == after.seal:
        return None
    old, new = sealed_texts.read(before), sealed_texts.read(after)
    shown = texts.redline(compare(old.blocks, new.blocks), old.blocks, new.blocks, prefix="stale")
    return {"before": before, "after": after, "redline": shown, "asked": newest if newest.pk != door.asked.pk else None}


@require_POST
def withdraw(request: DeskRequest, asked_id: int) -> HttpResponseBase:
    """Take an answer back, with a reason."""
    door = by_desk(request, asked_id)
    made = answers.withdraw(asked_id=asked_id, reason=request.POST.get("reason", ""), by=door.by, at=request.at)
    words = _("Your answer is withdrawn, and the record says so in entry %(number)s.")
    messages.success(request, words % {"number": receipts.entry_of(made)})
    return redirect("desk:answer", asked_id)


def file(request: DeskRequest, asked_id: int, name: str) -> HttpResponseBase:
    """A picture or film of the text, for who may read it."""
    return _file(by_desk(request, asked_id), name)


def file_by_link(request: DeskRequest, token: str, name: str) -> HttpResponseBase:
    """A picture or film of the text, for who came by a link."""
    door = by_link(request, token)
    if door is None:
        raise Missing(_("Write your name first, on the page that the link leads to."))
    return _file(door, name)


def _file(door: Door, name: str) -> HttpResponseBase:
    media = door.asked.round.iteration.manifest["media"]
    row = next((row for row in media if row["sha256"] == name), None)
    if row is None:
        raise Missing(_("This text has no such file."))
    return FileResponse(location(name).open("rb"), content_type=row["type"])
