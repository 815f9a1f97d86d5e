"""Addresses for Word and OpenDocument files of a text, below /desk/texts/."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import word
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("<slug:key>/word/", signed_in(word.files), name="word"),
    path("<slug:key>/word/draft.docx", signed_in(word.draft), name="word-draft"),
    path("<slug:key>/word/draft.odt", signed_in(word.draft), {"kind": "odt"}, name="word-draft-odt"),
    path("<slug:key>/word/<int:number>.<str:kind>", signed_in(word.iteration), name="word-iteration"),
    path("<slug:key>/word/<int:arrival_id>/", signed_in(word.arrival), name="word-arrival"),
]
