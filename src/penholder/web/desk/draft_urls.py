"""Addresses of drafts, below /desk/texts/: beginning a document, and everything about the draft of one."""

from __future__ import annotations

from django.urls import URLPattern, path

from penholder.web.desk import beginning, drafts, iterating, outlining, writing
from penholder.web.desk.access import signed_in

urlpatterns: list[URLPattern] = [
    path("begin/", signed_in(beginning.begin), name="begin"),
    path("<slug:key>/draft/", signed_in(drafts.overview), name="draft"),
    # Without `signed_in`: what somebody wrote while their session ended is kept for them first.
    path("<slug:key>/draft/<str:section>/", writing.section, name="section"),
    path("<slug:key>/draft-files/<str:name>", signed_in(drafts.file), name="draft-file"),
    path("<slug:key>/outline/", signed_in(outlining.outline), name="outline"),
    path("<slug:key>/outline/<str:section>/", signed_in(outlining.one_section), name="outline-section"),
    path("<slug:key>/freeze/", signed_in(drafts.freeze), name="freeze"),
    path("<slug:key>/aside/<int:aside_id>/", signed_in(drafts.put_away), name="put-away"),
    path("<slug:key>/seal/", signed_in(iterating.seal), name="seal"),
    path("<slug:key>/compare/", signed_in(iterating.compared), name="compare"),
    path("<slug:key>/restore/<int:number>/", signed_in(iterating.restore), name="restore"),
]
