"""Addresses that Django answers. Published pages are files and are answered before Django is asked."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from penholder.web.desk import by_link, monthly_form, signing
from penholder.web.desk.shell import asset
from penholder.web.public.earlier import as_published

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("penholder.web.desk.urls")),
    path("account/", include("penholder.web.desk.account_urls")),
    path("answer/<str:token>/", signing.answer_by_link, name="by-link"),
    path("answer/<str:token>/files/<str:name>", signing.file_by_link, name="by-link-file"),
    path("answer/<str:token>/suggest/", by_link.suggest, name="by-link-suggest"),
    path("answer/<str:token>/suggestions/", by_link.suggested, name="by-link-suggestions"),
    path("monthly/<str:token>/", monthly_form.fill, name="monthly-form"),
    path("as-published/", as_published),
    path("assets/<str:name>", asset),
]

handler403 = "penholder.web.desk.refusals.forbidden"
handler404 = "penholder.web.desk.refusals.missing"
handler500 = "penholder.web.desk.refusals.broken"
