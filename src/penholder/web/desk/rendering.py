"""How forms are drawn: Django's own, with the markup of GOV.UK Frontend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from penholder.errors import Refused


class Plain(TemplatesSetting):
    """Every form of the desk: a label, a hint, the error in words, the field. Templates: desk/, django/forms/."""

    form_template_name = "desk/form.html"
    field_template_name = "desk/field.html"


def say_what_is_missing(form: forms.BaseForm) -> None:
    """Let each field that is left empty name itself; “This field is required” helps nobody."""
    for field in form.fields.values():
        field.error_messages["required"] = _("Fill in: %(label)s") % {
            "label": field.label or _("what the passkey says")
        }


class PlainForm(forms.Form):
    """A form whose empty fields name themselves."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        say_what_is_missing(self)


def done(form: forms.Form, act: Callable[..., object]) -> bool:
    """Whether a form was sent, holds, and `act` took its fields. What `act` refuses is said above the form."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except Refused as refused:
        form.add_error(None, list(refused.reasons))
        return False
    return True
