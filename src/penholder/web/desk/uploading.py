"""Sending a file of figures: the template, the preview, what is wrong by cell, taking it in, and the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as say
from django.views.decorators.http import require_POST, require_safe

from penholder.errors import Refused
from penholder.formats.figures.cells import MOST_BYTES
from penholder.people.acting import Acting
from penholder.people.models import Organisation, Role
from penholder.services import periods, sheets, uploads
from penholder.services.models import Channel, ServiceVersion, Upload
from penholder.services.submissions import Weighed
from penholder.services.uploads import Preview
from penholder.web.desk import figure_words
from penholder.web.desk.access import DeskRequest
from penholder.web.desk.downloads import csv_file
from penholder.web.desk.people import acting
from penholder.web.desk.rendering import PlainForm

# So many lines of a table are shown; a file may have thousands, and the CSV has them all.
SHOWN = 100
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Send(PlainForm):
    """The file."""

    file = forms.FileField(
        label=say("The file"),
        help_text=say("CSV or Excel (.xlsx), up to 5 MB. Nothing is taken in before you have seen what would happen."),
        widget=forms.FileInput(attrs={"class": "govuk-file-upload", "accept": ".csv,.xlsx,.txt,.tsv"}),
    )


class Ask(PlainForm):
    """What the template is to ask for."""

    organisation = forms.ChoiceField(label=say("Whose services"))
    first = forms.CharField(label=say("First month"), help_text=say("For example 2026-10."), max_length=7)
    count = forms.IntegerField(label=say("How many months"), min_value=1, max_value=24, initial=1)
    kind = forms.ChoiceField(
        label=say("As"), choices=[("xlsx", say("Excel workbook (.xlsx)")), ("csv", say("CSV"))],
        widget=forms.RadioSelect, initial="xlsx",
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = choices


def figures(request: DeskRequest) -> HttpResponseBase:
    """Send a file, get the template, see the files that wait and those that were taken in."""
    by = _sender(request)
    form = Send(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            sent = uploads.send(name=file.name or "", data=_bytes(file), by=by, at=request.at)
        except Refused as refused:
            form.add_error("file", list(refused.reasons))
        else:
            return redirect("desk:upload", sent.pk)
    month = periods.months(timezone.localdate(request.at)).before()
    ask = Ask(choices=_bodies(by), initial={"organisation": by.post.organisation.key, "first": month.key})
    mine = Upload.objects.filter(person=request.user).defer("data", "left_out")
    context = {
        "form": form, "ask": ask,
        "waiting": mine.filter(taken_at=None, expires_at__gt=request.at),
        "taken": mine.filter(taken_at__isnull=False).order_by("-taken_at")[:20],
        "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "desk/figures/uploads.html", context, status=422 if form.errors else 200)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Services"), reverse("desk:services")), *more]


def _sender(request: DeskRequest) -> Acting:
    by: Acting = acting(request)
    if objections := uploads.objections_to_sending(by):
        raise Refused(objections)
    return by


def _bytes(file: UploadedFile[bytes]) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        raise Refused(
            _("The file has %(size)s MB; %(most)s MB is the most. Send the figures alone, or a period at a time.")
            % {"size": (file.size or 0) // 1_000_000, "most": MOST_BYTES // 1_000_000}
        )
    return bytes(file.read())


def _bodies(by: Acting) -> list[tuple[str, str]]:
    """The organisations that have services, for whom this post may send figures."""
    rows = Organisation.objects.filter(pk__in=ServiceVersion.objects.filter(superseded_by=None).values("organisation"))
    rows = rows if by.post.role == Role.PEN else rows.filter(pk=by.post.organisation_id)
    return [(row.key, row.name) for row in rows.order_by("name")]


@require_safe
def template(request: DeskRequest) -> HttpResponseBase:
    """The template, prefilled with the services of one organisation, their channels and the months."""
    by = _sender(request)
    form = Ask(request.GET, choices=_bodies(by))
    if not form.is_valid():
        raise Refused(
            [f"{form.fields[name].label}: {error}" for name, errors in form.errors.items() for error in errors]
        )
    given = form.cleaned_data
    first = periods.parse(given["first"])
    spans = [periods.months(_later(first.starts_on, turn)) for turn in range(given["count"])]
    body = Organisation.objects.get(key=given["organisation"])
    data = sheets.template(
        title=_("Figures of services: %(name)s") % {"name": body.name},
        services=sheets.catalogue(organisation=body.key).services, spans=spans, kind=given["kind"],
    )  # fmt: skip
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8" if given["kind"] == "csv" else _SHEET)
    answer["Content-Disposition"] = f'attachment; filename="figures-{body.key}-{first.key}.{given["kind"]}"'
    return answer


def _later(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@require_safe
def upload(request: DeskRequest, upload_id: int) -> HttpResponseBase:
    """What a file would do; once it was taken in, the receipt."""
    by = _sender(request)
    found = uploads.find(upload_id, by=by, at=request.at)
    crumbs = _crumbs((_("Send figures"), reverse("desk:figures")))
    if found.taken_at is not None:
        return render(request, "desk/figures/receipt.html", {"upload": found, "crumbs": crumbs})
    told = uploads.preview(found, by=by, at=request.at)
    return render(request, "desk/figures/preview.html", {**_told(request, told), "crumbs": crumbs})


def _told(request: DeskRequest, told: Preview, *, reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    names = _names({one.cell.service for one in told.weighed})
    page = Paginator(told.weighed, SHOWN).get_page(request.GET.get("page"))
    return {
        "upload": told.upload, "told": told, "reasons": reasons, "page": page,
        "rows": [_line(one, *names) for one in page],
        "revisions": [_line(one, *names) for one in told.revisions[:SHOWN]],
        "unusual": [
            {**_where(one.cell, *names), "value": figure_words.value(one.cell.value),
             "usual": figure_words.number(round(one.usual)), "periods": one.periods}
            for one in told.unusual[:SHOWN]
        ],
        "errors": told.errors[:SHOWN], "remarks": told.remarks[:SHOWN],
        "hidden_errors": max(0, len(told.errors) - SHOWN),
        "quarters": [
            ("calendar", _("calendar quarters and years: Q1 begins in January")),
            ("financial", _("financial quarters and years: Q1 begins in April")),
        ],
    }  # fmt: skip


def _names(keys: set[str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Names of services, and of their channels, by key. Two queries."""
    rows = ServiceVersion.objects.filter(superseded_by=None)
    named = {key: name for key, name in rows.values_list("service__key", "name") if key in keys}
    ways: dict[str, dict[str, str]] = {}
    for service, key, name in Channel.objects.values_list("service__key", "key", "name"):
        ways.setdefault(service, {})[key] = name
    return named, ways


