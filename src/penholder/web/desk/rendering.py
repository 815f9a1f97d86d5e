"""How forms are drawn: Django's own, with the markup of GOV.UK Frontend."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Plain(TemplatesSetting):
    """Every form of the desk: a label, a hint, the error in words, the field. Templates: desk/, django/forms/."""

    form_template_name = "desk/form.html"
    field_template_name = "desk/field.html"
