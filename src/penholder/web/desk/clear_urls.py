"""Addresses of clear writing, below /desk/texts/."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import clear
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("<slug:key>/clear/", signed_in(clear.everything), name="clear-writing"),
    path("<slug:key>/clear/waive/", signed_in(clear.waive), name="waive"),
    path("<slug:key>/clear/ask/", signed_in(clear.ask), name="ask-clarity"),
    path("<slug:key>/clear/<int:waiver_id>/end/", signed_in(clear.end), name="end-waiver"),
]