def _where(cell: Any, names: dict[str, str], ways: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        "place": cell.place, "service": names.get(cell.service, cell.service),
        "channel": figure_words.channel(cell.channel, ways.get(cell.service, {})),
        "period": figure_words.period(cell.period), "quantity": figure_words.quantity(cell.quantity),
    }  # fmt: skip


def _line(one: Weighed, names: dict[str, str], ways: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        **_where(one.cell, names, ways), "value": figure_words.value(one.cell.value),
        "before": figure_words.value(one.before), "change": figure_words.change(one.change),
    }  # fmt: skip


@require_POST
def take(request: DeskRequest, upload_id: int) -> HttpResponseBase:
    """Take it in, or say what the periods mean, or forget it: whichever button was pressed."""
    by, at = _sender(request), request.at
    act = request.POST.get("act")
    if act == "quarters":
        uploads.answer(upload_id=upload_id, quarters=request.POST.get("quarters", ""), by=by, at=at)
        return redirect("desk:upload", upload_id)
    if act == "discard":
        uploads.discard(upload_id=upload_id, by=by, at=at)
        messages.success(request, _("The file is forgotten. Nothing of it was taken in."))
        return redirect("desk:figures")
    good_only, reason = request.POST.get("good_only") == "yes", request.POST.get("reason", "")
    try:
        uploads.take(upload_id=upload_id, good_only=good_only, reason=reason, by=by, at=at)
    except Refused as refused:
        told = uploads.preview(uploads.find(upload_id, by=by, at=at), by=by, at=at)
        context = {
            **_told(request, told, reasons=refused.reasons[:20]), "reason": reason, "good_only": good_only,
            "crumbs": _crumbs((_("Send figures"), reverse("desk:figures"))),
        }  # fmt: skip
        return render(request, "desk/figures/preview.html", context, status=409)
    messages.success(request, _("The figures are taken in. Here is your receipt."))
    return redirect("desk:upload", upload_id)


@require_safe
def errors(request: DeskRequest, upload_id: int) -> HttpResponse:
    """Everything that is wrong with a file, or was left out of it, as CSV."""
    by = _sender(request)
    found = uploads.find(upload_id, by=by, at=request.at)
    heads = [_("Sheet"), _("Row"), _("Cell"), _("What it holds"), _("What is wrong, and what to do")]
    return csv_file(f"errors-{found.pk}.csv", heads, _wrong(found, by, request))


def _wrong(found: Upload, by: Acting, request: DeskRequest) -> Iterator[list[object]]:
    if found.taken_at is not None:
        yield from found.left_out
        return
    for one in uploads.preview(found, by=by, at=request.at).errors:
        yield [one.sheet, one.row, one.address, one.holds, one.what]
